import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

/// Random repositories and random changes to them, against `git log`.
struct RandomHistoryTests {
    /// One repository under change. Commits come through fast-import, many at a time.
    private struct History {
        let repository: TestRepository
        var random: SeededRandom
        /// Branches by full name; what exists, as far as the changes go.
        var refs: [String] = []
        var commits: [String] = []
        var clock = 1_500_000_000
        var number = 0
        /// Of how many of the newest commits a new one may be the child; few make a history long.
        var breadth = Int.max

        static let people = [
            "Ann Author <ann@example.org>", "ann <ANN@Example.org>", "Bob <bob@example.org>", "Böb <bob@other.net>",
            "bot[bot] <1+bot[bot]@x>", " <>",
        ]

        mutating func pick<Element>(_ from: [Element]) -> Element {
            from[Int.random(in: 0..<from.count, using: &random)]
        }

        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

        /// Mostly forwards; now and then far back or ahead, as with a wrong clock.
        mutating func date() -> String {
            clock += Int.random(in: 0..<5000, using: &random)
            var now = clock
            if chance(5) { now -= Int.random(in: 0..<400_000_000, using: &random) }
            if chance(3) { now += Int.random(in: 0..<400_000_000, using: &random) }
            return "\(now) \(pick(["+0000", "+0200", "-0330", "+1345", "-1100"]))"
        }

        /// In a few places, so that files, folders, links and submodules take each other's.
        mutating func fileChange() -> String {
            let path = (0...Int.random(in: 0..<3, using: &random)).map { _ in pick(["a", "a.c", "b", "B", "a-b"]) }
                .joined(separator: "/")
            if chance(30) { return "D \(path)\n" }
            if chance(10) { return "M 160000 \(String(repeating: pick(["1", "2"]), count: 40)) \(path)\n" }
            let mode = pick(["100644", "100644", "100755", "120000"])
            return "M \(mode) inline \(path)\ndata 2\n\(pick(["x", "y"]))\n\n"
        }

        mutating func grow(by count: Int) throws {
            var stream = ""
            var marks: [Int] = []
            for _ in 0..<count {
                number += 1
                let ref =
                    "refs/\(pick(["heads", "heads", "remotes/origin", "tags"]))/b\(Int.random(in: 0..<6, using: &random))"
                let author = pick(Self.people)
                let message = pick(["fix", "a longer title\nin two lines\n\nand a body\n", "", "wip"])
                stream += "commit \(ref)\nmark :\(number)\nauthor \(author) \(date())\n"
                stream += "committer \(pick(Self.people)) \(date())\n"
                stream += "data \(message.utf8.count)\n\(message)\n"
                let known = Array((commits + marks.map { ":\($0)" }).suffix(breadth))
                if !known.isEmpty, chance(95) {
                    stream += "from \(pick(known))\n"
                    if chance(20) { stream += "merge \(pick(known))\n" }
                    if chance(3) { stream += "merge \(pick(known))\n" }
                }
                stream += "M 100644 inline f\(number % 7)\ndata 3\n\(number % 10)x\n\n"
                for _ in 0..<Int.random(in: 0..<4, using: &random) { stream += fileChange() }
                marks.append(number)
                if !refs.contains(ref) { refs.append(ref) }
            }
            stream += "done\n"
            let file = repository.folder.appendingPathComponent("marks")
            try repository.git(
                [
                    "fast-import", "--quiet", "--force", "--done", "--date-format=raw-permissive",
                    "--export-marks=\(file.path)",
                ], input: Data(stream.utf8))
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                commits.append(String(line.split(separator: " ")[1]))
            }
        }

