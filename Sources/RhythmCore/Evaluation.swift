/// What one part of a rhythm came to in a period.
package struct PartResult: Hashable, Sendable {
    package var have: Double
    package var target: Double
    /// A level that nobody has read.
    package var isUnread: Bool

    func meets(_ bound: RhythmDefinition.Bound) -> Bool {
        switch bound {
        case .atLeast: have >= target && !isUnread
        case .atMost: have <= target && !isUnread
        }
    }
}

/// One period of one rhythm, judged.
package struct PeriodResult: Hashable, Sendable {
    package var period: Period
    /// Of the evaluation's definitions, the one in force.
    package var version: Int
    /// What was asked: less than the definition says where only a part of the period was asked of. Of several parts that
    /// are all asked, their number.
    package var target: Double
    package var have: Double
    package var state: PeriodState
    package var isOpen: Bool
    /// What is still missing; 0 when met, and of a limit.
    package var need: Double
    /// One for each part of the definition where there are several.
    package var parts: [PartResult]
    /// The freeze that was spent on it: the first of its budget is 1.
    package var freeze: Int?
    /// It may come to something else once all history is read: what it has, what it asks, and with them its state.
    package var isProvisional = false
}

/// One rhythm at one instant.
package struct RhythmEvaluation: Hashable, Sendable {
    package var id: String
    /// By version.
    package var definitions: [RhythmDefinition]
    /// Oldest first, without gaps. Never empty.
    package var periods: [PeriodResult]
    package var streak: Streak
    /// The habit's strength, 0 to 1.
    package var strength: Double
    /// Nil when the newest period is over or asks nothing more.
    package var outlook: Outlook?
    /// Its rhythm was taken out of the config.
    package var isRemoved: Bool
    /// When it was first declared, or last after it had been taken out.
    package var declaredAt: Timestamp

    /// The open one, if it has not ended.
    package var newest: PeriodResult { periods[periods.count - 1] }
    /// The newest one, which says the name whatever it was called before.
    package var definition: RhythmDefinition { definitions[definitions.count - 1] }

    package func definition(of result: PeriodResult) -> RhythmDefinition { definitions[result.version] }
}

/// Judges a rhythm from its first period to the one open at `now`.
///
/// A rhythm begins on the day that its definition says, else at the earlier of its first evidence and the day on which it
/// was first recorded. What is dated after the open period waits for its own.
///
/// - Returns: nil for a rhythm that was removed in its first period.
package func evaluate(
    _ history: RhythmHistory, evidence: Evidence, calendar: CalendarHistory, now: Timestamp
) -> RhythmEvaluation? {
    let judge = Judge(history: history, evidence: evidence, calendar: calendar, now: now)
    let laid = history.periods(from: judge.begins, to: judge.today, calendar: calendar)
    guard !laid.isEmpty else { return nil }
    var periods = laid.map(judge.judge)
    spendFreezes(on: &periods, of: history)
    judge.markProvisional(&periods)
    let last = periods.count - 1
    var outlook: Outlook?
    if periods[last].isOpen, periods[last].state == .onTrack {
        let found = judge.outlook(of: periods[last])
        outlook = found
        if let found { periods[last].state = found.state(on: judge.today) }
    }
    return RhythmEvaluation(
        id: history.newest.id, definitions: history.versions.indices.map(history.definition), periods: periods,
        streak: Streak(periods), strength: judge.strength(over: laid), outlook: outlook,
        isRemoved: history.isRemoved && history.versions.last.map { $0.recordedAt <= now } == true,
        declaredAt: history.declaredAt)
}

/// Excuses missed periods as far as the budget of each goes, the oldest first.
private func spendFreezes(on periods: inout [PeriodResult], of history: RhythmHistory) {
    var spent: [CalendarDay] = []
    for index in periods.indices where periods[index].state == .missed && !periods[index].isOpen {
        let definition = history.definition(at: periods[index].version)
        guard let budget = definition.freezes, !definition.hard else { continue }
        let last = periods[index].period.last
        // Also those that an earlier definition spent, by a budget of another length.
        let stretch = Period(budget.per, holding: last, weekStart: definition.weekStart)
        let before = spent.reversed().prefix { $0 >= stretch.first }.count
        guard before < budget.count else { continue }
        spent.append(last)
        periods[index].freeze = before + 1
        periods[index].state = .excused
    }
}

/// What judging a rhythm's periods goes by.
struct Judge {
    let history: RhythmHistory
    let evidence: Evidence
    let calendar: CalendarHistory
    let today: CalendarDay
    let begins: CalendarDay
    private let excuses: [Excuse]

    /// A century of days. A commit that claims an older one must not cost every evaluation a period for each day since.
    private static let longestLife = 36_525

    init(history: RhythmHistory, evidence: Evidence, calendar: CalendarHistory, now: Timestamp) {
        self.history = history
        self.evidence = evidence
        self.calendar = calendar
        today = calendar.day(of: now)
        // By the first definition: a later one rewrites nothing that closed before it.
        let oldest = history.definition(at: 0)
        let first = oldest.parts.compactMap { evidence[$0.source].firstDay }.min()
        let recorded = calendar.day(of: history.firstRecordedAt)
        begins = max(oldest.starts ?? min(first ?? recorded, recorded), today - Self.longestLife)
        excuses = evidence.excuses.filter { $0.rhythms?.contains(oldest.id) ?? true }
    }

    /// Whether a definition can ask for anything on a day: the rhythm exists and nobody is on vacation.
    func isAsked(_ day: CalendarDay, by definition: RhythmDefinition) -> Bool {
        day >= begins && day >= definition.starts ?? day && day <= definition.ends ?? day
            && !excuses.contains { $0.first <= day && day <= $0.last }
    }

