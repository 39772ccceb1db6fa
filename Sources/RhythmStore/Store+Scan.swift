import GRDB
package import RhythmCore
package import RhythmFacts

/// What a scan changed.
package struct ScanOutcome: Equatable, Sendable {
    /// Items that were not in the ledger before.
    package var new = 0
    /// Items that nothing in this repository leads to any more.
    package var gone = 0
}

/// What a worker said of one repository.
package struct ScannedRepository {
    package let repository: RepositoryFact
    /// Calls its argument with each fact of what the repository holds, in the worker's order.
    let facts: ((Fact) throws -> Void) throws -> Void

    package init(_ repository: RepositoryFact, facts: @escaping ((Fact) throws -> Void) throws -> Void) {
        self.repository = repository
        self.facts = facts
    }
}

extension Store {
    /// Takes in the facts of some repositories, all of them or nothing.
    ///
    /// - Parameter identity: by which the worker told the user's commits.
    /// - Returns: what each of them changed.
    /// - Throws: ``StoreError``, or what reading the facts throws; then nothing was changed.
    @discardableResult
    package func record(
        _ scans: [ScannedRepository], identity: Job.Identity, rules: EvidenceRules, now: Timestamp
    ) throws -> [ScanOutcome] {
        try writeLedger { db in
            let outcomes = try scans.map { scan in
                try Self.take(scan, identity: identity, rules: rules, now: now, in: db)
            }
            try deriveTouched(rules: rules, now: now, in: db)
            return outcomes
        }
    }

    private static func take(
        _ scan: ScannedRepository, identity: Job.Identity, rules: EvidenceRules, now: Timestamp, in db: Database
    ) throws -> ScanOutcome {
        let repository = scan.repository
        let id = try repositoryID(gitDir: repository.gitDir, now: now, in: db)
        var ledger = try LedgerWriter(repository: id, now: now, rules: rules, db: db)
        if repository.extent == .full {
            try db.run("DELETE FROM other_author WHERE repository = ?", arguments: [id])
            try ledger.items.forgetUnreadable()
            try ledger.roadmap.forgetHistory()
        }
        let emails = Set(repository.emails)
        let names = Set(identity.names.map { $0.lowercased() })
        func isUser(_ email: String, _ name: String) -> Bool {
            // What a repository held before it became the journal counts no more.
            !repository.isJournal
                && (identity.everyone || emails.contains(email) || names.contains(name.lowercased()))
        }
        try scan.facts { try ledger.take($0) }
        try ledger.judgeNew()
        if repository.extent == .full {
            try ledger.loseUnseen(isUser: isUser, coAuthored: identity.coAuthored && !repository.isJournal)
            try ledger.items.loseUnseenEntries()
        }
        if let releases = repository.releases {
            try ledger.items.loseUnseenReleases(isMine: isUser)
            try db.run("UPDATE repository SET releases = ? WHERE id = ?", arguments: [releases, id])
        }
        try db.run(
            """
            UPDATE repository SET work_dir = ?, reader = ?, emails = ?, complete_since = ?, own = own + ?
            WHERE id = ?
            """,
            arguments: [
                repository.workDir, repository.reader.rawValue, repository.emails.joined(separator: "\n"),
                repository.horizon?.seconds, ledger.owned, id,
            ])
        // After a recent look there are no tips to go on from: the history is still to be read.
        if repository.extent != .recent {
            try db.run(
                "UPDATE repository SET view = ?, tips = ?, scanned_at = ? WHERE id = ?",
                arguments: [repository.view, packed(repository.tips).data, now.seconds, id])
        }
        try closeGap(id, now: now, in: db)
        try ledger.joinLineages()
        return ledger.outcome
    }

    /// Notes that a repository could not be read.
    ///
    /// - Parameter isRepository: the path is a repository's, and gets a row if it was never read. Without that only the
    ///   known ones are noted.
    /// - Returns: whether it was noted.
    @discardableResult
    package func recordProblem(_ problem: ProblemFact, isRepository: Bool = true, now: Timestamp) throws -> Bool {
        try write { db in
            let isKnown = try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM repository WHERE git_dir = ?)"),
                arguments: [problem.path])
            guard isRepository || isKnown == true else { return false }
            let id = try Self.repositoryID(gitDir: problem.path, now: now, in: db)
            try db.run(
                """
                INSERT INTO gap (repository, since, code, message) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (repository) WHERE until IS NULL DO UPDATE SET code = ?3, message = ?4
                """,
                arguments: [id, now.seconds, problem.code, problem.message])
            return true
        }
    }

    /// Notes that repositories were seen and had not changed.
    package func recordUnchanged(gitDirs: [String], now: Timestamp) throws {
        guard !gitDirs.isEmpty else { return }
        try write { db in
            for gitDir in gitDirs {
                let id = try Self.repositoryID(gitDir: gitDir, now: now, in: db)
                try db.run(
                    "UPDATE repository SET scanned_at = ? WHERE id = ?", arguments: [now.seconds, id])
                try Self.closeGap(id, now: now, in: db)
            }
        }
    }

    private static func closeGap(_ repository: Int64, now: Timestamp, in db: Database) throws {
        try db.run(
            "UPDATE gap SET until = max(since, ?) WHERE repository = ? AND until IS NULL",
            arguments: [now.seconds, repository])
    }

    static func repositoryID(gitDir: String, now: Timestamp, in db: Database) throws -> Int64 {
        try db.run(
            "INSERT INTO repository (git_dir, first_seen_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [gitDir, now.seconds])
        guard
            let id = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM repository WHERE git_dir = ?"), arguments: [gitDir])
        else { throw StoreError.failed(path: gitDir, message: "the repository was not recorded") }
        return id
    }

    /// Object ids back to back. All of one repository have the same length, which stands in front.
    static func packed(_ tips: [ObjectID]) -> [UInt8] {
        guard let length = tips.first?.byteCount else { return [] }
        return [length] + tips.flatMap(\.bytes)
    }

    static func unpacked(_ bytes: [UInt8]) -> [ObjectID] {
        guard let length = bytes.first.map(Int.init), length > 0 else { return [] }
        return stride(from: 1, to: bytes.count, by: length).compactMap {
            ObjectID(bytes: bytes[$0..<min($0 + length, bytes.count)])
        }
    }
}
