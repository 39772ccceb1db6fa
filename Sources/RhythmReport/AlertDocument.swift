package import RhythmAPI
package import RhythmCore

/// An alert as a Markdown file: front matter for scripts, a few lines for a person.
///
/// It holds no "today" and no "in two days": its text changes only when the state or the numbers do, so that a file
/// left alone stays true.
package enum AlertDocument {
    package static func markdown(episode: Episode, result: Wire.PeriodResult, calendar: CalendarHistory) -> String {
        var fields: [(String, String)] = [
            ("id", episode.id), ("rhythm", episode.rhythm), ("period", episode.period),
            ("state", episode.state.rawValue), ("since", calendar.text(episode.since)), ("have", text(of: result.have)),
            ("target", text(of: result.target)), ("need", text(of: result.need)), ("first_day", result.firstDay),
            ("last_day", result.lastDay),
        ]
        if let outlook = result.outlook { fields.append(("last_safe_day", outlook.lastSafeDay)) }
        let front = fields.map { "\($0): \($1)" }.joined(separator: "\n")
        return "---\n\(front)\n---\n\n# \(title(episode, result))\n\n\(body(episode, result))\n"
    }

    private static func title(_ episode: Episode, _ result: Wire.PeriodResult) -> String {
        let name = harmless(result.name)
        return switch episode.state {
        case .atRisk where result.limit && !result.measure.isLevel: "\(name): at its limit in \(result.period)"
        case .atRisk, .due: "\(name): \(result.missing) to go by \(DayText.short(result.lastDay))"
        case .missed: "\(name): missed in \(result.period)"
        case .unverified: "\(name): not known for \(result.period)"
        case .resolved: result.need == 0 ? "\(name): done in \(result.period)" : "\(name): closed for \(result.period)"
        }
    }

    private static func body(_ episode: Episode, _ result: Wire.PeriodResult) -> String {
        let span = DayText.range(result.firstDay, result.lastDay)
        var lines = ["\(result.amount) in \(result.period) (\(span))."]
        switch episode.state {
        case .atRisk:
            if let outlook = result.outlook {
                let pace = outlook.pace.map { " (\(text(of: $0)) on an active day)" } ?? ""
                lines.append(
                    outlook.late
                        ? "Your usual pace\(pace) no longer does it"
                            + (outlook.neededPerDay.map {
                                ": it takes \(text(of: ($0 * 10).rounded(.up) / 10)) a day now."
                            } ?? ".")
                        : "At your usual pace\(pace) begin by \(DayText.short(outlook.lastSafeDay)) and it is still met."
                )
            } else if result.limit {
                lines.append("That is all there may be: one more breaks the limit.")
            }
        case .due: lines.append("This is the last day: \(result.missing) settles it.")
        case .missed:
            lines.append(
                result.limit
                    ? "The limit is broken. Keeping it in the next period clears this."
                    : "The period closed \(result.missing) short. Meeting the next one clears this.")
        case .unverified:
            lines.append(
                "A repository that held work of yours could not be read, so this may be wrong. `rhythmctl repos` says "
                    + "which one and why; once it can be read again, or is retired, this is judged anew.")
        case .resolved:
            lines.append(result.need == 0 ? "Done. Nothing is asked any more." : "Nothing is asked any more.")
        }
        lines.append("What was counted: `rhythmctl explain \(episode.rhythm) --period \(episode.period)`")
        return lines.joined(separator: "\n")
    }
}