    func judge(_ laid: LaidPeriod) -> PeriodResult {
        let period = laid.period
        let definition = history.definition(at: laid.version)
        let isOpen = period.last >= today
        let hasBegun = max(begins, definition.starts ?? begins) <= today
        let asked = laid.isAsked && hasBegun ? askedDays(in: period, by: definition) : 0
        let parts = definition.parts.map { partResult(of: $0, in: period, asked: asked, isOpen: isOpen) }
        let (have, target) = sum(parts, definition)
        var result = PeriodResult(
            period: period, version: laid.version, target: target, have: have, state: .excused, isOpen: isOpen,
            need: definition.bound == .atMost ? 0 : max(0, target - have), parts: definition.isCompound ? parts : [])
        if asked == 0 {
            result.target = 0
            result.need = 0
            return result
        }
        let isMet = areMet(parts, definition)
        if allRest(in: period, definition) {
            result.state = isMet && definition.bound == .atLeast ? .met : .excused
            if result.state == .excused { result.need = 0 }
            return result
        }
        let isLevel = definition.parts.contains { $0.source.measure.isLevel }
        result.state =
            if isOpen {
                switch definition.bound {
                case .atLeast: isMet ? .met : .onTrack  // told from at-risk and due where the pace is known
                case .atMost where isLevel: isMet ? .met : .onTrack
                case .atMost: !isMet ? .missed : have == target && target > 0 ? .atRisk : .onTrack
                }
            } else if isUnseen(period, definition) || parts.contains(where: \.isUnread) && !isMet {
                // What was not seen may have met a target or broken a limit.
                switch definition.bound {
                case .atLeast: isMet ? .met : .unverified
                case .atMost: isMet || parts.contains(where: \.isUnread) ? .unverified : .missed
                }
            } else {
                isMet ? .met : .missed
            }
        return result
    }

    /// Whether there may be evidence of a closed period that nobody has seen.
    private func isUnseen(_ period: Period, _ definition: RhythmDefinition) -> Bool {
        definition.parts.contains { part in
            evidence.blindSince(for: part.source).map { period.last >= $0 } ?? false
                || evidence.completeSince(for: part.source).map { period.first < $0 } ?? false
        }
    }

    /// Marks what may change with history that is still to be read.
    func markProvisional(_ periods: inout [PeriodResult]) {
        for index in periods.indices {
            let definition = history.definition(at: periods[index].version)
            guard let since = definition.parts.compactMap({ evidence.completeSince(for: $0.source) }).max() else {
                continue
            }
            let period = periods[index]
            // Where it began is not known, nor how much a period that reaches back over that asks; and freezes go to the
            // oldest first.
            let mayBeginEarlier =
                (index == 0 || period.period.first < begins) && history.definition(at: 0).starts == nil
            let mayFreeze =
                definition.freezes != nil && !definition.hard && !period.isOpen
                && (period.state == .missed || period.freeze != nil)
            // What is at risk is judged by the pace of some weeks before, which lie further back at another time than now.
            let mayBeAtRisk = period.isOpen && period.state == .onTrack && today - paceDays < since
            periods[index].isProvisional =
                period.period.first < since || mayBeginEarlier || mayFreeze || mayBeAtRisk
        }
    }

    /// How many days of a period something is asked on.
    private func askedDays(in period: Period, by definition: RhythmDefinition) -> Int {
        guard
            period.first < max(begins, definition.starts ?? begins)
                || (definition.ends.map { period.last > $0 } ?? false)
                || excuses.contains(where: { $0.first <= period.last && period.first <= $0.last })
        else { return period.dayCount }
        return (0..<period.dayCount).count { isAsked(period.first + $0, by: definition) }
    }

    private func allRest(in period: Period, _ definition: RhythmDefinition) -> Bool {
        guard !definition.restDays.isEmpty else { return false }
        return !(0..<period.dayCount).contains {
            let day = period.first + $0
            return isAsked(day, by: definition) && !definition.restDays.contains(day.weekday)
        }
    }

    private func partResult(
        of part: RhythmDefinition.Part, in period: Period, asked: Int, isOpen: Bool
    ) -> PartResult {
        let series = evidence[part.source]
        guard !part.source.measure.isLevel else {
            let level = series.level(on: period.last)
            return PartResult(have: level ?? 0, target: part.target, isUnread: level == nil)
        }
        var have = series.total(in: period.days)
        if !series.lost.isEmpty, !isOpen {
            have += series.total(lostAfter: calendar.start(of: period.last + 1), in: period.days)
        }
        let nominal = period.nominalDayCount
        let target =
            0 < asked && asked < nominal ? (part.target * Double(asked) / Double(nominal)).rounded(.up) : part.target
        return PartResult(have: have, target: target, isUnread: false)
    }

    private func areMet(_ parts: [PartResult], _ definition: RhythmDefinition) -> Bool {
        switch definition.combination {
        case .all: parts.allSatisfy { $0.meets(definition.bound) }
        case .any: parts.contains { $0.meets(definition.bound) }
        }
    }

    /// What stands for several parts: of those of which one is enough, the one that is nearest to done; of those that are
    /// all asked, how many are done.
    private func sum(_ parts: [PartResult], _ definition: RhythmDefinition) -> (have: Double, target: Double) {
        guard definition.isCompound else { return (parts[0].have, parts[0].target) }
        switch definition.combination {
        case .all: return (Double(parts.count { $0.meets(.atLeast) }), Double(parts.count))
        case .any:
            var best = parts[0]
            for part in parts.dropFirst() where part.have * best.target > best.have * part.target { best = part }
            return (best.have, best.target)
        }
    }
}
