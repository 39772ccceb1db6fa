/// A run of met periods.
package struct Streak: Hashable, Sendable, Codable {
    /// The run that still lasts.
    package var current: Int
    package var longest: Int

    package init(current: Int = 0, longest: Int = 0) {
        self.current = current
        self.longest = longest
    }

    /// - Parameter states: oldest first. Met adds and missed breaks, which an open period is only where a limit is already
    ///   broken; all others do neither.
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

    /// The run of days with something on them. Today counts once there is something, and breaks nothing before; nor do days
    /// on which nothing is asked.
    package init(activeDays series: DailySeries, today: CalendarDay, isOff: (CalendarDay) -> Bool = { _ in false }) {
        self.init()
        var next: CalendarDay?
        func reaches(_ day: CalendarDay) -> Bool {
            guard let next else { return false }
            return stride(from: next.number, to: day.number, by: 1).allSatisfy { isOff(CalendarDay(number: $0)) }
        }
        for entry in series.entries where entry.day <= today && entry.quantity > 0 {
            current = reaches(entry.day) ? current + 1 : 1
            longest = max(longest, current)
            next = entry.day + 1
        }
        if !reaches(today) && next != today + 1 { current = 0 }
    }
}

/// Where the streaks of a rhythm lie, as indices of its periods.
package struct StreakRuns: Hashable, Sendable {
    package private(set) var current: ClosedRange<Int>?
    /// The first of equals.
    package private(set) var longest: ClosedRange<Int>?

    package init(_ periods: [PeriodResult]) {
        var count = 0
        var most = 0
        for (index, period) in periods.enumerated() {
            switch period.state {
            case .met:
                count += 1
                let run = (current?.lowerBound ?? index)...index
                current = run
                if count > most { (most, longest) = (count, run) }
            case .missed:
                count = 0
                current = nil
            case .excused, .unverified, .onTrack, .atRisk, .due: break
            }
        }
    }
}
