import Foundation
import RhythmAPI
import RhythmCore
import RhythmFacts
import RhythmStore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// Rhythm against the oracle in `Tests/oracle`, which knows the written rules and the `git` command, and nothing of ours.
@Suite struct OracleTests {
    private struct Judged: Decodable {
        struct Author: Decodable {
            var items: [Item]?
            var evaluation: Evaluation
        }
        struct Item: Decodable {
            var id: String
            var verdict: String
            var into: String?
            var day: String?
        }
        struct Evaluation: Decodable {
            var weeks: [Week]
            struct Run: Decodable {
                var current: Int
                var longest: Int
            }
            var streak: Run
        }
        struct Week: Decodable {
            var week: String
            var have: Int
            var target: Int
            var state: String
        }
        struct Entry: Decodable {
            var commit: String
            var path: String
            var heading: String
            var day: String?
            var verdict: String
            var into: String?
        }
        var authors: [String: Author]
        var devlogs: [Entry]

        /// `email id verdict day into` of every commit.
        var verdicts: Set<String> {
            Set(
                authors.flatMap { email, author in
                    (author.items ?? []).map { "\(email) \($0.id) \($0.verdict) \($0.day ?? "-") \($0.into ?? "-")" }
                })
        }

        /// `id path heading verdict day into` of every dev log entry.
        var entries: Set<String> {
            Set(
                devlogs.map {
                    "\($0.commit) \($0.path) [\($0.heading)] \($0.verdict) \($0.day ?? "-") \($0.into ?? "-")"
                })
        }
    }

    /// `id path heading verdict day into` of every dev log entry.
    private func entries(_ store: Store) throws -> Set<String> {
        Set(
            try store.items(of: Source(.devlog), days: ScanHarness.ever, undated: true).map { item in
                let day = item.verdict == .rejected(.impossibleDate) ? nil : item.day?.description
                return "\(item.object) \(item.path ?? "") [\(item.heading)] \(item.verdict.name) \(day ?? "-") "
                    + "\(item.foldedInto?.hex ?? "-")"
            })
    }

    /// `id verdict day into` of every commit, by author.
    private func verdicts(_ store: Store) throws -> Set<String> {
        Set(
            try store.items(of: Source(.commits), days: ScanHarness.ever, undated: true).map { item in
                let day = item.verdict == .rejected(.impossibleDate) ? nil : item.day?.description
                return "\(item.email) \(item.object) \(item.verdict.name) \(day ?? "-") \(item.foldedInto?.hex ?? "-")"
            })
    }

    private func oracle(_ paths: [String], now: Int64, home: String) throws -> Judged {
        let arguments =
            ["--items", "--evaluate", "--isolated", "--now", "\(now)", "--recorded-at", "\(now)"]
            + ScanHarness.devlogs.flatMap { ["--devlog", $0] }
        let result = try Program.run(
            "python3", [ScanHarness.oracle + "/oracle.py"] + arguments + paths,
            environment: Program.environment(home: home))
        return try JSONDecoder().decode(Judged.self, from: Data(result.text.utf8))
    }

    /// Five commits a week, over what counts of one author.
    private func weeks(of items: [EvidenceItem], now: Int64) throws -> RhythmEvaluation {
        let series = DailySeries(
            items.filter { $0.verdict == .counted }.compactMap(\.day).map { DailySeries.Entry(day: $0, quantity: 1) })
        let history = RhythmHistory(RhythmDefinition.defaults[0], recordedAt: Timestamp(now))
        return try #require(
            evaluate(
                history, evidence: Evidence(series: [Source(.commits): series]), calendar: ScanHarness.rules.calendar,
                now: Timestamp(now)))
    }

    @Test(arguments: [1, 2, 3, 5, 8, 13])
    func everyAuthorsCommitsAreJudgedAsTheOracleJudgesThem(seed: Int) throws {
        let home = try TemporaryFolder()
        let manifest = try ScanHarness.manifest(
            "random_repo.py", ["\(seed)", home.path + "/r", "--ops", "60"], home: home.path)
        try compare(manifest.repositories.map(\.path), now: manifest.now, home: home.path)
    }

    /// Real histories: those that `RHYTHM_TEST_REPOSITORIES` names, with colons between, or else the one this test is in.
    @Test func everyAuthorOfRealRepositoriesIsJudgedAsTheOracleJudgesThem() throws {
        let home = try TemporaryFolder()
        let named = ProcessInfo.processInfo.environment["RHYTHM_TEST_REPOSITORIES"]
        let own = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path()
        for path in (named ?? own).split(separator: ":") {
            try compare([String(path)], now: Int64(Date().timeIntervalSince1970), home: home.path)
        }
    }

    private func compare(_ paths: [String], now: Int64, home: String) throws {
        let ours = try Store()
        try ScanHarness.scan(paths, into: ours, home: home, now: Timestamp(now))
        let judged = try oracle(paths, now: now, home: home)
        var expected = judged.verdicts
        var found = try verdicts(ours)
        // Clones whose mailmaps differ give one object two authors. For one user it is one item whichever it is; with
        // everybody as the user the oracle has it twice and the ledger once.
        let ids = expected.map { $0.split(separator: " ")[1] }
        let twice = Set(Dictionary(grouping: ids) { $0 }.filter { $0.value.count > 1 }.keys)
        expected = expected.filter { !twice.contains($0.split(separator: " ")[1]) }
        found = found.filter { !twice.contains($0.split(separator: " ")[1]) }
        #expect(found.count > 20)
        #expect(found.subtracting(expected).sorted() == [], "ours alone, \(paths)")
        #expect(expected.subtracting(found).sorted() == [], "the oracle's alone, \(paths)")
        let entries = try entries(ours)
        let differing = (entries.symmetricDifference(judged.entries)).sorted().map {
            (entries.contains($0) ? "ours " : "the oracle's ") + $0
        }
        #expect(differing == [], "\(paths)")

        let items = Dictionary(
            grouping: try ours.items(of: Source(.commits), days: ScanHarness.ever, undated: true), by: \.email)
        for (email, author) in judged.authors
        where !(author.items ?? []).contains(where: { twice.contains(Substring($0.id)) }) {
            let evaluation = try weeks(of: items[email] ?? [], now: now)
            let weeks = evaluation.periods.map {
                "\($0.period.id) \(text(of: $0.have))/\(text(of: $0.target)) \($0.state.rawValue)"
            }
            #expect(
                weeks == author.evaluation.weeks.map { "\($0.week) \($0.have)/\($0.target) \($0.state)" }, "\(email)")
            let run = author.evaluation.streak
            #expect(evaluation.streak == Streak(current: run.current, longest: run.longest), "\(email)")
        }
    }
}
