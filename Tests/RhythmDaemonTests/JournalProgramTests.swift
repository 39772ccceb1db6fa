import Foundation
import RhythmTestSupport
import Testing

/// A home folder whose user has a git identity, and `rhythmctl` in it.
struct Desk {
    let home: TemporaryFolder
    var environment: [String: String]

    var journal: String { home.path + "/.local/share/rhythm/journal" }

    init(config: String = "", name: String = "Me") throws {
        home = try TemporaryFolder()
        environment = Program.environment(home: home.path)
        environment["TZ"] = "Europe/Prague"
        try home.write("[user]\nname = \(name)\nemail = me@example.org\n", to: ".gitconfig")
        try home.write(config, to: ".config/rhythm/rhythm.toml")
    }

    @discardableResult
    func ctl(
        _ arguments: String..., input: String = "", expecting status: Int32? = 0, with more: [String: String] = [:]
    ) throws -> ProcessResult {
        try Program.run(
            Program.folder + "/rhythmctl", arguments, environment: environment.merging(more) { $1 }, input: input,
            expecting: status)
    }

    @discardableResult
    func git(_ arguments: String..., in folder: String? = nil) throws -> String {
        try Program.run("git", ["-C", folder ?? journal] + arguments, environment: environment).text
    }

    /// What is committed under `entries/`.
    func entries() throws -> [String] {
        try git("ls-tree", "-r", "--name-only", "HEAD", "entries").split(separator: "\n").map(String.init)
    }

    func text(of path: String) throws -> String { try git("show", "HEAD:" + path) }

    func untouched() throws -> Bool { try git("status", "--porcelain") == "" }
}

@Suite struct LogProgramTests {
    @Test func anEntryIsAFileAndACommitOfTheUsers() throws {
        let desk = try Desk()
        let first = try desk.ctl(
            "log", "win", "Shared", "the \"demo\"", "--url", "https://example.org/ä", "--tag", "talk", "--tag", "a\\b",
            "--minutes", "15", "--at", "2026-07-01T18:00")
        #expect(first.text.hasPrefix("Began a journal in \(desk.journal). Logged a win. "))
        #expect(first.text.contains("when rhythmd runs again"))
        let path = try #require(try desk.entries().first)
        #expect(path.wholeMatch(of: /entries\/2026\/07\/20260701T180000-win-shared-the-demo-[0-9a-f]{6}\.md/) != nil)
        #expect(
            try desk.text(of: path) == """
                ---
                kind: win
                at: 2026-07-01T18:00:00+02:00
                minutes: 15
                url: "https://example.org/ä"
                tags: ["talk", "a\\\\b"]
                ---
                Shared the "demo"

                """)
        #expect(try desk.git("log", "-1", "--format=%an <%ae> %s") == "Me <me@example.org> win: Shared the \"demo\"\n")
        #expect(try desk.untouched())

        try desk.ctl("log", "sync", "Pairing", "--at", "2026-11-20")
        try desk.ctl("log", "metric", "p95 latency", "8.5", "--unit", "ms")
        let others = try desk.entries().filter { $0 != path }
        #expect(others.count == 2)
        let day = try #require(others.first { $0.contains("/20261120-sync-pairing-") })
        #expect(try desk.text(of: day) == "---\nkind: sync\ndate: 2026-11-20\n---\nPairing\n")
        let sample = try desk.text(of: try #require(others.first { $0.contains("-metric-") }))
        #expect(sample.contains("\nmetric: \"p95 latency\"\nvalue: 8.5\nunit: ms\n---\n"))
    }

    /// By a YAML reader that nobody here wrote.
    @Test func theFrontMatterIsWhatWasMeant() throws {
        let desk = try Desk()
        let python = ProcessInfo.processInfo.environment["RHYTHM_TEST_PYTHON"] ?? "python3"
        guard try Program.run(python, ["-c", "import yaml"], environment: desk.environment, expecting: nil).status == 0
        else {
            Issue.record("PyPI's pyyaml is missing: scripts/test installs it")
            return
        }
        let odd = ["no", "- x: y", "a # b", "\u{1}\u{85}\u{2028}", "'\"\\", "ünï 🎉", " spaces "]
        for text in odd {
            try desk.ctl("log", "metric", "--unit=\(text)", "--url=\(text)", "--tag=\(text)", "--", text, "-1e3")
        }
        let script = """
            import sys, yaml
            seen = []
            for path in sys.argv[1:]:
                head, _, body = open(path, encoding="utf-8").read()[4:].partition("\\n---\\n")
                front = yaml.safe_load(head)
                assert front["kind"] == "metric" and front["value"] == -1000, front
                assert front["metric"] == front["unit"] == front["url"] == front["tags"][0], front
                seen.append(front["metric"])
            print("\\0".join(sorted(seen)), end="")
            """
        let files = try desk.entries().map { desk.journal + "/" + $0 }
        let seen = try Program.run(python, ["-c", script] + files, environment: desk.environment).text
        #expect(Set(seen.split(separator: "\0").map(String.init)) == Set(odd))
    }

