/// What the parts of a roadmap are called. English is known; other languages' words are added by the config.
package struct RoadmapWords: Hashable, Sendable {
    package enum Part: String, Sendable, CaseIterable {
        case year, phase, month, months, demo, criteria, resources, skills, tier, goals, rhythms, milestones, projects
        case status
        case daily, weekly, monthly, quarterly, yearly
        case current, planned, completed
        case activeDays = "active_days"
        case totalCommits = "total_commits"
        case skillsAcquired = "skills_acquired"
        case nextMilestone = "next_milestone"
        case lastUpdated = "last_updated"
        case nextReview = "next_review"
        case start
    }

    /// Each phrase as its words, in lower case.
    private var phrases: [Part: [[String]]]

    /// - Parameter more: besides the English ones.
    package init(adding more: [Part: [String]] = [:]) {
        phrases = Self.english.mapValues { $0.map(plainWords) }
        for (part, names) in more { phrases[part, default: []] += names.map(plainWords).filter { !$0.isEmpty } }
    }

    private static let english: [Part: [String]] = [
        .year: ["year"], .phase: ["phase", "stage"], .month: ["month", "months"],
        .months: ["months", "month"],
        .demo: ["demo milestone", "demo milestones", "demo", "demos"],
        .criteria: ["success criteria", "criteria", "definition of done", "exit criteria"],
        .resources: ["learning resources", "resources", "reading list"],
        .skills: ["skill tree", "skills", "skill"], .tier: ["tier", "level"],
        .goals: ["portfolio goals", "goals", "objectives"],
        .rhythms: ["rhythms", "rhythm", "habits", "routine", "routines", "cadence"],
        .milestones: ["career milestones", "milestones"],
        .projects: ["project tracker", "projects", "project tracking"],
        .status: ["current status", "status"],
        .daily: ["every day", "each day", "daily"], .weekly: ["every week", "each week", "weekly"],
        .monthly: ["every month", "each month", "monthly"],
        .quarterly: ["every quarter", "each quarter", "quarterly"],
        .yearly: ["every year", "each year", "yearly", "annually"],
        .current: ["current", "active", "in progress"], .planned: ["planned", "next", "ideas", "backlog"],
        .completed: ["completed", "done", "finished"],
        .activeDays: ["active days"], .totalCommits: ["total commits", "commits"],
        .skillsAcquired: ["skills acquired", "skills"], .nextMilestone: ["next milestone"],
        .lastUpdated: ["last updated", "updated"], .nextReview: ["next review"],
        .start: ["start", "started", "start date"],
    ]

    /// Whether a text speaks of a part of the roadmap.
    func names(_ part: Part, in words: [String]) -> Bool { place(of: part, in: words) != nil }

    /// Whether it does so and says nothing else.
    func isName(of part: Part, _ words: [String]) -> Bool { phrases[part]?.contains(words) ?? false }

    /// The words that name it.
    func place(of part: Part, in words: [String]) -> Range<Int>? {
        for phrase in phrases[part] ?? [] where phrase.count <= words.count {
            for start in 0...words.count - phrase.count
            where words[start] == phrase[0] && words[start...].starts(with: phrase) {
                return start..<start + phrase.count
            }
        }
        return nil
    }

    /// `PHASE 2: …` is 2, and so is `Phase II`; `2. fáze` as well.
    func number(of part: Part, in words: [String]) -> Int? {
        guard let place = place(of: part, in: words) else { return nil }
        // `2. fáze` begins with its number; whatever stands behind is another one.
        let before = place.lowerBound - 1
        let neighbours = (before == 0 ? [before, place.upperBound] : [place.upperBound, before])
            .filter(words.indices.contains)
        return neighbours.lazy.compactMap { Int(words[$0]) ?? Self.roman[words[$0]] }.first { $0 < 10_000 }
    }

    private static let roman = [
        "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10,
    ]

    /// `(Month 7-9)` is 7...9, `Month 3` is 3...3, `1.–2. měsíc` is 1...2. A number before the word alone is a length.
    ///
    /// - Parameter words: the text's.
    func months(in text: String, _ words: [String]) -> ClosedRange<Int>? {
        guard names(.month, in: words) else { return nil }
        let tokens = Tokens(text)
        for (index, token) in tokens.list.enumerated() {
            guard case .word(let word) = token, phrases[.month]?.contains([word]) ?? false else { continue }
            if let first = tokens.number(index + 1) {
                let last = tokens.isDash(index + 2) ? tokens.number(index + 3) : nil
                return Self.months(first, last ?? first)
            }
            if let last = tokens.number(index - 1), tokens.isDash(index - 2), let first = tokens.number(index - 3) {
                return Self.months(first, last)
            }
        }
        return nil
    }

    private static func months(_ first: Int, _ last: Int) -> ClosedRange<Int>? {
        first >= 1 && first <= last && last <= 1200 ? first...last : nil
    }

    /// `6 Months` and `Month 6` are 6, `2 years` is 24.
    func monthsPassed(in text: String) -> Int? {
        let tokens = Tokens(text)
        for (index, token) in tokens.list.enumerated() {
            guard case .word(let word) = token else { continue }
            let each = phrases[.months]?.contains([word]) ?? false ? 1 : ["year", "years"].contains(word) ? 12 : 0
            guard each > 0, let number = tokens.number(index - 1) ?? tokens.number(index + 1), number <= 100 else {
                continue
            }
            return number * each
        }
        return nil
    }
}

/// The words of a text, in lower case: letters and digits, without what stands between.
package func plainWords(of text: String) -> [String] {
    // Most texts are plain, of which this is ten times as fast.
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
        return text.utf8.split { byte in
            !(0x61...0x7A).contains(byte | 0x20) && !(0x30...0x39).contains(byte)
        }.map { String(decoding: asciiLower($0), as: UTF8.self) }
    }
    return text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
}

/// A title's numbers, words and dashes.
private struct Tokens {
    enum Token { case number(Int), word(String), dash }

    private(set) var list: [Token] = []

    init(_ text: String) {
        var rest = Array((text.utf8.allSatisfy { $0 < 0x80 } ? text : text.lowercased()).utf8)[...]
        while let first = rest.first {
            if Self.isDigit(first) {
                let digits = rest.prefix(while: Self.isDigit)
                list.append(.number(Int(String(decoding: digits, as: UTF8.self)) ?? .max))
                rest = rest.dropFirst(digits.count)
            } else if let dash = Self.dashes.first(where: { rest.starts(with: $0) }) {
                list.append(.dash)
                rest = rest.dropFirst(dash.count)
            } else if Self.isLetter(first) {
                let word =
                    rest.indices.first { index in
                        !Self.isLetter(rest[index]) || Self.dashes.contains { rest[index...].starts(with: $0) }
                    }.map { rest[..<$0] } ?? rest
                let name = String(decoding: asciiLower(word), as: UTF8.self)
                list.append(["to", "until", "through"].contains(name) ? .dash : .word(name))
                rest = rest.dropFirst(word.count)
            } else {
                rest = rest.dropFirst()
            }
        }
    }

    private static let dashes = ["-", "–", "—", "‑", "−"].map { Array($0.utf8) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whatever is not ASCII is part of a word.
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80 }

    func number(_ index: Int) -> Int? {
        guard list.indices.contains(index), case .number(let number) = list[index] else { return nil }
        return number
    }

    func isDash(_ index: Int) -> Bool {
        guard list.indices.contains(index), case .dash = list[index] else { return false }
        return true
    }
}
