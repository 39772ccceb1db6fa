import RhythmCore
import Testing

/// Zones written out by their rules, so that the tests depend on no time zone database.
private enum Zones {
    /// Central European Time around the changes of 2026: 29 March and 25 October, both at 01:00 UTC.
    static let prague = Zone(name: "Europe/Prague") { instant in
        (1_774_746_000..<1_792_890_000).contains(instant.seconds) ? 7200 : 3600
    }
    /// Skipped 30 December 2011 whole, from -10 to +14.
    static let apia = Zone(name: "Pacific/Apia") { $0.seconds < 1_325_239_200 ? -36_000 : 50_400 }
    /// Puts the clock back from 00:00 to 23:00 of the day before, as Brazil did: 18 February 2018 02:00 UTC.
    static let saoPaulo = Zone(name: "America/Sao_Paulo") { $0.seconds < 1_518_919_200 ? -7200 : -10_800 }
    /// Half an hour of summer time, back at 15:00 UTC on 4 April 2026.
    static let lordHowe = Zone(name: "Australia/Lord_Howe") { $0.seconds < 1_775_314_800 ? 39_600 : 37_800 }
}

@Suite struct DayRuleTests {
    @Test func aDayIsNot86400Seconds() throws {
        let rule = DayRule(zone: Zones.prague)
        func length(_ day: String) throws -> Int64 {
            let day = try #require(CalendarDay(day))
            return rule.start(of: day + 1) - rule.start(of: day)
        }
        #expect(try length("2026-03-28") == 86_400)
        #expect(try length("2026-03-29") == 82_800)
        #expect(try length("2026-10-25") == 90_000)
    }

    @Test func aDayThatStartsInTheSkippedHourStartsAtTheLeap() throws {
        let rule = DayRule(zone: Zones.prague, startsAt: 2 * 3600 + 1800)
        #expect(rule.start(of: try #require(CalendarDay("2026-03-29"))) == Timestamp(1_774_746_000))
    }

    @Test func aSkippedDayHasNoInstant() throws {
        let rule = DayRule(zone: Zones.apia)
        let skipped = try #require(CalendarDay("2011-12-30"))
        #expect(rule.start(of: skipped) == rule.start(of: skipped + 1))
        #expect(rule.start(of: skipped + 1) == Timestamp(1_325_239_200))
    }

    @Test func aClockPutBackOverMidnightStartsTheDayOnce() throws {
        let rule = DayRule(zone: Zones.saoPaulo)
        let start = rule.start(of: try #require(CalendarDay("2018-02-18")))
        #expect(start == Timestamp(1_518_922_800))
        #expect(rule.day(of: Timestamp(start.seconds - 1)).description == "2018-02-17")
    }

    @Test(arguments: [
        ("apia", 0), ("prague", 0), ("prague", 4 * 3600), ("saoPaulo", 0), ("lordHowe", 0), ("lordHowe", 7200),
    ])
    func everyInstantBelongsToTheDayThatHasBegun(name: String, startsAt: Int) {
        let zones = [
            "apia": Zones.apia, "prague": Zones.prague, "saoPaulo": Zones.saoPaulo, "lordHowe": Zones.lordHowe,
        ]
        let starts = [
            "apia": 1_325_239_200, "prague": 1_774_746_000, "saoPaulo": 1_518_919_200, "lordHowe": 1_775_314_800,
        ]
        guard let zone = zones[name], let change = starts[name] else { return }
        let rule = DayRule(zone: zone, startsAt: startsAt)
        for seconds in stride(from: change - 200_000, to: change + 200_000, by: 600) {
            let instant = Timestamp(Int64(seconds))
            let day = rule.day(of: instant)
            #expect(rule.start(of: day + 1) > instant)
            // An hour that the clock shows twice may be labelled with the day before the one that began.
            if rule.start(of: day) > instant { #expect(rule.start(of: day) - instant <= 3600) }
        }
    }

    @Test func theAuthorsOwnOffsetDecidesADay() {
        let rule = DayRule(zone: .utc)
        let instant = Timestamp(1_795_392_000)  // 2026-11-23 00:00 UTC
        func day(_ minutes: Int) -> String {
            rule.day(of: instant, authorOffset: UTCOffset(minutes: minutes)).description
        }
        #expect(day(0) == "2026-11-23")
        #expect(day(-1) == "2026-11-22")
        #expect(day(14 * 60) == "2026-11-23")
        #expect(day(-12 * 60) == "2026-11-22")
        // No clock shows an offset of a day or more.
        #expect(day(-24 * 60) == "2026-11-23")
    }

    @Test func theDayBoundaryMoves() {
        let rule = DayRule(zone: .utc, startsAt: 4 * 3600)
        #expect(rule.day(of: Timestamp(1_795_392_000 + 4 * 3600 - 1)).description == "2026-11-22")
        #expect(rule.day(of: Timestamp(1_795_392_000 + 4 * 3600)).description == "2026-11-23")
    }

    @Test func instantsAreWrittenInTheirZone() {
        #expect(DayRule(zone: Zones.prague).text(Timestamp(1_792_889_999)) == "2026-10-25T02:59:59+02:00")
        #expect(DayRule(zone: Zones.prague).text(Timestamp(1_792_890_000)) == "2026-10-25T02:00:00+01:00")
        #expect(DayRule(zone: .fixed(minutes: -570)).text(Timestamp(-1)) == "1969-12-31T14:29:59-09:30")
    }
}
