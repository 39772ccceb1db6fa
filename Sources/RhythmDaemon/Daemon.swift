package import Glibc
package import Logging
package import NIOCore
import NIOPosix
import RhythmAPI
import RhythmStore
package import ServiceLifecycle

/// `rhythmd` whole: what `main` and the tests start, reload and stop.
///
/// Three event loops do everything: one for clients, one for scanning, storing and evaluating, so that no client waits for a
/// scan, and one for the watch on the repositories. See ``LoopExecutor`` for why nothing here uses Swift's global executor.
package final class Daemon: Sendable {
    package static let version = "0.1.0"
    package static let signals = [SIGTERM, SIGINT, SIGHUP]

    private static let info = VarlinkServiceInfo(
        vendor: "Rhythm", product: "rhythmd", version: version, url: "")

    private let setup: DaemonSetup
    private let log: Logger
    private let clients: any EventLoop
    private let engine: Engine
    private let server: VarlinkServer
    private let watchdog: Watchdog?

    /// Reads the config, opens the database and takes the socket, and begins the first scan.
    ///
    /// - Throws: ``ConfigError``, ``AlreadyRunning``, ``StoreError``, ``SystemError``, or what the socket cannot do.
    package static func start(_ setup: DaemonSetup, group: any EventLoopGroup, log: Logger) async throws -> Daemon {
        setup.manager?.show("opening the database")
        let config = try Config.load(path: setup.paths.config, home: setup.home)
        for folder in [setup.paths.state, setup.paths.runtime] { try PrivateFolder.prepare(folder) }
        let lock = try InstanceLock(path: setup.paths.lock)
        for folder in [setup.paths.runtime, setup.paths.alerts, setup.paths.reports] {
            AtomicFile.removeLeftovers(in: folder)
        }
        let keeper = DatabaseKeeper(paths: setup.paths, backups: setup.backupFolder, log: log, now: setup.now)
        let store = try keeper.open(left: lock.left)
        let work = LoopExecutor(group.next())
        let engine = Engine(setup: setup, config: config, store: store, lock: lock, executor: work, log: log)
        let clients = group.next()
        let server = VarlinkServer(
            info: info,
            interfaces: [
                rhythmInterface(Answers(engine: engine, setup: setup)) {
                    try await reload(engine, setup)
                    return setup.paths.config
                }
            ],
            group: clients, logger: log)
        try await engine.prepareMending()
        if let socket = setup.socket {
            try await server.listen(on: socket.descriptor)
        } else {
            try await server.listen(at: setup.paths.socket)
        }
        setup.manager?.ready()
        await engine.start(watch: group.next())
        let daemon = Daemon(setup: setup, log: log, clients: clients, engine: engine, server: server)
        daemon.watchdog?.start()
        return daemon
    }

    private static func reload(_ engine: Engine, _ setup: DaemonSetup) async throws {
        setup.manager?.reloading()
        defer { setup.manager?.ready() }
        try await engine.reload(Config.load(path: setup.paths.config, home: setup.home))
    }

    /// Answers on standard input and output from what an earlier daemon left, and changes nothing. Without any of that it can
    /// still try out configs and fixtures.
    package static func answerOnce(_ setup: DaemonSetup, group: any EventLoopGroup, log: Logger) async throws {
        var config = Config()
        var trouble: String?
        do {
            config = try Config.load(path: setup.paths.config, home: setup.home)
        } catch let error as ConfigError {
            // What was recorded can be told without it, and to say what is wrong with it is what this may be for.
            trouble = "the config cannot be used; rhythmctl check says why"
            log.debug("config", metadata: ["reason": "\(error)"])
        }
        let executor = LoopExecutor(group.next())
        func engine(on store: Store) async throws -> Engine {
            let engine = Engine(
                setup: setup, config: config, store: store, lock: nil, executor: executor, log: log)
            try await engine.prepare(trouble: trouble)
            return engine
        }
        var refusal: String?
        let answering: Engine
        if access(setup.paths.database, F_OK) == 0 {
            do {
                answering = try await engine(on: Store(path: setup.paths.database, readOnly: true))
            } catch let error as StoreError {
                // Damaged, or of a newer Rhythm: what needs none of it is answered all the same.
                refusal = "\(error)"
                answering = try await engine(on: Store())
            }
        } else {
            refusal = "nothing is stored yet: there is no \(setup.paths.database); start rhythmd once"
            answering = try await engine(on: Store())
        }
        var interface = rhythmInterface(Answers(engine: answering, setup: setup)) { () async throws -> String in
            throw WireError.unavailable("rhythmd is not running, so there is nothing to reload")
        }
        if let refusal {
            interface.restrict(
                to: [Wire.Check.name, Wire.Test.name, Wire.Doctor.name, Wire.Restore.name, Wire.Journal.name],
                because: refusal)
        }
        // The defaults may name another place than what is meant.
        if let trouble { interface.refuse(Wire.Journal.name, because: trouble) }
        let server = VarlinkServer(info: info, interfaces: [interface], group: group.next(), logger: log)
        try await server.serve(reading: 0, writing: 1)
    }

    private init(setup: DaemonSetup, log: Logger, clients: any EventLoop, engine: Engine, server: VarlinkServer) {
        self.setup = setup
        self.log = log
        self.clients = clients
        self.engine = engine
        self.server = server
        watchdog = setup.manager.map { manager in
            Watchdog(telling: manager, of: setup.socket?.path ?? setup.paths.socket, on: clients, log: log)
        }
    }

    package func stop() async {
        setup.manager?.stopping()
        watchdog?.stop()
        // Calls that wait for a scan are let go first, or the server would wait for them.
        await engine.endWork()
        await server.stop()
        await engine.letGo()
    }

    /// Reads the config again; one that cannot be used leaves the one before in force.
    package func reload() async {
        do {
            try await Self.reload(engine, setup)
            log.notice("config reloaded", metadata: ["config": "\(setup.paths.config)"])
        } catch {
            log.error("config not reloaded, the one before stays in force", metadata: ["reason": "\(error)"])
        }
    }
}

extension Daemon: Service {
    /// Runs until it is told to stop, by a signal or by its service group.
    package func run() async throws {
        log.notice(
            "ready",
            metadata: [
                "socket": "\(setup.socket?.path ?? setup.paths.socket)", "database": "\(setup.paths.database)",
            ])
        let stopped = clients.makePromise(of: Void.self)
        await withGracefulShutdownHandler {
            try? await stopped.futureResult.get()
        } onGracefulShutdown: {
            stopped.succeed()
        }
        await stop()
        log.notice("stopped")
    }

    /// Runs as a program does: until SIGTERM or SIGINT, reloading on SIGHUP. ``SignalSource/block(_:)`` comes first.
    package func runUntilSignal() async throws {
        // Without signals of its own, since those come through libdispatch.
        var quiet = log
        quiet.logLevel = .warning
        let services = ServiceGroup(configuration: .init(services: [.init(service: self)], logger: quiet))
        let executor = LoopExecutor(clients)
        clients.execute { [self, clients] in
            SignalSource.listen(to: Self.signals, on: clients) { signal in
                Task(executorPreference: executor) {
                    if signal == SIGHUP { await self.reload() } else { await services.triggerGracefulShutdown() }
                }
            }
        }
        try await services.run()
    }
}
