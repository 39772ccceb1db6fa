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

    /// Records the definitions in force where they differ from the last recorded ones, and that the others are there no
    /// more.
    package func adopt(_ definitions: [RhythmDefinition], now: Timestamp) throws {
        try write { db in
            for definition in definitions {
                let last = try Self.lastDefinition(of: definition.id, in: db)
                if last == .some(definition) { continue }
                try Self.record(definition, of: definition.id, now: now, in: db)
            }
            let ids = Set(definitions.map(\.id))
            for id in try String.fetchAll(db, sql: "SELECT DISTINCT rhythm FROM definition") where !ids.contains(id) {
                if try Self.lastDefinition(of: id, in: db) != nil { try Self.record(nil, of: id, now: now, in: db) }
            }
            try db.execute(
                sql: "INSERT INTO setting VALUES ('installed_at', ?) ON CONFLICT DO NOTHING",
                arguments: [String(now.seconds)])
        }
    }

    private static func lastDefinition(of id: String, in db: Database) throws -> RhythmDefinition? {
        try String.fetchOne(
            db, sql: "SELECT json FROM definition WHERE rhythm = ? ORDER BY id DESC LIMIT 1", arguments: [id]
        ).flatMap(decode)
    }

    private static func record(
        _ definition: RhythmDefinition?, of id: String, now: Timestamp, in db: Database
    ) throws {
        // A clock that was set back must not put the news before what it replaces.
        let last = try Int64.fetchOne(
            db, sql: "SELECT max(recorded_at) FROM definition WHERE rhythm = ?", arguments: [id])
        try db.execute(
            sql: "INSERT INTO definition (rhythm, recorded_at, json) VALUES (?, ?, ?)",
            arguments: [id, max(now.seconds, last ?? now.seconds), try encode(definition)])
    }

    /// When this database was made: alerts speak of periods that were open then, or later.
    package func installedAt() throws -> Timestamp? {
        try setting("installed_at").flatMap(Int64.init).map(Timestamp.init)
    }

    /// The recorded definitions of every rhythm there ever was, by id.
    package func histories() throws -> [String: RhythmHistory] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT rhythm, json, recorded_at FROM definition ORDER BY id")
            return try Dictionary(grouping: rows) { $0[0] as String }.compactMapValues { rows in
                RhythmHistory(
                    versions: try rows.map {
                        Version(definition: try Self.decode($0[1]), recordedAt: Timestamp($0[2]))
                    })
            }
        }
    }

    static func decode(_ json: String) throws -> RhythmDefinition? {
        try JSONDecoder().decode(RhythmDefinition?.self, from: Data(json.utf8))
    }

    private static func encode(_ definition: RhythmDefinition?) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(definition), as: UTF8.self)
    }
}
