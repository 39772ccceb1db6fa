import Foundation
import GRDB
import RhythmCore
import RhythmFacts
import RhythmTestSupport
import Synchronization
import Testing

@testable import RhythmStore

/// Databases with something in every table, and damage to them.
struct Reference {
    static let rules = EvidenceRules(calendar: CalendarHistory(DayRule(zone: .utc)))
    static let now = Timestamp(1_795_435_200)  // 2026-11-23 12:00 UTC
    let folder: TemporaryFolder
    var path: String { folder.path + "/rhythm.db" }

    init() throws {
        folder = try TemporaryFolder()
        let store = try Store(path: path)
        try store.adopt([RhythmDefinition.defaults[0]], now: Timestamp(1000))
        try store.adopt(CalendarRecord(zone: "UTC", evidenceZone: nil, startsAt: 0), now: Timestamp(1000))
        try store.adopt(Self.rules, now: Timestamp(1000))
        try Self.scan(into: store)
        let problem = ProblemFact(path: "/r/c/.git", code: "corrupt", message: "it is")
        try store.recordProblem(problem, now: Self.now)
        try store.cover(Timestamp(3000), slack: 10)
        try store.save(
            [Episode(rhythm: "commits", period: "2026-W47", state: .missed, since: Timestamp(2000))],
            events: [
                EpisodeEvent(
                    rhythm: "commits", period: "2026-W47", what: "missed", at: Timestamp(2000),
                    recordedAt: Timestamp(2000))
            ])
        try Self.tell(store, number: 1)
        try store.close()
    }

    /// What the repositories hold: clones, an amended commit, a dev log, paths, others' commits, one that is gone.
    static func scan(into store: Store) throws {
        func id(_ number: UInt8) -> ObjectID { ObjectID(bytes: [UInt8](repeating: number, count: 20)) ?? .zero }
        func commit(_ number: UInt8, subject: String? = nil) -> Fact {
            .commit(
                CommitFact(
                    id: id(number), authoredAt: Timestamp(now.seconds - Int64(number) * 80_000), offsetMinutes: 60,
                    committedAt: now, firstParent: id(number + 1), parentCount: 1, email: "me@x", name: "Me",
                    coAuthored: false, subject: subject ?? "change \(number)"))
        }
        func record(_ name: String, _ extent: RepositoryFact.Extent, _ facts: [Fact]) throws {
            let repository = RepositoryFact(
                gitDir: "/r/\(name)/.git", workDir: "/r/\(name)", reader: .libgit2, extent: extent, rewritten: false,
                view: "v", tips: [id(1)], emails: ["me@x"])
            let scan = ScannedRepository(repository) { try facts.forEach($0) }
            try store.record([scan], identity: .init(), rules: rules, now: now)
        }
        let log = Fact.devlog(DevlogFact(commit: id(2), path: "DEVLOG.md"))
        let touch = Fact.touch(TouchFact(commit: id(3), glob: "src/**"))
        let other = Fact.other(AuthorFact(email: "you@x", name: "You", commits: 7))
        try record("a", .full, [commit(1), commit(2), log, commit(3), touch, other])
        try record("b", .full, [commit(1), commit(4)])
        try record("a", .delta, [.gone(id(3))])
        func item(_ kind: ItemFact.Kind, _ name: String, _ number: UInt8, commit: UInt8? = nil, path: String? = nil)
            -> Fact
        {
            .item(
                ItemFact(
                    kind: kind, name: name, key: path ?? "\(name) \(number)", object: id(number),
                    commit: commit.map(id),
                    path: path, author: kind == .release ? .init(email: "me@x", name: "Me") : nil, at: now,
                    quantity: 0.1 + 0.2, unit: "ms", title: "title", url: "https://example.org", tags: ["a", "b"]))
        }
        try record("a", .delta, [item(.entry, "win", 2, commit: 2), item(.release, "v1", 1), item(.release, "v1", 4)])
        let entry = item(.entry, "demo", 5, path: "entries/a.md")
        let unreadable = Fact.unreadable(UnreadableFact(path: "entries/b.md", line: 3, message: "no kind"))
        let title = RoadmapChange.Name(path: ["Phase 1"], text: "Docker basics")
        let roadmap: [Fact] = [
            .roadmap(RoadmapFact(gitDir: "a", path: "roadmap.md")),
            .version(RoadmapVersionFact(commit: id(7), at: Timestamp(1000), offsetMinutes: 60, isOwn: true)),
            .change(RoadmapChange(kind: .added, name: title)),
            .change(
                RoadmapChange(
                    kind: .renamed, name: .init(path: ["Phase 1"], text: "Docker"), before: title, isTicked: false)),
            .outline(.init(kind: .item, depth: 1, text: "Docker", box: .open, line: 2)),
        ]
        try record("roadmap:/roadmap.md", .full, roadmap)
        try record("journal", .full, [entry, item(.sample, "latency", 6, path: "entries/c.md"), unreadable])
    }

