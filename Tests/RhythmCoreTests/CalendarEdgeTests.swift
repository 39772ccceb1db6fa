import RhythmCore
import RhythmTestSupport
import Testing

/// More days that are not 24 hours. The expectations come from Python's zoneinfo, by walking through the minutes and
/// seconds around each day.
@Suite struct CalendarEdgeTests {
    @Test(arguments: [
        ("Africa/Monrovia", 0, "1972-01-07", "1972-01-07T00:44:30Z"),
        ("America/Caracas", 150, "2007-12-09", "2007-12-09T06:30:00Z"),
        ("America/Caracas", 0, "2016-05-01", "2016-05-01T04:30:00Z"),
        ("Asia/Pyongyang", 0, "2015-08-15", "2015-08-14T15:30:00Z"),
        ("Asia/Pyongyang", 0, "2018-05-05", "2018-05-04T15:00:00Z"),
        ("America/Asuncion", 0, "2017-10-01", "2017-10-01T04:00:00Z"),
        ("Asia/Amman", 0, "2022-02-25", "2022-02-24T22:00:00Z"),
        ("Asia/Tehran", 0, "2021-03-22", "2021-03-21T20:30:00Z"),
        ("Asia/Gaza", 0, "2011-08-01", "2011-07-31T22:00:00Z"),
        ("America/Santiago", 0, "2025-09-07", "2025-09-07T04:00:00Z"),
        ("America/Santiago", 0, "2025-04-06", "2025-04-06T04:00:00Z"),
        ("Atlantic/Azores", 0, "2026-03-29", "2026-03-29T01:00:00Z"),
        ("Atlantic/Azores", 0, "2026-10-25", "2026-10-25T00:00:00Z"),
        ("America/Scoresbysund", 0, "2024-03-31", "2024-03-31T01:00:00Z"),
        ("Pacific/Fakaofo", 0, "2011-12-30", "2011-12-30T11:00:00Z"),
        ("Pacific/Fakaofo", 0, "2011-12-31", "2011-12-30T11:00:00Z"),
        ("Pacific/Kiritimati", 0, "1994-12-31", "1994-12-31T10:00:00Z"),
        ("Pacific/Kiritimati", 0, "1995-01-01", "1994-12-31T10:00:00Z"),
        ("Europe/Dublin", 0, "2026-10-25", "2026-10-24T23:00:00Z"),
        ("Africa/Casablanca", 150, "2026-03-22", "2026-03-22T02:00:00Z"),
        ("Asia/Beirut", 30, "2022-03-27", "2022-03-26T22:00:00Z"),
        ("Asia/Beirut", 0, "2022-10-30", "2022-10-29T22:00:00Z"),
        ("Asia/Beirut", 0, "2026-03-29", "2026-03-28T22:00:00Z"),
        ("America/Toronto", 0, "1975-04-27", "1975-04-27T05:00:00Z"),
        ("America/Goose_Bay", 0, "2010-03-14", "2010-03-14T04:00:00Z"),
        ("America/Goose_Bay", 0, "2010-11-07", "2010-11-07T04:00:00Z"),
        ("America/St_Johns", 0, "2006-10-29", "2006-10-29T03:30:00Z"),
        ("America/St_Johns", 0, "1988-04-03", "1988-04-03T03:30:00Z"),
        ("Pacific/Apia", 1380, "2011-12-29", "2011-12-30T09:00:00Z"),
        ("Antarctica/Troll", 150, "2026-03-29", "2026-03-29T01:00:00Z"),
        ("Antarctica/Troll", 150, "2026-10-25", "2026-10-25T02:30:00Z"),
        ("Asia/Singapore", 0, "1982-01-01", "1981-12-31T16:00:00Z"),
        ("Europe/Lisbon", 0, "1992-09-27", "1992-09-26T23:00:00Z"),
        ("Pacific/Norfolk", 0, "2015-10-04", "2015-10-03T12:30:00Z"),
        ("America/Sao_Paulo", 30, "2018-11-04", "2018-11-04T03:00:00Z"),
        ("America/Sao_Paulo", 30, "2018-02-18", "2018-02-18T03:30:00Z"),
        ("America/Sao_Paulo", 1410, "2018-02-17", "2018-02-18T02:30:00Z"),
        ("Australia/Lord_Howe", 240, "2026-04-05", "2026-04-04T17:30:00Z"),
        ("America/New_York", 120, "2026-03-08", "2026-03-08T07:00:00Z"),
        ("America/New_York", 150, "2045-03-12", "2045-03-12T07:00:00Z"),
        ("Europe/Prague", 0, "2060-03-28", "2060-03-27T23:00:00Z"),
        ("America/New_York", 0, "1918-03-31", "1918-03-31T05:00:00Z"),
        ("Europe/London", 0, "1971-10-31", "1971-10-30T23:00:00Z"),
    ])
    func aDayBegins(name: String, startsAt: Int, text: String, instant: String) {
        let rule = DayRule(zone: zone(name), startsAt: startsAt * 60)
        let start = rule.start(of: day(of: text))
        #expect(DayRule.text(start, offset: UTCOffset(minutes: 0)).prefix(19) + "Z" == instant)
        #expect(rule.day(of: start) >= day(of: text))
        #expect(rule.day(of: start + -1) < day(of: text))
    }

