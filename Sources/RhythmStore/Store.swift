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
/// its process does.
package final class Store: Sendable {
    let queue: DatabaseQueue
    /// What counts of parts of the ledger, by day, since it last changed.
    let filteredEntries = Mutex<[Source: [DailySeries.Entry]]>([:])
    /// The file, or nil in memory.
    package let path: String?

    /// Opens the database at a path, creating and migrating it as needed.
    ///
    /// - Parameter readOnly: open an existing database without writing anything to it.
    /// - Throws: ``StoreError``.
    package convenience init(path: String, readOnly: Bool = false) throws {
        var configuration = Self.configuration
        configuration.readonly = readOnly
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try self.init(queue: queue, path: path, migrating: !readOnly)
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    /// A database in memory, for tests.
    package convenience init() throws {
        try self.init(queue: DatabaseQueue(configuration: Self.configuration), path: nil, migrating: true)
    }

    private init(queue: DatabaseQueue, path: String?, migrating: Bool) throws {
        self.queue = queue
        self.path = path
        let migrator = Schema.migrator
        if try queue.read(migrator.hasBeenSuperseded) {
            throw StoreError.newerSchema(path: path ?? ":memory:")
        }
        if migrating {
            try migrator.migrate(queue)
        }
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
        try withoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        queue.releaseMemory()
    }

    func write<T>(_ body: (Database) throws -> T) throws -> T {
        do {
            return try queue.write(body)
        } catch let error as DatabaseError {
            throw StoreError(error, path: path ?? ":memory:")
        }
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
        do {
            try queue.inDatabase(body)
        } catch let error as DatabaseError {
            throw StoreError(error, path: path ?? ":memory:")
        }
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T {
        do {
            return try queue.read(body)
        } catch let error as DatabaseError {
            throw StoreError(error, path: path ?? ":memory:")
        }
    }
}

extension Database {
    /// Runs one statement, which is kept for the next time: parsing those that take in a repository's facts took as long
    /// as running them.
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
    case notADatabase(path: String)
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
            "\(path) was written by a newer Rhythm than this one; update Rhythm, or move the file away to start afresh"
        case .notADatabase(let path):
            "\(path) is damaged or no SQLite database; move it away, and it is built again from the repositories"
        case .failed(let path, let message): "\(path): \(message)"
        }
    }
}
