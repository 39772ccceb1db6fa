import Foundation
import GRDB
package import RhythmCore

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
                    let known = try series[commits] ?? Self.ledger(of: commits, rules, vantage, in: db)
                    series[commits] = known
                    series[source] = source.measure == .commits ? known : known.activeDays
                case .devlog: series[source] = try Self.ledger(of: source, rules, vantage, in: db)
                case .releases, .roadmapTicks, .entries, .minutes, .gauge, .counter: series[source] = DailySeries()
                }
            }
            return series.filter { sources.contains($0.key) }
        }
    }

    private static func ledger(
        of source: Source, _ rules: EvidenceRules, _ vantage: Vantage?, in db: Database
    ) throws -> DailySeries {
        guard let kind = source.measure.kind else { return DailySeries() }
        let filter = try SourceFilter(source, in: db)
        let vantageSQL: String =
            switch vantage {
            case nil: "e.verdict = 0"
            case let known? where known.asKnown:
                // What folds into something recorded later stood for itself until then, the first of its kind.
                """
                e.recorded_at <= \(known.at.seconds) AND e.at <= \(known.at.seconds) AND (e.verdict = 0 OR e.verdict = 1
                    AND (SELECT recorded_at FROM evidence l WHERE l.id = e.folded_into) > \(known.at.seconds)
                    AND NOT EXISTS (SELECT 1 FROM evidence o WHERE o.folded_into = e.folded_into
                        AND o.recorded_at <= \(known.at.seconds)
                        AND (o.committed_at, o.object, o.path) < (e.committed_at, e.object, e.path)))
                """
            case let known?: "e.verdict = 0 AND e.at <= \(known.at.seconds)"
            }
        let grouping = filter.readsPaths ? "1, e.path" : "count(*), NULL"
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT e.day, \(grouping) FROM evidence e
                WHERE e.kind = \(kind) AND e.day IS NOT NULL AND \(vantageSQL) \(filter.sql)
                \(filter.readsPaths ? "" : "GROUP BY e.day")
                """)
        var entries: [DailySeries.Entry] = []
        while let row = try rows.next() {
            guard filter.admits(path: row[2]) else { continue }
            entries.append(.init(day: CalendarDay(number: row[0]), quantity: row[1]))
        }
        let lost = rules.credit == .reachable ? try lost(kind, filter, vantage, in: db) : []
        return DailySeries(entries, lost: lost)
    }

    /// What nothing leads to any more, each work once, and only where no other carrier of it counts.
    private static func lost(
        _ kind: Int, _ filter: SourceFilter, _ vantage: Vantage?, in db: Database
    ) throws -> [DailySeries.Lost] {
        let unreachable = Rejection.unreachable.rawValue
        let sameWork =
            kind == 1
            ? "o.at = e.at AND (o.subject = e.subject OR o.first_parent = e.first_parent)"
            : "o.day = e.day AND o.path = e.path"
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
        case .releases, .roadmapTicks, .entries, .minutes, .gauge, .counter: nil
        }
    }
}
