import Foundation
import RhythmTestSupport
import Testing

/// The export and the import, as their user runs them.
@Suite struct ExportTests {
    private let folder: TemporaryFolder
    private var environment: [String: String] { Program.environment(home: folder.path) }
    private var state: String { folder.path + "/.state/rhythm" }

    init() throws {
        folder = try TemporaryFolder()
        let repository = try HomeRepository(at: folder.path + "/work", home: folder.path)
        for (day, subject) in [("16", "one"), ("17", "=SUM(A1)"), ("18", "a, \"b\"; c|d")] {
            try repository.commit(subject, at: "2026-11-\(day) 10:00 +0100", file: "DEVLOG.md")
        }
        try repository.git("commit", "-q", "--amend", "-m", "better", date: "2026-11-18 11:00 +0100")
        let daemon = try RunningDaemon(environment: environment)
        try ctl("scan")
        try ctl("excuse", "--from", "2027-01-01", "--to", "2027-01-05", "--why", "Holidays")
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @discardableResult
    private func ctl(_ arguments: String..., input: String = "", expecting status: Int32? = 0) throws -> ProcessResult {
        try ctl(arguments, input: input, expecting: status)
    }

    private func ctl(_ arguments: [String], input: String = "", expecting status: Int32? = 0) throws -> ProcessResult {
        try Program.run(
            Program.folder + "/rhythmctl", arguments, environment: environment, input: input, expecting: status)
    }

    /// What reports say, but for when they were made.
    private func reports() throws -> [String] {
        try [["report", "--week", "2026-W47"], ["status"], ["explain", "commits"]].map { command in
            try ctl(command + ["--at", "2026-11-22", "--json"]).text
        } + [ctl(["excuse", "--json"]).text]
    }

    @Test func afterAWipeAllIsAsItWas() throws {
        let exported = try ctl("export", "--to", "ndjson").text
        let reports = try reports()
        try FileManager.default.removeItem(atPath: state)
        try folder.write(exported, to: "export.ndjson")
        try ctl("import", "--from", "ndjson", folder.path + "/export.ndjson")
        #expect(try ctl("export", "--to", "ndjson").text == exported)
        #expect(try self.reports() == reports)
        #expect(try FileManager.default.contentsOfDirectory(atPath: state + "/backups") == [])
    }

    @Test func aDaemonAtWorkTakesItOn() throws {
        let exported = try ctl("export", "--to", "ndjson").text
        let daemon = try RunningDaemon(environment: environment)
        try ctl("excuse", "--from", "2027-03-01", "--to", "2027-03-05", "--why", "after it")
        let said = try ctl("import", "--from", "ndjson", "-", input: exported).text
        #expect(said.hasPrefix("Took in standard input\nThe database of before is \(state)/"))
        let excuses = try ctl("excuse").text
        #expect(excuses.contains("Holidays") && !excuses.contains("after it"))
        try ctl("scan")
        #expect(try ctl("report", "--week", "2026-W47").text.contains("3 of 5"))
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func whatCannotBeTakenInChangesNothing() throws {
        let before = try ctl("export", "--to", "ndjson").text
        let lines = before.split(separator: "\n").map(String.init)
        func text(_ lines: some Sequence<String>) -> String { lines.map { $0 + "\n" }.joined() }
        for (input, reason) in [
            ("", "no export"), (text(lines.dropLast() + ["{\"table\":\"nonsense\"}"]), "nonsense"),
            (text(lines.dropLast()), "the export ends here"), (text(lines.dropLast(2)), "the export ends here"),
            (text(lines.dropLast(2) + lines.suffix(1)), "rows before this"),
            (before + lines[1] + "\n", "behind the end"),
        ] {
            let result = try ctl("import", "--from", "ndjson", "-", input: input, expecting: 65)
            #expect(result.errorText.contains(reason) && result.errorText.contains("nothing was changed"))
        }
        let missing = try ctl("import", "--from", "ndjson", folder.path + "/nowhere", expecting: 65)
        #expect(missing.errorText.contains("No such file"))
        #expect(try ctl("export", "--to", "ndjson").text == before)
        let backups = try FileManager.default.contentsOfDirectory(atPath: state + "/backups")
        #expect(!backups.contains { $0.hasPrefix(".") })
    }

    /// Python's `csv` module reads the table, and `git log` says what has to stand in it.
    @Test func aSpreadsheetGetsEachItemAndRunsNone() throws {
        let script = """
            import csv, json, sys
            print(json.dumps(list(csv.DictReader(sys.stdin.buffer.read().decode().splitlines(keepends=True)))))
            """
        let text = try Program.run(
            "python3", ["-c", script], environment: environment, input: try ctl("export", "--to", "csv").text
        ).output
        let rows = try #require(try JSONSerialization.jsonObject(with: text) as? [[String: String]])
        let repository = HomeRepository(existing: folder.path + "/work", home: folder.path)
        let log = try repository.git("log", "--all", "--reverse", "--format=%H %as").split(separator: "\n")
        let commits = rows.filter { $0["kind"] == "commit" }
        #expect(commits.map { "\($0["object"] ?? "") \($0["day"] ?? "")" } == log.map(String.init))
        #expect(commits.map { $0["title"] } == ["one", "'=SUM(A1)", "better"])
        #expect(rows.filter { $0["kind"] == "devlog" }.map { $0["path"] } == Array(repeating: "DEVLOG.md", count: 3))
        #expect(rows.allSatisfy { $0["verdict"] == "counted" && $0["repositories"] == folder.path + "/work" })
    }
}
