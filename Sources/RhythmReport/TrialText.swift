package import RhythmAPI
import RhythmCore

/// What trying something out came to: a config that is not in force yet, or a fixture.
package enum TrialText {
    package static func findings(_ findings: [Wire.Finding]) -> String {
        findings.map { finding in
            let place = finding.line.map { "\(finding.file):\($0)" } ?? finding.file
            let key = finding.key.flatMap { $0.isEmpty ? nil : "\($0): " } ?? ""
            return harmless("\(place): \(key)\(finding.message)") + "\n"
        }.joined()
    }

    package static func check(_ reply: Wire.Check.Reply, on terminal: Terminal) -> String {
        guard !reply.changes.isEmpty else { return "The config is good, and changes nothing.\n" }
        var lines = ["The config is good. With it in force (rhythmctl reload):"]
        for change in reply.changes {
            lines += ["", "  " + terminal.paint(harmless(change.what), .strong)]
            for (sign, text) in [("-", change.before), ("+", change.after)] {
                if let text {
                    lines += TextReport.wrapped(
                        "    \(sign) ", [harmless(text.isEmpty ? "nothing" : text)], on: terminal)
                }
            }
            if let effect = change.effect { lines += TextReport.wrapped("      ", [harmless(effect)], on: terminal) }
        }
        return TextReport.joined(lines)
    }

    package static func fixture(_ reply: Wire.Test.Reply, file: String, on terminal: Terminal) -> String {
        let failures = reply.expectations.filter { !$0.mismatches.isEmpty }
        var lines: [String] = []
        for failure in failures {
            let place = failure.line.map { "\(file):\($0)" } ?? file
            let period = failure.period ?? failure.result?.period ?? ""
            lines.append(
                harmless("\(place): \(failure.rhythm) \(period) at \(failure.at.prefix(16).replacing("T", with: " "))"))
            lines += failure.mismatches.map {
                "  " + terminal.paint(harmless("\($0.field): have \($0.have), want \($0.want)"), .bad)
            }
        }
        let count = reply.expectations.count
        lines.append(
            failures.isEmpty
                ? terminal.paint("All \(counted(count, "expectation")) hold.", .good)
                : "\(failures.count) of \(counted(count, "expectation")) failed.")
        return TextReport.joined(lines)
    }

    package static func excuses(_ reply: Wire.Excuses.Reply) -> String {
        guard !reply.excuses.isEmpty else { return "No days off are set.\n" }
        let lines = reply.excuses.map { excuse in
            let id = excuse.id.map { "\($0)" } ?? "config"
            return "\(fitted(id, to: 6))  \(DayText.range(excuse.from, excuse.to))  "
                + harmless("\(excuse.rhythm.map { "\($0): " } ?? "")\(excuse.why)")
        }
        return TextReport.joined(lines)
    }
}
