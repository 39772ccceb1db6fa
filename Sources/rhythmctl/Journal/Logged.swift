import RhythmAPI
import RhythmCore
import RhythmReport

/// What came of an entry.
struct Logged: Encodable {
    var file: String
    var kind: String
    var day: String
    var commit: String?
    /// Why it is not counted yet.
    var trouble: String?
    /// The periods that it bears on, as they stand now.
    var periods: [Wire.PeriodResult]
    private var head: String
    private var notes: [String]

    private enum CodingKeys: CodingKey { case file, kind, day, commit, trouble, periods }

    init(
        _ entry: JournalEntry, _ added: Journal.Added, in journal: Journal, before: [Wire.PeriodResult]?,
        after: [Wire.PeriodResult]?,
        trouble: String?
    ) {
        file = added.paths[0]
        kind = entry.kind
        day = entry.when.day.description
        commit = added.commit
        self.trouble = trouble
        periods = (after ?? []).filter { $0.measures.contains(where: entry.bears(on:)) }
        head =
            (added.isFirst ? "Began a journal in \(harmless(journal.path)). " : "")
            + "Logged \(entry.sample.map { harmless($0.metric) } ?? article(entry.kind))."
        notes = periods.map { period in
            Self.standing(period, before: before?.first { $0.id == period.id && $0.period == period.period })
        }
        if let trouble {
            notes = [trouble]
        } else if entry.when.day > LocalTime.today {
            notes = ["It counts when \(entry.when.day) comes"]
        } else if periods.isEmpty {
            notes = ["No rhythm of yours counts it on \(entry.when.day)"]
        }
    }

    var line: String { "\(head) \(notes.joined(separator: "; "))\n" }

    /// `Wins 1 of 1 this week: met`; in a closed period also what it was before.
    private static func standing(_ period: Wire.PeriodResult, before: Wire.PeriodResult?) -> String {
        let isLevel = period.parts.isEmpty && period.measure.isLevel
        let amount =
            isLevel
            ? text(of: period.have) + ", asked for at \(period.limit ? "most" : "least") \(text(of: period.target))"
            : "\(text(of: period.have)) of \(period.limit ? "at most " : "")\(text(of: period.target))"
        let when =
            switch period.every {
            case _ where !period.open: "in \(period.period)"
            case .day: "today"
            case .rolling(let days): "in \(days) days"
            default: "this \(period.every.noun)"
            }
        let change =
            before.flatMap { $0.open || $0.state == period.state ? nil : "was \($0.state.words), is now " } ?? ""
        return "\(harmless(period.name)) \(amount) \(when): \(change)\(period.state.words)"
    }
}

extension Wire.PeriodResult {
    fileprivate var measures: [Measure] { parts.isEmpty ? [measure] : parts.map(\.measure) }
}

extension JournalEntry {
    /// Whether it can change what is measured.
    func bears(on measure: Measure) -> Bool {
        switch measure {
        case .entries(let kind): kind == self.kind
        case .minutes(let kind): kind == self.kind && minutes != nil
        case .devlog: kind == "devlog"
        case .gauge(let name), .counter(let name): name == sample?.metric
        case .samples: sample != nil
        case .commits, .activeDays, .releases, .roadmapTicks: false
        }
    }
}
