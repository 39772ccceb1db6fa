import RhythmAPI
import RhythmCore

/// What hooks and notifications are told of one look at the alerts.
struct AlertEvents {
    let outcome: AlertKeeper.Outcome
    let assessment: Assessment
    let folder: AlertFolder
    let policy: NagPolicy

    init(_ outcome: AlertKeeper.Outcome, assessment: Assessment, folder: AlertFolder, policy: NagPolicy) {
        self.outcome = outcome
        self.assessment = assessment
        self.folder = folder
        self.policy = policy
    }

    /// What is over first: it takes back what may wait to be said.
    var all: [HookEvent] {
        let over = outcome.changed.filter { episode in
            // What ended while nobody was looking is no news.
            episode.isOver && (!outcome.isCatchUp || assessment.now - episode.since < 86_400)
        }.map { event(of: $0) }
        if outcome.isCatchUp && outcome.nags.count > 1 { return over + [digest] }
        return over + outcome.nags.map { event(of: $0.episode, reason: $0.reason) }
    }

    private func event(of episode: Episode, reason: Nag.Reason = .state) -> HookEvent {
        let result = assessment.result(of: episode)
        let name = result?.name ?? episode.rhythm
        let before = outcome.transitions.last { $0.rhythm == episode.rhythm && $0.period == episode.period }?.from
        let missing = result.map { $0.need > 0 ? ", \(text(of: $0.need)) missing" : "" } ?? ""
        let snoozed = reason == .snoozeEnded ? " (the snooze ended)" : ""
        let next = policy.nextNag(
            of: episode, dueDay: AlertSubject.dueDay(of: episode, among: assessment.subjects), after: assessment.now,
            calendar: assessment.calendar)
        return HookEvent(
            id: episode.id, rhythm: episode.rhythm, name: name, period: episode.period,
            state: HookEvent.State(rawValue: episode.state.rawValue) ?? .resolved,
            before: before.flatMap { HookEvent.State(rawValue: $0.rawValue) },
            since: assessment.calendar.text(episode.since), have: result?.have ?? 0, target: result?.target ?? 0,
            need: result?.need ?? 0, demand: result?.demand ?? "", file: folder.file(of: episode),
            text: "\(name): \(episode.state.rawValue) in \(episode.period)\(missing)\(snoozed)",
            lastSafeMoment: result?.outlook?.lastSafeMoment, nextNag: next.map(assessment.calendar.text))
    }

    /// One for all that there is to say after time off.
    private var digest: HookEvent {
        let episodes = outcome.nags.map(\.episode)
        let worst = [Episode.State.missed, .due, .atRisk, .unverified].first { state in
            episodes.contains { $0.state == state }
        }
        let names = episodes.map {
            "\(assessment.result(of: $0)?.name ?? $0.rhythm) \($0.state.rawValue) in \($0.period)"
        }
        return HookEvent(
            id: "catch-up", rhythm: episodes.map(\.rhythm).joined(separator: ","), name: "Rhythm",
            period: assessment.today.description, state: worst.flatMap { .init(rawValue: $0.rawValue) } ?? .missed,
            before: nil, since: assessment.calendar.text(assessment.now), have: 0, target: 0,
            need: Double(episodes.count), demand: "", file: "\(folder.path)/alerts.json",
            text: "\(episodes.count) alerts after time off: " + names.joined(separator: ", "))
    }
}
