import Foundation
import RhythmAPI
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// Releases, trailers and the journal as the daemon counts them.
@Suite struct BeyondCommitsTests {
    private static let config = """
        [[rhythm]]
        id = "commits"
        every = "week"
        measure = "commits"
        [[rhythm]]
        id = "releases"
        every = "week"
        measure = "releases"
        [[rhythm]]
        id = "wins"
        every = "week"
        entries = "win"
        at_least = 2
        [[rhythm]]
        id = "sync"
        every = "week"
        minutes = "sync"
        at_least = 30
        [[rhythm]]
        id = "latency"
        every = "week"
        metric = "latency"
        at_most = 100
        [[rhythm]]
        id = "devlog"
        every = "week"
        measure = "devlog"
        """

    private static let noon = "2026-11-23 11:00 +0000"

    private func journal(_ daemon: TestDaemon) throws -> HomeRepository {
        try HomeRepository(at: daemon.home.path + "/.local/share/rhythm/journal", home: daemon.home.path)
    }

    private func entry(_ kind: String, _ text: String, _ more: String = "") -> String {
        "---\nkind: \(kind)\nat: 2026-11-23T10:00:00+00:00\n\(more)---\n\(text)"
    }

    private func have(_ client: Client) async throws -> [String: Double] {
        try await client.status().mapValues(\.have)
    }

