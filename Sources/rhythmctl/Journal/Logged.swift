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
    var goals: [Wire.Goal]
    private var head: String
    private var notes: [String]

    private enum CodingKeys: CodingKey { case file, kind, day, commit, trouble, periods, goals }

    init(
        _ entry: JournalEntry, _ added: Journal.Added, in journal: Journal, before: [Wire.PeriodResult],
        after: JournalHome.Standing?, trouble: String?
    ) {
        file = added.paths[0]
        kind = entry.kind
        day = entry.when.day.description
        commit = added.commit
        self.trouble = trouble
        periods = (after?.periods ?? []).filter { $0.measures.contains(where: entry.bears(on:)) }
        goals = (after?.goals ?? []).filter { entry.bears(on: $0.measure) && $0.days.contains(entry.when.day) }
        head =
            (added.isFirst ? "Began a journal in \(harmless(journal.path)). " : "")
            + "Logged \(entry.sample.map { harmless($0.metric) } ?? article(entry.kind))."
        notes = periods.map { period in
            Self.standing(period, before: before.first { $0.id == period.id && $0.period == period.period })
        }
        notes += goals.map(Self.standing)
        if let trouble {
            notes = [trouble]
        } else if entry.when.day > LocalTime.today {
            notes = ["It counts when \(entry.when.day) comes"]
        } else if after != nil, notes.isEmpty {
            notes = ["No rhythm or goal of yours counts it on \(entry.when.day)"]
        }
    }

    var line: String { head + (notes.isEmpty ? "" : " " + notes.joined(separator: "; ")) + "\n" }

    /// `Wins 1 of 1 this week: met`; in a closed period also what it was before.
    private static func standing(_ period: Wire.PeriodResult, before: Wire.PeriodResult?) -> String {
        let amount = amount(
            period.have, of: period.target, isLevel: period.parts.isEmpty && period.measure.isLevel,
            isLimit: period.limit)
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

    /// `Talks 3 of 12 by 2026-12-31: on track`
    private static func standing(_ goal: Wire.Goal) -> String {
        let amount = amount(goal.have ?? 0, of: goal.target, isLevel: goal.measure.isLevel, isLimit: goal.limit)
        return "\(harmless(goal.name)) \(amount) by \(goal.by): \(goal.state.replacing("-", with: " "))"
    }

    private static func amount(_ have: Double, of target: Double, isLevel: Bool, isLimit: Bool) -> String {
        isLevel
            ? "\(text(of: have)), asked for at \(isLimit ? "most" : "least") \(text(of: target))"
            : "\(text(of: have)) of \(isLimit ? "at most " : "")\(text(of: target))"
    }
}

extension Wire.Goal {
    /// Those on which it looks at what was done; of a level the last reading counts, however old.
    fileprivate var days: ClosedRange<CalendarDay> {
        let last = CalendarDay(by) ?? CalendarDay(number: .max)
        let first = measure.isLevel ? nil : CalendarDay(from)
        return min(first ?? CalendarDay(number: .min), last)...last
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
