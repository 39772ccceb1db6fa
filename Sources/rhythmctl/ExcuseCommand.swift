import ArgumentParser
import RhythmAPI
import RhythmReport

struct ExcuseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "excuse",
        abstract: "Sets days off, on which nothing is asked; without options, lists them.",
        discussion: """
            A period that lies in them whole is excused; of one that lies in them partly less is asked, by its share of \
            days.

            Examples:
              rhythmctl excuse --from 2026-12-24 --to 2027-01-02 --why "Holidays"
              rhythmctl excuse --from 2026-11-24 --to 2026-11-24 --why "Ill" --rhythm commits
              rhythmctl excuse --remove 1
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions
    @Option(help: "The first day.") var from: String?
    @Option(help: "The last day.") var to: String?
    @Option(help: "Why.") var why: String?
    @Option(help: "For this rhythm alone; for all by default.", completion: .rhythms) var rhythm: String?
    @Option(help: "Take back the days off with this id.", completion: .excuses) var remove: Int?

    func validate() throws {
        let given = [from, to, why, rhythm].filter { $0 != nil }.count
        if travel.at != nil && (remove != nil || given > 0) { throw ValidationError("--at is for the list.") }
        if remove != nil && given > 0 { throw ValidationError("--remove goes alone.") }
        if remove == nil && given > 0 && (from == nil || to == nil || why == nil) {
            throw ValidationError("--from, --to and --why go together.")
        }
    }

    func run() throws {
        let client = try options.client()
        if let remove {
            let reply = try client.ask(Wire.RevokeExcuse.self, .init(id: remove))
            return try options.show(reply) { _ in "Taken back.\n" }
        }
        guard let from, let to, let why else {
            let reply = try client.ask(Wire.Excuses.self, travel.wire)
            return try options.show(reply) { TrialText.excuses($0) }
        }
        let reply = try client.ask(Wire.AddExcuse.self, .init(from: from, to: to, why: why, rhythm: rhythm))
        try options.show(reply) { TrialText.excuses(.init(excuses: [$0.excuse])) }
    }
}
