/// Something to have reached by a day.
package struct Goal: Hashable, Sendable {
    package var id: String
    package var name: String
    package var source: Source
    package var target: Double
    /// At most is for levels alone.
    package var bound: RhythmDefinition.Bound
    /// The first day that counts.
    package var from: CalendarDay
    /// The last one.
    package var by: CalendarDay
    /// Only who asks for the goals hears of it: it makes no alerts.
    package var isQuiet: Bool

    package init(
        id: String, name: String, source: Source, target: Double, bound: RhythmDefinition.Bound = .atLeast,
        from: CalendarDay, by: CalendarDay, isQuiet: Bool = false
    ) {
        self.id = id
        self.name = name
        self.source = source
        self.target = target
        self.bound = bound
        self.from = from
        self.by = by
        self.isQuiet = isQuiet
    }
}

/// How a goal stands.
package struct GoalResult: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case met
        /// Today's pace reaches it in time.
        case onTrack = "on-track"
        /// Today's pace does not.
        case behind
        case missed
    }

    package var goal: Goal
    package var state: State
    /// Since its first day; of a level, the last reading, nil where there is none.
    package var have: Double?
    /// 0 when met.
    package var need: Double
    /// Today's pace: what a day brought on average in the last eight weeks, or since the goal began if that is less; of a
    /// level, what it changed by.
    package var perDay: Double
    /// What each day that is left, today included, has to bring; nil when met or over.
    package var neededPerDay: Double?
    /// When today's pace reaches it; nil where it never does.
    package var finish: CalendarDay?
    /// Where today's pace leads on the last day; nil for a level that was never read.
    package var projected: Double?
    /// Begun on this day, at what gets done on a usual active day, it is still reached.
    package var lastSafeDay: CalendarDay
    /// It may come to something else once all history is read.
    package var isProvisional = false
}

/// - Parameters:
///   - series: of the goal's source.
///   - since: the first day from which on the history of all repositories is read; nil where all of it is.
package func evaluate(
    _ goal: Goal, series: DailySeries, today: CalendarDay, completeSince since: CalendarDay? = nil
) -> GoalResult {
    let end = min(today, goal.by)
    let isLevel = goal.source.measure.isLevel
    let have: Double? =
        isLevel ? series.level(on: end) : goal.from <= end ? series.total(in: goal.from...end) : 0
    let pace = goalPace(goal, series, end: end)
    // What is added up has to come on the goal's own days; a level may change before them.
    let before = isLevel ? end : max(end, goal.from - 1)
    let missing = have.map { goal.target - $0 } ?? goal.target
    let isMet = have.map { goal.bound == .atLeast ? $0 >= goal.target : $0 <= goal.target } ?? false
    // Divided last, so that whole numbers stay exact.
    let daysToGo = pace.change == 0 ? nil : (missing * Double(pace.days) / pace.change).rounded(.up)
    let finish = isMet || have == nil ? nil : daysToGo.flatMap { (0...100_000).contains($0) ? before + Int($0) : nil }
    let left = goal.by - max(today, isLevel ? today : goal.from) + 1
    let usual = isLevel ? nil : usualPace(of: goal.source.measure, series, before: today)
    let daysNeeded = usual.map { Int(min(1e6, (max(0, missing) / $0).rounded(.up))) } ?? 1
    return GoalResult(
        goal: goal,
        state: isMet ? .met : today > goal.by ? .missed : (finish.map { $0 <= goal.by } ?? false) ? .onTrack : .behind,
        have: have, need: isMet ? 0 : missing.magnitude, perDay: pace.change / Double(pace.days),
        neededPerDay: isMet || left < 1 || have == nil ? nil : missing / Double(left), finish: finish,
        projected: have.map {
            today > goal.by ? $0 : $0 + pace.change * Double(goal.by - before) / Double(pace.days)
        },
        lastSafeDay: max(goal.from, goal.by - (max(1, daysNeeded) - 1)),
        isProvisional: goal.source.measure.isInRepositories && since.map { goal.from < $0 } ?? false)
}

private func goalPace(_ goal: Goal, _ series: DailySeries, end: CalendarDay) -> (change: Double, days: Int) {
    let window = 56
    guard goal.source.measure.isLevel else {
        // The day that is not over yet would make the pace look low every morning.
        let from = goal.from < end ? max(goal.from, end - window) : end - window
        return (series.total(in: from...end - 1), end - from)
    }
    let readings = series.entries(in: end - window...end)
    guard let first = readings.first, let last = readings.last, last.day > first.day else { return (0, 1) }
    return (last.quantity - first.quantity, last.day - first.day)
}
