/// A definition, or the news that there is none any more, and when that was recorded.
package struct Version<Definition: Hashable & Sendable>: Hashable, Sendable {
    /// Nil where it was taken out of the config.
    package var definition: Definition?
    package var recordedAt: Timestamp

    package init(definition: Definition?, recordedAt: Timestamp) {
        self.definition = definition
        self.recordedAt = recordedAt
    }
}

/// A rhythm's definitions through time, oldest first; the first one is a definition.
package struct RhythmHistory: Sendable {
    package let versions: [Version<RhythmDefinition>]

    /// - Parameter versions: in any order, but that of several of one instant the last one holds.
    /// - Returns: nil where none of them defines anything.
    package init?(versions: [Version<RhythmDefinition>]) {
        let sorted = versions.enumerated().sorted {
            ($0.element.recordedAt, $0.offset) < ($1.element.recordedAt, $1.offset)
        }.map(\.element).drop { $0.definition == nil }
        guard !sorted.isEmpty else { return nil }
        self.versions = Array(sorted)
    }

    package init(_ definition: RhythmDefinition, recordedAt: Timestamp) {
        versions = [Version(definition: definition, recordedAt: recordedAt)]
    }

    /// The newest definition, in force or not.
    package var newest: RhythmDefinition { definition(at: versions.count - 1) }
    package var isRemoved: Bool { versions[versions.count - 1].definition == nil }
    package var firstRecordedAt: Timestamp { versions[0].recordedAt }

    /// When it was first declared, or last after it had been taken out.
    package var declaredAt: Timestamp {
        let gone = versions.lastIndex { $0.definition == nil }
        return versions[gone.map { min($0 + 1, versions.count - 1) } ?? 0].recordedAt
    }

    /// A version's definition; of one that removed the rhythm, the one before it.
    package func definition(at index: Int) -> RhythmDefinition {
        guard let found = versions[...index].last(where: { $0.definition != nil })?.definition else {
            preconditionFailure("the first version is a definition")
        }
        return found
    }

    /// All that its versions measure.
    package var sources: Set<Source> {
        Set(versions.flatMap { $0.definition?.parts ?? [] }.map(\.source))
    }

    /// As it was known at an instant; nil where nothing was recorded by then.
    package func known(at instant: Timestamp) -> RhythmHistory? {
        RhythmHistory(versions: versions.filter { $0.recordedAt <= instant })
    }
}

extension RhythmHistory {
    /// What the histories would be with other definitions recorded at an instant.
    package static func histories(
        _ histories: [String: RhythmHistory], adopting definitions: [RhythmDefinition], at now: Timestamp
    ) -> [String: RhythmHistory] {
        var adopted = histories
        for definition in definitions {
            guard let history = histories[definition.id] else {
                adopted[definition.id] = RhythmHistory(definition, recordedAt: now)
                continue
            }
            if history.isRemoved || history.newest != definition {
                adopted[definition.id] = history.adding(definition, at: now)
            }
        }
        for (id, history) in histories where !history.isRemoved && !definitions.contains(where: { $0.id == id }) {
            adopted[id] = history.adding(nil, at: now)
        }
        return adopted
    }

    private func adding(_ definition: RhythmDefinition?, at now: Timestamp) -> RhythmHistory {
        RhythmHistory(versions: versions + [Version(definition: definition, recordedAt: now)]) ?? self
    }
}
