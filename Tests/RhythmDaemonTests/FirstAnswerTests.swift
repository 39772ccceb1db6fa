import Foundation
import Glibc
import NIOCore
import NIOPosix
import RhythmAPI
import RhythmCore
import RhythmStore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// A fresh install on histories of years: the recent weeks come first.
@Suite struct FirstAnswerTests {
    @Test(arguments: [
        ("2026-11-23", "2026-09-28"), ("2026-11-30", "2026-10-01"), ("2026-12-31", "2026-10-01"),
        ("2026-03-01", "2026-01-01"), ("2026-01-05", "2025-11-10"), ("2026-01-31", "2025-12-01"),
    ])
    func theFirstLookGoesBackEightWeeksAndOverThisQuarterAndTheLastMonth(today: String, first: String) throws {
        let day = RecentWeeks.firstDay(before: try #require(CalendarDay(today)), weekStart: .monday)
        #expect(day.description == first)
    }

    @Test func aClientThatAsksBeforeTheStartIsOverIsAnsweredAfterTheFirstPass() async throws {
        let test = try TestDaemon()
        try test.repository().commit("one", at: "2026-11-23 09:00 +0000")
        try AtomicFile.makeFolder(test.setup.paths.state)
        let loops = Array(TestDaemon.group.makeIterator())
        let engine = Engine(
            setup: test.setup, config: Config(), store: try Store(path: test.setup.paths.database),
            lock: try InstanceLock(path: test.setup.paths.lock), executor: LoopExecutor(loops[0]), log: TestDaemon.quiet
        )
        try await engine.prepare()
        let outcome: ScanProgress = await withCheckedContinuation { continuation in
            loops[0].execute {
                engine.assumeIsolated { engine in
                    engine.scan(ScanRequest(discover: true, waiters: [continuation]))
                    engine.start(watch: loops[1])
                }
            }
        }
        #expect(outcome.failure == nil)
        #expect(engine.snapshot.repositories.count == 1)
        await engine.endWork()
        await engine.letGo()
    }

    /// A daemon whose worker reads no history before ``open()``, and repositories with 100 weeks of it.
    private struct Gated {
        let plain: TestDaemon
        let gated: TestDaemon
        private let gate: String

        init(config: String = "", today: String = "2026-11-26") throws {
            plain = try TestDaemon(today: today, config: config)
            gate = plain.home.path + "/.gate"
            try Program.run("mkfifo", [gate], environment: Program.environment(home: plain.home.path))
            // The first pass has a horizon; what comes without one waits.
            try plain.home.write(
                """
                #!/bin/sh
                job=$(cat)
                case $job in *horizon*) ;; *) read -r _ < "$HOME/.gate" ;; esac
                printf '%s\\n' "$job" | exec "\(plain.setup.scanner)" --job
                """, to: ".worker")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: plain.home.path + "/.worker")
            var setup = plain.setup
            setup.scanner = plain.home.path + "/.worker"
            gated = TestDaemon(like: plain, setup: setup)
            for name in ["a", "b"] {
                let repository = try plain.repository(name)
                try Program.run(
                    "git", ["-C", repository.path, "fast-import", "--quiet"],
                    environment: Program.environment(home: plain.home.path), input: Self.history(name))
            }
            try plain.repository("young").commit("new", at: "2026-11-25 09:00 +0000")
        }

        /// A commit every Wednesday of 100 weeks but for one, in one repository a dev log with it.
        private static func history(_ name: String) -> String {
            let newest = ManualClock.noon("2026-11-25").seconds + (name == "a" ? 0 : 60)
            return (0..<100).reversed().filter { $0 != 20 }.map { week in
                let at = newest - Int64(week) * 7 * 86_400
                let file = name == "a" ? "devlog/\(week).md" : "f"
                return "commit refs/heads/main\nauthor Me <me@example.org> \(at) +0000\n"
                    + "committer Me <me@example.org> \(at) +0000\ndata 4\n\(name) \(week % 10)\n"
                    + "M 644 inline \(file)\ndata 3\n\(100 + week)\n"
            }.joined()
        }

        /// Returns once the worker is about to read the history: then the first pass is through.
        func arrived() async -> Int32 {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { [gate] in continuation.resume(returning: open(gate, O_WRONLY)) }
            }
        }

