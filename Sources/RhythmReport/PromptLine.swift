package import RhythmAPI
package import RhythmCore

/// What the prompt file says: one line, `UNTIL STATE TEXT`.
///
/// UNTIL is the Unix time at which it stops being true, STATE a period's state, and TEXT the rest of the line; where
/// there is nothing to say there is no TEXT. A reader ignores any line after the first.
package struct PromptLine: Hashable, Sendable {
    package var until: Timestamp
    package var state: PeriodState
    /// Without control characters.
    package var text: String

    /// - Parameter until: the next day's start.
    package init(_ reply: Wire.Status.Reply, until: Timestamp) {
        let glance = Glance(reply)
        self.until = until
        state = glance.state
        text = glance.text
    }

    /// - Returns: nil for anything that is no such line.
    package init?(parsing bytes: some Collection<UInt8>) {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        guard let line = String(validating: line, as: UTF8.self) else { return nil }
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let until = Int64(parts[0]), let state = PeriodState(rawValue: String(parts[1])) else {
            return nil
        }
        self.until = Timestamp(until)
        self.state = state
        text = parts.count == 3 ? harmless(String(parts[2])) : ""
    }

    /// The file's content.
    package var file: String { "\(until.seconds) \(state.rawValue)\(text.isEmpty ? "" : " ")\(text)\n" }

    /// The longest that a line is true: a day, be it as long as one on which a zone changes.
    private static let longest: Int64 = 50 * 3600

    /// What a prompt shows, without a newline; empty when there is nothing to say or it is no longer true.
    ///
    /// A line for much longer than a day was written by another clock, and nobody knows what it is worth.
    package func shown(as format: PromptFormat, now: Timestamp, colour: Bool = true) -> String {
        guard !text.isEmpty, now < until, until.seconds <= now.seconds + Self.longest else { return "" }
        return format.painted(format.escaped(text), colour ? state : .onTrack)
    }
}

/// Where a prompt is shown: what of it would be taken for more than text, and how colours are written there.
package enum PromptFormat: String, Sendable, CaseIterable {
    case plain
    /// For a custom module, which has colours of its own.
    case starship
    case tmux
    /// For `PS1` as it is assigned, not for a `$(…)` in it.
    case bash
    case zsh
    case fish

    /// Text that stays text. Characters that bash, zsh or tmux would run or expand where some option is set have a
    /// full-width double in their place: what escapes them differs from option to option, and a prompt that runs a part
    /// of a name would be worse than a wide letter.
    func escaped(_ text: String) -> String {
        switch self {
        case .plain, .starship, .fish: text
        case .bash: text.replacing(["\\": "＼", "$": "＄", "`": "｀", "!": "！"])
        case .zsh: text.replacing(["\\": "＼", "$": "＄", "`": "｀", "!": "！", "%": "%%"])
        case .tmux: text.replacing(["#": "＃", "%": "％"])
        }
    }

    func painted(_ text: String, _ state: PeriodState) -> String {
        let paint: (ansi: String, tmux: String)? =
            switch state {
            case .missed: ("31", "fg=red")
            case .due, .atRisk: ("33", "fg=yellow")
            case .unverified: ("2", "dim")
            case .onTrack, .met, .excused: nil
            }
        guard let paint else { return text }
        return switch self {
        case .plain, .starship: text
        case .bash: "\\[\\e[\(paint.ansi)m\\]\(text)\\[\\e[0m\\]"
        case .zsh: "%{\u{1B}[\(paint.ansi)m%}\(text)%{\u{1B}[0m%}"
        case .fish: "\u{1B}[\(paint.ansi)m\(text)\u{1B}[0m"
        case .tmux: "#[\(paint.tmux)]\(text)#[default]"
        }
    }
}

extension String {
    /// With some characters replaced by texts.
    func replacing(_ texts: [Unicode.Scalar: String]) -> String {
        var out = ""
        for scalar in unicodeScalars {
            if let text = texts[scalar] { out += text } else { out.unicodeScalars.append(scalar) }
        }
        return out
    }
}
