import Logging
import RhythmCore
import RhythmStore

/// Something that an alert has to say now.
struct Nag: Hashable, Sendable {
    enum Reason: String, Sendable {
        case state
        case snoozeEnded = "snooze-ended"
    }

    var episode: Episode
    var reason: Reason
}

/// Keeps the episodes in line with what is judged: on each look it goes through all instants since the last one at which
/// something can have changed, so that every change has its true time, whether or not anybody was looking.
struct AlertKeeper {
    let store: Store
    let policy: NagPolicy
    let installedAt: Timestamp
    let log: Logger

    /// What one look brought.
    struct Outcome {
        var changed: [Episode] = []
        var transitions: [EpisodeTransition] = []
        var nags: [Nag] = []
        /// Nothing was looked at for a day and more: what there is to say is said once, together.
        var isCatchUp = false
    }

    /// A year and some days of boundaries, and the newest of what happened between them.
    private static let mostSteps = 600

    /// - Parameter assess: judges everything at an instant, by all that is known now.
    func look(
        at now: Assessment, assess: (Timestamp) throws -> Assessment
    ) throws -> Outcome {
        let last = try store.setting("alerted_at").flatMap(Int64.init).map(Timestamp.init)
        var outcome = Outcome()
        outcome.isCatchUp = last.map { now.now - $0 > 86_400 } ?? false
        for instant in try steps(after: last, until: now) {
            try advance(to: assess(instant), &outcome, recordedAt: now.now)
        }
        try advance(to: now, &outcome, recordedAt: now.now)
        outcome.nags = try nags(at: now)
        try store.save(
            outcome.nags.map { nag in
                var episode = nag.episode
                episode.naggedAt = now.now
                if nag.reason == .snoozeEnded { episode.snoozedUntil = nil }
                return episode
            },
            events: outcome.nags.map {
                EpisodeEvent(
                    rhythm: $0.episode.rhythm, period: $0.episode.period, what: "nag", at: now.now,
                    recordedAt: now.now, note: $0.reason == .snoozeEnded ? "the snooze ended" : nil)
            })
        try store.set("alerted_at", to: String(now.now.seconds))
        return outcome
    }

    /// When something is to be said next, if nothing changes.
    func nextNag(after now: Assessment) throws -> Timestamp? {
        let silences = try store.silences(at: now.now)
        return try store.episodes().compactMap { episode in
            let next = policy.nextNag(of: episode, after: now.now, calendar: now.calendar)
            // The end of a silence lets through what was held back.
            let release = silences.filter { $0.covers(episode, at: now.now) }.map(\.until).max()
            return [next, release].compactMap { $0 }.min()
        }.min()
    }

    /// The beginnings of days, and the instants of evidence, since the last look.
    private func steps(after last: Timestamp?, until now: Assessment) throws -> [Timestamp] {
        guard let last, last < now.now else { return [] }
        let calendar = now.calendar
        let firstDay = max(calendar.day(of: last) + 1, now.today - Self.mostSteps)
        let days = stride(from: firstDay.number, through: now.today.number, by: 1)
            .map { calendar.start(of: CalendarDay(number: $0)) }
        let items = try store.evidenceInstants(
            after: max(last, calendar.start(of: firstDay - 1)), until: now.now, limit: Self.mostSteps)
        return Set(days + items).filter { $0 > last && $0 < now.now }.sorted()
    }

    private func advance(to assessment: Assessment, _ outcome: inout Outcome, recordedAt: Timestamp) throws {
        let known = try store.allEpisodes()
        let (changed, transitions) = RhythmCore.advance(
            known, to: assessment.subjects, calendar: assessment.calendar, installedAt: installedAt,
            now: assessment.now)
        try store.save(
            changed,
            events: transitions.map {
                EpisodeEvent(
                    rhythm: $0.rhythm, period: $0.period, what: $0.to.rawValue, at: $0.at, recordedAt: recordedAt,
                    note: note(on: $0, changed))
            })
        for episode in changed {
            outcome.changed.removeAll { $0.id == episode.id }
            outcome.changed.append(episode)
        }
        outcome.transitions += transitions
    }

    private func note(on transition: EpisodeTransition, _ changed: [Episode]) -> String? {
        guard transition.to == .resolved, [.missed, .unverified].contains(transition.from) else { return nil }
        let isLate = changed.contains {
            $0.rhythm == transition.rhythm && $0.period == transition.period && $0.isLate
        }
        return isLate ? "late evidence" : "a later one was met"
    }

    private func nags(at now: Assessment) throws -> [Nag] {
        let episodes = try store.episodes()
        let silences = try store.silences(at: now.now)
        let subjects = now.subjects
        let heard = episodes.filter { $0.isHeard(at: now.now, silences: silences) }
        return episodes.compactMap { episode in
            guard policy.isDue(episode, at: now.now, silences: silences, calendar: now.calendar),
                AlertSubject.inhibitor(of: episode, among: heard, subjects: subjects) == nil
            else { return nil }
            let snoozed = episode.snoozedUntil.map { $0 <= now.now } ?? false
            return Nag(episode: episode, reason: snoozed ? .snoozeEnded : .state)
        }
    }
}

extension Assessment {
    /// What alerts can be about.
    var subjects: [AlertSubject] {
        rhythms.map { AlertSubject($0) } + goals.filter { !$0.goal.isQuiet }.map { AlertSubject($0, today: today) }
            + (roadmap.map { [AlertSubject($0.drift, today: today)] } ?? [])
    }
}
