/// A promise: this much of that, every so often.
///
/// It holds all that judging needs, so that one that was recorded judges alike whatever the config says later.
package struct RhythmDefinition: Hashable, Sendable, Codable {
    /// One thing that is asked for.
    package struct Part: Hashable, Sendable, Codable {
        package var source: Source
        /// At least 0; a limit may be 0, a target is more.
        package var target: Double

        package init(_ source: Source, target: Double) {
            self.source = source
            self.target = target
        }
    }

    /// How several parts make one rhythm.
    package enum Combination: String, Sendable, Codable {
        case any, all
    }

    package enum Bound: String, Sendable, Codable {
        case atLeast = "at-least"
        /// A limit. Only a rhythm of one part has one.
        case atMost = "at-most"
    }

    /// How many missed periods within each longer one are forgiven.
    package struct FreezeBudget: Hashable, Sendable, Codable {
        package var count: Int
        package var per: Cadence

        package init(count: Int, per: Cadence) {
            self.count = count
            self.per = per
        }
    }

    /// Stable across renamings; history hangs on it.
    package var id: String
    package var name: String
    package var every: Cadence
    /// One at least.
    package var parts: [Part]
    package var combination: Combination
    package var bound: Bound
    /// Not negotiable: no freeze is spent on it.
    package var hard: Bool
    package var starts: CalendarDay?
    /// The last day on which anything is asked.
    package var ends: CalendarDay?
    package var freezes: FreezeBudget?
    package var weekStart: Weekday
    package var restDays: Set<Weekday>

    package init(
        id: String, name: String, every: Cadence, parts: [Part], combination: Combination = .all,
        bound: Bound = .atLeast, hard: Bool = false, starts: CalendarDay? = nil, ends: CalendarDay? = nil,
        freezes: FreezeBudget? = nil, weekStart: Weekday = .monday, restDays: Set<Weekday> = []
    ) {
        precondition(!parts.isEmpty, "a rhythm asks for something")
        self.id = id
        self.name = name
        self.every = every
        self.parts = parts
        self.combination = combination
        self.bound = bound
        self.hard = hard
        self.starts = starts
        self.ends = ends
        self.freezes = freezes
        self.weekStart = weekStart
        self.restDays = restDays
    }

    /// One that asks for one thing.
    package init(id: String, name: String, every: Cadence, measure: Measure, target: Double) {
        self.init(id: id, name: name, every: every, parts: [Part(Source(measure), target: target)])
    }

    /// What holds where the user declared nothing.
    package static let defaults = [
        RhythmDefinition(id: "commits", name: "Commits", every: .week, measure: .commits, target: 5),
        RhythmDefinition(id: "devlog", name: "Dev log", every: .week, measure: .devlog, target: 1),
    ]

    package var isCompound: Bool { parts.count > 1 }

    /// `5 commits`, `at most 10 commits`, `1 blog entry or 1 demo entry`.
    package var demand: String {
        let phrases = parts.map { part in
            let isLevel = part.source.measure.isLevel
            let phrase = part.source.measure.phrase(part.target)
            return bound == .atMost ? "at most \(phrase)" : isLevel ? "at least \(phrase)" : phrase
        }
        return phrases.joined(separator: combination == .any ? " or " : " and ")
    }
}

extension CalendarDay: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = CalendarDay(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no day")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Weekday: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = Weekday.allCases.first(where: { $0.name == text }) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no weekday")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
