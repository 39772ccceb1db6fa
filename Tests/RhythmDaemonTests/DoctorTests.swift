import Foundation
import RhythmAPI
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

@Suite struct DoctorTests {
    typealias Diagnosis = Wire.Diagnosis

    /// What is found in a home, by a daemon that has scanned once.
    private func findings(
        _ daemon: TestDaemon, afterScan: @escaping @Sendable (Client) async throws -> Void = { _ in }
    ) async throws -> [Diagnosis] {
        try await daemon.run { client in
            try await afterScan(client)
            return try await client.ask(Wire.Doctor.self, .init()).findings
        }
    }

    private func daemon(_ config: String = "", setup change: (inout DaemonSetup) -> Void = { _ in }) throws
        -> TestDaemon
    {
        let daemon = try TestDaemon(config: config)
        try daemon.repository().commit("one", at: "2026-11-20 10:00 +0000")
        var setup = daemon.setup
        setup.kernel = "6.1.0-18-amd64"
        change(&setup)
        return TestDaemon(like: daemon, setup: setup)
    }

    @Test func nothingIsWrongWithAFreshHome() async throws {
        let findings = try await findings(daemon())
        #expect(findings.filter { $0.severity != .ok } == [])
        #expect(
            findings.map(\.topic) == [
                "config", "folders", "database", "disk", "scan", "identity", "repositories", "safe.directory", "watch",
                "program", "hooks", "zone",
            ])
    }

    @Test func theConfigIsReadAsItIsNow() async throws {
        let daemon = try daemon("zone = \"local\"\n")
        let found = try await findings(daemon) { _ in
            try daemon.home.write("zone = \"Europe/Prag\"\nnonsense = 1\n", to: ".config/rhythm/rhythm.toml")
        }.filter { $0.severity != .ok }
        #expect(found.map(\.severity) == [.error, .error])
        #expect(found.allSatisfy { $0.topic == "config" && $0.remedy == "rhythmctl check" })
        #expect(found.contains { $0.text.contains("rhythm.toml:1: zone: \"Europe/Prag\" is no known zone") })

        let other = try self.daemon()
        let pending = try await findings(other) { _ in
            try other.home.write("merges = true\n", to: ".config/rhythm/rhythm.toml")
        }.filter { $0.severity != .ok }
        #expect(pending.map(\.remedy) == ["rhythmctl reload"])
    }

    @Test func aRootThatIsNotThereIsNamed() async throws {
        let daemon = try daemon("[repositories]\nroots = [\"~\", \"~/my code\"]\n")
        let found = try await findings(daemon).filter { $0.topic == "config" }
        #expect(found.map(\.remedy) == ["mkdir -p '\(daemon.home.path)/my code'"])
    }

    @Test func authorsWhoLookLikeTheUserAreNamed() async throws {
        let daemon = try daemon()
        for (name, author) in [
            ("a", "ME <old@work.example>"), ("a", "ME <old@work.example>"), ("b", "ME <old@work.example>"),
            ("a", "Other <someone@else.example>"), ("b", "Else <12345+jo.doe@users.noreply.github.com>"),
            ("a", "Robot[bot] <jo.doe@bots.example>"),
        ] {
            let repository = try daemon.repository(name)
            try repository.git("config", "user.email", "jo.doe@example.org")
            try repository.git(
                "commit", "-q", "--allow-empty", "-m", "x", "--author", author, date: "2026-11-20 10:00 +0000")
        }
        let found = try await findings(daemon).filter { $0.topic == "identity" }
        try #require(found.count == 2)
        #expect(found[0].severity == .warning)
        #expect(
            found[0].text
                == "up to 3 commits by ME <old@work.example> in 2 repositories do not count; if they are yours, add "
                + "\"old@work.example\" to emails under [identity] in \(daemon.setup.paths.config)")
        #expect(found[1].severity == .note)
        #expect(found[1].text.hasPrefix("1 commit by Else <12345+jo.doe@users.noreply.github.com> in 1 repository"))

        // Done as it is told, nothing is left to say.
        let claimed = try await findings(daemon) { client in
            try daemon.home.write(
                "[identity]\nemails = [\"old@work.example\", \"12345+jo.doe@users.noreply.github.com\"]\n",
                to: ".config/rhythm/rhythm.toml")
            _ = try await client.ask(Wire.Reload.self, .init())
            _ = try await client.ask(Wire.Scan.self, .init())
        }
        #expect(claimed.first { $0.topic == "identity" }?.severity == .ok)
    }

    @Test func aRepositoryThatCannotBeReadIsNamedWithWhatMendsIt() async throws {
        let daemon = try daemon()
        let gone = try daemon.repository("gone")
        try gone.commit("two", at: "2026-11-20 11:00 +0000")
        let broken = try daemon.repository("bro'ken")
        try broken.commit("three", at: "2026-11-20 12:00 +0000")
        _ = try await findings(daemon)
        try FileManager.default.removeItem(atPath: gone.path)
        try FileManager.default.removeItem(atPath: broken.path + "/.git/objects")
        try FileManager.default.createDirectory(
            atPath: broken.path + "/.git/objects", withIntermediateDirectories: true)
        let found = try await findings(daemon).filter { $0.topic == "repositories" }
        try #require(found.count == 2)
        #expect(found.allSatisfy { $0.severity == .warning })
        #expect(found[0].remedy?.hasSuffix("\(daemon.home.path)/bro'\\''ken' fsck --full") == true)
        #expect(found[1].text.hasPrefix("\(gone.path): ") && found[1].text.contains("gone for good"))
        #expect(found[1].remedy == "rhythmctl repos retire \(gone.path)")
    }

    @Test(.enabled(if: getuid() == 0, "only root can give a folder to another user"))
    func theCommandForAnotherUsersRepositoryMakesItReadable() async throws {
        let daemon = try daemon()
        let other = try daemon.repository("it's nobody's")
        try other.commit("two", at: "2026-11-20 11:00 +0000")
        try Program.run("chown", ["-R", "nobody", other.path], environment: daemon.setup.environment)
        let found = try await findings(daemon).filter { $0.topic == "safe.directory" }
        try #require(found.count == 1 && found[0].severity == .warning)
        let command = try #require(found[0].remedy?.components(separatedBy: " && ").first)
        try Program.run("sh", ["-c", command], environment: daemon.setup.environment)
        #expect(try await findings(daemon).first { $0.topic == "safe.directory" }?.severity == .ok)
    }

    @Test func repositoriesBeyondTheLimitOfWatchesAreCounted() async throws {
        let daemon = try daemon { $0.watchLimits.watches = 1 }
        try daemon.home.write("2000000\n", to: "proc/sys/fs/inotify/max_user_watches")
        var setup = daemon.setup
        setup.systemRoot = daemon.home.path
        let found = try await findings(TestDaemon(like: daemon, setup: setup)).filter { $0.topic == "watch" }
        #expect(found.map(\.severity) == [.warning])
        #expect(found[0].text.hasPrefix("1 repository is looked at every 5 min instead: no inotify watches are left"))
        #expect(found[0].remedy?.hasPrefix("echo fs.inotify.max_user_watches=4000000 | sudo tee") == true)
    }

    @Test func aScanOfTheFutureMeansAWrongClock() async throws {
        let daemon = try daemon()
        _ = try await findings(daemon)
        daemon.clock.move(to: "2026-11-20")
        // What the last daemon left, as this one does not get to scan.
        try Data("#!/bin/sh\nexit 1\n".utf8).write(to: URL(filePath: daemon.home.path + "/scan"))
        chmod(daemon.home.path + "/scan", 0o755)
        var setup = daemon.setup
        setup.scanner = daemon.home.path + "/scan"
        let found = try await findings(TestDaemon(like: daemon, setup: setup)).filter { $0.topic == "scan" }
        #expect(found.contains { $0.remedy == "timedatectl" && $0.text.contains("dated 2026-11-23") })
        #expect(found.contains { $0.remedy == "rhythmctl scan" })
    }

    @Test func hooksThatCannotBeRunAreNamed() async throws {
        let daemon = try daemon(
            """
            [[hook]]
            on = ["due"]
            run = ["no-such-program", "a secret"]
            [[hook]]
            on = ["due"]
            run = ["~/not executable"]
            [[hook]]
            on = ["missed"]
            run = ["~/not there"]
            [[hook]]
            on = ["missed"]
            run = ["true"]
            [notify]
            desktop = true
            """
        ) { $0.environment["PATH"] = "/nowhere:" + ($0.environment["PATH"] ?? "") }
        try daemon.home.write("#!/bin/sh\n", to: "not executable")
        let found = try await findings(daemon).filter { $0.topic == "hooks" && !$0.text.contains("notify-send") }
        #expect(found.map(\.severity) == [.error, .error, .error])
        #expect(
            found.map(\.remedy) == [
                "chmod +x '\(daemon.home.path)/not executable'", "ls -l '\(daemon.home.path)/not there'",
                "command -v no-such-program",
            ])
        #expect(!found.contains { $0.text.contains("secret") })
    }

    @Test func aHookThatFailsIsNamedWithoutItsArguments() async throws {
        let daemon = try TestDaemon(
            today: "2026-11-29", config: "[[hook]]\non = [\"due\", \"at-risk\"]\nrun = [\"false\", \"a secret\"]\n")
        try daemon.repository().commit("one", at: "2026-11-02 10:00 +0000")
        let found = try await daemon.run { client in
            // The hook runs when the first scan is through, and what became of it shows a moment later.
            while try await client.ask(Wire.Status.self, .init()).failingHooks.isEmpty {}
            return try await client.ask(Wire.Doctor.self, .init()).findings
        }.filter { $0.topic == "hooks" }
        #expect(found.map(\.severity) == [.warning])
        #expect(found[0].text.hasPrefix("false failed ") && found[0].text.contains(" since 2026-11-29 12:00: "))
        #expect(!found[0].text.contains("secret"))
    }

    @Test func zonesThatNobodyKnowsAreNamed() async throws {
        let daemon = try daemon { $0.environment["TZ"] = "Europe/Prag" }
        let found = try await findings(daemon).filter { $0.topic == "zone" }
        #expect(found.map(\.severity) == [.warning] && found[0].text.hasPrefix("TZ is \"Europe/Prag\""))
    }

    @Test func lingeringIsAskedForUnderAServiceManagerOnly() async throws {
        let daemon = try daemon { setup in
            var environment = ["NOTIFY_SOCKET": "/nowhere/notify"]
            setup.manager = ServiceManager(from: &environment)
        }
        var setup = daemon.setup
        setup.systemRoot = daemon.home.path
        let alone = TestDaemon(like: daemon, setup: setup)
        let found = try await findings(alone).filter { $0.topic == "lingering" }
        #expect(found.map(\.severity) == [.note] && found[0].remedy == "loginctl enable-linger")
        let user = try Program.run("id", ["-un"], environment: setup.environment).text.dropLast()
        try daemon.home.write("", to: "var/lib/systemd/linger/\(user)")
        #expect(try await findings(alone).first { $0.topic == "lingering" }?.severity == .ok)
    }

    @Test func whatIsOtherwiseUnderWindowsIsTold() async throws {
        let daemon = try daemon { $0.kernel = "5.15.167.4-microsoft-standard-WSL2" }
        let found = try await findings(daemon).filter { $0.topic == "wsl" }
        #expect(found.map(\.severity) == [.note])
        #expect(found[0].text.contains("vmIdleTimeout"))
    }

    @Test func aDatabaseThatIsGoneOrDamagedIsAnError() async throws {
        let gone = try daemon()
        let database = gone.setup.paths.database
        let found = try await findings(gone) { _ in try FileManager.default.removeItem(atPath: database) }
        #expect(found.contains { $0.topic == "database" && $0.severity == .error && $0.text.contains("is gone") })

        let damaged = try daemon()
        _ = try await findings(damaged)
        let file = try FileHandle(forWritingTo: URL(filePath: damaged.setup.paths.database))
        try file.seek(toOffset: 0)
        try file.write(contentsOf: Data(repeating: 0x55, count: 8192))
        try file.close()
        // With the daemon down, from the programs.
        let result = try Program.run(
            Program.folder + "/rhythmctl", ["doctor"], environment: damaged.setup.environment, expecting: 2)
        #expect(result.text.hasPrefix("✗ database: \(damaged.setup.paths.database) is damaged: "))
        #expect(result.text.contains("\n! daemon: rhythmd is not running"))
    }
}
