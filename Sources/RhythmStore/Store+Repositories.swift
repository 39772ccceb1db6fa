import Foundation
import GRDB
package import RhythmCore
package import RhythmFacts

/// A repository as the ledger knows it.
package struct TrackedRepository: Hashable, Sendable {
    package enum Standing: String, Sendable, CaseIterable {
        case tracked
        /// Its evidence does not count, and it is not read.
        case ignored
        /// Its evidence counts, and it is no longer looked for.
        case retired
    }

    package var id: Int64
    package var gitDir: String
    package var workDir: String?
    package var standing: Standing
    package var reader: String?
    package var scannedAt: Timestamp?
    /// Since when its commits are known, while its older history is still to be read.
    package var completeSince: Timestamp?
    /// Commits of the user's that it holds or held, whatever their verdict.
    package var own: Int
    package var emails: [String]
    /// Why it cannot be read at present.
    package var problem: Problem?

    package struct Problem: Hashable, Sendable {
        package var code: String
        package var message: String
        package var since: Timestamp
    }
}

/// What is left of the history of repositories that had only a recent look.
package struct UnfinishedHistory: Hashable, Sendable {
    /// What was committed since then is known of every repository.
    package var completeSince: Timestamp
    /// Those that have more to be read.
    package var gitDirs: Set<String>
}

