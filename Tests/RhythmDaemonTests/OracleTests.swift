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
            struct Item: Decodable {
                var id: String
                var verdict: String
                var into: String?
                var day: String?
            }
            var items: [Item]?
        }
        var authors: [String: Author]
    }

    /// `id verdict day into` of every commit, by author.
    private func verdicts(_ store: Store) throws -> Set<String> {
        Set(
            try store.items(.commits, days: ScanHarness.ever, undated: true).map { item in
                let day = item.verdict == .rejected(.impossibleDate) ? nil : item.day?.description
                return "\(item.email) \(item.object) \(item.verdict.name) \(day ?? "-") \(item.foldedInto?.hex ?? "-")"
            })
    }

    private func oracle(_ paths: [String], now: Int64, home: String) throws -> Set<String> {
        let result = try Program.run(
            "python3", [ScanHarness.oracle + "/oracle.py", "--items", "--isolated", "--now", "\(now)"] + paths,
            environment: Program.environment(home: home))
        let judged = try JSONDecoder().decode(Judged.self, from: Data(result.text.utf8))
        return Set(
            judged.authors.flatMap { email, author in
                (author.items ?? []).map { "\(email) \($0.id) \($0.verdict) \($0.day ?? "-") \($0.into ?? "-")" }
            })
    }

    @Test(arguments: [1, 2, 3, 5, 8, 13])
    func everyAuthorsCommitsAreJudgedAsTheOracleJudgesThem(seed: Int) throws {
        let home = try TemporaryFolder()
        let manifest = try ScanHarness.manifest(
            "random_repo.py", ["\(seed)", home.path + "/r", "--ops", "60"], home: home.path)
        let paths = manifest.repositories.map(\.path)
        let ours = try Store()
        try ScanHarness.scan(paths, into: ours, home: home.path, now: Timestamp(manifest.now))
        var expected = try oracle(paths, now: manifest.now, home: home.path)
        var found = try verdicts(ours)
        // Clones whose mailmaps differ give one object two authors. For one user it is one item whichever it is; with
        // everybody as the user the oracle has it twice and the ledger once.
        let ids = expected.map { $0.split(separator: " ")[1] }
        let twice = Set(Dictionary(grouping: ids) { $0 }.filter { $0.value.count > 1 }.keys)
        expected = expected.filter { !twice.contains($0.split(separator: " ")[1]) }
        found = found.filter { !twice.contains($0.split(separator: " ")[1]) }
        #expect(found.count > 20)
        #expect(found.subtracting(expected).sorted() == [], "ours alone, seed \(seed)")
        #expect(expected.subtracting(found).sorted() == [], "the oracle's alone, seed \(seed)")
    }
}
