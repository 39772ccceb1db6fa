import Foundation
import GRDB
package import RhythmCore
import Synchronization

/// From when the ledger is looked at.
package struct Vantage: Hashable, Sendable {
    /// What is dated later does not exist yet.
    package var at: Timestamp
    /// Nor does what the daemon had not recorded by then.
    package var asKnown: Bool

    /// When it has to have been known; nil where what is known today holds.
    package var knownAt: Timestamp? { asKnown ? at : nil }

    package init(at: Timestamp, asKnown: Bool = false) {
        self.at = at
        self.asKnown = asKnown
    }
}

extension Store {
    /// What counts, by day.
    ///
    /// - Parameter vantage: nil for everything that counts now.
    package func series(
        of sources: Set<Source>, rules: EvidenceRules, from vantage: Vantage? = nil
    ) throws -> [Source: DailySeries] {
        try read { db in
            var series: [Source: DailySeries] = [:]
            for source in sources {
                switch source.measure {
                case .commits, .activeDays:
                    var commits = source
                    commits.measure = .commits
                    let known = try series[commits] ?? ledger(of: commits, rules, vantage, in: db)
                    series[commits] = known
                    series[source] = source.measure == .commits ? known : known.activeDays
                case .devlog:
                    let files = try ledger(of: source, rules, vantage, in: db)
                    series[source] = try files + Self.itemSeries(of: source, rules, vantage, in: db)
                case .releases, .entries, .minutes, .gauge, .counter, .samples:
                    series[source] = try Self.itemSeries(of: source, rules, vantage, in: db)
                case .roadmapTicks: series[source] = try Self.tickSeries(of: source, rules, vantage, in: db)
                }
            }
            return series.filter { sources.contains($0.key) }
        }
    }

    private func ledger(
        of source: Source, _ rules: EvidenceRules, _ vantage: Vantage?, in db: Database
    ) throws -> DailySeries {
        guard let kind = source.measure.kind else { return DailySeries() }
        let filter = try SourceFilter(source, in: db)
        let entries: [DailySeries.Entry] =
            switch vantage {
            case nil: try counted(source, kind, filter, in: db)
            case let known? where known.asKnown: try Self.known(at: known.at, kind, filter, in: db)
            case let then?: try counted(source, kind, filter, until: then.at, in: db)
            }
        let lost = rules.credit == .reachable ? try Self.lost(kind, filter, vantage, in: db) : []
        return DailySeries(entries, lost: lost)
    }

    /// What counts now, by day: of a whole kind it is kept in a table, of a part of one in memory until the ledger changes.
    private func counted(
        _ source: Source, _ kind: Int, _ filter: SourceFilter, in db: Database
    ) throws -> [DailySeries.Entry] {
        if filter.isEmpty {
            return try Row.fetchAll(db, sql: "SELECT day, items FROM daily WHERE kind = ?", arguments: [kind])
                .map { DailySeries.Entry(day: CalendarDay(number: $0[0]), quantity: $0[1]) }
        }
        if let known = filteredEntries.withLock({ $0[source] }) { return known }
        let entries = try Self.entries(kind, filter, "e.verdict = 0", in: db)
        // Somebody else may write what is open here for reading only.
        if !readOnly { filteredEntries.withLock { $0[source] = entries } }
        return entries
    }

    /// By how much the day of an item can differ from that of its instant in UTC: git writes four digits for the hours and
    /// minutes by which an author's clock is off, and days may begin late.
    static let mostDaysOff = 6

    /// What counts now and is dated by an instant. Only of the days around it has each item to be looked at.
    private func counted(
        _ source: Source, _ kind: Int, _ filter: SourceFilter, until instant: Timestamp, in db: Database
    ) throws -> [DailySeries.Entry] {
        let day = DayRule(zone: .utc).day(of: instant)
        let edge = (day - Self.mostDaysOff)...(day + Self.mostDaysOff)
        return try counted(source, kind, filter, in: db).filter { $0.day < edge.lowerBound }
            + Self.entries(
                kind, filter,
                """
                e.verdict = 0 AND e.at <= \(instant.seconds)
                    AND e.day BETWEEN \(edge.lowerBound.number) AND \(edge.upperBound.number)
                """, in: db)
    }

    /// What had been recorded by an instant, by what was known then: what folds into something recorded later stood for
    /// itself until then, the first of its kind.
    private static func known(
        at instant: Timestamp, _ kind: Int, _ filter: SourceFilter, in db: Database
    ) throws -> [DailySeries.Entry] {
        try entries(
            kind, filter,
            """
            e.recorded_at <= \(instant.seconds) AND e.at <= \(instant.seconds) AND (e.verdict = 0 OR e.verdict = 1
                AND (SELECT recorded_at FROM evidence l WHERE l.id = e.folded_into) > \(instant.seconds)
                AND NOT EXISTS (SELECT 1 FROM evidence o WHERE o.folded_into = e.folded_into
                    AND o.recorded_at <= \(instant.seconds)
                    AND (o.committed_at, o.object, o.path, o.heading) < (e.committed_at, e.object, e.path, e.heading)))
            """, in: db)
    }

