import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks for what keeps Rhythm from counting, or from being heard, and says what mends it.",
        discussion: """
            What is wrong comes first: ✗ an error, ! a warning, · something to know. Below each stands the command that \
            mends it, or that shows more. It changes nothing itself.

            Exit status: 0 nothing is wrong, 1 there are warnings, 2 there are errors.

            Examples:
              rhythmctl doctor || echo "Something is to be mended."
              rhythmctl doctor --json || true
            """)

    @OptionGroup var options: CommonOptions

    func run() throws {
        let reply = Wire.Doctor.Reply(
            findings: try daemon() + UnitCheck.findings() + clock()
                + JournalCheck.findings(options))
        try options.show(reply) { DoctorText.text($0.findings, on: options.terminal) }
        let severities = Set(reply.findings.map(\.severity))
        if severities.contains(.error) { throw ExitCode(2) }
        if severities.contains(.warning) { throw ExitCode(1) }
    }

    /// What the daemon finds, or a process of our own in its place, and how it is with the daemon itself.
    private func daemon() throws -> [Wire.Diagnosis] {
        let own: Wire.Diagnosis
        do {
            let varlink = try VarlinkClient.connect(
                path: try options.socket ?? CommonOptions.socketPath(), timeout: .seconds(60))
            let version = try Self.version(of: varlink)
            do {
                let reply = try varlink.call(Wire.Doctor.qualifiedName, Wire.None(), as: Wire.Doctor.Reply.self)
                return reply.findings + [version]
            } catch let error as VarlinkError {
                // An older one that has no doctor.
                own = version.severity == .ok ? Wire.Diagnosis("daemon", .error, "it answered \(error)") : version
            }
        } catch VarlinkClientError.noSocket, VarlinkClientError.refused {
            own = Wire.Diagnosis(
                "daemon", .warning, "rhythmd is not running, so nothing is looked at and nobody nags",
                remedy: UnitCheck.isThere ? "systemctl --user start rhythmd" : "rhythmd")
        } catch VarlinkClientError.closed {
            own = Wire.Diagnosis(
                "daemon", .error, "rhythmd ended before it answered",
                remedy: UnitCheck.isThere ? "systemctl --user status rhythmd" : "rhythmd --verbose")
        } catch let error as VarlinkClientError {
            own = Wire.Diagnosis("daemon", .error, "\(error)", remedy: "rhythmctl status")
        }
        do {
            return [own] + (try Client.ofOwn().ask(Wire.Doctor.self, .init())).findings
        } catch let failure as Failure {
            return [own, Wire.Diagnosis("program", .error, failure.message, remedy: "command -v rhythmd")]
        }
    }

    /// Whether the daemon is of the same version as this program.
    private static func version(of varlink: VarlinkClient) throws -> Wire.Diagnosis {
        struct Info: Decodable { var version: String }
        let other = try varlink.call("org.varlink.service.GetInfo", Wire.None(), as: Info.self).version
        guard other != Rhythmctl.version else {
            return Wire.Diagnosis("version", .ok, "rhythmctl and rhythmd are \(other)")
        }
        return Wire.Diagnosis(
            "version", .warning, "rhythmctl is \(Rhythmctl.version), and the rhythmd that runs is \(other)",
            remedy: UnitCheck.isThere ? "systemctl --user restart rhythmd" : "rhythmd --version")
    }

    /// The confined daemon may not ask the kernel about the clock.
    private func clock() -> [Wire.Diagnosis] {
        switch output(of: "timedatectl", "show", "--property=NTPSynchronized", "--value") {
        case "yes\n": [Wire.Diagnosis("clock", .ok, "it is synchronised")]
        case "no\n":
            [
                Wire.Diagnosis(
                    "clock", .note, "no time server sets it, so days may begin too early or too late",
                    remedy: "sudo timedatectl set-ntp true")
            ]
        default: []
        }
    }
}
