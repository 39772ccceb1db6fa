package import RhythmAPI
import RhythmCore

/// A time series as a table or as CSV.
package enum SeriesText {
    package static func table(_ reply: Wire.Query.Reply, on terminal: Terminal) -> String {
        let isLevel = reply.measure.isLevel
        let most = reply.buckets.compactMap(\.quantity).max() ?? 0
        let period = max(6, reply.buckets.map { $0.period.count }.max() ?? 0)
        let width = max(10, min(40, terminal.width - period - 54))
        var lines = [
            terminal.paint(
                fitted(reply.by.rawValue.capitalized, to: period) + "  " + fitted("Days", to: 26)
                    + TextReport.right(harmless(reply.measure.rawValue), 14)
                    + (isLevel ? "" : TextReport.right("total", 10)),
                .faint)
        ]
        lines += reply.buckets.map { bucket in
            let quantity = bucket.quantity ?? 0
            let filled = most > 0 ? Int((max(0, quantity) / most * Double(width)).rounded()) : 0
            let days = DayText.span(bucket.firstDay, bucket.lastDay)
            return fitted(bucket.period, to: period) + "  " + fitted(days, to: 26)
                + TextReport.right(bucket.quantity.map { text(of: $0) } ?? "-", 14)
                + (isLevel ? "" : TextReport.right(bucket.running.map { text(of: $0) } ?? "-", 10)) + "  "
                + String(repeating: "█", count: filled)
        }
        if !isLevel {
            let sum = reply.buckets.last?.running ?? 0
            lines.append(
                terminal.paint("Sum \(text(of: sum)) in \(counted(reply.buckets.count, reply.by.rawValue))", .faint))
        }
        lines += TextReport.unfinished(reply.freshness, on: terminal)
        return TextReport.joined(TextReport.vantage(reply.freshness) + lines)
    }

    /// By RFC 4180; a level without a reading is an empty field.
    package static func csv(_ reply: Wire.Query.Reply) -> String {
        let rows = reply.buckets.map { bucket in
            [bucket.period, bucket.firstDay, bucket.lastDay]
                + [bucket.quantity, bucket.running].map { $0.map { text(of: $0) } ?? "" }
        }
        let head = ["period", "first_day", "last_day", reply.measure.rawValue, "running_total"]
        return ([head] + rows).map(CSV.row).joined()
    }
}
