import Foundation
import RhythmAPI
import RhythmStore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// A home with a database, a backup, and what was told between the two; and the programs as their user runs them.
private struct Home {
    let folder: TemporaryFolder
    let environment: [String: String]
    private var kept: String { folder.path + "/kept" }
    var state: String { folder.path + "/.state/rhythm" }
    var database: String { state + "/rhythm.db" }

    init() throws {
        folder = try TemporaryFolder()
        environment = Program.environment(home: folder.path)
        let repository = try HomeRepository(at: folder.path + "/work", home: folder.path)
        try repository.commit("one", at: "@\(Int(Date().timeIntervalSince1970)) +0000")
        let daemon = try RunningDaemon(environment: environment)
        _ = try ctl("scan")
        _ = try ctl("excuse", "--from", "2027-01-01", "--to", "2027-01-05", "--why", "in the backup")
        _ = try ctl("backup")
        _ = try ctl("excuse", "--from", "2027-03-01", "--to", "2027-03-05", "--why", "after it")
        try #require(daemon.end(with: SIGTERM) == 0)
        try FileManager.default.copyItem(atPath: state, toPath: kept)
    }

    func reset() throws {
        try FileManager.default.removeItem(atPath: state)
        try FileManager.default.copyItem(atPath: kept, toPath: state)
    }

    func ctl(_ arguments: String..., expecting status: Int32? = 0) throws -> ProcessResult {
        try Program.run(
            Program.folder + "/rhythmctl", arguments, environment: environment, expecting: status)
    }

    /// Files of the state folder whose names hold something.
    func files(_ part: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: state).filter { $0.contains(part) }.sorted()
            .map { "\(state)/\($0)" }
    }

    /// The reasons of the days off in a database.
    func excuses(in path: String) throws -> [String] {
        try Store(path: path, readOnly: true).excuses().map(\.why)
    }

    /// A daemon starts, and has one of two databases, whole.
    ///
    /// - Returns: whether it has what was told after the backup.
    func startsWhole(_ what: String) throws -> Bool {
        let daemon = try RunningDaemon(environment: environment)
        #expect(try ctl("scan").text.hasPrefix("1 repository read"), "\(what)")
        #expect(try ctl("status").text.contains("1 of "), "\(what)")
        let excuses = try ctl("excuse").text
        #expect(excuses.contains("in the backup"), "\(what): \(excuses)")
        #expect(daemon.end(with: SIGTERM) == 0)
        #expect(try StoreFile(database).condition(.indexes) == .good(pending: [], isNew: false), "\(what)")
        return excuses.contains("after it")
    }

    /// Arguments of strace that have a process killed at the so-manieth call that changes files as others see them.
    func killing(at number: Int) -> [String] {
        let calls = "?link,linkat,?rename,renameat,renameat2,?unlink,unlinkat,fsync,fdatasync,ftruncate"
        return ["-f", "-o", "/dev/null", "-e", "trace=\(calls)", "-e", "inject=\(calls):signal=KILL:when=\(number)"]
    }
}

/// Attached to a running daemon, which it kills at some system call.
private struct Killer {
    private let process = Process()

    init(_ arguments: [String], of daemon: RunningDaemon) throws {
        let said = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["strace"] + arguments + ["-p", "\(daemon.process.processIdentifier)"]
        process.standardError = said
        try process.run()
        try said.fileHandleForWriting.close()
        var text = ""
        while !text.contains("attached") {
            let more = said.fileHandleForReading.availableData
            guard !more.isEmpty else { throw TestFailure("strace could not attach: \(text)") }
            text += String(decoding: more, as: UTF8.self)
        }
    }

    func end() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

@Suite(.serialized) struct RecoveryProcessTests {
    /// Kills a daemon at later and later calls of what it is asked for and of its end, until it gets through.
    ///
    /// - Parameter after: looks at what is left.
    private func kills<Method: WireMethod>(
        _ home: Home, _: Method.Type, _ parameters: Method.Parameters, after: (String) throws -> Void
    ) throws {
        var number = 1
        while true {
            try home.reset()
            let daemon = try RunningDaemon(environment: home.environment)
            _ = try home.ctl("scan")
            let killer = try Killer(home.killing(at: number), of: daemon)
            // Not by rhythmctl, which would start another process to do it.
            let client = try VarlinkClient.connect(path: home.folder.path + "/run/rhythm/rhythmd.sock")
            _ = try? client.call(Method.qualifiedName, parameters, as: Method.Reply.self)
            let status = daemon.end(with: SIGTERM)
            killer.end()
            try after("killed at call \(number)")
            if status == 0 { break }
            number += 1
            try #require(number < 60)
        }
        #expect(number > 1, "nothing was ever killed")
    }

