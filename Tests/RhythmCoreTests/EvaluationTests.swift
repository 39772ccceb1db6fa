import RhythmCore
import RhythmTestSupport
import Testing

private func day(_ text: String) -> CalendarDay {
    guard let day = CalendarDay(text) else { preconditionFailure(text) }
    return day
}

/// Noon of a day, UTC.
private func noon(_ text: String) -> Timestamp {
    Timestamp(Int64(day(text).number) * 86_400 + 43_200)
}

private func counts(_ days: KeyValuePairs<String, Int>) -> DailySeries {
    DailySeries(days.map { DailySeries.Entry(day: day($0.key), quantity: Double($0.value)) })
}

private func history(target: Int = 5, recorded: String, every: Cadence = .week) -> RhythmHistory {
    let definition = RhythmDefinition(
        id: "commits", name: "Commits", every: every, measure: .commits, target: Double(target))
    return RhythmHistory(definition, recordedAt: noon(recorded))
}

private func judge(
    _ history: RhythmHistory, _ counts: DailySeries, at now: Timestamp, blindSince: CalendarDay? = nil
) -> RhythmEvaluation {
    let evidence = Evidence(series: [Source(.commits): counts], blindSince: blindSince)
    let calendar = CalendarHistory(DayRule(zone: .utc))
    guard let found = evaluate(history, evidence: evidence, calendar: calendar, now: now) else {
        preconditionFailure("the rhythm was never removed")
    }
    return found
}

@Suite struct EvaluationTests {
    @Test func weeksAreMetOrMissedSinceTheFirstEvidence() {
        let found = judge(
            history(recorded: "2026-11-23"),
            counts(["2026-11-02": 5, "2026-11-10": 4, "2026-11-16": 6, "2026-11-24": 5]), at: noon("2026-11-25"))
        #expect(found.periods.map(\.period.id) == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"])
        #expect(found.periods.map(\.state) == [.met, .missed, .met, .met])
        #expect(found.streak == Streak(current: 2, longest: 2))
        #expect(found.outlook == nil)
    }

    // A week of 23 to 29 November with nothing done, at a usual pace of one a day.
    @Test(arguments: [
        (5, "2026-11-23", PeriodState.onTrack), (5, "2026-11-24", .atRisk), (5, "2026-11-28", .atRisk),
        (5, "2026-11-29", .due), (1, "2026-11-27", .onTrack), (1, "2026-11-28", .atRisk), (1, "2026-11-29", .due),
        (20, "2026-11-23", .atRisk), (7, "2026-11-23", .atRisk), (6, "2026-11-23", .atRisk),
    ])
    func anOpenWeekIsAtRiskADayBeforeTheLastSafeMoment(target: Int, today: String, state: PeriodState) {
        let found = judge(history(target: target, recorded: "2026-11-01"), DailySeries(), at: noon(today))
        #expect(found.newest.state == state)
    }

    @Test func theUsualPaceMovesTheLastSafeMoment() {
        // Active days of 2, 3 and 10 in the last eight weeks: a median of 3, so five commits are two days' work.
        let past = counts(["2026-10-05": 2, "2026-10-12": 3, "2026-10-19": 10, "2026-08-01": 1])
        let found = judge(history(recorded: "2026-08-01"), past, at: noon("2026-11-26"))
        #expect(found.outlook?.pace == 3)
        #expect(found.outlook?.lastSafeDay == day("2026-11-28"))
        #expect(found.outlook?.atRiskFrom == day("2026-11-27"))
        #expect(found.newest.state == .onTrack)
    }

