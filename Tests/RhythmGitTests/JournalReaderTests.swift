import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct JournalReaderTests {
    private static let readers: [OpenedRepository.Reader] = [.libgit2, .git]

    private static var request: RhythmGit.ScanRequest {
        var request = RhythmGit.ScanRequest.of("ann@example.org")
        request.journalRole = .journal
        request.releaseGlobs = ["*"]
        return request
    }

    private static func entry(_ kind: String, _ text: String) -> String {
        "---\nkind: \(kind)\ndate: 2026-11-22\n---\n\(text)\n"
    }

    private static func said(_ scan: Scan) -> [String] {
        (scan.items.map { "\($0.key) \($0.name) \($0.title)" } + scan.itemsGone.map { "\($0) gone" } + scan.unreadable)
            .sorted()
    }

    /// The Markdown files of HEAD as git lists them.
    private static func files(_ repository: TestRepository) throws -> [String] {
        try repository.git("ls-tree", "-r", "--name-only", "HEAD").split(separator: "\n").map(String.init)
            .filter { $0.hasSuffix(".md") }
    }

    @Test("what is committed at HEAD counts, and no commit", arguments: readers)
    func whole(reader: OpenedRepository.Reader) throws {
        let journal = try TestRepository()
        try journal.commit(
            "entries",
            files: [
                "entries/2026/11/a.md": Self.entry("win", "A"), "entries/2026/11/b.md": Self.entry("sync", "B"),
                "daily/2026-11-20.md": "---\nkind: demo\n---\n# C\n", "daily/2026-11-21.md": "just notes\n",
                "entries/2026/11/c.markdown": Self.entry("win", "Long"), "entries/README.txt": "mine",
                "entries/.note.txt": "mine", "entries/keep": "", "entries/photo.png": "\u{0}PNG",
                "elsewhere.txt": "mine", "README.md": Self.entry("win", "no"),
                ".obsidian/x.md": Self.entry("win", "no"),
                "entries/note.txt": Self.entry("win", "no"), "entries/bad.md": "---\nkind: win\n---\n",
            ])
        for name in ["entries/2026/linked.md", "entries/linked"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(journal.path)/\(name)", withDestinationPath: "elsewhere.txt")
        }
        try journal.git("add", ".")
        try journal.commit("links")
        try journal.git("tag", "v1.0")
        try journal.write(Self.entry("win", "not committed"), to: "entries/c.md")
        let scan = try Scan.of(journal.path, Self.request, reader: reader)
        #expect(scan.repository?.isJournal == true && scan.repository?.isDelta == false)
        #expect(scan.commits.isEmpty && scan.others.isEmpty && scan.devlogs.isEmpty)
        #expect(
            Self.said(scan) == [
                "daily/2026-11-20.md demo C", "entries/2026/11/a.md win A", "entries/2026/11/b.md sync B",
                "entries/2026/11/c.markdown win Long",
                "entries/2026/linked.md:0: not read, since it is no file but a link",
                "entries/bad.md:1: the front matter has no date; add a line such as “date: 2026-11-22”",
                "entries/linked:0: not read, since it is no file but a link",
                "entries/note.txt:0: not read, since the name of an entry's file ends in .md",
            ])
        let head = try journal.git("rev-parse", "HEAD")
        #expect(scan.repository?.tips.map(\.hex) == [head])
        for item in scan.items { #expect(try journal.git("rev-parse", "HEAD:\(item.key)") == item.object.hex) }
    }

    @Test("then only what differs is read", arguments: readers)
    func difference(reader: OpenedRepository.Reader) throws {
        let journal = try TestRepository()
        try journal.commit(
            "one", files: ["entries/a.md": Self.entry("win", "A"), "entries/b.md": Self.entry("win", "B")])
        var last = try Scan.of(journal.path, Self.request, reader: reader)
        func next() throws -> [String] {
            let scan = try Scan.of(journal.path, Self.request.since(last), reader: reader)
            #expect(scan.repository?.isDelta == true)
            last = scan
            return Self.said(scan)
        }
        #expect(try next() == [])
        // Edited, moved, removed, and no entry any more.
        try journal.commit("two", files: ["entries/a.md": Self.entry("demo", "A2")])
        #expect(try next() == ["entries/a.md demo A2"])
        try journal.git("mv", "entries/b.md", "entries/c.md")
        try journal.commit("three")
        #expect(try next() == ["entries/b.md gone", "entries/c.md win B"])
        try journal.commit("four", files: ["entries/c.md": "no entry"])
        #expect(try next().first?.hasPrefix("entries/c.md:1: the file must begin with front matter") == true)
        try journal.git("rm", "-q", "entries/c.md")
        try journal.commit("five")
        #expect(try next() == ["entries/c.md gone"])
        // Other branches are of no concern, and what is taken back is.
        try journal.git("branch", "other", "HEAD~2")
        #expect(try next() == [])
        try journal.git("reset", "-q", "--hard", "HEAD~4")
        #expect(try next() == ["entries/a.md win A", "entries/b.md win B"])
    }

    @Test("what is not read is named until it is gone, or read", arguments: readers)
    func notRead(reader: OpenedRepository.Reader) throws {
        let journal = try TestRepository()
        try journal.commit("one", files: ["entries/a.txt": Self.entry("win", "A"), "entries/b.txt": "B"])
        var last = try Scan.of(journal.path, Self.request, reader: reader)
        #expect(last.unreadable.count == 2)
        try journal.git("mv", "entries/a.txt", "entries/a.md")
        try journal.commit("two", files: ["entries/b.txt": "\u{0}"])
        last = try Scan.of(journal.path, Self.request.since(last), reader: reader)
        #expect(Self.said(last) == ["entries/a.md win A", "entries/a.txt gone", "entries/b.txt gone"])
    }

    @Test("without the commit of before, or without any, all is said anew", arguments: readers)
    func anew(reader: OpenedRepository.Reader) throws {
        let journal = try TestRepository()
        let empty = try Scan.of(journal.path, Self.request, reader: reader)
        #expect(empty.repository?.tips == [] && empty.items.isEmpty)
        try journal.commit("one", files: ["entries/a.md": Self.entry("win", "A")])
        let first = try Scan.of(journal.path, Self.request.since(empty), reader: reader)
        #expect(first.repository?.isDelta == false && first.items.count == 1)
        var lost = Self.request.since(first)
        lost.last?.tips = [try #require(ObjectID(hex: String(repeating: "1", count: 40)))]
        let again = try Scan.of(journal.path, lost, reader: reader)
        #expect(again.repository?.isDelta == false && again.items == first.items)
    }

    @Test("a journal with SHA-256 ids is read through git")
    func sha256() throws {
        let journal = try TestRepository("--object-format=sha256")
        try journal.commit("one", files: ["entries/a.md": Self.entry("win", "A")])
        let first = try Scan.of(journal.path, Self.request)
        #expect(first.repository?.reader == .git && first.items.count == 1)
        try journal.commit("two", files: ["entries/b.md": Self.entry("win", "B")])
        #expect(try Self.said(Scan.of(journal.path, Self.request.since(first))) == ["entries/b.md win B"])
    }

    @Test(
        "many random changes, one after another, come out as the files that git lists", arguments: [1, 2] as [UInt64])
    func random(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let journal = try TestRepository()
        try journal.commit("start", files: ["README.md": "x"])
        var state: [String: String] = [:]
        var last = try Scan.of(journal.path, Self.request)
        for step in 0..<25 {
            for _ in 0..<3 {
                let path =
                    "entries/\(Int.random(in: 0..<3, using: &random))/\(Int.random(in: 0..<4, using: &random)).md"
                if Int.random(in: 0..<3, using: &random) == 0 {
                    try? FileManager.default.removeItem(atPath: "\(journal.path)/\(path)")
                } else {
                    try journal.write(Self.entry("win", "\(step)"), to: path)
                }
            }
            try journal.commit("step \(step)")
            last = try Scan.of(journal.path, Self.request.since(last))
            for item in last.items { state[item.key] = item.object.hex }
            for key in last.itemsGone { state[key] = nil }
            #expect(try state.keys.sorted() == Self.files(journal).filter { $0 != "README.md" })
            for (path, blob) in state { #expect(try journal.git("rev-parse", "HEAD:\(path)") == blob) }
        }
    }

    @Test("a clone is told by the commits that it shares")
    func clones() throws {
        let journal = try TestRepository()
        try journal.commit("one", files: ["entries/a.md": Self.entry("win", "A")])
        let clones = JournalClones(of: try Location(journal.path))
        let folder = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let clone = "\(folder.path)/clone"
        let bare = "\(folder.path)/bare.git"
        try journal.git("clone", "-q", journal.path, clone)
        try journal.git("clone", "-q", "--bare", journal.path, bare)
        // They go on, each by itself.
        try journal.commit("two")
        try TestRepository(at: clone).commit("three")
        #expect(clones.includes(try Location(clone)))
        #expect(clones.includes(try Location(bare)))
        let other = try TestRepository()
        try other.commit("one", files: ["entries/a.md": "x"])
        #expect(!clones.includes(try Location(other.path)))
        let otherBare = try TestRepository("--bare")
        #expect(!clones.includes(try Location(otherBare.path)))

        var request = Self.request
        request.journalRole = .clone
        let scan = try Scan.of(clone, request)
        #expect(scan.repository?.isJournal == true && scan.items.isEmpty && scan.commits.isEmpty)
        #expect(try Scan.of(clone, request.since(scan)).repository?.isDelta == true)
    }
}
