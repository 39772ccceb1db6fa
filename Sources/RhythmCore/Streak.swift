/// A run of met periods.
package struct Streak: Hashable, Sendable, Codable {
    /// The run that still lasts.
    package var current: Int
    package var longest: Int
    /// The run that still lasts may change with history that is still to be read. The longest may in any case.
    package var provisional: Bool

    package init(current: Int = 0, longest: Int = 0, provisional: Bool = false) {
        self.current = current
        self.longest = longest
        self.provisional = provisional
    }

    /// - Parameter periods: oldest first.
    init(_ periods: [PeriodResult]) {
        self.init(states: periods.lazy.map(\.stateInStreak))
        // Nothing before a period that is surely missed matters.
        provisional = periods.last { $0.isProvisional || $0.state == .missed }?.isProvisional ?? false
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
    ///
    /// - Parameter since: the first day from which on all is known; nil where everything is.
    package init(
        activeDays series: DailySeries, today: CalendarDay, completeSince since: CalendarDay? = nil,
        isOff: (CalendarDay) -> Bool = { _ in false }
    ) {
        self.init()
        var begin = today
        var next: CalendarDay?
        func isAllOff(from first: CalendarDay, to end: CalendarDay) -> Bool {
            stride(from: first.number, to: end.number, by: 1).allSatisfy { isOff(CalendarDay(number: $0)) }
        }
        func reaches(_ day: CalendarDay) -> Bool { next.map { isAllOff(from: $0, to: day) } ?? false }
        for entry in series.entries where entry.day <= today && entry.quantity > 0 {
            if !reaches(entry.day) { (current, begin) = (0, entry.day) }
            current += 1
            longest = max(longest, current)
            next = entry.day + 1
        }
        if !reaches(today) && next != today + 1 { (current, begin) = (0, today) }
        // It is as long as it looks where a day that broke it is known.
        if let since { provisional = isAllOff(from: since, to: begin) }
    }
}

extension PeriodResult {
    /// What was not read yet ends a run as if it had been missed, so that none is called longer than it is.
    fileprivate var stateInStreak: PeriodState { isProvisional && state == .unverified ? .missed : state }
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
            switch period.stateInStreak {
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
