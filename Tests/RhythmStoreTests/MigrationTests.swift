import Foundation
import GRDB
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmStore

@Suite struct MigrationTests {
    @Test func aDatabaseOfTheFirstSchemaKeepsWhatItKnew() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/rhythm.db"
        let old = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(old, upTo: "1 ledger")
        try old.write { db in
            try db.execute(
                sql: """
                    INSERT INTO definition VALUES
                        ('commits', 1000, '{"every":"week","id":"commits","measure":"commits","name":"Commits","target":5}'),
                        ('commits', 2000, '{"every":"month","id":"commits","measure":"devlog","name":"Log","target":7}');
                    INSERT INTO setting VALUES ('installed_at', '1000'), ('scanned_at', '3000'), ('completed_at', '3001');
                    """)
        }
        try old.close()

        let store = try Store(path: path)
        let history = try #require(try store.histories()["commits"])
        #expect(
            history.versions == [
                .init(definition: RhythmDefinition.defaults[0], recordedAt: Timestamp(1000)),
                .init(
                    definition: RhythmDefinition(
                        id: "commits", name: "Log", every: .month, measure: .devlog, target: 7),
                    recordedAt: Timestamp(2000)),
            ])
        #expect(try store.seenUntil() == Timestamp(3000))
        #expect(try store.setting("scanned_at") == nil)
        #expect(try store.installedAt() == Timestamp(1000))
        // A definition that is what was recorded is no new version.
        try store.adopt([try #require(history.versions[1].definition)], now: Timestamp(4000))
        #expect(try store.histories()["commits"]?.versions.count == 2)
    }

    /// A database as each earlier version would have left it, with the same content, becomes what this version makes.
    @Test(arguments: 1..<Schema.migrator.migrations.count) func everyEarlierSchemaComesToTheSame(_ count: Int) throws {
        let reference = try Reference()
        let expected = try Reference.content(reference.path)
        let path = reference.folder.path + "/old.db"
        let schema = Schema.migrator.migrations[count - 1]
        try Self.makeOld(path, schema: schema, from: reference.path)
        let oldTables = try Set(Reference.content(path).keys)
        let pending = Schema.migrator.migrations.dropFirst(count)
        #expect(try StoreFile(path).condition(.indexes) == .good(pending: Array(pending), isNew: false))

        #expect(throws: StoreError.olderSchema(path: path)) { try Store(path: path, readOnly: true) }
        try Store(path: path).close()
        let derived: Set = ["coverage", "daily", "episode_event"]
        var migrated = try Reference.content(path)
        for (table, rows) in expected where table != "setting" {
            #expect(migrated[table] == (oldTables.contains(table) || derived.contains(table) ? rows : []), "\(table)")
        }
        #expect(migrated["setting"] == expected["setting"])

        // And a rebuild from the repositories comes to what one of the new schema comes to.
        for file in [path, reference.path] {
            let store = try Store(path: file)
            try Reference.scan(into: store)
            try store.close()
        }
        migrated = try Reference.content(path)
        let rebuilt = try Reference.content(reference.path)
        for table in [
            "repository", "author", "evidence", "sighting", "other_author", "path_glob", "touch", "daily", "item",
            "item_sighting", "unreadable",
        ] {
            #expect(migrated[table] == rebuilt[table], "\(table)")
        }
    }

    /// Copies what the old schema has a place for, in the form that it had.
    private static func makeOld(_ path: String, schema: String, from reference: String) throws {
        let old = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(old, upTo: schema)
        try old.inDatabase { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; ATTACH ? AS new", arguments: [reference])
            for table in try String.fetchAll(db, sql: "SELECT name FROM main.sqlite_master WHERE type = 'table'")
            where try table != "grdb_migrations" && db.tableExists(table, in: "new") {
                if table == "definition" && schema == "1 ledger" { continue }
                let new = Set(try db.columns(in: table, in: "new").map(\.name))
                let columns = try db.columns(in: table, in: "main").map(\.name).filter(new.contains)
                let extra =
                    try table == "episode" && db.columns(in: table, in: "main").contains { $0.name == "archived" }
                let list = columns.joined(separator: ", ")
                try db.execute(
                    sql: """
                        INSERT INTO main.\(table) (\(list)\(extra ? ", archived" : ""))
                            SELECT \(list)\(extra ? ", 0" : "") FROM new.\(table)
                        """)
            }
            if try db.tableExists("episode_transition", in: "main") {
                try db.execute(
                    sql: """
                        INSERT INTO episode_transition (rhythm, period, state, at)
                            SELECT rhythm, period, what, at FROM new.episode_event ORDER BY id
                        """)
            }
            if schema == "1 ledger" {
                try db.execute(
                    sql: """
                        INSERT INTO definition VALUES ('commits', 1000,
                            '{"every":"week","id":"commits","measure":"commits","name":"Commits","target":5}');
                        INSERT INTO setting VALUES ('scanned_at', '3000');
                        """)
            }
        }
        try old.close()
    }

    @Test func aNewerSchemaIsRefusedAndLeftAsItIs() throws {
        let reference = try Reference()
        let queue = try DatabaseQueue(path: reference.path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of a later version')") }
        try queue.close()
        let before = try Data(contentsOf: URL(filePath: reference.path))
        let refusal = StoreError.newerSchema(path: reference.path)
        #expect(throws: refusal) { try StoreFile(reference.path).condition(.tables) }
        #expect(throws: refusal) { try Store(path: reference.path, readOnly: true) }
        #expect(throws: refusal) { try Store(path: reference.path) }
        #expect(try Data(contentsOf: URL(filePath: reference.path)) == before)
    }

    @Test func coverageGrowsWithPassesAndBreaksWithTimesOff() throws {
        let store = try Store()
        #expect(try store.seenUntil() == nil)
        for at: Int64 in [100, 110, 125, 300, 310] { try store.cover(Timestamp(at), slack: 20) }
        #expect(try store.seenUntil() == Timestamp(310))
        // While it was looking that instant itself, else until when it had been looking.
        #expect(try store.seenUntil(asKnownAt: Timestamp(99)) == nil)
        #expect(try store.seenUntil(asKnownAt: Timestamp(118)) == Timestamp(118))
        #expect(try store.seenUntil(asKnownAt: Timestamp(200)) == Timestamp(125))
        #expect(try store.seenUntil(asKnownAt: Timestamp(305)) == Timestamp(305))
        #expect(try store.seenUntil(asKnownAt: Timestamp(999)) == Timestamp(310))
        // A clock that was set back begins anew.
        try store.cover(Timestamp(50), slack: 20)
        #expect(try store.seenUntil() == Timestamp(310))
    }
}
