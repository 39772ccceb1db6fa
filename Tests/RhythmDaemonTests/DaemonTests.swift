import Foundation
import NIOCore
import RhythmAPI
import RhythmCore
import RhythmStore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

@Suite struct DaemonTests {
    @Test func aCommitBecomesANumberAndItsExplanation() async throws {
        let daemon = try TestDaemon()
        let repository = try daemon.repository()
        try repository.commit("one", at: "2026-11-23 09:00 +0100")
        try repository.commit("two", at: "2026-11-16 09:00 +0100")
        try repository.commit("log", at: "2026-11-23 10:00 +0100", file: "devlog/day.md")
        try await daemon.run { client async throws in
            var status = try await client.status()
            #expect(status["commits"]?.have == 2)
            #expect(status["devlog"]?.state == .met)
            let explained = try await client.ask(Wire.Explain.self, .init(rhythm: "commits", period: "2026-W47"))
            #expect(explained.items.map(\.subject) == ["two"])
            #expect(explained.result.state == .missed)

            try repository.commit("three", at: "2026-11-23 11:00 +0100")
            _ = try await client.ask(Wire.Scan.self, .init())
            status = try await client.status()
            #expect(status["commits"]?.have == 3)
        }
    }

    @Test func aRhythmOfSomePathsCountsWhatTouchesThem() async throws {
        let daemon = try TestDaemon()
        let repository = try daemon.repository()
        try repository.commit("code", at: "2026-11-23 09:00 +0100", file: "src/a/b.c")
        try repository.commit("text", at: "2026-11-23 10:00 +0100", file: "notes.md")
        try await daemon.run { client async throws in
            #expect(try await client.status()["commits"]?.have == 2)
        }
        // What was scanned before there was a path is read again for it.
        let rhythm = "[[rhythm]]\nevery = \"week\"\nmeasure = \"commits\"\n"
        try daemon.home.write(
            rhythm + "id = \"commits\"\n" + rhythm + "id = \"code\"\npaths = [\"src/**\"]\n",
            to: ".config/rhythm/rhythm.toml")
        try await daemon.run { client async throws in
            var status = try await client.status()
            #expect(status["commits"]?.have == 2)
            #expect(status["code"]?.have == 1)
            let explained = try await client.ask(Wire.Explain.self, .init(rhythm: "code", period: "2026-W48"))
            #expect(explained.items.map(\.subject) == ["code"])

            try repository.commit("more code", at: "2026-11-23 11:00 +0100", file: "src/a/b.c")
            _ = try await client.ask(Wire.Scan.self, .init())
            status = try await client.status()
            #expect(status["code"]?.have == 2)
        }
    }

    @Test func alertsComeAndGoAndARestartWritesNoneTwice() async throws {
        let daemon = try TestDaemon(today: "2026-11-16")
        let repository = try daemon.repository()
        try repository.commit("log", at: "2026-11-16 09:00 +0000", file: "DEVLOG.md")
        try await daemon.run { _ in }
        #expect(daemon.alerts.isEmpty)

        daemon.clock.move(to: "2026-11-19")
        try await daemon.run { _ in }
        #expect(daemon.alerts == ["2026-W47-commits.md"])
        let text = try daemon.alert("2026-W47-commits.md")
        #expect(text.contains("\nstate: at-risk\n") && text.contains("\nhave: 1\n") && text.contains("\nneed: 4\n"))
        let path = daemon.setup.paths.alerts + "/2026-W47-commits.md"
        let written = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        try await daemon.run { _ in }
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == written)

        daemon.clock.move(to: "2026-11-22")
        try await daemon.run { _ in }
        #expect(try daemon.alert("2026-W47-commits.md").contains("\nstate: due\n"))

        // A week off: both rhythms missed what closed, once the scan has seen that nothing was done.
        daemon.clock.move(to: "2026-11-30")
        try await daemon.run { _ in }
        #expect(daemon.alerts == ["2026-W47-commits.md", "2026-W48-commits.md", "2026-W48-devlog.md"])
        #expect(try daemon.alert("2026-W48-commits.md").contains("\nstate: missed\nsince: 2026-11-30T00:00:00+00:00\n"))