    @Test func releasesAndTrailersCountAndATagAloneIsNoticed() async throws {
        let daemon = try TestDaemon(config: Self.config)
        let work = try daemon.repository()
        try work.commit("one\n\nRhythm: win 15m https://example.org/talk", at: Self.noon)
        try work.git("tag", "v1.0")
        try work.git("tag", "wip")
        try work.git("clone", "-q", work.path, daemon.home.path + "/copy")
        try await daemon.run { client async throws in
            let first = try await have(client)
            #expect(first["commits"] == 1 && first["releases"] == 1 && first["wins"] == 1)
            try work.git("tag", "-a", "-m", "Second", "v2.0", date: Self.noon)
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await have(client)["releases"] == 2)
            // One that is deleted keeps its credit, as a commit does.
            try work.git("tag", "-d", "v2.0")
            _ = try await client.ask(Wire.Scan.self, .init())
            let explained = try await client.ask(Wire.Explain.self, .init(rhythm: "releases"))
            #expect(explained.result.have == 2)
            #expect(explained.items.map(\.name) == ["v1.0", "v2.0"])
            #expect(explained.items.map(\.kind) == [.release, .release])
            #expect(explained.items.map { $0.unreachableSince == nil } == [true, false])
            #expect(explained.items.map(\.subject) == ["one", "Second"])
            let win = try await client.ask(Wire.Explain.self, .init(rhythm: "wins")).items
            #expect(win.map(\.url) == ["https://example.org/talk"] && win.map(\.quantity) == [15])
            #expect(win.map(\.object) == [try work.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)])
            #expect(win.first?.email == "me@example.org")
            // All read anew it is the same.
            let before = try await have(client)
            _ = try await client.ask(Wire.Scan.self, .init(fresh: true))
            #expect(try await have(client) == before)
        }
    }

    @Test func theJournalCountsAsItIsCommittedAndItsCommitsDoNot() async throws {
        let daemon = try TestDaemon(config: Self.config)
        try daemon.repository().commit("work", at: Self.noon)
        try await daemon.run { client async throws in
            #expect(try await have(client)["wins"] == 0)
            let journal = try self.journal(daemon)
            try journal.commit("a win", at: Self.noon, file: "entries/a.md", text: entry("win", "Shared the demo"))
            try journal.commit("a sync", at: Self.noon, file: "entries/b.md", text: entry("sync", "", "minutes: 45\n"))
            try journal.commit(
                "a reading", at: Self.noon, file: "entries/c.md",
                text: entry("metric", "", "metric: latency\nvalue: 80.5\nunit: ms\n"))
            try journal.commit("a dev log", at: Self.noon, file: "notes/d.md", text: entry("devlog", "# What I did"))
            try journal.git("tag", "v1.0")
            try journal.git("clone", "-q", journal.path, daemon.home.path + "/journal-copy")
            _ = try await client.ask(Wire.Scan.self, .init(repository: journal.path))
            _ = try await client.ask(Wire.Scan.self, .init())
            let counted = try await have(client)
            #expect(
                counted == ["commits": 1, "releases": 0, "wins": 1, "sync": 45, "latency": 80.5, "devlog": 1])

            let sample = try #require(try await client.ask(Wire.Explain.self, .init(rhythm: "latency")).items.first)
            #expect(
                sample.kind == .sample && sample.name == "latency" && sample.quantity == 80.5 && sample.unit == "ms")
            #expect(sample.path == "entries/c.md" && sample.repositories == [journal.path])
            let devlog = try await client.ask(Wire.Items.self, .init(measure: "devlog")).items
            #expect(devlog.map(\.subject) == ["What I did"] && devlog.map(\.kind) == [.entry])

            // A mistake is listed with its line, until it is mended.
            let text = "---\nkind: win\nat: soon\n---\n"
            try Data(text.utf8).write(to: URL(filePath: journal.path + "/entries/a.md"))
            try journal.git("commit", "-qam", "a mistake", date: Self.noon)
            _ = try await client.ask(Wire.Scan.self, .init(repository: journal.path))
            #expect(try await have(client)["wins"] == 0)
            let unreadable = try await client.ask(Wire.Entries.self, .init()).unreadable
            #expect(unreadable.map(\.file) == [journal.path + "/entries/a.md"] && unreadable.map(\.line) == [3])
            try journal.git("revert", "--no-edit", "HEAD", date: Self.noon)
            _ = try await client.ask(Wire.Scan.self, .init(repository: journal.path))
            #expect(try await client.ask(Wire.Entries.self, .init()).unreadable.isEmpty)
            #expect(try await have(client) == counted)
            _ = try await client.ask(Wire.Scan.self, .init(fresh: true))
            #expect(try await have(client) == counted)

            // What was removed is gone.
            try journal.git("rm", "-q", "entries/b.md")
            try journal.git("commit", "-qm", "no sync", date: Self.noon)
            _ = try await client.ask(Wire.Scan.self, .init(repository: journal.path))
            #expect(try await have(client)["sync"] == 0)
        }
    }

    @Test func aRepositoryThatBecomesTheJournalCountsNoMore() async throws {
        let daemon = try TestDaemon(config: Self.config)
        let notes = try daemon.repository("notes")
        try notes.commit("a win", at: Self.noon, file: "entries/a.md", text: entry("win", "A"))
        try await daemon.run { client async throws in
            #expect(try await have(client)["commits"] == 1)
            #expect(try await have(client)["wins"] == 0)
        }
        try daemon.home.write(
            Self.config + "\n[journal]\npath = \"~/notes\"\n", to: ".config/rhythm/rhythm.toml")
        try await daemon.run { client async throws in
            #expect(try await have(client)["commits"] == 0)
            #expect(try await have(client)["wins"] == 1)
        }
    }

    @Test func aCommitToTheJournalIsSeenWithoutBeingAskedFor() async throws {
        let daemon = try TestDaemon(config: Self.config)
        let journal = try self.journal(daemon)
        try journal.commit("a win", at: Self.noon, file: "entries/a.md", text: entry("win", "A"))
        try await daemon.run { client async throws in
            #expect(try await have(client)["wins"] == 1)
            try journal.commit("another", at: Self.noon, file: "entries/b.md", text: entry("win", "B"))
            let deadline = ContinuousClock.now + .seconds(30)
            while try await have(client)["wins"] != 2, ContinuousClock.now < deadline { await Task.yield() }
            #expect(try await have(client)["wins"] == 2)
        }
    }
}
