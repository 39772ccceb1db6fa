import Foundation
import GRDB
package import RhythmCore
package import RhythmFacts

/// The roadmap as it was last read.
package struct StoredRoadmap: Sendable {
    /// Of the repository that holds it; nil where none does.
    package var gitDir: String?
    /// In the repository, else absolute.
    package var path: String
    package var outline: Outline
    /// What the working file has that is not committed.
    package var pending: [RoadmapChange]
    package var readAt: Timestamp?
    /// Why it cannot be read now.
    package var problem: String?
}

extension Store {
    /// The file that is to be followed, with what is known of it. Any other is forgotten.
    package func roadmapJob(_ file: String?) throws -> Job.Roadmap? {
        let name = file.map(RepositoryFact.roadmap)
        let known = try read {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT r.git_dir, r.view, r.tips, m.path FROM repository r LEFT JOIN roadmap m ON m.repository = r.id
                    WHERE r.git_dir GLOB '\(RepositoryFact.roadmapPrefix)*'
                    """)
        }
        if known.contains(where: { $0[0] != name }) {
            try write {
                try $0.run(
                    "DELETE FROM repository WHERE git_dir GLOB '\(RepositoryFact.roadmapPrefix)*' AND git_dir IS NOT ?",
                    arguments: [name])
            }
        }
        guard let file else { return nil }
        guard let row = known.first(where: { $0[0] == name }), let view = row[1] as String?,
            let path = row[3] as String?
        else { return Job.Roadmap(path: file) }
        let tips = Self.unpacked([UInt8](row[2] as Data? ?? Data()))
        return Job.Roadmap(path: file, last: .init(view: view, head: tips.first, path: path))
    }

    /// Nil before it was read.
    package func roadmap(_ file: String) throws -> StoredRoadmap? {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT r.id, m.git_dir, m.path, r.scanned_at, g.message FROM repository r
                        LEFT JOIN roadmap m ON m.repository = r.id
                        LEFT JOIN gap g ON g.repository = r.id AND g.until IS NULL WHERE r.git_dir = ?
                        """, arguments: [RepositoryFact.roadmap(file)])
            else { return nil }
            let id: Int64 = row[0]
            let nodes = try Row.fetchAll(
                db,
                sql:
                    "SELECT kind, depth, text, value, box, line FROM roadmap_node WHERE repository = ? ORDER BY number",
                arguments: [id]
            ).compactMap { row in
                Outline.Node.Kind(rawValue: row[0]).map {
                    Outline.Node(
                        kind: $0, depth: row[1], text: row[2], value: row[3],
                        box: (row[4] as String?).flatMap(Outline.Node.Box.init), line: row[5])
                }
            }
            let scannedAt: Int64? = row[3]
            return StoredRoadmap(
                gitDir: row[1], path: row[2] ?? file, outline: Outline(nodes),
                pending: try Self.changes("v.repository = \(id) AND v.object IS NULL", in: db).map(\.change),
                readAt: scannedAt.map(Timestamp.init), problem: row[4])
        }
    }

    /// What its commits did, parents before children.
    package func roadmapEvents(rules: EvidenceRules, from vantage: Vantage? = nil) throws -> [RoadmapHistory.Event] {
        try read { try Self.roadmapEvents(rules: rules, from: vantage, in: $0) }
    }

    /// When it was last committed, by whomever.
    package func roadmapReviewedAt(until instant: Timestamp) throws -> Timestamp? {
        try read {
            try Int64.fetchOne(
                $0, sql: "SELECT max(at) FROM roadmap_version WHERE object IS NOT NULL AND at <= ?",
                arguments: [instant.seconds]
            ).map(Timestamp.init)
        }
    }

    static func roadmapEvents(
        rules: EvidenceRules, from vantage: Vantage?, in db: Database
    ) throws -> [RoadmapHistory.Event] {
        let known = (vantage?.knownAt).map { " AND v.recorded_at <= \($0.seconds)" } ?? ""
        let until = vantage.map { " AND v.at <= \($0.at.seconds)" } ?? ""
        return try changes("v.object IS NOT NULL AND v.at IS NOT NULL\(until)\(known)", in: db).compactMap { found in
            guard let commit = found.commit, let at = found.at,
                let day = rules.day(at: at, offsetMinutes: found.offsetMinutes)
            else { return nil }
            return RoadmapHistory.Event(
                change: found.change, commit: commit, at: at, day: day, isOwn: found.isOwn)
        }
    }

    /// The ticks of the user's that stand, by day: each item once.
    static func tickSeries(
        of source: Source, _ rules: EvidenceRules, _ vantage: Vantage?, in db: Database
    ) throws -> DailySeries {
        let ticks = try ticks(of: source, rules, vantage, in: db).filter(\.isOwn)
        return DailySeries(ticks.map { .init(day: $0.day, quantity: 1) })
    }

    private static func ticks(
        of source: Source, _ rules: EvidenceRules, _ vantage: Vantage?, in db: Database
    ) throws -> [RoadmapHistory.Event] {
        if !source.repositories.isEmpty {
            let folder = try String.fetchOne(
                db,
                sql: "SELECT coalesce(r.work_dir, r.git_dir) FROM roadmap m JOIN repository r ON r.git_dir = m.git_dir")
            guard let folder, RepositoryGlobs(source.repositories).match(folder) else { return [] }
        }
        let globs = source.paths.map { Glob($0, foldingCase: true) }
        let history = RoadmapHistory(try roadmapEvents(rules: rules, from: vantage, in: db))
        return history.records.values.compactMap { record in
            let path = record.name.path.joined(separator: "/")
            return globs.isEmpty || globs.contains { $0.matches(path: path) } ? record.ticked : nil
        }.sorted { ($0.at, $0.change.name.text) < ($1.at, $1.change.name.text) }
    }

    /// The ticks dated within some days, by date.
    package func storedTicks(
        of source: Source, days: ClosedRange<CalendarDay>, rules: EvidenceRules, from vantage: Vantage? = nil
    ) throws -> [RoadmapHistory.Event] {
        try read { db in
            try Self.ticks(of: source, rules, vantage, in: db).filter { days.contains($0.day) }
        }
    }

    private struct FoundChange {
        var change: RoadmapChange
        var commit: ObjectID?
        var at: Timestamp?
        var offsetMinutes: Int
        var isOwn: Bool
    }

    private static func changes(_ condition: String, in db: Database) throws -> [FoundChange] {
        func path(_ json: String?) throws -> [String] {
            try JSONDecoder().decode([String].self, from: Data((json ?? "[]").utf8))
        }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT c.kind, c.path, c.text, c.path_before, c.text_before, c.ticked,
                    v.object, v.at, v.offset_minutes, v.own
                FROM roadmap_version v CROSS JOIN roadmap_change c ON c.version = v.id WHERE \(condition) ORDER BY c.id
                """
        ).compactMap { row in
            guard let kind = RoadmapChange.Kind(rawValue: row[0]) else { return nil }
            let before: String? = row[4]
            let at: Int64? = row[7]
            return FoundChange(
                change: RoadmapChange(
                    kind: kind, name: .init(path: try path(row[1]), text: row[2]),
                    before: try before.map { .init(path: try path(row[3]), text: $0) }, isTicked: row[5]),
                commit: (row[6] as Data?).flatMap { ObjectID(bytes: $0) }, at: at.map(Timestamp.init),
                offsetMinutes: row[8], isOwn: row[9])
        }
    }
}
