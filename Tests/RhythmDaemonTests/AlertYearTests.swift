import Foundation
import Logging
import RhythmCore
import RhythmFacts
import RhythmStore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// A year of a scripted developer, with good weeks, bad weeks, holidays, a dead laptop and two changes of the clocks, as the
/// daemon lives through it: told of each commit when it is made, woken when a day begins and when an alert speaks up.
private struct SimulatedYear {
    static let zone = Zone(iana: "Europe/Prague") ?? .utc
    static let calendar = CalendarHistory(DayRule(zone: zone))
    static let rules = EvidenceRules(calendar: calendar)
    static let first = CalendarDay(year: 2026, month: 1, day: 5)!
    static let last = CalendarDay(year: 2026, month: 12, day: 31)!

    let store: Store
    let config: Config
    private var commits: [(at: Timestamp, isDevlog: Bool)]
    private var recorded = 0
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        store = try Store()
        config = try Config.parse(
            """
            [[rhythm]]
            id = "commits"
            every = "week"
            measure = "commits"
            at_least = 5
            [[rhythm]]
            id = "commits-quarter"
            every = "quarter"
            measure = "commits"
            at_least = 60
            [[rhythm]]
            id = "devlog"
            every = "week"
            measure = "devlog"
            [[goal]]
            id = "commits-2026"
            measure = "commits"
            at_least = 200
            by = 2026-12-31
            [[vacation]]
            from = 2026-07-06
            to = 2026-07-19
            why = "Holidays"
            """, file: "year.toml", home: nil)
        commits = Self.script()
        let start = Self.calendar.start(of: Self.first)
        try store.adopt(Self.rules, now: start)
        try store.adopt(config.rhythms, now: start)
        try store.recordSurvey(now: start)
    }

    /// What was done when: five and a dev log in a good week, on Monday, Tuesday and Thursday; two in a bad one; all on Sunday
    /// evening in a late one; none in a dead one.
    private static func script() -> [(at: Timestamp, isDevlog: Bool)] {
        let kinds = "gggbglggdgggglbggggggddhhgggbbgglggggbddddggglgggbgg"
        var commits: [(Timestamp, Bool)] = []
        for (week, kind) in kinds.enumerated() {
            let monday = first + 7 * week
            func add(_ day: Int, _ hour: Int64, isDevlog: Bool = false) {
                commits.append((calendar.start(of: monday + day) + hour * 3600 + Int64(week), isDevlog))
            }
            switch kind {
            case "g":
                for (day, hour) in [(0, 10), (0, 15), (1, 11), (3, 9), (3, 17)] { add(day, Int64(hour)) }
                add(3, 18, isDevlog: true)
            case "b":
                add(1, 10)
                add(2, 16)
            case "l":
                for hour in [17, 18, 19, 20, 21] as [Int64] { add(6, hour) }
                add(6, 22, isDevlog: true)
            default: break
            }
        }
        return commits.sorted { $0.0 < $1.0 }
    }

    var boundaries: [Timestamp] {
        let days = (0...(Self.last - Self.first)).map { Self.calendar.start(of: Self.first + $0) }
        return (days + commits.map(\.at)).sorted()
    }

    /// The daemon reads what there is, judges it, and sees to the alerts.
    ///
    /// - Returns: what spoke up, and when something does so next.
    mutating func look(at now: Timestamp) throws -> (outcome: AlertKeeper.Outcome, next: Timestamp?) {
        while recorded < commits.count, commits[recorded].at <= now {
            try record(commits[recorded], number: recorded, at: now)
            recorded += 1
        }
        let assessor = try Assessor(store: store, config: config, rules: Self.rules)
        let keeper = AlertKeeper(
            store: store, policy: config.nagPolicy, installedAt: Self.calendar.start(of: Self.first), log: log)
        let assessment = try assessor.assess(now: now, seenUntil: nil)
        let outcome = try keeper.look(at: assessment) { instant in
            try assessor.assess(now: instant, seenUntil: nil, from: Vantage(at: instant))
        }
        return (outcome, try keeper.nextNag(after: assessment))
    }

    private func record(_ commit: (at: Timestamp, isDevlog: Bool), number: Int, at now: Timestamp) throws {
        let bytes = (0..<20).map { $0 < 4 ? UInt8(truncatingIfNeeded: (number + 1) >> (8 * (3 - $0))) : 7 }
        let id = try #require(ObjectID(bytes: bytes))
        let repository = RepositoryFact(
            gitDir: "/r/.git", workDir: "/r", reader: .libgit2, extent: .delta, rewritten: false, view: "v", tips: [id],
            emails: ["me@x"])
        let scan = ScannedRepository(repository) { body in
            try body(
                .commit(
                    CommitFact(
                        id: id, authoredAt: commit.at, offsetMinutes: Self.zone.offset(commit.at) / 60,
                        committedAt: commit.at, firstParent: nil, parentCount: 1, email: "me@x", name: "Me",
                        coAuthored: false, subject: "c\(number)")))
            if commit.isDevlog { try body(.devlog(DevlogFact(commit: id, path: "devlog/\(number).md"))) }
        }
        try store.record([scan], identity: .init(), rules: Self.rules, now: now)
    }

    /// What happened to alerts, a line each; without what was only said.
    func history() throws -> [String] {
        try store.episodeEvents(since: Timestamp(0), limit: 100_000).filter { $0.what != "nag" }.map { event in
            "\(Self.calendar.text(event.at).prefix(16).replacing("T", with: " "))  \(event.period)-\(event.rhythm) "
                + event.what + (event.note.map { " (\($0))" } ?? "")
        }
    }
}

