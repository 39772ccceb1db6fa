import GRDB
import GRDBSQLite
import RhythmCore
import RhythmFacts

/// Writes commits that are new, and that a repository holds them.
///
/// Nearly all of a first scan's time in the database goes here, so values are handed to SQLite by hand, without what
/// GRDB would wrap each of them in.
struct CommitInsertion {
    private let evidence: Statement
    private let sighting: Statement
    private let connection: OpaquePointer

    init(_ db: Database) throws {
        guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        self.connection = connection
        evidence = try db.cachedStatement(
            sql: """
                INSERT INTO evidence (kind, object, author, at, offset_minutes, committed_at, first_parent, parents,
                    subject, co_authored, recorded_at, day, verdict)
                VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (object) WHERE kind = 1 DO NOTHING
                """)
        sighting = try db.cachedStatement(
            sql: "INSERT INTO sighting (evidence, repository, author) VALUES (?, ?, ?)")
    }

    /// - Returns: whether the commit is new. One that was there is left as it is, its sighting too.
    func insert(
        _ commit: CommitFact, author: Int64, repository: Int64, recordedAt: Timestamp, day: CalendarDay?,
        verdict: Verdict
    ) throws -> Bool {
        let statement = evidence.sqliteStatement
        // What is bound here lives until the step is done.
        try commit.id.withUnsafeBytes { id in
            sqlite3_bind_blob(statement, 1, id.baseAddress, Int32(id.count), nil)
            sqlite3_bind_int64(statement, 2, author)
            bind(commit.authoredAt?.seconds, 3)
            sqlite3_bind_int64(statement, 4, Int64(commit.offsetMinutes))
            bind(commit.committedAt?.seconds, 5)
            sqlite3_bind_int64(statement, 7, Int64(commit.parentCount))
            sqlite3_bind_int(statement, 9, commit.coAuthored ? 1 : 0)
            sqlite3_bind_int64(statement, 10, recordedAt.seconds)
            bind(day.map { Int64($0.number) }, 11)
            sqlite3_bind_int(statement, 12, Int32(verdict.rawValue))
            var subject = commit.subject
            try subject.withUTF8 { subject in
                // A nil pointer would be NULL, and an empty text has none.
                if let base = subject.baseAddress {
                    sqlite3_bind_text(
                        statement, 8, UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self),
                        Int32(subject.count), nil)
                } else {
                    sqlite3_bind_text(statement, 8, "", 0, nil)
                }
                guard let parent = commit.firstParent else {
                    sqlite3_bind_null(statement, 6)
                    return try step(statement)
                }
                try parent.withUnsafeBytes { parent in
                    sqlite3_bind_blob(statement, 6, parent.baseAddress, Int32(parent.count), nil)
                    try step(statement)
                }
            }
        }
        guard sqlite3_changes(connection) > 0 else { return false }
        let seen = sighting.sqliteStatement
        sqlite3_bind_int64(seen, 1, sqlite3_last_insert_rowid(connection))
        sqlite3_bind_int64(seen, 2, repository)
        sqlite3_bind_int64(seen, 3, author)
        try step(seen)
        return true
    }

    private func bind(_ value: Int64?, _ position: Int32) {
        if let value {
            sqlite3_bind_int64(evidence.sqliteStatement, position, value)
        } else {
            sqlite3_bind_null(evidence.sqliteStatement, position)
        }
    }

    private func step(_ statement: OpaquePointer) throws {
        let code = sqlite3_step(statement)
        defer { sqlite3_reset(statement) }
        guard code == SQLITE_DONE else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
        }
    }
}
