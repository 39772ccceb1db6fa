import RhythmCore
import RhythmTestSupport
import Testing

private let first = day(of: "2026-01-05")
private let calendar = CalendarHistory(DayRule(zone: .utc))

private func noon(_ day: CalendarDay) -> Timestamp { calendar.start(of: day) + 43_200 }

private func noon(_ text: String) -> Timestamp { noon(day(of: text)) }

private func pick<T>(_ values: [T], _ random: inout SeededRandom) -> T { values[random.next(below: values.count)] }

private func commits(_ days: KeyValuePairs<String, Int>) -> DailySeries {
    DailySeries(days.map { .init(day: day(of: $0.key), quantity: Double($0.value)) })
}

private func judge(
    _ versions: [Version<RhythmDefinition>], _ series: DailySeries = DailySeries(), at now: Timestamp
) -> RhythmEvaluation? {
    RhythmHistory(versions: versions).flatMap {
        evaluate($0, evidence: Evidence(series: [Source(.commits): series]), calendar: calendar, now: now)
    }
}

/// Definitions that change often, as those of somebody do who is still looking for the right one.
@Suite struct LayoutPropertyTests {
    /// Rules: a version takes the whole of the period in which it was recorded. So each period goes by the last version
    /// recorded before its end, and every day of calendar periods lies in one.
    @Test func eachPeriodGoesByTheLastVersionRecordedBeforeItsEnd() throws {
        var random = SeededRandom(seed: 71)
        var joined = 0
        for round in 0..<1500 {
            var at = noon(first)
            let cadences: [Cadence] =
                round.isMultiple(of: 3)
                ? Cadence.calendar + [.rolling(5)] : round.isMultiple(of: 2) ? [.week] : [.week, .month]
            let versions = (0..<2 + random.next(below: 6)).map { index in
                var definition = RhythmDefinition(
                    id: "r", name: "R", every: pick(cadences, &random), measure: .commits, target: 3)
                definition.weekStart = pick(Weekday.allCases, &random)
                definition.starts = first
                defer { at = at + Int64(1 + random.next(below: 9 * 86_400)) }
                let isGone = index > 0 && random.next(below: 7) == 0
                return Version(definition: isGone ? nil : definition, recordedAt: at)
            }
            let today = first + random.next(below: 90)
            guard let found = judge(versions.filter { $0.recordedAt <= noon(today) }, at: noon(today)) else { continue }
            for (index, period) in found.periods.enumerated() {
                let end = calendar.start(of: period.period.last + 1)
                let inForce = versions.filter { $0.recordedAt <= noon(today) }.lastIndex { $0.recordedAt < end } ?? 0
                #expect(period.version == inForce, "round \(round), \(period.period.id)")
                if period.period.dayCount > period.period.nominalDayCount { joined += 1 }
                guard index > 0, period.period.cadence != .rolling(5) else { continue }
                #expect(period.period.first == found.periods[index - 1].period.last + 1, "round \(round)")
            }
            let ids = found.periods.map { "\($0.period.cadence.rawValue) \($0.period.id)" }
            #expect(Set(ids).count == ids.count, "round \(round)")
            if !found.isRemoved { #expect(found.periods.contains { $0.period.days.contains(today) }) }
        }
        #expect(joined > 50)
    }

    /// Week 48 closes early on Friday the 27th by the change to weeks that begin on Saturday; back on Mondays, the weekend
    /// that is left of it joins week 49, and what is changed in that week holds for all of it.
    @Test func aChangeInAWeekThatWasJoinedHoldsForAllOfIt() throws {
        func version(_ start: Weekday, _ target: Double, _ recorded: String) -> Version<RhythmDefinition> {
            var definition = RhythmDefinition(id: "r", name: "R", every: .week, measure: .commits, target: target)
            definition.weekStart = start
            return Version(definition: definition, recordedAt: noon(recorded))
        }
        let versions = [
            version(.monday, 5, "2026-11-16"), version(.saturday, 5, "2026-11-27"), version(.monday, 5, "2026-11-28"),
            version(.monday, 2, "2026-12-02"),
        ]
        let found = try #require(judge(versions, at: noon("2026-12-03")))
        #expect(found.periods.map(\.period.id) == ["2026-W47", "2026-W48", "2026-W49"])
        #expect(found.periods.map(\.period.last.description) == ["2026-11-22", "2026-11-27", "2026-12-06"])
        #expect(found.newest.period.first.description == "2026-11-28")
        #expect(found.newest.target == 2)
    }
}

@Suite struct FreezeTests {
    private func weekly(
        _ freezes: RhythmDefinition.FreezeBudget?, _ recorded: String, hard: Bool = false
    ) -> Version<RhythmDefinition> {
        var definition = RhythmDefinition(id: "r", name: "R", every: .week, measure: .commits, target: 1)
        definition.freezes = freezes
        definition.hard = hard
        return Version(definition: definition, recordedAt: noon(recorded))
    }

