/// How much was counted on each day: a sparse time series.
package struct DailyCounts: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package var day: CalendarDay
        package var count: Int

        package init(day: CalendarDay, count: Int) {
            self.day = day
            self.count = count
        }
    }

    /// Ascending by day, each day once, no zeros.
    package let entries: [Entry]

    /// - Parameter entries: in any order; those of one day are added up.
    package init(_ entries: some Sequence<Entry> = []) {
        var byDay: [CalendarDay: Int] = [:]
        for entry in entries { byDay[entry.day, default: 0] += entry.count }
        self.entries = byDay.filter { $0.value != 0 }.map { Entry(day: $0.key, count: $0.value) }
            .sorted { $0.day < $1.day }
    }

    package var firstDay: CalendarDay? { entries.first?.day }

    package func entries(in days: ClosedRange<CalendarDay>) -> ArraySlice<Entry> {
        entries[index(of: days.lowerBound)..<index(of: days.upperBound + 1)]
    }

    package func total(in days: ClosedRange<CalendarDay>) -> Int {
        entries(in: days).reduce(0) { $0 + $1.count }
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
