import RhythmCore
import RhythmTestSupport
import Testing

private func goal(
    _ target: Double, _ measure: Measure = .commits, _ bound: RhythmDefinition.Bound = .atLeast,
    from: String = "2026-03-01", by: String = "2026-03-31"
) -> Goal {
    Goal(
        id: "g", name: "G", source: Source(measure), target: target, bound: bound, from: day(of: from), by: day(of: by))
}

/// So much on each of some days up to one.
private func steady(_ quantity: Double, days: Int, until last: String) -> DailySeries {
    DailySeries((0..<days).map { .init(day: day(of: last) - $0, quantity: quantity) })
}

private func levels(_ readings: KeyValuePairs<String, Double>) -> DailySeries {
    DailySeries(levels: readings.map { (day(of: $0.key), $0.value) })
}

/// Goals at their edges, worked out by hand.
@Suite struct GoalEdgeTests {
    /// One a day all the time, and 31 days from the 1st to the 31st of March.
    @Test(arguments: [
        // Before it begins nothing counts: the first day of which something can come is the 1st.
        (31, "2026-02-01", GoalResult.State.onTrack, 0, "2026-03-31", 1.0, 31.0),
        (32, "2026-02-01", .behind, 0, "2026-04-01", 32.0 / 31, 31),
        (62, "2026-02-28", .behind, 0, "2026-05-01", 2, 31),
        // On its first day, with one there: 30 days after it, 31 with it.
        (31, "2026-03-01", .onTrack, 1, "2026-03-31", 30.0 / 31, 31),
        (32, "2026-03-01", .behind, 1, "2026-04-01", 1, 31),
        // On its last day.
        (32, "2026-03-31", .behind, 31, "2026-04-01", 1, 31), (33, "2026-03-31", .behind, 31, "2026-04-02", 2, 31),
    ])
    func whatIsLeftIsCountedFromTheDaysOfTheGoal(
        target: Int, today: String, state: GoalResult.State, have: Int, finish: String, perDay: Double,
        projected: Double
    ) {
        let found = evaluate(goal(Double(target)), series: steady(1, days: 200, until: today), today: day(of: today))
        #expect(found.state == state && found.have == Double(have) && found.need == Double(target - have))
        #expect(found.finish?.description == finish)
        #expect(found.neededPerDay == perDay && found.projected == projected && found.perDay == 1)
    }

    @Test(arguments: [
        (31, "2026-03-31"), (31, "2026-04-01"), (20, "2026-03-20"), (1, "2026-03-01"), (31, "2027-01-01"),
    ])
    func whatIsReachedIsMetForGood(target: Int, today: String) {
        let found = evaluate(
            goal(Double(target)), series: steady(1, days: 400, until: "2026-12-31"), today: day(of: today))
        #expect(found.state == .met && found.need == 0 && found.neededPerDay == nil && found.finish == nil)
    }

    @Test func theDayAfterTheLastOneIsTooLate() {
        let found = evaluate(goal(32), series: steady(1, days: 60, until: "2026-04-10"), today: day(of: "2026-04-01"))
        #expect(found.state == .missed && found.have == 31 && found.need == 1)
        #expect(found.neededPerDay == nil && found.projected == 31)
    }

