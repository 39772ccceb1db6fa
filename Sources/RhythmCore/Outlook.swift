/// What an open period that is not yet met still allows.
package struct Outlook: Hashable, Sendable {
    /// What the user gets done on a usual active day: the median of their active days in the last eight weeks. Nil for
    /// levels, for several parts, and for what is logged in amounts while there is no history.
    package var pace: Double?
    /// From when the period is at risk.
    package var atRiskFrom: CalendarDay
    /// The last safe moment is the start of this day: begun then at the usual pace, the target is still met.
    package var lastSafeDay: CalendarDay
    /// The last day on which something can be asked.
    package var dueDay: CalendarDay
    /// Days that are left to do it on, today included.
    package var daysLeft: Int
    /// Of these, the days that may go by idle with the last safe moment still to come.
    package var safeDays: Int
    /// The last safe moment has passed.
    package var isLate: Bool
    /// What is needed on each day that is left; nil for levels and for several parts.
    package var neededPerDay: Double?
    package var odds: Odds?

    func state(on today: CalendarDay) -> PeriodState {
        today >= dueDay ? .due : today >= atRiskFrom ? .atRisk : .onTrack
    }
}

extension Judge {
    /// - Parameter result: open and unmet.
    /// - Returns: nil for a limit, which nothing needs to be done for.
    func outlook(of result: PeriodResult) -> Outlook? {
        let definition = history.definition(at: result.version)
        let isLevel = definition.parts.contains { $0.source.measure.isLevel }
        guard definition.bound == .atLeast || isLevel else { return nil }
        let period = result.period
        let available = (0..<period.dayCount).map { period.first + $0 }
            .filter { isAsked($0, by: definition) && !definition.restDays.contains($0.weekday) }
        guard let dueDay = available.last else { return nil }

        let parts =
            definition.isCompound
            ? result.parts
            : [
                PartResult(have: result.have, target: result.target, isUnread: false)
            ]
        let needs = zip(definition.parts, parts).filter { definition.combination == .any || $1.have < $1.target }
        let days = needs.map { part, result in daysNeeded(for: part.source, need: result.target - result.have) }
        let needed = max(1, (definition.combination == .any ? days.min() : days.max()) ?? 1)
        let lastSafeDay = available.count >= needed ? available[available.count - needed] : available[0]
        let left = available.count { $0 >= today }
        let single = definition.isCompound || isLevel ? nil : definition.parts[0].source
        return Outlook(
            pace: single.flatMap(usualPace),
            atRiskFrom: period.cadence.isDaily ? dueDay : max(period.first, lastSafeDay - 1),
            lastSafeDay: lastSafeDay, dueDay: dueDay, daysLeft: left,
            safeDays: available.count { $0 >= today && $0 < lastSafeDay }, isLate: lastSafeDay < today,
            neededPerDay: single == nil || left == 0 ? nil : result.need / Double(left),
            odds: odds(of: result, definition))
    }

    private func daysNeeded(for source: Source, need: Double) -> Int {
        guard !source.measure.isLevel, let pace = usualPace(of: source) else { return 1 }
        return Int(min(1e6, (need / pace).rounded(.up)))
    }

    /// What gets done on a usual active day; nil for all that is needed.
    private func usualPace(of source: Source) -> Double? {
        RhythmCore.usualPace(of: source.measure, evidence[source], before: today)
    }
}

/// How far the usual pace looks back.
let paceDays = 56

/// What gets done on a usual active day, the median of those in the eight weeks before one; nil for all that is needed.
func usualPace(of measure: Measure, _ series: DailySeries, before today: CalendarDay) -> Double? {
    let active = series.entries(in: today - paceDays...today - 1).map(\.quantity).filter { $0 > 0 }.sorted()
    guard !active.isEmpty else { return measure.unprovenPace }
    let middle = active.count / 2
    return active.count.isMultiple(of: 2) ? (active[middle - 1] + active[middle]) / 2 : active[middle]
}
