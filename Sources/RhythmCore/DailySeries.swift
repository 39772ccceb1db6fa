/// How much there was on each day: a sparse time series. Of a level, the last reading of each day.
package struct DailySeries: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package var day: CalendarDay
        package var quantity: Double

        package init(day: CalendarDay, quantity: Double) {
            self.day = day
            self.quantity = quantity
        }
    }

    /// What nothing leads to any more where only that counts which something leads to: it still counts in the periods
    /// that had closed when it went.
    package struct Lost: Equatable, Sendable {
        package var day: CalendarDay
        package var goneAt: Timestamp
        package var quantity: Double

        package init(day: CalendarDay, goneAt: Timestamp, quantity: Double) {
            self.day = day
            self.goneAt = goneAt
            self.quantity = quantity
        }
    }

    /// Ascending by day, each day once.
    package let entries: [Entry]
    package let lost: [Lost]
    /// The sum of all entries before each, where sums are exact: where all are whole.
    private let sums: [Double]?

    private init(sorted entries: [Entry], lost: [Lost] = []) {
        self.entries = entries
        self.lost = lost
        guard entries.allSatisfy({ $0.quantity.rounded() == $0.quantity && $0.quantity.magnitude < 1e12 }) else {
            sums = nil
            return
        }
        sums = entries.reduce(into: [0]) { sums, entry in sums.append(sums[sums.count - 1] + entry.quantity) }
    }

    /// - Parameter entries: in any order; those of one day are added up.
    package init(_ entries: some Sequence<Entry> = [], lost: [Lost] = []) {
        var byDay: [CalendarDay: Double] = [:]
        for entry in entries { byDay[entry.day, default: 0] += entry.quantity }
        self.init(
            sorted: byDay.filter { $0.value != 0 }.map { Entry(day: $0.key, quantity: $0.value) }
                .sorted { $0.day < $1.day }, lost: lost)
    }

    /// - Parameter readings: ascending by instant. A day's level is the last reading of that day and those before it, by
    ///   instant: on the way around the world that need not be one of that day.
    package init(levels readings: [(day: CalendarDay, value: Double)]) {
        var newestByDay: [CalendarDay: Int] = [:]
        for (index, reading) in readings.enumerated() { newestByDay[reading.day] = index }
        var newest = 0
        self.init(
            sorted: newestByDay.sorted { $0.key < $1.key }.map { day, index in
                newest = max(newest, index)
                return Entry(day: day, quantity: readings[newest].value)
            })
    }

    /// - Parameter readings: of something that only grows, ascending by instant. One lower than the one before starts
    ///   anew from nothing; the very first one says where it starts.
    package init(growth readings: [(day: CalendarDay, value: Double)]) {
        var last: Double?
        var grown: [CalendarDay: Double] = [:]
        for reading in readings {
            let before = last ?? reading.value
            grown[reading.day, default: 0] += reading.value >= before ? reading.value - before : reading.value
            last = reading.value
        }
        // A day that did not grow stays: it is evidence that somebody looked.
        self.init(sorted: grown.map { Entry(day: $0.key, quantity: $0.value) }.sorted { $0.day < $1.day })
    }

    /// Both added up.
    package static func + (one: DailySeries, other: DailySeries) -> DailySeries {
        other == DailySeries() ? one : DailySeries(one.entries + other.entries, lost: one.lost + other.lost)
    }

    /// Each day with anything at all counts one.
    package var activeDays: DailySeries {
        let days = Set(entries.map(\.day))
        var seen = days
        let lost = self.lost.sorted { $0.goneAt > $1.goneAt }.filter { seen.insert($0.day).inserted }
        return DailySeries(
            sorted: entries.map { Entry(day: $0.day, quantity: 1) },
            lost: lost.map { Lost(day: $0.day, goneAt: $0.goneAt, quantity: 1) })
    }

    package var firstDay: CalendarDay? {
        [entries.first?.day, lost.map(\.day).min()].compactMap { $0 }.min()
    }

    package func entries(in days: ClosedRange<CalendarDay>) -> ArraySlice<Entry> {
        entries[index(of: days.lowerBound)..<index(of: days.upperBound + 1)]
    }

    package func total(in days: ClosedRange<CalendarDay>) -> Double {
        guard let sums else { return entries(in: days).reduce(0) { $0 + $1.quantity } }
        return sums[index(of: days.upperBound + 1)] - sums[index(of: days.lowerBound)]
    }

    /// What was lost of some days after an instant.
    func total(lostAfter instant: Timestamp, in days: ClosedRange<CalendarDay>) -> Double {
        lost.reduce(0) { days.contains($1.day) && $1.goneAt >= instant ? $0 + $1.quantity : $0 }
    }

    /// The last reading of a level on or before a day.
    package func level(on day: CalendarDay) -> Double? {
        let end = index(of: day + 1)
        return end == 0 ? nil : entries[end - 1].quantity
    }

    /// The index of the first entry that is not before a day.
    private func index(of day: CalendarDay) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].day < day { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