    @Test func aKillWhileGoingBackLeavesTheOneOrTheOther() throws {
        let home = try Home()
        try kills(home, Wire.Restore.self, .init()) { what in
            if try !home.startsWhole(what) {
                let before = try #require(
                    try home.files("before-restore").first { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") })
                #expect(try home.excuses(in: before) == ["in the backup", "after it"], "\(what)")
            }
        }
    }

    @Test func aKillWhileBackingUpLeavesGoodBackupsOnly() throws {
        let home = try Home()
        let backups = BackupFolder(path: home.state + "/backups")
        try kills(home, Wire.Backup.self, .init()) { what throws in
            for backup in backups.all {
                #expect(try StoreFile(backup.path).condition(.indexes) == .good(pending: [], isNew: false), "\(what)")
            }
            #expect(try home.startsWhole(what), "\(what)")
        }
        _ = try home.ctl("backup")
        let names = try FileManager.default.contentsOfDirectory(atPath: backups.path)
        #expect(!names.contains { $0.hasPrefix(".") })
    }

    @Test func aKillWhileADamagedDatabaseIsPutTogetherAgainIsMadeGood() throws {
        let home = try Home()
        var number = 1
        while true {
            try home.reset()
            let file = try #require(FileHandle(forUpdatingAtPath: home.database))
            try file.write(contentsOf: Data(repeating: 0xAA, count: 4096))
            try file.close()
            // With -D the process is the daemon's own.
            let daemon = try? RunningDaemon(
                environment: home.environment, wrapper: ["/usr/bin/env", "strace", "-D"] + home.killing(at: number))
            _ = daemon?.end(with: SIGKILL)
            _ = try home.startsWhole("killed at call \(number)")
            let damaged = try home.files("corrupt")
            #expect(!damaged.isEmpty)
            if daemon != nil { break }
            number += 1
            try #require(number < 60)
        }
        #expect(number > 1)
    }

    @Test func aNewerDatabaseIsRefusedPolitelyAndLeftAlone() throws {
        let home = try Home()
        try Program.run(
            "python3",
            [
                "-c",
                "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(\"insert into grdb_migrations values ('99 later')\"); d.commit()",
                home.database,
            ], environment: home.environment)
        let before = try Data(contentsOf: URL(filePath: home.database))
        let refused = try Program.run(Program.folder + "/rhythmd", [], environment: home.environment, expecting: 73)
        #expect(refused.errorText.contains("was written by a newer Rhythm"))
        #expect(refused.errorText.contains("rhythmctl restore"))
        #expect(try home.ctl("status", expecting: 69).errorText.contains("was written by a newer Rhythm"))
        try home.folder.write("", to: "mine.toml")
        _ = try home.ctl("check", home.folder.path + "/mine.toml")
        #expect(try Data(contentsOf: URL(filePath: home.database)) == before)

        // Back to the last backup of this version, with no daemon to ask.
        let restored = try home.ctl("restore", "--latest")
        #expect(restored.text.contains("Went back to \(home.state)/backups/rhythm-"))
        let aside = try home.files("before-restore")
        let kept = try #require(aside.first)
        #expect(try Data(contentsOf: URL(filePath: kept)) == before)
        let isNewest = try home.startsWhole("after going back")
        #expect(!isNewest)
    }

    @Test func aDamagedDatabaseIsSaidToBeWhileNoDaemonRuns() throws {
        let home = try Home()
        try Data(repeating: 7, count: 10_000).write(to: URL(filePath: home.database))
        #expect(
            try home.ctl("status", expecting: 69).errorText.contains(
                "is damaged or no database; rhythmd puts it together"))
        _ = try home.ctl("backup", expecting: 69)
        let daemon = try RunningDaemon(environment: home.environment)
        let status = try home.ctl("status").text
        #expect(status.contains("The database was damaged on ") && status.contains("reports/recovery-"))
        #expect(daemon.lines.contains { $0.contains("the database was put together again") })
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func aCopyGoesWhereItsUserWantsIt() throws {
        let home = try Home()
        let copy = home.folder.path + "/copy.db"
        for _ in 0..<2 {
            #expect(try home.ctl("backup", copy).text.hasPrefix(copy + "  "))
            #expect(try home.excuses(in: copy) == ["in the backup", "after it"])
            let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        try FileManager.default.createDirectory(
            atPath: home.folder.path + "/folder", withIntermediateDirectories: false)
        #expect(try home.ctl("backup", home.folder.path + "/folder").text.contains("/folder/rhythm-"))
        try home.folder.write("dear diary", to: "diary")
        #expect(try home.ctl("backup", home.folder.path + "/diary", expecting: 73).errorText.contains("is no backup"))
        #expect(try String(contentsOfFile: home.folder.path + "/diary", encoding: .utf8) == "dear diary")
        _ = try home.ctl("restore", expecting: 64)
        _ = try home.ctl("restore", copy, "--latest", expecting: 64)
        _ = try home.ctl("restore", home.folder.path + "/nowhere", expecting: 66)
        _ = try home.ctl("excuse", expecting: 0)
        _ = try home.ctl("restore", copy)
        #expect(try home.startsWhole("from a copy"))
    }
}
