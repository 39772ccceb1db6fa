import RhythmCore
import Testing

@Suite struct CalendarDayTests {
    @Test(arguments: [
        ("1970-01-01", 0, Weekday.thursday), ("2026-11-23", 20_780, .monday), ("2000-02-29", 11_016, .tuesday),
        ("1969-12-31", -1, .wednesday), ("0001-01-01", -719_162, .monday), ("9999-12-31", 2_932_896, .friday),
    ])
    func knownDays(text: String, number: Int, weekday: Weekday) throws {
        let day = try #require(CalendarDay(text))
        #expect(day.number == number)
        #expect(day.weekday == weekday)
        #expect(day.description == text)
    }

    @Test(arguments: ["2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "", "2026-04-31"])
    func impossibleDaysAreNone(text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func numbersAndComponentsAgreeOverAThousandYears() throws {
        var previous = try #require(CalendarDay("1599-12-31"))
        while previous.components.year < 2600 {
            let day = previous + 1
            let (year, month, number) = day.components
            #expect(CalendarDay(year: year, month: month, day: number) == day)
            #expect(number == previous.components.day + 1 || number == 1)
            previous = day
        }
    }

    // From ISO 8601 and its well-known edge years.
    @Test(arguments: [
        ("2026-12-31", 2026, 53), ("2027-01-03", 2026, 53), ("2027-01-04", 2027, 1), ("2024-12-30", 2025, 1),
        ("2021-01-03", 2020, 53), ("2021-01-04", 2021, 1), ("2018-12-31", 2019, 1), ("2023-01-01", 2022, 52),
    ])
    func isoWeeks(text: String, year: Int, week: Int) throws {
        let found = try #require(CalendarDay(text)).isoWeek
        #expect(found.year == year)
        #expect(found.week == week)
    }
}

@Suite struct PeriodTests {
    @Test(arguments: [
        ("2026-W48", "2026-11-23", "2026-11-29"), ("2026-W53", "2026-12-28", "2027-01-03"),
        ("2026-11", "2026-11-01", "2026-11-30"), ("2026-12", "2026-12-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"), ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"), ("2026", "2026-01-01", "2026-12-31"),
        ("2026-11-23", "2026-11-23", "2026-11-23"),
    ])
    func idsNameTheirDays(id: String, first: String, last: String) throws {
        let period = try #require(Period(id: id))
        #expect(period.first.description == first)
        #expect(period.last.description == last)
        #expect(period.id == id)
    }

    @Test(arguments: [
        "2026-W54", "2025-W53", "2026-W9223372036854775807", "2026-Q4611686018427387905", "2026--1", "2026-W-1",
        "2026-W00", "2026-W1", "2026-13", "2026-Q5", "2026-Q0", "x", "", "26",
    ])
    func otherTextNamesNothing(id: String) {
        #expect(Period(id: id) == nil)
    }

    @Test(arguments: Cadence.calendar, Weekday.allCases)
    func periodsTileTheCalendar(cadence: Cadence, weekStart: Weekday) throws {
        var period = Period(cadence, holding: try #require(CalendarDay("2019-12-25")), weekStart: weekStart)
        var ids: Set<String> = []
        for _ in 0..<400 {
            let next = Period(cadence, holding: period.last + 1, weekStart: weekStart)
            #expect(next.first == period.last + 1)
            #expect(next.previous(weekStart: weekStart) == period)
            #expect(Period(id: period.id, weekStart: weekStart) == period)
            #expect(ids.insert(period.id).inserted)
            if cadence == .week { #expect(period.first.weekday == weekStart) }
            period = next
        }
    }
}
