import Foundation
import RhythmAPI
import RhythmCore
import RhythmStore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// A home whose daemon made a backup, was told more afterwards, and ended: what damage is done to.
private struct Home {
    let daemon: TestDaemon
    private let repository: HomeRepository
    private let kept: URL
    var state: String { daemon.setup.paths.state }
    var database: String { daemon.setup.paths.database }
    var keeper: DatabaseKeeper {
        DatabaseKeeper(
            paths: daemon.setup.paths, backups: daemon.setup.backupFolder, log: TestDaemon.quiet,
            now: daemon.setup.now)
    }

    /// - Parameter killed: the files are as a daemon leaves them that is killed.
    init(killed: Bool) async throws {
        daemon = try TestDaemon()
        repository = try daemon.repository()
        kept = URL(filePath: daemon.home.path + "/kept")
        for number in 0..<40 { try repository.commit("work \(number)", at: "2026-11-23 09:\(10 + number) +0100") }
        try repository.commit("gone", at: "2026-11-23 10:00 +0100")
        let state = daemon.setup.paths.state
        let kept = kept
        let repository = repository
        try await daemon.run { client async throws in
            // Only the database still knows of this one.
            try repository.git("reset", "-q", "--hard", "HEAD~1")
            _ = try await client.ask(Wire.Scan.self, .init())
            _ = try await client.ask(
                Wire.AddExcuse.self, .init(from: "2027-01-01", to: "2027-01-05", why: "in the backup"))
            _ = try await client.ask(
                Wire.SilenceAlerts.self, .init(why: "in the backup", until: "2027-02-01"))
            _ = try await client.ask(Wire.Backup.self, .init())
            _ = try await client.ask(
                Wire.AddExcuse.self, .init(from: "2027-03-01", to: "2027-03-05", why: "after it"))
            if killed { try FileManager.default.copyItem(at: URL(filePath: state), to: kept) }
        }
        if !killed { try FileManager.default.copyItem(at: URL(filePath: state), to: kept) }
    }

    /// Puts the state folder back to what it was.
    func reset() throws {
        try? FileManager.default.removeItem(atPath: state)
        try FileManager.default.copyItem(at: kept, to: URL(filePath: state))
    }

    /// Starts a daemon, which answers, and holds what the backup held and what the repositories hold.
    ///
    /// - Parameters:
    ///   - told: the damage was seen, and said.
    ///   - logged: nothing happened to the log; when that is cut short, nobody can know what came after.
    func expectWhole(_ what: String, told: Bool? = nil, logged: Bool = true) async throws {
        try await daemon.run { client async throws in
            let status = try await client.ask(Wire.Status.self, .init())
            #expect(status.rhythms.first?.have == 41, "\(what)")
            #expect(status.freshness.trouble == nil, "\(what)")
            let explained = try await client.ask(Wire.Explain.self, .init(rhythm: "commits"))
            let gone = explained.items.filter { $0.unreachableSince != nil }
            #expect(gone.map(\.subject) == ["gone"] && explained.items.count == 41, "\(what)")
            let excuses = try await client.ask(Wire.Excuses.self, .init()).excuses.map(\.why)
            #expect(excuses.contains("in the backup"), "\(what)")
            let silences = try await client.ask(Wire.Alerts.self, .init()).silences.map(\.why)
            #expect(silences == ["in the backup"], "\(what)")
            if let told { #expect((status.recovery != nil) == told, "\(what)") }
            guard let recovery = status.recovery else { return }
            #expect(FileManager.default.fileExists(atPath: recovery.damaged), "\(what)")
            let report = try String(contentsOfFile: recovery.report, encoding: .utf8)
            for lost in recovery.lost + recovery.fromBackup { #expect(report.contains(lost)) }
            // What is not back is said to be missing.
            if logged && !excuses.contains("after it") {
                #expect((recovery.lost + recovery.fromBackup).contains { $0.contains("days off") }, "\(what)")
            }
        }
    }

    func write(_ bytes: Data, at offset: Int, of path: String) throws {
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: bytes)
        try file.close()
    }

    func size(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    }
}

private func noise(_ count: Int, _ random: inout SeededRandom) -> Data {
    Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
}

/// Whatever happens to the file, the daemon starts, answers, and holds what the backup held.
@Suite(.serialized) struct RecoveryTests {
    @Test func pagesOfNoiseHeadersAndCutsAreSurvived() async throws {
        let home = try await Home(killed: false)
        for seed: UInt64 in 0..<16 {
            try home.reset()
            var random = SeededRandom(seed: seed)
            let size = try home.size(home.database)
            let what: String
            switch seed % 4 {
            case 0:
                what = "seed \(seed): noise in the header"
                try home.write(noise(1 + random.next(below: 4096), &random), at: 0, of: home.database)
            case 1, 2:
                let pages = (0..<1 + random.next(below: 4)).map { _ in random.next(below: size / 4096) }
                what = "seed \(seed): noise in the pages \(pages)"
                for page in pages { try home.write(noise(4096, &random), at: page * 4096, of: home.database) }
            default:
                let length = seed == 3 ? 0 : random.next(below: size)
                what = "seed \(seed): cut to \(length) of \(size)"
                try #require(truncate(home.database, off_t(length)) == 0)
            }
            // A page that nothing uses can be noise, or missing, and nobody need be told.
            try await home.expectWhole(what, told: seed % 4 == 0 || seed == 3 ? true : nil)
        }
    }