    /// The items of a kind that a condition holds for, by day.
    private static func entries(
        _ kind: Int, _ filter: SourceFilter, _ condition: String, in db: Database
    ) throws -> [DailySeries.Entry] {
        let grouping = filter.readsPaths ? "1, e.path" : "count(*), NULL"
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT e.day, \(grouping) FROM evidence e
                WHERE e.kind = \(kind) AND e.day IS NOT NULL AND \(condition) \(filter.sql)
                \(filter.readsPaths ? "" : "GROUP BY e.day")
                """)
        var entries: [DailySeries.Entry] = []
        while let row = try rows.next() {
            guard filter.admits(path: row[2]) else { continue }
            entries.append(.init(day: CalendarDay(number: row[0]), quantity: row[1]))
        }
        return entries
    }

    /// What nothing leads to any more, each work once, and only where no other carrier of it counts.
    private static func lost(
        _ kind: Int, _ filter: SourceFilter, _ vantage: Vantage?, in db: Database
    ) throws -> [DailySeries.Lost] {
        let unreachable = Rejection.unreachable.rawValue
        let sameWork =
            kind == 1
            ? "o.at = e.at AND (o.subject = e.subject OR o.first_parent = e.first_parent)"
            : "o.path = e.path AND o.heading = e.heading AND (e.heading <> '' OR o.day = e.day)"
        return try Row.fetchAll(
            db,
            sql: """
                SELECT e.day, (SELECT max(s.gone_at) FROM sighting s WHERE s.evidence = coalesce(e.carrier, e.id)), e.path
                FROM evidence e WHERE e.kind = \(kind) AND e.verdict = \(unreachable) AND e.day IS NOT NULL
                    \(vantage.map { "AND e.at <= \($0.at.seconds)" } ?? "") \(filter.sql)
                    AND NOT EXISTS (SELECT 1 FROM evidence o WHERE o.kind = e.kind AND o.author = e.author AND o.id <> e.id
                        AND \(sameWork) AND (o.verdict = 0 OR o.verdict = \(unreachable)
                            AND (o.committed_at, o.object) < (e.committed_at, e.object)))
                """
        ).compactMap { row -> DailySeries.Lost? in
            let gone: Int64? = row[1]
            guard let gone, filter.admits(path: row[2]) else { return nil }
            return DailySeries.Lost(day: CalendarDay(number: row[0]), goneAt: Timestamp(gone), quantity: 1)
        }
    }
}

/// A source's filters as conditions on the `evidence` row `e`.
struct SourceFilter {
    private(set) var sql = ""
    private let paths: [Glob]
    /// A dev log's own path is what a path filter looks at, and SQL knows no globs.
    let readsPaths: Bool
    /// Every item passes.
    var isEmpty: Bool { sql.isEmpty && !readsPaths }

    init(_ source: Source, in db: Database) throws {
        // The same work in another repository, or under another id, is part of what is seen.
        let group = "(SELECT e.id UNION ALL SELECT f.id FROM evidence f WHERE f.folded_into = e.id)"
        if !source.repositories.isEmpty {
            let ids = try RepositoryGlobs(source.repositories).ids(in: db)
            sql += """
                 AND EXISTS (SELECT 1 FROM sighting s JOIN evidence m ON s.evidence = coalesce(m.carrier, m.id)
                    WHERE m.id IN \(group) AND s.repository IN (\(ids)) AND NOT s.disowned)
                """
        }
        readsPaths = !source.paths.isEmpty && source.measure == .devlog
        paths = readsPaths ? source.paths.map { Glob($0, foldingCase: false) } : []
        if !source.paths.isEmpty && !readsPaths {
            let globs = try source.paths.compactMap {
                try Int64.fetchOne(db, sql: "SELECT id FROM path_glob WHERE glob = ?", arguments: [$0])
            }
            // One that no commit was ever found to touch is not there: an empty list holds nothing.
            let ids = globs.map(String.init).joined(separator: ",")
            sql += " AND EXISTS (SELECT 1 FROM touch t WHERE t.evidence IN \(group) AND t.glob IN (\(ids)))"
        }
    }

    func admits(path: String?) -> Bool {
        !readsPaths || path.map { path in paths.contains { $0.matches(path: path) } } ?? false
    }
}

/// Globs that name repositories: by the folder's name where they hold no slash, else by its path.
package struct RepositoryGlobs: Sendable {
    private let names: [Glob]
    private let folders: [Glob]

    package init(_ globs: [String]) {
        names = globs.filter { !$0.contains("/") }.map { Glob($0, foldingCase: false) }
        folders = globs.filter { $0.contains("/") }.map { Glob($0, foldingCase: false) }
    }

    /// The ids of those that match, for an `IN`.
    func ids(in db: Database) throws -> String {
        try Row.fetchAll(db, sql: "SELECT id, coalesce(work_dir, git_dir) FROM repository")
            .filter { match($0[1]) }.map { "\($0[0] as Int64)" }.joined(separator: ",")
    }

    package func match(_ folder: String) -> Bool {
        let parts = folder.split(separator: "/")
        let name = parts.last == ".git" ? parts.dropLast().last : parts.last
        return names.contains { $0.matches(path: name.map(String.init) ?? "") }
            || folders.contains { $0.matches(path: folder) }
    }
}

extension Measure {
    /// How the ledger names the items that it counts; nil where they come from elsewhere.
    var kind: Int? {
        switch self {
        case .commits, .activeDays: 1
        case .devlog: 2
        case .releases, .roadmapTicks, .samples, .entries, .minutes, .gauge, .counter: nil
        }
    }
}