    @Test func withoutAPaceThereIsNoFinish() {
        // What came more than eight weeks ago is no pace of today: 57 days before the 31st of March is the 2nd of February.
        let long = goal(10, from: "2026-01-01", by: "2026-12-31")
        let idle = evaluate(long, series: steady(1, days: 9, until: "2026-02-02"), today: day(of: "2026-03-31"))
        #expect(
            idle.perDay == 0 && idle.finish == nil && idle.state == .behind && idle.projected == 9 && idle.need == 1)
        let barely = evaluate(long, series: steady(1, days: 9, until: "2026-02-03"), today: day(of: "2026-03-31"))
        // One in 56 days: 56 days from then are the 26th of May.
        #expect(barely.perDay == 1.0 / 56 && barely.finish?.description == "2026-05-26" && barely.state == .onTrack)
    }

    /// Whatever the numbers: the first day on which the sum, in whole numbers, is reached.
    @Test func theFinishIsTheFirstDayThatReachesIt() {
        var random = SeededRandom(seed: 79)
        var states: [GoalResult.State: Int] = [:]
        for _ in 0..<3000 {
            let from = day(of: "2026-03-01")
            let by = from + random.next(below: 120)
            let today = from - 20 + random.next(below: 160)
            let entries = (0..<random.next(below: 50)).map { _ in
                DailySeries.Entry(day: today - random.next(below: 70), quantity: Double(1 + random.next(below: 3)))
            }
            let target = 1 + random.next(below: 150)
            let goal = Goal(id: "g", name: "G", source: Source(.commits), target: Double(target), from: from, by: by)
            let found = evaluate(goal, series: DailySeries(entries), today: today)

            func sum(_ first: CalendarDay, _ last: CalendarDay) -> Int {
                entries.reduce(0) { first <= $1.day && $1.day <= last ? $0 + Int($1.quantity) : $0 }
            }
            let end = min(today, by)
            let have = sum(from, end)
            let first = from < end ? max(from, end - 56) : end - 56
            let (pace, window) = (sum(first, end - 1), end - first)
            var day = end
            var countable = 0
            while pace > 0, have * window + pace * countable < target * window {
                day = day + 1
                if day >= from { countable += 1 }
            }
            states[found.state, default: 0] += 1
            #expect(found.have == Double(have))
            if have >= target {
                #expect(found.state == .met)
            } else {
                #expect(found.finish == (pace > 0 ? day : nil))
                #expect(found.state == (today > by ? .missed : pace > 0 && day <= by ? .onTrack : .behind))
                if today <= by, let projected = found.projected {
                    // Both say the same of the last day, to the last digit.
                    #expect((projected >= Double(target) - 1e-9) == (found.state == .onTrack))
                }
            }
        }
        #expect(GoalResult.State.allCases.allSatisfy { states[$0, default: 0] > 100 }, "\(states)")
    }

    @Test func aLevelThatRises() {
        // From 100 to 160 in 20 days: 3 a day. From the 21st on 40 are missing, which is 14 days: the 4th of April.
        let series = levels(["2026-03-01": 100, "2026-03-10": 90, "2026-03-21": 160])
        let late = evaluate(goal(200, .gauge("stars")), series: series, today: day(of: "2026-03-21"))
        #expect(
            late.perDay == 3 && late.need == 40 && late.finish?.description == "2026-04-04" && late.state == .behind)
        #expect(late.projected == 190 && late.neededPerDay == 40.0 / 11)
        let soon = evaluate(goal(190, .gauge("stars")), series: series, today: day(of: "2026-03-21"))
        #expect(soon.finish?.description == "2026-03-31" && soon.state == .onTrack)
        #expect(evaluate(goal(160, .gauge("stars")), series: series, today: day(of: "2026-03-21")).state == .met)
    }

    @Test func aLevelMayChangeBeforeItsGoalBegins() {
        // 3 a day until the 10th of February; the goal of 31 more begins in March, and is reached on the 21st of February.
        let series = levels(["2026-02-01": 100, "2026-02-10": 127])
        let found = evaluate(goal(158, .gauge("stars")), series: series, today: day(of: "2026-02-10"))
        #expect(found.finish?.description == "2026-02-21" && found.state == .onTrack)
        // 49 days from then to the 31st of March.
        #expect(found.projected == 127 + 3 * 49 && found.neededPerDay == 31.0 / 50)
    }

    @Test func aLevelThatHasToFall() {
        let series = levels(["2026-03-01": 500, "2026-03-11": 400])
        let found = evaluate(goal(100, .gauge("latency"), .atMost), series: series, today: day(of: "2026-03-11"))
        #expect(found.perDay == -10 && found.need == 300 && found.finish?.description == "2026-04-10")
        #expect(found.state == .behind && found.projected == 200)
        let near = evaluate(goal(200, .gauge("latency"), .atMost), series: series, today: day(of: "2026-03-11"))
        #expect(near.finish?.description == "2026-03-31" && near.state == .onTrack)
        let rising = levels(["2026-03-01": 400, "2026-03-11": 500])
        let away = evaluate(goal(100, .gauge("latency"), .atMost), series: rising, today: day(of: "2026-03-11"))
        #expect(away.finish == nil && away.state == .behind && away.projected == 700)
        // One reading shows no change.
        let once = evaluate(goal(9, .gauge("stars")), series: levels(["2026-03-01": 4]), today: day(of: "2026-03-11"))
        #expect(once.perDay == 0 && once.finish == nil && once.projected == 4)
    }

    @Test func aCounterCountsOnFromAReset() {
        // +20 on the 2nd, set back and 5 on the 3rd, +15 on the 4th: 40 in all, 10 a day over the four days before the 5th.
        let series = DailySeries(growth: [
            (day(of: "2026-03-01"), 980), (day(of: "2026-03-02"), 1000), (day(of: "2026-03-03"), 5),
            (day(of: "2026-03-04"), 20),
        ])
        let found = evaluate(goal(100, .counter("downloads")), series: series, today: day(of: "2026-03-05"))
        #expect(found.have == 40 && found.perDay == 10 && found.need == 60)
        #expect(found.finish?.description == "2026-03-11" && found.neededPerDay == 60.0 / 27)
    }
}

