/// A period that a rhythm has, and what it asked then.
struct LaidPeriod {
    var period: Period
    /// The version in force.
    var version: Int
    /// False between a rhythm's removal and its return.
    var isAsked: Bool
}

extension RhythmHistory {
    /// The periods from the first one to that of today, oldest first, without gaps or overlaps.
    ///
    /// A new version takes the whole of the period in which it was recorded, and rewrites none before. Where it brings
    /// another kind of period, the one that it begins with starts where the last old one ended.
    ///
    /// - Returns: nothing where the rhythm was removed before a period of it had closed.
    func periods(from begins: CalendarDay, to today: CalendarDay, calendar: CalendarHistory) -> [LaidPeriod] {
        var laid: [LaidPeriod] = []
        var day = min(begins, today)
        var version = 0
        var begin = calendar.start(of: day)
        repeat {
            let morrow = calendar.start(of: day + 1)
            while version + 1 < versions.count, versions[version + 1].recordedAt < morrow { version += 1 }
            var period = self.period(version, holding: day)
            if !laid.isEmpty { period = period.beginning(on: day) }
            while true {
                if version + 1 < versions.count,
                    versions[version + 1].recordedAt < calendar.start(of: period.last + 1)
                {
                    version += 1
                    period = self.period(version, holding: max(day, calendar.day(of: versions[version].recordedAt)))
                    period = period.beginning(on: laid.isEmpty ? min(period.first, day) : day)
                } else if let before = laid.last, before.period.id == period.id, !period.cadence.isDaily {
                    // The last days of what the calendar gave to the period before join the next one.
                    period = self.period(version, holding: period.last + 1).beginning(on: day)
                } else {
                    break
                }
            }
            let end = calendar.start(of: period.last + 1)
            // A day that the zone left out asks for nothing.
            let exists = end > begin
            laid.append(
                LaidPeriod(
                    period: period, version: version, isAsked: versions[version].definition != nil && exists))
            begin = end
            day = period.last + 1
        } while day <= today
        while let last = laid.last, versions[last.version].definition == nil { laid.removeLast() }
        while laid.count > 1, let last = laid.last, let ends = definition(at: last.version).ends,
            (last.period.cadence.isDaily ? last.period.last : last.period.first) > ends
        {
            laid.removeLast()
        }
        return laid
    }

    private func period(_ version: Int, holding day: CalendarDay) -> Period {
        let definition = definition(at: version)
        return Period(definition.every, holding: day, weekStart: definition.weekStart)
    }
}
