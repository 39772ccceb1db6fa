import Foundation

/// What happened to an alert, as hooks are told of it: one JSON object whose keys are stable.
package struct HookEvent: Codable, Hashable, Sendable {
    package enum State: String, Codable, Sendable, CaseIterable {
        case atRisk = "at-risk"
        case due, missed, unverified, resolved, excused, acknowledged
    }

    /// The alert's, which is that of its rhythm and period: `2026-W47-commits`.
    package var id: String
    package var rhythm: String
    /// The rhythm's, as the user wrote it.
    package var name: String
    /// The period's id.
    package var period: String
    package var state: State
    /// Nil where the alert is new.
    package var before: State?
    /// The instant at which the state began, with the offset from UTC; so are the others.
    package var since: String
    package var have: Double
    package var target: Double
    /// Still missing, 0 when met.
    package var need: Double
    /// `5 commits`.
    package var demand: String
    /// The alert file's path.
    package var file: String
    /// One line for a person.
    package var text: String
    package var lastSafeMoment: String?
    package var nextNag: String?
    /// The ids of the alerts that are told of together after time off; nil for one alert.
    package var alerts: [String]?

    private enum CodingKeys: String, CodingKey {
        case id, rhythm, name, period, state, before, since, have, target, need, demand, file, text, alerts
        case lastSafeMoment = "last_safe_moment"
        case nextNag = "next_nag"
    }

    package init(
        id: String, rhythm: String, name: String, period: String, state: State, before: State? = nil, since: String,
        have: Double, target: Double, need: Double, demand: String, file: String, text: String,
        lastSafeMoment: String? = nil, nextNag: String? = nil
    ) {
        self.id = id
        self.rhythm = rhythm
        self.name = name
        self.period = period
        self.state = state
        self.before = before
        self.since = since
        self.have = have
        self.target = target
        self.need = need
        self.demand = demand
        self.file = file
        self.text = text
        self.lastSafeMoment = lastSafeMoment
        self.nextNag = nextNag
    }

    /// One line, with its end.
    ///
    /// - Throws: `EncodingError` for a number that is none.
    func line() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}

extension HookEvent {
    /// What several alerts have to say after time off, as one: with the gravest of their states, and no numbers of its own.
    ///
    /// - Parameters:
    ///   - events: at least one.
    ///   - file: which lists the alerts.
    static func together(_ events: [HookEvent], file: String) -> HookEvent {
        let gravest = [State.missed, .due, .atRisk, .unverified].first { state in events.contains { $0.state == state }
        }
        let ids = events.map(\.rhythm).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let named = events.prefix(5).map { "\($0.name) \($0.state.rawValue) in \($0.period)" }
        let more = events.count > named.count ? ", and \(events.count - named.count) more" : ""
        var event = HookEvent(
            id: "catch-up", rhythm: ids.joined(separator: ","), name: "Rhythm",
            period: events.map(\.period).max() ?? "", state: gravest ?? .missed,
            since: events.map(\.since).min() ?? "", have: 0, target: 0, need: 0, demand: "", file: file,
            text: "\(events.count) alerts after time off: \(named.joined(separator: ", "))\(more)")
        event.alerts = events.map(\.id)
        return event
    }
}
