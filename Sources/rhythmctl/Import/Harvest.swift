import RhythmCore
import RhythmReport

/// What the files of another program hold, as far as it can be said in entries.
struct Harvest {
    /// A line that cannot be read, or is not taken.
    struct Finding: Encodable {
        var file: String
        var line: Int
        var message: String
    }

    /// Something that was done, and how to know it again.
    struct Item {
        var entry: JournalEntry
        /// The same for the same thing whenever it is read.
        var identity: [String]
    }

    /// What the user wants to do how often.
    struct Habit {
        var name: String
        var kind: String
        var schedule: Schedule?
        /// The target of each period.
        var target: Double
        /// What entries of it say: that it was done, how many minutes it took, or a number.
        var measure = Measure.entries
        var isLimit = false
        var ends: CalendarDay?
        /// Why there is no rhythm for it, or what to know of it.
        var note: String?

        enum Measure { case entries, minutes, metric }
    }

    struct Schedule {
        var times: Int
        var days: Int
    }

    var items: [Item] = []
    var habits: [Habit] = []
    var findings: [Finding] = []
    /// Lines that say that it was not done, and that it was skipped or is not known.
    var notDone = 0
    var skipped = 0

    /// The kind of the entries of a habit: its name as one word, which no other habit has.
    func kind(of name: String) -> String {
        if let known = habits.first(where: { $0.name == name }) { return known.kind }
        var word = name.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
        if word.isEmpty { word = "habit" }
        // Entries of that kind are numbers.
        if word == "metric" { word = "metric-habit" }
        let taken = Set(habits.map(\.kind))
        let words = [word] + (2...1000).map { "\(word)-\($0)" }
        return words.first { !taken.contains($0) } ?? word
    }

    mutating func join(_ other: Harvest) {
        items += other.items
        habits += other.habits.filter { habit in !habits.contains { $0.name == habit.name } }
        findings += other.findings
        notDone += other.notDone
        skipped += other.skipped
    }

    /// Where an item goes, the same whenever it is read.
    static func path(of item: Item) -> String {
        // FNV-1a, 64 bits: all that is asked of it is to be the same tomorrow.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in item.identity.joined(separator: "\0").utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        let digits = String(hash, radix: 16)
        var entry = item.entry
        entry.text = ""
        entry.sample = nil
        return entry.path(mark: String(repeating: "0", count: 16 - digits.count) + digits)
    }

    /// The tables for the config that follow these habits.
    var rhythms: String {
        var ids: [String] = []
        return habits.map { habit in
            guard let schedule = habit.schedule else {
                return "# \(harmless(habit.name)): \(habit.note ?? "it has no schedule")\n"
            }
            let slug = JournalEntry.slug(habit.name, 50)
            let id =
                ([slug.isEmpty ? "habit" : slug] + (2...1000).map { "\(slug.isEmpty ? "habit" : slug)-\($0)" })
                .first { !ids.contains($0) } ?? slug
            ids.append(id)
            var lines = ["[[rhythm]]", "id = \"\(id)\"", "name = \(Self.toml(habit.name))"]
            lines.append(schedule.days.period.map { "every = \"\($0)\"" } ?? "rolling = \(min(366, schedule.days))")
            switch habit.measure {
            case .entries: lines.append("entries = \(Self.toml(habit.kind))")
            case .minutes: lines.append("minutes = \(Self.toml(habit.kind))")
            case .metric: lines.append("metric = \(Self.toml(habit.kind))")
            }
            lines.append("\(habit.isLimit ? "at_most" : "at_least") = \(text(of: habit.target))")
            if let ends = habit.ends { lines.append("ends = \(ends)") }
            if let note = habit.note { lines.append("# \(note)") }
            return lines.joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }

    private static func toml(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.properties.generalCategory == .control:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

extension Int {
    /// The calendar period of so many days; nil where no period has them.
    fileprivate var period: String? {
        switch self {
        case 1: "day"
        case 7: "week"
        case 28...31: "month"
        case 90...92: "quarter"
        case 365, 366: "year"
        default: nil
        }
    }
}