        /// Branches moved anywhere, deleted and made: what amending, rebasing and resetting amount to.
        mutating func shuffle() throws {
            var lines = ""
            for ref in refs where chance(25) {
                lines += chance(30) ? "delete \(ref)\n" : "update \(ref) \(pick(commits))\n"
            }
            lines += "update refs/heads/main \(pick(commits))\n"
            try repository.git(["update-ref", "--stdin"], input: Data(lines.utf8))
        }
    }

    @Test(
        "deltas add up to what a fresh scan and git log say, with both readers", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func randomChanges(seed: UInt64) throws {
        print("seed \(seed)")
        let repository = try TestRepository("--bare")
        var history = History(repository: repository, random: SeededRandom(seed: seed))
        var known: [OpenedRepository.Reader: (scan: Scan, ids: Set<String>)] = [:]
        let globs = ["a/**", "**/a.c", "b", "a/b", "*/*", "f3", "**/B/*", "a*/?/**", "**"]
        let request = ScanRequest.everyone(touching: globs)
        for _ in 0..<7 {
            try history.grow(by: Int.random(in: 1..<40, using: &history.random))
            if history.chance(70) { try history.shuffle() }
            let oracle = try repository.gitLog()
            let touches = try repository.gitTouches(globs)
            var fresh: [Scan] = []
            for reader in [OpenedRepository.Reader.libgit2, .git] {
                let full = try Scan.of(repository.path, request, reader: reader)
                #expect(full.lines == oracle)
                #expect(full.touches == touches)
                fresh.append(full)
                if let last = known[reader] {
                    let delta = try Scan.of(repository.path, request.since(last.scan), reader: reader)
                    #expect(delta.repository?.isDelta == true, "\(reader)")
                    let gone = Set(delta.gone.map(\.hex))
                    #expect(delta.ids.isDisjoint(with: last.ids))
                    #expect(gone.isSubset(of: last.ids))
                    #expect(last.ids.union(delta.ids).subtracting(gone) == full.ids)
                    let old = last.scan.touches.filter { !gone.contains(String($0.prefix(40))) }
                    #expect((old + delta.touches).sorted() == full.touches)
                    let lost = last.scan.repository!.tips.contains { gone.contains($0.hex) }
                    #expect(delta.repository?.rewritten == lost)
                }
                known[reader] = (full, full.ids)
            }
            #expect(fresh[0].commits == fresh[1].commits)
            #expect(fresh[0].others == fresh[1].others)
            #expect(fresh[0].repository?.reader == .libgit2)
        }
    }

    /// What a recent look has to read: all that a path leads to without more than so many older ones in a row, before
    /// the last of which it ends.
    private func recent(_ repository: TestRepository, since oldest: Int, patience: Int) throws -> Set<String> {
        struct Step: Hashable {
            var commit: Substring
            var left: Int
        }
        let text = try repository.git("log", "--branches", "--remotes", "--tags", "HEAD", "--format=%H %ct %P", "--")
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        let commits = Dictionary(uniqueKeysWithValues: lines.map { ($0[0], (Int($0[1])!, $0.dropFirst(2))) })
        let tips = try repository.git("rev-parse", "--branches", "--remotes", "--tags", "HEAD").split(separator: "\n")
        var open = tips.map { Step(commit: $0, left: patience) }
        var seen = Set(open)
        while let step = open.popLast() {
            let (date, parents) = commits[step.commit]!
            let left = date >= oldest ? patience : step.left - 1
            if date < oldest, step.left == 0 { continue }
            for parent in parents {
                let next = Step(commit: parent, left: left)
                if seen.insert(next).inserted { open.append(next) }
            }
        }
        let reached = Set(seen.map { $0.commit })
        let told = reached.count == commits.count ? reached : reached.filter { commits[$0]!.0 >= oldest }
        return Set(told.map { String($0) })
    }

    @Test(
        "a recent look says of what it reads what a full scan says, and reads no more than it must",
        arguments: [21, 22, 23] as [UInt64])
    func recentLooks(seed: UInt64) throws {
        print("seed \(seed)")
        let repository = try TestRepository("--bare")
        var history = History(repository: repository, random: SeededRandom(seed: seed))
        let globs = ["a/**", "**/a.c", "b", "f3", "**"]
        let request = ScanRequest.everyone(touching: globs)
        history.breadth = 6
        var cut: [OpenedRepository.Reader: Int] = [:]
        for round in 0..<8 {
            try history.grow(by: 30)
            try history.shuffle()
            let full = try Scan.of(repository.path, request)
            let span = history.clock - 1_500_000_000
            let oldest = round == 0 ? 0 : history.clock - Int.random(in: 0..<span, using: &history.random)
            var looking = request
            looking.horizon = Timestamp(Int64(oldest) + RecentWalk.slack)
            let oracles: [(OpenedRepository.Reader, Set<String>)] = [
                (.libgit2, try recent(repository, since: oldest, patience: 5)),
                (
                    .git,
                    Set(
                        try repository.git(
                            "rev-list", "--max-age=\(oldest)", "--branches", "--remotes", "--tags", "HEAD", "--"
                        ).split(separator: "\n").map(String.init))
                ),
            ]
            for (reader, expected) in oracles {
                let look = try Scan.of(repository.path, looking, reader: reader)
                #expect(look.repository?.horizon == looking.horizon)
                #expect(look.ids == expected, "\(reader), round \(round)")
                #expect(look.commits == full.commits.filter { expected.contains($0.id.hex) })
                #expect(look.touches == full.touches.filter { expected.contains(String($0.prefix(40))) })
                #expect(look.others.isEmpty || look.isWhole)
                if look.isWhole {
                    #expect(look.commits == full.commits)
                    #expect(look.others == full.others)
                } else {
                    cut[reader, default: 0] += 1
                    #expect(look.ids.count < full.ids.count)
                }
                // What was read before is read as it always is.
                #expect(try Scan.of(repository.path, looking.since(full)).ids.isEmpty)
            }
        }
        // The first of the eight rounds looks back to the beginning.
        #expect(cut.count == 2 && cut.values.allSatisfy { (1...7).contains($0) }, "\(cut)")
    }

    @Test("other histories than the objects hold are read as git shows them", arguments: [11, 12] as [UInt64])
    func alteredHistories(seed: UInt64) throws {
        print("seed \(seed)")
        let origin = try TestRepository("--bare")
        var history = History(repository: origin, random: SeededRandom(seed: seed))
        try history.grow(by: 60)
        try history.shuffle()
        let folder = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }

        let shallow = TestRepository(at: folder.path + "/shallow")
        try origin.git("clone", "-q", "--no-single-branch", "--depth", "3", "file://\(origin.path)", shallow.path)
        let scan = try Scan.of(shallow.path)
        #expect(scan.repository?.reader == .git)
        #expect(try scan.lines == shallow.gitLog())

        let commits = try origin.git("rev-list", "--all").split(separator: "\n").map(String.init)
        try origin.git("replace", commits[3], commits[20])
        let replaced = try Scan.of(origin.path)
        #expect(replaced.repository?.reader == .git)
        #expect(Set(replaced.ids) == Set(try origin.gitLog().map { String($0.prefix(40)) }))
        try origin.git("replace", "-d", commits[3])

        try origin.write("\(commits[0]) \(commits[9])\n", to: "info/grafts")
        #expect(try Scan.of(origin.path).lines == origin.gitLog())
    }

    @Test("SHA-256 and worktree config are read through git")
    func otherFormats() throws {
        let repository = try TestRepository("--object-format=sha256")
        try repository.commit("one", files: ["devlog/1.md": "day one\n"])
        try repository.commit("two")
        try repository.git("config", "user.email", "ann@example.org")
        let scan = try Scan.of(repository.path, .of(devlogs: ["devlog/**"]))
        #expect(scan.repository?.reader == .git)
        #expect(try scan.lines == repository.gitLog())
        #expect(scan.devlogs.count == 1)

        let plain = try TestRepository()
        try plain.commit("one")
        try plain.git("config", "extensions.worktreeConfig", "true")
        #expect(try Scan.of(plain.path).lines == plain.gitLog())
    }
}
