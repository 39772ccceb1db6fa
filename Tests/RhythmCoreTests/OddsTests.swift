import Glibc
import RhythmCore
import RhythmTestSupport
import Testing

/// Somebody who works by habit: so likely to be active on each weekday, so much then, and some weeks are off.
private struct Habit {
    var activeOn: [Double]
    var perActiveDay: Double
    var idleWeeks: Double
    /// Busy and slack weeks differ by this factor.
    var swing: Double

    init(_ random: inout SeededRandom) {
        activeOn = (0..<7).map { $0 < 5 ? random.share(0.2, 0.95) : random.share(0, 0.4) }
        perActiveDay = random.share(0.5, 4)
        idleWeeks = random.share(0, 0.15)
        swing = random.share(1, 2)
    }

    func week(_ random: inout SeededRandom) -> [Int] {
        guard random.share(0, 1) >= idleWeeks else { return Array(repeating: 0, count: 7) }
        let pace = perActiveDay * (random.share(0, 1) < 0.5 ? swing : 1 / swing)
        return activeOn.map { likely in random.share(0, 1) < likely ? 1 + random.poisson(pace - 0.5) : 0 }
    }
}

extension SeededRandom {
    fileprivate mutating func share(_ low: Double, _ high: Double) -> Double {
        Double.random(in: low..<high, using: &self)
    }

    /// Knuth's: multiply until below e^-mean.
    fileprivate mutating func poisson(_ mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        let limit = exp(-mean)
        var count = 0
        var product = share(0, 1)
        while product > limit {
            count += 1
            product *= share(0, 1)
        }
        return count
    }
}

private let monday = day(of: "2025-01-06")
private let calendar = CalendarHistory(DayRule(zone: .utc))

private func judge(_ series: DailySeries, target: Double, at today: CalendarDay) -> RhythmEvaluation? {
    var definition = RhythmDefinition(id: "r", name: "R", every: .week, measure: .commits, target: target)
    definition.starts = today - 7
    return evaluate(
        RhythmHistory(definition, recordedAt: calendar.start(of: monday)),
        evidence: Evidence(series: [Source(.commits): series]), calendar: calendar,
        now: calendar.start(of: today) + 60)
}

@Suite struct OddsTests {
    /// Of the weeks given 70 %, about 70 % are met: the mean of what was stated and the share that came true, in fifths.
    @Test func theOddsAreCalibrated() {
        var random = SeededRandom(seed: 70)
        var bins = [(stated: Double, met: Int, count: Int)](repeating: (0, 0, 0), count: 5)
        for _ in 0..<260 {
            let habit = Habit(&random)
            let weeks = (0..<70).map { _ in habit.week(&random) }
            let mean = Double(weeks.flatMap { $0 }.reduce(0, +)) / 70
            let target = max(1, (mean * random.share(0.5, 1.3)).rounded())
            let entries = weeks.enumerated().flatMap { week, days in
                days.enumerated().map { number, count in
                    DailySeries.Entry(day: monday + 7 * week + number, quantity: Double(count))
                }
            }
            for _ in 0..<24 {
                let week = 34 + random.next(below: 36)
                let today = monday + 7 * week + random.next(below: 7)
                // Looked at as the day begins: nothing of it is there yet.
                let known = DailySeries(entries.filter { $0.day < today })
                guard let odds = judge(known, target: target, at: today)?.outlook?.odds else { continue }
                let isMet = Double(weeks[week].reduce(0, +)) >= target
                let bin = min(4, Int(odds.probability * 5))
                bins[bin].stated += odds.probability
                bins[bin].met += isMet ? 1 : 0
                bins[bin].count += 1
            }
        }
        for (number, bin) in bins.enumerated() {
            #expect(bin.count >= 300, "fifth \(number): \(bin.count)")
            let stated = bin.stated / Double(bin.count)
            let met = Double(bin.met) / Double(bin.count)
            #expect(
                (stated - met).magnitude < 0.05, "fifth \(number): stated \(stated), came true \(met), of \(bin.count)")
        }
    }

    @Test func aShortHistorySaysNothing() {
        func odds(weeks: Int) -> Odds? {
            let entries = (0..<weeks).map { DailySeries.Entry(day: monday + 7 * $0, quantity: 2) }
            return judge(DailySeries(entries), target: 2, at: monday + 7 * weeks)?.outlook?.odds
        }
        #expect(odds(weeks: 3) == nil)
        // Each of four Mondays would have done it: four and a half of five.
        #expect(odds(weeks: 4) == Odds(probability: 0.9, stretches: 4))
        #expect(odds(weeks: 60) == Odds(probability: 52.5 / 53, stretches: 52))
    }

    @Test func todayCountsAsTheGreaterOfWhatItHasAndWhatItHadThen() {
        // Five Wednesdays of 1, 2, 3, 4 and 5; this one has 3 already, and 4 are asked: two of five would have done.
        let past = (0..<5).map { DailySeries.Entry(day: monday + 2 + 7 * $0, quantity: Double($0 + 1)) }
        let today = monday + 2 + 35
        let odds = judge(DailySeries(past + [.init(day: today, quantity: 3)]), target: 4, at: today)?.outlook?.odds
        #expect(odds == Odds(probability: 2.5 / 6, stretches: 5))
    }
}

