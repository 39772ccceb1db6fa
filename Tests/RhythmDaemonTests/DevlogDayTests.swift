import Foundation
import RhythmAPI
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// Dev logs as the daemon counts them: on the days that they state, in repositories and in folders of notes.
@Suite struct DevlogDayTests {
    private static let config = """
        [devlog]
        files = ["LOG.md"]
        folders = ["~/notes"]
        [[rhythm]]
        id = "devlog"
        every = "week"
        measure = "devlog"
        at_least = 2
        """

    private func have(_ client: Client, _ week: String) async throws -> Double? {
        try await client.ask(Wire.Report.self, .init(period: week)).rhythms.first?.have
    }

    @Test func anEntryCountsInTheWeekThatItsHeadingStates() async throws {
        let daemon = try TestDaemon(config: Self.config)
        try daemon.home.write("", to: "notes/empty.md")
        let repository = try daemon.repository()
        try repository.commit(
            "two weeks at once", at: "2026-11-23 09:00 +0000", file: "LOG.md",
            text: "## 2026-11-17\n\none\n\n## 2026-11-19\n\ntwo\n\n## 2026-11-23\n\nthree")
        try repository.git("mv", "LOG.md", "log.md")
        try repository.git("commit", "-qm", "renamed", date: "2026-11-23 10:00 +0000")
        try await daemon.run { client async throws in
            #expect(try await have(client, "2026-W47") == 2)
            #expect(try await have(client, "2026-W48") == 1)
        }
    }

    @Test func aFolderOfNotesIsFollowed() async throws {
        let daemon = try TestDaemon(config: Self.config)
        try daemon.home.write("one", to: "notes/2026-11-17.md")
        try daemon.home.write("two", to: "notes/deep/2026-11-18 a walk.md")
        try daemon.home.write("no day", to: "notes/ideas.md")
        try await daemon.run { client async throws in
            #expect(try await have(client, "2026-W47") == 2)
            #expect(try await client.ask(Wire.Repositories.self, .init()).repositories.isEmpty)
            let notes = daemon.home.path + "/notes"
            try FileManager.default.removeItem(atPath: notes + "/2026-11-17.md")
            try daemon.home.write("today", to: "notes/2026-11-23.md")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await have(client, "2026-W47") == 1)
            #expect(try await have(client, "2026-W48") == 1)
            // One that cannot be read keeps what it had, and the doctor says so.
            try FileManager.default.moveItem(atPath: notes, toPath: notes + "-away")
            let missing = [Wire.Finding(file: notes, message: "No such file or directory")]
            let scan = try await client.ask(Wire.Scan.self, .init())
            #expect(scan.problems == 1 && scan.unreadableFolders == missing)
            #expect(try await client.ask(Wire.Status.self, .init()).unreadableFolders == missing)
            #expect(try await client.ask(Wire.Repositories.self, .init()).unreadableFolders == missing)
            #expect(try await have(client, "2026-W48") == 1)
            let finding = try await client.ask(Wire.Doctor.self, .init()).findings.first { $0.topic == "notes" }
            #expect(finding?.severity == .warning && finding?.text.contains(notes) == true)
            try FileManager.default.moveItem(atPath: notes + "-away", toPath: notes)
            #expect(try await client.ask(Wire.Scan.self, .init()).unreadableFolders.isEmpty)
            #expect(try await client.ask(Wire.Status.self, .init()).unreadableFolders.isEmpty)
        }
        // What is no longer named is forgotten.
        try daemon.home.write(
            Self.config.replacing("folders = [\"~/notes\"]", with: ""), to: ".config/rhythm/rhythm.toml")
        try await daemon.run { client async throws in
            #expect(try await have(client, "2026-W48") == 0)
        }
    }
}
