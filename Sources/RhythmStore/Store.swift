import Foundation
import GRDB
import RhythmCore
import Synchronization

/// The ledger of evidence and what is derived from it, in one SQLite file.
///
/// Facts (who committed what, when, and where it was seen) are only ever added to. Verdicts, days and folds are derived
/// from them by ``EvidenceRules`` within the transaction that changed the facts, so that a reader, or a crash, meets the
/// state before a scan or the one after it and nothing between.
///
/// All methods run on the calling thread: GRDB's asynchronous ones, and releasing a `DatabaseQueue`, wake libdispatch's
/// thread pool, whose monitor then ticks once a second for the life of the process. A store therefore lives as long as
/// its process does, and so does what is left of a connection that it closed.
package final class Store: Sendable {
    /// Nil while it is closed.
    private let connection: Mutex<DatabaseQueue?>
    private let onDamage = Mutex<(@Sendable () -> Void)?>(nil)
    let readOnly: Bool
    /// What counts of parts of the ledger, by day, since it last changed.
    let filteredEntries = Mutex<[Source: [DailySeries.Entry]]>([:])
    /// The file, or nil in memory.
    package let path: String?

    /// Opens the database at a path, creating and migrating it as needed.
    ///
    /// - Parameter readOnly: open an existing database without writing anything to it.
    /// - Throws: ``StoreError``.
    package init(path: String, readOnly: Bool = false) throws {
        self.path = path
        self.readOnly = readOnly
        connection = Mutex(try Self.open(path, readOnly: readOnly))
    }

    /// A database in memory, for tests.
    package init() throws {
        path = nil
        readOnly = false
        let queue = try DatabaseQueue(configuration: Self.configuration)
        try Schema.migrator.migrate(queue)
        connection = Mutex(queue)
    }

    private static func open(_ path: String, readOnly: Bool) throws -> DatabaseQueue {
        var configuration = Self.configuration
        configuration.readonly = readOnly
        return try inWords(path) {
            // A connection that may write does so as soon as it is made.
            if !readOnly && access(path, F_OK) == 0 {
                try StoreFile(path).read { queue in
                    _ = try queue.read { try Schema.pending(in: $0, path: path) }
                }
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            if readOnly, try !queue.read({ try Schema.pending(in: $0, path: path) }).isEmpty {
                throw StoreError.olderSchema(path: path)
            }
            if !readOnly { try Schema.migrator.migrate(queue) }
            return queue
        }
    }

    // MARK: The file

    /// Brings all into the one file, and lets go of it. Until ``reopen()`` everything else throws.
    package func close() throws {
        guard let path else { return }
        filteredEntries.withLock { $0 = [:] }
        try connection.withLock { connection in
            guard let queue = connection else { return }
            connection = nil
            try Self.inWords(path) { try ClosedConnections.close(queue) }
        }
    }

    /// Opens what lies at the path by now.
    ///
    /// - Throws: ``StoreError``.
    package func reopen() throws {
        guard let path else { return }
        try connection.withLock { connection in
            if connection == nil { connection = try Self.open(path, readOnly: readOnly) }
        }
    }

    /// Brings all that was written so far into the one file, so that no damage to the log beside it can take that away.
    package func checkpoint() throws {
        try withoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }
    }

    /// Has something called, once, when a read or a write comes upon damage, on the thread of that.
    package func whenDamaged(_ body: @escaping @Sendable () -> Void) {
        onDamage.withLock { $0 = body }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "rhythm"
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            // A commit of WAL is on the disk at the next checkpoint; a power cut loses scans, which are repeated.
            // What a scan changes of the indexes lies all over them, and is changed again by the next repository's: so there
            // is room for the indexes of a million commits, and for many changes of a page before it goes to its place. After
            // a scan all of that is given back: see ``tidyUp()``.
            try db.execute(
                sql: """
                    PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;
                    PRAGMA cache_size = -128000; PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 4000000
                    """)
            try makeWorkTables(db)
        }
        return configuration
    }

    /// Brings what was written to its place, and gives back the memory that was kept for writing more, when nothing more is
    /// to be expected soon.
    package func tidyUp() throws {
        // One that waited for whoever reads the file would keep everybody waiting.
        try checkpoint()
        try queue.releaseMemory()
    }

    var queue: DatabaseQueue {
        get throws {
            guard let queue = connection.withLock({ $0 }) else { throw StoreError.closed(path: path ?? ":memory:") }
            return queue
        }
    }

    func write<T>(_ body: (Database) throws -> T) throws -> T {
        try noticingDamage { try queue.write(body) }
    }

    /// Writes what evidence, or its verdicts, depend on.
    func writeLedger<T>(_ body: (Database) throws -> T) throws -> T {
        defer { filteredEntries.withLock { $0 = [:] } }
        return try write { db in
            try clearWorkTables(db)
            return try body(db)
        }
    }

    func withoutTransaction(_ body: (Database) throws -> Void) throws {
        try noticingDamage { try queue.inDatabase(body) }
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try noticingDamage { try queue.read(body) }
    }

    private func noticingDamage<T>(_ body: () throws -> T) throws -> T {
        do {
            return try Self.inWords(path ?? ":memory:") {
                do {
                    return try body()
                } catch let error as DatabaseError where error.isOfDamagedSchema {
                    throw StoreError.notADatabase(path: path ?? ":memory:")
                }
            }
        } catch StoreError.notADatabase(let path) {
            let told = onDamage.withLock { handler in
                defer { handler = nil }
                return handler
            }
            told?()
            throw StoreError.notADatabase(path: path)
        }
    }

    static func inWords<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        } catch is DecodingError {
            // What this program wrote as JSON is none any more.
            throw StoreError.notADatabase(path: path)
        }
    }
}

extension DatabaseError {
    /// The tables are not those that the migrations made.
    fileprivate var isOfDamagedSchema: Bool {
        resultCode == .SQLITE_ERROR
            && ["no such table", "no such column", "unsupported file format"].contains {
                message?.hasPrefix($0) ?? false
            }
    }
}

extension Database {
    /// Runs one statement, which is parsed once and kept for the next time.
    func run(_ sql: String, arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

/// What can go wrong with the database, in words for its owner.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    /// No room on the disk or in the quota. Nothing was changed; it goes on when there is room.
    case full(path: String)
    /// The file was written by a later version of Rhythm.
    case newerSchema(path: String)
    /// The file was written by an earlier version, and must not be written to.
    case olderSchema(path: String)
    case notADatabase(path: String)
    /// Another file is being put in its place.
    case closed(path: String)
    case failed(path: String, message: String)

    init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .notADatabase(path: path)
        default:
            self = .failed(path: path, message: error.message ?? "SQLite error \(error.extendedResultCode.rawValue)")
        }
    }

    package var description: String {
        switch self {
        case .full(let path): "no room left to write \(path); free some space, and the daemon goes on by itself"
        case .newerSchema(let path):
            "\(path) was written by a newer Rhythm than this one, and was left as it is; update Rhythm, or go back to a "
                + "backup of before with rhythmctl restore"
        case .olderSchema(let path):
            "\(path) was written by an older Rhythm than this one; start rhythmd once, which brings it up to date"
        case .notADatabase(let path):
            "\(path) is damaged or no database; rhythmd puts it together again from the last backup and the repositories, so start "
                + "it if it does not run"
        case .closed(let path): "\(path) is being put in order; try again in a moment"
        case .failed(let path, let message): "\(path): \(message)"
        }
    }
}
