import Foundation
import RhythmCore
import RhythmFacts
import RhythmStore
import RhythmTestSupport
import Testing

/// The worker and the store without the daemon around them, everybody being the user.
enum ScanHarness {
    /// The folder of the oracle and of the programs that make random repositories.
    static let oracle = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "oracle").path()
    static let rules = EvidenceRules(calendar: CalendarHistory(DayRule(zone: .utc)))
    static let devlogs = ["devlog/**", "DEVLOG.md"]
    static let ever = CalendarDay(number: -800_000)...CalendarDay(number: 3_000_000)

    struct Manifest: Decodable {
        struct Repository: Decodable {
            var path: String
        }
        var now: Int64
        var repositories: [Repository]
    }

    /// Makes or changes random repositories, with a program of the oracle's folder.
    static func manifest(_ program: String, _ arguments: [String], home: String) throws -> Manifest {
        let made = try Program.run(
            "python3", [oracle + "/" + program] + arguments, environment: Program.environment(home: home))
        return try JSONDecoder().decode(Manifest.self, from: Data(made.text.utf8))
    }

    /// Reads repositories into a store, going on from what it knows of them.
    static func scan(
        _ paths: [String], into store: Store, home: String, now: Timestamp, rules: EvidenceRules = rules
    ) throws {
        let known = try store.scanTargets()
        let new = paths.filter { path in
            !known.contains { $0.path == path + "/.git" || $0.path == path }
        }
        let job = Job(
            identity: .init(everyone: true), devlogGlobs: devlogs, repositories: known + new.map { .init(path: $0) })
        let result = try Program.run(
            Program.folder + "/rhythm-scan", ["--job"], environment: Program.environment(home: home),
            input: String(decoding: JobLine.encode(job), as: UTF8.self))
        var block = FactBlock()
        for line in Array(result.text.utf8).split(separator: UInt8(ascii: "\n")) {
            switch FactLine.kind(of: line) {
            case .begin: block = FactBlock()
            case .problem: Issue.record("\(String(decoding: line, as: UTF8.self))")
            case .end:
                guard let repository = block.repository else { continue }
                let scan = ScannedRepository(repository) { [block] in try block.forEach($0) }
                try store.record([scan], identity: job.identity, rules: rules, now: now)
            case .done, .progress: break
            default: try block.append(line)
            }
        }
    }
}
