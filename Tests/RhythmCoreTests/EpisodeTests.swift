import RhythmCore
import Testing

private let rule = DayRule(zone: .utc)

private func day(_ text: String) -> CalendarDay {
    guard let day = CalendarDay(text) else { preconditionFailure(text) }
    return day
}

private func instant(_ text: String, hour: Int64 = 12) -> Timestamp {
    rule.start(of: day(text)) + hour * 3600
}

/// Keeps episodes as the daemon does, over evaluations at one instant after another.
private struct Diary {
    var episodes: [String: Episode] = [:]
    var log: [String] = []
    let installed: Timestamp

    mutating func note(_ commits: [(String, Int)], at now: Timestamp) throws {
        let definition = RhythmDefinition(id: "commits", name: "Commits", every: .week, measure: .commits, target: 5)
        let series = DailySeries(commits.map { DailySeries.Entry(day: day($0.0), quantity: Double($0.1)) })
        let calendar = CalendarHistory(rule)
        let evaluation = try #require(
            evaluate(
                RhythmHistory(definition, recordedAt: installed),
                evidence: Evidence(series: [Source(.commits): series]), calendar: calendar, now: now))
        let (changed, _) = advance(
            Array(episodes.values), to: [AlertSubject(evaluation)], calendar: calendar, installedAt: installed, now: now
        )
        for changed in changed {
            episodes[changed.period] = changed
            log.append("\(changed.period) \(changed.state.rawValue) \(rule.text(changed.since).prefix(10))")
        }
    }
}

@Suite struct EpisodeTests {
    @Test func aWeekGoesFromAtRiskToDueToMissedAndIsClearedByTheNext() throws {
        var diary = Diary(installed: instant("2026-11-16", hour: 0))
        for number in 0..<14 {
            let now = rule.start(of: day("2026-11-16") + number) + 600
            let done = number >= 12 ? [("2026-11-28", 5)] : []
            try diary.note(done, at: now)
            try diary.note(done, at: now)  // a restart changes nothing
        }
        #expect(
            diary.log == [
                "2026-W47 at-risk 2026-11-17", "2026-W47 due 2026-11-22", "2026-W47 missed 2026-11-23",
                "2026-W48 at-risk 2026-11-24", "2026-W47 resolved 2026-11-28", "2026-W48 resolved 2026-11-28",
            ])
    }

    @Test func aFreshInstallSaysNothingOfWhatWasBefore() throws {
        var diary = Diary(installed: instant("2026-11-23"))
        try diary.note([("2026-10-05", 2)], at: instant("2026-11-23"))
        #expect(diary.log.isEmpty)
        try diary.note([("2026-10-05", 2)], at: instant("2026-11-26"))
        // Two on a usual day: five are three days' work, to be begun by Friday.
        #expect(diary.log == ["2026-W48 at-risk 2026-11-26"])
    }

    @Test func progressThatGivesTimeBackEndsTheEpisodeUntilItIsNeededAgain() throws {
        var diary = Diary(installed: instant("2026-11-16", hour: 0))
        try diary.note([], at: instant("2026-11-18"))
        try diary.note([("2026-11-18", 4)], at: instant("2026-11-18", hour: 13))
        try diary.note([("2026-11-18", 4)], at: instant("2026-11-22"))
        try diary.note([("2026-11-18", 5)], at: instant("2026-11-22", hour: 13))
        #expect(
            diary.log == [
                "2026-W47 at-risk 2026-11-17", "2026-W47 resolved 2026-11-18", "2026-W47 due 2026-11-22",
                "2026-W47 resolved 2026-11-22",
            ])
    }

    @Test func evidenceThatArrivesLateRepairsAMissedWeek() throws {
        var diary = Diary(installed: instant("2026-11-16", hour: 0))
        try diary.note([], at: instant("2026-11-23"))
        try diary.note([("2026-11-19", 5)], at: instant("2026-11-24"))
        #expect(diary.log.last == "2026-W47 resolved 2026-11-24")
    }

    @Test func soDoesOneForAWeekThatTheUserKnewToBeMissed() throws {
        var diary = Diary(installed: instant("2026-11-16", hour: 0))
        try diary.note([], at: instant("2026-11-23"))
        diary.episodes["2026-W47"]?.acknowledgedAt = instant("2026-11-23")
        try diary.note([], at: instant("2026-11-23", hour: 13))
        #expect(diary.log.last == "2026-W47 acknowledged 2026-11-23")
        // A clock that is set back makes nothing good.
        try diary.note([("2026-11-16", 4)], at: instant("2026-11-17"))
        #expect(diary.episodes["2026-W47"]?.state == .acknowledged)
        try diary.note([("2026-11-19", 5)], at: instant("2026-11-24"))
        #expect(diary.log.last == "2026-W47 resolved 2026-11-24")
        #expect(diary.episodes["2026-W47"]?.isLate == true)
    }
}
