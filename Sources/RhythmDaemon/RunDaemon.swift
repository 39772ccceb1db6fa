import Glibc
import Logging
import NIOCore
import NIOPosix
import RhythmStore

/// The whole life of the `rhythmd` process.
///
/// A synchronous function that waits: an asynchronous `main` would start Swift's global executor, and with it the clock
/// that ticks once a second for ever.
///
/// - Throws: ``DaemonExit`` when it could not start.
package func runDaemon(verbose: Bool, scanner: String?, stdio: Bool) throws {
    signal(SIGPIPE, SIG_IGN)
    SignalSource.block(Daemon.signals)
    umask(0o077)
    var environment = processEnvironment()
    let manager = ServiceManager(from: &environment)
    let socket = Result { try PassedSocket(from: &environment) }
    let level: Logger.Level = verbose ? .debug : .info
    let log = Logger(label: "rhythmd") { [environment] _ in
        let stream = environment["JOURNAL_STREAM"]
        return JournaldLogHandler(level: level, stream: stream)
            ?? StderrLogHandler(level: level, withPriorities: stream != nil)
    }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: stdio ? 2 : 3)
    let main = group.next()
    let ended = main.makePromise(of: Void.self)
    Task(executorPreference: LoopExecutor(main)) { [environment] in
        do {
            var setup = DaemonSetup(
                paths: try Paths(environment: environment), scanner: scanner ?? programBeside("rhythm-scan"),
                environment: environment)
            if stdio {
                try await Daemon.answerOnce(setup, group: group, log: log)
                return ended.succeed()
            }
            setup.manager = manager
            setup.socket = try socket.get()
            let daemon = try await Daemon.start(setup, group: group, log: log)
            try await daemon.runUntilSignal()
            ended.succeed()
        } catch {
            ended.fail(error)
        }
    }
    do {
        try ended.futureResult.wait()
    } catch {
        for line in "\(error)".split(separator: "\n") { log.critical("\(line)") }
        manager?.show("\(error)")
        throw DaemonExit(error)
    }
}

/// A program that was installed together with this one.
private func programBeside(_ name: String) -> String {
    guard let path = realpath("/proc/self/exe", nil) else { return name }
    defer { free(path) }
    let own = String(cString: path)
    return own.prefix(through: own.lastIndex(of: "/") ?? own.startIndex) + name
}

/// Why the daemon ends with a status other than 0, by sysexits(3).
package struct DaemonExit: Error {
    package let status: Int32

    init(_ error: any Error) {
        status =
            switch error {
            case is ConfigError, is PassedSocketError: EX_CONFIG
            case is AlreadyRunning: EX_TEMPFAIL
            case VarlinkServerError.alreadyRunning: EX_TEMPFAIL
            case is DatabaseLinesError: EX_DATAERR
            case is StoreError, is SystemError, is PathsError, is NotPrivate: EX_CANTCREAT
            default: EX_SOFTWARE
            }
    }
}
