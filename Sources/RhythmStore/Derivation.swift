import Foundation
import GRDB
import RhythmCore

/// Derives the verdicts of the items in the temporary table `touched`, and of all that share a fold with them.
///
/// The result depends on the facts and the rules alone, never on the order in which facts arrived: every bucket of items
/// that could fold into each other is judged whole.
func deriveTouched(rules: EvidenceRules, now: Timestamp, in db: Database) throws {
    // `CROSS JOIN` and `INDEXED BY` keep SQLite from starting with the index on `kind`, which without statistics it takes
    // for a narrow one: that is half the ledger, looked at for every commit that is new.
    //
    // Two commits can carry one work only with the same author and author time, two dev log entries only with the same
    // file and day or heading; and a dev log shares its commit's fate.
    let commitsInOneBucket = """
        INSERT OR IGNORE INTO touched SELECT mate.id
            FROM (SELECT DISTINCT e.author, e.at FROM touched t CROSS JOIN evidence e ON e.id = t.id AND e.kind = 1) bucket
            CROSS JOIN evidence mate ON mate.kind = 1 AND mate.author = bucket.author AND mate.at = bucket.at
        """
    let authorsAgreed = [
        """
        UPDATE evidence SET author = coalesce((SELECT s.author FROM sighting s JOIN author a ON a.id = s.author
            WHERE s.evidence = evidence.id AND NOT s.disowned ORDER BY a.email LIMIT 1), author)
            WHERE id IN (SELECT id FROM shared)
        """,
        """
        UPDATE evidence SET author = (SELECT author FROM evidence c WHERE c.id = evidence.carrier)
            WHERE id IN (SELECT d.id FROM shared s
                CROSS JOIN evidence d INDEXED BY evidence_devlog ON d.kind = 2 AND d.carrier = s.id)
        """,
    ]
    let devlogsOfTouched = [
        """
        INSERT OR IGNORE INTO touched SELECT d.id FROM touched t
            CROSS JOIN evidence d INDEXED BY evidence_devlog ON d.kind = 2 AND d.carrier = t.id
        """,
        """
        INSERT OR IGNORE INTO touched SELECT mate.id
            FROM (SELECT DISTINCT e.day, e.path FROM touched t CROSS JOIN evidence e ON e.id = t.id AND e.kind = 2) slot
            CROSS JOIN evidence mate ON mate.kind = 2 AND mate.day = slot.day AND mate.path = slot.path
        """,
        """
        INSERT OR IGNORE INTO touched SELECT mate.id
            FROM (SELECT DISTINCT e.path, e.heading FROM touched t
                CROSS JOIN evidence e ON e.id = t.id AND e.heading <> '') slot
            CROSS JOIN evidence mate INDEXED BY evidence_heading
                ON mate.path = slot.path AND mate.heading = slot.heading AND mate.heading <> ''
        """,
    ]
    // Under the author that an item had and the one that it has now.
    let closure =
        ["INSERT OR IGNORE INTO touched SELECT id FROM shared", commitsInOneBucket] + authorsAgreed
        + [commitsInOneBucket] + devlogsOfTouched
    for sql in closure { try db.run(sql) }
    try db.run(
        """
        UPDATE evidence SET folded_into = NULL, verdict = derived.verdict
        FROM (SELECT id, CASE
            WHEN NOT EXISTS (SELECT 1 FROM sighting s WHERE s.evidence = coalesce(carrier, evidence.id)
                AND NOT s.disowned) THEN :notYours
            WHEN NOT EXISTS (SELECT 1 FROM sighting s JOIN repository r ON r.id = s.repository
                WHERE s.evidence = coalesce(carrier, evidence.id) AND NOT s.disowned AND r.standing <> 'ignored')
                THEN :ignored
            WHEN :reachableOnly AND NOT EXISTS (SELECT 1 FROM sighting s JOIN repository r ON r.id = s.repository
                WHERE s.evidence = coalesce(carrier, evidence.id) AND NOT s.disowned AND r.standing <> 'ignored'
                AND s.gone_at IS NULL) THEN :unreachable
            WHEN day IS NULL THEN :impossibleDate
            WHEN parents > 1 AND NOT :countMerges THEN :merge
            WHEN at > :now THEN :future
            ELSE 0 END AS verdict
            FROM evidence WHERE id IN (SELECT id FROM touched)) derived
        WHERE evidence.id = derived.id AND (evidence.verdict <> derived.verdict OR folded_into IS NOT NULL)
        """,
        arguments: [
            "notYours": Rejection.notYours.rawValue, "ignored": Rejection.ignored.rawValue,
            "reachableOnly": rules.credit == .reachable, "unreachable": Rejection.unreachable.rawValue,
            "impossibleDate": Rejection.impossibleDate.rawValue, "countMerges": rules.countMerges,
            "merge": Rejection.merge.rawValue, "now": now.seconds, "future": Rejection.future.rawValue,
        ])
    try foldCommits(in: db)
    try foldDevlogs(in: db)
    try noteDays(of: "SELECT id FROM touched", in: db)
    try countDays(in: db)
    try deriveItems(rules: rules, now: now, in: db)
}

