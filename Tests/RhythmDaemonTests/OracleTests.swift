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
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "oracle").path()

    private struct Manifest: Decodable {
        struct Repository: Decodable {
            var path: String
        }
        var now: Int64
        var repositories: [Repository]
    }

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

    /// The worker's facts of some repositories, everybody's commits being the user's.
    private func facts(of paths: [String], home: String, lastScans: [String: Job.LastScan] = [:]) throws -> [FactBlock]
    {
        let job = Job(
            identity: .init(everyone: true), repositories: paths.map { .init(path: $0, lastScan: lastScans[$0]) })
        let result = try Program.run(
            Program.folder + "/rhythm-scan", ["--job"], environment: Program.environment(home: home),
            input: String(decoding: JobLine.encode(job), as: UTF8.self))
        var blocks: [FactBlock] = []
        for line in Array(result.text.utf8).split(separator: UInt8(ascii: "\n")) {
            switch FactLine.kind(of: line) {
            case .begin: blocks.append(FactBlock())
            case .problem: Issue.record("\(String(decoding: line, as: UTF8.self))")
            case .done, .progress: break
            default: try blocks[blocks.count - 1].append(line)
            }
        }
        return blocks
    }

    private func store(_ blocks: [FactBlock], into store: Store, now: Timestamp) throws {
        for block in blocks {
            guard let repository = block.repository else { continue }
            try store.record(repository, rules: Self.rules, now: now) { try block.forEach($0) }
        }
    }

    private static let rules = EvidenceRules(day: DayRule(zone: .utc))
    private static let ever = CalendarDay(number: -800_000)...CalendarDay(number: 3_000_000)

    /// `id verdict day into` of every commit, by author.
    private func verdicts(_ store: Store) throws -> Set<String> {
        Set(
            try store.items(.commits, days: Self.ever, undated: true).map { item in
                let day = item.verdict == .rejected(.impossibleDate) ? nil : item.day?.description
                return "\(item.email) \(item.object) \(item.verdict.name) \(day ?? "-") \(item.foldedInto?.hex ?? "-")"
            })
    }

    private func oracle(_ paths: [String], now: Int64, home: String) throws -> Set<String> {
        let result = try Program.run(
            "python3", [Self.folder + "/oracle.py", "--items", "--isolated", "--now", "\(now)"] + paths,
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
        let environment = Program.environment(home: home.path)
        let made = try Program.run(
            "python3", [Self.folder + "/random_repo.py", "\(seed)", home.path + "/r", "--ops", "60"],
            environment: environment)
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(made.text.utf8))
        let paths = manifest.repositories.map(\.path)
        let ours = try Store()
        try store(try facts(of: paths, home: home.path), into: ours, now: Timestamp(manifest.now))
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
