import Foundation
import RhythmCore
import Testing

/// A zone as the operating system's database has it. `Zone` itself knows none.
func zone(_ name: String) -> Zone {
    guard let zone = TimeZone(identifier: name) else { preconditionFailure("no zone \(name)") }
    return Zone(name: name) { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.seconds))) }
}

/// `2026-03-28T23:00Z`.
func utc(_ text: String) -> Timestamp {
    guard case .instant(let instant, _) = Moment(text) else { preconditionFailure("no instant: \(text)") }
    return instant
}

func day(of text: String) -> CalendarDay {
    guard let day = CalendarDay(text) else { preconditionFailure("no day: \(text)") }
    return day
}

/// Tables of instants. The expectations come from Python's zoneinfo, by walking through the minutes around each day.
@Suite struct CalendarTableTests {
    /// When a day begins: the last instant before which the clock showed an earlier day, with days that begin so many
    /// minutes after midnight.
    @Test(arguments: [
        ("Europe/Prague", 0, "2026-03-29", "2026-03-28T23:00Z"),
        ("Europe/Prague", 0, "2026-03-30", "2026-03-29T22:00Z"),
        ("Europe/Prague", 240, "2026-03-29", "2026-03-29T02:00Z"),
        ("Europe/Prague", 240, "2026-03-28", "2026-03-28T03:00Z"),
        ("Europe/Prague", 0, "2026-10-25", "2026-10-24T22:00Z"),
        ("Europe/Prague", 0, "2026-10-26", "2026-10-25T23:00Z"),
        ("Europe/Prague", 240, "2026-10-25", "2026-10-25T03:00Z"),
        ("Europe/Prague", 150, "2026-03-29", "2026-03-29T01:00Z"),
        ("Europe/Prague", 150, "2026-10-25", "2026-10-25T01:30Z"),
        ("America/New_York", 0, "2026-03-08", "2026-03-08T05:00Z"),
        ("America/New_York", 0, "2026-03-09", "2026-03-09T04:00Z"),
        ("America/New_York", 240, "2026-03-08", "2026-03-08T08:00Z"),
        ("America/New_York", 0, "2026-11-01", "2026-11-01T04:00Z"),
        ("America/New_York", 0, "2026-11-02", "2026-11-02T05:00Z"),
        ("America/New_York", 240, "2026-11-01", "2026-11-01T09:00Z"),
        ("America/New_York", 90, "2026-11-01", "2026-11-01T06:30Z"),
        ("America/Sao_Paulo", 0, "2018-11-04", "2018-11-04T03:00Z"),
        ("America/Sao_Paulo", 0, "2018-02-18", "2018-02-18T03:00Z"),
        ("Asia/Beirut", 0, "2022-03-27", "2022-03-26T22:00Z"),
        ("America/Havana", 0, "2026-03-08", "2026-03-08T05:00Z"),
        ("America/Havana", 0, "2026-11-01", "2026-11-01T04:00Z"),
        ("Australia/Lord_Howe", 0, "2026-04-05", "2026-04-04T13:00Z"),
        ("Australia/Lord_Howe", 0, "2026-04-06", "2026-04-05T13:30Z"),
        ("Australia/Lord_Howe", 0, "2026-10-04", "2026-10-03T13:30Z"),
        ("Australia/Lord_Howe", 0, "2026-10-05", "2026-10-04T13:00Z"),
        ("Australia/Lord_Howe", 105, "2026-04-05", "2026-04-04T15:15Z"),
        ("Australia/Lord_Howe", 135, "2026-10-04", "2026-10-03T15:30Z"),
        ("Pacific/Apia", 0, "2011-12-29", "2011-12-29T10:00Z"),
        ("Pacific/Apia", 0, "2011-12-30", "2011-12-30T10:00Z"),
        ("Pacific/Apia", 0, "2011-12-31", "2011-12-30T10:00Z"),
        ("Pacific/Apia", 0, "2012-01-01", "2011-12-31T10:00Z"),
        ("Pacific/Apia", 240, "2011-12-30", "2011-12-30T10:00Z"),
        ("Pacific/Apia", 240, "2011-12-31", "2011-12-30T14:00Z"),
        ("Pacific/Kwajalein", 0, "1993-08-21", "1993-08-21T12:00Z"),
        ("Pacific/Kwajalein", 0, "1993-08-22", "1993-08-21T12:00Z"),
        ("Pacific/Kiritimati", 0, "2026-11-23", "2026-11-22T10:00Z"),
        ("Etc/GMT+12", 0, "2026-11-23", "2026-11-23T12:00Z"),
        ("Asia/Kathmandu", 0, "2026-11-23", "2026-11-22T18:15Z"),
        ("America/St_Johns", 0, "2026-03-08", "2026-03-08T03:30Z"),
        ("Antarctica/Troll", 0, "2026-03-29", "2026-03-29T00:00Z"),
        ("Africa/Casablanca", 0, "2026-03-22", "2026-03-22T00:00Z"),
        ("Europe/Prague", 0, "2024-02-29", "2024-02-28T23:00Z"),
        ("Europe/Prague", 0, "2024-03-01", "2024-02-29T23:00Z"),
        ("Europe/London", 0, "1968-10-27", "1968-10-26T23:00Z"),
        ("Europe/Prague", 0, "1945-04-02", "1945-04-01T23:00Z"),
        ("Europe/Prague", 0, "2040-07-01", "2040-06-30T22:00Z"),
        ("UTC", 0, "1969-12-31", "1969-12-31T00:00Z"),
        ("UTC", 240, "2100-03-01", "2100-03-01T04:00Z"),
    ])
    func aDayBegins(name: String, startsAt: Int, text: String, instant: String) {
        let rule = DayRule(zone: zone(name), startsAt: startsAt * 60)
        let start = rule.start(of: day(of: text))
        #expect(DayRule.text(start, offset: UTCOffset(minutes: 0)).prefix(16) + "Z" == instant)
        // From then on no earlier day shows, and right before one did.
        #expect(rule.day(of: start) >= day(of: text))
        #expect(rule.day(of: start + -1) < day(of: text))
        #expect(CalendarHistory(rule).start(of: day(of: text)) == start)
    }

