import RhythmCore
import RhythmTestSupport
import Testing

private let first = CalendarDay(number: 20_000)
private let calendar = CalendarHistory(DayRule(zone: .utc))
private let commits = Source(.commits)

private func noon(_ day: CalendarDay) -> Timestamp { Timestamp(Int64(day.number) * 86_400 + 43_200) }

/// What may still change while older history is to be read.
@Suite struct ProvisionalTests {
    @Test func whatIsNotMarkedDoesNotChangeWithOlderHistory() throws {
        var random = SeededRandom(seed: 5)
        var marked = 0
        var kept = 0
        var streaks = 0
        for _ in 0..<400 {
            let today = first + 300 + random.next(below: 100)
            let since = today - 56 - random.next(below: 60)
            func pick<T>(_ values: [T]) -> T { values[random.next(below: values.count)] }
            var definition = RhythmDefinition(
                id: "r", name: "R", every: pick(Cadence.calendar + [.rolling(7)]),
                parts: [.init(commits, target: Double(1 + random.next(below: 9)))],
                bound: random.next(below: 4) == 0 ? .atMost : .atLeast,
                restDays: pick([[], [], [.saturday, .sunday]]))
            if random.next(below: 3) == 0 { definition.freezes = .init(count: 1, per: pick([.month, .quarter])) }
            if random.next(below: 3) == 0 { definition.starts = first + random.next(below: 400) }
            let entries = (0..<random.next(below: 200)).map { _ in
                DailySeries.Entry(day: first + random.next(below: 400), quantity: Double(1 + random.next(below: 3)))
            }
            let excuses = (0..<random.next(below: 3)).map { _ in
                let from = first + random.next(below: 400)
                return Excuse(first: from, last: from + random.next(below: 20), why: "off")
            }
            // A few of the older ones are there as well, as a recent look brings them.
            let seen = entries.filter { $0.day >= since || random.next(below: 10) == 0 }
            let history = RhythmHistory(definition, recordedAt: noon(today - random.next(below: 3)))
            let whole = try #require(
                evaluate(
                    history,
                    evidence: Evidence(series: [commits: DailySeries(entries)], blindSince: [:], excuses: excuses),
                    calendar: calendar, now: noon(today)))
            let recent = try #require(
                evaluate(
                    history,
                    evidence: Evidence(
                        series: [commits: DailySeries(seen)], blindSince: [:], completeSince: since, excuses: excuses),
                    calendar: calendar, now: noon(today)))
            for period in recent.periods {
                // What lies before the horizon is never called missed for want of evidence.
                #expect(
                    period.period.first >= since || period.isOpen || period.state != .missed
                        || definition.bound == .atMost)
                guard !period.isProvisional else {
                    marked += 1
                    continue
                }
                kept += 1
                var same = try #require(whole.periods.first { $0.period == period.period })
                same.isProvisional = false
                #expect(period == same)
            }
            if !recent.newest.isProvisional {
                var outlook = recent.outlook
                outlook?.odds = whole.outlook?.odds
                #expect(outlook == whole.outlook)
            }
            if !recent.streak.provisional {
                streaks += 1
                #expect(recent.streak.current == whole.streak.current)
            } else if definition.bound == .atLeast, definition.freezes == nil, definition.starts != nil {
                // What is said to be at least so long is.
                #expect(recent.streak.current <= whole.streak.current)
                #expect(recent.streak.longest <= whole.streak.longest)
            }
            #expect(!whole.periods.contains(where: \.isProvisional) && !whole.streak.provisional)

            let active = Streak(
                activeDays: DailySeries(seen).activeDays, today: today, completeSince: since,
                isOff: { $0.weekday == .sunday })
            let truth = Streak(
                activeDays: DailySeries(entries).activeDays, today: today, isOff: { $0.weekday == .sunday })
            #expect(active.provisional || active.current == truth.current)
            let goal = Goal(
                id: "g", name: "G", source: commits, target: 40, from: first + random.next(below: 400),
                by: first + 420)
            var reached = evaluate(goal, series: DailySeries(seen), today: today, completeSince: since)
            if !reached.isProvisional {
                reached.isProvisional = false
                #expect(reached == evaluate(goal, series: DailySeries(entries), today: today))
            }
        }
        #expect(marked > 2000 && kept > 2000 && streaks > 100, "\(marked) \(kept) \(streaks)")
    }

    @Test func aStreakIsSureOnceSomethingBrokeItWithinWhatIsKnown() throws {
        let today = first + 300
        func weeks(_ missing: Int?, since: CalendarDay?) throws -> Streak {
            let days = (0...12).filter { $0 != missing }.map { DailySeries.Entry(day: today - 7 * $0, quantity: 1) }
            let definition = RhythmDefinition(id: "r", name: "R", every: .week, measure: .commits, target: 1)
            return try #require(
                evaluate(
                    RhythmHistory(definition, recordedAt: noon(today)),
                    evidence: Evidence(
                        series: [commits: DailySeries(days.filter { $0.day >= since ?? first })], blindSince: [:],
                        completeSince: since), calendar: calendar, now: noon(today))
            ).streak
        }
        #expect(try weeks(nil, since: nil) == Streak(current: 13, longest: 13))
        let since = today - 60
        #expect(try weeks(nil, since: since) == Streak(current: 9, longest: 9, provisional: true))
        #expect(try weeks(5, since: since) == Streak(current: 5, longest: 5))
        #expect(try weeks(10, since: since) == Streak(current: 9, longest: 9, provisional: true))
        // Before anything is known no number is.
        #expect(try weeks(nil, since: today + 1) == Streak(provisional: true))
    }

    @Test func aRunOfActiveDaysIsSureOnceADayBrokeIt() {
        let today = first + 100
        func streak(_ days: ClosedRange<Int>, since: Int) -> Streak {
            Streak(
                activeDays: DailySeries(days.map { DailySeries.Entry(day: today - $0, quantity: 1) }), today: today,
                completeSince: today - since)
        }
        #expect(streak(0...9, since: 11) == Streak(current: 10, longest: 10))
        #expect(streak(0...9, since: 9) == Streak(current: 10, longest: 10, provisional: true))
        #expect(streak(0...9, since: 5) == Streak(current: 10, longest: 10, provisional: true))
        #expect(streak(3...9, since: 20) == Streak(current: 0, longest: 7))
        #expect(streak(3...9, since: -1) == Streak(current: 0, longest: 7, provisional: true))
    }
}