    /// Of one day and of one second, whatever the order of the numbers.
    @Test func theReadingThatWasLoggedLastHolds() throws {
        let desk = try Desk(
            config:
                "[[rhythm]]\nid = \"latency\"\nevery = \"year\"\nmetric = \"latency\"\nat_most = 100\nstarts = 2026-01-01\n"
        )
        for values in [["80", "9", "75"], ["60", "100", "8"]] {
            for value in values { try desk.ctl("log", "metric", "latency", value, "--at", "2026-11-20") }
            let daemon = try RunningDaemon(environment: desk.environment)
            defer { _ = daemon.end(with: SIGTERM) }
            try desk.ctl("scan")
            #expect(
                try desk.ctl("report", "--period", "2026", "--at", "2026-11-21", "--json").text
                    .contains("\"have\" : \(values[2])"))
        }
    }

    @Test func fiftyAtOnceAllLand() async throws {
        let desk = try Desk()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...50 { group.addTask { try desk.ctl("log", "win", "number \(number)") } }
            try await group.waitForAll()
        }
        let titles = try desk.entries().map { try desk.text(of: $0).split(separator: "\n").last.map(String.init) }
        #expect(Set(titles) == Set((1...50).map { "number \($0)" }))
        #expect(try desk.untouched())
        #expect(try desk.git("fsck", "--no-dangling") == "")
    }

    @Test func whatIsStagedOrChangedByHandStaysThat() throws {
        let desk = try Desk()
        try desk.ctl("log", "win", "one")
        let one = try desk.entries()[0]
        try desk.home.write("mine", to: ".local/share/rhythm/journal/staged.md")
        try desk.git("add", "staged.md")
        try desk.home.write("changed", to: ".local/share/rhythm/journal/\(one)")
        try desk.ctl("log", "win", "two")
        #expect(try desk.git("status", "--porcelain") == " M \(one)\nA  staged.md\n")
        #expect(try desk.entries().count == 2)
    }

    @Test func theEditorWritesTheTextAndAnEmptyOneAborts() throws {
        let desk = try Desk()
        // The first of them that is set is asked; git's own is the last.
        let editors = [
            ("VISUAL", "sed -i '1s/.*/# From VISUAL/'"), ("EDITOR", "sed -i '1s/.*/# From EDITOR/'"),
            ("GIT_EDITOR", "sed -i '1s/.*/# From GIT_EDITOR/'"),
        ]
        for index in editors.indices {
            try desk.ctl("log", "win", with: Dictionary(uniqueKeysWithValues: editors[index...]))
        }
        #expect(
            Set(try desk.entries().map { try desk.text(of: $0).split(separator: "\n").last ?? "" })
                == ["# From VISUAL", "# From EDITOR", "# From GIT_EDITOR"])
        let before = try desk.entries()
        for editor in ["true", "sed -i '1s/.*/   /'", "false"] {
            let aborted = try desk.ctl("log", "win", expecting: 1, with: ["EDITOR": editor])
            #expect(aborted.errorText.contains("nothing was logged"))
        }
        #expect(try desk.ctl("log", "win", "  ", expecting: 1).errorText.contains("empty"))
        #expect(try desk.ctl("log", "win", "-", input: "\n", expecting: 1).errorText.contains("empty"))
        #expect(try desk.entries() == before && desk.untouched())
        let left = try FileManager.default.contentsOfDirectory(atPath: desk.journal + "/.git")
        #expect(!left.contains { $0.hasPrefix("RHYTHM") })
        try desk.ctl("log", "win", "-", input: "From a pipe\n\nWith a body\n")
        let piped = try #require(try desk.entries().first { $0.contains("from-a-pipe") })
        #expect(try desk.text(of: piped).hasSuffix("---\nFrom a pipe\n\nWith a body\n"))
    }

    @Test func anUnknownKindOffersTheNearestAndHowToBeginANewOne() throws {
        let desk = try Desk(config: "[[rhythm]]\nid = \"talks\"\nevery = \"month\"\nentries = \"lecture\"\n")
        let slip = try desk.ctl("log", "lectrue", "It's Swift", "--minutes", "5", expecting: 1).errorText
        #expect(slip.contains("there is no kind \"lectrue\"; did you mean lecture?"))
        #expect(slip.contains(#"rhythmctl log lecture 'It'\''s Swift' --minutes 5"#))
        #expect(slip.contains(#"rhythmctl log --new-kind lectrue 'It'\''s Swift' --minutes 5"#))
        #expect(!FileManager.default.fileExists(atPath: desk.journal))
        // What it offers works as it stands.
        let offered = slip.split(separator: "\n").filter { $0.contains("rhythmctl log") }
        for line in offered {
            try Program.run(
                "sh", ["-c", "PATH=\(Program.folder):$PATH; \(line)"], environment: desk.environment)
        }
        #expect(try desk.entries().count == 2)
        #expect(try desk.ctl("log", "zzzzzzz", "x", expecting: 1).errorText.contains("there are blog, demo"))
        try desk.ctl("log", "Win", "capital")
        #expect(try desk.entries().contains { $0.contains("-win-capital-") })
        for wrong in [
            ["log", "win", "x", "--at", "2026-02-30"], ["log", "win", "x", "--minutes", "0"],
            ["log", "metric", "stars"],
            ["log", "metric", "stars", "many"], ["log", "win", "x", "--unit", "ms"], ["log", "--new-kind", "a:b", "x"],
        ] {
            try Program.run(
                Program.folder + "/rhythmctl", wrong, environment: desk.environment, expecting: 64)
        }
    }

    @Test func whatACommandDidNotCommitTheNextOneDoes() throws {
        let desk = try Desk()
        try desk.ctl("log", "win", "one")
        // As it is when it was killed: written, or written and staged, or half written.
        let mine = ["20261101T101010-win-a-0a0a0a.md", "20261102T101010-win-b-0b0b0b.md"]
        for name in mine {
            try desk.home.write(
                "---\nkind: win\ndate: 2026-11-01\n---\nx\n", to: ".local/share/rhythm/journal/entries/2026/11/\(name)")
        }
        try desk.git("add", "entries/2026/11/\(mine[1])")
        try desk.home.write("---\nki", to: ".local/share/rhythm/journal/entries/2026/11/.rhythmctl.1.tmp")
        try desk.home.write("by hand", to: ".local/share/rhythm/journal/entries/hand.md")
        let next = try desk.ctl("log", "win", "two")
        for name in mine {
            #expect(next.errorText.contains("committed now what was written before: entries/2026/11/\(name)"))
        }
        #expect(try desk.git("status", "--porcelain") == "?? entries/hand.md\n")
        #expect(try desk.entries().count == 4)
    }

    @Test func whoIgnoresMarkdownElsewhereLogsAllTheSame() throws {
        let desk = try Desk()
        try desk.home.write("*.md\n", to: ".config/git/ignore")
        try desk.ctl("log", "win", "one")
        let left = "entries/2026/11/20261101T101010-win-a-0a0a0a.md"
        try desk.home.write("---\nkind: win\ndate: 2026-11-01\n---\nx\n", to: ".local/share/rhythm/journal/" + left)
        #expect(try desk.ctl("log", "win", "two").errorText.contains(left))
        #expect(try desk.entries().count == 3)
    }

    @Test func aKillAtAnyMomentLosesNothingThatWasWritten() throws {
        let desk = try Desk()
        try desk.ctl("log", "win", "first")
        // A hook that ends the command that waits for it, in the middle of a commit.
        let hook = desk.journal + "/.git/hooks/pre-commit"
        try desk.home.write(
            "#!/bin/sh\nkill -9 $(ps -o ppid= -p $PPID)\nexit 1\n",
            to: ".local/share/rhythm/journal/.git/hooks/pre-commit")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
        try desk.ctl("log", "win", "killed", expecting: SIGKILL)
        try FileManager.default.removeItem(atPath: hook)
        #expect(try desk.entries().count == 1)
        try desk.ctl("log", "win", "next")
        #expect(try desk.entries().contains { $0.contains("-win-killed-") })
        #expect(try desk.entries().count == 3 && desk.untouched())
    }

    @Test func whatGitRefusesIsSavedAndSaid() throws {
        let desk = try Desk()
        try desk.home.write("", to: ".gitconfig")
        var environment = desk.environment
        environment["EMAIL"] = ""
        let nobody = try Program.run(
            Program.folder + "/rhythmctl", ["log", "win", "anonymous"],
            environment: environment.merging([
                "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.useConfigOnly", "GIT_CONFIG_VALUE_0": "true",
            ]) { $1 },
            expecting: 73)
        #expect(nobody.errorText.contains("saved, but not committed: \(desk.journal)/entries/"))
        #expect(nobody.errorText.contains("git config --global user.email"))
        try desk.home.write("[user]\nname = Me\nemail = me@example.org\n", to: ".gitconfig")

        let hook = desk.journal + "/.git/hooks/commit-msg"
        try desk.home.write(
            "#!/bin/sh\necho 'write better' >&2\nexit 1\n", to: ".local/share/rhythm/journal/.git/hooks/commit-msg")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
        #expect(try desk.ctl("log", "win", "refused", expecting: 73).errorText.contains("write better"))
        let typed = try desk.ctl("log", "win", expecting: 73, with: ["EDITOR": "sed -i '1s/.*/Typed/'"])
        #expect(typed.errorText.contains("-win-typed-"))
        try FileManager.default.removeItem(atPath: hook)
        try desk.ctl("log", "win", "taken")
        #expect(try desk.entries().count == 4 && desk.untouched())
    }

    /// Each names a command that mends it, after which the next entry brings in the one that waited.
    @Test(arguments: ["no repository", "detached", "merge", "rebase", "conflict", "index.lock"])
    func whatStandsInTheWayIsExplained(_ what: String) throws {
        let desk = try Desk()
        let file = ".local/share/rhythm/journal/entries/2026/11/note.md"
        var hint = ""
        if what == "no repository" {
            try desk.home.write("mine", to: ".local/share/rhythm/journal/note.txt")
            hint = "git -C \(desk.journal) init"
        } else {
            try desk.ctl("log", "win", "begin")
            let branch = try desk.git("branch", "--show-current").trimmingCharacters(in: .newlines)
            try desk.home.write("base\n", to: file)
            try desk.git("add", ".")
            try desk.git("commit", "-qm", "base")
            try desk.git("switch", "-qc", "other")
            try desk.home.write("theirs\n", to: file)
            try desk.git("commit", "-qam", "theirs")
            try desk.git("switch", "-q", branch)
            try desk.home.write("ours\n", to: file)
            func run(_ arguments: String...) throws {
                _ = try Program.run(
                    "git", ["-C", desk.journal] + arguments, environment: desk.environment, expecting: nil)
            }
            switch what {
            case "detached":
                try desk.git("commit", "-qam", "ours")
                try desk.git("checkout", "-q", "--detach")
                hint = "git -C \(desk.journal) switch \(branch)"
            case "merge", "rebase":
                try desk.git("commit", "-qam", "ours")
                try run(what, "other")
                hint = "git -C \(desk.journal) \(what) --abort"
            case "conflict":
                try desk.git("stash", "-q")
                try desk.git("merge", "-q", "other")
                try run("stash", "pop")
                hint = "git -C \(desk.journal) add entries/2026/11/note.md"
            default:
                try desk.git("commit", "-qam", "ours")
                try desk.home.write("", to: ".local/share/rhythm/journal/.git/index.lock")
                hint = "rm \(desk.journal)/.git/index.lock"
            }
        }
        let refused = try desk.ctl("log", "win", "kept safe", expecting: 73)
        #expect(refused.errorText.contains("saved, but not committed"))
        #expect(refused.errorText.contains(hint), "\(refused.errorText)")
        try Program.run("sh", ["-c", hint], environment: desk.environment)
        let next = try desk.ctl("log", "win", "after")
        #expect(next.errorText.contains("-win-kept-safe-"))
        #expect(try desk.entries().contains { $0.contains("-win-kept-safe-") })
    }

    /// Each names a command that mends it, after which all that was ever logged is committed.
    @Test(arguments: [
        "index", "no index", "HEAD", "no HEAD", "half made", "branch", "missing commit", "empty commit", "orphan",
        "file",
    ])
    func whatIsBrokenIsExplained(_ what: String) throws {
        let desk = try Desk()
        let gitDir = ".local/share/rhythm/journal/.git/"
        try desk.home.write(
            "[user]\nname = Me\nemail = me@example.org\n[init]\ndefaultBranch = trunk\n", to: ".gitconfig")
        if what != "half made", what != "file" {
            for text in ["one", "two"] { try desk.ctl("log", "win", text) }
        }
        let hint: String
        let index = "rm \(desk.journal)/.git/index && git -C \(desk.journal) reset --quiet"
        switch what {
        case "index":
            try desk.home.write("garbage", to: gitDir + "index")
            hint = index
        case "no index":
            try desk.home.write("", to: gitDir + "index")
            hint = index
        case "HEAD", "no HEAD":
            try desk.home.write("", to: gitDir + "HEAD")
            if what == "no HEAD" { unlink(desk.journal + "/.git/HEAD") }
            hint = "echo 'ref: refs/heads/trunk' > \(desk.journal)/.git/HEAD"
        case "half made":
            try desk.home.write("", to: gitDir + "info/exclude")
            hint = "git -C \(desk.journal) init"
        case "branch", "missing commit":
            let good = try desk.git("rev-parse", "HEAD")
            let bad = what == "branch" ? "" : String(repeating: "1", count: 40) + "\n"
            try desk.home.write(bad, to: gitDir + "refs/heads/trunk")
            hint =
                "echo \(good.dropLast()) > \(desk.journal)/.git/refs/heads/trunk && git -C \(desk.journal) reset --quiet"
        case "empty commit":
            let last = try desk.git("rev-parse", "HEAD")
            let good = try desk.git("rev-parse", "HEAD~")
            let object = gitDir + "objects/\(last.prefix(2))/\(last.dropFirst(2).dropLast())"
            unlink("\(desk.home.path)/\(object)")
            try desk.home.write("", to: object)
            hint =
                "echo \(good.dropLast()) > \(desk.journal)/.git/refs/heads/trunk && git -C \(desk.journal) reset --quiet"
        case "orphan":
            try desk.home.write("ref: refs/heads/other\n", to: gitDir + "HEAD")
            hint = "git -C \(desk.journal) symbolic-ref HEAD refs/heads/trunk"
        default:
            try desk.home.write("no folder", to: ".local/share/rhythm/journal")
            hint = "mv \(desk.journal) \(desk.journal).old"
        }
        let refused = try desk.ctl("log", "win", "kept safe", expecting: 73)
        #expect(refused.errorText.contains(": \(hint)"), "\(refused.errorText)")
        #expect(try desk.ctl("journal", expecting: nil).errorText.contains(": \(hint)"))
        try Program.run("sh", ["-c", hint], environment: desk.environment)
        try desk.ctl("log", "win", "after")
        let titles = try desk.entries().map { try desk.text(of: $0).split(separator: "\n").last.map(String.init) }
        let before = what == "half made" || what == "file" ? [] : ["one", "two"]
        #expect(Set(titles) == Set(before + ["kept safe", "after"]) && titles.count == before.count + 2)
        #expect(try desk.untouched())
        #expect(try desk.git("branch", "--format=%(refname:short)") == "trunk\n")
    }

    @Test func theEnvironmentOfAHookLeadsItNowhereElse() throws {
        let desk = try Desk()
        let other = try HomeRepository(at: desk.home.path + "/work", home: desk.home.path)
        try other.commit("one", at: "2026-11-20 12:00 +0100")
        let inHook = [
            "GIT_DIR": other.path + "/.git", "GIT_INDEX_FILE": other.path + "/.git/index", "GIT_PREFIX": "x/",
        ]
        try desk.ctl("log", "win", "from a hook", with: inHook)
        #expect(try desk.entries().count == 1)
        #expect(try other.git("log", "--format=%s") == "one\n" && other.git("status", "--porcelain") == "")
    }
}

