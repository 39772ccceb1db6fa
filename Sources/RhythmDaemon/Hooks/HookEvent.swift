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
    /// The instant at which the state began, as `alerts.json` has it; so are the others.
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

    private enum CodingKeys: String, CodingKey {
        case id, rhythm, name, period, state, before, since, have, target, need, demand, file, text
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
