/// A program of the user's that runs when an alert changes.
package struct Hook: Hashable, Sendable {
    package var on: Set<HookEvent.State>
    /// The program, a name that PATH leads to or an absolute path, and its arguments. No shell reads them.
    package var run: [String]
    /// Seconds it may take.
    package var timeout: Int64
    /// Nil for all.
    package var rhythms: [String]?

    package static let defaultTimeout: Int64 = 30
    package static let timeouts: ClosedRange<Int64> = 1...600

    package init(
        on: Set<HookEvent.State>, run: [String], timeout: Int64 = defaultTimeout, rhythms: [String]? = nil
    ) {
        self.on = on
        self.run = run
        self.timeout = timeout
        self.rhythms = rhythms
    }

    func wants(_ event: HookEvent) -> Bool {
        on.contains(event.state) && rhythms?.contains(event.rhythm) != false
    }
}

/// Whether and when alerts appear on the desktop.
package struct DesktopNotification: Hashable, Sendable {
    package var desktop = false
    package var on: Set<HookEvent.State> = [.atRisk, .due, .missed]

    package init() {}
}