/// An entry that the journal does not take.
@Suite struct KeptEntryTests {
    private let desk: Desk
    private var kept: String { desk.home.path + "/.state/rhythm/unsaved" }

    /// With a journal in which a file stands where the folder of 2025 would be.
    init() throws {
        desk = try Desk()
        try desk.ctl("log", "win", "first")
        try desk.home.write("in the way", to: ".local/share/rhythm/journal/entries/2025")
    }

    private func files(_ folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private func clear() throws { try FileManager.default.removeItem(atPath: desk.journal + "/entries/2025") }

    @Test(arguments: ["log", "list", "show"]) func itIsKeptAndTakenInByTheNextCommandThatCan(_ next: String) throws {
        let refused = try desk.ctl("log", "win", "kept safe", "--at", "2025-03-04", "--tag", "a", expecting: 73)
        let name = try #require(files(kept).first)
        #expect(name.wholeMatch(of: /20250304-win-kept-safe-[0-9a-f]{6}\.md/) != nil)
        let file = "\(desk.journal)/entries/2025"
        #expect(
            refused.errorText.contains(
                "\(file) is a file where a folder has to be; to move it out of the way: mv \(file) \(file).old\n"))
        #expect(refused.errorText.contains("Your entry is kept in \(kept)/\(name).\n"))
        let text = "---\nkind: win\ndate: 2025-03-04\ntags: [\"a\"]\n---\nkept safe\n"
        #expect(try String(contentsOfFile: "\(kept)/\(name)", encoding: .utf8) == text)
        // It is named for as long as it waits, and nothing else is held up.
        #expect(try desk.ctl("journal", "show", "first").errorText.contains("kept until then: \(kept)/\(name)\n"))
        try desk.ctl("log", "win", "meanwhile")
        #expect(files(kept) == [name])

        try clear()
        switch next {
        case "log": try desk.ctl("log", "win", "next")
        case "list": try desk.ctl("journal", expecting: nil)
        default: #expect(try desk.ctl("journal", "show", "kept").text == text)
        }
        #expect(try desk.text(of: "entries/2025/03/\(name)") == text)
        #expect(try files(kept).isEmpty && desk.untouched())
    }

