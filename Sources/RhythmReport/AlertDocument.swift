package import RhythmAPI
import RhythmCore

/// An alert as a Markdown file: front matter for scripts, a few lines for a person.
///
/// It holds no "today" and no "in two days": its text changes only when the state or the numbers do, so that a file
/// left alone stays true.
package enum AlertDocument {
    /// - Parameter result: nil for a period that is none any more: its rhythm was taken out, or has others now.
    package static func markdown(alert: Wire.Alert, result: Wire.PeriodResult?) -> String {
        guard let result else { return withdrawn(alert) }
        let state = Episode.State(rawValue: alert.state) ?? .resolved
        var fields: [(String, String?)] = [
            ("id", alert.id), ("rhythm", plain(alert.rhythm)), ("period", alert.period), ("state", alert.state),
            ("since", alert.since), ("have", text(of: result.have)), ("target", text(of: result.target)),
            ("need", text(of: result.need)), ("first_day", result.firstDay), ("last_day", result.lastDay),
        ]
        if !state.isOver {
            fields += [
                ("last_safe_day", result.outlook?.lastSafeDay), ("last_safe_moment", result.outlook?.lastSafeMoment),
                ("next_nag", alert.nextNag), ("acknowledged", alert.acknowledged),
                ("snoozed_until", alert.snoozedUntil), ("silenced", alert.silenced.map(quoted)),
                ("silenced_until", alert.silencedUntil), ("inhibited_by", alert.inhibitedBy),
            ]
        }
        fields.append(("late_evidence", alert.late ? "true" : nil))
        fields.append(("evidence", quoted(evidence(alert))))
        return document(fields, title(state, result), body(state, alert, result))
    }

    /// - Parameters:
    ///   - roadmap: its file.
    ///   - drift: what contradicts the evidence, with its line there, 0 for the file as a whole.
    package static func drift(_ alert: Wire.Alert, roadmap: String, _ drift: [(line: Int, text: String)]) -> String {
        let fields: [(String, String?)] = [
            ("id", alert.id), ("rhythm", plain(alert.rhythm)), ("period", alert.period), ("state", alert.state),
            ("since", alert.since), ("roadmap", quoted(roadmap)), ("next_nag", alert.nextNag),
            ("acknowledged", alert.acknowledged), ("snoozed_until", alert.snoozedUntil),
            ("silenced", alert.silenced.map(quoted)), ("silenced_until", alert.silencedUntil),
            ("evidence", quoted("rhythmctl roadmap drift")),
        ]
        if drift.isEmpty {
            return document(fields, "Roadmap: agrees with the evidence again", "Nothing is left to do here.")
        }
        let lines = drift.map { "- " + ($0.line > 0 ? "line \($0.line): " : "") + harmless($0.text) }
        let ways = [
            "`rhythmctl roadmap status --write` brings the status block up to date, and a commit to the file is a review.",
            alert.acknowledged == nil
                ? "To say that you know: `rhythmctl alerts ack \(alert.id)`" : "You said that you know.",
        ]
        return document(
            fields, "Roadmap: \(drift.count == 1 ? "1 thing" : "\(drift.count) things") that the evidence contradicts",
            (lines + [""] + ways).joined(separator: "\n"))
    }

    private static func withdrawn(_ alert: Wire.Alert) -> String {
        document(
            [
                ("id", alert.id), ("rhythm", plain(alert.rhythm)), ("period", alert.period), ("state", alert.state),
                ("since", alert.since),
            ], "\(harmless(alert.rhythm)): no longer asked for in \(alert.period)",
            "The config no longer asks for it, or asks for it over other periods. Nothing is left to do here.")
    }

    private static func document(_ fields: [(String, String?)], _ title: String, _ body: String) -> String {
        let front = fields.compactMap { name, value in value.map { "\(name): \($0)" } }.joined(separator: "\n")
        return "---\n\(front)\n---\n\n# \(title)\n\n\(body)\n"
    }

    /// A rhythm's id as a YAML string, quoted where YAML would take it for something else.
    private static func plain(_ id: String) -> String {
        let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        let isWord = id.utf8.first.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 } ?? false
        return isWord && !words.contains(id) ? id : quoted(id)
    }

    /// A YAML string whatever is in it.
    private static func quoted(_ text: String) -> String {
        "\"" + harmless(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func evidence(_ alert: Wire.Alert) -> String {
        "rhythmctl explain \(alert.rhythm) --period \(alert.period)"
    }

    private static func title(_ state: Episode.State, _ result: Wire.PeriodResult) -> String {
        let name = harmless(result.name)
        return switch state {
        case .atRisk where result.limit && !result.measure.isLevel: "\(name): at its limit in \(result.period)"
        case .atRisk, .due: "\(name): \(result.missing) to go by \(DayText.short(result.lastDay))"
        case .missed: "\(name): missed in \(result.period)"
        case .unverified: "\(name): not known for \(result.period)"
        case .excused: "\(name): nothing is asked in \(result.period)"
        case .acknowledged: "\(name): missed in \(result.period), and you know"
        case .resolved where isBackOnTrack(result): "\(name): back on track in \(result.period)"
        case .resolved: result.need == 0 ? "\(name): done in \(result.period)" : "\(name): closed for \(result.period)"
        }
    }

    /// Not met yet, and no longer in danger.
    private static func isBackOnTrack(_ result: Wire.PeriodResult) -> Bool {
        result.state == .onTrack && result.need > 0
    }

    private static func body(_ state: Episode.State, _ alert: Wire.Alert, _ result: Wire.PeriodResult) -> String {
        let span = DayText.range(result.firstDay, result.lastDay)
        var lines = ["\(result.amount) in \(result.period) (\(span))."]
        switch state {
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
        case .due:
            // One day gives one active day.
            lines.append(
                result.measure == .activeDays && result.need > 1
                    ? "This is the last day, and no single one makes up for it: \(result.missing) are missing."
                    : "This is the last day: \(result.missing) would settle it.")
        case .missed:
            lines.append(
                result.limit
                    ? "The limit is broken. Keeping it in a later period clears this."
                    : "The period closed \(result.missing) short. Meeting a later one clears this.")
        case .unverified:
            lines.append(
                "A repository that held work of yours could not be read, so this may be wrong. `rhythmctl repos` says "
                    + "which one and why; once it can be read again, or is retired, this is judged anew.")
        case .excused: lines.append("Nothing is asked any more.")
        case .acknowledged: lines.append("You said that you know. The next one is a new one.")
        case .resolved:
            lines.append(
                alert.late
                    ? "Made good by late evidence: it was there all along, and was read after the period had closed."
                    : isBackOnTrack(result)
                        ? "Your usual pace does it again: \(result.missing) to go by \(DayText.short(result.lastDay))."
                        : result.need == 0
                            ? "Done. Nothing is asked any more." : "A later one was met, which clears this.")
        }
        if let id = alert.inhibitedBy { lines.append("It has the same cause as \(id), which speaks for both.") }
        lines.append("What was counted: `\(evidence(alert))`")
        if !state.isOver {
            lines.append(
                alert.acknowledged == nil
                    ? "To say that you know: `rhythmctl alerts ack \(alert.id)`" : "You said that you know.")
        }
        return lines.joined(separator: "\n")
    }
}
