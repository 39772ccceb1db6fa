package import RhythmAPI
import RhythmCore

/// What a week, a month or a quarter came to, once it is over, as a Markdown file.
///
/// It says nothing of now, so that it changes only when evidence of its own days comes late.
package enum DigestDocument {
    /// - Parameter results: those of one period, each with the one before it where there is one; not empty.
    package static func markdown(_ results: [(result: Wire.PeriodResult, before: Wire.PeriodResult?)]) -> String {
        guard let first = results.first?.result else { return "" }
        let asked = results.map(\.result).filter { $0.state != .excused }
        let met = asked.count { $0.state == .met }
        var lines = [
            "---", "period: \(first.period)", "first_day: \(first.firstDay)", "last_day: \(first.lastDay)",
            "met: \(met)", "asked: \(asked.count)", "---", "",
            "# \(first.period): \(DayText.range(first.firstDay, first.lastDay))", "", summary(met: met, asked), "",
            "| Rhythm | Came to | State | The one before |", "|---|---|---|---|",
        ]
        lines += results.map { result, before in
            let earlier = before.map { "\(cell($0.amount)), \($0.state.words)" } ?? ""
            return "| \(cell(result.name)) | \(cell(result.amount)) | \(result.state.words) | \(earlier) |"
        }
        lines += ["", "What was counted: `rhythmctl explain \(first.id) --period \(first.period)`"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func summary(met: Int, _ asked: [Wire.PeriodResult]) -> String {
        if asked.isEmpty { return "Nothing was asked." }
        if met == asked.count { return asked.count == 1 ? "It was met." : "All \(met) were met." }
        let names = asked.filter { $0.state != .met }.map { "\(harmless($0.name)) (\($0.state.words))" }
        return "\(met) of \(asked.count) met. Not met: \(names.joined(separator: ", "))."
    }

    /// A table's cell: no bar of the text's own ends it.
    private static func cell(_ text: String) -> String {
        harmless(text).replacing("|", with: "\\|")
    }
}