@Suite struct GoalTests {
    private func goal(_ target: Double, _ measure: Measure = .commits, atMost: Bool = false) -> Goal {
        Goal(
            id: "g", name: "G", source: Source(measure), target: target, bound: atMost ? .atMost : .atLeast,
            from: day(of: "2026-01-01"), by: day(of: "2026-12-31"))
    }

    /// One on each of some days up to one.
    private func steady(_ days: Int, until last: String) -> DailySeries {
        DailySeries((0..<days).map { .init(day: day(of: last) - $0, quantity: 1) })
    }

    @Test func todaysPaceSaysWhenItIsReached() {
        // A commit a day for 56 days, 44 still missing: 44 days from the 22nd of November.
        let found = evaluate(goal(100), series: steady(56, until: "2026-11-22"), today: day(of: "2026-11-23"))
        #expect(found.have == 56 && found.need == 44 && found.perDay == 1 && found.state == .behind)
        #expect(found.finish?.description == "2027-01-06")
        // 39 days are left with today, and 38 after it.
        #expect(found.neededPerDay == 44.0 / 39 && found.projected == 56 + 38)
        let enough = evaluate(goal(94), series: steady(56, until: "2026-11-22"), today: day(of: "2026-11-23"))
        #expect(enough.state == .onTrack && enough.finish?.description == "2026-12-31")
    }

    @Test func beforeItBeginsWhenItIsMetAndWhenItIsOver() {
        let early = evaluate(goal(10), series: steady(56, until: "2025-12-30"), today: day(of: "2025-12-31"))
        #expect(early.have == 0 && early.state == .onTrack && early.perDay == 1 && early.projected == 365)
        let met = evaluate(goal(10), series: steady(10, until: "2026-05-01"), today: day(of: "2026-06-01"))
        #expect(met.state == .met && met.need == 0 && met.finish == nil && met.neededPerDay == nil)
        // What comes after its last day is too late.
        let late = evaluate(goal(10), series: steady(9, until: "2027-01-03"), today: day(of: "2027-01-03"))
        #expect(late.have == 6 && late.state == .missed && late.projected == 6 && late.neededPerDay == nil)
        let last = evaluate(goal(7), series: steady(6, until: "2026-12-31"), today: day(of: "2026-12-31"))
        #expect(last.state == .behind && last.neededPerDay == 1)
        let idle = evaluate(goal(10), series: DailySeries(), today: day(of: "2026-06-01"))
        #expect(idle.finish == nil && idle.projected == 0 && idle.state == .behind)
    }

    @Test func aLevelGoesByItsLastReadings() {
        func level(_ values: [(String, Double)]) -> DailySeries {
            DailySeries(levels: values.map { (day(of: $0.0), $0.1) })
        }
        // From 200 to 150 in ten days: five a day, and 50 more to go by then.
        let falling = level([("2026-11-01", 200), ("2026-11-11", 150)])
        let found = evaluate(goal(100, .gauge("latency"), atMost: true), series: falling, today: day(of: "2026-11-11"))
        #expect(found.have == 150 && found.need == 50 && found.perDay == -5 && found.state == .onTrack)
        #expect(found.finish?.description == "2026-11-21")
        let wrongWay = evaluate(goal(300, .gauge("stars")), series: falling, today: day(of: "2026-11-11"))
        #expect(wrongWay.state == .behind && wrongWay.finish == nil)
        let there = evaluate(goal(150, .gauge("latency"), atMost: true), series: falling, today: day(of: "2026-11-12"))
        #expect(there.state == .met)
        let unread = evaluate(goal(1, .gauge("stars")), series: DailySeries(), today: day(of: "2026-11-12"))
        #expect(unread.have == nil && unread.need == 1 && unread.state == .behind && unread.projected == nil)
    }

