import NIOCore
import NIOPosix

/// Hands what a descriptor of the kernel's (a pipe, a signalfd, a timerfd, an inotify queue) has to say to a closure, on the
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
    ///
    /// - Parameter chunk: bytes to offer at each read, where the kernel refuses to be read in small pieces. By itself the
    ///   size follows what comes.
    func read(
        from descriptor: CInt, chunk: Int? = nil, onBytes: @escaping (ByteBuffer) -> Void,
        onClose: @escaping () -> Void = {}
    ) -> EventLoopFuture<any Channel> {
        let handler = NIOLoopBound(DescriptorHandler(onBytes: onBytes, onClose: onClose), eventLoop: self)
        let allocator: any RecvByteBufferAllocator =
            chunk.map { FixedSizeRecvByteBufferAllocator(capacity: $0) } ?? AdaptiveRecvByteBufferAllocator()
        return NIOPipeBootstrap(group: self)
            .channelOption(.recvAllocator, value: allocator)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler.value) }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
    }
}
