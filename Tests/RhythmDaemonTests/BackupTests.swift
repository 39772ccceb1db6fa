import Foundation
import GRDB
import RhythmAPI
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon
@testable import RhythmStore

@Suite struct BackupTests {
    private func names(_ daemon: TestDaemon, _ kind: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: daemon.setup.paths.backups)
            .filter { $0.hasSuffix("-\(kind).db") }.sorted()
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func sqlite(_ path: String, _ script: String) throws {
        try Program.run(
            "python3",
            ["-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])", path, script],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"])
    }

    @Test func oneIsMadeEachWeekAndThreeAreKept() async throws {
        let daemon = try TestDaemon(today: "2026-11-02")
        try daemon.repository().commit("one", at: "2026-11-02 09:00 +0000")
        for day in ["2026-11-02", "2026-11-03", "2026-11-08", "2026-11-09", "2026-11-20", "2026-11-28"] {
            daemon.clock.move(to: day)
            try await daemon.run { _ in }
        }
        #expect(
            try names(daemon, "weekly")
                == ["2026-11-09", "2026-11-20", "2026-11-28"].map { "rhythm-\($0)T120000Z-weekly.db" })
        #expect(try mode(daemon.setup.paths.backups) == 0o700)
        for name in try names(daemon, "weekly") { #expect(try mode(daemon.setup.paths.backups + "/" + name) == 0o600) }
        // A clock that was wrong for a while does not keep it from making more.
        daemon.clock.move(to: "2026-11-10")
        try await daemon.run { _ in }
        #expect(try names(daemon, "weekly").contains("rhythm-2026-11-10T120000Z-weekly.db"))
    }

    @Test func namesAreReadAsTheyAreWritten() throws {
        let folder = try TemporaryFolder()
        let backups = BackupFolder(path: folder.path)
        for name in [
            "rhythm-2026-11-23T120000Z-weekly.db", "rhythm-2026-11-23T120001Z-manual.db",
            "rhythm-2026-11-22T235959Z-migration.db", "rhythm-2026-11-22T236059Z-weekly.db", "rhythm-weekly.db",
            "rhythm-2026-11-23T120000Z-other.db", ".rhythm-2026-11-23T120000Z-weekly.db", "mine.db",
        ] { try folder.write("x", to: name) }
        #expect(backups.all.map(\.kind) == [.manual, .weekly, .migration])
        #expect(backups.all[0].at == Timestamp(1_795_435_201))
        #expect(BackupFolder.text(of: backups.all[2].at) == "2026-11-22T235959Z")
        // None of them is a database.
        #expect(backups.newestGood == nil)
    }

    @Test func goingBackBringsTheBackupAndWhatTheRepositoriesHold() async throws {
        let daemon = try TestDaemon()
        let repository = try daemon.repository()
        try repository.commit("one", at: "2026-11-23 09:00 +0000")
        try await daemon.run { client async throws in
            func excuse(_ day: String, _ why: String) async throws {
                _ = try await client.ask(Wire.AddExcuse.self, .init(from: day, to: day, why: why))
            }
            func excuses() async throws -> [String] {
                try await client.ask(Wire.Excuses.self, .init()).excuses.map(\.why)
            }
            try await excuse("2027-01-01", "before")
            let backup = try await client.ask(Wire.Backup.self, .init())
            #expect(backup.bytes > 0)
            try await excuse("2027-01-02", "after")
            try repository.commit("two", at: "2026-11-23 10:00 +0000")
            let restored = try await client.ask(Wire.Restore.self, .init())
            #expect(restored.from == backup.path)
            #expect(try await excuses() == ["before"])
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await client.status()["commits"]?.have == 2)
            // And forward again, to what was put aside.
            _ = try await client.ask(Wire.Restore.self, .init(path: try #require(restored.before)))
            #expect(try await excuses() == ["before", "after"])
            // Those that are no backups change nothing.
            let home = daemon.home.path
            try daemon.home.write("no database", to: "text")
            try sqlite(home + "/other.db", "CREATE TABLE t (x)")
            try FileManager.default.copyItem(atPath: backup.path, toPath: home + "/cut.db")
            try #require(truncate(home + "/cut.db", 20_000) == 0)
            for (file, words) in [
                ("text", "is damaged"), ("other.db", "no database of Rhythm's"), ("cut.db", "is damaged"),
                ("missing", "No such file"), ("", "is no file"),
            ] {
                do {
                    _ = try await client.ask(Wire.Restore.self, .init(path: "\(home)/\(file)"))
                    Issue.record("\(file) was taken")
                } catch let error as VarlinkError {
                    #expect("\(error.parameters)".contains(words), "\(file): \(error)")
                }
            }
            #expect(try await excuses() == ["before", "after"])
        }
    }

    /// A backup is made before an update touches the database, as it was.
    @Test func anUpdateKeepsWhatWasThereBefore() async throws {
        let daemon = try TestDaemon()
        try daemon.repository().commit("one", at: "2026-11-23 09:00 +0000")
        try AtomicFile.makeFolder(daemon.setup.paths.state)
        let old = try DatabaseQueue(path: daemon.setup.paths.database)
        try Schema.migrator.migrate(old, upTo: "1 ledger")
        try old.close()
        try await daemon.run { client async throws in
            #expect(try await client.status()["commits"]?.have == 1)
        }
        #expect(try names(daemon, "migration") == ["rhythm-2026-11-23T120000Z-migration.db"])
        let backup = StoreFile(daemon.setup.paths.backups + "/rhythm-2026-11-23T120000Z-migration.db")
        #expect(
            try backup.condition(.indexes)
                == .good(pending: Array(Schema.migrator.migrations.dropFirst()), isNew: false))
        // What is up to date is not backed up for that.
        daemon.clock.move(to: "2026-11-24")
        try await daemon.run { _ in }
        #expect(try names(daemon, "migration").count == 1)
    }
}
