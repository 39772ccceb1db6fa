package import RhythmCore

/// What the output goes to.
package struct Terminal: Sendable {
    package var colour: Bool
    /// At least 40 columns.
    package var width: Int

    package init(colour: Bool, width: Int) {
        self.colour = colour
        self.width = max(40, width)
    }

    enum Tone {
        case good, warning, bad, faint, strong

        /// From the 16 colours that every terminal theme has made readable.
        fileprivate var code: String {
            switch self {
            case .good: "32"
            case .warning: "33"
            case .bad: "31"
            case .faint: "2"
            case .strong: "1"
            }
        }
    }

    func paint(_ text: String, _ tone: Tone?) -> String {
        guard colour, let tone else { return text }
        return "\u{1B}[\(tone.code)m\(text)\u{1B}[0m"
    }

    /// How much of a target is there, `width` columns wide.
    func bar(have: Double, target: Double, width: Int, tone: Tone?) -> String {
        let share = target == 0 ? 1 : max(0, min(1, have / target))
        // The smallest step short of a whole stays short of it.
        let filled = Int((share * Double(width)).rounded(.down))
        return paint(String(repeating: "█", count: filled), tone)
            + paint(String(repeating: "░", count: width - filled), .faint)
    }
}

extension PeriodState {
    var tone: Terminal.Tone? {
        switch self {
        case .met: .good
        case .missed: .bad
        case .due, .atRisk: .warning
        case .unverified, .excused: .faint
        case .onTrack: nil
        }
    }

    /// Tells the states apart without colour.
    var mark: String {
        switch self {
        case .met: "✓"
        case .missed: "✗"
        case .due: "!"
        case .atRisk: "▲"
        case .onTrack: "·"
        case .unverified: "?"
        case .excused: "–"
        }
    }

    package var words: String {
        switch self {
        case .onTrack: "on track"
        case .atRisk: "at risk"
        case .met, .missed, .due, .unverified, .excused: rawValue
        }
    }
}
