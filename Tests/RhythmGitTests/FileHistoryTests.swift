import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

/// The versions of a file against those that `git log` tells.
@Suite struct FileHistoryTests {
    struct Reading {
        var summary: FileHistory.Summary?
        var versions: [FileHistory.Version] = []
        var isFound = false

        var commits: [String] { versions.map(\.commit.hex) }
    }

    private func read(_ file: String, last: FileHistory.Last? = nil) throws -> Reading {
        var reading = Reading()
        reading.isFound = try FileHistory.read(
            file, identity: Identity(emails: ["ann@example.org"]), last: last, begin: { reading.summary = $0 },
            version: { reading.versions.append($0) })
        return reading
    }

    private func lines(_ random: inout SeededRandom, _ count: Int) -> [String] {
        (0..<count).map { "- [ ] item \($0) \(Int.random(in: 0..<1000, using: &random))" }
    }

    private func content(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

    @Test(arguments: 0..<12) func aLineOfVersionsIsThatOfFollow(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let repository = try TestRepository()
        var path = "notes/roadmap.md"
        var text = lines(&random, 30)
        try repository.commit("first", files: [path: content(text), "other.md": "- nothing\n"])
        for step in 0..<15 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: try repository.commit("elsewhere", files: ["other.md": "- \(step)\n"])
            case 1:
                let new = "plans\(step)/road.md"
                try FileManager.default.createDirectory(
                    atPath: repository.path + "/plans\(step)", withIntermediateDirectories: true)
                try repository.git("mv", path, new)
                path = new
                text[Int.random(in: 0..<30, using: &random)] = "- [x] renamed \(step)"
                try repository.commit("rename", files: [path: content(text)])
            default:
                text[Int.random(in: 0..<30, using: &random)] = "- [x] step \(step)"
                try repository.commit("edit", files: [path: content(text)])
            }
        }
        let expected = try repository.git("log", "--follow", "--format=%H", "--", path).split(separator: "\n")
        let reading = try read("\(repository.path)/\(path)")
        #expect(reading.commits == expected.reversed().map(String.init))
        #expect(reading.summary?.path == path)
        #expect(reading.versions.last?.content == Array(content(text).utf8))
        // Each has what its parent left.
        for (before, after) in zip(reading.versions, reading.versions.dropFirst()) {
            #expect(after.parents == [before.content])
        }
    }

    @Test(arguments: 0..<16) func whatIsMergedIsSimplifiedAsGitDoes(seed: UInt64) throws {
        var random = SeededRandom(seed: 100 + seed)
        let repository = try TestRepository()
        var text = lines(&random, 40)
        try repository.commit("first", files: ["r.md": content(text)])
        var heads: [String] = [try repository.git("rev-parse", "HEAD")]
        for step in 0..<8 {
            let base = text
            try repository.git("branch", "-f", "side")
            for _ in 0..<Int.random(in: 0..<3, using: &random) {
                text[Int.random(in: 0..<20, using: &random)] =
                    "- [x] main \(step) \(Int.random(in: 0..<99, using: &random))"
                try repository.commit("main", files: ["r.md": content(text), "x": "\(step)"])
            }
            try repository.git("checkout", "-q", "side")
            var side = base
            for _ in 0..<Int.random(in: 1..<3, using: &random) {
                if Bool.random(using: &random) {
                    side[Int.random(in: 20..<40, using: &random)] = "- [x] side \(step)"
                    try repository.commit("side", files: ["r.md": content(side)])
                } else {
                    try repository.commit("beside", files: ["y": "\(step) \(Int.random(in: 0..<99, using: &random))"])
                }
            }
            try repository.git("checkout", "-q", "main")
            try repository.git("merge", "-q", "--no-ff", "--no-commit", "side")
            text = try String(contentsOfFile: repository.path + "/r.md", encoding: .utf8).split(separator: "\n").map(
                String.init)
            if Int.random(in: 0..<3, using: &random) == 0 { text[0] = "- [x] evil \(step)" }
            try repository.commit("merge", files: ["r.md": content(text)])
            heads.append(try repository.git("rev-parse", "HEAD"))
        }
        let file = repository.path + "/r.md"
        let whole = try read(file)
        let expected = try repository.git("log", "--format=%H", "--", "r.md").split(separator: "\n").map(String.init)
        #expect(Set(whole.commits) == Set(expected) && whole.commits.count == expected.count)
        // Parents before children.
        let order = Dictionary(uniqueKeysWithValues: whole.commits.enumerated().map { ($1, $0) })
        for commit in whole.commits {
            for ancestor in try repository.git("log", "--format=%H", commit, "--", "r.md").split(separator: "\n") {
                #expect(order[String(ancestor), default: .max] <= order[commit, default: -1])
            }
        }
        // From any head on, what is new and nothing else.
        let view = try #require(whole.summary?.view)
        for head in heads {
            let known = Set(try repository.git("rev-list", head).split(separator: "\n").map(String.init))
            let rest = try read(file, last: .init(view: view, head: try #require(ObjectID(hex: head))))
            #expect(rest.summary?.isDelta == true)
            #expect(rest.commits == whole.commits.filter { !known.contains($0) })
        }
    }

    @Test func aRewrittenHistoryIsReadAnew() throws {
        let repository = try TestRepository()
        try repository.commit("first", files: ["r.md": "- [ ] a\n"])
        try repository.commit("second", files: ["r.md": "- [x] a\n"])
        let file = repository.path + "/r.md"
        let before = try read(file)
        try repository.git("commit", "--amend", "-q", "-m", "again")
        let head = try #require(before.summary?.head)
        let after = try read(file, last: .init(view: try #require(before.summary?.view), head: head))
        #expect(after.summary?.isDelta == false && after.commits.count == 2)
        let same = try read(
            file, last: .init(view: try #require(after.summary?.view), head: try #require(after.summary?.head)))
        #expect(same.summary?.isDelta == true && same.versions.isEmpty)
    }

    @Test func aFileMayBeAnywhere() throws {
        let folder = try TemporaryFolder()
        try folder.write("- [ ] a\n", to: "r.md")
        #expect(try !read(folder.path + "/r.md").isFound)

        let repository = try TestRepository()
        try repository.write("- [ ] a\n", to: "r.md")
        let unborn = try read(repository.path + "/r.md")
        #expect(unborn.isFound && unborn.summary?.head == nil && unborn.versions.isEmpty)

        try FileManager.default.removeItem(atPath: repository.path + "/r.md")
        try repository.commit("first", files: ["deep/er/r.md": "- [ ] a\n"])
        try repository.write("- [ ] a\n", to: "r.md")
        let untracked = try read(repository.path + "/r.md")
        #expect(untracked.summary?.head != nil && untracked.summary?.content == nil && untracked.versions.isEmpty)

        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.md", withDestinationPath: repository.path + "/deep/er/r.md")
        let linked = try read(folder.path + "/link.md")
        #expect(linked.summary?.path == "deep/er/r.md" && linked.versions.count == 1)

        // Another worktree has its own HEAD.
        try repository.git("worktree", "add", "-q", "-b", "other", folder.path + "/tree")
        try FileManager.default.removeItem(atPath: repository.path + "/r.md")
        try repository.commit("second", files: ["deep/er/r.md": "- [x] a\n"])
        #expect(try read(folder.path + "/tree/deep/er/r.md").versions.count == 1)
        #expect(try read(repository.path + "/deep/er/r.md").versions.count == 2)

        // What is gone from the working folder is still committed.
        try FileManager.default.removeItem(atPath: repository.path + "/deep/er/r.md")
        #expect(try read(repository.path + "/deep/er/r.md").summary?.content == Array("- [x] a\n".utf8))
    }

    @Test func theEdgeOfAShallowCloneIsNoVersion() throws {
        let repository = try TestRepository()
        for step in 0..<4 { try repository.commit("\(step)", files: ["r.md": "- [ ] \(step)\n"]) }
        let folder = try TemporaryFolder()
        try repository.git("clone", "-q", "--depth", "2", "file://" + repository.path, folder.path + "/shallow")
        let shallow = try read(folder.path + "/shallow/r.md")
        #expect(shallow.commits == [try repository.git("rev-parse", "HEAD")])
    }

    @Test func sha256IsReadThroughGit() throws {
        let repository = try TestRepository("--object-format=sha256")
        try repository.commit("first", files: ["r.md": "- [ ] a\n"])
        try repository.commit("second", files: ["r.md": "- [x] a\n"])
        let reading = try read(repository.path + "/r.md")
        let head = try repository.git("rev-parse", "HEAD")
        #expect(reading.commits.count == 2 && reading.commits.last == head)
        #expect(reading.versions.last?.parents == [Array("- [ ] a\n".utf8)])
    }

    @Test func whoseACommitIsIsToldAsOfAnyOther() throws {
        let repository = try TestRepository()
        try repository.commit("first", files: ["r.md": "- [ ] a\n"])
        try repository.write("- [x] a\n", to: "r.md")
        try repository.git("commit", "-qam", "theirs", "--author", "Bob <bob@example.org>")
        try repository.write("- [ ] a\n", to: "r.md")
        try repository.git("commit", "-qam", "mine", "--author", "Ann <ANN@example.org>")
        #expect(try read(repository.path + "/r.md").versions.dropFirst().map(\.isOwn) == [false, true])
    }
}
