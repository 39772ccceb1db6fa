package import RhythmAPI

/// What `rhythmctl doctor` found, the worst first and what is fine in one line at the end.
package enum DoctorText {
    package static func text(_ findings: [Wire.Diagnosis], on terminal: Terminal) -> String {
        var lines: [String] = []
        for severity in Wire.Diagnosis.Severity.allCases.reversed() where severity != .ok {
            for finding in findings where finding.severity == severity {
                let text = TextReport.wrapped(
                    "\(severity.mark) \(finding.topic): ", indent: 2, [TextReport.oneLine(finding.text)], on: terminal)
                lines += [terminal.paint(text[0], severity.tone)] + text.dropFirst()
                // Whole, to be copied, however long it is.
                if let remedy = finding.remedy { lines.append("    " + terminal.paint(harmless(remedy), .strong)) }
            }
        }
        let fine = findings.filter { $0.severity == .ok }.map(\.topic)
        if !fine.isEmpty {
            let head = lines.isEmpty ? "✓ All is well: " : "✓ Fine: "
            let text = TextReport.wrapped(head, indent: 2, [harmless(fine.joined(separator: ", "))], on: terminal)
            lines += text.map { terminal.paint($0, .good) }
        }
        return TextReport.joined(lines)
    }
}

extension Wire.Diagnosis.Severity {
    fileprivate var mark: String {
        switch self {
        case .ok: "✓"
        case .note: "·"
        case .warning: "!"
        case .error: "✗"
        }
    }

    fileprivate var tone: Terminal.Tone? {
        switch self {
        case .ok: .good
        case .note: nil
        case .warning: .warning
        case .error: .bad
        }
    }
}
