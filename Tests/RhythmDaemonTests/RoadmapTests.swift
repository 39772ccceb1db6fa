import Foundation
import RhythmAPI
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// The roadmap as the daemon follows it.
@Suite struct RoadmapTests {
    private static func config(_ home: String = "", more: String = "") -> String {
        """
        [roadmap]
        path = "~/work/ROADMAP.md"
        \(more)
        """
    }

    private func daemon(_ more: String = "", today: String = "2026-02-15") throws -> (TestDaemon, HomeRepository) {
        let daemon = try TestDaemon(today: today, config: Self.config(more: more))
        let repository = try daemon.repository()
        try commit(SampleRoadmap.text, to: repository, at: "2026-01-01 09:00 +0000")
        return (daemon, repository)
    }

    private func commit(_ text: String, to repository: HomeRepository, at date: String) throws {
        try text.write(toFile: repository.path + "/ROADMAP.md", atomically: false, encoding: .utf8)
        try repository.git("add", ".")
        try repository.git("commit", "-qm", "plan", date: date)
    }

    private func edit(_ changes: (String, String)...) -> String {
        changes.reduce(SampleRoadmap.text) { $0.replacing($1.0, with: $1.1) }
    }

    @Test func theTreeSaysHowFarItIs() async throws {
        let (daemon, repository) = try daemon()
        let ticked = edit(("- [ ] Build system basics", "- [x] Build system basics"), ("- [ ] Pratt", "- [x] Pratt"))
        try commit(ticked, to: repository, at: "2026-02-10 10:00 +0000")
        try daemon.home.write(
            ticked.replacing("- [ ] Fuzzer running", with: "- [x] Fuzzer running"), to: "work/ROADMAP.md")
        try await daemon.run { client in
            let reply = try await client.ask(Wire.Roadmap.self, .init(look: true))
            #expect(reply.start == "2026-01-01" && reply.repository == repository.path)
            let phase = try #require(reply.phases.first)
            #expect(phase.done == 4 && phase.total == 7)
            #expect(phase.firstDay == "2026-01-01" && phase.lastDay == "2026-02-28")
            #expect(reply.current == 0)
            #expect(reply.sections[phase.section].title == "PHASE 0: FOUNDATION (Month 1-2)")
            #expect(reply.next.map { reply.items[$0].text } == ["Hand-written lexer", "Numbers", "Strings"])
            func item(_ text: String) -> Wire.Roadmap.Item? { reply.items.first { $0.text == text } }
            #expect(item("Build system basics")?.ticked?.hasPrefix("2026-02-10") == true)
            #expect(item("Fuzzer running")?.uncommitted == "ticked")
            #expect(item("Editor set up")?.ticked == nil && item("Editor set up")?.box == "ticked")
            #expect(item("Numbers")?.parent == reply.items.firstIndex { $0.text == "Hand-written lexer" })
            #expect(
                phase.burnUp == [
                    .init(day: "2026-01-01", done: 1, total: 7), .init(day: "2026-02-10", done: 3, total: 7),
                ])
            // Two ticks in six and a half weeks; four are open in this phase.
            #expect(phase.finish != nil && reply.velocity > 0.3 && reply.velocity < 0.32)
            #expect(reply.overall == "4 of 14")
            let criterion = try #require(reply.criteria.first { reply.items[$0.item].text == "30+ GitHub commits" })
            #expect(criterion.state == "open" && criterion.readings.map(\.have) == [2])
            #expect(criterion.from == "2026-01-01" && criterion.by == "2026-02-28")
            let latency = try #require(reply.criteria.first { reply.items[$0.item].text == "Latency < 100ms" })
            #expect(latency.state == "unread")
            #expect(reply.projects.first { $0.name == "work" }?.state == "active")

            let past = try await client.ask(Wire.Roadmap.self, .init(travel: .init(at: "2026-01-20")))
            #expect(past.phases[0].done == 1 && past.today == "2026-01-20")
            let history = try await client.ask(Wire.RoadmapHistory.self, .init(since: "2026-02"))
            #expect(history.events.map(\.kind) == ["ticked", "ticked", "ticked"])
            #expect(history.events.map(\.day) == ["2026-02-10", "2026-02-10", nil])
        }
    }

    @Test func ticksAreEvidence() async throws {
        let rhythm = """
            [[rhythm]]
            id = "ticks"
            every = "month"
            measure = "roadmap-ticks"
            at_least = 2
            [[rhythm]]
            id = "parsing"
            every = "month"
            measure = "roadmap-ticks"
            paths = ["**/PHASE 0*/Parsing"]
            """
        let (daemon, repository) = try daemon(rhythm)
        let first = edit(("- [ ] Build", "- [x] Build"), ("- [ ] Pratt", "- [x] Pratt"))
        try commit(first, to: repository, at: "2026-02-10 10:00 +0000")
        try await daemon.run { client in
            func have() async throws -> [String: Double] {
                Dictionary(
                    uniqueKeysWithValues: try await client.ask(Wire.Status.self, .init()).rhythms.map {
                        ($0.id, $0.have)
                    })
            }
            #expect(try await have() == ["ticks": 2, "parsing": 1])
            let items = try await client.ask(Wire.Explain.self, .init(rhythm: "ticks")).items
            #expect(items.map(\.subject).sorted() == ["Build system basics", "Pratt parser"])
            #expect(Set(items.map(\.verdict)) == ["counted"])
            // What is taken back counts no more, and what somebody else ticks is not the user's.
            try commit(edit(("- [ ] Pratt", "- [x] Pratt")), to: repository, at: "2026-02-12 10:00 +0000")
            try daemon.home.write(
                edit(("- [ ] Pratt", "- [x] Pratt"), ("- [ ] Fuzzer", "- [x] Fuzzer")), to: "work/ROADMAP.md")
            try repository.git(
                "commit", "-qam", "theirs", "--author", "Bob <bob@example.org>", date: "2026-02-13 10:00 +0000")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await have() == ["ticks": 1, "parsing": 1])
            // Renamed, reworded and amended it is the same tick.
            try repository.git("mv", "ROADMAP.md", "PLAN.md")
            try repository.git("mv", "PLAN.md", "ROADMAP.md")
            try daemon.home.write(
                edit(("- [ ] Pratt parser", "- [x] A Pratt parser"), ("- [ ] Fuzzer", "- [x] Fuzzer")),
                to: "work/ROADMAP.md")
            try repository.git("commit", "-qa", "--amend", "--no-edit", date: "2026-02-13 11:00 +0000")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await have() == ["ticks": 1, "parsing": 1])
            let series = try await client.ask(
                Wire.Query.self, .init(measure: "roadmap-ticks", by: "month", since: "2026-01", paths: ["**/Parsing"]))
            #expect(series.buckets.map(\.quantity) == [0, 1])
        }
    }

    @Test func driftIsAnAlertUntilItIsMended() async throws {
        let (daemon, repository) = try daemon(today: "2026-11-20")
        try await daemon.run { client in
            func open() async throws -> [String] { try await client.ask(Wire.Alerts.self, .init()).alerts.map(\.id) }
            let reply = try await client.ask(Wire.Roadmap.self, .init())
            // By the calendar no phase runs in November; the first that is to come is the third.
            #expect(reply.drift.map(\.kind) == ["status", "review"])
            #expect(try await open().contains("roadmap-drift"))
            let text = try String(contentsOfFile: daemon.setup.alertFolder.path + "/roadmap-drift.md", encoding: .utf8)
            #expect(text.contains("- line 99: Phase 0 - Week 1 stated, by the calendar it is Phase 2"))
            try commit(edit(("Phase 0 - Week 1", "Phase 2 - Week 1")), to: repository, at: "2026-11-20 10:00 +0000")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await client.ask(Wire.Roadmap.self, .init()).drift.isEmpty)
            #expect(try await !open().contains("roadmap-drift"))
        }
    }

    @Test func whatCannotBeReadIsTold() async throws {
        let daemon = try TestDaemon(config: Self.config())
        _ = try daemon.repository()
        try await daemon.run { client in
            func problem() async throws -> String? {
                do {
                    return try await client.ask(Wire.Roadmap.self, .init(look: true)).problem
                } catch {
                    return "\(error)"
                }
            }
            #expect(
                try await problem()?.contains("ROADMAP.md is not there; [roadmap] path in the config names it") == true)
            let scan = try await client.ask(Wire.Scan.self, .init())
            #expect(scan.done == 1 && scan.problems == 1 && scan.unreadableFolders.map(\.key) == ["roadmap"])
            #expect(
                try await client.ask(Wire.Status.self, .init()).unreadableFolders.map(\.message)
                    == ["it is not there; [roadmap] path in the config names it"])
            try daemon.home.write("just words\n", to: "work/ROADMAP.md")
            #expect(try await problem()?.contains("neither a heading") == true)
            try daemon.home.write(SampleRoadmap.text, to: "work/ROADMAP.md")
            #expect(try await problem() == nil)
            // One that was there is shown as it was.
            try FileManager.default.removeItem(atPath: daemon.home.path + "/work/ROADMAP.md")
            #expect(try await problem()?.contains("is not there") == true)
            #expect(try await client.ask(Wire.Roadmap.self, .init()).phases.count == 3)
        }
    }

    @Test func withoutOneTheConfigIsNamed() async throws {
        let daemon = try TestDaemon()
        try await daemon.run { client in
            await #expect { try await client.ask(Wire.Roadmap.self, .init()) } throws: {
                "\($0)".contains("[roadmap] path = ")
            }
        }
    }

    @Test func aDatabaseMadeAnewSaysTheSame() async throws {
        let (daemon, repository) = try daemon()
        try commit(edit(("- [ ] Build", "- [x] Build")), to: repository, at: "2026-02-10 10:00 +0000")
        @Sendable func answer() async throws -> Wire.Roadmap.Reply {
            try await daemon.run { client in
                var reply = try await client.ask(Wire.Roadmap.self, .init())
                reply.freshness.scannedAt = nil
                return reply
            }
        }
        let before = try await answer()
        let again = try await answer()
        try FileManager.default.removeItem(atPath: daemon.setup.paths.database)
        let anew = try await answer()
        #expect(before == again && before == anew)
    }
}

