import Foundation
import GRDB
package import RhythmCore

/// The day rules in force at a time, with zones by name.
package struct CalendarRecord: Hashable, Sendable, Codable {
    /// The machine's.
    package var zone: String
    /// Where the day of an item of evidence is read; nil for its author's own offset.
    package var evidenceZone: String?
    /// Seconds after midnight at which a day begins.
    package var startsAt: Int

    package init(zone: String, evidenceZone: String?, startsAt: Int) {
        self.zone = zone
        self.evidenceZone = evidenceZone
        self.startsAt = startsAt
    }
}

/// Days off that the user asked for by command.
package struct RecordedExcuse: Hashable, Sendable {
    package var id: Int64
    package var first: CalendarDay
    package var last: CalendarDay
    package var why: String
    /// Nil for every rhythm.
    package var rhythm: String?
    package var recordedAt: Timestamp

    package var excuse: Excuse {
        Excuse(first: first, last: last, why: why, rhythms: rhythm.map { [$0] })
    }
}

extension Store {
    /// Records the day rules in force, where they differ from the last recorded ones.
    package func adopt(_ record: CalendarRecord, now: Timestamp) throws {
        try write { db in
            let last = try Row.fetchOne(
                db, sql: "SELECT json, recorded_at FROM calendar ORDER BY id DESC LIMIT 1")
            if let last, try Self.decode(last[0]) == record { return }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let at = max(now.seconds, last?[1] ?? now.seconds)
            try db.execute(
                sql: "INSERT INTO calendar (recorded_at, json) VALUES (?, ?)",
                arguments: [at, String(decoding: try encoder.encode(record), as: UTF8.self)])
        }
    }

    /// All recorded day rules, oldest first.
    package func calendarRecords() throws -> [(record: CalendarRecord, recordedAt: Timestamp)] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT json, recorded_at FROM calendar ORDER BY id").map {
                (try Self.decode($0[0]), Timestamp($0[1]))
            }
        }
    }

    static func decode(_ json: String) throws -> CalendarRecord {
        try JSONDecoder().decode(CalendarRecord.self, from: Data(json.utf8))
    }

    // MARK: Excuses

    /// Those in force, by their days.
    ///
    /// - Parameter known: as they were in force then.
    package func excuses(asKnownAt known: Timestamp? = nil) throws -> [RecordedExcuse] {
        let then = known.map { "recorded_at <= \($0.seconds) AND (revoked_at IS NULL OR revoked_at > \($0.seconds))" }
        return try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, first_day, last_day, why, rhythm, recorded_at FROM excuse
                    WHERE \(then ?? "revoked_at IS NULL") ORDER BY first_day, id
                    """
            ).map {
                RecordedExcuse(
                    id: $0[0], first: CalendarDay(number: $0[1]), last: CalendarDay(number: $0[2]), why: $0[3],
                    rhythm: $0[4], recordedAt: Timestamp($0[5]))
            }
        }
    }

    /// - Returns: its id.
    package func excuse(_ excuse: Excuse, rhythm: String?, now: Timestamp) throws -> Int64 {
        try write { db in
            try db.execute(
                sql: "INSERT INTO excuse (first_day, last_day, why, rhythm, recorded_at) VALUES (?, ?, ?, ?, ?)",
                arguments: [excuse.first.number, excuse.last.number, excuse.why, rhythm, now.seconds])
            return db.lastInsertedRowID
        }
    }

    /// - Returns: whether there was one in force with this id.
    package func revokeExcuse(_ id: Int64, now: Timestamp) throws -> Bool {
        try write { db in
            try db.execute(
                sql: "UPDATE excuse SET revoked_at = max(?, recorded_at) WHERE id = ? AND revoked_at IS NULL",
                arguments: [now.seconds, id])
            return db.changesCount > 0
        }
    }

    // MARK: Coverage

    /// Notes that a good pass began at an instant, so that all before it was seen.
    ///
    /// - Parameter slack: seconds between passes that do not make a break.
    package func cover(_ instant: Timestamp, slack: Int64) throws {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE coverage SET until = ?1
                    WHERE since = (SELECT max(since) FROM coverage) AND until BETWEEN ?1 - ?2 AND ?1
                    """, arguments: [instant.seconds, slack])
            guard db.changesCount == 0 else { return }
            try db.execute(
                sql: "INSERT INTO coverage VALUES (?1, ?1) ON CONFLICT DO NOTHING", arguments: [instant.seconds])
        }
    }

    /// Until when all was seen, as it was known at an instant: that instant itself while the daemon was looking.
    ///
    /// - Parameter known: nil for the last good pass of all.
    package func seenUntil(asKnownAt known: Timestamp? = nil) throws -> Timestamp? {
        let limit = known?.seconds ?? .max
        return try read { db in
            try Int64.fetchOne(
                db, sql: "SELECT min(max(until), ?1) FROM coverage WHERE since <= ?1", arguments: [limit])
        }.map(Timestamp.init)
    }
}
