import RhythmCore
import Testing

/// When alerts speak up, on a clock in Prague. 2026-11-23 is a Monday.
@Suite struct NagPolicyTests {
    private let calendar = CalendarHistory(DayRule(zone: zone("Europe/Prague")))

    private func at(_ text: String) -> Timestamp {
        Moment(text)?.instant(by: calendar) ?? Timestamp(0)
    }

    private func episode(_ state: Episode.State, since: String, nagged: String? = nil) -> Episode {
        Episode(
            rhythm: "commits", period: "2026-W48", state: state, since: at(since), naggedAt: nagged.map { at($0) })
    }

    @Test(
        arguments: [
            // What is at risk speaks once, when the night is over.
            (Episode.State.atRisk, "2026-11-25T00:00", "2026-11-25T00:00", "2026-11-25T08:00"),
            (.atRisk, "2026-11-25T14:30", "2026-11-25T14:00", "2026-11-25T14:30"),
            (.atRisk, "2026-11-25T22:00", "2026-11-25T22:00", "2026-11-26T08:00"),
            (.atRisk, "2026-11-25T00:00", "2026-11-25T08:00", nil),
            // What is due at nine and at six.
            (.due, "2026-11-29T00:00", "2026-11-28T23:00", "2026-11-29T09:00"),
            (.due, "2026-11-29T00:00", "2026-11-29T09:00", "2026-11-29T18:00"),
            (.due, "2026-11-29T10:00", "2026-11-29T09:00", "2026-11-29T10:00"),
            (.due, "2026-11-29T00:00", "2026-11-29T18:00", nil),
            // What was missed on the next working morning: on Monday, and after a Friday on Monday too.
            (.missed, "2026-11-30T00:00", "2026-11-30T00:00", "2026-11-30T09:00"),
            (.missed, "2026-11-28T00:00", "2026-11-28T00:00", "2026-11-30T09:00"),
            (.missed, "2026-11-30T10:00", "2026-11-30T10:00", "2026-12-01T09:00"),
            // On the days on which the clocks change.
            (.due, "2026-03-29T00:00", "2026-03-29T00:00", "2026-03-29T09:00"),
            (.atRisk, "2026-10-25T00:00", "2026-10-25T00:00", "2026-10-25T08:00"),
            (.resolved, "2026-11-25T00:00", "2026-11-25T00:00", nil),
        ] as [(Episode.State, String, String, String?)])
    func itSpeaksAtItsHours(state: Episode.State, since: String, after: String, next: String?) {
        let found = NagPolicy().nextNag(of: episode(state, since: since), after: at(after), calendar: calendar)
        #expect(found == next.map { at($0) })
    }

    @Test func severalThatPassedAreOne() {
        let policy = NagPolicy()
        let due = episode(.due, since: "2026-11-29T00:00")
        func speaks(_ episode: Episode, _ now: String) -> Bool {
            policy.isDue(episode, at: at(now), silences: [], calendar: calendar)
        }
        #expect(!speaks(due, "2026-11-29T08:59"))
        #expect(speaks(due, "2026-11-29T20:00"))
        #expect(!speaks(episode(.due, since: "2026-11-29T00:00", nagged: "2026-11-29T20:00"), "2026-11-29T20:30"))
        // Not at night, whatever is left to say.
        #expect(!speaks(due, "2026-11-29T21:00"))
    }

    @Test func whatTheUserSaidKeepsItQuiet() {
        let policy = NagPolicy()
        var due = episode(.due, since: "2026-11-29T00:00")
        let silence = Silence(
            id: 1, rhythm: "commits", why: "w", from: at("2026-11-29T00:00"), until: at("2026-11-29T12:00"))
        #expect(!policy.isDue(due, at: at("2026-11-29T10:00"), silences: [silence], calendar: calendar))
        #expect(policy.isDue(due, at: at("2026-11-29T12:00"), silences: [silence], calendar: calendar))
        due.snoozedUntil = at("2026-11-29T15:00")
        #expect(!policy.isDue(due, at: at("2026-11-29T14:00"), silences: [], calendar: calendar))
        #expect(policy.nextNag(of: due, after: at("2026-11-29T10:00"), calendar: calendar) == at("2026-11-29T15:00"))
        #expect(policy.isDue(due, at: at("2026-11-29T15:00"), silences: [], calendar: calendar))
        due.acknowledgedAt = at("2026-11-29T11:00")
        #expect(!policy.isDue(due, at: at("2026-11-29T18:00"), silences: [], calendar: calendar))
        #expect(policy.nextNag(of: due, after: at("2026-11-29T10:00"), calendar: calendar) == nil)
    }

    @Test func repeatsAndNagDaysAreTheUsers() {
        var policy = NagPolicy(repeatEvery: 86_400)
        let risk = episode(.atRisk, since: "2026-11-25T00:00")
        #expect(policy.nextNag(of: risk, after: at("2026-11-25T08:00"), calendar: calendar) == at("2026-11-26T08:00"))
        policy.nagDays = [.monday, .tuesday, .wednesday, .thursday]
        #expect(policy.nextNag(of: risk, after: at("2026-11-26T08:00"), calendar: calendar) == at("2026-11-30T08:00"))
        policy.quiet = nil
        let night = episode(.atRisk, since: "2026-11-25T03:00")
        #expect(policy.nextNag(of: night, after: at("2026-11-25T02:00"), calendar: calendar) == at("2026-11-25T03:00"))
    }

    /// Of a week and the quarter above it, that measure the same, the week speaks.
    @Test func ofOneCauseTheNearestSpeaks() throws {
        func subject(_ id: String, _ every: Cadence, _ target: Double) throws -> AlertSubject {
            let definition = RhythmDefinition(id: id, name: id, every: every, measure: .commits, target: target)
            return AlertSubject(
                try #require(
                    evaluate(
                        RhythmHistory(definition, recordedAt: at("2026-10-01T00:00")), evidence: Evidence(series: [:]),
                        calendar: calendar, now: at("2026-11-29T12:00"))))
        }
        let subjects = [try subject("week", .week, 5), try subject("quarter", .quarter, 60)]
        let week = Episode(rhythm: "week", period: "2026-W48", state: .due, since: at("2026-11-29T00:00"))
        let quarter = Episode(rhythm: "quarter", period: "2026-Q4", state: .atRisk, since: at("2026-11-01T00:00"))
        let episodes = [week, quarter]
        #expect(AlertSubject.inhibitor(of: quarter, among: episodes, subjects: subjects)?.id == week.id)
        #expect(AlertSubject.inhibitor(of: week, among: episodes, subjects: subjects) == nil)
        // That the quarter was missed is a fact of its own.
        var missed = quarter
        missed.state = .missed
        #expect(AlertSubject.inhibitor(of: missed, among: [week, missed], subjects: subjects) == nil)
    }
}
