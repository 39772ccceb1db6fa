import ArgumentParser
import RhythmAPI
import RhythmReport

struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "Lists the alerts, and says that you know, or when you want to hear of them.",
        discussion: """
            Examples:
              rhythmctl alerts
              rhythmctl alerts ack 2026-W48-commits
              rhythmctl alerts snooze 2026-W48-devlog --for 1d
            """,
        subcommands: [
            List.self, Show.self, Ack.self, Snooze.self, Silence.self, Unsilence.self, History.self,
        ], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the alerts.",
            discussion: """
                Example:
                  rhythmctl alerts list --json
                """)
        @OptionGroup var options: CommonOptions
        @OptionGroup var travel: TravelOptions

        func run() throws {
            let reply = try options.client().ask(Wire.Alerts.self, travel.wire)
            try options.show(reply) { AlertsText.list($0, on: options.terminal) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Shows one alert, over or not, and what happened to it.",
            discussion: """
                Example:
                  rhythmctl alerts show 2026-W48-commits
                """)
        @OptionGroup var options: CommonOptions
        @OptionGroup var target: Target

        func run() throws {
            let reply = try options.client().ask(Wire.ShowAlert.self, .init(id: target.id))
            try options.show(reply) { AlertsText.show($0) }
        }
    }

    struct Ack: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack", abstract: "Says that you know. It holds for as long as the alert does.",
            discussion: """
                Example:
                  rhythmctl alerts ack 2026-W48-commits --note "Ill since Tuesday"
                """)
        @OptionGroup var options: CommonOptions
        @OptionGroup var target: Target
        @Option(help: "What you want to remember of it.") var note: String?

        func run() throws {
            let reply = try options.client().ask(Wire.AckAlert.self, .init(id: target.id, note: note))
            try options.show(reply) { _ in "Acknowledged: \(harmless(target.id)) keeps quiet from now on.\n" }
        }
    }

    struct Snooze: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "snooze", abstract: "Keeps one alert quiet for a while; when that ends it says so.",
            discussion: """
                Examples:
                  rhythmctl alerts snooze 2026-W48-devlog --for 1d
                  rhythmctl alerts snooze 2026-W48-devlog --until 2026-11-29T09:00
                """)
        @OptionGroup var options: CommonOptions
        @OptionGroup var target: Target
        @Option(help: "Until then: 2026-11-24, as that day begins, or 2026-11-24T09:00.") var until: String?
        @Option(name: .customLong("for"), help: "For so long: 2h, 3d or 1w.") var length: String?

        func validate() throws {
            if (until == nil) == (length == nil) { throw ValidationError("Either --until or --for is needed.") }
        }

        func run() throws {
            let client = try options.client()
            let reply = try client.ask(Wire.SnoozeAlert.self, .init(id: target.id, until: until ?? length ?? ""))
            let alert = try client.ask(Wire.ShowAlert.self, .init(id: target.id)).alert
            try options.show(reply) { _ in AlertsText.snoozed(alert) }
        }
    }

    struct Silence: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "silence", abstract: "Keeps all alerts, or those of a rhythm or goal, quiet until a time.",
            discussion: """
                Examples:
                  rhythmctl alerts silence --why "Release week" --until 3d
                  rhythmctl alerts silence devlog --why "Writing a talk" --until 2026-12-01
                """)
        @OptionGroup var options: CommonOptions
        @Argument(
            help: "The rhythm's or goal's id; all by default.", completion: .rhythmsAndGoals)
        var rhythm: String?
        @Option(help: "Why.") var why: String
        @Option(help: "Until then: 2026-11-24, 2026-11-24T09:00, or 3d from now.") var until: String

        func validate() throws {
            if why.isEmpty { throw ValidationError("--why must say something: it is what you will read later.") }
        }

        func run() throws {
            let reply = try options.client()
                .ask(Wire.SilenceAlerts.self, .init(rhythm: rhythm, why: why, until: until))
            try options.show(reply) { AlertsText.silence($0.silence) }
        }
    }

    struct Unsilence: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unsilence", abstract: "Ends a silence; `alerts list` shows their ids.",
            discussion: """
                Example:
                  rhythmctl alerts unsilence 1
                """)
        @OptionGroup var options: CommonOptions
        @Argument(help: "The silence's id.", completion: .silences) var id: Int

        func run() throws {
            let reply = try options.client().ask(Wire.EndSilence.self, .init(id: id))
            try options.show(reply) { _ in "Ended.\n" }
        }
    }

    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history", abstract: "Shows what happened to alerts, at its true times.",
            discussion: """
                Examples:
                  rhythmctl alerts history
                  rhythmctl alerts history --since 2026-10
                """)
        @OptionGroup var options: CommonOptions
        @Option(help: "Since this day or period; the last four weeks by default.") var since: String?

        func run() throws {
            let reply = try options.client().ask(Wire.AlertHistory.self, .init(since: since))
            try options.show(reply) { AlertsText.history($0.events) }
        }
    }

    struct Target: ParsableArguments {
        @Argument(help: "The alert's id, such as 2026-W47-commits.", completion: .alerts) var id: String
    }
}
