/// The days of a roadmap's months.
package struct RoadmapSchedule: Hashable, Sendable {
    /// The first day of its first month.
    package var start: CalendarDay

    package init(start: CalendarDay) {
        self.start = start
    }

    /// - Parameter declared: what the config says. Otherwise the file does, by `**Start:** 2026-01-01` or `YEAR 1 (2026)`.
    package init?(_ roadmap: Roadmap, declared: CalendarDay?) {
        let stated = roadmap.field(.start).flatMap { CalendarDay($0.value) }
        let year = roadmap.sections.lazy.compactMap { section -> CalendarDay? in
            guard case .year(let number, let calendar?) = section.kind else { return nil }
            return CalendarDay(year: calendar - number + 1, month: 1, day: 1)
        }.first
        guard let start = declared ?? stated ?? year else { return nil }
        self.start = start
    }

    /// The first day of a month counted from 1. One that begins on the 31st begins on the last day of shorter months.
    package func beginning(ofMonth month: Int) -> CalendarDay {
        let (year, first, day) = start.components
        let months = year * 12 + (first - 1) + (month - 1)
        let (toYear, toMonth) = (months.floorDivided(by: 12), months - months.floorDivided(by: 12) * 12 + 1)
        return (0...3).lazy.compactMap { CalendarDay(year: toYear, month: toMonth, day: day - $0) }.first ?? start
    }

    package func days(of months: ClosedRange<Int>) -> ClosedRange<CalendarDay> {
        beginning(ofMonth: months.lowerBound)...beginning(ofMonth: months.upperBound + 1) - 1
    }
}
