import Foundation
package import RhythmCore

/// How the database was last put together again.
package struct Recovery: Hashable, Sendable, Codable {
    package var at: Timestamp
    /// What was found wrong, in SQLite's words.
    package var reason: String
    /// Where the damaged file was put.
    package var damaged: String
    /// The backup that was gone back to, and its time, where there was one.
    package var backup: String?
    package var backupAt: Timestamp?
    /// In words: what could be read of the damaged file, what is as it was in the backup, and what is in neither.
    package var kept: [String] = []
    package var fromBackup: [String] = []
    package var lost: [String] = []

    package init(at: Timestamp, reason: String, damaged: String, backup: String? = nil, backupAt: Timestamp? = nil) {
        self.at = at
        self.reason = reason
        self.damaged = damaged
        self.backup = backup
        self.backupAt = backupAt
    }
}

extension Recovery {
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}

extension Store {
    /// The last one, which ``rebuild(_:damaged:backup:_:)`` noted.
    package func recovery() throws -> Recovery? {
        try setting("recovery").map { try JSONDecoder().decode(Recovery.self, from: Data($0.utf8)) }
    }

    /// Whether its report was written.
    package func isReported(_ recovery: Recovery) throws -> Bool {
        try setting("recovery_reported") == String(recovery.at.seconds)
    }

    package func noteReported(_ recovery: Recovery) throws {
        try set("recovery_reported", to: String(recovery.at.seconds))
    }
}
