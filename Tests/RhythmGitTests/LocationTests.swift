import Foundation
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct LocationTests {
    private func search(_ root: String, depth: Int = 4, excludes: [String] = []) -> (found: [String], failed: [String])
    {
        var found: [String] = []
        var failed: [String] = []
        Discovery(excludes: excludes).search(
            root, depth: depth, found: { found.append(String($0.dropFirst(root.count))) },
            failed: { failed.append("\($0) \($1.code.rawValue)") })
        return (found, failed)
    }

    @Test("finds worktrees, linked ones, submodules and bare repositories, and goes no further than told")
    func discovery() throws {
        let folder = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func repository(_ path: String, _ arguments: String...) throws -> TestRepository {
            try FileManager.default.createDirectory(
                atPath: folder.path + path, withIntermediateDirectories: true)
            let made = TestRepository(at: folder.path + path)
            try made.git(["init", "-q"] + arguments)
            return made
        }
        let one = try repository("/one")
        try one.commit("x")
        try one.git("worktree", "add", "-q", folder.path + "/one/trees/linked")
        try one.git("submodule", "--quiet", "add", folder.path + "/one", "sub")
        _ = try repository("/bare.git", "--bare")
        _ = try repository("/.hidden/h")
        _ = try repository("/skip/node_modules/n")
        _ = try repository("/a/b/c/d/five")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/loop", withDestinationPath: folder.path)
        let all = search(folder.path, excludes: ["node_modules"])
        #expect(all.found == ["/bare.git", "/one", "/one/sub", "/one/trees/linked"])
        #expect(all.failed == [])
        #expect(search(folder.path, depth: 5, excludes: ["**/skip"]).found.contains("/a/b/c/d/five"))
        #expect(search(folder.path + "/one", depth: 0).found == [""])
        #expect(search(folder.path + "/none").failed == ["\(folder.path)/none not-found"])

        let common = try ["/one", "/one/.git", "/one/trees/linked", "/one/.git/worktrees/linked"].map {
            try Location(folder.path + $0).commonDir
        }
        #expect(Set(common) == [folder.path + "/one/.git"])
        #expect(try Location(folder.path + "/one/sub").commonDir == folder.path + "/one/.git/modules/sub")
        #expect(throws: GitError.self) { try Location(folder.path + "/a") }
    }

    @Test("walks from every worktree's HEAD, and from tags of tags; not from stashes, notes or dangling refs")
    func tips() throws {
        let repository = try TestRepository()
        let base = try repository.commit("base", files: ["f": "1"])
        try repository.git("worktree", "add", "-q", "--detach", repository.path + "/linked")
        try TestRepository(at: repository.path + "/linked").commit("in the linked one")
        try repository.git("notes", "add", "-m", "note")
        try repository.write("2", to: "f")
        try repository.git("stash")
        let tagged = try repository.git("commit-tree", "-m", "tagged", "HEAD^{tree}")
        try repository.git("tag", "-a", "-m", "t", "inner", tagged)
        try repository.git("tag", "-a", "-m", "t", "outer", "inner")
        try repository.git("tag", "-d", "inner")
        try repository.git("tag", "of-tree", base + "^{tree}")
        try repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
        try repository.git("pack-refs", "--all")
        for reader in [OpenedRepository.Reader.libgit2, .git] {
            let scan = try Scan.of(repository.path, reader: reader)
            #expect(scan.commits.map(\.subject).sorted() == ["base", "in the linked one", "tagged"])
            #expect(scan.repository?.workDir == repository.path)
            #expect(scan.repository?.reader == reader)
        }
    }

    @Test("an empty repository is read, with nothing in it")
    func empty() throws {
        let repository = try TestRepository()
        for reader in [OpenedRepository.Reader.libgit2, .git] {
            let scan = try Scan.of(repository.path, reader: reader)
            #expect(scan.repository?.tips == [])
            #expect(scan.totals == ScanTotals())
        }
    }
}
