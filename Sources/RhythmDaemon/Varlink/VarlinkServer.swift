package import Glibc
package import Logging
package import NIOCore
import NIOPosix
package import RhythmAPI

/// Serves Varlink interfaces on a Unix socket, on a listening descriptor that somebody passed in, or on a pair of pipes.
///
/// It lives on one event loop, and so do its handlers unless an executor of their own is given. Clients that are idle
/// cost no wake-up: there is a timer only while a message is half read or a reply half written.
package final class VarlinkServer: Sendable {
    package struct Limits: Sendable {
        /// The largest call, in bytes.
        package var messageSize = VarlinkFraming.serverLimit
        /// Connections at once. The next one takes the place of the one that has been idle longest; where none is idle,
        /// it is closed itself.
        package var connections = 256
        /// From the first byte of a message to its end.
        package var unfinishedMessage = TimeAmount.seconds(30)
        /// How long a client may leave a reply untouched.
        package var writeStall = TimeAmount.seconds(30)

        package init() {}
    }

    private let loop: any EventLoop
    private let logger: Logger
    private let state: NIOLoopBoundBox<State>

    /// - Parameters:
    ///   - executor: where handlers run; by default on the server's own loop, where a slow one makes every client wait.
    ///   - user: the only user served on sockets.
    ///   - unexpectedError: what a client is told when a handler throws anything but a `VarlinkError`; by default the
    ///     error `InternalError (message: string)` of the method's interface, which that should declare.
    package init(
        info: VarlinkServiceInfo, interfaces: [VarlinkInterface], group: any EventLoopGroup, logger: Logger,
        limits: Limits = Limits(), executor: (any TaskExecutor)? = nil, user: uid_t = geteuid(),
        unexpectedError: @escaping @Sendable (any Error, _ method: String) -> VarlinkError = { error, method in
            let interface = method.lastIndex(of: ".").map { method[..<$0] } ?? "org.varlink.service"
            return VarlinkError(name: "\(interface).InternalError", parameters: ["message": .string("\(error)")])
        }
    ) {
        let loop = group.next()
        let environment = VarlinkConnection.Environment(
            service: VarlinkService(info: info, interfaces: interfaces), limits: limits,
            executor: executor ?? LoopExecutor(loop), unexpectedError: unexpectedError, logger: logger)
        self.loop = loop
        self.logger = logger
        // Nobody else has the state yet, so it does not matter which thread makes it.
        state = .makeBoxSendingValue(State(environment: environment, loop: loop, user: user), eventLoop: loop)
    }

    /// Listens at a path. Throws `VarlinkServerError`, `alreadyRunning` among them.
    package func listen(at path: String) async throws {
        let file = try VarlinkSocketFile.open(path, backlog: 128)
        do {
            try await listen(on: file.descriptor, file: file)
        } catch {
            file.remove()
            throw error
        }
    }

    /// Listens on a bound socket, such as the one systemd passes in, and takes it over. Its file stays when the server
    /// stops: it belongs to whoever made it.
    package func listen(on descriptor: Int32) async throws {
        guard isUnixSocket(descriptor) else { throw VarlinkServerError.notAStream(descriptor) }
        try await listen(on: descriptor, file: nil)
    }

    private func listen(on descriptor: Int32, file: VarlinkSocketFile?) async throws {
        let state = state
        let channel = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelInitializer { [logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { state.value.admit($0) }
            .withBoundSocket(descriptor).get()
        try await loop.submit { try state.value.add(listener: channel, file: file) }.get()
    }

    /// Serves one client on two descriptors, takes them over, and returns once that client has gone or the server has
    /// stopped. Calls that have arrived when the input ends are still answered.
    package func serve(reading input: Int32, writing output: Int32) async throws {
        // NIO ends the program over a descriptor that epoll does not take.
        for descriptor in [input, output] where !canBeWaitedFor(descriptor) {
            throw VarlinkServerError.notAStream(descriptor)
        }
        let state = state
        let channel = try await NIOPipeBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try state.value.add(channel, peer: nil) }
            }
            .takingOwnershipOfDescriptors(input: input, output: output).get()
        try await channel.closeFuture.get()
    }

    /// Accepts nobody further, removes the socket's file, lets running calls end and closes. Streams are cancelled at
    /// once, having no end to wait for; all that is left after `grace` is cancelled and closed.
    package func stop(within grace: TimeAmount = .seconds(10)) async {
        let state = state
        try? await loop.flatSubmit { state.value.stop(within: grace) }.get()
    }

    /// The number of clients, for tests and for those who watch the service.
    package func connectionCount() async throws -> Int {
        let state = state
        return try await loop.submit { state.value.connections.count }.get()
    }
}

