import Foundation
import RhythmTestSupport
import Testing

/// scripts/install, with the programs of this build.
@Suite struct InstallTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../scripts/install").standardized.path

    /// A home folder with a blank in its name and a few things in it already.
    private final class Home {
        let folder: TemporaryFolder
        var path: String { folder.path + "/my home" }
        let environment: [String: String]

        init(xdg: Bool) throws {
            folder = try TemporaryFolder()
            for name in [
                ".local/share/man/man1/other.1", ".config/other/other.toml", ".config/rhythm/notes", "x/other",
            ] {
                try folder.write("other\n", to: "my home/" + name)
            }
            try FileManager.default.createDirectory(
                atPath: folder.path + "/my home/.config/fish/completions", withIntermediateDirectories: true)
            let path = folder.path + "/my home"
            var environment = Program.environment(home: path)
            for name in ["CONFIG", "STATE"] { environment["XDG_\(name)_HOME"] = xdg ? "\(path)/x/\(name)" : nil }
            environment["XDG_DATA_HOME"] = xdg ? "\(path)/x/data" : nil
            environment["XDG_RUNTIME_DIR"] = folder.path + "/run"
            self.environment = environment
            try FileManager.default.createDirectory(atPath: folder.path + "/run", withIntermediateDirectories: false)
        }

        /// What is there: files with their texts, folders with nothing.
        var contents: [String: String] {
            let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
            return Dictionary(uniqueKeysWithValues: paths.map { ($0, (try? folder.read($0)) ?? "") })
        }

        @discardableResult
        func install(_ arguments: String..., expecting status: Int32 = 0) throws -> ProcessResult {
            try Program.run(InstallTests.script, arguments, environment: environment, expecting: status)
        }
    }

    @Test func itIsInstalledBroughtUpToDateAndRemovedToTheLastFolder() throws {
        let home = try Home(xdg: false)
        let before = home.contents
        for _ in 0..<2 {
            try theWholeWay(
                home, prefix: home.path + "/.local", data: home.path + "/.local/share", config: home.path + "/.config",
                [])
            #expect(home.contents == before)
        }
    }

    @Test func itGoesWhereTheVariablesSay() throws {
        let home = try Home(xdg: true)
        let before = home.contents
        let prefix = home.path + "/50% of it"
        try theWholeWay(
            home, prefix: prefix, data: home.path + "/x/data", config: home.path + "/x/CONFIG", ["--prefix", prefix])
        #expect(home.contents == before)
    }

    private func theWholeWay(
        _ home: Home, prefix: String, data: String, config: String, _ place: [String]
    ) throws {
        func install(_ arguments: String..., expecting status: Int32 = 0) throws -> ProcessResult {
            try Program.run(
                Self.script, arguments + place, environment: home.environment, expecting: status)
        }
        func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

        let first = try install("--from", Program.folder).text
        #expect(first.hasPrefix("Installed Rhythm 0."))
        #expect(first.contains("bin/rhythmd &"))
        for file in [
            "share/man/man1/rhythmctl.1", "share/man/man5/rhythm.toml.5", "share/doc/rhythm/examples/practice.toml",
        ] {
            #expect(exists(prefix + "/" + file), "\(file)")
        }
        for file in [
            "bash-completion/completions/rhythmctl", "zsh/site-functions/_rhythmctl",
            "fish/vendor_completions.d/rhythmctl.fish",
        ] {
            #expect(exists(data + "/" + file), "\(file)")
        }
        let units = (try? FileManager.default.contentsOfDirectory(atPath: data + "/systemd/user")) ?? []
        for unit in units {
            let text = try String(contentsOfFile: data + "/systemd/user/" + unit, encoding: .utf8)
            #expect(!text.contains("%h/.local/bin/"), "\(unit)")
        }
        let installed = home.contents
        let again = try install("--from", Program.folder).text
        #expect(again.contains("nothing was changed"))
        #expect(home.contents == installed)

        // A config of the user's stays, and the daemon goes on with the program it has.
        let file = config + "/rhythm/rhythm.toml"
        try Data("[repositories]\ndepth = 1\n".utf8).write(to: URL(filePath: file))
        let daemon = try RunningDaemon(prefix + "/bin/rhythmd", environment: home.environment)
        #expect(try ctl(prefix, "scan", home).text.hasPrefix("0 repositories read"))
        #expect(try ctl(prefix, "status", home).text.contains("0 of 5"))
        let newer = home.folder.path + "/newer"
        try FileManager.default.createDirectory(atPath: newer, withIntermediateDirectories: false)
        for name in CommandHelp.programs {
            try FileManager.default.copyItem(atPath: Program.folder + "/" + name, toPath: newer + "/" + name)
            let program = try #require(FileHandle(forWritingAtPath: newer + "/" + name))
            try program.seekToEnd()
            try program.write(contentsOf: Data([0]))
            try program.close()
        }
        let upgrade = try install("--from", newer).text
        #expect(upgrade.contains("files changed: 3"))
        #expect(upgrade.contains("kill \(daemon.process.processIdentifier) &&"))
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("depth = 1"))
        #expect(try ctl(prefix, "status", home).text.contains("0 of 5"))
        try FileManager.default.removeItem(atPath: newer)

        // Uninstalling ends the daemon, and keeps what it wrote.
        let removed = try install("--uninstall").text
        #expect(removed.contains("Removed Rhythm from"))
        #expect(removed.contains("--purge"))
        daemon.process.waitUntilExit()
        #expect(daemon.process.terminationStatus == 0)
        #expect(!exists(prefix + "/bin") && !exists(data + "/bash-completion"))
        #expect(exists(file))
        #expect(try install("--uninstall", "--purge").text.contains("No Rhythm was installed"))
        #expect(!exists(file))
    }

    private func ctl(_ prefix: String, _ command: String, _ home: Home) throws -> ProcessResult {
        try Program.run(prefix + "/bin/rhythmctl", [command], environment: home.environment)
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        let home = try Home(xdg: false)
        let before = home.contents
        #expect(try home.install("--purge", expecting: 64).errorText.contains("--uninstall"))
        #expect(try home.install("--from", expecting: 64).errorText.contains("needs a folder"))
        #expect(try home.install("--form", "x", expecting: 64).errorText.contains("unknown argument --form"))
        #expect(try home.install("--from", home.path, expecting: 66).errorText.contains("no program rhythmd in"))
        #expect(try home.install("--uninstall").text.contains("No Rhythm was installed"))
        #expect(home.contents == before)
    }

    @Test func whatWasBegunAndNotFinishedCanBeRemoved() throws {
        let home = try Home(xdg: false)
        // A folder where a file belongs.
        try FileManager.default.createDirectory(
            atPath: home.path + "/.local/share/fish/vendor_completions.d/rhythmctl.fish",
            withIntermediateDirectories: true)
        let before = home.contents
        try home.install("--from", Program.folder, expecting: 1)
        #expect(home.contents != before)
        try home.install("--uninstall")
        #expect(home.contents == before)
    }

    /// A daemon that was not installed here keeps its database.
    @Test func dataThatSomebodyWorksOnIsNotRemoved() throws {
        let home = try Home(xdg: false)
        let daemon = try RunningDaemon(environment: home.environment)
        #expect(try home.install("--uninstall", "--purge", expecting: 75).errorText.contains("another rhythmd"))
        #expect(home.contents.keys.contains { $0.hasSuffix("rhythm.db") })
        #expect(daemon.end(with: SIGTERM) == 0)
        try home.install("--uninstall", "--purge")
        #expect(!home.contents.keys.contains { $0.hasSuffix("rhythm.db") })
    }
}
