import Foundation
import GRDB
import RhythmCore
import RhythmFacts

/// Writes what the worker says of the roadmap, within one transaction.
struct RoadmapWriter {
    private let repository: Int64
    private let now: Timestamp
    private let db: Database
    /// Whose changes come next.
    private var version: Int64?
    private var nodes = 0
    /// When each commit was first recorded, by its id.
    private var recorded: [Data: Int64] = [:]

    init(repository: Int64, now: Timestamp, db: Database) {
        self.repository = repository
        self.now = now
        self.db = db
    }

    /// Before a whole history: what it does not name is not in it.
    mutating func forgetHistory() throws {
        for row in try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT object, recorded_at FROM roadmap_version WHERE repository = ? AND object IS NOT NULL"),
            arguments: [repository])
        {
            recorded[row[0]] = row[1]
        }
        try db.run("DELETE FROM roadmap_version WHERE repository = ?", arguments: [repository])
    }

    mutating func take(_ fact: RoadmapFact) throws {
        try db.run(
            """
            INSERT INTO roadmap (repository, git_dir, path) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET git_dir = ?2, path = ?3
            """, arguments: [repository, fact.gitDir, fact.path])
        try db.run("DELETE FROM roadmap_node WHERE repository = ?", arguments: [repository])
        try db.run("DELETE FROM roadmap_version WHERE repository = ? AND object IS NULL", arguments: [repository])
    }

    mutating func take(_ fact: RoadmapVersionFact) throws {
        let object = fact.commit?.bytes.data
        try db.run(
            """
            INSERT INTO roadmap_version (repository, object, at, offset_minutes, own, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            arguments: [
                repository, object, fact.at?.seconds, fact.offsetMinutes, fact.isOwn,
                object.flatMap { recorded[$0] } ?? now.seconds,
            ])
        version = db.lastInsertedRowID
    }

    func take(_ change: RoadmapChange) throws {
        guard let version else {
            throw StoreError.failed(path: change.name.text, message: "a change of the roadmap without its version")
        }
        func json(_ path: [String]?) throws -> String? {
            try path.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        }
        try db.run(
            """
            INSERT INTO roadmap_change (version, kind, path, text, path_before, text_before, ticked)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            arguments: [
                version, change.kind.rawValue, try json(change.name.path), change.name.text,
                try json(change.before?.path), change.before?.text, change.isTicked,
            ])
    }

    mutating func take(_ node: Outline.Node) throws {
        try db.run(
            """
            INSERT INTO roadmap_node (repository, number, kind, depth, text, value, box, line)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            arguments: [
                repository, nodes, node.kind.rawValue, node.depth, node.text, node.value, node.box?.rawValue, node.line,
            ])
        nodes += 1
    }
}