    @Test(arguments: [
        ("Europe/Prague", 0, "2026-03-28T22:59Z", "2026-03-28"),
        ("Europe/Prague", 0, "2026-03-28T23:00Z", "2026-03-29"),
        ("Europe/Prague", 0, "2026-03-29T21:59Z", "2026-03-29"),
        ("Europe/Prague", 0, "2026-03-29T22:00Z", "2026-03-30"),
        ("Europe/Prague", 240, "2026-03-29T01:59Z", "2026-03-28"),
        ("Europe/Prague", 240, "2026-03-29T02:00Z", "2026-03-29"),
        ("Europe/Prague", 240, "2026-10-25T02:59Z", "2026-10-24"),
        ("Europe/Prague", 240, "2026-10-25T03:00Z", "2026-10-25"),
        ("America/New_York", 0, "2026-11-01T03:59Z", "2026-10-31"),
        ("America/New_York", 0, "2026-11-01T04:00Z", "2026-11-01"),
        ("America/New_York", 0, "2026-11-02T04:59Z", "2026-11-01"),
        ("America/New_York", 0, "2026-11-02T05:00Z", "2026-11-02"),
        ("Australia/Lord_Howe", 0, "2026-04-04T12:59Z", "2026-04-04"),
        ("Australia/Lord_Howe", 0, "2026-04-04T13:00Z", "2026-04-05"),
        ("Australia/Lord_Howe", 0, "2026-04-05T13:29Z", "2026-04-05"),
        ("Australia/Lord_Howe", 0, "2026-04-05T13:30Z", "2026-04-06"),
        ("Pacific/Apia", 0, "2011-12-30T09:59Z", "2011-12-29"),
        ("Pacific/Apia", 0, "2011-12-30T10:00Z", "2011-12-31"),
        ("Pacific/Apia", 240, "2011-12-30T13:59Z", "2011-12-30"),
        ("Pacific/Apia", 240, "2011-12-30T14:00Z", "2011-12-31"),
        ("America/Sao_Paulo", 0, "2018-11-04T02:59Z", "2018-11-03"),
        ("America/Sao_Paulo", 0, "2018-11-04T03:00Z", "2018-11-04"),
        ("America/Sao_Paulo", 0, "2018-02-18T01:59Z", "2018-02-17"),
        ("America/Sao_Paulo", 0, "2018-02-18T02:30Z", "2018-02-17"),
        ("America/Sao_Paulo", 0, "2018-02-18T03:00Z", "2018-02-18"),
        ("UTC", 0, "1969-12-31T23:59Z", "1969-12-31"),
        ("UTC", 240, "1970-01-01T03:59Z", "1969-12-31"),
        ("Europe/Prague", 0, "2039-06-30T21:59Z", "2039-06-30"),
        ("Europe/Prague", 0, "2039-06-30T22:00Z", "2039-07-01"),
    ])
    func anInstantBelongsToADay(name: String, startsAt: Int, instant: String, text: String) {
        let rule = DayRule(zone: zone(name), startsAt: startsAt * 60)
        #expect(rule.day(of: utc(instant)).description == text)
        #expect(CalendarHistory(rule).day(of: utc(instant)).description == text)
    }

