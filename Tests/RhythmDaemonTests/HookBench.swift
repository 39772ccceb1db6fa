import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import RhythmCore
import RhythmTestSupport
import Synchronization

@testable import RhythmDaemon

/// A hook runner on an event loop, in a folder of its own.
struct HookBench: Sendable {
    struct Told: Equatable, Sendable {
        var id: String
        var state: HookEvent.State
        var outcome: HookRunner.Outcome

        init(_ id: String, _ state: HookEvent.State, _ outcome: HookRunner.Outcome) {
            self.id = id
            self.state = state
            self.outcome = outcome
        }
    }

    let folder: TemporaryFolder
    let log = LogLines()
    /// What comes of the runs, in its order.
    let outcomes: AsyncStream<Told>
    private let runner: NIOLoopBound<HookRunner>

    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)

    /// - Parameter environment: over one in which `bin` in the folder comes first in PATH.
    init(
        _ hooks: [Hook] = [], notify: DesktopNotification = DesktopNotification(),
        folder: TemporaryFolder, environment: [String: String] = [:], limits: HookRunner.Limits = .init(),
        launcher: HookLauncher? = .child
    ) async throws {
        self.folder = folder
        let (outcomes, told) = AsyncStream.makeStream(of: Told.self)
        self.outcomes = outcomes
        let loop = Self.group.next()
        var variables = Program.environment(home: folder.path)
        variables["PATH"] = "\(folder.path)/bin:" + (variables["PATH"] ?? "")
        variables["A_SECRET"] = "of the daemon's"
        variables.merge(environment) { $1 }
        runner = try await loop.submit { [log, variables] in
            let runner = HookRunner(
                hooks: hooks, notify: notify, environment: variables, alertList: "/state/alerts/alerts.json",
                loop: loop,
                log: log.logger, limits: limits,
                launcher: launcher, now: { Timestamp(1_000) }
            ) { event, outcome in told.yield(Told(event.id, event.state, outcome)) }
            return NIOLoopBound(runner, eventLoop: loop)
        }.get()
    }

    func take(_ events: HookEvent...) async throws {
        try await on { runner in for event in events { runner.take(event) } }
    }

    /// Does something where the runner lives.
    func on<Result: Sendable>(_ body: @escaping @Sendable (HookRunner) -> Result) async throws -> Result {
        try await runner.eventLoop.submit { [runner] in body(runner.value) }.get()
    }

    func stop() async throws {
        try await runner.eventLoop.flatSubmit { [runner] in runner.value.stop() }.get()
    }

    /// A program in `bin`. Another process writes it: were it this one, a program that another test starts at this moment
    /// would hold it open, and it could not be run.
    func install(_ name: String, _ script: String) throws {
        try Program.run(
            "sh", ["-c", "mkdir -p \"$0\" && cat > \"$0/$1\" && chmod +x \"$0/$1\"", folder.path + "/bin", name],
            environment: Program.environment(home: folder.path), input: script)
    }

    static func event(
        _ id: String = "2026-W47-commits", _ state: HookEvent.State = .due, before: HookEvent.State? = nil,
        rhythm: String = "commits", name: String = "Commits", text: String = "Commits: 2 commits to go by Sun 22 Nov"
    ) -> HookEvent {
        HookEvent(
            id: id, rhythm: rhythm, name: name, period: "2026-W47", state: state, before: before,
            since: "2026-11-22T00:00:00+01:00", have: 3, target: 5, need: 2, demand: "5 commits",
            file: "/state/alerts/\(id).md", text: text, lastSafeMoment: "2026-11-22T00:00:00+01:00")
    }
}

extension Hook {
    /// A shell script with its arguments, `$0` first.
    static func sh(
        _ script: String, _ arguments: String..., on: Set<HookEvent.State> = Set(HookEvent.State.allCases),
        timeout: Int64 = 60, rhythms: [String]? = nil
    ) -> Hook {
        Hook(on: on, run: ["sh", "-c", script] + arguments, timeout: timeout, rhythms: rhythms)
    }
}

/// A named pipe, by which a test and a hook wait for each other.
final class Fifo: Sendable {
    let path: String
    private let descriptor: CInt

    /// - Parameter watching: only tells when nobody holds it open for writing any more.
    init(_ path: String, watching: Bool = false) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw SystemError(call: "mkfifo", path: path) }
        descriptor = open(path, (watching ? O_RDONLY | O_NONBLOCK : O_RDWR) | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(call: "open", path: path) }
        // What opens it now need not wait for the other end, and what reads it does wait.
        _ = fcntl(descriptor, F_SETFL, 0)
    }

    deinit {
        close(descriptor)
    }

    /// So many lines that others write; fewer when nobody can write any more.
    func lines(_ count: Int) async -> [String] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                var bytes: [UInt8] = []
                var byte: UInt8 = 0
                while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < count, read(descriptor, &byte, 1) == 1 {
                    bytes.append(byte)
                }
                let text = String(decoding: bytes, as: UTF8.self)
                continuation.resume(returning: text.split(separator: "\n").map(String.init))
            }
        }
    }

    /// Lets so many go on that each read a line.
    func release(_ count: Int = 1) {
        let lines = [UInt8](repeating: UInt8(ascii: "\n"), count: count)
        _ = lines.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// A log that a test reads.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { [self] _ in Handler(lines: self) }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var logLevel = Logger.Level.debug
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            lines.lines.withLock { $0.append("\(event.level) \(event.message)\(fields)") }
        }
    }
}