    @Test func whatWasTypedIsKeptAsWell() throws {
        try desk.ctl(
            "log", "win", "--at", "2025-03-04", expecting: 73, with: ["EDITOR": "sed -i '1s/.*/Typed with care/'"])
        try desk.ctl("log", "win", "-", "--at", "2025-03-05", input: "From a pipe\n\nWith a body\n", expecting: 73)
        #expect(files(kept).count == 2)
        #expect(!files(desk.journal + "/.git").contains { $0.hasPrefix("RHYTHM") })
        try clear()
        try desk.ctl("log", "win", "next")
        let texts = try desk.entries().map { try desk.text(of: $0) }
        #expect(texts.contains { $0.hasSuffix("---\nTyped with care\n") })
        #expect(texts.contains { $0.hasSuffix("---\nFrom a pipe\n\nWith a body\n") })
    }

    @Test func anEditorThatFailsLosesNothingThatItSaved() throws {
        let failed = try desk.ctl(
            "log", "win", expecting: 1, with: ["EDITOR": "sh -c 'echo Half a thought > \"$1\"; exit 3' sh"])
        let file = try #require(failed.errorText.firstMatch(of: /what it saved is in (\S+)/)?.1)
        #expect(try String(contentsOfFile: String(file), encoding: .utf8) == "Half a thought\n")
    }

