/// A rhythm as a roadmap's list names it: `5+ commits`, `1 blog post OR demo`, `Roadmap reviewed`.
package struct RoadmapRhythm: Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case measure(Measure, target: Double)
        /// A commit to the roadmap itself.
        case review
    }

    package var id: String
    /// The line as it is written.
    package var name: String
    package var every: Cadence
    /// Any one of them will do.
    package var parts: [Part]
    package var line: Int
    /// No word of it is known, so it is an entry of a kind of its own.
    package var isMadeUp: Bool

    /// - Parameter line: where it stands in the file.
    package init(_ text: String, every: Cadence, line: Int) {
        let read = Self.alternatives(of: text).map(Self.part)
        parts = read.map(\.part)
        isMadeUp = read.contains { $0.isMadeUp }
        id = read.map(\.id).joined(separator: "-or-")
        name = text
        self.every = every
        self.line = line
    }

    /// `1 blog post OR demo`, `Major demo/release`.
    private static func alternatives(of text: String) -> [String] {
        let parts = text.lowercased().replacing("/", with: " or ").split(separator: " or ").map(trimmed)
        let named = parts.filter { !$0.isEmpty }
        return named.isEmpty ? [text] : named
    }

    private static func part(_ text: String) -> (part: Part, id: String, isMadeUp: Bool) {
        let words = plainWords(of: text)
        let number = words.first.flatMap(Double.init).flatMap { $0 >= 1 ? $0 : nil }
        if let minutes = words.firstIndex(where: { ["min", "mins", "minute", "minutes"].contains($0) }), minutes > 0,
            let length = Double(words[minutes - 1])
        {
            let kind = kinds.first { words.contains($0) } ?? words[(minutes + 1)...].last ?? "sync"
            return (.measure(.minutes(kind), target: length), kind, false)
        }
        if words.contains("roadmap") { return (.review, "roadmap-review", false) }
        if words.contains(where: { ["metric", "metrics"].contains($0) }) {
            return (.measure(.samples, target: number ?? 1), "metrics", false)
        }
        if let measure = CountedNoun.measure(in: words) {
            let id =
                switch measure {
                case .entries(let kind), .minutes(let kind), .gauge(let kind), .counter(let kind): kind
                case .commits, .activeDays, .devlog, .releases, .roadmapTicks, .samples: measure.rawValue
                }
            return (.measure(measure, target: number ?? 1), id, false)
        }
        if let kind = kinds.first(where: words.contains) {
            return (.measure(.entries(kind), target: number ?? 1), kind, false)
        }
        let own = words.filter { Double($0) == nil && !fillers.contains($0) && $0.utf8.allSatisfy(isPlain) }
        let kind = own.isEmpty ? "entry" : own.prefix(4).joined(separator: "-")
        return (.measure(.entries(kind), target: number ?? 1), kind, true)
    }

    private static let kinds = ["sync", "retrospective", "demo", "blog", "win", "question"]
    private static let fillers: Set<String> = [
        "a", "an", "the", "my", "one", "done", "made", "written", "wrote", "major", "and", "for", "of", "with", "to",
    ]

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension Roadmap {
    /// What it asks for every so often, each with an id of its own.
    package var rhythms: [RoadmapRhythm] {
        var ids: Set<String> = []
        return items.compactMap { item in
            guard let section = item.section, item.parent == nil,
                case .rhythms(let every?) = sections[section].kind
            else { return nil }
            var rhythm = RoadmapRhythm(item.text, every: every, line: item.line)
            if ids.contains(rhythm.id) { rhythm.id += "-\(every.rawValue)" }
            let id = rhythm.id
            var number = 2
            while !ids.insert(rhythm.id).inserted {
                rhythm.id = "\(id)-\(number)"
                number += 1
            }
            return rhythm
        }
    }
}
