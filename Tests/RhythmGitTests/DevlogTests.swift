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
        try step(["devlog/picture.png": "PNG\u{0}\nlines\n"], [])
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

    @Test("in a log with dated headings each new one is an entry", arguments: readers)
    func headings(reader: OpenedRepository.Reader) throws {
        let repository = try TestRepository()
        var expected: [String] = []
        func step(_ files: [String: String], _ entries: String...) throws {
            try repository.commit("step", files: files)
            expected += entries
        }
        let first = "# Log\n\n## 2026-11-20\n- one\n"
        try step(["DEVLOG.md": first], "DEVLOG.md 2026-11-20 2026-11-20")
        try step(["DEVLOG.md": first + "- more\n"])
        try step(
            ["DEVLOG.md": first + "## Day 2: November 21, 2026\n\n**22.11.2026**\n"],
            "DEVLOG.md 2026-11-21 2026-11-21", "DEVLOG.md 2026-11-22 2026-11-22")
        // Written in another way, and in another order.
        try step(["DEVLOG.md": "## 2026/11/22\n## 21 Nov 2026\n# 20.11.2026\n- one\n"])
        try step(["R1.md": "# R1D1\n"], "R1.md r1d1 -")
        try step(["R1.md": "# Round 1 Day 1\n# R1D2\n"], "R1.md r1d2 -")
        // In code, and in prose, there are none.
        try step(["R1.md": "# R1D1\n# R1D2\n```\n# R1D3\n```\n"])
        #expect(
            try Scan.of(
                repository.path, .of("ann@example.org", devlogs: ["*.md"]), reader: reader
            ).entries.sorted() == expected.sorted())
    }

    @Test("what is renamed, moved, split or joined makes no entry", arguments: readers)
    func moves(reader: OpenedRepository.Reader) throws {
        let repository = try TestRepository()
        func move(_ from: String, _ to: String) throws {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: "\(repository.path)/\(to)").deletingLastPathComponent(),
                withIntermediateDirectories: true)
            try FileManager.default.moveItem(atPath: "\(repository.path)/\(from)", toPath: "\(repository.path)/\(to)")
        }
        try repository.commit("a", files: ["devlog/log.md": "## 2026-11-20\none\n## 2026-11-21\ntwo\n"])
        try repository.commit("b", files: ["devlog/plain.md": "first\nsecond\n"])
        try move("devlog/log.md", "devlog/old/LOG.md")
        try move("devlog/plain.md", "devlog/2026-11-21.md")
        try repository.commit("moved", files: [:])
        try move("devlog/old/LOG.md", "devlog/log.md")
        try repository.commit("moved and written on", files: ["devlog/2026-11-21.md": "first\n  second\nthird\n"])
        try FileManager.default.removeItem(atPath: repository.path + "/devlog/log.md")
        try repository.commit(
            "split", files: ["devlog/a.md": "## 2026-11-20\none\n", "devlog/b.md": "## 2026-11-21\ntwo\n"])
        let scan = try Scan.of(repository.path, .of("ann@example.org", devlogs: ["devlog/**"]), reader: reader)
        #expect(
            scan.entries.sorted() == [
                "devlog/2026-11-21.md  2026-11-21", "devlog/log.md 2026-11-20 2026-11-20",
                "devlog/log.md 2026-11-21 2026-11-21", "devlog/plain.md  -",
            ])
    }

    @Test("a file dates its entry by front matter, then by its name", arguments: readers)
    func stated(reader: OpenedRepository.Reader) throws {
        let repository = try TestRepository()
        try repository.commit(
            "one",
            files: [
                "devlog/2026-11-20.md": "text\n", "devlog/2026/11/21.md": "text\n",
                "devlog/2026-11-22-title.md": "---\ndate: 2026-11-19\n---\ntext\n",
                "devlog/2026-11-23.md": "# 2026-11-18\n", "devlog/notes.md": "text\n",
            ])
        let scan = try Scan.of(repository.path, .of("ann@example.org", devlogs: ["devlog/**"]), reader: reader)
        #expect(
            scan.entries.sorted() == [
                "devlog/2026-11-20.md  2026-11-20", "devlog/2026-11-22-title.md  2026-11-19",
                "devlog/2026-11-23.md 2026-11-18 2026-11-18", "devlog/2026/11/21.md  2026-11-21", "devlog/notes.md  -",
            ])
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

/// What is done to a dev log without dated headings, and to notes that a repository holds.
@Suite struct DevlogRewriteTests {
    private func entries(_ repository: TestRepository) throws -> [String] {
        try Scan.of(repository.path, .of("ann@example.org", devlogs: ["log/**"])).devlogs
    }

    @Test func linesThatAreWrappedOtherwiseAreNoEntry() throws {
        let repository = try TestRepository()
        try repository.commit("write", files: ["log/a.md": "one line that is long\nanother\n"])
        try repository.commit("wrap", files: ["log/a.md": "one line\n   that is long\nanother\n"])
        try repository.commit("join", files: ["log/a.md": "one line that is long another\n"])
        #expect(try entries(repository).count == 1)
        try repository.commit("wrap and write", files: ["log/a.md": "one line that\nis long another\nand more\n"])
        #expect(try entries(repository).count == 2)
    }

    @Test func frontMatterThatIsCorrectedIsNoEntry() throws {
        let repository = try TestRepository()
        try repository.commit("write", files: ["log/a.md": "---\ndate: 2026-11-20\n---\nDone.\n"])
        try repository.commit("correct", files: ["log/a.md": "---\ndate: 2026-11-21\ntags: [x]\n---\nDone.\n"])
        #expect(try entries(repository).count == 1)
    }

    @Test func whatARepositoryHasAsADevLogIsNoNoteBesides() throws {
        let repository = try TestRepository()
        let note = "## 2026-11-20\n- done\n"
        try repository.commit("write", files: ["log/a.md": note, "other/b.md": note])
        try repository.write(note, to: "log/new.md")
        func notes(_ folder: String, ignored: Set<String> = []) throws -> Set<String> {
            let content = try NotesFolder.read(
                repository.path + folder, last: nil, devlogs: ["log/**"], ignored: ignored)
            return Set((content.entries ?? []).map { String($0.path.dropFirst(repository.path.count)) })
        }
        // Whether the folder is the repository, lies in it, or it lies in the folder.
        #expect(try notes("") == ["/log/new.md", "/other/b.md"])
        #expect(try notes("/log") == ["/log/new.md"])
        #expect(try notes("/log", ignored: [repository.path + "/.git"]) == ["/log/new.md", "/log/a.md"])
        // Once it is committed it is read anew, though no file has changed.
        let before = try NotesFolder.read(repository.path + "/log", last: nil, devlogs: ["log/**"])
        try repository.git("add", "log")
        try repository.git("commit", "-q", "-m", "more")
        let after = try NotesFolder.read(repository.path + "/log", last: before.view, devlogs: ["log/**"])
        #expect(after.entries == [])
    }
}
