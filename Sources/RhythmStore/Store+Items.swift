import Foundation
import GRDB
package import RhythmCore

/// A release, an entry or a sample, with what became of it.
package struct StoredItem: Hashable, Sendable {
    package var measure: Measure
    /// The tag, the entry's kind, the metric.
    package var name: String
    package var day: CalendarDay?
    package var at: Timestamp?
    package var offset: UTCOffset
    /// Only a day was stated, so that `at` is its beginning.
    package var isWholeDay: Bool
    package var quantity: Double?
    package var unit: String?
    package var title: String
    package var url: String?
    package var tags: [String]
    /// The tag, the commit, or the journal file's blob; nil for a note outside git.
    package var object: ObjectID?
    /// The journal's file, or a note's, absolute; nil for what came with a commit or a tag.
    package var path: String?
    /// Who made a release, or the commit with the trailer; nil for what stands in the journal.
    package var email: String?
    package var verdict: Verdict
    /// The item that it folds into.
    package var foldedInto: ObjectID?
    /// The worktrees, or git dirs where there is none, that show it.
    package var repositories: [String]
    /// Since when nothing leads to it in any of them; nil while something does.
    package var unreachableSince: Timestamp?
}

/// A file that should be an entry and is none.
package struct UnreadableFile: Hashable, Sendable {
    /// The repository's folder.
    package var folder: String
    package var path: String
    package var line: Int
    package var message: String
}