    /// What no calendar writes, and what only looks like it.
    @Test(arguments: [
        "2026-+1-01", "2026-01-+1", "+026-01-01", "2026-01-1 ", "２０２６-01-01", "2026-01-０1", " 026-01-01", "2026-1--1",
    ])
    func otherTextIsNoDay(text: String) {
        #expect(CalendarDay(text) == nil)
        #expect(Moment(text) == nil)
    }

    @Test(arguments: [
        "T2026-11-15T18:00", " 2026-11-15 18:00", "2026-11-15TT18:00", "2026-11-15  18:00", " 2026-11-15",
    ])
    func aSeparatorStandsOnce(text: String) {
        #expect(Moment(text) == nil)
    }

    /// Where the clock was put back or leapt, on several clocks. By hand from the offsets on either side.
    @Test(arguments: [
        // New York: 02:00 to 03:00 at 07:00Z, and 02:00 back to 01:00 at 06:00Z.
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T06:30:00Z"),
        // São Paulo: the hour after midnight is not there; the one before it comes twice.
        ("America/Sao_Paulo", "2018-11-04T00:30", "2018-11-04T03:00:00Z"),
        ("America/Sao_Paulo", "2018-02-17T23:30", "2018-02-18T02:30:00Z"),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-18T02:59:59Z"),
        // Lord Howe: 02:00 to 02:30 at 15:30Z, and 02:00 back to 01:30 at 15:00Z.
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T15:15:00Z"),
        // Samoa has no 30 December 2011: it ends as it begins.
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-29", "2011-12-30T09:59:59Z"), ("Pacific/Apia", "2011-12-30", "2011-12-30T09:59:59Z"),
        ("Pacific/Kiritimati", "2026-11-23T00:00", "2026-11-22T10:00:00Z"),
        ("Etc/GMT+12", "2026-11-23T23:59:59", "2026-11-24T11:59:59Z"),
        ("UTC", "1969-12-31T23:59:59", "1969-12-31T23:59:59Z"), ("UTC", "2000-02-29", "2000-02-29T23:59:59Z"),
    ])
    func momentsAreReadOnEveryClock(name: String, text: String, instant: String) throws {
        let calendar = CalendarHistory(DayRule(zone: zone(name)))
        #expect(try #require(Moment(text)).instant(by: calendar) == utc(instant))
    }
}

/// A machine that flies, or whose user moves the hour at which days begin. Worked out by hand: before the change the old
/// clock, after it the new one, and a day that has closed stays closed.
@Suite struct CalendarTravelTests {
    struct Flight: CustomTestStringConvertible {
        var testDescription: String
        var rules: [(zone: String, startsAt: Int, recorded: String)]
        /// Instants and their days.
        var days: [(String, String)]
        /// Days and their starts.
        var starts: [(String, String)]

        var calendar: CalendarHistory? {
            CalendarHistory(
                versions: rules.map {
                    let place = RhythmCoreTests.zone($0.zone)
                    return .init(
                        rule: DayRule(zone: place, evidenceZone: .zone(place), startsAt: $0.startsAt * 3600),
                        recordedAt: utc($0.recorded))
                })
        }
    }

