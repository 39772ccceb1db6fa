import GRDB
import RhythmCore

/// The evidence as a table for people and spreadsheets: a row for each item, whatever its verdict, by date.
package enum EvidenceTable {
    package static let head = [
        "kind", "name", "day", "at", "offset_minutes", "quantity", "unit", "title", "url", "author", "repositories",
        "path", "object", "verdict",
    ]

    /// - Parameter write: is handed each row, its fields in the order of ``head``; what an item lacks is empty.
    /// - Throws: ``StoreError``, or what `write` throws.
    package static func write(_ file: StoreFile, to write: ([String]) throws -> Void) throws {
        try Store.inWords(file.path) {
            try file.read { queue in
                try queue.read { db in
                    if try !Schema.pending(in: db, path: file.path).isEmpty {
                        throw StoreError.olderSchema(path: file.path)
                    }
                    let rows = try Row.fetchCursor(db, sql: query)
                    while let row = try rows.next() {
                        let verdict = Verdict(rawValue: row["verdict"])
                        let fields: [String] = head.map { row[$0] as String? ?? "" }
                        try write(fields.dropLast() + [verdict.map(\.inWords) ?? ""])
                    }
                }
            }
        }
    }

    /// A dev log entry is named by its heading, everything else by what it is.
    private static let query = """
        SELECT CASE e.kind WHEN 1 THEN 'commit' ELSE 'devlog' END AS kind, e.heading AS name,
            date(e.day * 86400, 'unixepoch') AS day, strftime('%Y-%m-%dT%H:%M:%SZ', e.at, 'unixepoch') AS at,
            e.offset_minutes, NULL AS quantity, NULL AS unit, e.subject AS title, NULL AS url, a.email AS author,
            (SELECT group_concat(folder, ' ') FROM (SELECT coalesce(r.work_dir, r.git_dir) AS folder FROM sighting s
                JOIN repository r ON r.id = s.repository WHERE s.evidence = coalesce(e.carrier, e.id) ORDER BY 1))
                AS repositories, e.path, lower(hex(e.object)) AS object, e.verdict
        FROM evidence e JOIN author a ON a.id = e.author
        UNION ALL
        SELECT CASE i.kind WHEN 1 THEN 'release' WHEN 2 THEN 'entry' ELSE 'sample' END, i.name,
            date(i.day * 86400, 'unixepoch'), strftime('%Y-%m-%dT%H:%M:%SZ', i.at, 'unixepoch'), i.offset_minutes,
            i.quantity, i.unit, i.title, i.url, i.email,
            (SELECT group_concat(folder, ' ') FROM (SELECT coalesce(r.work_dir, r.git_dir) AS folder FROM repository r
                WHERE r.id IN \(ItemSelection.repositories) ORDER BY 1)), i.path, lower(hex(i.object)), i.verdict
        FROM item i ORDER BY 4, 13, 12, 2
        """
}

extension Verdict {
    /// `counted`, `folded`, `rejected: a merge commit`.
    fileprivate var inWords: String {
        if case .rejected(let reason) = self { "\(name): \(reason.text)" } else { name }
    }
}