    @Test func whereNothingCanBeKeptTheTextIsPrinted() throws {
        for folder in [".state/rhythm/unsaved", "run/rhythm/unsaved"] { try desk.home.write("", to: folder) }
        let refused = try desk.ctl(
            "log", "win", "kept safe\n\nand \u{1B}[31msound", "--at", "2025-03-04", expecting: 73)
        #expect(
            refused.errorText.hasSuffix(
                "\n\n---\nkind: win\ndate: 2025-03-04\n---\nkept safe\n\nand \\u{1b}[31msound\n\n"))
        let typed = try desk.ctl(
            "log", "win", "--at", "2025-03-04", expecting: 73, with: ["EDITOR": "sed -i '1s/.*/Typed/'"])
        let file = try #require(typed.errorText.firstMatch(of: /Your text is kept in (\S+)/)?.1)
        #expect(try String(contentsOfFile: String(file), encoding: .utf8).hasPrefix("Typed\n"))
    }

    /// In a namespace of its own, where the journal's disk is full, or may not be written.
    @Test(arguments: ["full", "read-only"]) func aDiskThatTakesNothing(_ what: String) throws {
        let namespace = ["--user", "--map-root-user", "--mount"]
        let possible = try Program.run("unshare", namespace + ["true"], environment: desk.environment, expecting: nil)
        guard possible.status == 0 else { return print("skipped: this user may make no namespaces") }
        let mount =
            what == "full"
            ? "mount -t tmpfs -o size=16k none \"$1\"" : "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\""
        let script = mount + " && exec \"$2\" log win kept"
        let refused = try Program.run(
            "unshare", namespace + ["sh", "-c", script, "sh", desk.journal, Program.folder + "/rhythmctl"],
            environment: desk.environment, expecting: 73)
        let cause = what == "full" ? "No space left on device; " : "Read-only file system; "
        let hint = what == "full" ? "df -h \(desk.journal)/entries/" : "findmnt --target \(desk.journal)/entries/"
        #expect(refused.errorText.contains(cause) && refused.errorText.contains(hint))
        #expect(files(kept).count == 1)
        try desk.ctl("log", "win", "next")
        #expect(try desk.entries().count == 3)
    }
}

@Suite struct JournalProgramTests {
    @Test func anEntryIsShownEditedAndRemovedByAPartOfItsName() throws {
        let desk = try Desk()
        #expect(try desk.ctl("journal", "where").text == desk.journal + "\n")
        #expect(try desk.ctl("journal", "show", "x", expecting: 66).errorText.contains("rhythmctl log win"))
        #expect(!FileManager.default.fileExists(atPath: desk.journal))
        try desk.ctl("log", "win", "Shared the demo", "--at", "2026-11-20")
        try desk.ctl("log", "win", "Shared the plan", "--at", "2026-11-20")
        #expect(
            try desk.ctl("journal", "show", "DEMO").text == "---\nkind: win\ndate: 2026-11-20\n---\nShared the demo\n")
        let ambiguous = try desk.ctl("journal", "rm", "shared", expecting: 66).errorText
        #expect(ambiguous.contains("part of 2 names") && ambiguous.contains("shared-the-plan"))
        #expect(try desk.ctl("journal", "show", "nothing", expecting: 66).errorText.contains("no entry \"nothing\""))

        let unchanged = try desk.git("rev-parse", "HEAD")
        try desk.ctl("journal", "edit", "demo", with: ["EDITOR": "true"])
        #expect(try desk.git("rev-parse", "HEAD") == unchanged)
        try desk.ctl("journal", "edit", "demo", with: ["EDITOR": "sed -i 's/the demo/a talk/'"])
        let path = try #require(try desk.entries().first { $0.contains("demo") })
        #expect(try desk.text(of: path).hasSuffix("Shared a talk\n"))

