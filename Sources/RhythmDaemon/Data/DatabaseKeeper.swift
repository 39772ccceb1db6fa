import Foundation
import Logging
import RhythmCore
import RhythmStore

/// Puts the database file in order while no ``Store`` has it open: looks at it before one does, makes a new one of a damaged
/// one, goes back to a backup. Who calls it holds the ``InstanceLock``.
///
/// A file is never changed in place. Another is made beside it, whole and on the disk, and takes its name; what had the
/// name before keeps another one. Killed at any point, this leaves a database that can be started from.
struct DatabaseKeeper: Sendable {
    let paths: Paths
    let backups: BackupFolder
    let log: Logger
    let now: @Sendable () -> Timestamp

    /// Damaged files beyond these go, so that a failing disk does not fill up with them.
    private static let damagedKept = 3
    /// The ends of the names of what SQLite keeps beside a database.
    private static let beside = ["-wal", "-shm", "-journal"]

    private var database: String { paths.database }

    /// Looks at the database, makes a backup before it is migrated, and opens it; a damaged one is first put together again.
    ///
    /// - Parameter left: what ``mark()`` was when the last daemon ended; empty where it was killed.
    /// - Throws: ``StoreError``, ``SystemError``.
    func open(left: String) throws -> Store {
        // What a crash left behind.
        for name in ["new", "new.damaged", "new.backup", "restore"] { remove("\(database).\(name)") }
        let isAsLeft = !left.isEmpty && left == mark()
        var condition = try StoreFile(database).condition(isAsLeft ? .small : .tables)
        if case .damaged(let reason) = condition {
            try rebuild(because: reason)
            condition = .good(pending: [], isNew: false)
        }
        do {
            switch condition {
            case .absent where backups.newestGood != nil:
                log.warning(
                    "there is no database, so a new one is begun; rhythmctl restore --latest goes back to the last backup",
                    metadata: ["database": "\(database)"])
            case .good(let pending, isNew: false) where !pending.isEmpty:
                let backup = try backups.make(.migration, of: database, now: now())
                log.notice("the database is brought up to date", metadata: ["backup": "\(backup.path)"])
            case .absent, .good, .damaged: break
            }
            return try Store(path: database)
        } catch StoreError.notADatabase {
            try rebuild(because: "SQLite came upon damage while it was opened")
            return try Store(path: database)
        }
    }

    /// What the database file looks like from outside; empty where not all is in it, but some in the log beside it. Where
    /// that is as the last daemon left it, nobody wrote to it since.
    func mark() -> String {
        var file = stat()
        var log = stat()
        guard stat(database, &file) == 0, stat(database + "-wal", &log) != 0 || log.st_size == 0 else { return "" }
        return "\(file.st_ino) \(file.st_size) \(file.st_mtim.tv_sec).\(file.st_mtim.tv_nsec)"
    }

    /// Makes a new database of what the damaged one and the last good backup hold, and puts the damaged one aside.
    @discardableResult
    func rebuild(because reason: String) throws -> Recovery {
        log.error("the database is damaged", metadata: ["database": "\(database)", "reason": "\(reason)"])
        let backup = backups.newestGood
        let new = database + ".new"
        var recovery = Recovery(
            at: now(), reason: reason, damaged: freeName("corrupt"), backup: backup?.path, backupAt: backup?.at)
        try Store.rebuild(new, damaged: database, backup: backup?.path, &recovery)
        try put(new, inPlaceKeeping: recovery.damaged)
        let damaged = asides("corrupt")
        for old in damaged.dropLast(Self.damagedKept) { remove(old) }
        return recovery
    }

    // MARK: Restoring

    /// A database that is ready to be put in place.
    struct Prepared: Sendable {
        /// The file that it was made from.
        var from: String
        fileprivate var path: String
    }

    /// Looks at a backup, and makes a copy of it that is up to date. The database itself is left alone.
    ///
    /// - Parameter path: nil for the newest backup that can be used.
    /// - Throws: ``WireError`` that says what is wrong with it.
    func prepare(_ path: String?) throws -> Prepared {
        guard let named = path ?? backups.newestGood?.path else {
            throw WireError.unavailable("there is no backup in \(backups.path); rhythmctl backup makes one")
        }
        guard let resolved = realpath(named, nil) else {
            throw WireError.unavailable("\(named): \(String(cString: strerror(errno)))")
        }
        defer { free(resolved) }
        let from = String(cString: resolved)
        var status = stat()
        guard stat(from, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw WireError.unavailable("\(named) is no file")
        }
        if from == database { throw WireError.unavailable("\(named) is the database itself") }
        let copy = database + ".restore"
        remove(copy)
        do {
            for end in ["", "-wal", "-journal"] where end.isEmpty || access(from + end, F_OK) == 0 {
                try FileManager.default.copyItem(atPath: from + end, toPath: copy + end)
                chmod(copy + end, 0o600)
            }
        } catch {
            throw WireError.unavailable(
                "\(named) cannot be read from here; put a copy of it into \(backups.path) and restore that")
        }
        let file = StoreFile(copy)
        do {
            switch try file.condition(.tables) {
            case .good(_, isNew: false): break
            case .damaged(let reason):
                throw WireError.unavailable("\(named) is damaged (\(reason)); nothing was changed")
            case .absent, .good: throw WireError.unavailable("\(named) is no database of Rhythm's; nothing was changed")
            }
        } catch StoreError.newerSchema {
            throw WireError.unavailable(
                "\(named) was written by a newer Rhythm than this one; update Rhythm to restore it")
        }
        try file.bringUpToDate()
        return Prepared(from: from, path: copy)
    }

    /// - Returns: where the database of before is now; nil where there was none.
    func put(_ prepared: Prepared) throws -> String? {
        let isThere = access(database, F_OK) == 0
        let aside = freeName("before-restore")
        try put(prepared.path, inPlaceKeeping: aside)
        return isThere ? aside : nil
    }

    // MARK: Files

    /// Gives the database's name to another file, and the one that had it another name, with the log that belongs to it.
    private func put(_ new: String, inPlaceKeeping aside: String) throws {
        try AtomicFile.sync(new)
        for end in Self.beside + [""] where access(database + end, F_OK) == 0 {
            // On a file system without hard links there is no way but to leave the name free for a moment.
            guard link(database + end, aside + end) == 0 || rename(database + end, aside + end) == 0 else {
                throw SystemError(call: "rename", path: database + end)
            }
        }
        // A log or a journal would be taken for the new file's own.
        for end in Self.beside { unlink(database + end) }
        try AtomicFile.move(new, to: database)
    }

    /// Removes a database that nobody needs, with what belongs to it.
    private func remove(_ path: String) {
        for end in Self.beside + [""] { unlink(path + end) }
    }

    private func freeName(_ why: String) -> String {
        let name = "\(database).\(why)-\(BackupFolder.text(of: now()))"
        var free = name
        var number = 1
        while access(free, F_OK) == 0 {
            number += 1
            free = "\(name)-\(number)"
        }
        return free
    }

    /// Databases that were put aside, the oldest first.
    private func asides(_ why: String) -> [String] {
        let prefix = "rhythm.db.\(why)-"
        return ((try? FileManager.default.contentsOfDirectory(atPath: paths.state)) ?? [])
            .filter { name in name.hasPrefix(prefix) && !Self.beside.contains { name.hasSuffix($0) } }.sorted()
            .map { "\(paths.state)/\($0)" }
    }
}
