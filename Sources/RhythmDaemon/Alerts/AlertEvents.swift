import RhythmAPI
import RhythmCore
import RhythmStore

/// What hooks and notifications are told of one look at the alerts.
struct AlertEvents {
    let outcome: AlertKeeper.Outcome
    let assessment: Assessment
    let folder: AlertFolder
    let policy: NagPolicy

    /// The states of the episodes before the ones that they are in.
    private let before: [String: HookEvent.State]
    /// Those of which a nag told since they last began.
    private let told: Set<String>

    init(
        _ outcome: AlertKeeper.Outcome, assessment: Assessment, folder: AlertFolder, policy: NagPolicy, store: Store
    ) throws {
        self.outcome = outcome
        self.assessment = assessment
        self.folder = folder
        self.policy = policy
        var before: [String: HookEvent.State] = [:]
        var told: Set<String> = []
        for episode in outcome.changed + outcome.nags.map(\.episode) {
            let events = try store.events(of: episode).map(\.what)
            let states = events.compactMap { Episode.State(rawValue: $0) }
            if let last = states.dropLast().last, !last.isOver {
                before[episode.id] = HookEvent.State(rawValue: last.rawValue)
            }
            let ends = events.indices.filter { Episode.State(rawValue: events[$0])?.isOver ?? false }
            let begin = ends.dropLast().last ?? events.startIndex
            if events[begin...].contains("nag") { told.insert(episode.id) }
        }
        self.before = before
        self.told = told
    }

    /// What has ended. What did so while nobody was looking is no news, and neither is the end of what was never told of: a
    /// steady worker is back on track each evening.
    var over: [HookEvent] {
        outcome.changed.filter { episode in
            episode.isOver && (!outcome.isCatchUp || assessment.now - episode.since < 86_400)
                && (episode.state != .resolved || told.contains(episode.id))
        }.map { event(of: $0) }
    }

    var nags: [HookEvent] { outcome.nags.map { event(of: $0.episode, reason: $0.reason) } }

    private func event(of episode: Episode, reason: Nag.Reason = .state) -> HookEvent {
        let result = assessment.result(of: episode)
        let name = result?.name ?? episode.rhythm
        let before = before[episode.id]
        let isBackOnTrack = episode.state == .resolved && result?.state == .onTrack && result?.need ?? 0 > 0
        let isAsked = !episode.isOver || isBackOnTrack
        let missing = result.map { $0.need > 0 && isAsked ? ", \(text(of: $0.need)) missing" : "" } ?? ""
        let words =
            switch episode.state {
            case .atRisk: "at risk"
            case .due: "due"
            case .missed: "missed"
            case .unverified: "not known"
            case .resolved where isBackOnTrack: "back on track"
            case .resolved where episode.isLate: "made good by late evidence"
            case .resolved where result?.need ?? 0 > 0: "made good by a later one"
            case .resolved: "done"
            case .excused: "excused"
            case .acknowledged: "acknowledged"
            }
        let snoozed = reason == .snoozeEnded ? " (the snooze ended)" : ""
        let next = policy.nextNag(
            of: episode, in: AlertSubject.stretch(of: episode, among: assessment.subjects), after: assessment.now,
            calendar: assessment.calendar)
        return HookEvent(
            id: episode.id, rhythm: episode.rhythm, name: name, period: episode.period,
            state: HookEvent.State(rawValue: episode.state.rawValue) ?? .resolved,
            before: before,
            since: assessment.calendar.text(episode.since), have: result?.have ?? 0, target: result?.target ?? 0,
            need: result?.need ?? 0, demand: result?.demand ?? "", file: folder.file(of: episode),
            text: "\(name): \(words) in \(episode.period)\(missing)\(snoozed)",
            lastSafeMoment: result?.outlook?.lastSafeMoment, nextNag: next.map(assessment.calendar.text))
    }
}
