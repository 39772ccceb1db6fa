/// A change of an episode's state, at its true time.
package struct EpisodeTransition: Hashable, Sendable {
    package var rhythm: String
    package var period: String
    /// Nil where it begins.
    package var from: Episode.State?
    package var to: Episode.State
    package var at: Timestamp
}

/// Compares subjects with their episodes at an instant.
///
/// Periods that closed before `installedAt` make no alerts: a fresh install does not nag about the past. A missed period
/// stays until the next one is met, or until the user says that they know.
///
/// - Parameter episodes: all that there ever were.
/// - Returns: the episodes that changed, and the transitions that they made, in the order of their periods.
package func advance(
    _ episodes: [Episode], to subjects: [AlertSubject], calendar: CalendarHistory, installedAt: Timestamp,
    now: Timestamp
) -> (changed: [Episode], transitions: [EpisodeTransition]) {
    var changed: [Episode] = []
    var transitions: [EpisodeTransition] = []
    func enter(
        _ state: Episode.State, _ episode: Episode?, of subject: String, in period: String, since: Timestamp,
        isLate: Bool = false
    ) {
        guard episode?.state != state else { return }
        var next = episode ?? Episode(rhythm: subject, period: period, state: state, since: since)
        var since = since
        // One that is over and begins again does so not before its end.
        if next.isOver { since = max(since, next.since) }
        // Whoever works steadily is at risk each morning and back on track each evening: that is one alert, which has been
        // said once, and of which the user has said once what they think.
        let goesOn = next.state == .resolved && !next.isLate && [.atRisk, .due].contains(state)
        if next.isOver && !goesOn { next = Episode(rhythm: subject, period: period, state: state, since: since) }
        if !state.isOver && !(goesOn && state == .atRisk) { next.naggedAt = nil }
        next.isLate = isLate
        next.state = state
        next.since = since
        changed.append(next)
        transitions.append(
            EpisodeTransition(rhythm: subject, period: period, from: episode?.state, to: state, at: since))
    }

    let known = Dictionary(episodes.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    for subject in subjects {
        for (index, stretch) in subject.stretches.enumerated() {
            let closes = calendar.start(of: stretch.days.upperBound + 1)
            let before = known["\(stretch.period)-\(subject.id)"]
            guard closes > max(installedAt, subject.declaredAt ?? installedAt) || before != nil else { continue }
            func since(_ instant: Timestamp) -> Timestamp { max(instant, min(installedAt, now)) }
            let isMadeGood = subject.stretches[(index + 1)...].contains { $0.state == .met }
            let live = before.flatMap { $0.isOver ? nil : $0 }

            switch stretch.state {
            case .atRisk:
                let from = stretch.atRiskFrom.map { calendar.start(of: $0) } ?? now
                enter(.atRisk, before, of: subject.id, in: stretch.period, since: since(from))
            case .due:
                let from = calendar.start(of: stretch.dueDay ?? stretch.days.upperBound)
                enter(.due, before, of: subject.id, in: stretch.period, since: since(from))
            case .missed, .unverified:
                let state: Episode.State = stretch.state == .missed ? .missed : .unverified
                if stretch.isSuperseded || isMadeGood {
                    if let live { enter(.resolved, live, of: subject.id, in: stretch.period, since: now) }
                } else if let live, live.state == .missed, live.acknowledgedAt != nil {
                    enter(.acknowledged, live, of: subject.id, in: stretch.period, since: now)
                } else if before.map({ $0.mayBeMissed(after: closes) }) ?? true {
                    enter(
                        state, before, of: subject.id, in: stretch.period, since: since(stretch.isOpen ? now : closes))
                }
            case .met, .onTrack:
                // Also one that the user knew to be missed is made good.
                let known = stretch.state == .met ? before.flatMap { $0.state == .acknowledged ? $0 : nil } : nil
                if let mended = live ?? known {
                    let isLate = [.missed, .unverified, .acknowledged].contains(mended.state)
                    enter(.resolved, mended, of: subject.id, in: stretch.period, since: now, isLate: isLate)
                }
            case .excused:
                if let live { enter(.excused, live, of: subject.id, in: stretch.period, since: now) }
            }
        }
    }
    // What is no longer declared asks for nothing, and neither does a period that is none any more.
    let asked = Set(subjects.flatMap { subject in subject.stretches.map { "\($0.period)-\(subject.id)" } })
    for episode in episodes where !episode.isOver && !asked.contains(episode.id) {
        enter(.excused, episode, of: episode.rhythm, in: episode.period, since: now)
    }
    return (changed, transitions)
}

extension Episode {
    /// Whether its period, found unmet, is news. What was over when the period had closed is not; before that it was
    /// excused by a config, or by a clock, that has changed again.
    fileprivate func mayBeMissed(after closed: Timestamp) -> Bool {
        switch state {
        case .atRisk, .due, .missed, .unverified: true
        case .resolved: !isLate
        case .excused: since < closed
        case .acknowledged: false
        }
    }
}
