import Glibc

/// What a day leaves of a habit's strength, where one time in so many days is asked for.
package func strengthMultiplier(days: Int) -> Double {
    pow(0.5, (1 / Double(days)).squareRoot() / 13)
}

extension Judge {
    /// The habit's strength, 0 to 1: the score of Loop Habit Tracker for a habit with a quantity.
    ///
    /// Each day that asks anything moves the score towards that day's value, by a factor of `0.5^(√frequency / 13)`, where
    /// the frequency is one in the period's days. A day's value is how much of the target the days that end with it hold,
    /// as many as a period has. Days off do not move it, and today does not before it does good.
    func strength(over laid: [LaidPeriod]) -> Double {
        guard let first = laid.first else { return 0 }
        var score = history.definition(at: first.version).bound == .atMost ? 1.0 : 0
        var multiplier = (days: 0, value: 0.0)
        for period in laid where period.isAsked {
            let definition = history.definition(at: period.version)
            let days = period.period.nominalDayCount
            if multiplier.days != days { multiplier = (days, strengthMultiplier(days: days)) }
            let rests = period.period.cadence == .day ? definition.restDays : []
            // The windows of a rolling rhythm overlap; each is there for its last day.
            let first = definition.every == .rolling(days) ? period.period.last : period.period.first
            let last = min(period.period.last, today)
            for number in stride(from: first.number, through: last.number, by: 1) {
                let day = CalendarDay(number: number)
                guard isAsked(day, by: definition), !rests.contains(day.weekday) else { continue }
                let next =
                    score * multiplier.value + value(of: definition, on: day, days: days) * (1 - multiplier.value)
                score = day == today ? max(score, next) : next
            }
        }
        return score
    }

    /// How much of what is asked the days that end with one hold, 0 to 1.
    private func value(of definition: RhythmDefinition, on day: CalendarDay, days: Int) -> Double {
        let values = definition.parts.map { part in
            let series = evidence[part.source]
            let isLevel = part.source.measure.isLevel
            let have = isLevel ? series.level(on: day) : series.total(in: day - (days - 1)...day)
            guard let have else { return 0.0 }
            switch definition.bound {
            case .atLeast: return part.target > 0 ? min(1, max(0, have / part.target)) : 1
            case .atMost:
                guard part.target > 0 else { return have > 0 ? 0 : 1 }
                return min(1, max(0, 1 - (have - part.target) / part.target))
            }
        }
        return definition.combination == .any ? values.max() ?? 0 : values.reduce(0, +) / Double(values.count)
    }
}
