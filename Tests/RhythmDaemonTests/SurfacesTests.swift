import Foundation
import Glibc
import Logging
import RhythmAPI
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// The files that the daemon keeps for prompts, bars and collectors.
@Suite struct SurfacesTests {
    private func attribute(_ key: FileAttributeKey, of path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[key] as? Int
    }

    private func inode(_ path: String) -> Int? { attribute(.systemFileNumber, of: path) }

    @Test func theySayHowThingsStandWhileTheDaemonRuns() async throws {
        let daemon = try TestDaemon(config: "[prometheus]\npath = \"~/rhythm.prom\"\n")
        let repository = try daemon.repository()
        for hour in 1...3 { try repository.commit("\(hour)", at: "2026-11-23 0\(hour):00 +0000") }
        let paths = daemon.setup.paths
        let metrics = daemon.home.path + "/rhythm.prom"
        try await daemon.run { _ async throws in
            // The day ends at 1795478400.
            #expect(try daemon.home.read("run/rhythm/prompt") == "1795478400 on-track Commits 3/5, Dev log 0/1\n")
            #expect(try daemon.home.read("run/rhythm/waybar.json").contains(#""percentage":30"#))
            #expect(try daemon.home.read("rhythm.prom").contains("rhythm_have{host=\"desk\",rhythm=\"commits\"} 3\n"))
            #expect(
                try daemon.home.read("rhythm.prom").contains(
                    "\nrhythm_last_scan_timestamp_seconds{host=\"desk\"} 1795435200\n"))
            #expect(
                try daemon.home.read("rhythm.prom").contains(
                    "rhythm_repository_commits{host=\"desk\",repository=\"\(daemon.home.path)/work\"} 3\n"))
            for path in [paths.prompt, paths.waybar] { #expect(attribute(.posixPermissions, of: path) == 0o600) }
            #expect(attribute(.posixPermissions, of: metrics) == 0o640)
        }
        #expect(inode(paths.prompt) == nil && inode(paths.waybar) == nil)
        #expect(inode(metrics) != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.home.path + "/run/rhythm") == [])
    }

    @Test func aFileIsWrittenOnlyWhenItChanges() async throws {
        let daemon = try TestDaemon(config: "[prometheus]\npath = \"~/rhythm.prom\"\n")
        let repository = try daemon.repository()
        try repository.commit("log", at: "2026-11-23 01:00 +0000", file: "DEVLOG.md")
        for hour in 2...5 { try repository.commit("\(hour)", at: "2026-11-23 0\(hour):00 +0000") }
        let paths = daemon.setup.paths
        let metrics = daemon.home.path + "/rhythm.prom"
        try await daemon.run { client async throws in
            #expect(try daemon.home.read("run/rhythm/prompt") == "1795478400 met\n")
            let before = [paths.prompt, paths.waybar, metrics].map(inode)
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect([paths.prompt, paths.waybar, metrics].map(inode) == before)

            // One more than the five that were asked for: the prompt has nothing to say about that.
            try repository.commit("more", at: "2026-11-23 06:00 +0000")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(inode(paths.prompt) == before[0])
            #expect(inode(paths.waybar) != before[1] && inode(metrics) != before[2])

            // One that somebody took away comes back.
            try FileManager.default.removeItem(atPath: paths.prompt)
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try daemon.home.read("run/rhythm/prompt") == "1795478400 met\n")

            daemon.clock.move(to: "2026-11-24")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try daemon.home.read("run/rhythm/prompt") == "1795564800 met\n")
        }
    }

    @Test func theMetricsAreWhereTheConfigInForceSays() async throws {
        let daemon = try TestDaemon()
        _ = try daemon.repository()
        try await daemon.run { client async throws in
            let files = try FileManager.default.subpathsOfDirectory(atPath: daemon.home.path)
            #expect(!files.contains { $0.hasSuffix(".prom") })
            for name in ["one.prom", "two.prom"] {
                try daemon.home.write("[prometheus]\npath = \"~/\(name)\"\n", to: ".config/rhythm/rhythm.toml")
                _ = try await client.ask(Wire.Reload.self, .init())
                #expect(try daemon.home.read(name).contains("rhythm_alerts{host=\"desk\"} 0\n"))
            }
            #expect(inode(daemon.home.path + "/one.prom") == nil)
            try daemon.home.write("", to: ".config/rhythm/rhythm.toml")
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(inode(daemon.home.path + "/two.prom") == nil)
        }
    }

    @Test func aLookAtWhatIsStoredWritesNothing() throws {
        let home = try TemporaryFolder()
        let environment = Program.environment(home: home.path)
        let daemon = try RunningDaemon(environment: environment)
        #expect(daemon.end(with: SIGTERM) == 0)
        try Program.run(Program.folder + "/rhythmctl", ["status"], environment: environment)
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path + "/run/rhythm") == [])
    }

    @Test func aFolderThatCannotBeWrittenIsLoggedOnceAndDoesNoHarm() throws {
        let home = try TemporaryFolder()
        let environment = Program.environment(home: home.path)
        try home.write("[prometheus]\npath = \"~/none/rhythm.prom\"\n", to: ".config/rhythm/rhythm.toml")
        let daemon = try RunningDaemon(environment: environment)
        for _ in 0..<3 { try Program.run(Program.folder + "/rhythmctl", ["scan"], environment: environment) }
        try FileManager.default.createDirectory(atPath: home.path + "/none", withIntermediateDirectories: false)
        try Program.run(Program.folder + "/rhythmctl", ["scan"], environment: environment)
        #expect(try home.read("none/rhythm.prom").contains("rhythm_alerts"))
        #expect(daemon.end(with: SIGTERM) == 0)
        #expect(daemon.lines.count { $0.contains("cannot write a file") } == 1, "\(daemon.lines)")
    }
}

