import Foundation
import RhythmAPI
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// The programs as their user runs them.
@Suite(.serialized) struct ProcessTests {
    /// A home with one repository and one commit of this moment.
    private func home() throws -> (TemporaryFolder, [String: String]) {
        let home = try TemporaryFolder()
        let repository = try HomeRepository(at: home.path + "/work", home: home.path)
        try repository.commit("one", at: "@\(Int(Date().timeIntervalSince1970)) +0000")
        return (home, Program.environment(home: home.path))
    }

    private func ctl(
        _ arguments: String..., environment: [String: String], expecting status: Int32? = 0
    ) throws -> ProcessResult {
        try Program.run(
            Program.folder + "/rhythmctl", arguments, environment: environment, expecting: status)
    }

    @Test func aDayInTheLifeOfADaemon() throws {
        let (home, environment) = try home()
        let daemon = try RunningDaemon(environment: environment)
        #expect(try ctl("scan", environment: environment).text == "1 repository read; nothing new\n")
        #expect(try ctl("status", environment: environment).text.contains("1 of "))
        let json = try ctl("report", "--json", environment: environment).text
        let report = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let rhythms = try #require(report["rhythms"] as? [[String: Any]])
        #expect(rhythms.map { $0["id"] as? String } == ["commits", "devlog"])
        for rhythm in rhythms {
            for key in ["id", "period", "state", "have", "target", "need"] { #expect(rhythm[key] != nil, "\(key)") }
            let streak = try #require(rhythm["streak"] as? [String: Any])
            #expect(streak["current"] is Int && streak["longest"] is Int)
        }
        let socket = home.path + "/run/rhythm/rhythmd.sock"
        let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let second = try Program.run(Program.folder + "/rhythmd", [], environment: environment, expecting: 75)
        #expect(second.errorText.contains("another rhythmd"))

        try home.write("[repositories]\ndepht = 3\n", to: ".config/rhythm/rhythm.toml")
        daemon.signal(SIGHUP)
        try daemon.wait(for: "config not reloaded")
        #expect(
            daemon.lines.last?.contains("rhythm.toml:2: repositories.depht: no such key; did you mean depth?") == true)
        try home.write("[repositories]\ndepth = 3\n", to: ".config/rhythm/rhythm.toml")
        daemon.signal(SIGHUP)
        try daemon.wait(for: "config reloaded")
        #expect(try ctl("reload", environment: environment).text.hasPrefix("In force: "))

        #expect(daemon.end(with: SIGTERM) == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
        let again = try RunningDaemon(environment: environment)
        #expect(again.end(with: SIGINT) == 0)
    }

    @Test func aConfigThatCannotBeUsedEndsTheStartWith78() throws {
        let (home, environment) = try home()
        try home.write("zone = \"Europe/Prag\"\n\n[identity]\nemails = \"me\"\n", to: ".config/rhythm/rhythm.toml")
        let result = try Program.run(Program.folder + "/rhythmd", [], environment: environment, expecting: 78)
        #expect(result.errorText.contains("rhythm.toml:1: zone: \"Europe/Prag\" is no known zone"))
        #expect(result.errorText.contains("rhythm.toml:4: identity.emails: must be a list of texts"))
        try home.write("a = = 1\n", to: ".config/rhythm/rhythm.toml")
        let syntax = try Program.run(Program.folder + "/rhythmd", [], environment: environment, expecting: 78)
        #expect(syntax.errorText.contains("rhythm.toml:1: no TOML"))
    }

