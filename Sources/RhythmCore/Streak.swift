/// A run of met periods.
package struct Streak: Hashable, Sendable, Codable {
    /// The run that still lasts.
    package var current: Int
    package var longest: Int

    package init(current: Int = 0, longest: Int = 0) {
        self.current = current
        self.longest = longest
    }

    /// - Parameter states: oldest first. Met adds, missed breaks; all others, open ones included, do neither.
    package init(states: some Sequence<PeriodState>) {
        self.init()
        for state in states {
            switch state {
            case .met:
                current += 1
                longest = max(longest, current)
            case .missed: current = 0
            case .excused, .unverified, .onTrack, .atRisk, .due: break
            }
        }
    }

    /// The run of days with something counted. Today counts once there is something, and breaks nothing before.
    package init(activeDays counts: DailyCounts, today: CalendarDay) {
        self.init()
        var previous: CalendarDay?
        for entry in counts.entries where entry.day <= today {
            current = previous == entry.day - 1 ? current + 1 : 1
            longest = max(longest, current)
            previous = entry.day
        }
        if let previous, previous < today - 1 { current = 0 }
    }
}
