import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct TouchTests {
    private static let ann = "ann@example.org"

    @Test("a commit touches what it adds, changes, renames, removes, makes executable", arguments: DevlogTests.readers)
    func everyKindOfChange(reader: OpenedRepository.Reader) throws {
        let repository = try TestRepository()
        let globs = [
            "src/**", "src", "**/*.md", "docs/*", "Docs/*", "old.txt", "new.txt", "run.sh", "link", "link/**", "lib",
            "lib/**", "a/b/c/d", "a.txt", "a/**", "/top/", "nothing",
        ]
        var expected: [String] = []
        func step(_ touched: [String], files: [String: String] = [:], email: String = "ann@example.org") throws {
            let id = try repository.commit("step", files: files, email: email)
            expected += touched.map { "\(id) \($0)" }
        }
        func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: repository.path + "/" + path) }
        try step(["old.txt", "src/**"], files: ["src/x.c": "x\n", "old.txt": "text\n"])
        try step([])
        // A glob that names a folder matches no file, until the folder is one.
        try step(["src/**"], files: ["src/x.c": "y\n"])
        try step(["src/**"], files: ["src/deep/er/y.c": "y\n"])
        try step([], files: ["src/x.c": "z\n"], email: "bob@x")
        try repository.git("mv", "old.txt", "new.txt")
        try step(["new.txt", "old.txt"])
        try step(["**/*.md", "docs/*"], files: ["docs/a.md": "a\n"])
        try step(["**/*.md"], files: ["docs/more/a.md": "a\n"])
        try remove("docs/a.md")
        try step(["**/*.md", "docs/*"])
        try remove("docs")
        try step(["**/*.md"])
        try step(["run.sh"], files: ["run.sh": "#!/bin/sh\n"])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: repository.path + "/run.sh")
        try step(["run.sh"])
        for target in ["src", "docs"] {
            if target == "docs" { try remove("link") }
            try FileManager.default.createSymbolicLink(
                atPath: repository.path + "/link", withDestinationPath: target)
            try step(["link"])
        }
        // The same content, as a link and as a file.
        try remove("link")
        try step(["link"], files: ["link": "docs"])
        try step(["a/**", "a/b/c/d"], files: ["a/b/c/d": "d\n"])
        try step(["a.txt"], files: ["a.txt": "between a as a file and a as a folder\n"])
        try remove("a")
        try step(["a/**", "a/b/c/d"], files: ["a": "a file now\n"])
        try remove("src")
        try step(["src", "src/**"], files: ["src": "a file now\n"])
        try step(["/top/"], files: ["top/x/y": "y\n"])
        // A submodule's commit, which is not here.
        for digit in ["1", "2"] {
            let commit = String(repeating: digit, count: 40)
            try repository.git("update-index", "--add", "--cacheinfo", "160000,\(commit),lib")
            try repository.git("commit", "-q", "-m", "submodule \(digit)")
            expected.append("\(try repository.git("rev-parse", "HEAD")) lib")
        }
        try repository.git("rm", "-q", "--cached", "lib")
        try repository.git("commit", "-q", "-m", "no submodule")
        expected.append("\(try repository.git("rev-parse", "HEAD")) lib")
        // A root of its own, and a merge, which touches nothing.
        try repository.git("checkout", "-q", "--orphan", "other")
        try repository.git("rm", "-q", "-rf", ".")
        try step(["src/**"], files: ["src/z.c": "z\n"])
        try repository.git("checkout", "-q", "main")
        try repository.git("checkout", "-q", "-b", "side", "HEAD~2")
        try step(["new.txt"], files: ["new.txt": "side\n"])
        try repository.git("checkout", "-q", "main")
        try repository.git("merge", "-q", "--no-ff", "-m", "merge", "side")

        let request = ScanRequest.of(Self.ann, paths: globs)
        let scan = try Scan.of(repository.path, request, reader: reader)
        #expect(scan.touches == expected.sorted())
        let own = scan.ids
        #expect(scan.touches == (try repository.gitTouches(globs).filter { own.contains(String($0.prefix(40))) }))

        let id = try repository.commit("later", files: ["new.txt": "later\n"])
        let delta = try Scan.of(repository.path, request.since(scan), reader: reader)
        #expect(delta.repository?.isDelta == true)
        #expect(delta.touches == ["\(id) new.txt"])
    }

    @Test("another set of globs is another view, and none is the view of before", arguments: DevlogTests.readers)
    func view(reader: OpenedRepository.Reader) throws {
        let repository = try TestRepository()
        let id = try repository.commit("one", files: ["src/x": "x\n", "DEVLOG.md": "day one\n"])
        func scan(_ paths: [String], devlogs: [String] = ["devlog.md"], since last: Scan? = nil) throws -> Scan {
            let request = ScanRequest.of(Self.ann, devlogs: devlogs, paths: paths)
            return try Scan.of(repository.path, last.map(request.since) ?? request, reader: reader)
        }
        let without = try scan([])
        let with = try scan(["src/**"], since: without)
        #expect(without.touches == [])
        #expect(with.repository?.isDelta == false)
        #expect(with.touches == ["\(id) src/**"])
        #expect(with.devlogs == without.devlogs && with.devlogs == ["\(id) DEVLOG.md"])
        #expect(try scan(["SRC/**"], since: with).touches == [])
        #expect(try scan([], since: with).repository?.view == without.repository?.view)
        #expect(try scan(["src/**"], devlogs: []).touches == with.touches)
        #expect(try scan(["devlog.md"], devlogs: []).repository?.view != without.repository?.view)
        // A glob asked for twice is answered once, and a file is a dev log and a path at the same time.
        #expect(try scan(["*.md", "src/x", "*.md"]).touches == ["\(id) *.md", "\(id) src/x"])
    }

    @Test("at the edge of a shallow clone nothing is known to be touched")
    func shallow() throws {
        let origin = try TestRepository()
        for number in 1...3 { try origin.commit("\(number)", files: ["src/x": "\(number)\n"]) }
        let folder = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try origin.git("clone", "-q", "--depth", "2", "file://\(origin.path)", folder.path + "/shallow")
        let tip = try origin.git("rev-parse", "HEAD")
        let scan = try Scan.of(folder.path + "/shallow", .of(Self.ann, paths: ["src/**"]))
        #expect(scan.commits.count == 2)
        #expect(scan.touches == ["\(tip) src/**"])
    }

    @Test("a partial clone without file contents knows what was touched")
    func partialClone() throws {
        let origin = try TestRepository()
        try origin.git("config", "uploadpack.allowFilter", "true")
        for number in 1...3 { try origin.commit("\(number)", files: ["src/x": "\(number)\n"]) }
        let folder = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try origin.git(
            "clone", "-q", "--no-checkout", "--filter=blob:none", "file://\(origin.path)", folder.path + "/partial")
        for reader in DevlogTests.readers {
            let scan = try Scan.of(folder.path + "/partial", .of(Self.ann, paths: ["src/**"]), reader: reader)
            #expect(scan.touches.count == 3)
        }
    }

    @Test("what a partial clone without folders cannot compare is not touched", arguments: DevlogTests.readers)
    func treelessClone(reader: OpenedRepository.Reader) throws {
        let origin = try TestRepository()
        try origin.git("config", "uploadpack.allowFilter", "true")
        try origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
        try origin.commit("1", files: ["src/x": "1\n", "docs/y": "1\n"])
        try origin.commit("2", files: ["src/x": "2\n"])
        let third = try origin.commit("3", files: ["docs/y": "3\n"])
        let folder = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/treeless"
        // Has the folders of the tip, and of no other commit.
        try origin.git("clone", "-q", "--filter=tree:0", "file://\(origin.path)", path)
        let request = ScanRequest.of(Self.ann, devlogs: ["docs/*"], paths: ["src/**", "docs/**"])
        // As a git of today says that it is a partial clone, and as one before 2.24 did.
        let ways = [
            [("remote.origin.promisor", "true")],
            [
                ("remote.origin.promisor", "false"), ("core.repositoryFormatVersion", "1"),
                ("extensions.partialClone", "origin"),
            ],
        ]
        for way in ways {
            for (name, value) in way { try origin.git("-C", path, "config", name, value) }
            let scan = try Scan.of(path, request, reader: reader)
            #expect(scan.commits.count == 3)
            #expect(scan.touches == [])
            #expect(scan.devlogs == [])
        }
        // The tip's parent, whole; its own parent stays away.
        try origin.git("-C", path, "archive", "--format=tar", "-o", "/dev/null", "HEAD~1")
        let whole = try Scan.of(path, request, reader: reader)
        #expect(whole.touches == ["\(third) docs/**"])
        #expect(whole.devlogs == ["\(third) docs/y"])
    }

    @Test("modes that git no longer writes are told apart as git does")
    func oddModes() throws {
        let repository = try TestRepository()
        let blob = try repository.git(["hash-object", "-w", "--stdin"], input: Data("x\n".utf8))
        let bytes = try #require(ObjectID(hex: blob)).bytes
        var parent: [String] = []
        for mode in ["100644", "100664", "0100644", "100755", "100744", "120000"] {
            let tree = try repository.git(
                ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
                input: Data(Array("\(mode) x\0".utf8) + bytes))
            let commit = try repository.git(["commit-tree", tree, "-m", mode] + parent)
            parent = ["-p", commit]
            try repository.git("update-ref", "refs/heads/main", commit)
        }
        let expected = try repository.gitTouches(["x"])
        #expect(expected.count == 3)
        for reader in DevlogTests.readers {
            #expect(try Scan.of(repository.path, .everyone(touching: ["x"]), reader: reader).touches == expected)
        }
    }
}
