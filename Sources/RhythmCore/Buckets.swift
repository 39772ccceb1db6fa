/// One step of a time series.
package struct Bucket: Hashable, Sendable {
    package var period: Period
    /// What came in it; of a level, what it was at the end, nil before its first reading.
    package var quantity: Double?
    /// All since the first bucket; of a level, what it was.
    package var running: Double?
}

extension DailySeries {
    /// The series in calendar periods, without gaps. The first and the last one are cut to the days asked for.
    package func buckets(
        by cadence: Cadence, in days: ClosedRange<CalendarDay>, weekStart: Weekday, isLevel: Bool
    ) -> [Bucket] {
        var buckets: [Bucket] = []
        var running = 0.0
        var day = days.lowerBound
        while day <= days.upperBound {
            let period = Period(cadence, holding: day, weekStart: weekStart)
            let end = min(period.last, days.upperBound)
            if isLevel {
                let level = level(on: end)
                buckets.append(Bucket(period: period, quantity: level, running: level))
            } else {
                let quantity = total(in: day...end)
                running += quantity
                buckets.append(Bucket(period: period, quantity: quantity, running: running))
            }
            day = period.last + 1
        }
        return buckets
    }
}
