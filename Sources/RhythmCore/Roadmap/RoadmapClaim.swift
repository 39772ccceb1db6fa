/// Something measurable that a roadmap's line asks for: `30+ GitHub commits`, `Latency < 100ms`.
package struct RoadmapClaim: Hashable, Sendable {
    package enum Comparison: String, Sendable {
        case atLeast = "≥", more = ">", atMost = "≤", less = "<"

        package func holds(_ have: Double, _ target: Double) -> Bool {
            switch self {
            case .atLeast: have >= target
            case .more: have > target
            case .atMost: have <= target
            case .less: have < target
            }
        }
    }

    /// The words that it was read from.
    package var text: String
    /// A metric's is a gauge: its last reading.
    package var measure: Measure
    package var comparison: Comparison
    package var target: Double
    /// As it is written behind the number, such as `ms` or `%`.
    package var unit: String

    /// Everything measurable that a line asks for. What it says besides is for people.
    package static func all(in line: String) -> [RoadmapClaim] {
        clauses(of: line).compactMap { comparison(in: $0) ?? count(in: $0) }
    }

    // MARK: Reading

    /// The parts of `50+ commits, 1 public demo (>85% accuracy)`. A comma within a number is none of its ends.
    private static func clauses(of line: String) -> [String] {
        var clauses = [""]
        let characters = Array(line)
        for (index, character) in characters.enumerated() {
            let isInNumber =
                character == "," && index > 0 && index + 1 < characters.count && characters[index - 1].isNumber
                && characters[index + 1].isNumber
            if isInNumber { continue }
            if ",;()&".contains(character) { clauses.append("") } else { clauses[clauses.count - 1].append(character) }
        }
        return clauses.flatMap { $0.split(separator: " and ").map(String.init) }
    }

    /// `Latency < 100ms achieved`, `>85% accuracy`.
    private static func comparison(in clause: String) -> RoadmapClaim? {
        let signs: [(String, Comparison)] = [
            ("<=", .atMost), (">=", .atLeast), ("≤", .atMost), ("≥", .atLeast), ("<", .less), (">", .more),
            (" under ", .less), (" below ", .less), (" at most ", .atMost), (" over ", .more), (" above ", .more),
            (" at least ", .atLeast),
        ]
        let lower = clause.lowercased()
        guard
            let (range, comparison) = signs.lazy.compactMap({ sign in
                lower.firstRange(of: sign.0).map { ($0, sign.1) }
            }).first
        else { return nil }
        guard let number = Quantity(lower[range.upperBound...].drop { $0 == " " }) else { return nil }
        let before = plainWords(of: String(lower[..<range.lowerBound]))
        let after = plainWords(of: String(number.rest))
        // What is compared stands in few words before the sign; a sentence there compares something that cannot be named.
        let name = before.isEmpty ? Array(after.prefix(1)) : before.count <= 3 ? before : []
        guard !name.isEmpty, !name.contains(where: { $0.contains(where: \.isNumber) }) else { return nil }
        return RoadmapClaim(
            text: trimmed(clause), measure: .gauge(name.joined(separator: "-")), comparison: comparison,
            target: number.value, unit: number.unit)
    }

    /// `30+ GitHub commits`, `1 public demo`.
    private static func count(in clause: String) -> RoadmapClaim? {
        var rest = Substring(clause.lowercased())
        while let start = rest.firstIndex(where: \.isNumber) {
            let isWordsOwn = start > rest.startIndex && !" \t~".contains(rest[rest.index(before: start)])
            guard let number = Quantity(rest[start...]) else { return nil }
            rest = number.rest
            guard !isWordsOwn, number.unit.isEmpty, rest.first.map({ $0.isWhitespace }) ?? false else { continue }
            if let measure = CountedNoun.measure(in: Array(plainWords(of: String(rest)).prefix(4))) {
                return RoadmapClaim(
                    text: trimmed(clause), measure: measure, comparison: .atLeast, target: number.value, unit: "")
            }
        }
        return nil
    }
}

/// A number with what stands right behind it: `1,000+`, `85%`, `100ms`, `10k`.
struct Quantity {
    var value: Double
    /// Letters or `%`.
    var unit: String
    var rest: Substring

    init?(_ text: Substring) {
        var digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == ",") }
        while let last = digits.last, !last.isNumber { digits = digits.dropLast() }
        guard var value = Double(digits.filter { $0 != "," }), value.isFinite else { return nil }
        var rest = text[digits.endIndex...]
        var unit = String(rest.prefix { $0.isLetter || $0 == "%" })
        rest = rest.dropFirst(unit.count)
        if unit.lowercased() == "k" {
            value *= 1000
            unit = ""
        }
        if rest.first == "+" { rest = rest.dropFirst() }
        self.value = value
        self.unit = unit
        self.rest = rest
    }
}

/// What people count in roadmaps.
enum CountedNoun {
    /// By the first that is named; of two at one place the later, as in `article views`.
    static func measure(in words: [String]) -> Measure? {
        for (index, word) in words.enumerated() {
            if let next = index + 1 < words.count ? level(words[index + 1]) : nil { return next }
            if let level = level(word) { return level }
            if let counted = counted[word] {
                // Of `dev log` and `active days` the first word alone says nothing.
                guard let needed = counted.after else { return counted.measure }
                if index > 0, needed.contains(words[index - 1]) { return counted.measure }
            }
        }
        return nil
    }

    private static func level(_ word: String) -> Measure? { levels.contains(word) ? .gauge(word) : nil }

    private static let levels: Set<String> = [
        "stars", "views", "downloads", "users", "followers", "subscribers", "conversations", "visitors",
        "contributors", "installs", "sponsors", "customers",
    ]

    private static let counted: [String: (measure: Measure, after: [String]?)] = {
        let kinds: [(Measure, [String], [String]?)] = [
            (.commits, ["commit", "commits"], nil), (.activeDays, ["day", "days"], ["active"]),
            (.devlog, ["log", "logs"], ["dev"]), (.devlog, ["devlog", "devlogs"], nil),
            (.releases, ["release", "releases"], nil), (.entries("blog"), ["post", "posts"], nil),
            (.entries("blog"), ["article", "articles", "blog", "blogs"], nil),
            (.entries("demo"), ["demo", "demos"], nil),
            (.entries("question"), ["question", "questions"], nil), (.entries("win"), ["win", "wins"], nil),
            (.entries("talk"), ["talk", "talks", "presentation", "presentations"], nil),
            (.entries("retrospective"), ["retrospective", "retrospectives", "retro", "retros"], nil),
        ]
        var counted: [String: (Measure, [String]?)] = [:]
        for (measure, words, after) in kinds { for word in words { counted[word] = (measure, after) } }
        return counted
    }()
}

func trimmed(_ text: some StringProtocol) -> String {
    let text = text.drop(while: \.isWhitespace)
    guard let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(text[...last])
}
