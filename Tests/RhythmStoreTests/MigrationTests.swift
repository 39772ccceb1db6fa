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
