import Foundation
import Logging
import RhythmAPI
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// What `rhythmctl doctor` finds by itself, and how it tells.
@Suite struct DoctorProgramTests {
    private let home: TemporaryFolder
    private var environment: [String: String]

    /// A home with a repository, and a `PATH` in which the machine's own service manager and clock are not asked.
    init() throws {
        home = try TemporaryFolder()
        environment = Program.environment(home: home.path)
        try HomeRepository(at: home.path + "/work", home: home.path).commit("one", at: "2026-11-20 10:00 +0000")
        environment["PATH"] = home.path + "/bin:" + (environment["PATH"] ?? "")
        try program("timedatectl", "echo yes")
        try program("systemctl", "exit 1")
    }

    private func program(_ name: String, _ script: String) throws {
        try home.write("#!/bin/sh\n\(script)\n", to: "bin/\(name)")
        chmod("\(home.path)/bin/\(name)", 0o755)
    }

    private func doctor(_ arguments: String..., expecting status: Int32) throws -> String {
        let result = try Program.run(
            Program.folder + "/rhythmctl", ["doctor"] + arguments, environment: environment, expecting: status)
        #expect(result.errorText == "")
        return result.text
    }

    @Test func whatIsFineIsOneLine() throws {
        let daemon = try RunningDaemon(environment: environment)
        try Program.run(Program.folder + "/rhythmctl", ["scan"], environment: environment)
        #expect(
            try doctor(expecting: 0) == """
                ✓ All is well: config, folders, database, disk, scan, identity, repositories,
                  safe.directory, watch, program, hooks, zone, version, clock

                """)
        let json = try JSONDecoder().decode(Wire.Doctor.Reply.self, from: Data(doctor("--json", expecting: 0).utf8))
        #expect(json.findings.count == 14 && json.findings.allSatisfy { $0.severity == .ok })
        #expect(daemon.end(with: SIGTERM) == 0)
        // The same without a daemon, from what it left.
        let down = try doctor(expecting: 1)
        #expect(
            down.hasPrefix("! daemon: rhythmd is not running, so nothing is looked at and nobody nags\n    rhythmd\n"))
        #expect(down.contains("✓ Fine: config, folders, database, disk, scan, identity, repositories,"))
    }

    @Test func aClockThatNobodySetsIsNoted() throws {
        try program("timedatectl", "echo no")
        #expect(try doctor(expecting: 1).contains("· clock: no time server sets it"))
        try program("timedatectl", "exit 1")
        #expect(try !doctor(expecting: 1).contains("clock"))
    }

    @Test func anErrorComesBeforeAWarning() throws {
        try home.write("nonsense = 1\n", to: ".config/rhythm/rhythm.toml")
        let text = try doctor(expecting: 2)
        #expect(text.hasPrefix("✗ config: ") && text.contains("\n! daemon: "))
        for line in text.split(separator: "\n") where !line.hasPrefix("    ") && !line.contains(home.path) {
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test func aProgramThatWasReplacedIsNoticed() throws {
        for name in ["rhythmd", "rhythm-scan"] {
            try FileManager.default.copyItem(atPath: "\(Program.folder)/\(name)", toPath: "\(home.path)/bin/\(name)")
        }
        let daemon = try RunningDaemon(home.path + "/bin/rhythmd", environment: environment)
        try FileManager.default.copyItem(atPath: home.path + "/bin/rhythmd", toPath: home.path + "/bin/new")
        rename(home.path + "/bin/new", home.path + "/bin/rhythmd")
        let json = try JSONDecoder().decode(Wire.Doctor.Reply.self, from: Data(doctor("--json", expecting: 1).utf8))
        let found = try #require(json.findings.first { $0.topic == "program" })
        #expect(found.text.hasPrefix("\(home.path)/bin/rhythmd was replaced"))
        #expect(found.remedy == "kill \(daemon.process.processIdentifier) && rhythmd")
    }

    /// A service of another version: one that has a doctor, and one that has none.
    @Test(arguments: [true, false]) func anotherVersionIsNamed(hasDoctor: Bool) async throws {
        let socket = home.path + "/other"
        let daemon = try TestDaemon()
        let own = VarlinkInterface(
            description: Wire.interfaceText,
            methods: hasDoctor
                ? [
                    Wire.Doctor.name: .typed { (_: Wire.None, _) in
                        Wire.Doctor.Reply(findings: [Wire.Diagnosis("zone", .ok, "fine")])
                    }
                ] : [:])
        let server = VarlinkServer(
            info: VarlinkServiceInfo(vendor: "Rhythm", product: "rhythmd", version: "0.0.9", url: ""),
            interfaces: [own], group: TestDaemon.group, logger: TestDaemon.quiet)
        try await server.listen(at: socket)
        let text = try doctor("--socket", socket, expecting: 1)
        #expect(text.contains("! version: rhythmctl is 0.1.0, and the rhythmd that runs is 0.0.9\n"))
        #expect(text.contains("zone"))
        await server.stop()
        withExtendedLifetime(daemon) {}
    }

    /// In a namespace of its own, where the state folder is a disk of 60 and of 4 MiB.
    @Test(arguments: [("60m", Int32(1), "! disk: "), ("4m", 2, "✗ disk: no room is left")])
    func aDiskThatIsFullIsNamed(size: String, status: Int32, text: String) throws {
        let state = home.path + "/.state/rhythm"
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        let script = "mount -t tmpfs -o size=\(size),mode=0700 none \"$1\" && exec \"$2\" doctor"
        let namespace = ["--user", "--map-root-user", "--mount"]
        let possible = try Program.run("unshare", namespace + ["true"], environment: environment, expecting: nil)
        guard possible.status == 0 else { return print("skipped: this user may make no namespaces") }
        let result = try Program.run(
            "unshare", namespace + ["sh", "-c", script, "sh", state, Program.folder + "/rhythmctl"],
            environment: environment, expecting: status)
        #expect(result.text.contains(text))
    }

    // MARK: Units

    private func units(_ service: [String: String], _ socket: [String: String] = [:]) throws {
        try home.write("", to: "run/systemd/private")
        var shown = ""
        for (name, properties) in [("rhythmd.service", service), ("rhythmd.socket", socket)] {
            let all = [
                "Id": name, "LoadState": "loaded", "NeedDaemonReload": "no", "ActiveState": "active",
                "UnitFileState": "enabled", "Result": "success", "FragmentPath": home.path + "/units/" + name,
            ].merging(properties) { $1 }
            shown += all.map { "\($0)=\($1)\n" }.joined() + "\n"
        }
        try program("systemctl", "cat <<'END'\n\(shown)END")
        // As they are shipped.
        let top = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        for name in ["rhythmd.service", "rhythmd.socket"] {
            try home.write(
                String(contentsOf: top.appending(path: "systemd/\(name)"), encoding: .utf8), to: "units/\(name)")
        }
    }

    private func unitLines() throws -> [String] {
        let result = try Program.run(
            Program.folder + "/rhythmctl", ["doctor", "--json"], environment: environment, expecting: nil)
        return try JSONDecoder().decode(Wire.Doctor.Reply.self, from: Data(result.text.utf8)).findings
            .filter { $0.topic == "units" }.map { "\($0.severity.rawValue) \($0.remedy ?? "-")" }
    }

    @Test func unitsAsTheyAreShippedAreFine() throws {
        try units(["ExecStart": "{ path=\(home.path)/bin/systemctl ; argv[]=x ; }"])
        #expect(try unitLines() == ["ok -"])
        #expect(try doctor(expecting: 1).contains("    systemctl --user start rhythmd\n"))
    }

    @Test func unitsOfAnotherVersionAreNamed() throws {
        try units([:])
        try home.write("[Service]\nExecStart=rhythmd\n", to: "units/rhythmd.service")
        #expect(try unitLines() == ["warning scripts/install"])
        try home.write("[Unit]\nX-Rhythm-Version=0.0.9\n", to: "units/rhythmd.service")
        #expect(try unitLines() == ["warning scripts/install"])
        #expect(try doctor(expecting: 1).contains("rhythmd.service is of Rhythm 0.0.9"))
    }

    @Test(arguments: [
        (
            ["NeedDaemonReload": "yes"], [:],
            "warning systemctl --user daemon-reload && systemctl --user restart rhythmd.service"
        ),
        (["ExecStart": "{ path=/nowhere/rhythmd ; argv[]=/nowhere/rhythmd ; }"], [:], "error scripts/install"),
        (
            ["ActiveState": "failed", "Result": "watchdog"], [:],
            "error journalctl --user --unit=rhythmd.service --lines=20"
        ),
        (["LoadState": "bad-setting"], [:], "error systemctl --user status rhythmd.service"),
        ([:], ["LoadState": "not-found"], "warning scripts/install"),
        ([:], ["UnitFileState": "disabled"], "note systemctl --user enable --now rhythmd.socket"),
        (["LoadState": "not-found"], ["LoadState": "not-found"], "note scripts/install"),
    ])
    func aUnitThatDriftedIsNamed(_ service: [String: String], _ socket: [String: String], _ line: String) throws {
        try units(service, socket)
        #expect(try unitLines() == [line])
    }
}
