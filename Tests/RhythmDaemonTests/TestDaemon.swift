import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import RhythmAPI
import RhythmCore
import RhythmTestSupport
import Synchronization

@testable import RhythmDaemon

/// A clock that stands until a test moves it.
final class ManualClock: Sendable {
    private let instant: Mutex<Timestamp>

    init(_ text: String) {
        instant = Mutex(Self.noon(text))
    }

    var now: Timestamp { instant.withLock { $0 } }

    /// Moves it to noon of a day, UTC.
    func move(to day: String) {
        instant.withLock { $0 = Self.noon(day) }
    }

    func advance(by seconds: Int64) {
        instant.withLock { $0 = $0 + seconds }
    }

    static func noon(_ text: String) -> Timestamp {
        guard let day = CalendarDay(text) else { preconditionFailure("no day: \(text)") }
        return DayRule(zone: .utc).start(of: day) + 43_200
    }
}

/// A home folder with repositories, and a daemon in this process that works on it with a clock of the test's.
final class TestDaemon: Sendable {
    let home: TemporaryFolder
    let clock: ManualClock
    let setup: DaemonSetup

    /// - Parameter zone: the machine's, which is asked for again when the file `localtime` in the home folder is replaced.
    init(
        today: String = "2026-11-23", config: String = "", zone: @escaping @Sendable () -> Zone = { .utc }
    ) throws {
        home = try TemporaryFolder()
        clock = ManualClock(today)
        try home.write(config, to: ".config/rhythm/rhythm.toml")
        let environment = Program.environment(home: home.path)
        var setup = DaemonSetup(
            paths: try Paths(environment: environment), scanner: Program.folder + "/rhythm-scan",
            environment: environment, now: { [clock] in clock.now }, zone: zone)
        setup.localtime = home.path + "/localtime"
        setup.host = "desk"
        self.setup = setup
    }

    /// The same home and clock.
    init(like other: TestDaemon, setup: DaemonSetup) {
        home = other.home
        clock = other.clock
        self.setup = setup
    }

    func repository(_ name: String = "work") throws -> HomeRepository {
        try HomeRepository(at: "\(home.path)/\(name)", home: home.path)
    }

    /// Runs a daemon for as long as the body takes; it has scanned once by then.
    func run<Result: Sendable>(_ body: @Sendable (Client) async throws -> Result) async throws -> Result {
        let group = Self.group
        let daemon = try await Daemon.start(setup, group: group, log: Self.quiet)
        do {
            let client = Client(path: setup.paths.socket)
            _ = try await client.ask(Wire.Scan.self, .init())
            let result = try await body(client)
            await daemon.stop()
            return result
        } catch {
            await daemon.stop()
            throw error
        }
    }

    var alerts: [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: setup.paths.alerts)) ?? [])
            .filter { $0.hasSuffix(".md") }.sorted()
    }

    func alert(_ name: String) throws -> String {
        try String(contentsOfFile: "\(setup.paths.alerts)/\(name)", encoding: .utf8)
    }

    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 4)

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// The blocking client, off the test's own threads.
struct Client: Sendable {
    let path: String

    func ask<Method: WireMethod>(_: Method.Type, _ parameters: Method.Parameters) async throws -> Method.Reply {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try VarlinkClient.connect(path: path, timeout: .seconds(60))
                            .call(Method.qualifiedName, parameters, as: Method.Reply.self)
                    })
            }
        }
    }

    func status() async throws -> [String: Wire.PeriodResult] {
        let reply = try await ask(Wire.Status.self, .init())
        return Dictionary(uniqueKeysWithValues: reply.rhythms.map { ($0.id, $0) })
    }
}