    static let flights = [
        // Landed at 19:00 on the 18th by Prague, at 03:00 on the 19th by Tokyo: it is the 19th from then on.
        Flight(
            testDescription: "east over midnight",
            rules: [("Europe/Prague", 0, "2026-11-01T00:00Z"), ("Asia/Tokyo", 0, "2026-11-18T18:00Z")],
            days: [
                ("2026-11-17T22:59Z", "2026-11-17"), ("2026-11-17T23:00Z", "2026-11-18"),
                ("2026-11-18T15:30Z", "2026-11-18"), ("2026-11-18T17:59Z", "2026-11-18"),
                ("2026-11-18T18:00Z", "2026-11-19"), ("2026-11-18T23:30Z", "2026-11-19"),
                ("2026-11-19T14:59Z", "2026-11-19"), ("2026-11-19T15:00Z", "2026-11-20"),
            ],
            starts: [
                ("2026-11-18", "2026-11-17T23:00Z"), ("2026-11-19", "2026-11-18T18:00Z"),
                ("2026-11-20", "2026-11-19T15:00Z"),
            ]),
        // Landed at 03:00 on the 18th by Prague, at 18:00 on the 17th by Los Angeles: the 17th goes on, 33 hours long.
        Flight(
            testDescription: "west over midnight",
            rules: [("Europe/Prague", 0, "2026-11-01T00:00Z"), ("America/Los_Angeles", 0, "2026-11-18T02:00Z")],
            days: [
                ("2026-11-16T22:59Z", "2026-11-16"), ("2026-11-16T23:00Z", "2026-11-17"),
                ("2026-11-17T07:59Z", "2026-11-17"), ("2026-11-17T23:30Z", "2026-11-17"),
                ("2026-11-18T07:59Z", "2026-11-17"), ("2026-11-18T08:00Z", "2026-11-18"),
            ],
            starts: [
                ("2026-11-16", "2026-11-15T23:00Z"), ("2026-11-17", "2026-11-16T23:00Z"),
                ("2026-11-18", "2026-11-18T08:00Z"),
            ]),
        // 23:00 on the 18th becomes 01:00 on the 20th: there is no 19th.
        Flight(
            testDescription: "over the date line, a day is left out",
            rules: [("Etc/GMT+12", 0, "2026-11-01T00:00Z"), ("Pacific/Kiritimati", 0, "2026-11-19T11:00Z")],
            days: [
                ("2026-11-19T10:59Z", "2026-11-18"), ("2026-11-19T11:00Z", "2026-11-20"),
                ("2026-11-20T09:59Z", "2026-11-20"), ("2026-11-20T10:00Z", "2026-11-21"),
            ],
            starts: [
                ("2026-11-18", "2026-11-18T12:00Z"), ("2026-11-19", "2026-11-19T11:00Z"),
                ("2026-11-20", "2026-11-19T11:00Z"), ("2026-11-21", "2026-11-20T10:00Z"),
            ]),
        // 01:00 on the 20th becomes 23:00 on the 18th, which began by the old clock and ends by the new one.
        Flight(
            testDescription: "back over the date line, a day lasts 50 hours",
            rules: [("Pacific/Kiritimati", 0, "2026-11-01T00:00Z"), ("Etc/GMT+12", 0, "2026-11-19T11:00Z")],
            days: [
                ("2026-11-17T09:59Z", "2026-11-17"), ("2026-11-17T10:00Z", "2026-11-18"),
                ("2026-11-18T10:00Z", "2026-11-18"), ("2026-11-19T11:59Z", "2026-11-18"),
                ("2026-11-19T12:00Z", "2026-11-19"),
            ],
            starts: [("2026-11-18", "2026-11-17T10:00Z"), ("2026-11-19", "2026-11-19T12:00Z")]),
        Flight(
            testDescription: "there and back in one week",
            rules: [
                ("Europe/Prague", 0, "2026-11-01T00:00Z"), ("America/New_York", 0, "2026-11-18T12:00Z"),
                ("Europe/Prague", 0, "2026-11-20T04:00Z"),
            ],
            days: [
                ("2026-11-17T23:00Z", "2026-11-18"), ("2026-11-19T04:59Z", "2026-11-18"),
                ("2026-11-19T05:00Z", "2026-11-19"), ("2026-11-20T03:59Z", "2026-11-19"),
                ("2026-11-20T04:00Z", "2026-11-20"), ("2026-11-20T22:59Z", "2026-11-20"),
                ("2026-11-20T23:00Z", "2026-11-21"),
            ],
            starts: [
                ("2026-11-18", "2026-11-17T23:00Z"), ("2026-11-19", "2026-11-19T05:00Z"),
                ("2026-11-20", "2026-11-20T04:00Z"), ("2026-11-21", "2026-11-20T23:00Z"),
            ]),
        // Days began at 04:00, and from 02:00 on the 18th they begin at midnight.
        Flight(
            testDescription: "an earlier start of the day",
            rules: [("UTC", 4, "2026-11-01T00:00Z"), ("UTC", 0, "2026-11-18T02:00Z")],
            days: [
                ("2026-11-18T01:59Z", "2026-11-17"), ("2026-11-18T02:00Z", "2026-11-18"),
                ("2026-11-18T05:00Z", "2026-11-18"), ("2026-11-19T00:00Z", "2026-11-19"),
            ],
            starts: [
                ("2026-11-17", "2026-11-17T04:00Z"), ("2026-11-18", "2026-11-18T02:00Z"),
                ("2026-11-19", "2026-11-19T00:00Z"),
            ]),
    ]