/// `rhythmctl prompt` and `motd` as a shell runs them.
@Suite struct PromptCommandTests {
    private let home: TemporaryFolder
    private let environment: [String: String]

    init() throws {
        home = try TemporaryFolder()
        environment = Program.environment(home: home.path)
    }

    private func ctl(_ arguments: String..., expecting status: Int32 = 0) throws -> String {
        let result = try Program.run(
            Program.folder + "/rhythmctl", arguments, environment: environment, expecting: status)
        if status == 0 { #expect(result.errorText == "") }
        return result.text
    }

    private var tomorrow: Int { Int(Date().timeIntervalSince1970) + 3600 }

    @Test func itPrintsWhatTheFileSays() throws {
        try home.write("\(tomorrow) due Commits 3/5\n", to: "run/rhythm/prompt")
        #expect(try ctl("prompt") == "Commits 3/5\n")
        #expect(try ctl("prompt", "--format=tmux") == "#[fg=yellow]Commits 3/5#[default]\n")
        #expect(try ctl("prompt", "--format", "zsh") == "%{\u{1B}[33m%}Commits 3/5%{\u{1B}[0m%}\n")
        #expect(try ctl("prompt", "--help").contains("--format"))
        _ = try ctl("prompt", "--format", "csh", expecting: 64)
        _ = try ctl("prompt", "--format", expecting: 64)
        let plain = try Program.run(
            Program.folder + "/rhythmctl", ["prompt", "--format", "fish"],
            environment: environment.merging(["NO_COLOR": "1"]) { $1 })
        #expect(plain.text == "Commits 3/5\n")
    }

    @Test func itSaysNothingWithoutAFileThatIsTrue() throws {
        #expect(try ctl("prompt") == "")
        for text in [
            "", "garbage", "\(tomorrow - 3601) due 3/5\n", "\(tomorrow + 10_000_000) due 3/5\n", "\(tomorrow) met\n",
            "\(tomorrow) due", "\(tomorrow) \u{1B}[31m 3/5\n", String(repeating: "9", count: 10_000),
        ] {
            try home.write(text, to: "run/rhythm/prompt")
            for format in ["plain", "bash", "tmux"] { #expect(try ctl("prompt", "--format", format) == "", "\(text)") }
        }
        try FileManager.default.removeItem(atPath: home.path + "/run/rhythm/prompt")
        try FileManager.default.createDirectory(
            atPath: home.path + "/run/rhythm/prompt", withIntermediateDirectories: false)
        #expect(try ctl("prompt") == "")
        try FileManager.default.removeItem(atPath: home.path + "/run/rhythm/prompt")
        #expect(mkfifo(home.path + "/run/rhythm/prompt", 0o600) == 0)
        #expect(try ctl("prompt") == "")
    }

    @Test func itLooksWhereTheDaemonWrites() throws {
        var environment = environment
        environment["XDG_RUNTIME_DIR"] = nil
        for (variable, file) in [(".state", ".state/rhythm/prompt"), ("relative", ".local/state/rhythm/prompt")] {
            environment["XDG_STATE_HOME"] = variable == "relative" ? variable : "\(home.path)/\(variable)"
            #expect(try Paths(environment: environment).prompt == "\(home.path)/\(file)")
            try home.write("\(tomorrow) due \(variable)\n", to: file)
            let result = try Program.run(Program.folder + "/rhythmctl", ["prompt"], environment: environment)
            #expect(result.text == "\(variable)\n")
        }
        environment["HOME"] = nil
        #expect(try Program.run(Program.folder + "/rhythmctl", ["prompt"], environment: environment).text == "")
    }

    /// It opens its file and nothing else of Rhythm's, and asks nobody.
    @Test func itReadsOneFile() throws {
        try home.write("\(tomorrow) due 3/5\n", to: "run/rhythm/prompt")
        let trace = home.path + "/trace"
        try Program.run(
            "strace", ["-f", "-o", trace, Program.folder + "/rhythmctl", "prompt"], environment: environment)
        let calls = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
        #expect(calls.contains { $0.contains("/run/rhythm/prompt\"") })
        #expect(!calls.contains { $0.contains("socket(") || $0.contains("clone") || $0.contains(".db") })
    }

    @Test func theDaemonsDayGoesAllTheWay() throws {
        let daemon = try RunningDaemon(environment: environment)
        _ = try ctl("scan")
        #expect(try ctl("prompt").contains("Commits 0/5"))
        #expect(try ctl("prompt", "--format", "starship").contains("Dev log 0/1"))
        // Nothing was read, and that is trouble to be told.
        #expect(try ctl("motd").contains("no repository was found"))
        #expect(daemon.end(with: SIGTERM) == 0)
        #expect(try ctl("prompt") == "")
        #expect(try ctl("motd") == "")
    }

    @Test func aDaemonThatDoesNotAnswerHoldsNobodyUp() throws {
        try home.write("", to: "run/rhythm/x")
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        let bound = VarlinkSocketPath.withAddress(home.path + "/run/rhythm/rhythmd.sock") { bind(listener, $0, $1) }
        #expect(bound == 0 && listen(listener, 1) == 0)
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try ctl("motd") == "")
        let taken = clock.now - start
        #expect(taken < .seconds(5), "\(taken)")
    }
}
