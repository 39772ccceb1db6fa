/// What a rhythm counts.
package enum Measure: String, Sendable, Codable, CaseIterable {
    /// The user's commits.
    case commits
    /// Dev log entries: one for each dev log file and day.
    case devlog

    /// `1 commit`, `3 dev log entries`.
    package func phrase(_ count: Int) -> String {
        switch self {
        case .commits: count == 1 ? "1 commit" : "\(count) commits"
        case .devlog: count == 1 ? "1 dev log entry" : "\(count) dev log entries"
        }
    }
}

/// A promise: this much of that, every so often.
package struct RhythmDefinition: Hashable, Sendable, Codable {
    /// Stable across renamings; history hangs on it.
    package var id: String
    package var name: String
    package var every: Cadence
    package var measure: Measure
    /// At least 1.
    package var target: Int

    package init(id: String, name: String, every: Cadence, measure: Measure, target: Int) {
        self.id = id
        self.name = name
        self.every = every
        self.measure = measure
        self.target = target
    }

    /// What holds where the user declared nothing.
    package static let defaults = [
        RhythmDefinition(id: "commits", name: "Commits", every: .week, measure: .commits, target: 5),
        RhythmDefinition(id: "devlog", name: "Dev log", every: .week, measure: .devlog, target: 1),
    ]
}

/// A rhythm's definitions through time, oldest first and never empty.
package struct RhythmHistory: Sendable {
    package struct Version: Hashable, Sendable {
        package var definition: RhythmDefinition
        package var recordedAt: Timestamp

        package init(definition: RhythmDefinition, recordedAt: Timestamp) {
            self.definition = definition
            self.recordedAt = recordedAt
        }
    }

    package let versions: [Version]

    /// - Parameter versions: at least one; in any order.
    package init?(versions: [Version]) {
        guard !versions.isEmpty else { return nil }
        self.versions = versions.sorted { $0.recordedAt < $1.recordedAt }
    }

    package var current: RhythmDefinition { versions[versions.count - 1].definition }
    package var firstRecordedAt: Timestamp { versions[0].recordedAt }

    /// The definition for a period that ends at an instant: the last one recorded before it, since a change takes
    /// effect on the whole current period and rewrites no closed one; the first holds for all time before.
    package func inForce(forPeriodEndingAt end: Timestamp) -> RhythmDefinition {
        (versions.last { $0.recordedAt < end } ?? versions[0]).definition
    }
}
