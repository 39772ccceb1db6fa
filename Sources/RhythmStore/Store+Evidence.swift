import Foundation
import GRDB
package import RhythmCore

/// One item of the ledger, with what became of it.
package struct EvidenceItem: Hashable, Sendable {
    package var object: ObjectID
    /// The dev log file; nil for a commit.
    package var path: String?
    /// Of a dev log entry, by which its file tells it from others; empty in a file without dated headings.
    package var heading: String
    /// The day that a dev log's file states for it; nil where it goes by its commit.
    package var statedDay: CalendarDay?
    package var day: CalendarDay?
    package var at: Timestamp?
    package var offset: UTCOffset
    package var subject: String
    package var email: String
    package var coAuthored: Bool
    package var verdict: Verdict
    /// The item that it folds into.
    package var foldedInto: ObjectID?
    /// The worktrees, or git dirs where there is none, that hold it or held it.
    package var repositories: [String]
    /// Since when nothing leads to it in any of them; nil while something does.
    package var unreachableSince: Timestamp?
}

extension Store {
    /// Every item of a source dated within some days, whatever its verdict, by author date and id; and those without a
    /// usable date when `undated`.
    package func items(
        of source: Source, days: ClosedRange<CalendarDay>, undated: Bool = false, from vantage: Vantage? = nil
    ) throws -> [EvidenceItem] {
        guard let kind = source.measure.kind else { return [] }
        return try read { db in
            let filter = try SourceFilter(source, in: db)
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT e.object, e.path, e.day, e.at, e.offset_minutes, e.subject, a.email, e.co_authored, e.verdict,
                        leader.object,
                        (SELECT json_group_array(coalesce(r.work_dir, r.git_dir)) FROM sighting s
                            JOIN repository r ON r.id = s.repository WHERE s.evidence = coalesce(e.carrier, e.id)),
                        (SELECT CASE WHEN count(*) = count(s.gone_at) THEN max(s.gone_at) END FROM sighting s
                            WHERE s.evidence = coalesce(e.carrier, e.id) AND NOT s.disowned),
                        e.heading, e.stated_day
                    FROM evidence e JOIN author a ON a.id = e.author LEFT JOIN evidence leader ON leader.id = e.folded_into
                    WHERE e.id IN (SELECT id FROM evidence WHERE kind = :kind AND day BETWEEN :first AND :last
                            UNION ALL SELECT id FROM evidence WHERE :undated AND kind = :kind AND day IS NULL)
                        AND (:at IS NULL OR e.at <= :at) AND (:known IS NULL OR e.recorded_at <= :known) \(filter.sql)
                    ORDER BY e.at, e.object, e.path, e.heading
                    """,
                arguments: [
                    "kind": kind, "first": days.lowerBound.number, "last": days.upperBound.number, "undated": undated,
                    "at": vantage?.at.seconds, "known": vantage?.knownAt?.seconds,
                ]
            ).map(EvidenceItem.init).filter { filter.admits(path: $0.path) }
        }
    }

    /// Lets those count whose time has come.
    ///
    /// - Returns: whether any verdict changed.
    package func promoteFuture(rules: EvidenceRules, now: Timestamp) throws -> Bool {
        func due(_ table: String) -> String { "SELECT id FROM \(table) WHERE verdict = 3 AND at <= \(now.seconds)" }
        let anyDue = "SELECT EXISTS (\(due("evidence"))) OR EXISTS (\(due("item")))"
        guard try read({ try Bool.fetchOne($0, sql: anyDue) }) == true else { return false }
        try writeLedger { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO touched \(due("evidence")); INSERT INTO changed_item \(due("item"))")
            try deriveTouched(rules: rules, now: now, in: db)
        }
        return true
    }

    /// The earliest date of what is still in the future.
    package func nextFutureItem() throws -> Timestamp? {
        let next = """
            SELECT min(at) FROM (SELECT min(at) AS at FROM evidence WHERE verdict = 3
                UNION ALL SELECT min(at) FROM item WHERE verdict = 3)
            """
        return try read { try Int64.fetchOne($0, sql: next) }.map(Timestamp.init)
    }

    /// Derives all days and verdicts afresh if the rules differ from those they were last derived by.
    package func adopt(_ rules: EvidenceRules, now: Timestamp) throws {
        guard try setting("rules") != rules.signature else { return }
        try writeLedger { db in
            for dated in [
                "evidence WHERE at IS NOT NULL AND stated_day IS NULL",
                "item WHERE at IS NOT NULL AND stated_day IS NULL",
            ] {
                let table = dated.prefix { $0 != " " }
                let update = try db.makeStatement(sql: "UPDATE \(table) SET day = ? WHERE id = ?")
                let rows = try Row.fetchCursor(db, sql: "SELECT id, at, offset_minutes FROM \(dated)")
                while let row = try rows.next() {
                    let at: Int64 = row[1]
                    let day = rules.day(at: Timestamp(at), offsetMinutes: row[2])
                    if let day { try update.execute(arguments: [day.number, row[0] as Int64]) }
                }
            }
            try db.execute(
                sql: """
                    DELETE FROM daily; INSERT INTO touched SELECT id FROM evidence;
                    INSERT INTO changed_item SELECT id FROM item
                    """)
            try deriveTouched(rules: rules, now: now, in: db)
            try Self.set("rules", to: rules.signature, in: db)
        }
    }
}

extension EvidenceItem {
    fileprivate init(row: Row) throws {
        guard let object = ObjectID(bytes: row[0] as Data), let verdict = Verdict(rawValue: row[8]) else {
            throw StoreError.failed(path: "evidence", message: "an item that this version cannot read")
        }
        let day: Int? = row[2]
        let at: Int64? = row[3]
        let leader: Data? = row[9]
        let repositories: String? = row[10]
        let gone: Int64? = row[11]
        let stated: Int? = row[13]
        self.init(
            object: object, path: row[1], heading: row[12], statedDay: stated.map(CalendarDay.init(number:)),
            day: day.map(CalendarDay.init(number:)), at: at.map(Timestamp.init),
            offset: UTCOffset(minutes: row[4]), subject: row[5], email: row[6], coAuthored: row[7], verdict: verdict,
            foldedInto: leader.flatMap { ObjectID(bytes: $0) },
            repositories: try JSONDecoder().decode([String].self, from: Data((repositories ?? "[]").utf8)).sorted(),
            unreachableSince: gone.map(Timestamp.init))
    }
}