    /// Five idle weeks that end in January 2026 on the 4th, 11th, 18th and 25th, and on the 1st of February.
    @Test(arguments: [
        (2, Cadence.month, [nil, 1, 2, nil, nil, 1]), (1, .quarter, [nil, 1, nil, nil, nil, nil]),
        (9, .year, [nil, 1, 2, 3, 4, 5]), (1, .week, [nil, 1, 1, 1, 1, 1]),
    ])
    func aBudgetIsSpentOnTheOldestOfItsStretch(count: Int, per: Cadence, freezes: [Int?]) throws {
        let found = try #require(
            judge(
                [weekly(.init(count: count, per: per), "2025-12-22")], commits(["2025-12-22": 1]),
                at: noon("2026-02-02")))
        // The week of 22 December was met; that of 29 December ends in January.
        #expect(found.periods.dropLast().map(\.freeze) == freezes)
        #expect(
            found.periods.dropLast().map(\.state) == [.met] + freezes.dropFirst().map { $0 == nil ? .missed : .excused }
        )
    }

    /// By the month, one was spent in January, on the 25th, and one in February, on the 1st. By the quarter, from the week
    /// of the 2nd of February on, there is none left.
    @Test func aNewLengthOfTheBudgetGivesBackNothing() throws {
        let versions = [
            weekly(.init(count: 1, per: .month), "2026-01-19"), weekly(.init(count: 1, per: .quarter), "2026-02-02"),
        ]
        let found = try #require(judge(versions, at: noon("2026-02-09")))
        #expect(found.periods.map(\.period.id) == ["2026-W04", "2026-W05", "2026-W06", "2026-W07"])
        #expect(found.periods.map(\.freeze) == [1, 1, nil, nil])
        #expect(found.periods.map(\.state) == [.excused, .excused, .missed, .onTrack])
    }

    @Test func nothingHardIsFrozen() throws {
        let found = try #require(
            judge([weekly(.init(count: 5, per: .year), "2026-01-05", hard: true)], at: noon("2026-01-13")))
        #expect(found.periods[0].state == .missed && found.periods[0].freeze == nil)
    }
}

/// More evidence does good.
@Suite struct MoreEvidenceTests {
    /// Rhythms of every kind at once: of parts, rolling, with days off, blind, begun and ended.
    @Test func moreEvidenceTakesNothingAway() {
        var random = SeededRandom(seed: 73)
        let sources = [Source(.commits), Source(.entries("win")), Source(.minutes("sync")), Source(.counter("stars"))]
        func series(_ random: inout SeededRandom) -> [DailySeries.Entry] {
            (0..<random.next(below: 120)).map { _ in
                .init(day: first + random.next(below: 200), quantity: Double(1 + random.next(below: 3)))
            }
        }
        var met = 0
        var limits = 0
        for round in 0..<600 {
            let bound: RhythmDefinition.Bound = round.isMultiple(of: 4) ? .atMost : .atLeast
            let parts = (0..<(bound == .atMost ? 1 : 1 + random.next(below: 3))).map { _ in
                RhythmDefinition.Part(pick(sources, &random), target: Double(1 + random.next(below: 8)))
            }
            let definition = RhythmDefinition(
                id: "r", name: "R", every: pick(Cadence.calendar + [.rolling(3), .rolling(14)], &random), parts: parts,
                combination: pick([.any, .all], &random), bound: bound, starts: first + random.next(below: 20),
                ends: random.next(below: 3) == 0 ? first + 100 + random.next(below: 60) : nil,
                freezes: random.next(below: 3) == 0 ? .init(count: 1, per: .month) : nil,
                weekStart: pick(Weekday.allCases, &random), restDays: pick([[], [.saturday, .sunday]], &random))
            let off = first + random.next(below: 150)
            var evidence = Evidence(
                series: Dictionary(uniqueKeysWithValues: sources.map { ($0, DailySeries(series(&random))) }),
                blindSince: random.next(below: 3) == 0 ? first + random.next(below: 150) : nil,
                excuses: [Excuse(first: off, last: off + random.next(below: 12), why: "off")])
            let today = first + 60 + random.next(below: 120)
            let history = RhythmHistory(definition, recordedAt: noon(first))
            let before = evaluate(history, evidence: evidence, calendar: calendar, now: noon(today))
            let source = pick(parts, &random).source
            let extra = DailySeries.Entry(day: today - random.next(below: 70), quantity: 1)
            evidence.series[source] = DailySeries((evidence.series[source]?.entries ?? []) + [extra])
            let after = evaluate(history, evidence: evidence, calendar: calendar, now: noon(today))
            guard let before, let after else {
                Issue.record("round \(round): a rhythm that nobody removed is gone")
                continue
            }
            #expect(before.periods.map(\.period) == after.periods.map(\.period))
            for (old, new) in zip(before.periods, after.periods) {
                if bound == .atLeast {
                    if old.state == .met { met += 1 }
                    #expect(old.state != .met || new.state == .met, "round \(round), \(old.period.id)")
                    #expect(new.have >= old.have || definition.isCompound, "round \(round), \(old.period.id)")
                    #expect(new.need <= old.need || definition.combination == .any, "round \(round), \(old.period.id)")
                } else {
                    if old.state == .missed { limits += 1 }
                    // A freeze may now be spent on an older one, or be left for it.
                    let isFrozen = definition.freezes != nil
                    #expect(
                        old.state != .missed || new.state == .missed || isFrozen, "round \(round), \(old.period.id)")
                    #expect(new.state != .met || old.state == .met, "round \(round), \(old.period.id)")
                }
            }
            if bound == .atLeast {
                #expect(after.strength >= before.strength - 1e-12, "round \(round)")
            } else {
                #expect(after.strength <= before.strength + 1e-12, "round \(round)")
            }
        }
        #expect(met > 1000 && limits > 300)
    }
}
