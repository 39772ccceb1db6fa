/// One period of one rhythm, judged.
package struct PeriodResult: Hashable, Sendable {
    package var period: Period
    /// What the definition in force asked; less where the rhythm began within the period.
    package var target: Int
    package var have: Int
    package var state: PeriodState
    package var name: String
    package var measure: Measure

    /// What is still missing; 0 when met.
    package var need: Int { max(0, target - have) }
}

/// What an open period that is not yet met still allows.
package struct Outlook: Hashable, Sendable {
    /// What the user gets done on a usual active day: the median of their active days in the last eight weeks.
    package var pace: Double
    /// From when the period is at risk.
    package var atRiskFrom: CalendarDay
    /// The last safe moment is the start of this day: begun then at the usual pace, the target is still met.
    package var lastSafeDay: CalendarDay
    /// The day on which it is due.
    package var dueDay: CalendarDay
    /// Days that are left, today included.
    package var daysLeft: Int
}

/// One rhythm at one instant.
package struct RhythmEvaluation: Hashable, Sendable {
    package var id: String
    /// Oldest first, without gaps, the open one last. Never empty.
    package var periods: [PeriodResult]
    package var streak: Streak
    /// Nil when the open period asks nothing more.
    package var outlook: Outlook?

    package var open: PeriodResult { periods[periods.count - 1] }
}

/// Evidence and what may be missing from it.
package struct EvidenceSummary: Equatable, Sendable {
    package var counts: [Measure: DailyCounts]
    /// Since when each blind repository was not seen: a repository that held evidence of the user's lately and cannot
    /// be read now. Its first unseen day; nil where nothing is blind.
    package var blindSince: CalendarDay?

    package init(counts: [Measure: DailyCounts], blindSince: CalendarDay? = nil) {
        self.counts = counts
        self.blindSince = blindSince
    }
}

/// Judges a rhythm from its first period to the one open at `now`.
///
/// A rhythm begins at the earlier of its first evidence and the day its definition was first recorded. Only days up to
/// the end of the open period count: what is dated later waits for its own period.
package func evaluate(
    _ history: RhythmHistory, evidence: EvidenceSummary, rule: DayRule, weekStart: Weekday = .monday, now: Timestamp
) -> RhythmEvaluation {
    let today = rule.day(of: now)
    let current = history.current
    let counts = evidence.counts[current.measure] ?? DailyCounts()
    let recorded = min(rule.day(of: history.firstRecordedAt), today)
    let begins = min(counts.firstDay ?? recorded, recorded)

    var periods: [PeriodResult] = []
    var period = Period(current.every, holding: begins, weekStart: weekStart)
    while period.first <= today {
        let definition = history.inForce(forPeriodEndingAt: rule.start(of: period.last + 1))
        let counts = evidence.counts[definition.measure] ?? DailyCounts()
        let target = proRated(definition.target, of: period, from: begins)
        let have = counts.total(in: period.days)
        let state: PeriodState =
            if have >= target {
                .met
            } else if period.last >= today {
                .onTrack  // told from at-risk and due below, where the pace is known
            } else if let blind = evidence.blindSince, period.last >= blind {
                .unverified
            } else {
                .missed
            }
        periods.append(
            PeriodResult(
                period: period, target: target, have: have, state: state, name: definition.name,
                measure: definition.measure))
        period = period.next(weekStart: weekStart)
    }

    var outlook: Outlook?
    let open = periods.count - 1
    if periods[open].state == .onTrack {
        let found = Outlook(open: periods[open], counts: evidence.counts[periods[open].measure], today: today)
        periods[open].state = found.state(on: today)
        outlook = found
    }
    return RhythmEvaluation(
        id: current.id, periods: periods, streak: Streak(states: periods.lazy.map(\.state)), outlook: outlook)
}

/// A target's share for the days of a period that a rhythm existed, rounded up.
private func proRated(_ target: Int, of period: Period, from begins: CalendarDay) -> Int {
    let covered = period.last - max(period.first, begins) + 1
    return (target * covered + period.dayCount - 1) / period.dayCount
}

extension Outlook {
    init(open: PeriodResult, counts: DailyCounts?, today: CalendarDay) {
        pace = usualPace(counts ?? DailyCounts(), before: today)
        let period = open.period
        let days = Int((Double(open.need) / pace).rounded(.up))
        dueDay = period.last
        lastSafeDay = max(period.first, period.last - (days - 1))
        // A day that is its own period is never at risk: it is due.
        atRiskFrom = period.cadence == .day ? period.last : max(period.first, lastSafeDay - 1)
        daysLeft = period.last - today + 1
    }

    func state(on today: CalendarDay) -> PeriodState {
        today >= dueDay ? .due : today >= atRiskFrom ? .atRisk : .onTrack
    }
}

/// The median count of the active days in the eight weeks before a day; 1 without any.
func usualPace(_ counts: DailyCounts, before today: CalendarDay) -> Double {
    let active = counts.entries(in: today - 56...today - 1).map(\.count).sorted()
    guard !active.isEmpty else { return 1 }
    let middle = active.count / 2
    return active.count.isMultiple(of: 2) ? Double(active[middle - 1] + active[middle]) / 2 : Double(active[middle])
}
