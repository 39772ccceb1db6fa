import RhythmCore

/// How far back a first look at a repository goes, before anybody's older history is read.
enum RecentWeeks {
    /// The first of the days whose evidence the first answers need: those of eight weeks, by which the usual pace is
    /// judged, and with it whether something is at risk; those of this month and the last; and those of this quarter. A
    /// year is too long to wait for.
    static func firstDay(before today: CalendarDay, weekStart: Weekday) -> CalendarDay {
        let month = Period(.month, holding: today, weekStart: weekStart).previous(weekStart: weekStart)
        let quarter = Period(.quarter, holding: today, weekStart: weekStart)
        return min(today - 56, month.first, quarter.first)
    }
}
