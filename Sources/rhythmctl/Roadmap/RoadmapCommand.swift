import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

struct RoadmapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roadmap",
        abstract: "Shows how far you are with your roadmap, what is next, and what it says that is not so.",
        discussion: """
            The roadmap is a Markdown file that the config names: [roadmap] path. What is ticked when comes from its git \
            history, what is measured from the same evidence as your rhythms.

            Examples:
              rhythmctl roadmap
              rhythmctl roadmap items --open
              rhythmctl roadmap tick "Docker basics"
              rhythmctl roadmap status --write
            """,
        subcommands: [
            ShowRoadmap.self, RoadmapItems.self, ShowRoadmapHistory.self, RoadmapStatusCommand.self,
            RoadmapDriftCommand.self, TickItem.self, UntickItem.self,
        ],
        defaultSubcommand: ShowRoadmap.self)
}

struct ShowRoadmap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows the tree with what is done, the schedule, what is next, and the criteria.",
        discussion: """
            Examples:
              rhythmctl roadmap
              rhythmctl roadmap show --at 2026-06-30
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions

    func run() throws {
        let reply = try options.client().ask(Wire.Roadmap.self, .init(look: travel.at == nil, travel: travel.wire))
        try options.show(reply) { RoadmapText.tree($0, on: options.terminal, home: options.home) }
    }
}

struct RoadmapItems: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "items",
        abstract: "Lists every item: its line, its box, what was understood of it, and since when.",
        discussion: """
            Examples:
              rhythmctl roadmap items
              rhythmctl roadmap items --open
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions
    @Flag(help: "Those that are not ticked alone.") var open = false

    func run() throws {
        let reply = try options.client().ask(Wire.Roadmap.self, .init(look: travel.at == nil, travel: travel.wire))
        try options.show(reply) { RoadmapText.items($0, openOnly: open, on: options.terminal) }
    }
}

struct ShowRoadmapHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Shows when boxes were ticked and unticked, and what came, went or was reworded.",
        discussion: """
            Examples:
              rhythmctl roadmap history --since 2026-10
              rhythmctl query roadmap-ticks --by month
            """)

    @OptionGroup var options: CommonOptions
    @Option(help: "From this day or period on, such as 2026-11.") var since: String?
    @Option(help: "Until then: 2026-11-15, or 2026-11-15T18:00.") var at: String?

    func run() throws {
        let reply = try options.client().ask(Wire.RoadmapHistory.self, .init(since: since, at: at))
        try options.show(reply) { RoadmapText.history($0, on: options.terminal) }
    }
}

struct RoadmapDriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Lists what the roadmap says and the evidence contradicts.",
        discussion: """
            With --check the exit status is 1 where there is any.

            Examples:
              rhythmctl roadmap drift
              rhythmctl roadmap drift --check || echo "The roadmap is not up to date."
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions
    @Flag(help: "Tell by the exit status whether there is any.") var check = false

    func run() throws {
        let reply = try options.client().ask(Wire.Roadmap.self, .init(look: travel.at == nil, travel: travel.wire))
        try options.show(reply) { RoadmapText.drift($0, on: options.terminal) }
        if check, !reply.drift.isEmpty { throw ExitCode(1) }
    }
}
