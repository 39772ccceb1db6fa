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
    /// The first day of which not all was seen: since then a repository that held evidence of the user's lately cannot
    /// be read. By the repositories that a source is narrowed down to; nil where nothing is blind.
    package var blindSince: [[String]: CalendarDay]
    /// The first day from which on the history of all repositories is read; nil where all of it is.
    package var completeSince: CalendarDay?
    package var excuses: [Excuse]

    package init(series: [Source: DailySeries], blindSince: CalendarDay? = nil, excuses: [Excuse] = []) {
        self.init(
            series: series,
            blindSince: blindSince.map { day in
                Dictionary(series.keys.map { ($0.repositories, day) }, uniquingKeysWith: { $1 })
            } ?? [:], excuses: excuses)
    }

    package init(
        series: [Source: DailySeries], blindSince: [[String]: CalendarDay], completeSince: CalendarDay? = nil,
        excuses: [Excuse] = []
    ) {
        self.series = series
        self.blindSince = blindSince
        self.completeSince = completeSince
        self.excuses = excuses
    }

    func blindSince(for source: Source) -> CalendarDay? { blindSince[source.repositories] }

    func completeSince(for source: Source) -> CalendarDay? { source.measure.isInRepositories ? completeSince : nil }

    package subscript(_ source: Source) -> DailySeries {
        series[source] ?? DailySeries()
    }
}
