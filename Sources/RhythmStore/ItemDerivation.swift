import GRDB
import RhythmCore

/// Derives the verdicts of all items, if there may be others than there were: there are few of them beside commits.
func deriveItems(rules: EvidenceRules, now: Timestamp, in db: Database) throws {
    let isAsked = try Bool.fetchOne(
        db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM changed_item)
                    OR EXISTS (SELECT 1 FROM touched t CROSS JOIN item i INDEXED BY item_carrier ON i.carrier = t.id)
                """))
    guard isAsked == true else { return }
    try db.run(
        """
        UPDATE item SET folded_into = NULL, verdict = derived.verdict
        FROM (SELECT id, CASE
            WHEN carrier IS NOT NULL THEN
                (SELECT CASE c.verdict WHEN 1 THEN 0 ELSE c.verdict END FROM evidence c WHERE c.id = item.carrier)
            WHEN NOT EXISTS (SELECT 1 FROM item_sighting s WHERE s.item = item.id) THEN :notYours
            WHEN NOT EXISTS (SELECT 1 FROM item_sighting s JOIN repository r ON r.id = s.repository
                WHERE s.item = item.id AND r.standing <> 'ignored') THEN :ignored
            WHEN :reachableOnly AND NOT EXISTS (SELECT 1 FROM item_sighting s JOIN repository r ON r.id = s.repository
                WHERE s.item = item.id AND r.standing <> 'ignored' AND s.gone_at IS NULL) THEN :unreachable
            WHEN day IS NULL THEN :impossibleDate
            WHEN at > :now THEN :future
            ELSE 0 END AS verdict FROM item) derived
        WHERE item.id = derived.id AND (item.verdict <> derived.verdict OR folded_into IS NOT NULL)
        """,
        arguments: [
            "notYours": Rejection.notYours.rawValue, "ignored": Rejection.ignored.rawValue,
            "reachableOnly": rules.credit == .reachable, "unreachable": Rejection.unreachable.rawValue,
            "impossibleDate": Rejection.impossibleDate.rawValue, "now": now.seconds,
            "future": Rejection.future.rawValue,
        ])
    try foldReleases(in: db)
    try foldTrailers(in: db)
}

/// A tag that was moved is no second release: in a lineage the first of its name counts.
private func foldReleases(in db: Database) throws {
    try db.run(
        """
        UPDATE item SET verdict = 1, folded_into = ranked.leader
        FROM (SELECT id, first_value(id) OVER (PARTITION BY name, lineage ORDER BY at, key) AS leader FROM
            (SELECT i.id, i.name, i.at, i.key, (SELECT min(r.lineage) FROM item_sighting s
                JOIN repository r ON r.id = s.repository WHERE s.item = i.id AND r.standing <> 'ignored') AS lineage
            FROM item i WHERE i.kind = 1 AND i.verdict = 0)) ranked
        WHERE item.id = ranked.id AND ranked.leader <> item.id
        """)
}

/// In a commit and in what it was amended or cherry-picked to, the first entry of a kind is one entry whatever it says, and
/// so is the second.
private func foldTrailers(in db: Database) throws {
    try db.run(
        """
        UPDATE item SET verdict = 1, folded_into = ranked.leader
        FROM (SELECT id, first_value(id) OVER (PARTITION BY work, name, number ORDER BY committed_at, object, key) AS leader
            FROM (SELECT i.id, i.name, i.key, coalesce(c.folded_into, c.id) AS work, c.committed_at, c.object,
                    row_number() OVER (PARTITION BY i.carrier, i.name ORDER BY length(i.key), i.key) AS number
                FROM item i CROSS JOIN evidence c ON c.id = i.carrier
                WHERE i.carrier IS NOT NULL AND i.verdict = 0)) ranked
        WHERE item.id = ranked.id AND ranked.leader <> item.id
        """)
}
