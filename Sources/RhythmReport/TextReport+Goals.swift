package import RhythmAPI
import RhythmCore

extension TextReport {
    /// How far each goal is, and where today's pace leads.
    package static func goals(_ reply: Wire.Goals.Reply, on terminal: Terminal) -> String {
        guard !reply.goals.isEmpty else {
            return
                "No goals are declared. In the config, one is [[goal]] with an id, what is counted, at_least and by.\n"
        }
        return joined(vantage(reply.freshness) + goals(reply.goals, on: terminal, inFull: true))
    }

    static func goals(_ goals: [Wire.Goal], on terminal: Terminal, inFull: Bool = false) -> [String] {
        let names = min(28, goals.map { columns(harmless($0.name)) }.max() ?? 0)
        return goals.flatMap { goal in
            let state = GoalResult.State(rawValue: goal.state) ?? .behind
            let amount =
                "\(goal.have.map { text(of: $0) } ?? "-")\(goal.provisional ? "+" : "") of \(goal.limit ? "≤" : "")\(text(of: goal.target))"
            let bar = terminal.bar(have: goal.have ?? 0, target: goal.target, width: 10, tone: state.tone)
            let head =
                "  \(terminal.paint(state.mark, state.tone)) \(fitted(harmless(goal.name), to: names))  \(bar)  "
                + fitted(amount, to: 11)
            let room = max(10, terminal.width - names - 30)
            let first = head + "  " + terminal.paint(fitted(outcome(goal, state), to: room), state.tone)
            return inFull
                ? [first] + wrapped("      ", details(goal, state), on: terminal).map { terminal.paint($0, .faint) }
                : [first]
        }
    }

    private static func outcome(_ goal: Wire.Goal, _ state: GoalResult.State) -> String {
        switch state {
        case .met: "met"
        case .missed: "missed on \(DayText.short(goal.by))"
        case .onTrack: "on track: \(goal.finish.map(DayText.short) ?? "in time")"
        case .behind:
            goal.finish.map { "behind: not before \(DayText.short($0)) \($0.prefix(4))" } ?? "behind: not at this pace"
        }
    }

    private static func details(_ goal: Wire.Goal, _ state: GoalResult.State) -> [String] {
        var parts = ["\(harmless(goal.demand)) from \(goal.from) by \(goal.by)"]
        if state == .met || state == .missed { return parts }
        if goal.measure.isLevel {
            parts.append(goal.have == nil ? "no reading yet" : "it changes by \(rate(goal.perDay)) a week")
        } else {
            parts.append("\(rate(goal.perDay)) a week lately")
        }
        if let needed = goal.neededPerDay { parts.append("\(rate(needed)) a week needed") }
        if let finish = goal.finish {
            parts.append("at that pace done on \(finish)")
        } else if goal.have != nil {
            parts.append("at that pace never done")
        }
        if let projected = goal.projected {
            parts.append("\(text(of: goal.measure.isLevel ? projected : projected.rounded(.down))) by the end")
        }
        return parts
    }

    private static func rate(_ perDay: Double) -> String {
        text(of: (perDay * 70).rounded() / 10)
    }
}

extension GoalResult.State {
    var tone: Terminal.Tone? {
        switch self {
        case .met: .good
        case .onTrack: nil
        case .behind: .warning
        case .missed: .bad
        }
    }

    var mark: String {
        switch self {
        case .met: "✓"
        case .onTrack: "·"
        case .behind: "▲"
        case .missed: "✗"
        }
    }
}