extension Wire.Roadmap.Reply {
    fileprivate var overall: String {
        let sums = phases.reduce((0, 0)) { ($0.0 + $1.done, $0.1 + $1.total) }
        return "\(sums.0) of \(sums.1)"
    }
}

/// `rhythmctl roadmap` and `init`, as programs on a file.
@Suite struct RoadmapProgramTests {
    private func desk() throws -> (desk: Desk, file: String) {
        let desk = try Desk(config: "[roadmap]\npath = \"~/plan/ROADMAP.md\"\n")
        try desk.home.write(SampleRoadmap.text, to: "plan/ROADMAP.md")
        let folder = desk.home.path + "/plan"
        try desk.git("init", "-q", "-b", "main", in: folder)
        try desk.git("add", ".", in: folder)
        try desk.git("commit", "-qm", "plan", in: folder)
        return (desk, folder + "/ROADMAP.md")
    }

    private func text(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

    @Test func oneCharacterIsTicked() throws {
        let (desk, file) = try desk()
        let said = try desk.ctl("roadmap", "tick", "build system", "--file", file)
        #expect(said.text.hasPrefix("Ticked: Build system basics\n"))
        #expect(said.text.contains("git -C \(desk.home.path)/plan commit -m 'Tick Build system basics' -- ROADMAP.md"))
        #expect(try text(file) == SampleRoadmap.text.replacing("- [ ] Build", with: "- [x] Build"))
        #expect(try desk.git("diff", "--numstat", in: desk.home.path + "/plan") == "1\t1\tROADMAP.md\n")
        #expect(try desk.ctl("roadmap", "tick", "Build", "--file", file).text.hasPrefix("It is ticked already"))
        try desk.ctl("roadmap", "untick", "Build system basics", "--file", file)
        #expect(try text(file) == SampleRoadmap.text)
        // A slip of the pen, and words of it in any place.
        #expect(
            try desk.ctl("roadmap", "tick", "fuzer runing", "--file", file).text.hasPrefix("Ticked: Fuzzer running"))
        #expect(
            try desk.ctl("roadmap", "tick", "video demo", "--file", file).text.hasPrefix("Ticked: 2-min demo video"))
        let line =
            try #require(
                SampleRoadmap.text.split(separator: "\n", omittingEmptySubsequences: false)
                    .firstIndex { $0.contains("Numbers") }) + 1
        #expect(try desk.ctl("roadmap", "tick", "--line", "\(line)", "--file", file).text.hasPrefix("Ticked: Numbers"))
    }

    @Test func whatIsNotOneItemIsNotTicked() throws {
        let (desk, file) = try desk()
        try desk.home.write(
            SampleRoadmap.text.replacing("- [ ] Language server", with: "- [ ] Language tests\n- [ ] Language server"),
            to: "plan/ROADMAP.md")
        let before = try text(file)
        let choice = try desk.ctl("roadmap", "tick", "language", "--file", file, expecting: 64)
        #expect(choice.errorText.contains("Language tests") && choice.errorText.contains("--line "))
        #expect(
            try desk.ctl("roadmap", "tick", "nothing like it", "--file", file, expecting: 64).errorText.contains(
                "items lists"))
        #expect(
            try desk.ctl("roadmap", "tick", "--line", "1", "--file", file, expecting: 64).errorText.contains("no item"))
        #expect(
            try desk.ctl("roadmap", "tick", "x", "--file", file + "x", expecting: 66).errorText.contains("cannot read"))
        #expect(try text(file) == before)
    }

    @Test func theStatusIsWrittenAndNothingElse() throws {
        let (desk, file) = try desk()
        let daemon = try RunningDaemon(environment: desk.environment)
        defer { _ = daemon.end(with: SIGTERM) }
        try desk.ctl("scan")
        let shown = try desk.ctl("roadmap", "status").text
        #expect(shown.contains("Total commits") && shown.contains("the file says ~5"))
        #expect(try desk.ctl("roadmap").text.contains("PHASE 0: FOUNDATION"))
        #expect(try desk.ctl("roadmap", "items").text.contains("☐ Build system basics"))

        try desk.home.write(SampleRoadmap.text + "more\n", to: "plan/ROADMAP.md")
        let refused = try desk.ctl("roadmap", "status", "--write", expecting: 65)
        #expect(refused.errorText.contains("changes that are not committed") && refused.errorText.contains("--force"))
        #expect(try text(file) == SampleRoadmap.text + "more\n")
        try desk.git("checkout", "-q", "ROADMAP.md", in: desk.home.path + "/plan")

        let written = try desk.ctl("roadmap", "status", "--write", "--projects").text
        #expect(
            written.contains("~5 → 1") && written.contains("[Date] → 20") && written.contains("[Project Name] → plan"))
        let stated = [
            "**Phase:**", "**Active Days:**", "**Total Commits:**", "**Skills Acquired:**", "**Next Milestone:**",
        ]
        let before = SampleRoadmap.text.split(separator: "\n", omittingEmptySubsequences: false)
        let after = try text(file).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(before.count == after.count)
        for (old, new) in zip(before, after) where old != new {
            #expect(
                stated.contains { old.hasPrefix($0) && new.hasPrefix($0) } || old == "**Last Updated:** [Date]"
                    || old.hasPrefix("1. **[Project Name]**") && new == "1. **plan** - [Status] - [Domain]", "\(old)")
        }
        // Once it is committed there is nothing to write but what that commit adds.
        try desk.git("commit", "-qam", "status", in: desk.home.path + "/plan")
        try desk.ctl("scan")
        #expect(try desk.ctl("roadmap", "status", "--write").text.contains("1 → 2"))
        #expect(try desk.git("log", "--format=%s", in: desk.home.path + "/plan") == "status\nplan\n")
    }

    @Test func aConfigComesFromTheRoadmap() throws {
        let (desk, file) = try desk()
        let config = try desk.ctl("init", "--roadmap", file, "--output", "-").text
        for (line, what) in [
            (67, "5+ commits"), (68, "1 dev log entry"), (73, "Roadmap reviewed"), (51, "Parsing ⭐⭐⭐⭐"),
        ] {
            #expect(config.contains("# Line \(line): \(what)\n"), "\(what)")
        }
        #expect(config.contains("repositories = [\"\(desk.home.path)/plan\"]\npaths = [\"ROADMAP.md\"]"))
        try desk.home.write(config, to: "new.toml")
        let check = try desk.ctl("check", desk.home.path + "/new.toml", "--json").text
        #expect(check.contains("\"findings\" : [\n\n  ]"))

        let refused = try desk.ctl("init", "--roadmap", file, expecting: 73)
        #expect(refused.errorText.contains("is there already") && refused.errorText.contains("--force"))
        #expect(try desk.ctl("init", "--roadmap", file, "--force").text.contains("8 rhythms"))
        let daemon = try RunningDaemon(environment: desk.environment)
        defer { _ = daemon.end(with: SIGTERM) }
        try desk.ctl("scan")
        let status = try desk.ctl("status", "--json").text
        for id in [
            "commits", "devlog", "sync", "blog-or-demo", "roadmap-review", "metrics", "demo-or-releases", "books-read",
        ] {
            #expect(status.contains("\"id\" : \"\(id)\""), "\(id)")
        }
        try desk.ctl("log", "metric", "stars", "3")
        #expect(try desk.ctl("explain", "metrics").text.contains("stars 3"))
        #expect(try desk.ctl("explain", "roadmap-review").text.contains("plan"))
    }

    @Test func whatNamesNothingGivesNoConfig() throws {
        let (desk, _) = try desk()
        try desk.home.write("# Notes\n- [ ] something\n", to: "notes.md")
        let refused = try desk.ctl("init", "--roadmap", desk.home.path + "/notes.md", "--output", "-", expecting: 65)
        #expect(refused.errorText.contains("Every Week"))
        #expect(refused.text.isEmpty)
    }
}
