/// What a roadmap's status block should say.
package struct RoadmapStatus: Hashable, Sendable {
    package struct Value: Hashable, Sendable {
        package var part: RoadmapWords.Part
        /// As the block has it; nil where it has no such line.
        package var stated: Roadmap.Field?
        /// As it should be written.
        package var value: String
        /// What is stated is far from what is counted, and not just a few days old.
        package var contradiction: String?
    }

    package var values: [Value]

    /// - Parameters:
    ///   - commits: the user's.
    package init(_ standing: RoadmapStanding, commits: DailySeries) {
        let roadmap = standing.roadmap
        let today = standing.today
        let from = standing.schedule?.start ?? commits.firstDay ?? today
        let days = from <= today ? from...today : today...today
        let isBegun = from <= today
        let total = isBegun ? Int(commits.total(in: days)) : 0
        let active = isBegun ? Int(commits.activeDays.total(in: days)) : 0
        let skills = roadmap.skillItems
        let acquired = skills.count { $0.box == .ticked }
        let share = skills.isEmpty ? 0 : Int((100 * Double(acquired) / Double(skills.count)).rounded())

        func value(_ part: RoadmapWords.Part, _ text: (Roadmap.Field?) -> (String, contradiction: String?)?) -> Value? {
            let stated = roadmap.field(part, in: roadmap.status)
            return text(stated).map { Value(part: part, stated: stated, value: $0.0, contradiction: $0.contradiction) }
        }
        values = [
            value(.phase) { stated in
                guard let index = standing.current else { return nil }
                let phase = standing.phases[index]
                let week = phase.days.map { max(0, (today - $0.lowerBound) / 7) + 1 }
                return Self.phase(phase.number, week: week, like: stated?.value)
            },
            value(.activeDays) { Self.count(active, "active days", like: $0?.value, slack: 14) },
            value(.totalCommits) { Self.count(total, "commits", like: $0?.value, slack: 20) },
            skills.isEmpty
                ? nil
                : value(.skillsAcquired) { stated in
                    let claimed = stated.flatMap { Self.number(in: $0.value) }
                    let far = claimed.map { abs($0 - share) > 10 } ?? false
                    return (
                        "\(share)%",
                        far
                            ? "\(claimed ?? 0)% stated, \(acquired) of \(skills.count) skill items ticked, \(share)%"
                            : nil
                    )
                },
            value(.nextMilestone) { stated in
                guard let next = Self.nextMilestone(standing) else { return nil }
                return Self.milestone(next, stated?.value, roadmap)
            },
        ].compactMap { $0 }
    }

    /// `Phase 0 - Week 1` keeps its words.
    private static func phase(
        _ number: Int, week: Int?, like stated: String?
    ) -> (String, contradiction: String?) {
        let wanted = "Phase \(number)" + (week.map { " - Week \($0)" } ?? "")
        guard let stated, let claimed = Self.number(in: stated) else { return (wanted, nil) }
        let runs = digitRuns(in: stated)
        let text: String
        if runs.count == (week == nil ? 1 : 2) {
            var replaced = stated
            if let week { replaced.replaceSubrange(runs[1], with: "\(week)") }
            replaced.replaceSubrange(runs[0], with: "\(number)")
            text = replaced
        } else {
            text = wanted
        }
        return (text, claimed == number ? nil : "\(stated) stated, by the calendar it is \(wanted)")
    }

    /// Days pass and commits come without anybody writing them down, so only what is far off contradicts.
    private static func count(
        _ counted: Int, _ what: String, like stated: String?, slack: Int
    ) -> (String, contradiction: String?) {
        let claimed = stated.flatMap(number)
        let isFar = claimed.map { abs($0 - counted) > max(slack, max($0, counted) / 2) } ?? false
        return ("\(counted)", isFar ? "\(stated ?? "") \(what) stated, \(counted) counted" : nil)
    }

    private static func milestone(
        _ next: String, _ stated: String?, _ roadmap: Roadmap
    ) -> (String, contradiction: String?) {
        guard let stated else { return (next, nil) }
        let wanted = plainWords(of: stated)
        guard let named = roadmap.items.first(where: { $0.box != nil && plainWords(of: $0.text) == wanted }) else {
            return (next, nil)
        }
        return named.box == .ticked ? (next, "\(stated) is the next milestone, and it is ticked") : (stated, nil)
    }

    /// The first open item of the demo milestone of the phase that is running, or of one after it; else of its items.
    private static func nextMilestone(_ standing: RoadmapStanding) -> String? {
        let roadmap = standing.roadmap
        let phases = standing.current.map { standing.phases[$0...] } ?? standing.phases[...]
        for phase in phases {
            let open = roadmap.items.filter { $0.box == .open && roadmap.contains(phase.section, $0.section) }
            let demo = open.first { $0.section.map { roadmap.sections[$0].kind == .demo } ?? false }
            if let first = demo ?? open.first { return first.text }
        }
        return roadmap.items.first { item in
            guard item.box == .open, let section = item.section else { return false }
            if case .milestone = roadmap.sections[section].kind { return true }
            return false
        }?.text
    }

    private static func number(in text: String) -> Int? {
        digitRuns(in: text.replacing(",", with: "")).first.flatMap { Int(text.replacing(",", with: "")[$0]) }
    }

    private static func digitRuns(in text: String) -> [Range<String.Index>] {
        text.ranges(of: /[0-9]+/)
    }
}

