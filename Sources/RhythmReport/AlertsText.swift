package import RhythmAPI
import RhythmCore

/// Alerts, as `rhythmctl alerts` prints them.
package enum AlertsText {
    package static func list(_ reply: Wire.Alerts.Reply, on terminal: Terminal) -> String {
        var lines = TextReport.vantage(reply.freshness)
        if reply.alerts.isEmpty { lines.append("No alerts.") }
        let ids = reply.alerts.map { columns($0.id) }.max() ?? 0
        for alert in reply.alerts {
            let state = PeriodState(rawValue: alert.state)
            let need = alert.need > 0 ? "\(text(of: alert.need)) missing" : ""
            let quiet = quiet(alert)
            lines.append(
                "  \(terminal.paint(fitted(state?.words ?? alert.state, to: 10), state?.tone))  "
                    + "\(fitted(harmless(alert.id), to: ids))  since \(minute(alert.since))"
                    + (need.isEmpty ? "" : "  \(need)"))
            if !quiet.isEmpty { lines.append("              " + terminal.paint(harmless(quiet), .faint)) }
        }
        if !reply.silences.isEmpty {
            lines += ["", "Silences"]
            lines += reply.silences.map { "  " + line($0) }
        }
        return TextReport.joined(lines)
    }

    /// When it speaks up, or why it does not.
    private static func quiet(_ alert: Wire.Alert) -> String {
        if let at = alert.acknowledged { return "acknowledged \(minute(at))" }
        if let why = alert.silenced { return "silenced: \(why)" }
        if let until = alert.snoozedUntil { return "snoozed until \(minute(until))" }
        if let other = alert.inhibitedBy { return "\(other) speaks for it" }
        return alert.nextNag.map { "speaks up \(minute($0))" } ?? ""
    }

    package static func snoozed(_ alert: Wire.Alert) -> String {
        "Snoozed: \(harmless(alert.id))" + (alert.snoozedUntil.map { " until \(minute($0))" } ?? "") + "\n"
    }

    package static func show(_ reply: Wire.ShowAlert.Reply) -> String {
        var text = reply.text.split(separator: "\n", omittingEmptySubsequences: false).map { harmless(String($0)) }
        while text.last == "" { text.removeLast() }
        return TextReport.joined(text + ["", "What happened"] + reply.events.map { "  " + line($0) })
    }

    package static func history(_ events: [Wire.AlertEvent]) -> String {
        guard !events.isEmpty else { return "Nothing happened.\n" }
        return TextReport.joined(events.map(line))
    }

    package static func silence(_ silence: Wire.Silence) -> String {
        "Silenced: \(line(silence))\n"
    }

    private static func line(_ silence: Wire.Silence) -> String {
        harmless("\(silence.id)  \(silence.rhythm ?? "all") until \(minute(silence.until)): \(silence.why)")
    }

    private static func line(_ event: Wire.AlertEvent) -> String {
        let noticed = event.at.prefix(10) == event.recordedAt.prefix(10) ? "" : ", noticed \(minute(event.recordedAt))"
        return harmless(
            "\(minute(event.at))  \(fitted(event.what, to: 12))  \(event.id)" + (event.note.map { ": \($0)" } ?? "")
                + noticed)
    }

    /// `2026-11-24 09:00`.
    private static func minute(_ instant: String) -> String {
        String(instant.prefix(16)).replacing("T", with: " ")
    }
}
