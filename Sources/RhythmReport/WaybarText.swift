package import RhythmAPI
import RhythmCore

/// What waybar's custom module reads with `"return-type": "json"`.
package enum WaybarText {
    /// One line: `text` and `tooltip` in Pango markup, `class` and `alt` the most pressing state, and in `percentage` how
    /// much of all that is asked for is there.
    package static func json(_ reply: Wire.Status.Reply) -> String {
        let glance = Glance(reply)
        // Limits ask for nothing; levels are reached or not, and between nothing and all there is no telling how far.
        let shares = reply.rhythms.filter { $0.open && !$0.limit && $0.state != .excused }.map { result in
            result.state == .met || result.target <= 0
                ? 1 : result.measure.isLevel ? 0 : max(0, min(1, result.have / result.target))
        }
        // The last step short of a whole stays short of it.
        let percentage = shares.isEmpty ? 100 : shares.reduce(0, +) / Double(shares.count) * 100
        let object: JSONValue = [
            "text": .string(pango(glance.text)), "tooltip": .string(pango(tooltip(reply, glance))),
            "class": .string(glance.state.rawValue), "alt": .string(glance.state.rawValue),
            "percentage": .int(Int64(percentage.rounded(.down))),
        ]
        return "\(object)\n"
    }

    private static func tooltip(_ reply: Wire.Status.Reply, _ glance: Glance) -> String {
        // The day, since a daemon that was killed leaves this behind.
        var lines = ["Rhythm, \(DayText.short(reply.freshness.today))"]
        lines += reply.rhythms.filter(\.open).map { result in
            "\(result.state.mark) \(harmless(result.name)): \(harmless(result.amount)), \(result.standing)"
        }
        lines += Motd.left(reply)
        if reply.rhythms.isEmpty { lines.append("No rhythms are declared") }
        if let since = reply.freshness.completeSince { lines.append("Older history than \(since) is still being read") }
        if glance.isUncertain { lines.append("Not all repositories are read yet") }
        lines += Motd.unreadable(reply)
        return lines.joined(separator: "\n")
    }

    /// Text as Pango markup.
    static func pango(_ text: String) -> String {
        text.replacing(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;"])
    }
}

extension Wire.PeriodResult {
    /// `at risk, begin by Fri 27 Nov`.
    var standing: String {
        switch state {
        case .onTrack where limit && !measure.isLevel: "within its limit"
        case .atRisk where limit && !measure.isLevel: "at its limit"
        case .missed where limit && open: "over its limit"
        case .due: "due today"
        case .onTrack, .atRisk:
            state.words + (outlook.map { ", \(TextReport.begin($0))" } ?? "")
        case .met, .missed, .excused, .unverified: state.words
        }
    }
}
