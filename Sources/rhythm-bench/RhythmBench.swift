import ArgumentParser
import RhythmAPI
import RhythmCore
import RhythmGit
import RhythmReport
import RhythmRoadmap

/// Runs one of the functions that Rhythm's time goes to, over and over, for a clock or `valgrind --tool=callgrind` around
/// it. `scripts/bench --only functions` runs them all.
@main
struct RhythmBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rhythm-bench",
        abstract: "Run a function that Rhythm's time goes to, and say how often it did its work.",
        subcommands: [Walk.self, Fold.self, Evaluate.self, Render.self, ReadRoadmap.self])
}

struct Rounds: ParsableArguments {
    @Option(help: "How often to run it.") var rounds = 10

    /// Prints how many units of work there were, and how long one took.
    func run(_ unit: String, _ body: () throws -> Int) rethrows {
        var units = 0
        let time = try ContinuousClock().measure { for _ in 0..<rounds { units += try body() } }
        let (seconds, attoseconds) = time.components
        let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) / 1e9
        print("\(units) \(unit), \(Int(nanoseconds / Double(max(units, 1)))) ns each")
    }
}

struct Walk: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read every commit of a repository, on one thread, as its first scan does.")

    @OptionGroup var rounds: Rounds
    @Argument var repository: String

    func run() throws {
        let request = ScanRequest(identity: Identity(emails: [], names: [], coAuthored: false, everyone: false))
        let location = try Location(repository)
        try rounds.run("commits") { try RepositoryScan.run(location, request, emit: { _ in }).commitsRead }
    }
}

struct Fold: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell which commits carry one work: branches rebased again and again, with a few scripted ones.")

    @OptionGroup var rounds: Rounds
    @Option(help: "Commits by one author at one second.") var commits = 100

    func run() throws {
        func id(_ number: Int) -> ObjectID {
            var digits = String(number, radix: 16)
            digits = String(repeating: "0", count: 40 - digits.count) + digits
            return ObjectID(hex: digits)!
        }
        // Every fourth follows the one before it within the second; the rest are ten changes, each rebased many times.
        let candidates = (1...commits).map { number in
            FoldingCandidate(
                id: id(number), committedAt: Timestamp(1_700_000_000 + Int64(number)),
                firstParent: id(number % 4 == 0 ? number - 1 : commits + number), subject: "change \(number % 10)",
                linkOnly: false)
        }
        try rounds.run("commits") {
            guard !foldedInto(candidates).isEmpty else { throw ExitCode.failure }
            return commits
        }
    }
}

struct ReadRoadmap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roadmap", abstract: "Read a roadmap from its Markdown, and what its parts mean.")

    @OptionGroup var rounds: Rounds
    @Option(help: "How long it is, in megabytes.") var megabytes = 1

    func run() throws {
        let tasks = (1...8).map {
            "- [\($0 % 3 == 0 ? "x" : " ")] Task \($0) of some length, in the words that people use\n"
        }.joined()
        let groups = ["Tools", "Reading", "Writing"].map { "**\($0):**\n\(tasks)\n" }.joined()
        let phase = "### PHASE 1: BASICS (Month 1-2)\n\n\(groups)**Success Criteria:**\n- 30+ GitHub commits\n\n"
        let bytes = Array(String(repeating: phase, count: megabytes * 1_000_000 / phase.utf8.count).utf8)
        try rounds.run("megabytes") {
            guard !Roadmap(try Outline(markdown: bytes)).items.isEmpty else { throw ExitCode.failure }
            return megabytes
        }
    }
}

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judge a weekly rhythm over years of commits, two of every three days one.")

    @OptionGroup var rounds: Rounds
    @Option(help: "Years of history.") var years = 10

    func run() throws {
        guard let today = CalendarDay("2026-11-23") else { throw ExitCode.failure }
        let first = today - years * 365
        let days = (0..<years * 365).filter { $0 % 3 != 0 }.map {
            DailySeries.Entry(day: first + $0, quantity: Double(1 + $0 % 4))
        }
        let evidence = Evidence(series: [Source(.commits): DailySeries(days)])
        let calendar = CalendarHistory(DayRule(zone: .utc))
        let definition = RhythmDefinition(id: "commits", name: "Commits", every: .week, measure: .commits, target: 5)
        let now = calendar.start(of: today) + 43_200
        let history = RhythmHistory(definition, recordedAt: now)
        try rounds.run("weeks") {
            guard let found = evaluate(history, evidence: evidence, calendar: calendar, now: now) else {
                throw ExitCode.failure
            }
            return found.periods.count
        }
    }
}

struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a report as a terminal shows it, from the JSON of `rhythmctl report --json` on standard input."
    )

    @OptionGroup var rounds: Rounds

    func run() throws {
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        let reply = try JSONValue(parsing: text.utf8).decode(Wire.Report.Reply.self)
        let terminal = Terminal(colour: true, width: 80)
        rounds.run("bytes") { TextReport.report(reply, on: terminal, home: "/home/me").utf8.count }
    }
}
