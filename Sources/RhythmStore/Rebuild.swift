import Foundation
import GRDB
import RhythmCore

/// What belongs together in the database, and is taken from one source or from none.
struct Holding: Sendable {
    /// In words, for its owner; what of it git does not know.
    var what: String
    /// Those that others refer to first.
    var tables: [String]
    /// Settings that say something of these tables.
    var settings: [String] = []
    /// Throws where the rows are not what this program can read.
    var read: @Sendable (Database) throws -> Void = { _ in }

    static let all = [
        Holding(
            what: "acknowledgements, snoozes and the history of alerts", tables: ["episode", "episode_event"],
            settings: ["alerted_at", "installed_at"]),
        Holding(what: "silences", tables: ["silence"]),
        Holding(what: "days off taken by command", tables: ["excuse"]),
        Holding(
            what: "earlier definitions of rhythms", tables: ["definition"],
            read: { db in
                for json in try String.fetchAll(db, sql: "SELECT json FROM definition") {
                    let _: RhythmDefinition? = try Store.decode(json)
                }
            }),
        Holding(
            what: "earlier zones and beginnings of the day", tables: ["calendar"],
            read: { db in
                for json in try String.fetchAll(db, sql: "SELECT json FROM calendar") {
                    let _: CalendarRecord = try Store.decode(json)
                }
            }),
        // Without its settings the ledger is judged anew, and is not taken for one that was ever complete.
        Holding(
            what: "credit for commits that nothing leads to any more, when commits were first seen, times in which "
                + "repositories could not be read, and which ones are ignored or retired",
            tables: [
                "repository", "gap", "author", "evidence", "sighting", "other_author", "path_glob", "touch", "daily",
                "coverage", "item", "item_sighting", "unreadable", "roadmap", "roadmap_node", "roadmap_version",
                "roadmap_change",
            ], settings: ["rules", "completed_at"]),
    ]
}

extension Store {
    /// Makes a database of what can still be read of a damaged one and, where that fails, of a backup.
    ///
    /// What belongs together comes from one of them whole, with every constraint and reference checked again, or not at
    /// all. Neither file is changed: what SQLite does on opening one is done to copies beside the target.
    ///
    /// - Parameters:
    ///   - target: the path of the new file; what lies there is replaced.
    ///   - damaged: a file, with its write-ahead log beside it.
    ///   - recovery: is told what came from where, and is noted in the new database.
    /// - Throws: ``StoreError`` when the new file cannot be written.
    package static func rebuild(
        _ target: String, damaged: String, backup: String?, _ recovery: inout Recovery
    ) throws {
        let sources = ["damaged": damaged, "backup": backup].compactMapValues { $0 }
        defer { for name in sources.keys { remove("\(target).\(name)") } }
        let usable = ["damaged", "backup"].filter { name in
            sources[name].map { prepare($0, as: "\(target).\(name)") } ?? false
        }
        remove(target)
        try StoreFile(target).create()
        let made = try inWords(target) {
            try ClosedConnections.open(target) { queue in
                // It can be made again, and is not there before it is whole.
                try queue.inDatabase { db in
                    try db.execute(
                        sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000")
                }
                try Schema.migrator.migrate(queue)
                return try queue.inDatabase { db in
                    for name in usable {
                        try db.execute(sql: "ATTACH ? AS \(name)", arguments: ["\(target).\(name)"])
                    }
                    var recovery = recovery
                    for holding in Holding.all {
                        switch try usable.first(where: { try take(holding, from: $0, in: db) }) {
                        case "damaged": recovery.kept.append(holding.what)
                        case "backup": recovery.fromBackup.append(holding.what)
                        default: recovery.lost.append(holding.what)
                        }
                    }
                    try set("recovery", to: recovery.json, in: db)
                    return recovery
                }
            }
        }
        try StoreFile(target).bringUpToDate()
        recovery = made
    }

    /// Makes a copy that can be opened and brought up to date; false where that cannot be done.
    private static func prepare(_ path: String, as copy: String) -> Bool {
        remove(copy)
        do {
            for end in ["", "-wal", "-journal"] where end.isEmpty || FileManager.default.fileExists(atPath: path + end)
            {
                try FileManager.default.copyItem(atPath: path + end, toPath: copy + end)
            }
            try ClosedConnections.open(copy) { queue in
                let pending = try queue.read { try Schema.pending(in: $0, path: path) }
                // An empty file would pass for a database that nothing was ever put into.
                if pending == Schema.migrator.migrations { throw StoreError.notADatabase(path: path) }
                try Schema.migrator.migrate(queue)
            }
            return true
        } catch {
            return false
        }
    }

    /// - Returns: false where the source does not have it, or not whole; then nothing of it was taken.
    private static func take(_ holding: Holding, from source: String, in db: Database) throws -> Bool {
        do {
            for table in holding.tables {
                guard try String.fetchOne(db, sql: "PRAGMA \(source).quick_check(\(table))") == "ok" else {
                    return false
                }
            }
            try db.inTransaction {
                // A dev log refers to its commit, and an item to the one it folds into, in whatever order they come.
                try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
                for table in holding.tables {
                    let columns = try db.columns(in: table, in: "main").map { StoreFile.quoted($0.name) }
                        .joined(separator: ", ")
                    try db.execute(
                        sql:
                            "INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM \(source).\(table) NOT INDEXED"
                    )
                }
                try holding.read(db)
                return .commit
            }
        } catch let error as DatabaseError where ![.SQLITE_FULL, .SQLITE_IOERR].contains(error.resultCode) {
            return false
        } catch is DecodingError {
            return false
        }
        for setting in holding.settings {
            // One that is not there is made again.
            try? db.execute(
                sql: "INSERT INTO main.setting SELECT name, value FROM \(source).setting WHERE name = ?",
                arguments: [setting])
        }
        return true
    }

    private static func remove(_ path: String) {
        for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) }
    }
}
