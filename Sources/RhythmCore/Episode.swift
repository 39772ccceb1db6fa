/// One cause for one alert: a rhythm, or a goal, and a period of it that is in danger or lost.
package struct Episode: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case atRisk = "at-risk"
        case due
        case missed
        /// Closed unmet as far as could be seen, while a repository that matters could not be read.
        case unverified
        /// Over: met, or no longer in danger, or a missed one made good by the period after it.
        case resolved
        /// Over: nothing is asked any more.
        case excused
        /// Over: the user knows that it was missed.
        case acknowledged

        package var isOver: Bool {
            switch self {
            case .resolved, .excused, .acknowledged: true
            case .atRisk, .due, .missed, .unverified: false
            }
        }
    }

    package var rhythm: String
    /// The period's id.
    package var period: String
    package var state: State
    /// When that state began, which is not when it was noticed.
    package var since: Timestamp
    /// The user knows. It holds for as long as the episode does.
    package var acknowledgedAt: Timestamp?
    /// Quiet until then.
    package var snoozedUntil: Timestamp?
    /// When it last spoke up in this state.
    package var naggedAt: Timestamp?
    /// Resolved by evidence that came after the period had closed.
    package var isLate: Bool

    package init(
        rhythm: String, period: String, state: State, since: Timestamp, acknowledgedAt: Timestamp? = nil,
        snoozedUntil: Timestamp? = nil, naggedAt: Timestamp? = nil, isLate: Bool = false
    ) {
        self.rhythm = rhythm
        self.period = period
        self.state = state
        self.since = since
        self.acknowledgedAt = acknowledgedAt
        self.snoozedUntil = snoozedUntil
        self.naggedAt = naggedAt
        self.isLate = isLate
    }

    /// Names the alert and its file: `2026-W47-commits`.
    package var id: String { "\(period)-\(rhythm)" }
    package var isOver: Bool { state.isOver }
}

/// A time in which alerts keep quiet, for a reason.
package struct Silence: Hashable, Sendable {
    package var id: Int64
    /// The rhythm or goal that it is for; nil for all.
    package var rhythm: String?
    package var why: String
    package var from: Timestamp
    package var until: Timestamp

    package init(id: Int64, rhythm: String?, why: String, from: Timestamp, until: Timestamp) {
        self.id = id
        self.rhythm = rhythm
        self.why = why
        self.from = from
        self.until = until
    }

    package func covers(_ episode: Episode, at now: Timestamp) -> Bool {
        from <= now && now < until && (rhythm == nil || rhythm == episode.rhythm)
    }
}

/// What an alert is about, as it stands: a rhythm with its periods, or a goal with its one.
package struct AlertSubject: Sendable {
    package struct Stretch: Sendable {
        package var period: String
        package var days: ClosedRange<CalendarDay>
        package var state: PeriodState
        package var isOpen: Bool
        /// From when it is at risk, and the day on which it is due; nil where nothing has to be done any more.
        package var atRiskFrom: CalendarDay?
        package var dueDay: CalendarDay?
        /// Others speak for it: the windows of a rolling rhythm overlap, and of days that were missed the newest one tells.
        package var isSuperseded: Bool
    }

    package var id: String
    /// What is measured: of two subjects that measure the same, the one of the longer stretch leaves speaking to the other.
    package var sources: Set<Source>
    /// Too much of it is what it warns of.
    package var isLimit: Bool
    /// Oldest first.
    package var stretches: [Stretch]
    /// What closed before it was declared is no news.
    package var declaredAt: Timestamp?

    package init(_ evaluation: RhythmEvaluation) {
        id = evaluation.id
        declaredAt = evaluation.declaredAt
        let definition = evaluation.definition(of: evaluation.newest)
        sources = Set(definition.parts.map(\.source))
        isLimit = definition.bound == .atMost
        stretches = evaluation.periods.enumerated().map { index, result in
            let outlook = index == evaluation.periods.count - 1 ? evaluation.outlook : nil
            let cadence = result.period.cadence
            let isFollowed = evaluation.periods.dropFirst(index + 1).first.map { !$0.isOpen } ?? false
            return Stretch(
                period: result.period.id, days: result.period.days, state: result.state, isOpen: result.isOpen,
                atRiskFrom: outlook?.atRiskFrom, dueDay: outlook?.dueDay,
                isSuperseded: cadence.isDaily && (cadence != .day || isFollowed))
        }
    }

    /// A goal is due on its last day, and at risk from a day before its last safe one.
    package init(_ result: GoalResult, today: CalendarDay) {
        let goal = result.goal
        id = goal.id
        sources = [goal.source]
        isLimit = false
        let atRiskFrom = max(goal.from, result.lastSafeDay - 1)
        let state: PeriodState =
            switch result.state {
            case .met: .met
            case .missed: .missed
            case .onTrack, .behind: today >= goal.by ? .due : today >= atRiskFrom ? .atRisk : .onTrack
            }
        stretches = [
            Stretch(
                period: goal.by.description, days: goal.from...goal.by, state: state, isOpen: today <= goal.by,
                atRiskFrom: atRiskFrom, dueDay: goal.by, isSuperseded: false)
        ]
    }
}