/// The temporary tables of a change to the ledger. They are made once for a connection: whatever changes the schema
/// has all statements parsed anew.
func makeWorkTables(_ db: Database) throws {
    try db.execute(
        sql: """
            CREATE TEMP TABLE touched (id INTEGER PRIMARY KEY);
            CREATE TEMP TABLE shared (id INTEGER PRIMARY KEY);
            CREATE TEMP TABLE seen (id INTEGER PRIMARY KEY);
            CREATE TEMP TABLE doomed (id INTEGER PRIMARY KEY);
            CREATE TEMP TABLE changed_item (id INTEGER PRIMARY KEY);
            CREATE TEMP TABLE seen_item (id INTEGER PRIMARY KEY);
            CREATE TEMP TABLE touched_day (kind INTEGER, day INTEGER, PRIMARY KEY (kind, day)) WITHOUT ROWID;
            """)
}

/// Forgets what the last change looked at.
func clearWorkTables(_ db: Database) throws {
    for table in ["touched", "shared", "touched_day", "changed_item"] { try db.run("DELETE FROM \(table)") }
}

/// Has the days of some items counted again. Of items that go this must be said before they do.
///
/// - Parameter ids: a query for the items.
func noteDays(of ids: String, in db: Database) throws {
    try db.run(
        """
        INSERT OR IGNORE INTO touched_day SELECT e.kind, e.day FROM (\(ids)) noted
            CROSS JOIN evidence e ON e.id = noted.id AND e.day IS NOT NULL
        """)
}

private func countDays(in db: Database) throws {
    try db.run("DELETE FROM daily WHERE (kind, day) IN (SELECT kind, day FROM touched_day)")
    try db.run(
        """
        INSERT INTO daily SELECT t.kind, t.day, count(*) FROM touched_day t
            CROSS JOIN evidence e ON e.kind = t.kind AND e.day = t.day WHERE e.verdict = 0 GROUP BY t.kind, t.day
        """)
}

private func foldCommits(in db: Database) throws {
    let rows = try Row.fetchCursor(
        db.cachedStatement(
            sql: """
                SELECT e.author, e.at, e.id, e.object, e.committed_at, e.first_parent, e.subject, e.verdict
                FROM (SELECT b.author AS author, b.at AS at FROM touched t CROSS JOIN evidence b ON b.id = t.id
                    WHERE b.kind = 1 AND b.at IS NOT NULL GROUP BY b.author, b.at HAVING count(*) > 1) bucket
                CROSS JOIN evidence e ON e.kind = 1 AND e.author = bucket.author AND e.at = bucket.at
                WHERE e.verdict IN (:counted, :merge) ORDER BY e.author, e.at
                """), arguments: ["counted": Verdict.counted.rawValue, "merge": Rejection.merge.rawValue])
    var bucket: (author: Int64, at: Int64)?
    var candidates: [FoldingCandidate] = []
    var rowIDs: [ObjectID: Int64] = [:]
    var folds: [(id: Int64, into: Int64)] = []

    func close() {
        for (commit, leader) in foldedInto(candidates) {
            if let id = rowIDs[commit], let into = rowIDs[leader] { folds.append((id, into)) }
        }
        candidates.removeAll(keepingCapacity: true)
        rowIDs.removeAll(keepingCapacity: true)
    }

    while let row = try rows.next() {
        let key: (author: Int64, at: Int64) = (row[0], row[1])
        if let open = bucket, open != key { close() }
        bucket = key
        guard let object = ObjectID(bytes: row[3] as Data) else { continue }
        let parent: Data? = row[5]
        let committedAt: Int64? = row[4]
        rowIDs[object] = row[2]
        candidates.append(
            FoldingCandidate(
                id: object, committedAt: committedAt.map(Timestamp.init),
                firstParent: parent.flatMap { ObjectID(bytes: $0) }, subject: row[6],
                linkOnly: row[7] == Rejection.merge.rawValue))
    }
    close()
    let update = try db.cachedStatement(sql: "UPDATE evidence SET verdict = 1, folded_into = ? WHERE id = ?")
    for fold in folds { try update.execute(arguments: [fold.into, fold.id]) }
}

/// One entry for each file and day, or heading: in a lineage, the first by day, author date and id. An entry that came
/// with a folded commit belongs where that commit's work was first carried.
private func foldDevlogs(in db: Database) throws {
    let rows = try Row.fetchAll(
        db.cachedStatement(
            sql: """
                SELECT d.id, d.path, CASE WHEN d.heading = '' THEN d.day END, d.heading,
                    (SELECT min(r.lineage) FROM sighting s JOIN repository r ON r.id = s.repository
                        WHERE s.evidence = coalesce(c.folded_into, c.id) AND NOT s.disowned AND r.standing <> 'ignored')
                FROM touched t CROSS JOIN evidence d ON d.id = t.id CROSS JOIN evidence c ON c.id = d.carrier
                WHERE d.kind = 2 AND d.verdict = 0
                ORDER BY d.path, d.day, d.at, d.object
                """))
    struct Slot: Hashable {
        var path: String
        var day: Int?
        var heading: String
        var lineage: Int64?
    }
    var first: [Slot: Int64] = [:]
    for row in rows {
        let slot = Slot(path: row[1], day: row[2], heading: row[3], lineage: row[4])
        if let leader = first[slot] {
            try db.run(
                "UPDATE evidence SET verdict = 1, folded_into = ? WHERE id = ?",
                arguments: [leader, row[0] as Int64])
        } else {
            first[slot] = row[0]
        }
    }
}

extension EvidenceRules {
    /// The day of an item; nil where its date is none.
    func day(at instant: Timestamp?, offsetMinutes: Int) -> CalendarDay? {
        guard let instant, Self.isPossible(instant) else { return nil }
        return calendar.day(of: instant, authorOffset: UTCOffset(minutes: offsetMinutes))
    }
}

extension [UInt8] {
    /// As SQLite stores a BLOB.
    var data: Data { Data(self) }
}