extension Store {
    /// - Parameter vantage: nil for now. At another time: what was dated by then, and what could not be read then. How a
    ///   repository counts and is read has no history.
    package func repositories(from vantage: Vantage? = nil) throws -> [TrackedRepository] {
        let at = vantage.map { "\($0.at.seconds)" }
        let known = (vantage?.knownAt).map { "AND e.recorded_at <= \($0.seconds)" } ?? ""
        let own =
            at.map {
                """
                (SELECT count(*) FROM sighting s CROSS JOIN evidence e ON e.id = s.evidence
                    WHERE s.repository = r.id AND e.kind = 1 AND NOT s.disowned
                    AND coalesce(e.at, 0) <= \($0) \(known))
                """
            } ?? "r.own"
        let gap = at.map { "g.since <= \($0) AND (g.until IS NULL OR g.until > \($0))" } ?? "g.until IS NULL"
        let seen = (vantage?.knownAt).map { "AND r.first_seen_at <= \($0.seconds)" } ?? ""
        return try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT r.id, r.git_dir, r.work_dir, r.standing, r.reader, r.scanned_at, \(own), r.emails,
                        g.code, g.message, g.since, r.complete_since
                    FROM repository r LEFT JOIN gap g ON g.repository = r.id AND \(gap)
                    WHERE \(Self.isRepository) \(seen)
                    ORDER BY coalesce(r.work_dir, r.git_dir)
                    """
            ).map { row in
                let scannedAt: Int64? = row[5]
                let emails: String? = row[7]
                let code: String? = row[8]
                let completeSince: Int64? = row[11]
                return TrackedRepository(
                    id: row[0], gitDir: row[1], workDir: row[2], standing: .init(rawValue: row[3]) ?? .tracked,
                    reader: row[4], scannedAt: scannedAt.map(Timestamp.init),
                    completeSince: completeSince.map(Timestamp.init), own: row[6],
                    emails: (emails ?? "").split(separator: "\n").map(String.init),
                    problem: code.map { .init(code: $0, message: row[9], since: Timestamp(row[10])) })
            }
        }
    }

    /// What the next job needs to know of each repository that is still looked for.
    ///
    /// - Parameter gitDirs: nil for all of them.
    package func scanTargets(_ gitDirs: Set<String>? = nil) throws -> [Job.Repository] {
        try read { db in
            let tracked =
                "SELECT git_dir, view, tips, releases FROM repository r WHERE standing = 'tracked' AND \(Self.isRepository)"
            let rows =
                if let gitDirs {
                    try gitDirs.sorted().flatMap {
                        try Row.fetchAll(db, sql: tracked + " AND git_dir = ?", arguments: [$0])
                    }
                } else {
                    try Row.fetchAll(db, sql: tracked + " ORDER BY git_dir")
                }
            return rows.map { row in
                let view: String? = row[1]
                let tips: Data? = row[2]
                return Job.Repository(
                    path: row[0],
                    lastScan: view.map {
                        .init(view: $0, tips: Self.unpacked([UInt8](tips ?? Data())), releases: row[3])
                    })
            }
        }
    }

    /// Whether a row `r` is a repository's, and not that of a folder of notes or the roadmap: a git dir is absolute.
    private static let isRepository = "r.git_dir GLOB '/*'"
    private static let isNotes = "r.git_dir GLOB '\(RepositoryFact.notesPrefix)*'"

    /// The folders of notes among some that are to be read, with what is known of them. All others are forgotten.
    package func noteFolders(_ paths: [String], rules: EvidenceRules, now: Timestamp) throws -> [Job.Folder] {
        let known = try read {
            try Row.fetchAll($0, sql: "SELECT id, git_dir, view FROM repository r WHERE \(Self.isNotes)")
        }
        let wanted = Set(paths.map(RepositoryFact.notes))
        for row in known where !wanted.contains(row[1]) { try forget(row[0], rules: rules, now: now) }
        let views = Dictionary(uniqueKeysWithValues: known.map { ($0[1] as String, $0[2] as String?) })
        return Set(paths).sorted().map { Job.Folder(path: $0, view: views[RepositoryFact.notes($0)] ?? nil) }
    }

    /// Folders of notes that cannot be read, and why.
    package func noteFolderProblems() throws -> [(path: String, message: String)] {
        try read {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT r.git_dir, g.message FROM repository r JOIN gap g ON g.repository = r.id AND g.until IS NULL
                    WHERE \(Self.isNotes) ORDER BY 1
                    """
            ).map { (RepositoryFact.notesFolder($0[0]) ?? "", $0[1]) }
        }
    }

    /// Whether a pass has been through all repositories since this database was made, be it only their recent weeks.
    package func isSurveyed() throws -> Bool {
        try setting("completed_at") != nil
    }

    /// Notes that a pass has been through all repositories, having searched the roots for them.
    package func recordSurvey(now: Timestamp) throws {
        try set("completed_at", to: String(now.seconds))
    }

    /// How far back the ledger goes while the older history of some repositories is still to be read; nil otherwise. One
    /// that cannot be read says so by itself, and is not waited for.
    package func unfinishedHistory() throws -> UnfinishedHistory? {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT git_dir, complete_since FROM repository r
                    WHERE standing = 'tracked' AND complete_since IS NOT NULL AND NOT EXISTS
                        (SELECT 1 FROM gap g WHERE g.repository = r.id AND g.until IS NULL)
                    """)
            let since: [Int64] = rows.map { $0[1] }
            return since.max().map {
                UnfinishedHistory(completeSince: Timestamp($0), gitDirs: Set(rows.map { $0[0] }))
            }
        }
    }

    /// Git dirs that are not to be read.
    package func unwatchedGitDirs() throws -> Set<String> {
        try read {
            try Set(String.fetchAll($0, sql: "SELECT git_dir FROM repository WHERE standing <> 'tracked'"))
        }
    }

    /// Changes how a repository counts.
    package func setStanding(
        _ standing: TrackedRepository.Standing, of id: Int64, rules: EvidenceRules, now: Timestamp
    ) throws {
        try writeLedger { db in
            try db.execute(sql: "UPDATE repository SET standing = ? WHERE id = ?", arguments: [standing.rawValue, id])
            try db.execute(
                sql: "INSERT OR IGNORE INTO touched SELECT evidence FROM sighting WHERE repository = ?", arguments: [id]
            )
            try db.execute(
                sql: "INSERT INTO changed_item SELECT item FROM item_sighting WHERE repository = ?", arguments: [id])
            try deriveTouched(rules: rules, now: now, in: db)
        }
    }

    /// Removes a repository and all evidence that no other one holds.
    package func forget(_ id: Int64, rules: EvidenceRules, now: Timestamp) throws {
        try writeLedger { db in
            let orphans = """
                SELECT s.evidence FROM sighting s WHERE s.repository = \(id) AND NOT EXISTS
                    (SELECT 1 FROM sighting o WHERE o.evidence = s.evidence AND o.repository <> \(id))
                """
            try db.execute(
                sql: """
                    DELETE FROM doomed;
                    INSERT INTO doomed \(orphans);
                    INSERT OR IGNORE INTO doomed SELECT id FROM evidence WHERE carrier IN (SELECT id FROM doomed);
                    INSERT OR IGNORE INTO touched SELECT evidence FROM sighting WHERE repository = \(id);
                    INSERT OR IGNORE INTO touched SELECT id FROM evidence WHERE folded_into IN (SELECT id FROM doomed);
                    UPDATE evidence SET verdict = 0, folded_into = NULL WHERE folded_into IN (SELECT id FROM doomed);
                    DELETE FROM touched WHERE id IN (SELECT id FROM doomed);
                    """)
            let items = try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM item WHERE carrier IN (SELECT id FROM doomed)
                    UNION ALL SELECT s.item FROM item_sighting s WHERE s.repository = ?1 AND NOT EXISTS
                        (SELECT 1 FROM item_sighting o WHERE o.item = s.item AND o.repository <> ?1)
                    """, arguments: [id])
            try db.execute(
                sql: "INSERT INTO changed_item SELECT item FROM item_sighting WHERE repository = ?", arguments: [id])
            for item in items { try removeItem(item, in: db) }
            try noteDays(of: "SELECT id FROM doomed", in: db)
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO shared SELECT evidence FROM sighting WHERE repository = \(id);
                    DELETE FROM shared WHERE id IN (SELECT id FROM doomed);
                    DELETE FROM sighting WHERE repository = \(id);
                    DELETE FROM item_sighting WHERE repository = \(id);
                    DELETE FROM touch WHERE evidence IN (SELECT id FROM doomed);
                    DELETE FROM evidence WHERE carrier IN (SELECT id FROM doomed);
                    DELETE FROM evidence WHERE id IN (SELECT id FROM doomed);
                    DELETE FROM repository WHERE id = \(id);
                    """)
            try deriveTouched(rules: rules, now: now, in: db)
            try db.execute(
                sql: """
                    DELETE FROM author WHERE id NOT IN (SELECT author FROM evidence)
                        AND id NOT IN (SELECT author FROM sighting)
                    """)
        }
        // What was purged must not be left in the log of the changes either.
        try withoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// Since when a repository that matters is not seen: the last good scan of the longest unseen repository that held
    /// evidence of the user's in the eight weeks before, unless every item of it is in a readable one too.
    ///
    /// - Parameters:
    ///   - repositories: globs; none for all repositories.
    ///   - known: as it was known then; nil for what is not seen to this day.
    package func blindSince(in repositories: [String] = [], asKnownAt known: Timestamp? = nil) throws -> Timestamp? {
        let gap =
            known.map { "g.since <= \($0.seconds) AND (g.until IS NULL OR g.until > \($0.seconds))" }
            ?? "g.until IS NULL"
        // One that had only a recent look had it when it was first seen, or later.
        let seen = "CASE WHEN g.until IS NULL THEN coalesce(r.scanned_at, r.first_seen_at) ELSE g.since END"
        let isSeen = """
            other.standing <> 'ignored' AND o.repository NOT IN (SELECT g.repository FROM gap g WHERE \(gap))
            """
        return try read { db in
            let ids = try repositories.isEmpty ? nil : RepositoryGlobs(repositories).ids(in: db)
            return try Int64.fetchOne(
                db,
                sql: """
                    SELECT min(\(seen)) FROM repository r JOIN gap g ON g.repository = r.id AND \(gap)
                    WHERE r.standing = 'tracked' \(ids.map { "AND r.id IN (\($0))" } ?? "") AND (EXISTS (
                        SELECT 1 FROM sighting s CROSS JOIN evidence e ON e.id = s.evidence
                        WHERE s.repository = r.id AND NOT s.disowned AND e.verdict IN (0, 1)
                        AND e.at BETWEEN \(seen) - 56 * 86400 AND \(seen))
                    OR EXISTS (
                        SELECT 1 FROM item_sighting s CROSS JOIN item i ON i.id = s.item
                        WHERE s.repository = r.id AND i.verdict IN (0, 1)
                        AND i.at BETWEEN \(seen) - 56 * 86400 AND \(seen)))
                    AND (EXISTS (
                        SELECT 1 FROM sighting s WHERE s.repository = r.id AND NOT s.disowned AND NOT EXISTS (
                            SELECT 1 FROM sighting o JOIN repository other ON other.id = o.repository
                            WHERE o.evidence = s.evidence AND o.repository <> r.id AND \(isSeen)))
                    OR EXISTS (
                        SELECT 1 FROM item_sighting s WHERE s.repository = r.id AND NOT EXISTS (
                            SELECT 1 FROM item_sighting o JOIN repository other ON other.id = o.repository
                            WHERE o.item = s.item AND o.repository <> r.id AND \(isSeen))))
                    """
            ).map(Timestamp.init)
        }
    }
}
