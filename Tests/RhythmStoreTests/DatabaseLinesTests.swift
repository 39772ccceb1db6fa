import Foundation
import GRDB
import RhythmTestSupport
import Testing

@testable import RhythmStore

/// A database as lines, and a database of lines.
@Suite struct DatabaseLinesTests {
    private let reference: Reference
    private var target: String { reference.folder.path + "/made.db" }

    init() throws { reference = try Reference() }

    private func lines(of path: String) throws -> [String] {
        var lines: [String] = []
        try DatabaseLines.write(StoreFile(path)) { lines.append($0) }
        return lines
    }

    private func read(_ lines: [String]) throws {
        try reference.folder.write(lines.map { $0 + "\n" }.joined(), to: "lines")
        try DatabaseLines.read(reference.folder.path + "/lines", into: StoreFile(target))
    }

    @Test func aDatabaseOfItsLinesHoldsTheSame() throws {
        let content = try Reference.content(reference.path)
        for (table, rows) in content where table != "sqlite_sequence" { #expect(!rows.isEmpty, "\(table)") }
        let lines = try lines(of: reference.path)
        #expect(lines.count == 2 + content.filter { $0.key != "grdb_migrations" }.values.map(\.count).reduce(0, +))
        try read(lines)
        let made = try Reference.content(target)
        for (table, rows) in content { #expect(made[table] == rows, "\(table)") }
        #expect(made.count == content.count)
        #expect(try StoreFile(target).condition(.indexes) == .good(pending: [], isNew: false))
        #expect(try self.lines(of: target) == lines)
    }

    @Test func numbersAndTextsComeBackToTheLastBit() throws {
        let texts = [
            "", "tab\t, \"quotes\", \\ and \u{1}", "héllo 🎉 \u{202E}rtl", String(repeating: "x", count: 100_000),
        ]
        let queue = try DatabaseQueue(path: reference.path)
        try queue.write { db in
            for (index, text) in texts.enumerated() {
                try db.execute(sql: "INSERT INTO setting VALUES (?, ?)", arguments: ["text \(index)", text])
            }
            try db.execute(sql: "UPDATE evidence SET recorded_at = ? WHERE id = 1", arguments: [Int64.max])
            try db.execute(sql: "UPDATE evidence SET committed_at = ? WHERE id = 1", arguments: [Int64.min])
        }
        try queue.close()
        try read(try lines(of: reference.path))
        #expect(try Reference.content(target) == Reference.content(reference.path))
    }

    @Test func linesOfAnEarlierSchemaBecomeADatabaseOfThisOne() throws {
        let old = reference.folder.path + "/old.db"
        let queue = try DatabaseQueue(path: old)
        try Schema.migrator.migrate(queue, upTo: "2 engine")
        try queue.write { try $0.execute(sql: "INSERT INTO excuse VALUES (1, 20000, 20001, 'trip', NULL, 5, NULL)") }
        try queue.close()
        try read(try lines(of: old))
        let store = try Store(path: target)
        #expect(try store.excuses().map(\.why) == ["trip"])
        try store.close()
    }

    @Test(
        arguments: [
            ([], 1, "no export"), (["", "{}"], 1, "no JSON object"), (["{}"], 1, "no JSON object"),
            ([#"{"rhythm":"database","format":2,"schema":["1 ledger"]}"#], 1, "newer Rhythm"),
            ([#"{"rhythm":"database","format":1,"schema":["1 ledger","2 other"]}"#], 1, "newer Rhythm"),
            ([#"{"rhythm":"database","format":1,"schema":[]}"#], 1, "no schema"),
            ([Self.head, #"{"table":"excuse""#], 2, "no JSON object"),
            ([Self.head, #"{"id":1}"#], 2, "names no table"),
            ([Self.head, #"{"table":"grdb_migrations","identifier":"9"}"#], 2, "no table"),
            ([Self.head, #"{"table":"author","id":1,"email":"a","name":"b","colour":"red"}"#], 2, "no column"),
            ([Self.head, #"{"table":"author","id":1,"email":["a"],"name":"b"}"#], 2, "no JSON object"),
            ([Self.head, #"{"table":"repository","id":1,"git_dir":"g","first_seen_at":1,"tips":7}"#], 2, "tips"),
            ([Self.head, #"{"table":"author","id":1,"email":"a"}"#], 2, "author.name"),
            ([Self.head, #"{"table":"author","id":"one","email":"a","name":"b"}"#], 2, "mismatch"),
            (
                [Self.head, #"{"table":"repository","id":1,"git_dir":"g","first_seen_at":1,"tips":"0g"}"#], 2, "tips"
            ),
            (
                [Self.head, #"{"table":"touch","evidence":7,"glob":7}"#, #"{"rhythm":"end","rows":1}"#], 4,
                "touch refers"
            ),
            ([Self.head, #"{"table":"touch","evidence":7,"glob":7}"#], 3, "the export ends here"),
            ([Self.head, #"{"rhythm":"end","rows":1}"#], 2, "0 rows before this"),
            ([Self.head, #"{"rhythm":"end","rows":0}"#, #"{"rhythm":"end","rows":0}"#], 3, "behind the end"),
        ] as [([String], Int, String)])
    func whatIsWrongWithThemIsSaidWithItsLine(_ lines: [String], _ number: Int, _ message: String) throws {
        do {
            try read(lines)
            Issue.record("it was taken")
        } catch let error as DatabaseLinesError {
            #expect(error.line == number)
            #expect(error.message.contains(message), "\(error)")
        }
    }

    private static let head =
        #"{"rhythm":"database","format":1,"schema":["1 ledger","2 engine","3 paths","4 alerts"]}"#
}
