import Foundation
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct NotesFolderTests {
    @Test func aNoteIsAnEntryIfSomethingStatesItsDay() throws {
        let folder = try TemporaryFolder()
        for (path, text) in [
            ("2026-11-20.md", "text"), ("deep/2026/11/21.md", "# Monday\ntext"),
            ("log.md", "## 2026-11-18\n## 2026-11-19\n"),
            ("idea.md", "---\ndate: 2026-11-17\n---\ntext"), ("2026-11-16.md", "# 2026-11-15\n"),
            ("numbers.md", "# Day 12\n"),
            ("2026-11-14.md", "\n \n"), ("2026-11-13.png", "x"), (".obsidian/2026-11-12.md", "x"), ("notes.md", "x"),
        ] { try folder.write(text, to: path) }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/2026-11-11.md", withDestinationPath: "2026-11-20.md")
        let content = try NotesFolder.read(folder.path, last: nil)
        let entries = try #require(content.entries).map {
            "\($0.path.dropFirst(folder.path.count + 1)) \($0.heading) \($0.day)"
        }
        #expect(
            entries.sorted() == [
                "2026-11-16.md 2026-11-15 2026-11-15", "2026-11-20.md  2026-11-20", "deep/2026/11/21.md  2026-11-21",
                "idea.md  2026-11-17", "log.md 2026-11-18 2026-11-18", "log.md 2026-11-19 2026-11-19",
            ])
    }

    @Test func whatDidNotChangeIsNotReadAgain() throws {
        let folder = try TemporaryFolder()
        try folder.write("text", to: "2026-11-20.md")
        let first = try NotesFolder.read(folder.path, last: nil)
        #expect(try NotesFolder.read(folder.path, last: first.view) == .init(view: first.view))
        try folder.write("more text", to: "2026-11-20.md")
        let second = try NotesFolder.read(folder.path, last: first.view)
        #expect(second.view != first.view && second.entries?.count == 1)
        try FileManager.default.removeItem(atPath: folder.path + "/2026-11-20.md")
        #expect(try NotesFolder.read(folder.path, last: second.view).entries == [])
    }

    @Test func aFolderThatIsNotThereIsSaid() throws {
        #expect(throws: GitError.self) { try NotesFolder.read("/nowhere/at/all", last: nil) }
    }
}