        let removed = try desk.ctl("journal", "rm", "plan").text
        #expect(try desk.entries() == [path] && desk.untouched())
        let undo = try #require(removed.split(separator: ": ").last)
        try Program.run("sh", ["-c", String(undo.prefix { $0 != "\n" })], environment: desk.environment)
        #expect(try desk.entries().count == 2)
    }

    @Test func handWrittenFilesCanBeReachedAndAreNotLost() throws {
        let desk = try Desk()
        try desk.ctl("log", "win", "one")
        try desk.home.write("---\nkind: win\n---\nMine\n", to: ".local/share/rhythm/journal/notes/2026-11-20.md")
        #expect(try desk.ctl("journal", "show", "notes/2026").text.hasSuffix("Mine\n"))
        // What git does not have is not removed.
        #expect(try desk.ctl("journal", "rm", "notes/2026", expecting: 73).errorText.contains("git did not remove it"))
        try desk.ctl("journal", "edit", "notes/2026", with: ["EDITOR": "sed -i s/Mine/Yours/"])
        #expect(try desk.text(of: "notes/2026-11-20.md").hasSuffix("Yours\n") && desk.untouched())
    }

    @Test func anEditAfterWhichItCannotBeReadSaysWhere() throws {
        let desk = try Desk()
        try desk.ctl("log", "sync", "Pairing", "--minutes", "15", "--at", "2026-11-20")
        let path = try desk.entries()[0]
        let name = try #require(path.split(separator: "/").last)
        let broken = try desk.ctl(
            "journal", "edit", "pairing", expecting: 65, with: ["EDITOR": "sed -i 's/minutes: 15/minutes: many/'"])
        #expect(broken.text.hasPrefix("Changed \(path).\n"))
        let lines = broken.errorText.split(separator: "\n")
        #expect(
            lines.first == "rhythmctl: \(desk.journal)/\(path):4: minutes must be a number such as 15, and is “many”")
        #expect(lines.last?.hasSuffix(": rhythmctl journal edit \(name)") == true)
        // It is safe as it was left, and the command that is named leads back to it.
        #expect(try desk.text(of: path).contains("minutes: many") && desk.untouched())
        let again = try #require(broken.errorText.firstMatch(of: /rhythmctl journal edit \S+/)).output
        try Program.run(
            "sh", ["-c", "PATH=\(Program.folder):$PATH; \(again)"],
            environment: desk.environment.merging(["EDITOR": "sed -i s/many/20/"]) { $1 })
        #expect(try desk.text(of: path).contains("minutes: 20"))
        struct Changed: Decodable {
            struct Finding: Decodable { var line: Int? }
            var unreadable: Finding?
        }
        func changed(_ editor: String, _ status: Int32) throws -> Changed {
            let reply = try desk.ctl(
                "journal", "edit", "--json", "pairing", expecting: status, with: ["EDITOR": editor])
            return try JSONDecoder().decode(Changed.self, from: reply.output)
        }
        #expect(try changed("sed -i s/kind:/mind:/", 65).unreadable?.line == 1)
        #expect(try changed("sed -i s/mind:/kind:/", 0).unreadable == nil)
    }

    // MARK: Several machines

    /// Two home folders with one remote between them.
    private func machines() throws -> (laptop: Desk, tower: Desk, remote: String) {
        let laptop = try Desk()
        let tower = try Desk(name: "Me too")
        let remote = laptop.home.path + "/remote.git"
        try Program.run("git", ["init", "-q", "--bare", remote], environment: laptop.environment)
        return (laptop, tower, remote)
    }

    private func sync(_ desk: Desk) throws -> String { try desk.ctl("journal", "sync").text }

    @Test func machinesThatLoggedApartComeTogether() throws {
        let (laptop, tower, remote) = try machines()
        try laptop.ctl("log", "win", "on the laptop")
        #expect(try laptop.ctl("journal", "sync", expecting: 73).errorText.contains("remote add origin"))
        try laptop.git("remote", "add", "origin", remote)
        #expect(try sync(laptop).hasPrefix("0 received, 2 sent (origin)"))
        #expect(try laptop.git("rev-parse", "--abbrev-ref", "@{upstream}").hasPrefix("origin/"))
        try Program.run("git", ["clone", "-q", remote, tower.journal], environment: tower.environment)

        try laptop.ctl("log", "win", "laptop offline")
        try tower.ctl("log", "win", "tower offline")
        try tower.ctl("log", "sync", "tower offline")
        #expect(try sync(laptop).hasPrefix("0 received, 1 sent"))
        #expect(try sync(tower).hasPrefix("1 received, 2 sent"))
        #expect(try sync(laptop).hasPrefix("2 received, 0 sent"))
        #expect(try sync(laptop).hasPrefix("0 received, 0 sent"))
        #expect(try laptop.entries() == tower.entries() && laptop.entries().count == 4)
        #expect(try laptop.git("rev-parse", "HEAD") == tower.git("rev-parse", "HEAD"))
        #expect(try laptop.git("log", "--merges", "--format=%s") == "")
    }

    /// Each began a journal of its own, and with another name for the first branch.
    @Test func journalsThatWereBegunApartComeTogether() throws {
        let (laptop, tower, remote) = try machines()
        try laptop.home.write(
            "[user]\nname = Me\nemail = me@example.org\n[init]\ndefaultBranch = trunk\n", to: ".gitconfig")
        try laptop.ctl("log", "win", "on the laptop")
        try tower.ctl("log", "win", "on the tower")
        for desk in [laptop, tower] {
            try desk.git("remote", "add", "origin", remote)
            _ = try sync(desk)
        }
        _ = try sync(laptop)
        #expect(try laptop.git("rev-parse", "HEAD") == tower.git("rev-parse", "HEAD"))
        #expect(try laptop.entries().count == 2)
        #expect(
            try Program.run("git", ["-C", remote, "branch"], environment: laptop.environment).text.contains("trunk"))
        try tower.ctl("log", "win", "and on")
        #expect(try sync(tower).hasPrefix("0 received, 1 sent"))
        #expect(try sync(laptop).hasPrefix("1 received, 0 sent"))
    }

    @Test func anEntryThatBothChangedIsExplainedAndBothAreSafe() throws {
        let (laptop, tower, remote) = try machines()
        try laptop.ctl("log", "win", "the demo")
        try laptop.git("remote", "add", "origin", remote)
        _ = try sync(laptop)
        try Program.run("git", ["clone", "-q", remote, tower.journal], environment: tower.environment)
        try laptop.ctl("journal", "edit", "demo", with: ["EDITOR": "sed -i 's/the demo/the laptop/'"])
        try tower.ctl("journal", "edit", "demo", with: ["EDITOR": "sed -i 's/the demo/the tower/'"])
        try tower.ctl("log", "win", "another")
        _ = try sync(laptop)
        let before = try tower.git("rev-parse", "HEAD")
        let conflict = try tower.ctl("journal", "sync", expecting: 73).errorText
        #expect(conflict.contains("-win-the-demo-"))
        #expect(try tower.git("rev-parse", "HEAD") == before && tower.untouched())
        // Logging goes on, and what was told to do works.
        try tower.ctl("log", "win", "meanwhile")
        let path = try #require(try tower.entries().first { $0.contains("the-demo") })
        let commands = conflict.matches(of: /git -C [^\n]+/).map { String($0.output) }
        try #require(commands.count == 2)
        _ = try Program.run("sh", ["-c", commands[0]], environment: tower.environment, expecting: nil)
        try tower.home.write(
            "---\nkind: win\ndate: 2026-11-20\n---\nthe two\n", to: ".local/share/rhythm/journal/" + path)
        try Program.run(
            "sh", ["-c", commands[1]], environment: tower.environment.merging(["GIT_EDITOR": "true"]) { $1 })
        _ = try sync(tower)
        _ = try sync(laptop)
        #expect(try laptop.text(of: path).hasSuffix("the two\n"))
        #expect(try laptop.git("rev-parse", "HEAD") == tower.git("rev-parse", "HEAD"))
        #expect(try laptop.entries().count == 3)
    }

    @Test func manyMachinesAtOnceAllGetThrough() async throws {
        let (laptop, _, remote) = try machines()
        try laptop.ctl("log", "win", "begin")
        try laptop.git("remote", "add", "origin", remote)
        _ = try sync(laptop)
        let desks = try (0..<4).map { _ in
            let desk = try Desk()
            try Program.run("git", ["clone", "-q", remote, desk.journal], environment: desk.environment)
            try desk.ctl("log", "win", "mine")
            return desk
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for desk in desks { group.addTask { try desk.ctl("journal", "sync") } }
            try await group.waitForAll()
        }
        _ = try sync(laptop)
        #expect(try laptop.entries().count == 5)
    }

    @Test func whatKeepsAJournalFromBeingSharedIsExplained() throws {
        let (laptop, _, remote) = try machines()
        try laptop.ctl("log", "win", "one")
        let path = try laptop.entries()[0]
        try laptop.git("remote", "add", "origin", remote + "/none")
        let none = try laptop.ctl("journal", "sync", expecting: 73).errorText
        #expect(none.contains("origin cannot be reached") && none.contains("Your entries are safe here"))
        try laptop.git("remote", "set-url", "origin", remote)
        try laptop.home.write("changed", to: ".local/share/rhythm/journal/" + path)
        #expect(try laptop.ctl("journal", "sync", expecting: 73).errorText.contains("commit --all"))
        try laptop.git("checkout", "-q", path)
        try laptop.git("checkout", "-q", "--detach")
        #expect(try laptop.ctl("journal", "sync", expecting: 73).errorText.contains("no branch is checked out"))
        #expect(try laptop.git("ls-remote", "origin") == "")
    }
}

