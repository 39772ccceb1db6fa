import ArgumentParser
import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport

@main
struct Rhythmctl: ParsableCommand {
    static func main() {
        if PromptCommand.ran(CommandLine.arguments) { return }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let left as Journal.Uncommitted {
            put("rhythmctl: \(left.message)\n", to: 2)
            Glibc.exit(EX_CANTCREAT)
        } catch let obstacle as Journal.Obstacle {
            put("rhythmctl: \(obstacle.message)\n", to: 2)
            Glibc.exit(EX_CANTCREAT)
        } catch let failure as Failure {
            put("rhythmctl: \(failure.message)\n", to: 2)
            Glibc.exit(failure.code)
        } catch {
            exit(withError: error)
        }
    }

    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "rhythmctl",
        abstract: "Asks rhythmd how you stand with the work you promised yourself.",
        discussion: """
            It talks to the daemon over its socket. Start that with `rhythmd`.

            Exit status: 0 fine; 64 wrong usage; 69 the daemon cannot be reached; 70 it answered with an error. \
            `status --check`, `check`, `test` and `doctor` have their own.

            Examples:
              rhythmctl
              rhythmctl report --last 4
              rhythmctl help alerts snooze
            """,
        version: "rhythmctl \(version)",
        subcommands: [
            StatusCommand.self, ReportCommand.self, ExplainCommand.self, GoalsCommand.self, RoadmapCommand.self,
            QueryCommand.self,
            LogCommand.self, JournalCommand.self, AlertsCommand.self, ExcuseCommand.self, CheckCommand.self,
            TestCommand.self,
            ReposCommand.self,
            ScanCommand.self, ReloadCommand.self, DoctorCommand.self, InitCommand.self, BackupCommand.self,
            RestoreCommand.self,
            ExportCommand.self, ImportCommand.self, PromptCommand.self, MotdCommand.self,
        ],
        defaultSubcommand: StatusCommand.self)
}

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the open periods: what is missing, until when, and the alerts.",
        discussion: """
            With --check the exit status tells: 0 all is met or on track, 1 something is at risk or due, \
            2 something was missed, 3 it cannot be known (a repository that matters cannot be read, not all were read \
            yet, or the daemon is down).

            Examples:
              rhythmctl status
              rhythmctl status --at 2026-11-15 --json
              rhythmctl status --check --quiet || echo "Something is left to do."
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions
    @Flag(help: "Tell by the exit status how things stand.") var check = false
    @Flag(name: .shortAndLong, help: "Print nothing; for --check.") var quiet = false

    func run() throws {
        let reply = try options.client().ask(Wire.Status.self, travel.wire)
        if !quiet {
            try options.show(reply) { TextReport.status($0, on: options.terminal, home: options.home) }
        }
        guard check else { return }
        // What the user has been told and knows is no news.
        let known = Set(reply.alerts.filter { $0.acknowledged != nil }.map(\.id))
        let states = Set(
            reply.rhythms.filter { !known.contains("\($0.period)-\($0.id)") }
                .map { $0.provisional && $0.state != .met ? "unverified" : $0.state.rawValue }
                + reply.alerts.filter { $0.acknowledged == nil }.map(\.state))
        if states.contains("missed") { throw ExitCode(2) }
        // What was not looked at since may have met it.
        if reply.freshness.asOf != nil && !states.isSubset(of: ["met", "excused"]) { throw ExitCode(3) }
        if states.contains("at-risk") || states.contains("due") { throw ExitCode(1) }
        let isBlind = reply.unreadable.contains { $0.own > 0 } && !states.isSubset(of: ["met", "excused"])
        if isBlind || reply.freshness.trouble != nil { throw ExitCode(3) }
        if states.contains("unverified") || !reply.freshness.hasRecentWeeks { throw ExitCode(3) }
    }
}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Shows the current week, another one, or the last few periods of every rhythm.",
        discussion: """
            Examples:
              rhythmctl report
              rhythmctl report --week 2026-W46
              rhythmctl report --last 8 --json
              rhythmctl report --at 2026-11-15T18:00
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions
    @Option(
        name: [.customLong("week"), .customLong("period")],
        help: "A week or another period, such as 2026-W46 or 2026-10.", completion: .periods)
    var week: String?
    @Option(help: "How many periods of each rhythm, the open one included.") var last: Int?

    func validate() throws {
        if week != nil && last != nil { throw ValidationError("--week and --last exclude each other.") }
        if let last, last < 1 { throw ValidationError("--last must be 1 at least.") }
    }

    func run() throws {
        let reply = try options.client().ask(Wire.Report.self, .init(last: last, period: week, travel: travel.wire))
        try options.show(reply) { TextReport.report($0, on: options.terminal, home: options.home) }
    }
}

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Lists every item behind a number, with its verdict and the reason.",
        discussion: """
            Examples:
              rhythmctl explain commits
              rhythmctl explain devlog --period 2026-W46
              rhythmctl explain active-days
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions
    @Argument(
        help: "The rhythm's id, such as commits or devlog; or active-days, for the streak of days.",
        completion: .rhythmsAndDays)
    var rhythm: String
    @Option(
        name: [.long, .customLong("week")], help: "A period, such as 2026-W46; the open one by default.",
        completion: .periods)
    var period: String?

    func run() throws {
        let reply = try options.client().ask(
            Wire.Explain.self, .init(rhythm: rhythm, period: period, travel: travel.wire))
        try options.show(reply) { TextReport.explain($0, on: options.terminal, home: options.home) }
    }
}

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Reads the repositories now, and searches for new ones.",
        discussion: """
            Examples:
              rhythmctl scan
              rhythmctl scan ~/src/rhythm
              rhythmctl scan --fresh
            """)

    @OptionGroup var options: CommonOptions
    @Flag(help: "Read every repository from its first commit, as if it had never been read.") var fresh = false
    @Argument(help: "Read this repository alone.", completion: .repositories) var repository: String?

    func validate() throws {
        if fresh && repository != nil { throw ValidationError("--fresh is for all repositories.") }
    }

    func run() throws {
        let client = try options.client()
        let bar = ProgressBar()
        var last = Wire.Scan.Reply()
        let path = repository.map(ReposCommand.Target.absolute)
        try client.follow(Wire.Scan.self, .init(fresh: fresh, repository: path)) { progress in
            bar?.draw(progress)
            last = progress
        }
        bar?.clear()
        if let trouble = last.trouble { throw Failure(code: 70, message: "the scan failed: \(harmless(trouble))") }
        try options.show(last) { TextReport.scan($0, on: options.terminal, home: options.home) }
    }
}

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Makes the daemon read its config again, and returns when it is in force.",
        discussion: """
            Example:
              rhythmctl check && rhythmctl reload
            """)

    @OptionGroup var options: CommonOptions

    func run() throws {
        let reply = try options.client().ask(Wire.Reload.self, .init())
        try options.show(reply) { "In force: \(harmless($0.config))\n" }
    }
}