    /// What git does not know.
    static func tell(_ store: Store, number: Int64) throws {
        let day = CalendarDay(number: 20_000 + Int(number))
        _ = try store.excuse(
            Excuse(first: day, last: day, why: "trip \(number)"), rhythm: nil, now: Timestamp(1000 + number))
        _ = try store.silence(
            rhythm: nil, why: "quiet \(number)", from: Timestamp(number), until: Timestamp(100 + number))
    }

    /// The tables with all their rows.
    static func content(_ path: String) throws -> [String: [String]] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return Dictionary(
                uniqueKeysWithValues: try tables.map { table in
                    let rows = try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map {
                        $0.map { "\($0)=\($1)" }.joined(separator: " ")
                    }
                    return (table, rows.sorted())
                })
        }
    }

    /// Writes noise over every page of a table.
    static func damage(_ table: String, of path: String) throws {
        let queue = try DatabaseQueue(path: path)
        let (root, size) = try queue.read { db in
            (
                try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_master WHERE name = ?", arguments: [table]) ?? 0,
                try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            )
        }
        try queue.close()
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64((root - 1) * size))
        var random = SeededRandom(seed: 7)
        try file.write(contentsOf: Data((0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }))
        try file.close()
    }
}

extension ObjectID {
    fileprivate static let zero = ObjectID(bytes: [UInt8](repeating: 0, count: 20))!
}

@Suite struct RebuildTests {
    private static func recovery(_ backup: String? = nil) -> Recovery {
        Recovery(at: Reference.now, reason: "a test", damaged: "aside", backup: backup)
    }

    @Test func everyTableHasAPlaceInWhatIsPutTogetherAgain() throws {
        let reference = try Reference()
        let tables = try Set(Reference.content(reference.path).keys)
        let placed = Holding.all.flatMap(\.tables)
        #expect(Set(placed).count == placed.count)
        #expect(tables.subtracting(placed) == ["grdb_migrations", "setting"], "a table that a rebuild would forget")
    }

