import Foundation
import GRDB
import RhythmCore
import RhythmFacts

/// Writes one repository's releases, entries and samples within one transaction.
///
/// The temporary table `seen_item` holds those that the scan named; `changed_item` is not empty where verdicts have to be
/// derived again.
struct ItemWriter {
    private let repository: Int64
    private let now: Timestamp
    private let rules: EvidenceRules
    private let db: Database

    init(repository: Int64, now: Timestamp, rules: EvidenceRules, db: Database) throws {
        self.repository = repository
        self.now = now
        self.rules = rules
        self.db = db
        try db.run("DELETE FROM seen_item")
    }

    /// - Parameter carrier: the id of the commit that carries it in a trailer.
    /// - Returns: whether it is new.
    func take(_ fact: ItemFact, carrier: Int64?) throws -> Bool {
        let beginning = fact.day.map {
            DayRule(zone: .utc).start(of: $0) + Int64(-fact.offsetMinutes * 60)
        }
        let at = beginning ?? fact.at
        let day = fact.day ?? rules.day(at: at, offsetMinutes: fact.offsetMinutes)
        let tags = String(decoding: try JSONEncoder().encode(fact.tags), as: UTF8.self)
        // An edit supersedes what was there. A verdict that is no longer right is derived below.
        let verdict = day == nil ? Rejection.impossibleDate.rawValue : Verdict.counted.rawValue
        let known = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM item WHERE key = ?"), arguments: [fact.key])
        try db.run(
            """
            INSERT INTO item (kind, name, key, object, carrier, path, email, person, at, offset_minutes, stated_day,
                quantity, unit, title, url, tags, recorded_at, day, verdict)
            VALUES (:kind, :name, :key, :object, :carrier, :path, :email, :person, :at, :offset, :stated, :quantity,
                :unit, :title, :url, :tags, :now, :day, :verdict)
            ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, name = excluded.name, object = excluded.object,
                path = excluded.path, email = excluded.email, person = excluded.person, at = excluded.at,
                offset_minutes = excluded.offset_minutes, stated_day = excluded.stated_day,
                quantity = excluded.quantity, unit = excluded.unit, title = excluded.title, url = excluded.url,
                tags = excluded.tags, day = excluded.day,
                verdict = CASE WHEN excluded.day IS NULL OR day IS NULL THEN excluded.verdict ELSE verdict END,
                folded_into = CASE WHEN excluded.day IS NULL THEN NULL ELSE folded_into END
            """,
            arguments: [
                "kind": fact.kind.number, "name": fact.name, "key": fact.key, "object": fact.object?.bytes.data,
                "carrier": carrier, "path": fact.path, "email": fact.author?.email, "person": fact.author?.name,
                "at": at?.seconds, "offset": fact.offsetMinutes, "stated": fact.day?.number,
                "quantity": fact.quantity, "unit": fact.unit, "title": fact.title, "url": fact.url, "tags": tags,
                "now": now.seconds, "day": day?.number, "verdict": verdict,
            ])
        let id = known ?? db.lastInsertedRowID
        try db.run("INSERT OR IGNORE INTO changed_item VALUES (?)", arguments: [id])
        guard carrier == nil else { return known == nil }
        try db.run(
            """
            INSERT INTO item_sighting (item, repository) VALUES (?, ?)
            ON CONFLICT DO UPDATE SET gone_at = NULL WHERE gone_at IS NOT NULL
            """, arguments: [id, repository])
        try db.run("INSERT OR IGNORE INTO seen_item VALUES (?)", arguments: [id])
        return known == nil
    }

    /// A file that the journal no longer has counts no more, whatever it once said: its owner took it out.
    func lose(_ key: String) throws {
        try remove("SELECT id FROM item WHERE key = :key AND carrier IS NULL AND kind <> 1", ["key": key])
    }

    func note(_ file: UnreadableFact) throws {
        try db.run(
            """
            INSERT INTO unreadable VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET line = ?3, message = ?4
            """, arguments: [repository, file.path, file.line, file.message])
    }

    /// Before a journal's file is said anew: it is readable until the contrary is said.
    func forgetUnreadable(_ path: String? = nil) throws {
        try db.run(
            "DELETE FROM unreadable WHERE repository = ?1 AND (?2 IS NULL OR path = ?2)", arguments: [repository, path])
    }

    /// After a whole journal: what it did not name is not in it.
    func loseUnseenEntries() throws {
        try remove(
            """
            SELECT s.item FROM item_sighting s JOIN item i ON i.id = s.item
            WHERE s.repository = :repository AND i.kind <> 1 AND s.item NOT IN (SELECT id FROM seen_item)
            """, ["repository": repository])
    }

    /// After all of a repository's releases: one that is not among them has lost its tag, which it keeps its credit by,
    /// or was made by somebody who is not the user.
    func loseUnseenReleases(isMine: (_ email: String, _ name: String) -> Bool) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.item, s.gone_at, i.email, i.person FROM item_sighting s JOIN item i ON i.id = s.item
                    WHERE s.repository = ? AND i.kind = 1 AND s.item NOT IN (SELECT id FROM seen_item)
                    """), arguments: [repository])
        for row in rows {
            let id: Int64 = row[0]
            if isMine(row[2] ?? "", row[3] ?? "") {
                try db.run(
                    "UPDATE item_sighting SET gone_at = ? WHERE item = ? AND repository = ? AND gone_at IS NULL",
                    arguments: [now.seconds, id, repository])
            } else {
                try db.run("DELETE FROM item_sighting WHERE item = ? AND repository = ?", arguments: [id, repository])
            }
            try db.run("INSERT OR IGNORE INTO changed_item VALUES (?)", arguments: [id])
        }
    }

    /// What a repository shows no more; and where no other one shows it, the item.
    private func remove(_ ids: String, _ arguments: [String: (any DatabaseValueConvertible)?]) throws {
        for id in try Int64.fetchAll(db.cachedStatement(sql: ids), arguments: StatementArguments(arguments)) {
            try db.run("DELETE FROM item_sighting WHERE item = ? AND repository = ?", arguments: [id, repository])
            let isSeen = try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM item_sighting WHERE item = ?)"), arguments: [id])
            if isSeen != true { try removeItem(id, in: db) }
            try db.run("INSERT OR IGNORE INTO changed_item VALUES (?)", arguments: [id])
        }
    }
}

/// Takes an item out, and lets what folded into it stand for itself.
func removeItem(_ id: Int64, in db: Database) throws {
    try db.run("UPDATE item SET verdict = 0, folded_into = NULL WHERE folded_into = ?", arguments: [id])
    try db.run("DELETE FROM item_sighting WHERE item = ?", arguments: [id])
    try db.run("DELETE FROM item WHERE id = ?", arguments: [id])
}

extension ItemFact.Kind {
    /// As the database has it.
    var number: Int {
        switch self {
        case .release: 1
        case .entry: 2
        case .sample: 3
        }
    }
}