    @Test func aCounterStartsAnewWhenItIsSetBack() {
        let readings: [(day: CalendarDay, value: Double)] = [
            (day(of: "2026-03-01"), 100), (day(of: "2026-03-02"), 130), (day(of: "2026-03-03"), 10),
            (day(of: "2026-03-03"), 15), (day(of: "2026-03-04"), 15),
        ]
        let series = DailySeries(growth: readings)
        #expect(series.entries.map(\.quantity) == [0, 30, 15, 0])
        #expect(evaluate(goal(45, .counter("stars")), series: series, today: day(of: "2026-04-01")).state == .met)
    }

    @Test func aLevelIsTheLastReadingWhicheverWayTheWorldTurns() {
        // The later reading was made where it was still the day before.
        let readings: [(day: CalendarDay, value: Double)] = [
            (day(of: "2026-03-02"), 1), (day(of: "2026-03-01"), 2),
        ]
        let series = DailySeries(levels: readings)
        #expect(series.level(on: day(of: "2026-03-01")) == 2 && series.level(on: day(of: "2026-03-02")) == 2)
        #expect(series.level(on: day(of: "2026-02-28")) == nil)
    }
}

@Suite struct CalendarHistoryTests {
    /// A laptop that flies in mid-week, either way: every commit has one day, and none comes before an older one's by more
    /// than the clocks did.
    @Test(arguments: [
        ("Europe/Prague", "America/Los_Angeles"), ("America/Los_Angeles", "Asia/Tokyo"),
        ("Pacific/Kiritimati", "Etc/GMT+12"),
    ])
    func aLaptopThatFliesCountsNothingTwiceAndLosesNothing(from: String, to: String) throws {
        let landed = "2026-11-18T10:00Z"
        for local in [false, true] {
            let rules = [zone(from), zone(to)].map { DayRule(zone: $0, evidenceZone: local ? .zone($0) : .author) }
            let history = try #require(
                CalendarHistory(versions: [
                    .init(rule: rules[0], recordedAt: utc("2026-11-01T00:00Z")),
                    .init(rule: rules[1], recordedAt: utc(landed)),
                ]))
            let instants = (0..<14 * 24).map { utc("2026-11-11T00:30Z") + Int64($0 * 3600) }
            let days = instants.map { history.day(of: $0) }
            let changed = rules[1].day(of: utc(landed))
            #expect(days.count { $0 < changed } + days.count { $0 >= changed } == instants.count)
            for (instant, found) in zip(instants, days) {
                // Before the change as it was, after it as it is.
                if rules[0].day(of: instant) < changed { #expect(found == rules[0].day(of: instant)) }
                if instant >= utc(landed) { #expect(found == max(rules[1].day(of: instant), changed)) }
            }
            #expect(history.current.zone.name == to)
        }
    }

    @Test func aNewHourOfTheDayHoldsFromThatDayOn() throws {
        let history = try #require(
            CalendarHistory(versions: [
                .init(rule: DayRule(zone: .utc), recordedAt: utc("2026-11-01T00:00Z")),
                .init(rule: DayRule(zone: .utc, startsAt: 4 * 3600), recordedAt: utc("2026-11-18T12:00Z")),
            ]))
        let days = [
            ("2026-11-16T02:00Z", "2026-11-16"), ("2026-11-17T03:00Z", "2026-11-17"),
            // That day's own small hours were its own, and stay there.
            ("2026-11-18T02:00Z", "2026-11-18"), ("2026-11-19T02:00Z", "2026-11-18"),
            ("2026-11-19T04:00Z", "2026-11-19"),
        ]
        for (instant, day) in days {
            #expect(history.day(of: utc(instant)).description == day, "\(instant)")
            #expect(history.day(of: utc(instant), authorOffset: UTCOffset(minutes: 0)).description == day)
        }
        #expect(history.start(of: day(of: "2026-11-17")) == utc("2026-11-17T00:00Z"))
        #expect(history.start(of: day(of: "2026-11-19")) == utc("2026-11-19T04:00Z"))
    }
}
