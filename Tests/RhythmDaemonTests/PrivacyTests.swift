import Foundation
import RhythmAPI
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// That what Rhythm keeps is its user's alone, whatever others have prepared for it.
@Suite struct PrivacyTests {
    private static let nobody: uid_t = 65_534
    private static let isRoot = getuid() == 0

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    // MARK: Files

    @Test(arguments: ["000", "022", "077", "777"]) func everyFileIsForItsUserAlone(umask: String) throws {
        let home = try TemporaryFolder()
        let repository = try HomeRepository(at: home.path + "/work", home: home.path)
        try repository.commit("one", at: "@\(Int(Date().timeIntervalSince1970)) +0000")
        try home.write("[prometheus]\npath = \"~/rhythm.prom\"\n", to: ".config/rhythm/rhythm.toml")
        let environment = Program.environment(home: home.path)
        let shell = ["sh", "-c", "umask \(umask); exec \"$@\"", "sh"]
        let daemon = try RunningDaemon(environment: environment, wrapper: ["/usr/bin/env"] + shell)
        let ctl = shell.dropFirst() + [Program.folder + "/rhythmctl"]
        for command in [["scan"], ["backup"], ["status"]] {
            try Program.run("sh", ctl + command, environment: environment)
        }
        var seen: Set<String> = []
        for folder in [".state/rhythm", "run/rhythm"] {
            #expect(mode("\(home.path)/\(folder)") == 0o700)
            for case let name as String in try #require(
                FileManager.default.enumerator(atPath: "\(home.path)/\(folder)"))
            {
                let path = "\(home.path)/\(folder)/\(name)"
                var status = stat()
                try #require(lstat(path, &status) == 0)
                let expected: mode_t = status.st_mode & S_IFMT == S_IFDIR ? 0o700 : 0o600
                #expect(mode(path) == expected, "\(path)")
                seen.insert(name)
            }
        }
        #expect(
            seen.isSuperset(of: [
                "rhythm.db", "rhythm.db-wal", "rhythmd.lock", "alerts/alerts.json", "backups", "rhythmd.sock", "prompt",
                "waybar.json",
            ]))
        // A collector of another user is let in by the group.
        #expect(mode(home.path + "/rhythm.prom") == 0o640)
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func whatAKilledDaemonWasWritingIsRemoved() async throws {
        let daemon = try TestDaemon()
        let leftovers = [daemon.setup.paths.runtime, daemon.setup.paths.alerts].map { $0 + "/.x.md.3kq.tmp" }
        try await daemon.run { _ in }
        for path in leftovers { try Data("half".utf8).write(to: URL(fileURLWithPath: path)) }
        try Data("a user's".utf8).write(to: URL(fileURLWithPath: daemon.setup.paths.alerts + "/notes.tmp"))
        try await daemon.run { _ in }
        for path in leftovers { #expect(!FileManager.default.fileExists(atPath: path)) }
        #expect(FileManager.default.fileExists(atPath: daemon.setup.paths.alerts + "/notes.tmp"))
    }

    @Test func aFileIsWrittenAnewWhereSomethingElseHasItsName() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/elsewhere")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/zero", withDestinationPath: "/dev/zero")
        mkfifo(folder.path + "/fifo", 0o600)
        link(folder.path + "/elsewhere", folder.path + "/second name")
        try folder.write("text", to: "wide")
        chmod(folder.path + "/wide", 0o666)
        for name in ["link", "zero", "fifo", "second name", "wide"] {
            #expect(try AtomicFile.write("text", to: "\(folder.path)/\(name)"))
            #expect(try folder.read(name) == "text")
            #expect(mode("\(folder.path)/\(name)") == 0o600)
        }
        #expect(try folder.read("elsewhere") == "precious")
        #expect(try !AtomicFile.write("text", to: folder.path + "/wide"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".tmp") } == [])
    }

    @Test func nothingPrivateIsWrittenIntoAFolderThatOthersCanWriteTo() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o777)
        #expect(throws: NotPrivate(path: folder.path, why: .writable)) {
            try AtomicFile.write("text", to: folder.path + "/file")
        }
        // The metrics file may lie where a collector's group writes as well.
        #expect(try AtomicFile.write("text", to: folder.path + "/file", mode: 0o640))
    }

    @Test func aRuntimeFolderThatWasSwappedGetsNothing() async throws {
        let daemon = try TestDaemon(today: "2026-11-23")
        try daemon.repository().commit("one", at: "2026-11-20 10:00 +0000")
        let runtime = daemon.setup.paths.runtime
        let trap = daemon.home.path + "/trap"
        try FileManager.default.createDirectory(atPath: trap, withIntermediateDirectories: false)
        chmod(trap, 0o777)
        try await daemon.run { client in
            #expect(rename(runtime, runtime + ".old") == 0)
            try FileManager.default.createSymbolicLink(atPath: runtime, withDestinationPath: trap)
            try daemon.repository().commit("two", at: "2026-11-23 10:00 +0000")
            _ = try await Client(path: runtime + ".old/rhythmd.sock").ask(Wire.Scan.self, .init())
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: trap) == [])
    }

    // MARK: Folders

    @Test func aFolderIsMadeForItsUserAlone() throws {
        let folder = try TemporaryFolder()
        try PrivateFolder.prepare(folder.path + "/a/b")
        #expect(mode(folder.path + "/a/b") == 0o700)
        chmod(folder.path + "/a/b", 0o755)
        try PrivateFolder.prepare(folder.path + "/a/b")
        #expect(mode(folder.path + "/a/b") == 0o700)
        // The user's own link to another disk.
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/a/b")
        try PrivateFolder.prepare(folder.path + "/link")
    }

    @Test(arguments: [mode_t(0o777), 0o1777, 0o770, 0o702]) func aFolderThatOthersWriteToIsRefused(mode: mode_t) throws
    {
        let folder = try TemporaryFolder()
        try PrivateFolder.prepare(folder.path + "/a/b")
        chmod(folder.path + "/a/b", mode)
        #expect(throws: NotPrivate(path: folder.path + "/a/b", why: .writable)) {
            try PrivateFolder.prepare(folder.path + "/a/b")
        }
        let command = try #require(NotPrivate(path: folder.path + "/a/b", why: .writable).command)
        try Program.run("sh", ["-c", command], environment: Program.environment(home: folder.path))
        try PrivateFolder.prepare(folder.path + "/a/b")
        // Nor one whose place others could give to another.
        chmod(folder.path + "/a", 0o777)
        #expect(throws: NotPrivate(path: folder.path + "/a/b", why: .above(folder.path + "/a"))) {
            try PrivateFolder.prepare(folder.path + "/a/b")
        }
        chmod(folder.path + "/a", 0o1777)
        try PrivateFolder.prepare(folder.path + "/a/b")
    }

    @Test(.enabled(if: isRoot, "only root can give a folder to another user"))
    func whatAnotherUserOwnsIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a/b"
        func refusal(_ change: (String) throws -> Void) throws -> NotPrivate? {
            try? FileManager.default.removeItem(atPath: folder.path + "/a")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            chmod(path, 0o700)
            try change(path)
            do {
                try PrivateFolder.prepare(path)
                return nil
            } catch let error as NotPrivate {
                return error
            }
        }
        #expect(try refusal { _ in } == nil)
        #expect(try refusal { chown($0, Self.nobody, 0) }?.why == .owner(Self.nobody))
        #expect(
            try refusal { _ in chown(folder.path + "/a", Self.nobody, 0) }?.why == .above(folder.path + "/a"))
        #expect(
            try refusal { path in
                try FileManager.default.moveItem(atPath: path, toPath: folder.path + "/a/c")
                symlink(folder.path + "/a/c", path)
                lchown(path, Self.nobody, 0)
            }?.why == .link(owner: Self.nobody))
        // What was put there while they could.
        let planted = try refusal { path in
            symlink("/etc/passwd", path + "/rhythm.db")
            lchown(path + "/rhythm.db", Self.nobody, 0)
        }
        #expect(planted == NotPrivate(path: path + "/rhythm.db", why: .owner(Self.nobody)))
    }

    @Test func theLockEmptiesNobodysFile() throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", to: "file")
        for plant in [link, symlink] {
            #expect(plant(folder.path + "/file", folder.path + "/lock") == 0)
            #expect(throws: SystemError.self) { try InstanceLock(path: folder.path + "/lock") }
            unlink(folder.path + "/lock")
        }
        mkfifo(folder.path + "/lock", 0o600)
        #expect(throws: SystemError.self) { try InstanceLock(path: folder.path + "/lock") }
        #expect(try folder.read("file") == "precious")
    }

    @Test func theDaemonSaysWhichFolderItRefuses() throws {
        let home = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: home.path + "/.state/rhythm", withIntermediateDirectories: true)
        chmod(home.path + "/.state/rhythm", 0o777)
        let environment = Program.environment(home: home.path)
        let result = try Program.run(Program.folder + "/rhythmd", [], environment: environment, expecting: 73)
        #expect(result.errorText.contains("then: chmod 700 \(home.path)/.state/rhythm\n"))
        let doctor = try Program.run(Program.folder + "/rhythmctl", ["doctor"], environment: environment, expecting: 2)
        #expect(doctor.text.contains("✗ folders: ") && doctor.text.contains("chmod 700 \(home.path)/.state/rhythm\n"))
    }

    // MARK: Peers

    /// Calls a method as another user would, who is let to the socket by its permissions, and prints what comes back.
    private static let caller = #"""
        use Socket; $SIG{PIPE} = 'IGNORE'; socket(S, AF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un($ARGV[0])) or die "connect: $!";
        send(S, "{\"method\":\"org.varlink.service.GetInfo\"}\0", 0); my $n = sysread(S, my $b, 99); print $b if $n;
        """#

    @Test(.enabled(if: isRoot, "only root can become another user"))
    func anotherUserIsNotAnswered() throws {
        let home = try TemporaryFolder()
        let environment = Program.environment(home: home.path)
        let daemon = try RunningDaemon(environment: environment)
        let socket = home.path + "/run/rhythm/rhythmd.sock"
        for folder in [home.path, home.path + "/run", home.path + "/run/rhythm"] { chmod(folder, 0o755) }
        chmod(socket, 0o666)
        let own = try Program.run("perl", ["-e", Self.caller, socket], environment: environment)
        #expect(own.text.contains("rhythmd"))
        let other = try Program.run(
            "setpriv",
            ["--reuid=\(Self.nobody)", "--regid=\(Self.nobody)", "--clear-groups", "perl", "-e", Self.caller, socket],
            environment: environment)
        #expect(other.text == "")
        try daemon.wait(for: "refused another user's connection")
    }

    @Test(.enabled(if: isRoot, "only root can become another user"))
    func anotherUsersDaemonIsNotBelieved() throws {
        let home = try TemporaryFolder()
        let socket = home.path + "/socket"
        chmod(home.path, 0o777)
        let listener = Process()
        let said = Pipe()
        let ended = Pipe()
        listener.executableURL = URL(filePath: "/usr/bin/env")
        listener.arguments = [
            "setpriv", "--reuid=\(Self.nobody)", "--clear-groups", "perl", "-e",
            "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0])) or die; listen(S, 9);"
                + "$| = 1; print qq(ready\\n); <STDIN>", socket,
        ]
        listener.standardOutput = said
        listener.standardInput = ended
        try listener.run()
        try #require(!said.fileHandleForReading.availableData.isEmpty)
        let result = try Program.run(
            Program.folder + "/rhythmctl", ["status", "--socket", socket],
            environment: Program.environment(home: home.path), expecting: 69)
        #expect(result.errorText.contains("another user (\(Self.nobody)) listens on the socket"))
        try ended.fileHandleForWriting.close()
        listener.waitUntilExit()
    }

    // MARK: Logs

    @Test func nothingSecretIsLogged() throws {
        let home = try TemporaryFolder()
        let repository = try HomeRepository(at: home.path + "/work", home: home.path)
        try repository.commit("one", at: "2026-11-02 10:00 +0000")
        try repository.git("remote", "add", "origin", "https://me:s3cret@127.0.0.1:1/x.git")
        // Objects that git would have to fetch: reading it fails, and says from where.
        try repository.git("config", "extensions.partialClone", "origin")
        try repository.git("config", "core.repositoryFormatVersion", "1")
        let objects = repository.path + "/.git/objects"
        try FileManager.default.removeItem(atPath: objects)
        try FileManager.default.createDirectory(atPath: objects, withIntermediateDirectories: false)
        try home.write(
            """
            [[rhythm]]
            id = "much"
            every = "day"
            measure = "commits"
            at_least = 1000
            [alerts]
            due_at = ["00:00"]
            quiet_hours = "none"
            [[hook]]
            on = ["at-risk", "due"]
            run = ["/nowhere/hook", "--header", "Token s3cret"]
            """, to: ".config/rhythm/rhythm.toml")
        var environment = Program.environment(home: home.path)
        environment["API_TOKEN"] = "s3cret"
        environment["XDG_TOKEN"] = "s3cret"
        let daemon = try RunningDaemon(environment: environment, arguments: ["--verbose"])
        try daemon.wait(for: "a hook failed")
        #expect(daemon.end(with: SIGTERM) == 0)
        #expect(daemon.lines.contains { $0.contains("cannot read a repository") })
        #expect(!daemon.lines.contains { $0.contains("s3cret") }, "\(daemon.lines)")
    }
}
