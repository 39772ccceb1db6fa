import Foundation
import RhythmCore
import RhythmStore

/// The folder of copies of the database: `rhythm-2026-11-23T120000Z-weekly.db`, by the time in UTC and by why it was made.
struct BackupFolder: Sendable {
    let path: String

    enum Kind: String, Sendable, CaseIterable {
        /// Once a week, by itself.
        case weekly
        /// Before a newer Rhythm changes the schema.
        case migration
        /// By `rhythmctl backup`.
        case manual

        /// Older ones than these go when a new one is there.
        var kept: Int { self == .migration ? 2 : 3 }

        /// Of several within one second, the later ones have a higher one.
        fileprivate var rank: Int {
            switch self {
            case .migration: 0
            case .weekly: 1
            case .manual: 2
            }
        }
    }

    struct Backup: Hashable, Sendable {
        var path: String
        var kind: Kind
        var at: Timestamp
        var bytes: Int
    }

    /// Those that are there, the newest first.
    var all: [Backup] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).compactMap(backup)
            .sorted { ($1.at, $1.kind.rank) < ($0.at, $0.kind.rank) }
    }

    /// Makes a copy of a database that others may be working with, looks at all of it, and removes the oldest of its kind
    /// beyond those that are kept. What a crash leaves behind is a hidden file, which the next one removes.
    ///
    /// - Throws: ``StoreError``, `notADatabase` where the database turns out to be damaged; ``SystemError``.
    func make(_ kind: Kind, of database: String, now: Timestamp) throws -> Backup {
        try AtomicFile.makeFolder(path)
        guard chmod(path, 0o700) == 0 else { throw SystemError(call: "chmod", path: path) }
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasPrefix(".rhythm-") {
            unlink("\(path)/\(name)")
        }
        let name = "rhythm-\(Self.text(of: now))-\(kind.rawValue).db"
        let temporary = "\(path)/.\(name)"
        do {
            try StoreFile(database).copy(to: temporary)
            guard case .good = try StoreFile(temporary).condition(.indexes) else {
                throw StoreError.notADatabase(path: database)
            }
            try AtomicFile.sync(temporary)
            try AtomicFile.move(temporary, to: "\(path)/\(name)")
        } catch {
            unlink(temporary)
            throw error
        }
        for old in all.filter({ $0.kind == kind }).dropFirst(kind.kept) { unlink(old.path) }
        guard let made = backup(name) else { throw SystemError(call: "stat", path: "\(path)/\(name)") }
        return made
    }

    /// Where a database can be made that is to be gone back to, and is removed then. One that a crash left goes now.
    ///
    /// - Throws: ``SystemError``.
    func placeForImport() throws -> String {
        try AtomicFile.makeFolder(path)
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasPrefix(".import-") {
            unlink("\(path)/\(name)")
        }
        return "\(path)/.import-\(getpid()).db"
    }

    /// The newest one that can be used.
    var newestGood: Backup? {
        all.first { backup in
            if case .good(_, isNew: false)? = try? StoreFile(backup.path).condition(.tables) { true } else { false }
        }
    }

    private func backup(_ name: String) -> Backup? {
        guard name.hasPrefix("rhythm-"), name.hasSuffix(".db") else { return nil }
        let parts = name.dropFirst("rhythm-".count).dropLast(".db".count).split(separator: "Z-")
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[1])),
            let at = Self.timestamp(String(parts[0]) + "Z")
        else { return nil }
        var status = stat()
        guard stat("\(path)/\(name)", &status) == 0 else { return nil }
        return Backup(path: "\(path)/\(name)", kind: kind, at: at, bytes: Int(status.st_size))
    }

    /// An instant as file names have it.
    static func text(of instant: Timestamp) -> String {
        let day = DayRule(zone: .utc).day(of: instant)
        let seconds = instant.seconds - DayRule(zone: .utc).start(of: day).seconds
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
        return "\(day)T\(clock)Z"
    }

    private static func timestamp(_ text: String) -> Timestamp? {
        guard text.count == 18, let day = CalendarDay(String(text.prefix(10))),
            let clock = Int64(text.dropFirst(11).dropLast())
        else { return nil }
        let seconds = clock / 10_000 * 3600 + clock / 100 % 100 * 60 + clock % 100
        let instant = DayRule(zone: .utc).start(of: day) + seconds
        return Self.text(of: instant) == text ? instant : nil
    }
}