    @Test func thePartialFirstWeekAsksItsShareRoundedUp() {
        // Recorded on a Thursday: four of seven days, so three of five.
        let found = judge(history(recorded: "2026-11-26"), DailySeries(), at: noon("2026-11-26"))
        #expect(found.newest.target == 3)
        #expect(judge(history(recorded: "2026-11-29"), DailySeries(), at: noon("2026-11-29")).newest.target == 1)
        // Evidence before that began the rhythm earlier.
        let earlier = judge(history(recorded: "2026-11-26"), counts(["2026-11-17": 1]), at: noon("2026-11-26"))
        #expect(earlier.periods.map(\.target) == [5, 5])
        #expect(earlier.periods[0].state == .missed)
    }

    @Test func whatIsDatedAfterTheOpenPeriodWaits() {
        let found = judge(history(recorded: "2026-11-02"), counts(["2026-12-24": 9]), at: noon("2026-11-25"))
        #expect(found.newest.have == 0)
        #expect(found.periods.count == 4)
    }

    @Test func aChangedTargetHoldsForTheWholeOpenPeriodAndNoClosedOne() throws {
        func version(_ target: Double, _ recorded: String) -> Version<RhythmDefinition> {
            .init(
                definition: .init(id: "commits", name: "Commits", every: .week, measure: .commits, target: target),
                recordedAt: noon(recorded))
        }
        let history = try #require(RhythmHistory(versions: [version(5, "2026-11-26"), version(3, "2026-11-10")]))
        let found = judge(
            history, counts(["2026-11-02": 3, "2026-11-09": 3, "2026-11-16": 3, "2026-11-23": 3]),
            at: noon("2026-11-27"))
        #expect(found.periods.map(\.target) == [3, 3, 3, 5])
        #expect(found.periods.map(\.state) == [.met, .met, .met, .onTrack])
    }

    @Test func whatCouldNotBeSeenIsNotMissed() {
        let found = judge(
            history(recorded: "2026-11-02"), counts(["2026-11-09": 5]), at: noon("2026-11-25"),
            blindSince: day("2026-11-18"))
        #expect(found.periods.map(\.state) == [.missed, .met, .unverified, .onTrack])
        #expect(found.streak == Streak(current: 1, longest: 1))
    }

    @Test func dailyRhythmsAreNeverAtRisk() {
        let found = judge(
            history(target: 1, recorded: "2026-11-20", every: .day), DailySeries(), at: noon("2026-11-23"))
        #expect(found.newest.state == .due)
        #expect(found.periods.map(\.state) == [.missed, .missed, .missed, .due])
    }

    @Test func activeDaysCountTodayOnceSomethingIsThere() {
        let some = counts(["2026-11-20": 1, "2026-11-21": 2, "2026-11-22": 1, "2026-11-10": 1])
        #expect(Streak(activeDays: some, today: day("2026-11-22")) == Streak(current: 3, longest: 3))
        #expect(Streak(activeDays: some, today: day("2026-11-23")) == Streak(current: 3, longest: 3))
        #expect(Streak(activeDays: some, today: day("2026-11-24")) == Streak(current: 0, longest: 3))
    }

    @Test func addingEvidenceNeverTurnsMetIntoMissed() {
        var random = SeededRandom(seed: 20_261_123)
        for _ in 0..<200 {
            var entries: [DailySeries.Entry] = (0..<random.next(below: 60)).map { _ in
                .init(day: day("2026-08-03") + random.next(below: 110), quantity: Double(1 + random.next(below: 3)))
            }
            let before = judge(history(recorded: "2026-08-03"), DailySeries(entries), at: noon("2026-11-25"))
            #expect(
                before
                    == judge(
                        history(recorded: "2026-08-03"), DailySeries(entries.shuffled(using: &random)),
                        at: noon("2026-11-25")))
            entries.append(.init(day: day("2026-08-03") + random.next(below: 110), quantity: 1))
            let after = judge(history(recorded: "2026-08-03"), DailySeries(entries), at: noon("2026-11-25"))
            for (old, new) in zip(before.periods, after.periods) where old.state == .met { #expect(new.state == .met) }
            #expect(after.streak.longest >= before.streak.longest)
        }
    }
}