@Suite struct AlertYearTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "alert-year.txt")

    /// Lives through the year, off at the given times.
    private func live(off: [ClosedRange<Timestamp>]) throws -> (history: [String], spoke: [(Timestamp, [String])]) {
        var year = try SimulatedYear()
        var spoke: [(Timestamp, [String])] = []
        var pending = year.boundaries[...]
        var nag: Timestamp?
        let end = SimulatedYear.calendar.start(of: SimulatedYear.last + 1)
        while let next = [pending.first, nag].compactMap({ $0 }).min(), next < end {
            while let first = pending.first, first <= next { pending.removeFirst() }
            if let away = off.first(where: { $0.contains(next) }) {
                nag = nil
                // It comes back at the end, and looks at once.
                if pending.first.map({ $0 > away.upperBound }) ?? true { pending = [away.upperBound + 1] + pending }
                continue
            }
            let look = try year.look(at: next)
            if !look.outcome.nags.isEmpty { spoke.append((next, look.outcome.nags.map(\.episode.id))) }
            nag = look.next
        }
        return (try year.history(), spoke)
    }

    @Test func aYearReadsSensiblyAndIsTheSameWhoeverWasLooking() throws {
        let whole = try live(off: [])
        let spoke = whole.spoke.map { at, ids in
            "\(SimulatedYear.calendar.text(at).prefix(16).replacing("T", with: " "))  \(ids.joined(separator: ", "))"
        }
        let text =
            (["# What happened"] + whole.history.sorted() + ["", "# When something spoke up"] + spoke)
            .joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["RHYTHM_TEST_GOLDEN"] == "write" {
            try text.write(to: Self.golden, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: Self.golden, encoding: .utf8)))

        // Nobody hears of more than a few things a week, and of nothing at night.
        for week in 0..<52 {
            let monday = SimulatedYear.calendar.start(of: SimulatedYear.first + 7 * week)
            let count = whole.spoke.filter { (monday..<monday + 7 * 86_400).contains($0.0) }.flatMap(\.1).count
            #expect(count <= 9, "week \(week)")
        }
        for (at, ids) in whole.spoke {
            let hour = Int(SimulatedYear.calendar.text(at).dropFirst(11).prefix(2)) ?? 0
            #expect((8..<21).contains(hour), "\(ids)")
        }

        var random = SeededRandom(seed: 2026)
        for round in 0..<2 {
            let start = SimulatedYear.calendar.start(of: SimulatedYear.first)
            let off = (0..<8).map { _ in
                let from = start + Int64(random.next(below: 350 * 86_400))
                return from...from + Int64(random.next(below: round == 1 ? 24 * 86_400 : 4 * 86_400))
            }
            let broken = try live(off: off)
            #expect(broken.history.sorted() == whole.history.sorted(), "round \(round)")
        }
    }
}