/// Time series against sums that are made entry by entry.
@Suite struct SeriesPropertyTests {
    @Test(arguments: Cadence.calendar, Weekday.allCases)
    func bucketsHoldWhatTheirDaysHold(cadence: Cadence, weekStart: Weekday) {
        var random = SeededRandom(seed: 83 + UInt64(weekStart.rawValue))
        // A name for the bucket of a day, by division alone. Day 0 was a Thursday.
        func key(_ day: CalendarDay) -> Int {
            let (year, month, _) = day.components
            return switch cadence {
            case .day, .rolling: day.number
            case .week: (day.number + 3 - weekStart.rawValue + 7000) / 7
            case .month: year * 12 + month - 1
            case .quarter: year * 4 + (month - 1) / 3
            case .year: year
            }
        }
        for round in 0..<25 {
            let share = round.isMultiple(of: 2) ? 1 : 0.1
            let entries = (0..<random.next(below: 80)).map { _ in
                DailySeries.Entry(
                    day: day(of: "2023-06-01") + random.next(below: 900),
                    quantity: Double(random.next(below: 5)) * share)
            }
            let series = DailySeries(entries)
            let from = day(of: "2023-05-01") + random.next(below: 700)
            let days = from...from + random.next(below: 400)
            let buckets = series.buckets(by: cadence, in: days, weekStart: weekStart, isLevel: false)
            var sums: [Int: Double] = [:]
            for number in days.lowerBound.number...days.upperBound.number {
                sums[key(CalendarDay(number: number)), default: 0] += 0
            }
            for entry in entries where days.contains(entry.day) { sums[key(entry.day), default: 0] += entry.quantity }
            let naive = sums.sorted { $0.key < $1.key }
            #expect(buckets.count == naive.count)
            var running = 0.0
            for (bucket, sum) in zip(buckets, naive) {
                running += sum.value
                #expect(key(max(bucket.period.first, days.lowerBound)) == sum.key)
                #expect(((bucket.quantity ?? .nan) - sum.value).magnitude < 1e-9)
                #expect(((bucket.running ?? .nan) - running).magnitude < 1e-9)
                if sum.value == 0 { #expect(bucket.quantity == 0) }
            }
            #expect((series.total(in: days) - running).magnitude < 1e-9)
        }
    }

    @Test func aLevelIsWhatItWasAtTheEndOfEachBucket() {
        let series = levels(["2026-01-20": 5, "2026-02-10": 7, "2026-04-30": 2])
        let buckets = series.buckets(
            by: .month, in: day(of: "2025-12-15")...day(of: "2026-04-29"), weekStart: .monday, isLevel: true)
        #expect(buckets.map(\.period.id) == ["2025-12", "2026-01", "2026-02", "2026-03", "2026-04"])
        #expect(buckets.map(\.quantity) == [nil, 5, 7, 7, 7])
        #expect(buckets.map(\.running) == [nil, 5, 7, 7, 7])
    }
}
