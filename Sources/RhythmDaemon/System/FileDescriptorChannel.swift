import NIOCore
import NIOPosix

/// Hands what a descriptor of the kernel's (a pipe, a signalfd, a timerfd) has to say to a closure, on the
/// event loop, without a thread.
final class DescriptorHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let onBytes: (ByteBuffer) -> Void
    private let onClose: () -> Void

    init(onBytes: @escaping (ByteBuffer) -> Void, onClose: @escaping () -> Void = {}) {
        self.onBytes = onBytes
        self.onClose = onClose
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        onBytes(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        onClose()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An end of file tells what there is to know; the closing handler looks into it.
        context.close(promise: nil)
    }
}

extension EventLoop {
    /// Reads a descriptor until it ends or fails. Must be called on the loop; takes the descriptor over.
    func read(
        from descriptor: CInt, onBytes: @escaping (ByteBuffer) -> Void, onClose: @escaping () -> Void = {}
    ) -> EventLoopFuture<any Channel> {
        let handler = NIOLoopBound(DescriptorHandler(onBytes: onBytes, onClose: onClose), eventLoop: self)
        return NIOPipeBootstrap(group: self)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
    }
}