/// Where a roadmap and the evidence disagree.
package struct RoadmapDrift: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case status, criterion, review
    }

    package var kind: Kind
    /// In the file; 0 for the file as a whole.
    package var line: Int
    package var text: String

    /// - Parameter reviewed: the day of the last commit to the file; nil where it is in no repository.
    package static func all(
        _ standing: RoadmapStanding, _ status: RoadmapStatus, reviewed: CalendarDay?
    ) -> [RoadmapDrift] {
        let roadmap = standing.roadmap
        var drift = status.values.compactMap { value in
            value.contradiction.map { RoadmapDrift(kind: .status, line: value.stated?.line ?? 0, text: $0) }
        }
        for phase in standing.phases {
            let boxes = roadmap.items(in: phase.section).filter { item in
                item.box != nil && item.section.map { roadmap.sections[$0].kind != .criteria } ?? true
            }
            guard !boxes.isEmpty, boxes.allSatisfy({ $0.box == .ticked }) else { continue }
            for criterion in standing.criteria
            where roadmap.contains(phase.section, roadmap.items[criterion.item].section) && criterion.isUnmet {
                let item = roadmap.items[criterion.item]
                drift.append(
                    RoadmapDrift(
                        kind: .criterion, line: item.line,
                        text: "all of \(roadmap.sections[phase.section].title) is ticked, but not “\(item.text)”"
                            + (criterion.readings.first { !$0.isMet }?.have.map { ": \(RhythmCore.text(of: $0))" } ?? "")
                    ))
            }
        }
        let dated = roadmap.field(.lastUpdated).flatMap { CalendarDay($0.value) }
        if let last = [reviewed, dated].compactMap({ $0 }).max(), let field = roadmap.field(.nextReview),
            let due = nextReview(field.value, roadmap, after: last), standing.today > due
        {
            drift.append(
                RoadmapDrift(
                    kind: .review, line: field.line,
                    text: "the review was due on \(due): \(field.name.lowercased()) says \(field.value), "
                        + "and the file was last touched on \(last)"))
        }
        return drift
    }

    /// A day, or a time that may pass between two reviews, and a day of grace.
    private static func nextReview(_ value: String, _ roadmap: Roadmap, after last: CalendarDay) -> CalendarDay? {
        if let day = CalendarDay(value.trimmingPrefix { $0.isWhitespace }) { return last >= day ? nil : day }
        let said = plainWords(of: value)
        let steps: [(RoadmapWords.Part, Int)] = [
            (.daily, 2), (.weekly, 8), (.monthly, 32), (.quarterly, 93), (.yearly, 367),
        ]
        return steps.first { roadmap.words.names($0.0, in: said) }.map { last + $0.1 }
    }
}

extension RoadmapStanding.Criterion {
    /// A box that is open, or something measured that is not reached. What has no box cannot be said to be unmet.
    fileprivate var isUnmet: Bool {
        switch state {
        case .open, .missed: true
        case .met, .unread, .box: false
        }
    }
}