    /// What is changed within a page can go unnoticed: SQLite keeps no checksums. It must start and answer all the same.
    @Test func scatteredBytesDoNotKeepItFromStarting() async throws {
        let home = try await Home(killed: false)
        for seed: UInt64 in 100..<112 {
            try home.reset()
            var random = SeededRandom(seed: seed)
            let size = try home.size(home.database)
            for _ in 0..<1 + random.next(below: 64) {
                try home.write(noise(1, &random), at: random.next(below: size), of: home.database)
            }
            try await home.daemon.run { client async throws in
                let status = try await client.ask(Wire.Status.self, .init())
                #expect(status.rhythms.map(\.id) == ["commits", "devlog"], "seed \(seed)")
            }
        }
    }

    /// Single bytes that SQLite, or the migrations, take for something else than damage.
    @Test func bytesThatMeanSomethingElseAreSeenAsDamage() async throws {
        let home = try await Home(killed: false)
        func find(_ text: String) throws -> Int {
            let file = try Data(contentsOf: URL(filePath: home.database))
            return try #require(file.range(of: Data(text.utf8))?.lowerBound)
        }
        let places = [
            ("a later format to write", 18), ("a later format of the tables", 47),
            ("another migration", try find("1 ledger")), ("another column", try find("acknowledged_at")),
        ]
        for (what, place) in places {
            try home.reset()
            try home.write(Data([9]), at: place, of: home.database)
            try await home.expectWhole(what, told: true)
        }
    }

    /// What the last daemon left is looked at less closely, but not where there is what git does not know.
    @Test func aSmallTableIsLookedAtInAnyCase() async throws {
        let home = try await Home(killed: false)
        let file = try Data(contentsOf: URL(filePath: home.database))
        let place = try #require(file.range(of: Data("in the backup".utf8))?.lowerBound)
        let page = place / 4096 * 4096
        try home.write(Data(repeating: 0xFF, count: 4096), at: page, of: home.database)
        let keeper = home.keeper
        let lock = try InstanceLock(path: home.daemon.setup.paths.lock)
        lock.leave(keeper.mark())
        lock.release()
        try await home.expectWhole("a page of a small table", told: true)
    }

    @Test func aLogOfNoiseCostsWhatCameAfterTheBackupAtMost() async throws {
        let home = try await Home(killed: true)
        let log = home.database + "-wal"
        for seed: UInt64 in 200..<208 {
            try home.reset()
            var random = SeededRandom(seed: seed)
            let size = try home.size(log)
            try #require(size > 4096)
            let at = seed == 200 ? 0 : random.next(below: size)
            let count = seed == 200 ? size : 1 + random.next(below: size - at)
            try home.write(noise(count, &random), at: at, of: log)
            if seed % 4 == 3 { try home.write(noise(4096, &random), at: 8192, of: home.database) }
            try await home.expectWhole("seed \(seed): noise in the log at \(at)", logged: false)
        }
    }

    @Test func damageAtWorkIsMendedAtOnce() async throws {
        let home = try await Home(killed: false)
        let size = try home.size(home.database)
        try await home.daemon.run { client async throws in
            _ = try await client.ask(Wire.Backup.self, .init())
            var random = SeededRandom(seed: 1)
            try home.write(noise(size - 4096, &random), at: 4096, of: home.database)
            // Whatever is kept in memory, somebody comes upon it.
            for _ in 0..<2 {
                _ = try? await client.ask(Wire.Explain.self, .init(rhythm: "commits", period: "2026-W48"))
            }
            _ = try? await client.ask(Wire.Excuses.self, .init())
            _ = try await client.ask(Wire.Scan.self, .init())
            let status = try await client.ask(Wire.Status.self, .init())
            #expect(status.recovery?.reason == "SQLite came upon damage at work")
            #expect(status.rhythms.first?.have == 41)
            #expect(
                try await client.ask(Wire.Excuses.self, .init()).excuses.map(\.why) == ["in the backup", "after it"])
        }
        try await home.expectWhole("after a restart", told: true)
    }

    @Test func aFileThatTheLastDaemonLeftIsNotReadWhole() async throws {
        let home = try await Home(killed: false)
        let keeper = home.keeper
        let lock = try InstanceLock(path: home.daemon.setup.paths.lock)
        #expect(!lock.left.isEmpty && lock.left == keeper.mark())
        lock.release()
        // One that is killed leaves nothing to go by.
        let next = try InstanceLock(path: home.daemon.setup.paths.lock)
        #expect(next.left.isEmpty)
        next.release()
    }

    @Test func onlySomeDamagedFilesAreKept() async throws {
        let home = try await Home(killed: false)
        for day in 24...28 {
            home.daemon.clock.move(to: "2026-11-\(day)")
            try Data("noise".utf8).write(to: URL(filePath: home.database))
            try await home.daemon.run { _ in }
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: home.state)
        #expect(
            files.filter { $0.contains(".corrupt-") }.sorted()
                == [26, 27, 28].map { "rhythm.db.corrupt-2026-11-\($0)T120000Z" })
        #expect(!files.contains { $0.contains(".new") })
    }
}