extension Store {
    /// Every item of a source dated within some days, whatever its verdict, by date and key; and those without a usable
    /// date when `undated`.
    package func storedItems(
        of source: Source, days: ClosedRange<CalendarDay>, undated: Bool = false, from vantage: Vantage? = nil
    ) throws -> [StoredItem] {
        guard let selection = try ItemSelection(source) else { return [] }
        return try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(StoredItem.columns) FROM item i WHERE \(selection.sql(in: db))
                        AND (i.day BETWEEN :first AND :last OR :undated AND i.day IS NULL) \(vantage.condition)
                    ORDER BY i.at, i.key
                    """,
                arguments: [
                    "name": selection.name, "first": days.lowerBound.number, "last": days.upperBound.number,
                    "undated": undated,
                ]
            ).map(StoredItem.init)
        }
    }

    /// The journal's entries and samples, the newest first.
    package func journalItems(limit: Int) throws -> [StoredItem] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(StoredItem.columns) FROM item i
                    WHERE i.path IS NOT NULL AND i.object IS NOT NULL ORDER BY i.at DESC, i.key DESC LIMIT ?
                    """, arguments: [limit]
            ).map(StoredItem.init)
        }
    }

    /// By file and line.
    package func unreadableFiles() throws -> [UnreadableFile] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT coalesce(r.work_dir, r.git_dir), u.path, u.line, u.message
                    FROM unreadable u JOIN repository r ON r.id = u.repository ORDER BY 1, 2
                    """
            ).map { UnreadableFile(folder: $0[0], path: $0[1], line: $0[2], message: $0[3]) }
        }
    }

    /// The kinds of entries that there are.
    package func entryKinds() throws -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT DISTINCT name FROM item WHERE kind = 2 ORDER BY name") }
    }

    /// What counts of a source, by day.
    static func itemSeries(
        of source: Source, _ rules: EvidenceRules, _ vantage: Vantage?, in db: Database
    ) throws -> DailySeries {
        guard let selection = try ItemSelection(source) else { return DailySeries() }
        let condition = "\(try selection.sql(in: db)) AND i.day IS NOT NULL \(vantage.condition)"
        // What folded into an item recorded later stood for itself until then.
        let counts =
            vantage?.knownAt.map {
                """
                (i.verdict = 0 OR i.verdict = 1 AND
                    (SELECT recorded_at FROM item l WHERE l.id = i.folded_into) > \($0.seconds))
                """
            } ?? "i.verdict = 0"
        func rows(_ columns: String, _ rest: String) throws -> [Row] {
            try Row.fetchAll(
                db, sql: "SELECT \(columns) FROM item i WHERE \(condition) AND \(rest)",
                arguments: ["name": selection.name])
        }
        switch source.measure {
        case .gauge, .counter:
            let readings = try rows("i.day, i.quantity, i.at, i.key", "\(counts) AND i.quantity IS NOT NULL").map {
                (
                    at: $0[2] as Int64? ?? .min, mark: fileMark($0[3]), key: $0[3] as String, $0[0] as Int,
                    $0[1] as Double
                )
            }.sorted { ($0.at, $0.mark, $0.key) < ($1.at, $1.mark, $1.key) }
                .map { (day: CalendarDay(number: $0.3), value: $0.4) }
            return source.measure.isLevel ? DailySeries(levels: readings) : DailySeries(growth: readings)
        case .minutes:
            return DailySeries(
                try rows("i.day, total(i.quantity)", "\(counts) GROUP BY i.day").map {
                    .init(day: CalendarDay(number: $0[0]), quantity: $0[1])
                })
        case .releases, .entries, .devlog, .samples:
            let unreachable = "i.verdict = \(Rejection.unreachable.rawValue)"
            let gone = """
                (SELECT max(gone_at) FROM (SELECT s.gone_at FROM item_sighting s WHERE s.item = i.id
                    UNION ALL SELECT s.gone_at FROM sighting s WHERE s.evidence = i.carrier))
                """
            let lost: [DailySeries.Lost] =
                rules.credit == .kept
                ? []
                : try rows("i.day, \(gone)", unreachable).compactMap { row in
                    let gone: Int64? = row[1]
                    return gone.map {
                        DailySeries.Lost(day: CalendarDay(number: row[0]), goneAt: Timestamp($0), quantity: 1)
                    }
                }
            return DailySeries(
                try rows("i.day, count(*)", "\(counts) GROUP BY i.day").map {
                    .init(day: CalendarDay(number: $0[0]), quantity: $0[1])
                }, lost: lost)
        case .commits, .activeDays, .roadmapTicks: return DailySeries()
        }
    }
}

/// What a journal file's name ends with: of readings, by which the one that was logged later comes later.
private func fileMark(_ key: String) -> String {
    let name = key.hasSuffix(".md") ? key.dropLast(3) : key[...]
    return String(name.reversed().prefix { $0 != "-" && $0 != "/" }.reversed())
}

extension Vantage? {
    /// What a row `i` has to meet to be there.
    fileprivate var condition: String {
        guard let self else { return "" }
        return "AND i.at <= \(self.at.seconds)" + (self.knownAt.map { " AND i.recorded_at <= \($0.seconds)" } ?? "")
    }
}

/// The rows `i` of items that a source takes; `:name` is theirs.
struct ItemSelection {
    /// Those that show the item, or its commit.
    static let repositories = """
        (SELECT s.repository FROM item_sighting s WHERE s.item = i.id
            UNION SELECT s.repository FROM sighting s WHERE s.evidence = i.carrier AND NOT s.disowned)
        """

    let kind: Int
    /// Nil for all names.
    let name: String?
    private let repositories: RepositoryGlobs?

    /// Nil where no item counts for the source.
    init?(_ source: Source) throws {
        switch source.measure {
        case .releases: (kind, name) = (1, nil)
        case .entries(let kind), .minutes(let kind): (self.kind, name) = (2, kind)
        // An entry has no path by which it could be told from others.
        case .devlog where source.paths.isEmpty: (kind, name) = (2, "devlog")
        case .gauge(let metric), .counter(let metric): (kind, name) = (3, metric)
        case .samples: (kind, name) = (3, nil)
        case .commits, .activeDays, .roadmapTicks, .devlog: return nil
        }
        repositories = source.repositories.isEmpty ? nil : RepositoryGlobs(source.repositories)
    }

    func sql(in db: Database) throws -> String {
        let seen = try repositories.map {
            " AND EXISTS (SELECT 1 FROM \(Self.repositories) WHERE repository IN (\(try $0.ids(in: db))))"
        }
        return "i.kind = \(kind) AND \(name == nil ? ":name IS NULL" : "i.name = :name")\(seen ?? "")"
    }
}

extension StoredItem {
    /// Of a row `i`.
    fileprivate static let columns = """
        i.kind, i.name, i.day, i.at, i.offset_minutes, i.stated_day IS NOT NULL, i.quantity, i.unit, i.title, i.url, i.tags,
        i.object, i.path, i.verdict,
        (SELECT json_group_array(coalesce(r.work_dir, r.git_dir)) FROM repository r
            WHERE r.id IN \(ItemSelection.repositories)),
        coalesce(i.email, (SELECT a.email FROM evidence c JOIN author a ON a.id = c.author WHERE c.id = i.carrier)),
        (SELECT l.object FROM item l WHERE l.id = i.folded_into),
        (SELECT CASE WHEN count(*) = count(gone_at) THEN max(gone_at) END FROM
            (SELECT s.gone_at FROM item_sighting s WHERE s.item = i.id
            UNION ALL SELECT s.gone_at FROM sighting s WHERE s.evidence = i.carrier AND NOT s.disowned))
        """

    fileprivate init(row: Row) throws {
        let kind: Int = row[0]
        let name: String = row[1]
        let day: Int? = row[2]
        let at: Int64? = row[3]
        let object: Data? = row[11]
        let leader: Data? = row[16]
        let gone: Int64? = row[17]
        guard let verdict = Verdict(rawValue: row[13]) else {
            throw StoreError.failed(path: "item", message: "an item that this version cannot read")
        }
        func list(_ json: String?) throws -> [String] {
            try JSONDecoder().decode([String].self, from: Data((json ?? "[]").utf8))
        }
        self.init(
            measure: kind == 1 ? .releases : kind == 2 ? .entries(name) : .gauge(name), name: name,
            day: day.map(CalendarDay.init(number:)), at: at.map(Timestamp.init), offset: UTCOffset(minutes: row[4]),
            isWholeDay: row[5], quantity: row[6], unit: row[7], title: row[8], url: row[9], tags: try list(row[10]),
            object: object.flatMap { ObjectID(bytes: $0) }, path: row[12], email: row[15], verdict: verdict,
            foldedInto: leader.flatMap { ObjectID(bytes: $0) }, repositories: try list(row[14]).sorted(),
            unreachableSince: gone.map(Timestamp.init))
    }
}