        for number in 0..<5 { try repository.commit("late \(number)", at: "2026-11-30 0\(number):00 +0000") }
        try repository.commit("more", at: "2026-11-30 09:00 +0000", file: "DEVLOG.md")
        try await daemon.run { client async throws in
            #expect(try await client.ask(Wire.Status.self, .init()).alerts.isEmpty)
        }
        #expect(
            daemon.alerts == [
                "archive/2026/2026-W47-commits.md", "archive/2026/2026-W48-commits.md",
                "archive/2026/2026-W48-devlog.md",
            ])
    }

    @Test func aFileThatACrashLeftBehindGoesToTheArchive() async throws {
        let daemon = try TestDaemon(today: "2026-11-16")
        let repository = try daemon.repository()
        try repository.commit("log", at: "2026-11-16 09:00 +0000", file: "DEVLOG.md")
        try await daemon.run { _ in }
        daemon.clock.move(to: "2026-11-19")
        try await daemon.run { _ in }
        let alert = daemon.setup.paths.alerts + "/2026-W47-commits.md"
        let text = try String(contentsOfFile: alert, encoding: .utf8)
        for number in 0..<4 { try repository.commit("\(number)", at: "2026-11-19 0\(number):00 +0000") }
        try await daemon.run { _ in }
        #expect(daemon.alerts == ["archive/2026/2026-W47-commits.md"])
        // As if it had stopped between the database and the folder.
        try text.write(toFile: alert, atomically: false, encoding: .utf8)
        try await daemon.run { _ in }
        #expect(daemon.alerts == ["archive/2026/2026-W47-commits.md"])
    }

    @Test func aRepositoryThatWentAwayIsNoReasonToSayMissed() async throws {
        let daemon = try TestDaemon(today: "2026-11-16")
        let repository = try daemon.repository()
        try repository.commit("one", at: "2026-11-16 09:00 +0000")
        try await daemon.run { _ in }
        try FileManager.default.moveItem(atPath: repository.path, toPath: daemon.home.path + "/.hidden")
        daemon.clock.move(to: "2026-11-24")
        try await daemon.run { client async throws in
            let reply = try await client.ask(Wire.Status.self, .init())
            #expect(reply.unreadable.map(\.problem?.code) == ["not-found"])
            let report = try await client.ask(Wire.Report.self, .init(period: "2026-W47"))
            #expect(report.rhythms.first { $0.id == "commits" }?.state == .unverified)
            let alert = try daemon.alert("2026-W47-commits.md")
            #expect(alert.contains("\nstate: unverified\n"))

            _ = try await client.ask(Wire.SetRepository.self, .init(path: repository.path, action: .retire))
            let retired = try await client.ask(Wire.Report.self, .init(period: "2026-W47"))
            #expect(retired.rhythms.first { $0.id == "commits" }?.state == .missed)
            #expect(retired.rhythms.first { $0.id == "commits" }?.have == 1)
        }
    }

    @Test func brokenRepositoriesCostThemselvesAlone() async throws {
        let daemon = try TestDaemon()
        let good = try daemon.repository("good")
        try good.commit("one", at: "2026-11-23 09:00 +0000")
        let bad = try daemon.repository("bad")
        try bad.commit("two", at: "2026-11-23 09:00 +0000")
        try Data("0123456789012345678901234567890123456789\n".utf8)
            .write(to: URL(fileURLWithPath: bad.path + "/.git/refs/heads/main"))
        try await daemon.run { client async throws in
            let reply = try await client.ask(Wire.Status.self, .init())
            #expect(reply.unreadable.map(\.problem?.code) == ["corrupt"])
            #expect(reply.rhythms.first { $0.id == "commits" }?.have == 1)
        }
    }

    @Test(
        "a worker that dies is blamed on the repository it was at, be it alone in work or one of several",
        arguments: [false, true])
    func aWorkerThatDies(atSeveral: Bool) async throws {
        let daemon = try TestDaemon()
        for name in ["a", "b", "c"] {
            try daemon.repository(name).commit("in \(name)", at: "2026-11-23 09:00 +0000")
        }
        // A worker that dies like one that libgit2 crashed, at the repository called b.
        try daemon.home.write(
            """
            #!/bin/sh
            job=$(cat)
            case $job in *one-at-a-time*|*skip*) ;; *)
                if \(atSeveral); then
                    for name in a b c; do printf 'begin\t%s/%s/.git\n' "$HOME" $name; done
                    kill -SEGV $$
                fi ;;
            esac
            printf '%s\n' "$job" | "\(daemon.setup.scanner)" --job | while IFS= read -r line; do
                printf '%s\\n' "$line"
                case $line in "begin	"*/b/.git) kill -SEGV $$; exit ;; esac
            done
            """, to: ".worker")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: daemon.home.path + "/.worker")
        let failing = daemon.with(scanner: daemon.home.path + "/.worker")
        try await failing.run { client async throws in
            let reply = try await client.ask(Wire.Status.self, .init())
            #expect(reply.unreadable.map(\.gitDir) == [daemon.home.path + "/b/.git"])
            #expect(reply.unreadable.map(\.problem?.code) == ["crashed"])
            #expect(reply.rhythms.first { $0.id == "commits" }?.have == 2)
        }
        try await daemon.run { client async throws in
            #expect(try await client.status()["commits"]?.have == 3)
            #expect(try await client.ask(Wire.Status.self, .init()).unreadable.isEmpty)
        }
    }

    @Test(arguments: [
        "yes | tr -d '\\n'", "yes 'nonsense\tx'", "printf 'begin\t%s/b/.git\n' \"$HOME\"; yes 'gone\tzz'",
        "printf 'begin\t%s/b/.git\n' \"$HOME\"; sleep 1000",
    ])
    func aWorkerThatTalksNonsenseOrNothingIsEnded(script: String) async throws {
        let daemon = try TestDaemon()
        try daemon.repository("b").commit("one", at: "2026-11-23 09:00 +0000")
        try daemon.home.write("#!/bin/sh\n\(script)\n", to: ".worker")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: daemon.home.path + "/.worker")
        let failing = daemon.with(scanner: daemon.home.path + "/.worker") {
            $0.silence = .milliseconds(300)
            $0.blockSize = 1 << 20
            $0.deaths = 3
        }
        try await failing.run { client async throws in
            #expect(try await client.ask(Wire.Status.self, .init()).freshness.trouble != nil)
        }
        try await daemon.run { client async throws in
            #expect(try await client.status()["commits"]?.have == 1)
        }
    }

    @Test func repositoriesCanBeAddedAndPutAside() async throws {
        let daemon = try TestDaemon()
        try daemon.repository("seen").commit("one", at: "2026-11-23 09:00 +0000")
        let hidden = try daemon.repository(".hidden/away")
        try hidden.commit("two", at: "2026-11-23 10:00 +0000")
        try await daemon.run { client async throws in
            func set(_ path: String, _ action: Wire.SetRepository.Action) async throws -> Wire.Repository? {
                try await client.ask(Wire.SetRepository.self, .init(path: path, action: action)).repository
            }
            #expect(try await client.status()["commits"]?.have == 1)
            #expect(try await set(hidden.path, .add)?.gitDir == hidden.path + "/.git")
            #expect(try await client.status()["commits"]?.have == 2)
            #expect(try await client.ask(Wire.Repositories.self, .init()).repositories.count == 2)
            #expect(try await set(hidden.path, .ignore)?.standing == "ignored")
            #expect(try await client.status()["commits"]?.have == 1)
            #expect(try await set(hidden.path, .add)?.standing == "tracked")
            #expect(try await client.status()["commits"]?.have == 2)
            #expect(try await set(hidden.path, .forget) == nil)
            #expect(try await client.status()["commits"]?.have == 1)
            await #expect(throws: VarlinkError.self) { _ = try await set(daemon.home.path + "/seen/file", .add) }
            await #expect(throws: VarlinkError.self) { _ = try await set("/nowhere", .ignore) }
            #expect(try await client.ask(Wire.Repositories.self, .init()).repositories.count == 1)
        }
    }

    @Test func aShallowCloneInventsNoDevLog() async throws {
        let daemon = try TestDaemon()
        let whole = try daemon.repository("whole")
        try whole.commit("log", at: "2026-10-06 09:00 +0000", file: "devlog/1.md")
        try whole.commit("code", at: "2026-11-23 09:00 +0000")
        try whole.git("clone", "-q", "--depth", "1", "file://\(whole.path)", daemon.home.path + "/shallow")
        try await daemon.run { client async throws in
            #expect(
                try await client.ask(Wire.Repositories.self, .init()).repositories.map(\.reader) == ["git", "libgit2"])
            #expect(try await client.status()["devlog"]?.have == 0)
            let explained = try await client.ask(Wire.Explain.self, .init(rhythm: "devlog", period: "2026-W41"))
            #expect(explained.result.have == 1)
        }
    }

    @Test func aRootThatIsNotThereIsSaid() async throws {
        let daemon = try TestDaemon(config: "[repositories]\nroots = [\"~/nowhere\"]\n")
        try await daemon.run { client async throws in
            let reply = try await client.ask(Wire.Status.self, .init())
            #expect(reply.freshness.trouble?.contains("/nowhere") == true)
            #expect(reply.unreadable.isEmpty)
        }
    }

    @Test func aSecondDaemonIsRefusedAndTheFirstGoesOn() async throws {
        let daemon = try TestDaemon()
        try daemon.repository().commit("one", at: "2026-11-23 09:00 +0000")
        try await daemon.run { client async throws in
            await #expect(throws: AlreadyRunning.self) { try await daemon.run { _ in } }
            #expect(try await client.status()["commits"]?.have == 1)
        }
    }

    @Test func aChangedConfigIsTakenOverAndAWrongOneIsNot() async throws {
        let daemon = try TestDaemon(config: "merges = false\n")
        let repository = try daemon.repository()
        try repository.commit("one", at: "2026-11-23 09:00 +0000")
        try repository.git("checkout", "-q", "-b", "side")
        try repository.commit("two", at: "2026-11-23 10:00 +0000", file: "other")
        try repository.git("checkout", "-q", "main")
        try repository.commit("three", at: "2026-11-23 11:00 +0000")
        try repository.git("merge", "-q", "--no-ff", "-m", "merge", "side", date: "2026-11-23 11:30 +0000")
        try await daemon.run { client async throws in
            #expect(try await client.status()["commits"]?.have == 3)
            try daemon.home.write("mergers = true\ncredit = \"kep\"\n", to: ".config/rhythm/rhythm.toml")
            await #expect(throws: VarlinkError.self) { try await client.ask(Wire.Reload.self, .init()) }
            #expect(try await client.status()["commits"]?.have == 3)
            try daemon.home.write("merges = true\n", to: ".config/rhythm/rhythm.toml")
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(try await client.status()["commits"]?.have == 4)
        }
    }

    @Test func whileTheDaemonIsDownItsLastAnswersSayHowOldTheyAre() async throws {
        let daemon = try TestDaemon(today: "2026-11-16")
        try daemon.repository().commit("one", at: "2026-11-16 09:00 +0000")
        try await daemon.run { _ in }
        let result = try Program.run(
            Program.folder + "/rhythmctl", ["report", "--week", "2026-W47", "--json"],
            environment: Program.environment(home: daemon.home.path))
        #expect(result.errorText.contains("rhythmd is not running"))
        let reply = try JSONDecoder().decode(Wire.Report.Reply.self, from: Data(result.text.utf8))
        #expect(reply.freshness.asOf == "2026-11-16T12:00:00+00:00")
        #expect(reply.rhythms.first { $0.id == "commits" }?.have == 1)
    }
}

