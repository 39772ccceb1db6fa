import Foundation
import GRDB
package import RhythmCore

extension Store {
    package func setting(_ name: String) throws -> String? {
        try read { try String.fetchOne($0, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name]) }
    }

    package func set(_ name: String, to value: String) throws {
        try write { try Self.set(name, to: value, in: $0) }
    }

    static func set(_ name: String, to value: String, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2", arguments: [name, value])
    }

    /// Records the definitions in force, where they differ from the last recorded ones.
    package func adopt(_ definitions: [RhythmDefinition], now: Timestamp) throws {
        try write { db in
            for definition in definitions {
                let last = try String.fetchOne(
                    db, sql: "SELECT json FROM definition WHERE rhythm = ? ORDER BY recorded_at DESC LIMIT 1",
                    arguments: [definition.id])
                if let last, try Self.decode(last) == definition { continue }
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                let json = String(decoding: try encoder.encode(definition), as: UTF8.self)
                try db.execute(
                    sql: "INSERT INTO definition VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET json = ?3",
                    arguments: [definition.id, now.seconds, json])
            }
            try db.execute(
                sql: "INSERT INTO setting VALUES ('installed_at', ?) ON CONFLICT DO NOTHING",
                arguments: [String(now.seconds)])
        }
    }

    /// When this database was made: alerts speak of periods that were open then, or later.
    package func installedAt() throws -> Timestamp? {
        try setting("installed_at").flatMap(Int64.init).map(Timestamp.init)
    }

    /// The recorded definitions of a rhythm.
    package func history(of rhythm: String) throws -> RhythmHistory? {
        try read { db in
            let versions = try Row.fetchAll(
                db, sql: "SELECT json, recorded_at FROM definition WHERE rhythm = ?", arguments: [rhythm]
            ).map { row in
                RhythmHistory.Version(definition: try Self.decode(row[0]), recordedAt: Timestamp(row[1]))
            }
            return RhythmHistory(versions: versions)
        }
    }

    private static func decode(_ json: String) throws -> RhythmDefinition {
        try JSONDecoder().decode(RhythmDefinition.self, from: Data(json.utf8))
    }

    /// All episodes that are not over, and those that are for the given periods or with the given ids.
    package func episodes(
        includingPeriods periods: Set<String> = [], ids: Set<String> = []
    ) throws -> [Episode] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT rhythm, period, state, since, archived FROM episode ORDER BY period, rhythm"
            )
            .compactMap { row in
                guard let state = Episode.State(rawValue: row[2]) else { return nil }
                let episode = Episode(
                    rhythm: row[0], period: row[1], state: state, since: Timestamp(row[3]), archived: row[4])
                return !episode.archived || periods.contains(episode.period) || ids.contains(episode.id) ? episode : nil
            }
        }
    }

    /// Keeps changed episodes, each with its transition.
    package func save(_ episodes: [Episode]) throws {
        guard !episodes.isEmpty else { return }
        try write { db in
            for episode in episodes {
                try db.execute(
                    sql: """
                        INSERT INTO episode VALUES (?1, ?2, ?3, ?4, ?5)
                        ON CONFLICT DO UPDATE SET state = ?3, since = ?4, archived = ?5
                        """,
                    arguments: [
                        episode.rhythm, episode.period, episode.state.rawValue, episode.since.seconds, episode.archived,
                    ])
                try db.execute(
                    sql: "INSERT INTO episode_transition (rhythm, period, state, at) VALUES (?, ?, ?, ?)",
                    arguments: [episode.rhythm, episode.period, episode.state.rawValue, episode.since.seconds])
            }
        }
    }
}
