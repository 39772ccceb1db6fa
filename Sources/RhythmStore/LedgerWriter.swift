import GRDB
import RhythmCore
import RhythmFacts

/// Writes one repository's facts within one transaction, and remembers which items they touched.
///
/// A commit that no clone brought before is judged as it is written. Temporary tables hold what is left to do: `seen`
/// the items of before that this scan named, `touched` those whose verdicts have to be derived again, `shared` those
/// whose author may have become another.
struct LedgerWriter {
    private(set) var outcome = ScanOutcome()
    /// By how many commits of the user's the repository holds more than it did.
    private(set) var owned = 0
    private let repository: Int64
    private let now: Timestamp
    private let rules: EvidenceRules
    private let db: Database
    private let insertion: CommitInsertion
    let items: ItemWriter
    var roadmap: RoadmapWriter
    private var authors: [String: Int64] = [:]
    private var pathGlobs: [String: Int64] = [:]
    private var metElsewhere = false
    private let isIgnored: Bool
    /// Nothing of this repository is in the ledger yet, so its scan leaves nothing out that was.
    private let isFirst: Bool
    /// The newest item that was there before this scan.
    private let lastBefore: Int64

    init(repository: Int64, now: Timestamp, rules: EvidenceRules, db: Database) throws {
        self.repository = repository
        self.now = now
        self.rules = rules
        self.db = db
        insertion = try CommitInsertion(db)
        items = try ItemWriter(repository: repository, now: now, rules: rules, db: db)
        roadmap = RoadmapWriter(repository: repository, now: now, db: db)
        try db.run("DELETE FROM seen")
        isFirst =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT NOT EXISTS (SELECT 1 FROM sighting WHERE repository = ?)"),
                arguments: [repository])
            ?? false
        isIgnored =
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT standing = 'ignored' FROM repository WHERE id = ?"),
                arguments: [repository]) ?? false
        lastBefore = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM evidence")) ?? 0
    }

    mutating func take(_ fact: Fact) throws {
        switch fact {
        case .commit(let commit): try take(commit)
        case .devlog(let devlog): try take(devlog)
        case .touch(let touch): try take(touch)
        case .gone(let object): try lose(object)
        case .other(let author): try take(author)
        case .item(let item):
            let carrier = item.kind == .release ? nil : try item.commit.flatMap(commitID)
            if carrier == nil && item.kind != .release, let commit = item.commit {
                throw StoreError.failed(path: commit.hex, message: "a trailer's fact without its commit before it")
            }
            if try items.take(item, carrier: carrier) { outcome.new += 1 }
            if let path = item.path { try items.forgetUnreadable(path) }
        case .itemGone(let key):
            try items.lose(key)
            try items.forgetUnreadable(key)
        case .unreadable(let file):
            // What it said before it could not be read is void.
            try items.lose(file.path)
            try items.note(file)
        case .roadmap(let file): try roadmap.take(file)
        case .version(let version): try roadmap.take(version)
        case .change(let change): try roadmap.take(change)
        case .outline(let node): try roadmap.take(node)
        case .begin, .progress, .repository, .whole, .end, .problem, .done: break
        }
    }

    private mutating func take(_ fact: CommitFact) throws {
        let author = try authorID(email: fact.email, name: fact.name)
        let day = day(of: fact)
        let isNew = try insertion.insert(
            fact, author: author, repository: repository, recordedAt: now, day: day, verdict: verdict(of: fact, on: day)
        )
        if isNew {
            outcome.new += 1
            owned += 1
            return
        }
        guard let id = try commitID(fact.id) else { return }
        // At the edge of a shallow clone a commit shows no parents; one that shows them knows better.
        try db.run(
            "UPDATE evidence SET parents = ?1, first_parent = ?2 WHERE id = ?3 AND parents < ?1",
            arguments: [fact.parentCount, fact.firstParent?.bytes.data, id])
        if db.changesCount > 0 { try mark(id, "touched") }
        if try id <= lastBefore && !isOwned(id) { owned += 1 }
        try db.run(
            """
            INSERT INTO sighting (evidence, repository, author) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET gone_at = NULL, disowned = 0, author = ?3
                WHERE gone_at IS NOT NULL OR disowned OR author <> ?3
            """, arguments: [id, repository, author])
        if db.changesCount > 0 {
            try mark(id, "touched")
            metElsewhere = true
            try mark(id, "shared")
        }
        if !isFirst && id <= lastBefore { try mark(id, "seen") }
    }

    private mutating func take(_ fact: DevlogFact) throws {
        guard let carrier = try commitID(fact.commit) else {
            throw StoreError.failed(path: fact.path, message: "a dev log fact without its commit before it")
        }
        // A day other than the commit's own begins by the author's clock.
        let beginning = fact.day.map { DayRule(zone: .utc).start(of: $0).seconds }
        try db.run(
            """
            INSERT INTO evidence (kind, object, path, heading, stated_day, carrier, author, at, offset_minutes,
                committed_at, parents, subject, co_authored, recorded_at, day, verdict)
            SELECT 2, object, :path, :heading, :day, id, author,
                CASE WHEN :day IS NULL OR :day = day THEN at ELSE :beginning - offset_minutes * 60 END, offset_minutes,
                committed_at, parents, subject, co_authored, :now, coalesce(:day, day),
                CASE WHEN :day IS NULL AND day IS NULL THEN verdict ELSE 0 END
            FROM evidence WHERE id = :carrier
            ON CONFLICT (carrier, path, heading) WHERE kind = 2 DO NOTHING
            """,
            arguments: [
                "path": fact.path, "heading": fact.heading, "day": fact.day?.number, "beginning": beginning,
                "now": now.seconds, "carrier": carrier,
            ])
        let isNew = db.changesCount > 0
        guard
            let id = isNew
                ? db.lastInsertedRowID
                : try Int64.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT id FROM evidence WHERE kind = 2 AND carrier = ? AND path = ? AND heading = ?"),
                    arguments: [carrier, fact.path, fact.heading])
        else { return }
        if isNew {
            outcome.new += 1
            try mark(id, "touched")
        }
        try db.run(
            """
            INSERT INTO sighting (evidence, repository, author) SELECT id, ?, author FROM evidence WHERE id = ?
            ON CONFLICT DO NOTHING
            """, arguments: [repository, id])
        if !isFirst && !isNew { try mark(id, "seen") }
    }

    private mutating func take(_ fact: TouchFact) throws {
        guard let commit = try commitID(fact.commit) else {
            throw StoreError.failed(path: fact.glob, message: "a touch fact without its commit before it")
        }
        try db.run(
            "INSERT INTO touch (evidence, glob) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [commit, try pathGlobID(fact.glob)])
    }

    private mutating func lose(_ object: ObjectID) throws {
        guard let id = try commitID(object) else { return }
        try db.run(
            "UPDATE sighting SET gone_at = ? WHERE evidence = ? AND repository = ? AND gone_at IS NULL",
            arguments: [now.seconds, id, repository])
        if db.changesCount > 0 {
            outcome.gone += 1
            try mark(id, "touched")
        }
    }

    private func take(_ fact: AuthorFact) throws {
        try db.run(
            """
            INSERT INTO other_author (repository, email, name, commits) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET commits = commits + ?4, name = ?3
            """, arguments: [repository, fact.email, fact.name, fact.commits])
    }

    /// After the facts: counts the new commits, and has those looked at again that may carry the work of another.
    func judgeNew() throws {
        try db.run(
            """
            INSERT INTO daily SELECT 1, day, count(*) FROM evidence WHERE id > ? AND +kind = 1 AND verdict = 0
                GROUP BY day
                ON CONFLICT DO UPDATE SET items = items + excluded.items
            """, arguments: [lastBefore])
        try db.run(
            """
            INSERT OR IGNORE INTO touched SELECT id FROM evidence e WHERE id > ? AND +kind = 1 AND EXISTS
                (SELECT 1 FROM evidence mate INDEXED BY evidence_moment
                    WHERE mate.kind = 1 AND mate.author = e.author AND mate.at = e.at AND mate.id <> e.id)
            """, arguments: [lastBefore])
    }

    /// After a full scan: what it did not name is either no longer reachable, or no longer the user's by the identity
    /// that the scan went by; and a dev log that its commit no longer brings in any clone (the globs changed) is none.
    mutating func loseUnseen(isUser: (_ email: String, _ name: String) -> Bool, coAuthored: Bool) throws {
        guard !isFirst else { return }
        let unseen = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.evidence, s.gone_at, a.email, a.name, e.co_authored FROM sighting s
                    CROSS JOIN evidence e ON e.id = s.evidence CROSS JOIN author a ON a.id = s.author
                    WHERE s.repository = ? AND s.evidence <= ? AND e.kind = 1 AND s.evidence NOT IN (SELECT id FROM seen)
                        AND NOT s.disowned
                    """), arguments: [repository, lastBefore])
        for row in unseen {
            let id: Int64 = row[0]
            let wasGone: Int64? = row[1]
            let isMine = isUser(row[2], row[3]) || (row[4] && coAuthored)
            if isMine {
                guard wasGone == nil else { continue }
                outcome.gone += 1
                try db.run(
                    "UPDATE sighting SET gone_at = ? WHERE evidence = ? AND repository = ?",
                    arguments: [now.seconds, id, repository])
            } else {
                try db.run(
                    "UPDATE sighting SET disowned = 1 WHERE evidence = ? AND repository = ?",
                    arguments: [id, repository])
                owned -= 1
            }
            try mark(id, "touched")
            try mark(id, "shared")
        }
        try db.run(
            """
            DELETE FROM sighting WHERE repository = ? AND evidence IN (SELECT id FROM evidence INDEXED BY evidence_devlog
                WHERE kind = 2 AND carrier IN (SELECT id FROM seen) AND id <= ? AND id NOT IN (SELECT id FROM seen))
            """, arguments: [repository, lastBefore])
        let dropped = """
            SELECT id FROM evidence INDEXED BY evidence_devlog WHERE kind = 2 AND carrier IN (SELECT id FROM seen)
                AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.evidence = evidence.id)
            """
        try db.run("INSERT OR IGNORE INTO touched SELECT id FROM evidence WHERE folded_into IN (\(dropped))")
        try db.run("UPDATE evidence SET verdict = 0, folded_into = NULL WHERE folded_into IN (\(dropped))")
        try db.run("DELETE FROM touched WHERE id IN (\(dropped))")
        try noteDays(of: dropped, in: db)
        try db.run("DELETE FROM touch WHERE evidence IN (\(dropped))")
        try db.run("DELETE FROM evidence WHERE id IN (\(dropped))")
    }

    /// Clones that turn out to share commits get one lineage, and their dev logs are compared afresh.
    func joinLineages() throws {
        try db.run(
            "UPDATE repository SET lineage = id WHERE id = ? AND lineage IS NULL", arguments: [repository])
        guard metElsewhere else { return }
        let lineages = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT r.lineage FROM sighting mine JOIN sighting theirs USING (evidence)
                    JOIN repository r ON r.id = theirs.repository WHERE mine.repository = ? ORDER BY 1
                    """), arguments: [repository])
        guard let least = lineages.first, lineages.count > 1 else { return }
        for lineage in lineages.dropFirst() {
            try db.run(
                "UPDATE repository SET lineage = ? WHERE lineage = ?", arguments: [least, lineage])
        }
        try db.run(
            """
            INSERT OR IGNORE INTO touched SELECT d.id FROM evidence d WHERE d.kind = 2 AND d.carrier IN
                (SELECT s.evidence FROM sighting s JOIN repository r ON r.id = s.repository WHERE r.lineage = ?)
            """, arguments: [least])
    }

    private mutating func authorID(email: String, name: String) throws -> Int64 {
        if let id = authors[email] { return id }
        try db.run(
            "INSERT INTO author (email, name) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET name = ?2 WHERE name <> ?2",
            arguments: [email, name])
        guard
            let id = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM author WHERE email = ?"), arguments: [email])
        else {
            throw StoreError.failed(path: email, message: "the author was not recorded")
        }
        authors[email] = id
        return id
    }

    private mutating func pathGlobID(_ glob: String) throws -> Int64 {
        if let id = pathGlobs[glob] { return id }
        try db.run("INSERT INTO path_glob (glob) VALUES (?) ON CONFLICT DO NOTHING", arguments: [glob])
        guard
            let id = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT id FROM path_glob WHERE glob = ?"), arguments: [glob])
        else {
            throw StoreError.failed(path: glob, message: "the path glob was not recorded")
        }
        pathGlobs[glob] = id
        return id
    }

    /// Whether the repository already holds it as the user's.
    private func isOwned(_ commit: Int64) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT NOT disowned FROM sighting WHERE evidence = ? AND repository = ?"),
            arguments: [commit, repository]) ?? false
    }

    private func commitID(_ object: ObjectID) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM evidence WHERE kind = 1 AND object = ?"),
            arguments: [object.bytes.data])
    }

    private func mark(_ id: Int64, _ table: String) throws {
        try db.run("INSERT OR IGNORE INTO \(table) VALUES (?)", arguments: [id])
    }

    private func day(of commit: CommitFact) -> CalendarDay? {
        rules.day(at: commit.authoredAt, offsetMinutes: commit.offsetMinutes)
    }

    /// As ``deriveTouched(rules:now:in:)`` would find it of a commit that this repository alone holds.
    private func verdict(of commit: CommitFact, on day: CalendarDay?) -> Verdict {
        if isIgnored { return .rejected(.ignored) }
        guard day != nil, let authoredAt = commit.authoredAt else { return .rejected(.impossibleDate) }
        if commit.parentCount > 1 && !rules.countMerges { return .rejected(.merge) }
        return authoredAt > now ? .rejected(.future) : .counted
    }
}
