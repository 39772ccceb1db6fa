import RhythmReport

/// An event as a notification on the desktop, by the program `notify-send`.
enum NotifySend {
    static let name = "notify-send"
    /// Seconds.
    static let timeout: Int64 = 10

    /// - Parameter program: the path of `notify-send`.
    static func argv(_ program: String, _ event: HookEvent) -> [String] {
        [
            program, "--app-name=Rhythm", "--urgency=\(urgency(event.state))", "--",
            "\(harmless(event.name)): \(title(event))", body(event.text),
        ]
    }

    /// Never `critical`: that breaks through "do not disturb", and stays until it is clicked away.
    private static func urgency(_ state: HookEvent.State) -> String {
        switch state {
        case .atRisk, .due, .missed, .unverified: "normal"
        case .resolved, .excused, .acknowledged: "low"
        }
    }

    private static func title(_ event: HookEvent) -> String {
        switch event.state {
        case .atRisk: "at risk"
        case .due: "due"
        case .missed: "missed"
        case .unverified: "not known"
        case .resolved where event.need > 0 && (event.before == .atRisk || event.before == .due): "back on track"
        case .resolved: "settled"
        case .excused: "excused"
        case .acknowledged: "acknowledged"
        }
    }

    /// A body is markup, in which `notify-send` itself reads backslashes as in C.
    private static func body(_ text: String) -> String {
        harmless(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\\", with: "\\\\")
    }
}
