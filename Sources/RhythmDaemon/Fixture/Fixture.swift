import RhythmAPI
import RhythmCore
import RhythmStore

/// A user's own test: a config, evidence, and what is expected at some instants. Nothing outside its text matters.
struct Fixture {
    /// A config that was put in force at an instant.
    struct Step {
        var config: Config
        var at: Timestamp
    }

    /// An item of evidence. What it adds to a measure is found by ``quantity(for:)``.
    struct Item {
        var at: Timestamp
        var offset: UTCOffset
        /// By measure: commits are one, a sync of 15 minutes is 15 of these and one entry.
        var quantities: [Measure: Double]
        /// A reading, by the metric's name.
        var reading: (metric: String, value: Double)?
        var repository: String?
        var paths: [String]
    }

    struct Blindness {
        var from: Timestamp
        var to: Timestamp?
    }

    struct Expected {
        var line: Int?
        var at: Moment
        var rhythm: String
        var period: String?
        /// In the fixture's order.
        var fields: [(field: Field, want: Want)]
    }

    enum Want {
        case text(String)
        case number(Double)
    }

    enum Field: String, CaseIterable {
        case state, have, target, need, streak, longest, strength, pace
        case lastSafeDay = "last_safe_day"
        case dueDay = "due_day"
        case atRiskFrom = "at_risk_from"
    }

    /// Oldest first, one at least.
    var steps: [Step]
    var machine: Zone
    var items: [Item]
    var blindnesses: [Blindness]
    var expectations: [Expected]
}

// MARK: Judging

extension Fixture {
    /// Judges each expectation, in the file's order.
    func run() -> [Wire.Expectation] {
        expectations.map { expected in
            let rule = steps[0].config.calendar(machine: machine).rule(machine: machine)
            let at = expected.at.instant(by: CalendarHistory(rule))
            let (evaluation, calendar) = evaluation(of: expected.rhythm, at: at)
            let result =
                expected.period.map { id in evaluation?.periods.first { $0.period.id == id } }
                ?? evaluation?.newest
            var outcome = Wire.Expectation(
                line: expected.line, at: calendar.text(at), rhythm: expected.rhythm, period: expected.period,
                mismatches: [])
            guard let evaluation, let result else {
                let known = evaluation.map { "from \($0.periods[0].period.id) to \($0.newest.period.id)" }
                outcome.mismatches = [
                    Wire.Mismatch(
                        field: evaluation == nil ? "rhythm" : "period",
                        want: evaluation == nil ? expected.rhythm : expected.period ?? "",
                        have: known ?? "no such rhythm at that time")
                ]
                return outcome
            }
            outcome.result = Wire.PeriodResult(result, of: evaluation, calendar: calendar)
            outcome.mismatches = expected.fields.compactMap { field, want in
                let have = Self.value(of: field, result, evaluation)
                guard !want.matches(have, field) else { return nil }
                return Wire.Mismatch(field: field.rawValue, want: want.text, have: have?.text ?? "none")
            }
            return outcome
        }
    }

    private func evaluation(of rhythm: String, at now: Timestamp) -> (RhythmEvaluation?, CalendarHistory) {
        let past = steps.filter { $0.at <= now }
        let known = past.isEmpty ? [steps[0]] : past
        let calendar =
            CalendarHistory(
                versions: known.map { step in
                    .init(
                        rule: step.config.calendar(machine: machine).rule(machine: machine), recordedAt: step.at)
                }) ?? CalendarHistory(DayRule(zone: machine))
        let histories = known.reduce([:]) { histories, step in
            RhythmHistory.histories(histories, adopting: step.config.rhythms, at: step.at)
        }
        guard let history = histories[rhythm] else { return (nil, calendar) }
        let seen = items.filter { $0.at <= now }.sorted { $0.at < $1.at }
        let blind = blindnesses.filter { blind in blind.from <= now && blind.to.map { now < $0 } ?? true }
        let evidence = Evidence(
            series: Dictionary(uniqueKeysWithValues: history.sources.map { ($0, series(of: $0, seen, calendar)) }),
            blindSince: blind.map { calendar.day(of: $0.from) }.min(),
            excuses: known[known.count - 1].config.vacations)
        return (evaluate(history, evidence: evidence, calendar: calendar, now: now), calendar)
    }

    private func series(of source: Source, _ items: [Item], _ calendar: CalendarHistory) -> DailySeries {
        let repositories = RepositoryGlobs(source.repositories)
        let paths = source.paths.map { Glob($0, foldingCase: false) }
        let found = items.filter { item in
            (source.repositories.isEmpty || item.repository.map(repositories.match) ?? false)
                && (paths.isEmpty || item.paths.contains { path in paths.contains { $0.matches(path: path) } })
        }.map { (day: calendar.day(of: $0.at, authorOffset: $0.offset), item: $0) }
        switch source.measure {
        case .gauge(let name):
            return DailySeries(levels: readings(of: name, found))
        case .counter(let name):
            return DailySeries(growth: readings(of: name, found))
        case .activeDays:
            return DailySeries(entries(of: .commits, found)).activeDays
        case .samples:
            return DailySeries(found.filter { $0.item.reading != nil }.map { .init(day: $0.day, quantity: 1) })
        case .commits, .devlog, .releases, .roadmapTicks, .entries, .minutes:
            return DailySeries(entries(of: source.measure, found))
        }
    }

    private func entries(of measure: Measure, _ items: [(day: CalendarDay, item: Item)]) -> [DailySeries.Entry] {
        items.compactMap { day, item in item.quantities[measure].map { .init(day: day, quantity: $0) } }
    }

    private func readings(
        of metric: String, _ items: [(day: CalendarDay, item: Item)]
    ) -> [(day: CalendarDay, value: Double)] {
        items.compactMap { day, item in
            item.reading.flatMap { $0.metric == metric ? (day, $0.value) : nil }
        }
    }

    private static func value(
        of field: Field, _ result: PeriodResult, _ evaluation: RhythmEvaluation
    ) -> Want? {
        let outlook = result == evaluation.newest ? evaluation.outlook : nil
        return switch field {
        case .state: .text(result.state.rawValue)
        case .have: .number(result.have)
        case .target: .number(result.target)
        case .need: .number(result.need)
        case .streak: .number(Double(evaluation.streak.current))
        case .longest: .number(Double(evaluation.streak.longest))
        case .strength: .number(evaluation.strength)
        case .pace: outlook?.pace.map { .number($0) }
        case .lastSafeDay: outlook.map { .text($0.lastSafeDay.description) }
        case .dueDay: outlook.map { .text($0.dueDay.description) }
        case .atRiskFrom: outlook.map { .text($0.atRiskFrom.description) }
        }
    }
}

extension Fixture.Want {
    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): RhythmCore.text(of: number)
        }
    }

    /// A strength is compared to the digits that people write.
    fileprivate func matches(_ have: Fixture.Want?, _ field: Fixture.Field) -> Bool {
        switch (self, have) {
        case (.text(let want), .text(let have)): want == have
        case (.number(let want), .number(let have)): (want - have).magnitude <= (field == .strength ? 0.005 : 1e-9)
        default: false
        }
    }
}
