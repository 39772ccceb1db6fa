package import RhythmAPI
import RhythmCore

/// What `rhythmctl journal` prints for a person.
package enum JournalText {
    /// An entry a line.
    package static func list(_ entries: [Wire.Entry], on terminal: Terminal) -> String {
        let kinds = min(14, entries.map { columns(harmless($0.kind)) }.max() ?? 0)
        let marks = min(16, entries.map { columns(mark($0)) }.max() ?? 0)
        return entries.map { entry in
            let title = harmless(entry.title.isEmpty ? amount(entry) ?? entry.file : entry.title)
            var line = "\(entry.day ?? "no day    ")  \(fitted(harmless(entry.kind), to: kinds))  "
            line += terminal.paint(fitted(mark(entry), to: marks), .faint) + "  \(title)"
            if let amount = amount(entry), !entry.title.isEmpty { line += " (\(amount))" }
            if let url = entry.url { line += " \(harmless(url))" }
            if let reason = entry.reason { line += terminal.paint("  \(reason)", .warning) }
            return line + "\n"
        }.joined()
    }

    /// `15 min`; `latency 80 ms`.
    private static func amount(_ entry: Wire.Entry) -> String? {
        if let metric = entry.metric, let value = entry.value {
            return harmless("\(metric) \(text(of: value))" + (entry.unit.map { " \($0)" } ?? ""))
        }
        return entry.minutes.map { "\(text(of: $0)) min" }
    }

    /// What tells an entry from others of its day: the last part of its file's name.
    private static func mark(_ entry: Wire.Entry) -> String {
        let name = (entry.file.split(separator: "/").last ?? "").split(separator: ".").first ?? ""
        return harmless(String(name.split(separator: "-").last ?? name))
    }
}