    @Test(arguments: flights)
    func daysFollowTheMachine(flight: Flight) throws {
        let calendar = try #require(flight.calendar)
        for (instant, text) in flight.days {
            #expect(calendar.day(of: utc(instant)).description == text, "\(instant)")
            #expect(calendar.day(of: utc(instant), authorOffset: UTCOffset(minutes: 0)).description == text)
        }
        for (text, instant) in flight.starts { #expect(calendar.start(of: day(of: text)) == utc(instant), "\(text)") }
    }

    /// As a day ended is the last second of that day, also next to a change.
    @Test(arguments: flights)
    func aDayAsItEndedIsThatDay(flight: Flight) throws {
        let calendar = try #require(flight.calendar)
        for text in Set(flight.days.map(\.1)) {
            let end = Moment.day(day(of: text)).instant(by: calendar)
            #expect(calendar.day(of: end).description == text)
            #expect(calendar.day(of: end + 1) > day(of: text))
        }
    }

    /// The machine's flight to Tokyo, and items whose day is read in other places: it does not move them.
    @Test(arguments: [
        ("author", "2026-11-18T18:30Z", -8 * 60, "2026-11-18"), ("author", "2026-11-18T18:30Z", 9 * 60, "2026-11-19"),
        ("author", "2026-11-18T17:30Z", 9 * 60, "2026-11-19"), ("author", "2026-11-19T09:00Z", -12 * 60, "2026-11-18"),
        ("Europe/Prague", "2026-11-18T18:30Z", 0, "2026-11-18"),
        ("Europe/Prague", "2026-11-18T23:00Z", 0, "2026-11-19"),
        ("America/Los_Angeles", "2026-11-19T07:59Z", 0, "2026-11-18"),
    ])
    func aFlightMovesNoItemOfAnotherClock(place: String, instant: String, minutes: Int, text: String) throws {
        let evidence = place == "author" ? DayRule.EvidenceZone.author : .zone(zone(place))
        let calendar = try #require(
            CalendarHistory(versions: [
                .init(
                    rule: DayRule(zone: zone("Europe/Prague"), evidenceZone: evidence),
                    recordedAt: utc("2026-11-01T00:00Z")),
                .init(
                    rule: DayRule(zone: zone("Asia/Tokyo"), evidenceZone: evidence),
                    recordedAt: utc("2026-11-18T18:00Z")),
            ]))
        #expect(calendar.day(of: utc(instant), authorOffset: UTCOffset(minutes: minutes)).description == text)
    }

    /// Random journeys: the next day never has begun yet (a timer set for it would spin), each start is where its day
    /// begins, what had closed stays, and the weeks hold every item once.
    @Test func journeysLoseNothing() throws {
        let places = [
            "Europe/Prague", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu",
            "America/Los_Angeles", "UTC",
        ].map { zone($0) }
        var random = SeededRandom(seed: 20_261_118)
        let begin = utc("2026-11-02T00:00Z")
        for journey in 0..<60 {
            var at = begin
            let versions = (0..<1 + random.next(below: 4)).map { _ in
                let place = places[random.next(below: places.count)]
                let startsAt = [0, 0, 4 * 3600][random.next(below: 3)]
                at = at + Int64(3600 + random.next(below: 8 * 86_400))
                return CalendarHistory.Version(
                    rule: DayRule(zone: place, evidenceZone: .zone(place), startsAt: startsAt), recordedAt: at)
            }
            let calendar = try #require(CalendarHistory(versions: versions))
            let instants = (0..<40 * 24).map { begin + Int64($0 * 3600 + random.next(below: 3600)) }
            for instant in instants {
                let today = calendar.day(of: instant)
                #expect(calendar.start(of: today) <= instant, "journey \(journey), \(instant.seconds)")
                #expect(calendar.start(of: today + 1) > instant, "journey \(journey), \(instant.seconds)")
            }
            for number in 0..<40 {
                let day = day(of: "2026-11-02") + number
                let start = calendar.start(of: day)
                #expect(calendar.day(of: start) >= day && calendar.day(of: start + -1) < day, "\(journey) \(day)")
            }
            if let last = versions.dropFirst().last, let then = CalendarHistory(versions: Array(versions.dropLast())) {
                let landed = last.rule.day(of: last.recordedAt)
                for instant in instants where instant < last.recordedAt && then.day(of: instant) < landed {
                    #expect(calendar.day(of: instant) == then.day(of: instant))
                }
            }

            var definition = RhythmDefinition(id: "r", name: "R", every: .week, measure: .commits, target: 5)
            definition.weekStart = Weekday.allCases[random.next(below: 7)]
            let items = instants.filter { _ in random.next(below: 5) == 0 }
            let series = DailySeries(
                items.map { .init(day: calendar.day(of: $0, authorOffset: UTCOffset(minutes: 0)), quantity: 1) })
            let judged = evaluate(
                RhythmHistory(definition, recordedAt: begin), evidence: Evidence(series: [Source(.commits): series]),
                calendar: calendar, now: utc("2026-12-20T12:00Z"))
            #expect(judged?.periods.reduce(0) { $0 + $1.have } == Double(items.count))
        }
    }
}
