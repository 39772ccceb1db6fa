/// One cause for one alert: a rhythm and a period of it that is in danger or lost.
package struct Episode: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case atRisk = "at-risk"
        case due
        case missed
        /// Closed unmet as far as could be seen, while a repository that matters could not be read.
        case unverified
        /// Over: met, or no longer in danger, or a missed one made good by the period after it.
        case resolved
    }

    package var rhythm: String
    /// The period's id.
    package var period: String
    package var state: State
    /// When that state began, which is not when it was noticed.
    package var since: Timestamp
    /// Over, its file in the archive.
    package var archived: Bool

    package init(rhythm: String, period: String, state: State, since: Timestamp, archived: Bool = false) {
        self.rhythm = rhythm
        self.period = period
        self.state = state
        self.since = since
        self.archived = archived
    }

    /// Names the alert and its file: `2026-W47-commits`.
    package var id: String { "\(period)-\(rhythm)" }
}

/// Compares a rhythm's periods with its episodes.
///
/// Periods that closed before `installedAt` make no alerts: a fresh install does not nag about the past. A missed period
/// stays until the next one is met.
///
/// - Parameter episodes: those of this rhythm that are not over, and that of the open period if there is one.
/// - Returns: the episodes that changed, in the order of their periods.
package func advance(
    _ episodes: [Episode], to evaluation: RhythmEvaluation, calendar: CalendarHistory, installedAt: Timestamp,
    now: Timestamp
) -> [Episode] {
    let known = Dictionary(
        episodes.filter { $0.rhythm == evaluation.id }.map { ($0.period, $0) }, uniquingKeysWith: { $1 })
    return evaluation.periods.indices.compactMap { index in
        let result = evaluation.periods[index]
        let closes = calendar.start(of: result.period.last + 1)
        let before = known[result.period.id]
        guard closes > max(installedAt, evaluation.declaredAt) || before != nil else { return nil }
        let isSuperseded =
            result.period.cadence.isDaily
            && (result.period.cadence != .day || evaluation.periods[(index + 1)...].contains { !$0.isOpen })
        let followedByMet = evaluation.periods[(index + 1)...].contains { $0.state == .met }

        func episode(_ state: Episode.State, since: Timestamp) -> Episode {
            Episode(
                rhythm: evaluation.id, period: result.period.id, state: state, since: max(since, min(installedAt, now)),
                archived: state == .resolved)
        }
        let after: Episode? =
            switch result.state {
            case .atRisk:
                episode(.atRisk, since: calendar.start(of: evaluation.outlook?.atRiskFrom ?? result.period.last))
            case .due: episode(.due, since: calendar.start(of: result.period.last))
            // The windows of a rolling rhythm overlap: what yesterday's was short of, today's is. And of days that were
            // missed the newest speaks for all.
            case .missed where isSuperseded, .unverified where isSuperseded, .missed where followedByMet,
                .unverified where followedByMet:
                before == nil ? nil : episode(.resolved, since: now)
            case .missed: episode(.missed, since: result.isOpen ? now : closes)
            case .unverified: episode(.unverified, since: closes)
            case .met, .excused, .onTrack: before == nil ? nil : episode(.resolved, since: now)
            }
        // An episode keeps the instant at which its state began.
        guard let after, after.state != before?.state else { return nil }
        return after
    }
}

extension Episode {
    /// Over, since its rhythm is no longer there to ask anything.
    package func closed(at now: Timestamp) -> Episode {
        Episode(rhythm: rhythm, period: period, state: .resolved, since: now, archived: true)
    }
}