extension AlertSubject {
    /// What a roadmap's drift goes by among rhythms and their periods: its one alert is `roadmap-drift`.
    package static let drift = (id: "drift", period: "roadmap")

    /// A roadmap that contradicts the evidence, from when that is noticed until it no longer does.
    package init(_ drift: [RoadmapDrift], today: CalendarDay) {
        id = Self.drift.id
        sources = []
        isLimit = false
        stretches = [
            Stretch(
                period: Self.drift.period, days: today...today + 1, state: drift.isEmpty ? .onTrack : .atRisk,
                isOpen: true, atRiskFrom: nil, dueDay: nil, isSuperseded: false)
        ]
    }
}

extension Episode {
    /// Whether anything that it has to say would be heard.
    ///
    /// - Parameter silences: those in force.
    package func isHeard(at now: Timestamp, silences: [Silence]) -> Bool {
        acknowledgedAt == nil && snoozedUntil.map { $0 <= now } ?? true
            && !silences.contains { $0.covers(self, at: now) }
    }
}

extension AlertSubject {
    /// What an episode is about; nil where that is no longer asked for.
    package static func stretch(of episode: Episode, among subjects: [AlertSubject]) -> Stretch? {
        subjects.first { $0.id == episode.rhythm }?.stretches.last { $0.period == episode.period }
    }

    /// The episode that speaks in another's place: of one cause, seen over a shorter stretch of time.
    ///
    /// - Parameter episodes: of all subjects, those that are not over and can be heard.
    package static func inhibitor(
        of episode: Episode, among episodes: [Episode], subjects: [AlertSubject]
    ) -> Episode? {
        // That something was missed is a fact of its own, whatever else was.
        guard [.atRisk, .due].contains(episode.state) else { return nil }
        func found(_ episode: Episode) -> (subject: AlertSubject, days: ClosedRange<CalendarDay>)? {
            guard let subject = subjects.first(where: { $0.id == episode.rhythm }),
                let stretch = subject.stretches.last(where: { $0.period == episode.period })
            else { return nil }
            return (subject, stretch.days)
        }
        guard let own = found(episode) else { return nil }
        return episodes.first { other in
            // Only one that can still be met speaks for both: what was missed has said so.
            guard other.id != episode.id, [.atRisk, .due].contains(other.state), let nearer = found(other) else {
                return false
            }
            return nearer.subject.sources == own.subject.sources && nearer.subject.isLimit == own.subject.isLimit
                && nearer.days.upperBound - nearer.days.lowerBound < own.days.upperBound - own.days.lowerBound
                && nearer.days.overlaps(own.days)
        }
    }
}