/// With a daemon that counts.
@Suite(.serialized) struct CountedEntryTests {
    private static let config = """
        [[rhythm]]
        id = "commits"
        every = "week"
        measure = "commits"
        [[rhythm]]
        id = "wins"
        name = "Wins"
        every = "week"
        entries = "win"
        starts = 2026-01-05
        [[rhythm]]
        id = "sync"
        name = "Sync"
        every = "month"
        minutes = "sync"
        at_least = 15
        starts = 2026-01-05
        [[rhythm]]
        id = "latency"
        name = "Latency"
        every = "week"
        metric = "latency"
        at_most = 100
        """

    @Test func anEntryIsCountedBeforeTheCommandReturns() throws {
        let desk = try Desk(config: Self.config)
        let daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        let first = try desk.ctl("log", "win", "Shared the demo", "--url", "https://example.org/demo").text
        #expect(first == "Began a journal in \(desk.journal). Logged a win. Wins 1 of 1 this week: met\n")
        #expect(
            try desk.ctl("log", "sync", "Pairing", "--minutes", "10").text.hasPrefix(
                "Logged a sync. Sync 10 of 15 this month: "))
        #expect(
            try desk.ctl("log", "sync", "Pairing", "--minutes", "5").text
                == "Logged a sync. Sync 15 of 15 this month: met\n")
        #expect(
            try desk.ctl("log", "metric", "latency", "80.5", "--unit", "ms").text
                == "Logged latency. Latency 80.5, asked for at most 100 this week: met\n")
        #expect(
            try desk.ctl("log", "question", "Why?").text.hasPrefix(
                "Logged a question. No rhythm or goal of yours counts it"))
        // The journal's own commits are none of the user's work.
        #expect(try desk.ctl("explain", "commits").text.contains("\n0 of 1 commit: "))

        struct Listing: Decodable {
            struct Entry: Decodable {
                var file: String
                var kind: String
                var title: String
                var minutes: Double?
                var metric: String?
                var value: Double?
                var unit: String?
                var url: String?
                var verdict: String
            }
            struct Finding: Decodable {
                var file: String
                var line: Int?
            }
            var entries: [Entry]
            var uncommitted: [String]
            var unreadable: [Finding]
        }
        func listing(_ arguments: String...) throws -> Listing {
            let reply = try Program.run(
                Program.folder + "/rhythmctl", ["journal", "list", "--json"] + arguments, environment: desk.environment)
            return try JSONDecoder().decode(Listing.self, from: reply.output)
        }
        let all = try listing()
        #expect(Set(all.entries.map(\.file)) == Set(try desk.entries()))
        #expect(all.entries.allSatisfy { $0.verdict == "counted" })
        #expect(try listing("--kind", "sync").entries.map(\.minutes).sorted { $0 ?? 0 < $1 ?? 0 } == [5, 10])
        let sample = try #require(try listing("--kind", "metric").entries.first)
        #expect(sample.metric == "latency" && sample.value == 80.5 && sample.unit == "ms")
        #expect(try listing("--since", "2027").entries.isEmpty)
        #expect(try desk.ctl("journal").text.contains("  Shared the demo https://example.org/demo\n"))

        // What is edited counts as it is now, and what is removed no longer.
        try desk.ctl("journal", "edit", "why", with: ["EDITOR": "sed -i 's/kind: question/kind: talk/'"])
        #expect(try listing("--kind", "talk").entries.map(\.title) == ["Why?"])
        try desk.ctl("journal", "rm", "shared-the-demo")
        #expect(try listing("--kind", "win").entries.isEmpty)
        #expect(try desk.ctl("explain", "wins").text.contains("0 of 1"))

        // By hand: uncommitted, and committed and not to be read.
        try desk.home.write("---\nkind: win\n---\nMine\n", to: ".local/share/rhythm/journal/notes/2026-11-20.md")
        let hand = try desk.ctl("journal").text
        #expect(hand.contains("Not committed, and so not counted:\n  notes/2026-11-20.md\n"))
        try desk.home.write("no entry", to: ".local/share/rhythm/journal/it's\n-n.md")
        let commit = try #require(try desk.ctl("journal").text.firstMatch(of: /To commit: (.+)/)?.1)
        try Program.run(
            "sh", ["-c", String(commit)],
            environment: desk.environment.merging(["GIT_EDITOR": "sed -i '1s/.*/x/'"]) { $1 })
        #expect(try desk.untouched())
        try desk.home.write(
            "---\nkind: win\nminutes: many\ndate: 2026-11-20\n---\n", to: ".local/share/rhythm/journal/entries/bad.md")
        try desk.git("add", ".")
        try desk.git("commit", "-qm", "by hand")
        try desk.ctl("scan")
        let bad = try listing()
        #expect(bad.uncommitted.isEmpty && bad.unreadable.map(\.line) == [3])
        #expect(bad.unreadable.first?.file == desk.journal + "/entries/bad.md")
        #expect(try desk.ctl("journal").text.contains("\(desk.journal)/entries/bad.md:3: "))
        #expect(bad.entries.contains { $0.file == "notes/2026-11-20.md" })
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func aGoalThatCountsItIsNamed() throws {
        let goals = """
            [[goal]]
            id = "fast"
            name = "Fast"
            metric = "p95"
            at_most = 100
            from = 2026-01-01
            by = 2099-12-31
            [[goal]]
            id = "talks"
            name = "Talks"
            entries = "talk"
            at_least = 4
            from = 2026-01-01
            by = 2099-12-31
            """
        let desk = try Desk(config: goals)
        let daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        #expect(
            try desk.ctl("log", "metric", "p95", "120").text.hasSuffix(
                "Logged p95. Fast 120, asked for at most 100 by 2099-12-31: behind\n"))
        #expect(
            try desk.ctl("log", "metric", "p95", "80").text
                == "Logged p95. Fast 80, asked for at most 100 by 2099-12-31: met\n")
        #expect(
            try desk.ctl("log", "talk", "On soil", "--at", "2026-05-05").text.contains(
                "Logged a talk. Talks 1 of 4 by 2099-12-31: "))
        #expect(
            try desk.ctl("log", "talk", "Too early", "--at", "2025-05-05").text
                == "Logged a talk. No rhythm or goal of yours counts it on 2025-05-05\n")
        #expect(try desk.ctl("log", "metric", "other", "1").text.contains("No rhythm or goal of yours counts it"))
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func whatWasLoggedWithoutADaemonIsCountedWhenItRuns() throws {
        let desk = try Desk(config: Self.config)
        #expect(
            try desk.ctl("log", "win", "alone").text.hasSuffix("Logged a win. It is counted when rhythmd runs again\n"))
        var daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        #expect(try desk.ctl("log", "win", "together").text == "Logged a win. Wins 2 of 1 this week: met\n")
        #expect(daemon.end(with: SIGTERM) == 0)
        try desk.ctl("log", "win", "alone again")
        daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        #expect(try desk.ctl("explain", "wins").text.contains("3 of 1"))
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func anEntryOfAnotherTimeSaysWhatItChanges() throws {
        let desk = try Desk(config: Self.config)
        let daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        #expect(
            try desk.ctl("log", "win", "late", "--at", "2026-10-07").text.hasSuffix(
                "Logged a win. Wins 1 of 1 in 2026-W41: was missed, is now met\n"))
        #expect(
            try desk.ctl("log", "win", "more", "--at", "2026-10-08").text
                == "Logged a win. Wins 2 of 1 in 2026-W41: met\n")
        #expect(
            try desk.ctl("log", "win", "soon", "--at", "2099-01-01").text
                == "Logged a win. It counts when 2099-01-01 comes\n")
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func nobodyWaitsForTheFirstReadingOfEverything() throws {
        let desk = try Desk(config: Self.config)
        // A worker that begins when it is let.
        let gate = desk.home.path + "/gate"
        try #require(mkfifo(gate, 0o600) == 0)
        try desk.home.write(
            "#!/bin/sh\n[ ! -p \(gate) ] || read -r go < \(gate)\nexec \(Program.folder)/rhythm-scan \"$@\"\n",
            to: "bin/rhythm-scan")
        chmod(desk.home.path + "/bin/rhythm-scan", 0o755)
        try FileManager.default.copyItem(atPath: Program.folder + "/rhythmd", toPath: desk.home.path + "/bin/rhythmd")
        let daemon = try RunningDaemon(desk.home.path + "/bin/rhythmd", environment: desk.environment)
        let began = ContinuousClock.now
        #expect(
            try desk.ctl("log", "win", "early").text
                == "Began a journal in \(desk.journal). Logged a win. It is saved, and counts once rhythmd has read all "
                + "repositories for the first time, which rhythmctl status tells\n")
        #expect(ContinuousClock.now - began < .seconds(15))
        let handle = try #require(FileHandle(forWritingAtPath: gate))
        unlink(gate)
        try handle.write(contentsOf: Data("go\n".utf8))
        try handle.close()
        // Behind what the first one asked for.
        #expect(try desk.ctl("scan").errorText == "")
        #expect(try desk.ctl("explain", "wins").text.contains("1 of 1"))
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func manyAtOnceAreAllCounted() async throws {
        let desk = try Desk(config: Self.config)
        let daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...20 { group.addTask { try desk.ctl("log", "win", "number \(number)") } }
            try await group.waitForAll()
        }
        #expect(try desk.ctl("explain", "wins").text.contains("20 of 1"))
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    /// What another machine wrote is counted as soon as it is here.
    @Test func whatIsReceivedIsCounted() throws {
        let desk = try Desk(config: Self.config)
        let other = try Desk()
        let remote = desk.home.path + "/remote.git"
        try Program.run("git", ["init", "-q", "--bare", remote], environment: desk.environment)
        let daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        try desk.ctl("log", "win", "here")
        try other.ctl("log", "win", "there")
        for machine in [other, desk, other] {
            _ = try? machine.git("remote", "add", "origin", remote)
            try machine.ctl("journal", "sync")
        }
        #expect(try desk.ctl("explain", "wins").text.contains("2 of 1"))
        #expect(try other.git("rev-parse", "HEAD") == desk.git("rev-parse", "HEAD"))
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func aDevlogBeginsWithWhatWasDone() throws {
        let desk = try Desk()
        let now = Int(Date().timeIntervalSince1970)
        for (name, subjects) in [("plough", ["Turn the soil", "Sow"]), ("barn", ["Mend *the* roof"])] {
            let repository = try HomeRepository(at: "\(desk.home.path)/\(name)", home: desk.home.path)
            try repository.commit("Long ago in the \(name)", at: "@\(now - 9 * 86_400) +0000")
            for (index, subject) in subjects.enumerated() {
                try repository.commit(subject, at: "@\(now - 60 + index) +0000")
            }
        }
        let daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        #expect(
            try desk.ctl("log", "devlog", expecting: 1, with: ["EDITOR": "true"]).errorText.contains(
                "nothing was logged"))
        try desk.ctl("log", "devlog", with: ["EDITOR": "sed -i '1s/.*/A good week/'"])
        let text = try desk.text(of: try desk.entries()[0])
        #expect(
            text.hasSuffix("---\nA good week\n\n## plough\n\n- Turn the soil\n- Sow\n\n## barn\n\n- Mend *the* roof\n"),
            "\(text)")
        #expect(daemon.end(with: SIGTERM) == 0)
    }
}