    @Test func whatCanBeReadIsTakenWhole() throws {
        let reference = try Reference()
        let before = try Reference.content(reference.path)
        var recovery = Self.recovery()
        let new = reference.folder.path + "/new"
        try Store.rebuild(new, damaged: reference.path, backup: nil, &recovery)
        var after = try Reference.content(new)
        #expect(recovery.kept.count == Holding.all.count && recovery.fromBackup.isEmpty && recovery.lost.isEmpty)
        #expect(after["setting"]?.contains { $0.contains("recovery") } == true)
        after["setting"]?.removeAll { $0.contains("recovery") }
        #expect(after == before)
        #expect(try StoreFile(new).condition(.indexes) == .good(pending: [], isNew: false))
        #expect(try Store(path: new).recovery() == recovery)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: reference.folder.path).filter { $0.hasPrefix("new.") }
                == [])
    }

    /// Each table in turn: what belongs to it is as it was in the backup, everything else is as it was in the file.
    @Test(arguments: Holding.all.flatMap(\.tables)) func oneDamagedTableCostsWhatBelongsToIt(_ table: String) throws {
        let reference = try Reference()
        let backup = reference.folder.path + "/backup.db"
        try StoreFile(reference.path).copy(to: backup)
        let store = try Store(path: reference.path)
        try Reference.tell(store, number: 2)
        try store.close()
        let old = try Reference.content(backup)
        let newest = try Reference.content(reference.path)
        try Reference.damage(table, of: reference.path)
        #expect(throws: Never.self) {
            guard case .damaged = try StoreFile(reference.path).condition(.tables) else {
                Issue.record("damage to \(table) was not seen")
                return
            }
        }

        var recovery = Self.recovery(backup)
        let new = reference.folder.path + "/new"
        try Store.rebuild(new, damaged: reference.path, backup: backup, &recovery)
        let after = try Reference.content(new)
        let hit = try #require(Holding.all.first { $0.tables.contains(table) })
        #expect(recovery.fromBackup == [hit.what])
        #expect(recovery.lost.isEmpty)
        for holding in Holding.all {
            for table in holding.tables {
                #expect(after[table] == (holding.what == hit.what ? old : newest)[table], "\(table)")
            }
        }
    }

    @Test func withoutABackupWhatIsDamagedIsLostAndSaidToBe() throws {
        let reference = try Reference()
        try Reference.damage("silence", of: reference.path)
        var recovery = Self.recovery()
        let new = reference.folder.path + "/new"
        try Store.rebuild(new, damaged: reference.path, backup: nil, &recovery)
        #expect(recovery.lost == ["silences"])
        #expect(try Reference.content(new)["silence"] == [])
        #expect(try Store(path: new).excuses().map(\.why) == ["trip 1"])

        // An empty file is no source of emptiness.
        try Data().write(to: URL(filePath: reference.path))
        recovery = Self.recovery()
        try Store.rebuild(new, damaged: reference.path, backup: nil, &recovery)
        #expect(recovery.lost.count == Holding.all.count)
    }

    @Test func aLedgerWithoutItsSettingsIsJudgedAnew() throws {
        let reference = try Reference()
        try Reference.damage("setting", of: reference.path)
        var recovery = Self.recovery()
        let new = reference.folder.path + "/new"
        try Store.rebuild(new, damaged: reference.path, backup: nil, &recovery)
        #expect(recovery.lost.isEmpty)
        let store = try Store(path: new)
        #expect(try store.setting("rules") == nil && !store.isSurveyed())
        let before = try Reference.content(new)
        try store.adopt(Reference.rules, now: Reference.now)
        try store.close()
        let after = try Reference.content(new)
        #expect(after["evidence"] == before["evidence"] && after["daily"] == before["daily"])
    }

    @Test func aCopyHoldsWhatIsStillInTheLog() throws {
        let reference = try Reference()
        let store = try Store(path: reference.path)
        try Reference.tell(store, number: 2)
        let backup = reference.folder.path + "/backup.db"
        try StoreFile(reference.path).copy(to: backup)
        #expect(!FileManager.default.fileExists(atPath: backup + "-wal"))
        let mode = try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try Store(path: backup, readOnly: true).excuses().map(\.why) == ["trip 1", "trip 2"])
        // One that is there is not written over.
        #expect(throws: StoreError.self) { try StoreFile(reference.path).copy(to: backup) }
    }

    @Test func damageAtWorkIsToldOnce() throws {
        let reference = try Reference()
        let store = try Store(path: reference.path)
        let told = Mutex(0)
        store.whenDamaged { told.withLock { $0 += 1 } }
        try Reference.damage("excuse", of: reference.path)
        for _ in 0..<2 {
            #expect(throws: StoreError.notADatabase(path: reference.path)) { try store.excuses() }
        }
        #expect(told.withLock { $0 } == 1)
        try store.close()
        #expect(throws: StoreError.closed(path: reference.path)) { try store.excuses() }
    }
}
