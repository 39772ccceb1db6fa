import Foundation
import GRDB

/// A database file that no ``Store`` of this process needs to have open: the one at start, a backup, one to be restored.
package struct StoreFile: Sendable {
    package let path: String

    package enum Condition: Equatable, Sendable {
        case absent
        /// It can be opened. The migrations that it lacks, and whether it has any.
        case good(pending: [String], isNew: Bool)
        /// Why it cannot be used, in SQLite's words.
        case damaged(String)
    }

    /// How much of it is looked at.
    ///
    /// Reading all tables takes as long as the file is large, and comparing the indexes with them several times that:
    /// `.timer on` and `PRAGMA quick_check`, `PRAGMA integrity_check` in `sqlite3` tell of a database at hand.
    package enum Depth: Sendable {
        /// The small tables, with their indexes: nearly all that git does not know. Always.
        case small
        /// All tables, where there is a reason: the file is not as the last daemon left it, or it is to be restored.
        case tables
        /// Indexes as well: a wrong one makes wrong answers, and nothing else notices. Of each backup, on a thread where
        /// nobody waits for it, so once a week at least.
        case indexes
    }

    package init(_ path: String) {
        self.path = path
    }

    /// Looks whether it can be used, and writes nothing to it.
    ///
    /// - Throws: ``StoreError/newerSchema(path:)``, or why it cannot be read at all.
    package func condition(_ depth: Depth) throws -> Condition {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return .absent }
            throw StoreError.failed(path: path, message: String(cString: strerror(errno)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError.failed(path: path, message: "this is no file")
        }
        guard status.st_size > 0 else { return .damaged("the file is empty") }
        guard try hasHeader() else { return .damaged("the file has no header of a database") }
        do {
            return try Store.inWords(path) {
                do {
                    return try read { queue in try queue.read { try condition(in: $0, depth) } }
                } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
                    // A format, or a definition of a table, that SQLite does not know.
                    return .damaged(error.message ?? "it cannot be read")
                }
            }
        } catch StoreError.notADatabase {
            return .damaged("the file is no database, or its first pages are damaged")
        }
    }

    /// Whether it begins as SQLite's files do; in one that is of a later format nothing could be written.
    private func hasHeader() throws -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw StoreError.failed(path: path, message: String(cString: strerror(errno)))
        }
        defer { try? file.close() }
        let header = [UInt8]((try file.read(upToCount: 20)) ?? Data())
        return header.count == 20 && header.starts(with: Array("SQLite format 3\0".utf8))
            && (1...2).contains(header[18]) && (1...2).contains(header[19])
    }

    private func condition(in db: Database, _ depth: Depth) throws -> Condition {
        let pending = try Schema.pending(in: db, path: path)
        if let fault = try Self.fault(in: db, depth) { return .damaged(fault) }
        return .good(pending: pending, isNew: pending.count == Schema.migrator.migrations.count)
    }

    private static func fault(in db: Database, _ depth: Depth) throws -> String? {
        // Of the small ones the indexes cost nothing to look at.
        let bulk: Set = ["evidence", "sighting", "touch"]
        for table in try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        where !bulk.contains(table) {
            if let fault = try fault("integrity_check(\(quoted(table)))", in: db) { return fault }
        }
        if depth == .small { return nil }
        if let fault = try fault(depth == .tables ? "quick_check(1)" : "integrity_check(1)", in: db) { return fault }
        return try Row.fetchOne(db, sql: "PRAGMA foreign_key_check").map {
            "a row of \($0[0] as String? ?? "a table") refers to one that is not there"
        }
    }

    private static func fault(_ check: String, in db: Database) throws -> String? {
        let said = try String.fetchOne(db, sql: "PRAGMA \(check)") ?? "it cannot be checked"
        // Above what is wrong there can be a heading that says where.
        return said == "ok" ? nil : said.split(separator: "\n").last.map(String.init) ?? said
    }

    static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

    /// Opens it so that nothing is written to it; but where its last writer was killed within a change that went by a
    /// journal, nobody can read it before that is taken back.
    func read<T>(_ body: (DatabaseQueue) throws -> T) throws -> T {
        var configuration = Configuration()
        configuration.readonly = access(path + "-journal", F_OK) != 0
        configuration.busyMode = .timeout(5)
        return try ClosedConnections.open(path, configuration, body)
    }

    /// Migrates it, and brings all into the one file.
    ///
    /// - Throws: ``StoreError``.
    package func bringUpToDate() throws {
        try Store.inWords(path) {
            try ClosedConnections.open(path) { queue in
                try Schema.migrator.migrate(queue)
                // As a ``Store`` wants it: a change of mode that is killed midway would leave a journal behind.
                try queue.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
            }
        }
    }

    /// Makes it an empty file, for this user alone, where nothing is.
    ///
    /// - Throws: ``StoreError``.
    package func create() throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            if errno == ENOSPC || errno == EDQUOT { throw StoreError.full(path: path) }
            throw StoreError.failed(path: path, message: String(cString: strerror(errno)))
        }
        fchmod(file, 0o600)
        close(file)
    }

    /// Writes what the database holds at this moment to a file of its own, while others read and write it: a snapshot of
    /// the write-ahead log, which keeps nobody waiting.
    ///
    /// - Parameter target: where nothing is yet.
    /// - Throws: ``StoreError``; the target may then be anything.
    package func copy(to target: String) throws {
        try StoreFile(target).create()
        try Store.inWords(path) {
            try read { source in
                try ClosedConnections.open(target) { copy in
                    try source.backup(to: copy)
                    // One file, which any program can read without making others beside it.
                    try copy.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
                }
            }
        }
    }
}