        func reports(_ client: Client) async throws -> Wire.Report.Reply {
            var reply = try await client.ask(Wire.Report.self, .init(last: 200))
            // When it was read is not what was read.
            reply.freshness.scannedAt = nil
            return reply
        }
    }

    private static let config = """
        [[rhythm]]
        id = "commits"
        every = "week"
        measure = "commits"
        at_least = 2
        [[rhythm]]
        id = "devlog"
        every = "week"
        measure = "devlog"
        [[rhythm]]
        id = "yearly"
        every = "year"
        measure = "commits"
        at_least = 500
        [[goal]]
        id = "goal"
        measure = "commits"
        at_least = 900
        from = 2026-01-01
        by = 2026-12-31
        """

    private func expectRecentWeeksOnly(_ client: Client) async throws {
        let status = try await client.ask(Wire.Status.self, .init())
        #expect(!status.freshness.complete && status.freshness.scanning)
        #expect(status.freshness.completeSince == "2026-10-01")
        #expect(status.freshness.unfinished == 2)
        #expect(status.repositories == 3)
        let rhythms = Dictionary(uniqueKeysWithValues: status.rhythms.map { ($0.id, $0) })
        let commits = try #require(rhythms["commits"])
        #expect(commits.have == 3 && commits.state == .met && !commits.provisional)
        #expect(rhythms["devlog"]?.have == 1 && rhythms["devlog"]?.provisional == false)
        // Nothing within what is known broke the streak, to which some of what lies before has come, and the year began
        // before it.
        #expect(commits.streak.provisional && (9..<20).contains(commits.streak.current))
        #expect(rhythms["yearly"]?.provisional == true)
        #expect(status.goals.map(\.provisional) == [true])
        // A commit on Wednesday alone: yesterday broke nothing, and Tuesday what was before.
        #expect(status.activeDays == Streak(current: 1, longest: 1))
        let states = try await client.ask(Wire.Report.self, .init(last: 200)).rhythms.filter { $0.id == "commits" }
        #expect(!states.contains { $0.state == .missed })
        let found = try await client.ask(Wire.Repositories.self, .init()).repositories
        #expect(found.map(\.completeSince) == ["2026-10-01", "2026-10-01", nil])
        #expect(status.alerts.isEmpty)
    }

    @Test func theRecentWeeksAreAnsweredBeforeAnyHistoryIsRead() async throws {
        let setup = try Gated(config: Self.config)
        let group = TestDaemon.group
        let daemon = try await Daemon.start(setup.gated.setup, group: group, log: TestDaemon.quiet)
        let client = Client(path: setup.gated.setup.paths.socket)
        let gate = await setup.arrived()
        try await expectRecentWeeksOnly(client)
        #expect(setup.plain.alerts.isEmpty)
        // Who waits for a scan waits for all of it.
        close(gate)
        _ = try await client.ask(Wire.Scan.self, .init())
        let grown = try await setup.reports(client)
        await daemon.stop()
        #expect(grown.freshness.complete && grown.freshness.completeSince == nil)
        #expect(setup.plain.alerts == ["2026-12-31-goal.md", "2026-yearly.md"])

        let commits = grown.rhythms.filter { $0.id == "commits" }
        #expect(commits.count == 100 && commits.count { $0.state == .missed } == 1)
        #expect(commits.first?.streak == Streak(current: 20, longest: 79))
        #expect(!grown.rhythms.contains { $0.provisional })
    }

    @Test func aDaemonThatStoppedBeforeTheHistoryWasReadGoesOnToTheSame() async throws {
        let setup = try Gated(config: Self.config)
        for _ in 0..<2 {
            let daemon = try await Daemon.start(setup.gated.setup, group: TestDaemon.group, log: TestDaemon.quiet)
            let gate = await setup.arrived()
            try await expectRecentWeeksOnly(Client(path: setup.gated.setup.paths.socket))
            await daemon.stop()
            close(gate)
        }
        let grown = try await setup.plain.run { try await setup.reports($0) }
        try FileManager.default.removeItem(atPath: setup.plain.setup.paths.state)
        let fresh = try await setup.plain.run { try await setup.reports($0) }
        #expect(grown.rhythms == fresh.rhythms)
        #expect(grown.freshness == fresh.freshness)
        #expect(grown.freshness.complete)
    }

    @Test func aRepositoryWhoseHistoryCannotBeReadIsNotWaitedFor() async throws {
        let setup = try Gated(config: Self.config)
        try setup.plain.home.write(
            """
            #!/bin/sh
            job=$(cat)
            case $job in *horizon*) printf '%s\\n' "$job" | exec "\(setup.plain.setup.scanner)" --job ;; esac
            printf '%s\\n' "$job" | "\(setup.plain.setup.scanner)" --job | while IFS= read -r line; do
                printf '%s\\n' "$line"
                case $line in "begin	"*/a/.git) kill -SEGV $$; exit ;; esac
            done
            """, to: ".worker")
        try await setup.gated.run { client async throws in
            let status = try await client.ask(Wire.Status.self, .init())
            #expect(status.freshness.complete)
            #expect(status.unreadable.map(\.gitDir) == [setup.plain.home.path + "/a/.git"])
            #expect(status.unreadable.map(\.completeSince) == ["2026-10-01"])
            // What its look at the recent weeks brought stays.
            #expect(status.rhythms.first { $0.id == "devlog" }?.have == 1)
        }
    }
}