    @Test func exitStatusesTellWhatIsWrong() throws {
        let (_, environment) = try home()
        #expect(try ctl("status", environment: environment, expecting: 69).errorText.contains("rhythmd"))
        let daemon = try RunningDaemon(environment: environment)
        _ = try ctl("scan", environment: environment)
        #expect(
            try ctl("explain", "comits", environment: environment, expecting: 70).errorText.contains("commits, devlog"))
        #expect(
            try ctl("report", "--week", "2026-W99", environment: environment, expecting: 70).errorText.contains(
                "2026-W99"))
        _ = try ctl("report", "--last", "0", environment: environment, expecting: 64)
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func aClientNobodyHereWroteIsAnswered() throws {
        let python = ProcessInfo.processInfo.environment["RHYTHM_TEST_PYTHON"] ?? "python3"
        let (home, environment) = try home()
        guard try Program.run(python, ["-c", "import varlink"], environment: environment, expecting: nil).status == 0
        else {
            Issue.record("PyPI's varlink is missing: scripts/test installs it")
            return
        }
        let daemon = try RunningDaemon(environment: environment)
        let script = """
            import sys, varlink
            client = varlink.Client.new_with_address("unix:" + sys.argv[1])
            with client.open("dev.rhythm.Rhythm") as rhythm:
                steps = list(rhythm.Scan(_more=True))
                assert steps[-1]["total"] == 1, steps
                status = rhythm.Status()
                assert [r["id"] for r in status["rhythms"]] == ["commits", "devlog"], status
                assert status["rhythms"][0]["have"] == 1, status
                items = rhythm.Explain("commits")["items"]
                assert [i["subject"] for i in items] == ["one"], items
                assert rhythm.Report(last=3)["freshness"]["complete"] is True
                try:
                    rhythm.Explain("nonsense")
                    raise SystemExit("no error")
                except varlink.VarlinkError as error:
                    assert error.error() == "dev.rhythm.Rhythm.UnknownRhythm", error.error()
                    assert error.parameters()["known"] == ["commits", "devlog"]
            """
        try Program.run(
            python, ["-c", script, home.path + "/run/rhythm/rhythmd.sock"], environment: environment)
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func anIdleDaemonWakesUpForNothing() throws {
        let (home, environment) = try home()
        // Where nobody watches.
        let trace = home.path + "/.state/trace"
        for number in 0..<20 {
            try FileManager.default.copyItem(atPath: home.path + "/work", toPath: "\(home.path)/copy\(number)")
        }
        let daemon = try RunningDaemon(environment: environment)
        // The second waits for what the first pass found and the watch wants to have read again.
        for _ in 0..<2 { _ = try ctl("scan", environment: environment) }
        _ = try ctl("status", environment: environment)
        // Five times as long as libdispatch's monitor would need to show itself.
        let result = try Program.run(
            "timeout", ["-k", "2", "5", "strace", "-f", "-o", trace, "-p", "\(daemon.process.processIdentifier)"],
            environment: environment, expecting: nil)
        let calls = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
        try #require(!calls.isEmpty, "strace could not attach: \(result.errorText)")
        // Each thread shows the call that it waits in; only one that came back from it has a result.
        let woken = calls.filter { $0.contains(" = ") && !$0.contains("detached") }
        #expect(woken.isEmpty)
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func aFullDiskIsSaidAndSurvived() throws {
        let (home, base) = try home()
        // A file system of a few megabytes in a mount namespace of its own, filled to the brim.
        var environment = base
        environment["XDG_STATE_HOME"] = home.path + "/small"
        try FileManager.default.createDirectory(atPath: home.path + "/small", withIntermediateDirectories: false)
        let probe = try Program.run(
            "unshare", ["-m", "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", home.path + "/small"],
            environment: environment, expecting: nil)
        guard probe.status == 0 else { return print("skipped: no right to mount (\(probe.errorText))") }
        let repository = try HomeRepository(at: home.path + "/work2", home: home.path)
        try repository.commit("two", at: "@\(Int(Date().timeIntervalSince1970)) +0000")
        let inside = """
            mount -t tmpfs -o size=8m tmpfs "$XDG_STATE_HOME"
            exec "$@"
            """
        let daemon = try RunningDaemon(
            environment: environment, wrapper: ["/usr/bin/env", "unshare", "-m", "sh", "-c", inside, "sh"])
        let state = "/proc/\(daemon.process.processIdentifier)/root\(home.path)/small"
        _ = try ctl("scan", environment: environment)
        try Program.run("sh", ["-c", "cat /dev/zero > \(state)/filler || true"], environment: environment)
        // At once, and more than there is room for in what the database's log had taken before.
        let now = Int(Date().timeIntervalSince1970)
        let more = (0..<1500).map { number in
            let message = "more \(number) " + String(repeating: "x", count: 400)
            let person = "Me <me@example.org> \(now - number / 100) +0000"
            return "commit refs/heads/more\nauthor \(person)\ncommitter \(person)\n"
                + "data \(message.utf8.count)\n\(message)\n"
        }
        try Program.run(
            "git", ["-C", repository.path, "fast-import", "--quiet"], environment: environment, input: more.joined())
        #expect(try ctl("scan", environment: environment, expecting: 70).errorText.contains("no room left"))
        _ = try ctl("status", "--check", "--quiet", environment: environment, expecting: 3)
        let full = try ctl("status", environment: environment).text
        #expect(full.contains("2 of 5"))
        #expect(full.contains("no room left"))
        try FileManager.default.removeItem(atPath: state + "/filler")
        _ = try ctl("scan", environment: environment)
        let after = try ctl("status", environment: environment).text
        #expect(after.contains("1502 of "))
        #expect(!after.contains("no room left"))
        #expect(daemon.end(with: SIGTERM) == 0)
    }
}
