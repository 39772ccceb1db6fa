import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

/// A history large enough for its pack to be read by several threads before anything is walked.
struct ReadAheadTests {
    private static let spread: Parallel = { count, work in
        DispatchQueue.concurrentPerform(iterations: count, execute: work)
    }

    /// 4,500 commits of three people, two branches that meet now and then, and every object in one pack.
    private func packed() throws -> TestRepository {
        let repository = try TestRepository("--bare")
        let people = ["Ann <ann@example.org>", "Bob <bob@example.org>", "Cid <cid@example.org>"]
        var stream = ""
        for number in 1...4500 {
            let person = people[number * 7 % 10 % 3]
            let side = number % 5 == 0 && number > 10
            stream += "commit refs/heads/\(side ? "side" : "main")\nmark :\(number)\n"
            stream += "author \(person) \(1_500_000_000 + number * 600) +0100\n"
            stream += "committer \(person) \(1_500_000_000 + number * 600) +0100\ndata 9\nchange \(number % 9)\n"
            if number == 15 { stream += "from :9\n" }
            if number % 50 == 1, number > 50 { stream += "merge :\(number - 1)\n" }
            stream += "M 100644 inline f\(number % 31)/x\ndata 5\n\(10000 + number)\n"
            if number % 40 == 0 { stream += "M 100644 inline DEVLOG.md\ndata 5\n\(10000 + number)\n" }
        }
        stream += "tag v1\nfrom :3000\ntagger \(people[0]) 1600000000 +0000\ndata 2\nv1\ndone\n"
        try repository.git(["fast-import", "--quiet", "--done"], input: Data(stream.utf8))
        try repository.git("update-ref", "refs/heads/lost", "side")
        try repository.git("update-ref", "refs/heads/side", "side~40")
        try repository.git("repack", "-q", "-a", "-d")
        // In the pack, and nothing leads there any more.
        try repository.git("update-ref", "-d", "refs/heads/lost")
        return repository
    }

    @Test("several threads find what git log and the git reader say, in the same order each time")
    func spreadIsEqual() throws {
        let repository = try packed()
        let packs = try PackFile.all(of: Location(repository.path))
        let everyone = LocalIdentity(
            Identity(emails: [], everyone: true), repositoryEmail: nil, mailmap: Mailmap())
        var table = CommitTable()
        let ahead = ReadAhead(
            packs, into: &table, identity: everyone, keepsTrees: false, parallel: Self.spread, progress: { _ in })
        #expect(ahead.count > 4000 && ahead.count == table.keys.count)

        var request = ScanRequest.everyone(touching: ["f3/**", "**/x"])
        request.devlogGlobs = ["DEVLOG.md"]
        let spread = try Scan.of(repository.path, request, parallel: Self.spread)
        let git = try Scan.of(repository.path, request, reader: .git)
        #expect(spread.repository?.reader == .libgit2)
        #expect(try spread.lines == repository.gitLog())
        #expect(spread.lines.count < 4500)
        #expect(try spread.touches == repository.gitTouches(["f3/**", "**/x"]))
        #expect(spread.commits == git.commits)
        #expect(spread.devlogs == git.devlogs && !spread.devlogs.isEmpty)
        #expect(spread.totals == git.totals)

        let ann = ScanRequest.of("ann@example.org", devlogs: ["DEVLOG.md"])
        let (mine, gits) = (
            try Scan.of(repository.path, ann, parallel: Self.spread), try Scan.of(repository.path, ann, reader: .git)
        )
        #expect(mine.commits == gits.commits && mine.others == gits.others && mine.totals == gits.totals)
        #expect(mine.others.map(\.email) == ["bob@example.org", "cid@example.org"])

        // What came later lies outside the pack.
        let tip = try repository.git("rev-parse", "main")
        let tree = try repository.git("rev-parse", "main^{tree}")
        let newest = try repository.git("commit-tree", tree, "-p", tip, "-m", "newest")
        try repository.git("update-ref", "refs/heads/main", newest)
        #expect(try Scan.of(repository.path, parallel: Self.spread).lines == repository.gitLog())
    }

    @Test("a damaged commit in a pack is an error, and no smaller number")
    func damage() throws {
        let repository = try packed()
        let pack = try #require(PackFile.all(of: Location(repository.path)).first)
        let id = try #require(ObjectID(hex: try repository.git("rev-parse", "main~2000")))
        let key = try #require(Key(id))
        let offset = try #require(pack.offset(of: key))
        let folder = repository.path + "/objects/pack"
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".pack") })
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(folder)/\(name)")
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: "\(folder)/\(name)"))
        try file.seek(toOffset: UInt64(offset + 20))
        try file.write(contentsOf: Data([0xFF, 0x00, 0xFF, 0x00, 0xFF]))
        try file.close()
        #expect(throws: GitError.self) { try Scan.of(repository.path, parallel: Self.spread) }
    }
}
