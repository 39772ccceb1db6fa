import ArgumentParser
import RhythmAPI
import RhythmReport

struct GoalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "goals", abstract: "Shows how far each goal is, and whether today's pace reaches it.",
        discussion: """
            Examples:
              rhythmctl goals
              rhythmctl goals --at 2026-06-30
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions

    func run() throws {
        let reply = try options.client().ask(Wire.Goals.self, travel.wire)
        try options.show(reply) { TextReport.goals($0, on: options.terminal) }
    }
}

struct QueryCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Shows a time series: any measure in any calendar step, with sums and running totals.",
        discussion: """
            A measure is commits, active-days, devlog, releases, roadmap-ticks, samples, entries:KIND, minutes:KIND or \
            metric:NAME. Steps without anything are zeros, not gaps.

            Examples:
              rhythmctl query commits --by week --since 2026-01
              rhythmctl query active-days --by month --since 2026 --repo rhythm --format csv
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions
    @Argument(help: "What is counted.", completion: .measures) var measure: String
    @Option(help: "The step: day, week, month, quarter or year.", completion: .steps) var by = "week"
    @Option(help: "From this day or period on; the last 12 steps by default.") var since: String?
    @Option(help: "Until this day or period; today by default.") var until: String?
    @Option(
        name: [.customLong("repo"), .customLong("repository")], help: "A glob on a repository's name, or path.",
        completion: .repositoryNames)
    var repositories: [String] = []
    @Option(name: .customLong("path"), help: "A glob on the files touched, as a rhythm in the config names it.")
    var paths: [String] = []
    @Option(help: "table, csv or json.") var format = Format.table

    func run() throws {
        let reply = try options.client().ask(
            Wire.Query.self,
            .init(
                measure: measure, by: by, since: since, until: until,
                repositories: repositories.isEmpty ? nil : repositories, paths: paths.isEmpty ? nil : paths,
                at: travel.at, asKnown: travel.asKnown ? true : nil))
        switch options.json ? .json : format {
        case .table: put(SeriesText.table(reply, on: options.terminal), to: 1)
        case .csv: put(SeriesText.csv(reply), to: 1)
        case .json: put(try CommonOptions.json(reply), to: 1)
        }
    }
}
