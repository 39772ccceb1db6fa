import Foundation
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct DevlogTests {
    static let readers: [OpenedRepository.Reader] = [.libgit2, .git]

    @Test("counts a file that gained a line, and nothing else", arguments: readers)
    func gainedLine(reader: OpenedRepository.Reader) throws {
        let repository = try TestRepository()
        var expected: [String] = []
        func step(_ files: [String: String], _ paths: [String], email: String = "ann@example.org") throws {
            let id = try repository.commit("step", files: files, email: email)
            expected += paths.map { "\(id) \($0)" }
        }
        try step(["devlog/1.md": "day one\n", "src/a.c": "x\n"], ["devlog/1.md"])
        try step(["src/a.c": "y\n"], [])
        try step(["devlog/1.md": "day   one \n\n"], [])
        try step(
            ["devlog/1.md": "day one\nmore\n", "DevLog/deep/er/2.md": "two\n"], ["DevLog/deep/er/2.md", "devlog/1.md"])
        try step(["devlog/1.md": "more\n"], [])
        try step(["devlog/empty.md": "\n  \n"], [])
        try step(["devlog/3.md": "somebody else's\n"], [], email: "bob@x")
        try step(["Journal.md": "root\n", "docs/Journal.md": "not root\n"], ["Journal.md"])
        try FileManager.default.removeItem(at: repository.folder.appendingPathComponent("devlog"))
        try step([:], [])
        try FileManager.default.createSymbolicLink(
            atPath: repository.path + "/devlog-link", withDestinationPath: "src")
        try repository.write("gitdir: nowhere", to: "unrelated")
        try step([:], [])
        // A file that becomes a folder, and one that becomes a link.
        try FileManager.default.removeItem(atPath: repository.path + "/Journal.md")
        try step(["Journal.md/x": "y\n"], [])
        // A merge brings no entry of its own.
        try repository.git("checkout", "-q", "-b", "side", "HEAD~3")
        try step(["devlog/side.md": "side\n"], ["devlog/side.md"])
        try repository.git("checkout", "-q", "main")
        try repository.git("merge", "-q", "--no-ff", "-m", "merge", "side")
        let request = ScanRequest.of("ann@example.org", devlogs: ["devlog/**", "journal.md"])
        let scan = try Scan.of(repository.path, request, reader: reader)
        #expect(scan.devlogs == expected.sorted())

        let id = try repository.commit("later", files: ["devlog/9.md": "nine\n"])
        let delta = try Scan.of(repository.path, request.since(scan), reader: reader)
        #expect(delta.repository?.isDelta == true)
        #expect(delta.devlogs == ["\(id) devlog/9.md"])
        let same = try Scan.of(repository.path, request.since(delta), reader: reader)
        #expect(same.repository?.isDelta == true)
        #expect(same.totals == ScanTotals())
        var other = request.since(delta)
        other.devlogGlobs = ["docs/**"]
        #expect(try Scan.of(repository.path, other, reader: reader).repository?.isDelta == false)
    }

    @Test("a blob that a partial clone left out counts as changed")
    func partialClone() throws {
        let origin = try TestRepository()
        try origin.git("config", "uploadpack.allowFilter", "true")
        try origin.commit("one", files: ["devlog/1.md": "one\n"])
        try origin.commit("two", files: ["devlog/1.md": "two\n"])
        let folder = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try origin.git(
            "clone", "-q", "--no-checkout", "--filter=blob:none", "file://\(origin.path)", folder.path + "/partial")
        for reader in Self.readers {
            let scan = try Scan.of(
                folder.path + "/partial", .of("ann@example.org", devlogs: ["devlog/**"]), reader: reader)
            #expect(scan.devlogs.count == 2)
        }
    }
}