extension TestDaemon {
    /// The same home and clock with another worker.
    func with(scanner: String, _ change: (inout ScanPass.Limits) -> Void = { _ in }) -> TestDaemon {
        var setup = setup
        setup.scanner = scanner
        change(&setup.scanLimits)
        return TestDaemon(like: self, setup: setup)
    }
}

extension DaemonTests {
    @Test func oneRepositoryIsReadByItselfThoughNoRootLeadsToIt() async throws {
        let daemon = try TestDaemon()
        let hidden = try daemon.repository(".hidden/journal")
        let other = try daemon.repository()
        try hidden.commit("one", at: "2026-11-23 09:00 +0100")
        try await daemon.run { client async throws in
            #expect(try await client.status()["commits"]?.have == 0)
            try other.commit("two", at: "2026-11-23 09:30 +0100")
            _ = try await client.ask(Wire.Scan.self, .init())
            let first = try await client.ask(Wire.Scan.self, .init(repository: hidden.path))
            #expect(first.done == 1 && first.total == 1 && first.new == 1)
            #expect(try await client.status()["commits"]?.have == 2)

            try hidden.commit("three", at: "2026-11-23 10:00 +0100")
            _ = try await client.ask(Wire.Scan.self, .init(repository: hidden.path + "/"))
            #expect(try await client.status()["commits"]?.have == 3)

            await #expect(throws: VarlinkError.self) {
                _ = try await client.ask(Wire.Scan.self, .init(repository: daemon.home.path + "/none"))
            }
            _ = try await client.ask(Wire.SetRepository.self, .init(path: hidden.path, action: .ignore))
            await #expect(throws: VarlinkError.self) {
                _ = try await client.ask(Wire.Scan.self, .init(repository: hidden.path))
            }
        }
    }

    @Test func theJournalIsWhereTheConfigSaysAndItsKindsAreKnown() async throws {
        let daemon = try TestDaemon()
        try await daemon.run { client async throws in
            let journal = try await client.ask(Wire.Journal.self, .init())
            #expect(journal.path == daemon.home.path + "/.local/share/rhythm/journal")
            #expect(journal.kinds.contains("win") && !journal.kinds.contains("talk"))
            try daemon.home.write(
                """
                [journal]
                path = "~/notes/journal/"
                [[rhythm]]
                id = "talks"
                every = "month"
                any_of = [{ entries = "talk" }, { minutes = "walk" }]
                """, to: ".config/rhythm/rhythm.toml")
            _ = try await client.ask(Wire.Reload.self, .init())
            let other = try await client.ask(Wire.Journal.self, .init())
            #expect(other.path == daemon.home.path + "/notes/journal")
            #expect(Set(other.kinds).subtracting(journal.kinds) == ["talk", "walk"])
        }
    }
}
