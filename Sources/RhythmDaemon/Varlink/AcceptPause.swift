import Logging
import NIOCore

/// Stops accepting for a second when the process is out of descriptors or memory.
///
/// The waiting client stays in the backlog, so without a pause the loop would ask for it again at once, for ever. NIO's
/// own `AcceptBackoffHandler` pauses once and spins from the second failure on (2.101).
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let logger: Logger
    private var isPaused = false

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, !isPaused else { return }
        isPaused = true
        logger.warning("varlink: cannot accept a connection", metadata: ["error": "\(error)"])
        setAutoRead(false, context)
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) {
            self.isPaused = false
            self.setAutoRead(true, context)
        }
    }

    private func setAutoRead(_ isOn: Bool, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
