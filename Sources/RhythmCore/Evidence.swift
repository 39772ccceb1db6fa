/// Days on which nothing is asked: a vacation.
package struct Excuse: Hashable, Sendable, Codable {
    package var first: CalendarDay
    package var last: CalendarDay
    package var why: String
    /// The ids that it is for; nil for every rhythm.
    package var rhythms: [String]?

    package init(first: CalendarDay, last: CalendarDay, why: String, rhythms: [String]? = nil) {
        self.first = first
        self.last = last
        self.why = why
        self.rhythms = rhythms
    }

    package func covers(_ day: CalendarDay, of rhythm: String) -> Bool {
        first <= day && day <= last && (rhythms?.contains(rhythm) ?? true)
    }
}

/// All that rhythms are judged by at one instant, and what may be missing from it.
package struct Evidence: Equatable, Sendable {
    /// By what is measured. A source without a series has no evidence.
    package var series: [Source: DailySeries]
    /// Since when each blind repository was not seen: a repository that held evidence of the user's lately and cannot
    /// be read now. Its first unseen day; nil where nothing is blind.
    package var blindSince: CalendarDay?
    package var excuses: [Excuse]

    package init(series: [Source: DailySeries], blindSince: CalendarDay? = nil, excuses: [Excuse] = []) {
        self.series = series
        self.blindSince = blindSince
        self.excuses = excuses
    }

    package subscript(_ source: Source) -> DailySeries {
        series[source] ?? DailySeries()
    }
}
