import Foundation
import RhythmCore
import RhythmStore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

@Suite struct IncrementalTests {
    /// What git leads to, judged; `id verdict day into repositories`.
    private func reachable(_ store: Store) throws -> [String] {
        try store.items(of: Source(.commits), days: ScanHarness.ever, undated: true).filter {
            $0.unreachableSince == nil
        }.map {
            item in
            let day = item.day?.description ?? "-"
            return "\(item.email) \(item.object) \(item.verdict) \(day) \(item.foldedInto?.hex ?? "-")"
        }.sorted()
    }

    @Test(arguments: [4, 6, 7, 9])
    func scansOfWhatChangedEqualARebuildFromNothing(seed: Int) throws {
        let home = try TemporaryFolder()
        // With credit for what is reachable alone, both must agree on every verdict.
        let rules = EvidenceRules(calendar: ScanHarness.rules.calendar, credit: .reachable)
        var manifest = try ScanHarness.manifest(
            "random_repo.py", ["\(seed)", home.path + "/r", "--ops", "40"], home: home.path)
        let grown = try Store()
        for round in 0..<4 {
            if round > 0 {
                manifest = try ScanHarness.manifest(
                    "mutate_repo.py", ["\(seed * 100 + round)"] + manifest.repositories.map(\.path) + ["--ops", "12"],
                    home: home.path)
            }
            let paths = manifest.repositories.map(\.path)
            let now = Timestamp(manifest.now)
            try ScanHarness.scan(paths, into: grown, home: home.path, now: now, rules: rules)
            _ = try grown.promoteFuture(rules: rules, now: now)
            // What is counted as it changes is what a count of the whole ledger gives.
            let whole = Vantage(at: Timestamp(1 << 50), asKnown: true)
            let sources: Set<Source> = [Source(.commits), Source(.devlog)]
            #expect(
                try grown.series(of: sources, rules: rules) == grown.series(of: sources, rules: rules, from: whole))
            #expect(try grown.repositories().map(\.own) == grown.repositories(from: whole).map(\.own))
            let fresh = try Store()
            try ScanHarness.scan(paths, into: fresh, home: home.path, now: now, rules: rules)
            // A merge that now stands at the edge of the one shallow clone left shows no parents to a fresh scan.
            let merges = Set(
                try grown.items(of: Source(.commits), days: ScanHarness.ever, undated: true)
                    .filter { $0.verdict == .rejected(.merge) }.map(\.object.hex))
            func compared(_ store: Store) throws -> Set<String> {
                Set(try reachable(store).filter { line in !merges.contains(String(line.split(separator: " ")[1])) })
            }
            let (old, new) = (try compared(grown), try compared(fresh))
            #expect(old.subtracting(new).sorted() == [], "the grown one's alone, seed \(seed), round \(round)")
            #expect(new.subtracting(old).sorted() == [], "the fresh one's alone, seed \(seed), round \(round)")
        }
    }

    @Test func aDaemonKilledAtAnyPointGoesOnToTheSameDatabase() throws {
        let home = try TemporaryFolder()
        let environment = Program.environment(home: home.path)
        for name in 0..<12 {
            let repository = try HomeRepository(at: "\(home.path)/r\(name)", home: home.path)
            // The last ones share their history with the first.
            let commits = (0..<(name % 3 == 0 ? 1500 : 40)).map { number in
                let at = 1_700_000_000 + (name % 10) * 7 + number * 3600
                let text = "wip \(number % 5)"
                return "commit refs/heads/main\nauthor Me <me@example.org> \(at) +0100\n"
                    + "committer Me <me@example.org> \(at) +0100\ndata \(text.utf8.count)\n\(text)\n"
                    + "M 644 inline devlog/\(number % 7).md\ndata \("\(number)".utf8.count)\n\(number)\n"
            }
            try Program.run(
                "git", ["-C", repository.path, "fast-import", "--quiet"], environment: environment,
                input: commits.joined())
        }
        func content() throws -> [String] {
            let store = try Store(path: home.path + "/.state/rhythm/rhythm.db", readOnly: true)
            return try [Measure.commits, .devlog].flatMap { measure in
                try store.items(of: Source(measure), days: ScanHarness.ever, undated: true).map { item in
                    "\(item.object) \(item.path ?? "") \(item.verdict) \(item.foldedInto?.hex ?? "") \(item.repositories)"
                }
            }.sorted() + store.scanTargets().map { "\($0)" }
        }
        func scanToTheEnd() throws {
            let daemon = try RunningDaemon(environment: environment, arguments: ["-v"])
            try daemon.wait(for: ": scanned")
            #expect(daemon.end(with: SIGTERM) == 0)
        }
        try scanToTheEnd()
        let expected = try content()
        #expect(expected.count > 5000)

        var random = SeededRandom(seed: 99)
        for round in 0..<12 {
            try FileManager.default.removeItem(atPath: home.path + "/.state")
            // Killed a few repositories into the scan, and again; or when the recent weeks of all twelve are read, about at
            // the first histories.
            let first = round.isMultiple(of: 2) ? random.next(below: 5) : 12 + random.next(below: 4)
            for count in [first, round.isMultiple(of: 2) ? random.next(below: 5) : 0] {
                let daemon = try RunningDaemon(environment: environment, arguments: ["-v"])
                for _ in 0..<count { try daemon.wait(for: ": stored") }
                _ = daemon.end(with: SIGKILL)
            }
            try scanToTheEnd()
            #expect(try content() == expected, "round \(round)")
        }
    }
}
