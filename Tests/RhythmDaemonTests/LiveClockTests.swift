import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// The daemon as a process, while somebody sets its wall clock: over the ends of days and weeks, over both changes of the
/// clocks, forward and back.
@Suite(.timeLimit(.minutes(3))) struct LiveClockTests {
    private let home: TemporaryFolder
    private let clock: MovedClock
    private let hook: Fifo
    private let repository: HomeRepository
    private let environment: [String: String]

    init() throws {
        home = try TemporaryFolder()
        clock = try MovedClock(in: home.path)
        hook = try Fifo(home.path + "/hook")
        repository = try HomeRepository(at: home.path + "/work", home: home.path)
        try home.write(
            """
            [[rhythm]]
            id = "commits"
            every = "week"
            measure = "commits"
            at_least = 5
            [[hook]]
            on = ["at-risk", "due", "missed", "resolved"]
            run = ["tee", "-a", "\(hook.path)"]
            """, to: ".config/rhythm/rhythm.toml")
        environment = Program.environment(home: home.path).merging(["TZ": "Europe/Prague"]) { $1 }
            .merging(clock.environment) { $1 }
    }

    /// What the hook is told next: the alert and its state.
    private func told() async throws -> String {
        let line = try #require(await hook.lines(1).first)
        let event = try JSONDecoder().decode(HookEvent.self, from: Data(line.utf8))
        return "\(event.id) \(event.state.rawValue)"
    }

    private func ctl(_ arguments: String...) throws -> String {
        try Program.run(Program.folder + "/rhythmctl", arguments, environment: environment).text
    }

    @Test func aWeekWithTheSpringChangeEndsOnTheMinuteAndATimeSetBackIsBelieved() async throws {
        try repository.commit("one", at: "2026-03-24 10:00 +0100")
        try clock.set(to: "2026-03-27T12:00:00+01:00")
        let daemon = try RunningDaemon(environment: environment)
        #expect(try await told() == "2026-W13-commits at-risk")

        // From two the clocks go to three while it runs; the day is due, and says so at nine by the new time.
        try clock.set(to: "2026-03-29T01:59:59+01:00")
        try daemon.wait(for: "state=due")
        try clock.set(to: "2026-03-29T08:59:58+02:00")
        #expect(try await told() == "2026-W13-commits due")
        try clock.set(to: "2026-03-29T17:59:59+02:00")
        #expect(try await told() == "2026-W13-commits due")
        try clock.set(to: "2026-03-29T23:59:58+02:00")
        try daemon.wait(for: "state=missed")
        #expect(daemon.lines.last?.contains("at=2026-03-30T00:00:00+02:00") == true, "\(daemon.lines.last ?? "")")
        try clock.set(to: "2026-03-30T08:59:58+02:00")
        #expect(try await told() == "2026-W13-commits missed")

        // The clock was wrong: it is still Saturday.
        try clock.set(to: "2026-03-28T10:00:00+01:00")
        #expect(try await told() == "2026-W13-commits at-risk")
        #expect(try ctl("status").contains("1 of 5"))
        for number in 1...4 { try repository.commit("\(number)", at: "2026-03-28 09:0\(number) +0100") }
        _ = try ctl("scan")
        #expect(try await told() == "2026-W13-commits resolved")
        try clock.set(to: "2026-03-30T10:00:00+02:00")
        #expect(try ctl("report", "--week", "2026-W13").contains("met"))
        let alerts = try ctl("alerts")
        #expect(alerts == "No alerts.\n", "\(alerts)")
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func aWeekWithTheAutumnChangeHasAnHourMoreAndWeeksAsleepAreOneNag() async throws {
        try repository.commit("one", at: "2026-10-20 10:00 +0200")
        try clock.set(to: "2026-10-25T02:59:59+02:00")
        let daemon = try RunningDaemon(environment: environment)
        try daemon.wait(for: "state=due")
        try clock.set(to: "2026-10-25T09:00:01+01:00")
        #expect(try await told() == "2026-W43-commits due")
        try clock.set(to: "2026-10-25T17:59:59+01:00")
        #expect(try await told() == "2026-W43-commits due")
        try clock.set(to: "2026-10-25T23:59:58+01:00")
        try daemon.wait(for: "state=missed")
        #expect(daemon.lines.last?.contains("at=2026-10-26T00:00:00+01:00") == true, "\(daemon.lines.last ?? "")")
        try clock.set(to: "2026-10-26T09:00:01+01:00")
        #expect(try await told() == "2026-W43-commits missed")

        try clock.set(to: "2026-11-18T10:00:00+01:00")
        #expect(try await told() == "catch-up missed")
        let history = try ctl("alerts", "history")
        for line in [
            "2026-11-02 00:00  missed        2026-W44-commits, noticed 2026-11-18 10:00",
            "2026-11-16 00:00  missed        2026-W46-commits, noticed 2026-11-18 10:00",
            "2026-11-17 00:00  at-risk       2026-W47-commits, noticed 2026-11-18 10:00",
        ] { #expect(history.contains(line), "\(history)") }
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    /// Seven weeks, good and bad ones, with the end of summer time among them.
    ///
    /// - Parameter seed: of the moments at which the daemon is killed, to come back some days later; nil for none.
    /// - Returns: what happened to alerts, in the words of `rhythmctl alerts history`, without what was only said, and without
    ///   when it was noticed.
    private func history(killedBy seed: UInt64?) throws -> [String] {
        var random = SeededRandom(seed: seed ?? 0)
        let commitDays: Set = [0, 1, 2, 3, 4, 8, 14, 15, 16, 20, 28, 35, 36, 37, 38, 39, 42]
        let zone = try #require(Zone(iana: "Europe/Prague"))
        let monday = try #require(CalendarDay("2026-10-05"))
        var daemon: RunningDaemon?
        var daysOff = 0
        for day in 0..<49 {
            for hour in [0, 10, 19] {
                let rule = DayRule(zone: zone, startsAt: hour * 3600)
                let text = rule.text(rule.start(of: monday + day))
                try clock.set(to: text)
                if hour == 10, commitDays.contains(day) { try repository.commit("\(day)", at: text) }
                if daysOff > 0 && day < 48 {
                    if hour == 0 { daysOff -= 1 }
                } else if let running = daemon, seed != nil, day < 48, random.next(below: 8) == 0 {
                    _ = running.end(with: SIGKILL)
                    daemon = nil
                    daysOff = random.next(below: 4)
                } else {
                    daemon = try daemon ?? RunningDaemon(environment: environment)
                    _ = try ctl("scan")
                }
            }
        }
        let history = try ctl("alerts", "history", "--since", "2026-10-01")
        #expect(daemon?.end(with: SIGTERM) == 0)
        return history.split(separator: "\n").filter { !$0.contains("  nag  ") }
            .map { String($0.prefix { $0 != "," }) }.sorted()
    }

    @Test func whoeverKillsItTheHistoryIsTheSame() throws {
        let quiet = try history(killedBy: nil)
        #expect(quiet.count > 10)
        #expect(try LiveClockTests().history(killedBy: 1) == quiet)
        #expect(try LiveClockTests().history(killedBy: 2) == quiet)
    }
}
