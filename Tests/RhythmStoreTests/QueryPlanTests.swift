import GRDB
import RhythmCore
import RhythmFacts
import RhythmTestSupport
import Synchronization
import Testing

@testable import RhythmStore

/// What it costs to answer must not grow with the ledger: SQLite itself tells how it would go about each query.
@Suite struct QueryPlanTests {
    private let store: Store
    private let rules = EvidenceRules(calendar: CalendarHistory(DayRule(zone: .utc)))
    private let now = Timestamp(1_795_435_200)  // 2026-11-23 12:00 UTC
    private let today = CalendarDay(year: 2026, month: 11, day: 23)!

    init() throws {
        store = try Store()
        try record(.full)
    }

    private func record(_ extent: RepositoryFact.Extent) throws {
        let id = ObjectID(bytes: [UInt8](repeating: 7, count: 20))!
        let repository = RepositoryFact(
            gitDir: "/r/.git", workDir: "/r", reader: .libgit2, extent: extent, rewritten: false, view: "v", tips: [id],
            emails: ["me@x"])
        let scan = ScannedRepository(repository) { body in
            try body(
                .commit(
                    CommitFact(
                        id: id, authoredAt: now, offsetMinutes: 0, committedAt: now, firstParent: nil, parentCount: 0,
                        email: "me@x", name: "Me", coAuthored: false, subject: "one")))
            try body(.devlog(DevlogFact(commit: id, path: "DEVLOG.md")))
        }
        try store.record([scan], identity: .init(), rules: rules, now: now)
    }

    /// The statements that a call runs, with their parameters in place.
    private func statements(_ call: () throws -> Void) throws -> [String] {
        let seen = Mutex<[String]>([])
        try store.queue.inDatabase { db in
            db.trace { event in
                if case .statement(let statement) = event { seen.withLock { $0.append(statement.expandedSQL) } }
            }
        }
        try call()
        try store.queue.inDatabase { $0.trace(options: []) }
        return seen.withLock { $0 }
    }

    /// The steps of a query's plan that go through the whole ledger, or through all of one kind in it.
    private func wholeLedger(in sql: String) throws -> [String] {
        var ledger: Set = [
            "evidence", "sighting", "touch", "item", "item_sighting", "i", "e", "s", "m", "o", "f", "l", "d", "c", "t",
            "mate", "leader",
        ]
        // What a scan touched is named by the same letters.
        if sql.contains("touched t") || sql.contains("touched_day t") { ledger.remove("t") }
        if sql.contains("shared s") { ledger.remove("s") }
        return try store.queue.read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String }
        }.filter { step in
            let words = step.split(separator: " ")
            guard words.count > 1, ledger.contains(String(words[1])) else { return false }
            return words[0] == "SCAN" && !step.contains("_future") && !step.contains("item_journal")
                || step.hasSuffix("evidence_day (kind=?)")
        }
    }

    private func expectBounded(
        _ name: String, verbs: [String] = ["SELECT", "WITH"], _ call: () throws -> Void
    ) throws {
        let statements = try statements(call).filter { sql in verbs.contains { sql.hasPrefix($0) } }
        #expect(!statements.isEmpty, "\(name)")
        for sql in statements {
            let steps = try wholeLedger(in: sql)
            #expect(steps.isEmpty, "\(name): \(steps) in \(sql)")
        }
    }

    @Test func noAnswerGoesThroughTheLedger() throws {
        let items: Set<Source> = [
            Source(.releases), Source(.devlog), Source(.entries("win")), Source(.minutes("sync")),
            Source(.gauge("stars")),
            Source(.counter("stars")), Source(.releases, repositories: ["r"]),
        ]
        let sources = items.union([Source(.commits), Source(.activeDays)])
        let week = (today - 6)...today
        try expectBounded("series") { _ = try store.series(of: sources, rules: rules) }
        try expectBounded("series then") {
            _ = try store.series(of: sources, rules: rules, from: Vantage(at: now))
        }
        for source in sources.subtracting(items).union([Source(.devlog)]) {
            try expectBounded("items") { _ = try store.items(of: source, days: week, undated: true) }
            try expectBounded("items then") {
                _ = try store.items(of: source, days: week, undated: true, from: Vantage(at: now, asKnown: true))
            }
        }
        for source in items {
            try expectBounded("items") { _ = try store.storedItems(of: source, days: week) }
        }
        try expectBounded("journal") { _ = try store.journalItems(limit: 10) }
        try expectBounded("repositories") { _ = try store.repositories() }
        try expectBounded("blind") { _ = try store.blindSince() }
        try expectBounded("targets") { _ = try store.scanTargets() }
        try expectBounded("future") { _ = try store.nextFutureItem() }
        try expectBounded("promotion") { _ = try store.promoteFuture(rules: rules, now: now) }
        try expectBounded("instants") {
            _ = try store.evidenceInstants(after: now + -86_400, until: now, limit: 600)
        }
        try expectBounded("episodes") { _ = try store.episodes(at: Vantage(at: now)) }
    }

    /// What it costs to take in a scan grows with what the scan says alone.
    @Test(arguments: [RepositoryFact.Extent.full, .delta]) func noScanGoesThroughTheLedger(
        extent: RepositoryFact.Extent
    ) throws {
        try expectBounded("record", verbs: ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"]) { try record(extent) }
    }

    @Test func thePlanOfAWholeScanIsSeenAsOne() throws {
        #expect(try !wholeLedger(in: "SELECT count(subject) FROM evidence e").isEmpty)
        #expect(try !wholeLedger(in: "SELECT count(subject) FROM evidence e WHERE kind = 1").isEmpty)
    }
}
