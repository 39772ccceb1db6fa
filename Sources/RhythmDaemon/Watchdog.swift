import Glibc
import Logging
import NIOCore
import NIOPosix
import RhythmAPI

/// Tells the service manager that the daemon is alive, each time that it has proved it: by a call to itself over its own
/// socket, as any client makes one, that the engine answers from the store. A daemon of which any part hangs keeps silent,
/// and the manager starts another in its place.
///
/// Without a manager that wants to hear it there is none of these, and no timer. All of it happens on the event loop.
final class Watchdog: Sendable {
    private struct State {
        var timer: RepeatedTask?
        var isWaiting = false
    }

    private let manager: ServiceManager
    private let path: String
    private let loop: any EventLoop
    private let log: Logger
    private let state: NIOLoopBoundBox<State>

    /// - Parameters:
    ///   - path: of the socket that the daemon answers on.
    ///   - loop: the one that answers clients, since another may wait for a file system that is gone.
    init(telling manager: ServiceManager, of path: String, on loop: any EventLoop, log: Logger) {
        self.manager = manager
        self.path = path
        self.loop = loop
        self.log = log
        state = .makeBoxSendingValue(State(), eventLoop: loop)
    }

    func start() {
        guard let limit = manager.watchdog else { return }
        let half = TimeAmount.nanoseconds(limit.nanoseconds / 2)
        loop.execute { [self] in
            state.value.timer = loop.scheduleRepeatedTask(initialDelay: half, delay: half) { [self] _ in check() }
        }
    }

    func stop() {
        loop.execute { [self] in
            state.value.timer?.cancel()
            state.value.timer = nil
        }
    }

    private func check() {
        guard !state.value.isWaiting else {
            return log.error("rhythmd does not answer itself, and will be ended if that goes on")
        }
        state.value.isWaiting = true
        askMyself().assumeIsolated().whenComplete { [self] result in
            state.value.isWaiting = false
            switch result {
            case .success: manager.alive()
            case .failure(let error):
                log.error(
                    "rhythmd cannot be reached, and will be ended if that goes on",
                    metadata: ["socket": "\(path)", "reason": "\(error)"])
            }
        }
    }

    /// Succeeds with the answer, whatever it is: trouble with the disk is no better after another start.
    private func askMyself() -> EventLoopFuture<Void> {
        do {
            let socket = try connected(to: path)
            let answered = loop.makePromise(of: Void.self)
            let handler = NIOLoopBound(AnswerHandler(answered), eventLoop: loop)
            let call = VarlinkMessage.Call(method: Wire.Excuses.qualifiedName)
            let connecting = ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(handler.value)
                    }
                }
                .withConnectedSocket(socket)
            connecting.cascadeFailure(to: answered)
            connecting.assumeIsolated().whenSuccess { channel in
                channel.writeAndFlush(ByteBuffer(bytes: call.serialized()), promise: nil)
                answered.futureResult.whenComplete { _ in channel.close(promise: nil) }
            }
            return answered.futureResult
        } catch {
            return loop.makeFailedFuture(error)
        }
    }
}

/// Waits for one whole reply.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answered: EventLoopPromise<Void>
    private var framing = VarlinkFraming(limit: VarlinkFraming.clientLimit)

    init(_ answered: EventLoopPromise<Void>) {
        self.answered = answered
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        framing.append(unwrapInboundIn(data).readableBytesView)
        do {
            if let reply = try framing.next() {
                _ = try VarlinkMessage.Reply(parsing: reply)
                answered.succeed()
            }
        } catch {
            answered.fail(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answered.fail(VarlinkClientError.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answered.fail(error)
    }
}

/// Without waiting: a backlog that is full means that nobody accepts.
private func connected(to path: String) throws -> CInt {
    let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw SystemError(call: "socket", path: path) }
    guard VarlinkSocketPath.withAddress(path, { connect(descriptor, $0, $1) }) == 0 else {
        let error = SystemError(call: "connect", path: path)
        close(descriptor)
        throw error
    }
    return descriptor
}