    /// An author's own offset decides, however far from the machine's zone; and one that no clock shows is none.
    @Test(arguments: [
        ("2026-11-22T10:00Z", 14 * 60, "2026-11-23"), ("2026-11-22T09:59Z", 14 * 60, "2026-11-22"),
        ("2026-11-23T11:59Z", -12 * 60, "2026-11-22"), ("2026-11-23T12:00Z", -12 * 60, "2026-11-23"),
        ("2026-11-23T18:14Z", 345, "2026-11-23"), ("2026-11-23T18:15Z", 345, "2026-11-24"),
        ("2026-11-23T23:59Z", 24 * 60, "2026-11-23"), ("1950-06-01T00:30Z", -60, "1950-05-31"),
        ("2100-12-31T23:30Z", 60, "2101-01-01"),
    ])
    func theAuthorsOffsetDecides(instant: String, minutes: Int, text: String) {
        for machine in ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"] {
            let rule = DayRule(zone: zone(machine))
            #expect(rule.day(of: utc(instant), authorOffset: UTCOffset(minutes: minutes)).description == text)
        }
    }

    /// Every instant of a year lies in the day that its start says, whatever the zone does.
    @Test(arguments: [
        "Europe/Prague", "America/New_York", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe",
        "Pacific/Apia", "Pacific/Kiritimati", "America/St_Johns", "Africa/Casablanca", "Antarctica/Troll",
    ])
    func startsAndDaysAgree(name: String) {
        for startsAt in [0, 30, 60, 90, 120, 150, 180, 240] {
            let rule = DayRule(zone: zone(name), startsAt: startsAt * 60)
            for year in [2011, 2018, 2026] {
                var day = day(of: "\(year)-01-01")
                while day < CalendarDay(number: day.number + 1), day.components.year == year {
                    let start = rule.start(of: day)
                    let next = rule.start(of: day + 1)
                    #expect(start <= next, "\(day)")
                    #expect(rule.day(of: start + -1) < day && rule.day(of: start) >= day, "\(name) \(startsAt) \(day)")
                    if start < next { #expect(rule.day(of: start) == day, "\(name) \(startsAt) \(day)") }
                    day = day + 1
                }
            }
        }
    }

    /// Python's `date.isocalendar()`, around years' ends.
    @Test(arguments: [
        ("2020-12-28", "2020-W53"), ("2021-01-03", "2020-W53"), ("2021-01-04", "2021-W01"), ("2026-12-28", "2026-W53"),
        ("2027-01-03", "2026-W53"), ("2027-01-04", "2027-W01"), ("2024-12-29", "2024-W52"), ("2024-12-30", "2025-W01"),
        ("2023-01-01", "2022-W52"), ("1970-01-01", "1970-W01"), ("2000-01-01", "1999-W52"), ("2000-02-29", "2000-W09"),
        ("1900-03-01", "1900-W09"), ("2100-01-01", "2099-W53"),
    ])
    func weeksAreISOWeeks(text: String, id: String) {
        #expect(Period(.week, holding: day(of: text)).id == id)
    }

    /// A week that begins elsewhere goes by the ISO week of its fourth day: of its Wednesday, or its Tuesday.
    @Test(arguments: [
        ("2026-11-22", Weekday.sunday, "2026-W48", "2026-11-22", "2026-11-28"),
        ("2026-11-28", .sunday, "2026-W48", "2026-11-22", "2026-11-28"),
        ("2026-11-21", .saturday, "2026-W48", "2026-11-21", "2026-11-27"),
        ("2026-11-20", .saturday, "2026-W47", "2026-11-14", "2026-11-20"),
        ("2027-01-01", .sunday, "2026-W53", "2026-12-27", "2027-01-02"),
        ("2027-01-03", .sunday, "2027-W01", "2027-01-03", "2027-01-09"),
        ("2021-01-02", .saturday, "2021-W01", "2021-01-02", "2021-01-08"),
        ("2024-02-29", .sunday, "2024-W09", "2024-02-25", "2024-03-02"),
    ])
    func weeksBeginWhereTheUserSays(text: String, start: Weekday, id: String, first: String, last: String) {
        let week = Period(.week, holding: day(of: text), weekStart: start)
        #expect(week.id == id && week.first.description == first && week.last.description == last)
    }

    @Test(arguments: [
        ("2026-03-31", Cadence.quarter, "2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-04-01", .quarter, "2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-12-31", .quarter, "2026-Q4", "2026-10-01", "2026-12-31"),
        ("2024-02-29", .month, "2024-02", "2024-02-01", "2024-02-29"),
        ("2026-02-10", .month, "2026-02", "2026-02-01", "2026-02-28"),
        ("1900-02-10", .month, "1900-02", "1900-02-01", "1900-02-28"),
        ("2024-12-31", .year, "2024", "2024-01-01", "2024-12-31"),
        ("2026-03-01", .rolling(7), "2026-03-01", "2026-02-23", "2026-03-01"),
    ])
    func periodsHaveTheirEdges(text: String, cadence: Cadence, id: String, first: String, last: String) {
        let period = Period(cadence, holding: day(of: text))
        #expect(period.id == id && period.first.description == first && period.last.description == last)
    }

    /// What a person writes, read on a clock in Prague.
    @Test(arguments: [
        ("2026-11-15", "2026-11-15T22:59:59Z"), ("2026-11-15T18:00", "2026-11-15T17:00:00Z"),
        ("2026-07-15T18:00:30", "2026-07-15T16:00:30Z"), ("2026-11-15 18:00", "2026-11-15T17:00:00Z"),
        ("2026-11-15T18:00Z", "2026-11-15T18:00:00Z"), ("2026-11-15T18:00-03:30", "2026-11-15T21:30:00Z"),
        // Leapt over, and shown twice.
        ("2026-03-29T02:30", "2026-03-29T01:00:00Z"), ("2026-10-25T02:30", "2026-10-25T01:30:00Z"),
        ("2026-10-25", "2026-10-25T22:59:59Z"),
    ])
    func momentsAreReadOnTheMachinesClock(text: String, instant: String) throws {
        let calendar = CalendarHistory(DayRule(zone: zone("Europe/Prague")))
        #expect(try #require(Moment(text)).instant(by: calendar) == utc(instant))
    }

    @Test(arguments: [
        "", "now", "2026-02-29", "2026-11-15T", "2026-11-15T24:00", "2026-11-15T18", "2026-11-15T18:60",
        "2026-11-15T8:00",
        "2026-11-15T18:00+1", "2026-11-15T18:00+25:00", "2026-11-15T18:00:00:00", "2026-11-15T", "2026-11-15 ",
        "T18:00",
    ])
    func otherTextIsNoMoment(text: String) {
        #expect(Moment(text) == nil)
    }

    @Test func aDayThatBeginsAtFourEndsAtFour() throws {
        let calendar = CalendarHistory(DayRule(zone: zone("Europe/Prague"), startsAt: 4 * 3600))
        #expect(try #require(Moment("2026-11-15")).instant(by: calendar) == utc("2026-11-16T02:59:59Z"))
    }
}