/// What the server knows, on its event loop only.
private final class State {
    struct Client {
        let channel: any Channel
        let connection: VarlinkConnection
    }

    private let environment: VarlinkConnection.Environment
    private let loop: any EventLoop
    private let user: uid_t
    private var listeners: [(channel: any Channel, file: VarlinkSocketFile?)] = []
    private(set) var connections: [ObjectIdentifier: Client] = [:]
    private var stopped: EventLoopPromise<Void>?

    init(environment: VarlinkConnection.Environment, loop: any EventLoop, user: uid_t) {
        self.environment = environment
        self.loop = loop
        self.user = user
    }

    func add(listener: any Channel, file: VarlinkSocketFile?) throws {
        guard stopped == nil else {
            listener.close(promise: nil)
            throw VarlinkServerError.stopped
        }
        listeners.append((listener, file))
    }

    /// Asks the kernel who connected, before a byte is read.
    func admit(_ channel: any Channel) -> EventLoopFuture<Void> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.close()
        }
        let credentials: EventLoopFuture<PeerCredentials> = options.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: SO_PEERCRED))
        return credentials.assumeIsolated().flatMapThrowing { peer in
            guard peer.userID == self.user else {
                self.environment.logger.warning(
                    "varlink: refused another user's connection",
                    metadata: ["uid": "\(peer.userID)", "pid": "\(peer.processID)"])
                throw VarlinkError.permissionDenied
            }
            try self.makeRoom()
            try self.add(channel, peer: VarlinkPeer(processID: peer.processID, userID: peer.userID))
        }.nonisolated()
    }

    private func makeRoom() throws {
        guard connections.count >= environment.limits.connections else { return }
        let idle = connections.values.filter { $0.connection.isIdle }
        guard let oldest = idle.min(by: { $0.connection.idleSince < $1.connection.idleSince }) else {
            environment.logger.warning("varlink: too many connections", metadata: ["count": "\(connections.count)"])
            throw ChannelError.operationUnsupported
        }
        connections[ObjectIdentifier(oldest.channel)] = nil
        oldest.channel.close(promise: nil)
    }

    func add(_ channel: any Channel, peer: VarlinkPeer?) throws {
        guard stopped == nil else { throw VarlinkServerError.stopped }
        let connection = VarlinkConnection(environment: environment, peer: peer, loop: loop)
        try channel.pipeline.syncOperations.addHandler(connection)
        let id = ObjectIdentifier(channel)
        connections[id] = Client(channel: channel, connection: connection)
        channel.closeFuture.assumeIsolated().whenComplete { _ in
            self.connections[id] = nil
            self.finishStopping()
        }
    }

    func stop(within grace: TimeAmount) -> EventLoopFuture<Void> {
        if let stopped { return stopped.futureResult }
        let stopped = loop.makePromise(of: Void.self)
        self.stopped = stopped
        for listener in listeners {
            // The file first: a path that leads nowhere is no reason for the next service to probe a dead socket.
            listener.file?.remove()
            listener.channel.close(promise: nil)
        }
        listeners = []
        for client in connections.values { client.connection.stop() }
        let limit = loop.assumeIsolated().scheduleTask(in: grace) {
            for client in self.connections.values { client.connection.abort() }
        }
        stopped.futureResult.whenComplete { _ in limit.cancel() }
        finishStopping()
        return stopped.futureResult
    }

    private func finishStopping() {
        if connections.isEmpty { stopped?.succeed() }
    }
}

/// The kernel's `struct ucred`, which the C library shows only to those who ask for GNU extensions.
private struct PeerCredentials: Sendable {
    var processID: Int32 = 0
    var userID: UInt32 = 0
    var groupID: UInt32 = 0
}

private func canBeWaitedFor(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return switch status.st_mode & S_IFMT {
    case S_IFIFO, S_IFSOCK: true
    default: isatty(descriptor) == 1
    }
}

/// Other sockets carry no word of who connects.
private func isUnixSocket(_ descriptor: Int32) -> Bool {
    var domain: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX
}
