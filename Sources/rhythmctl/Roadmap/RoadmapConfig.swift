import RhythmCore

/// The config that a roadmap asks for, as text.
struct RoadmapConfig {
    /// The roadmap's file, absolute.
    let path: String
    /// Where a repository holds it: its worktree, and the file's path in it.
    let place: (folder: String, path: String)?
    let roadmap: Roadmap
    /// The first day of its first month, where the user names it.
    let start: CalendarDay?
    let today: CalendarDay

    private(set) var rhythms = 0
    private(set) var goals = 0
    private var lines: [String] = []
    private var ids: Set<String> = []

    init(
        path: String, place: (folder: String, path: String)?, roadmap: Roadmap, start: CalendarDay?, today: CalendarDay
    ) {
        self.path = path
        self.place = place
        self.roadmap = roadmap
        self.start = start
        self.today = today
    }

    /// The whole file.
    mutating func text() -> String {
        let schedule = RoadmapSchedule(roadmap, declared: start)
        lines = [
            "# Written by `rhythmctl init --roadmap` from \(path). It is yours to change: `rhythmctl check`",
            "# tells whether it is right, and `rhythmctl reload` puts it in force. The config that comes with Rhythm,",
            "# rhythm.toml, says what else there is.", "", "[roadmap]", "path = \(quoted(path))",
        ]
        if let start { lines.append("start = \(start)") }
        if start == nil, schedule == nil {
            lines.append("# start = 2026-01-01           # the first day of month 1; the file does not say")
        }
        for rhythm in roadmap.rhythms { add(rhythm) }
        if let schedule { addGoals(schedule) }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Rhythms

    private mutating func add(_ rhythm: RoadmapRhythm) {
        rhythms += 1
        ids.insert(rhythm.id)
        comment(rhythm.line, rhythm.name)
        if let kind = rhythm.entryKind {
            lines.append(
                rhythm.isMadeUp
                    ? "# Not understood, so it is logged by hand: rhythmctl log \(kind) TEXT"
                    : "# Log it with: rhythmctl log \(kind) TEXT")
        }
        lines += [
            "[[rhythm]]", "id = \(quoted(rhythm.id))", "name = \(quoted(rhythm.name))",
            "every = \(quoted(rhythm.every.rawValue))",
        ]
        if rhythm.parts.count == 1 {
            lines += terms(of: rhythm.parts[0])
        } else {
            lines.append("any_of = [")
            lines += rhythm.parts.map { "  { \(terms(of: $0).joined(separator: ", ")) }," }
            lines.append("]")
        }
    }

    private func terms(of part: RoadmapRhythm.Part) -> [String] {
        switch part {
        case .measure(let measure, let target): return measured(measure) + ["at_least = \(RhythmCore.text(of: target))"]
        case .review:
            guard let place else { return measured(.entries("roadmap-review")) + ["at_least = 1"] }
            return [
                "measure = \"commits\"", "repositories = [\(quoted(place.folder))]",
                "paths = [\(quoted(pattern(place.path)))]",
                "at_least = 1",
            ]
        }
    }

    private func measured(_ measure: Measure) -> [String] {
        switch measure {
        case .entries(let kind): ["entries = \(quoted(kind))"]
        case .minutes(let kind): ["minutes = \(quoted(kind))"]
        case .gauge(let name), .counter(let name): ["metric = \(quoted(name))"]
        case .commits, .activeDays, .devlog, .releases, .roadmapTicks, .samples:
            ["measure = \(quoted(measure.rawValue))"]
        }
    }

    // MARK: Goals, skills and milestones

    private mutating func addGoals(_ schedule: RoadmapSchedule) {
        for item in roadmap.items {
            guard let section = item.section else { continue }
            switch roadmap.sections[section].kind {
            case .goalsBy(let month, let year):
                let end =
                    month.map { schedule.days(of: 1...$0).upperBound }
                    ?? year.flatMap { CalendarDay(year: $0, month: 12, day: 31) }
                if let end { add(item, days: schedule.start...max(schedule.start, end)) }
            case .tier(_, let months?): addSkill(item, days: schedule.days(of: months))
            default: continue
            }
        }
        for (index, section) in roadmap.sections.enumerated() {
            if case .milestone(let month) = section.kind { addMilestone(index, days: schedule.days(of: 1...month)) }
        }
    }

    /// A goal by a date: what is measured of it. The rest is ticked in the file.
    private mutating func add(_ item: Roadmap.Item, days: ClosedRange<CalendarDay>) {
        let claims = RoadmapClaim.all(in: item.text)
        comment(item.line, item.text)
        if claims.isEmpty { lines.append("# Nothing of it is measured; it is ticked in the roadmap.") }
        for claim in claims {
            goal(
                claim.text, measured(claim.measure), claim.comparison.isLimit ? "at_most" : "at_least", claim.target,
                days,
                isQuiet: false)
        }
    }

    /// `Python Expert ⭐⭐⭐⭐⭐`: so many stars, which somebody has to give.
    private mutating func addSkill(_ item: Roadmap.Item, days: ClosedRange<CalendarDay>) {
        let stars = item.text.count { $0 == "⭐" || $0 == "★" || $0 == "🌟" }
        let name = String(item.text.filter { !"⭐★🌟☆\u{FE0F}".contains($0) }).split(separator: " ").joined(
            separator: " ")
        comment(item.line, item.text)
        guard stars > 0 else {
            lines.append(
                item.box == nil
                    ? "# No stars and no box: nothing tells how far it is." : "# It is ticked in the roadmap.")
            return
        }
        let metric = Self.slug(name)
        lines.append("# Log how many stars you give yourself: rhythmctl log metric \(metric) \(stars)")
        goal(name, measured(.gauge(metric)), "at_least", Double(stars), days, isQuiet: true)
    }

    /// The boxes under a title such as `6 Months`.
    private mutating func addMilestone(_ section: Int, days: ClosedRange<CalendarDay>) {
        let title = roadmap.sections[section]
        let open = roadmap.items(in: section).filter { $0.box == .open }.count
        comment(title.line, title.title)
        guard open > 0 else {
            lines.append("# It has no open box.")
            return
        }
        let parent = title.parent.map { roadmap.sections[$0].title + " " } ?? ""
        goal(
            title.title, measured(.roadmapTicks) + ["paths = [\(quoted("**/" + pattern(title.title)))]"], "at_least",
            Double(open), days, isQuiet: true, id: Self.slug(parent + title.title))
    }

    private mutating func goal(
        _ name: String, _ measure: [String], _ bound: String, _ target: Double, _ days: ClosedRange<CalendarDay>,
        isQuiet: Bool, id wanted: String? = nil
    ) {
        // What was over before anybody counted is no goal.
        let isOver = days.upperBound < today
        let mark = isOver ? "# " : ""
        if isOver { lines.append("# Its last day has passed; take the marks away to have it judged all the same.") }
        let base = wanted ?? Self.slug(name)
        let id = ([base] + (2...999).map { "\(base)-\($0)" }).first { !ids.contains($0) } ?? base
        ids.insert(id)
        if !isOver { goals += 1 }
        var terms = ["[[goal]]", "id = \(quoted(id))", "name = \(quoted(name))"] + measure
        terms += ["\(bound) = \(RhythmCore.text(of: target))", "from = \(days.lowerBound)", "by = \(days.upperBound)"]
        if isQuiet { terms.append("quiet = true") }
        lines += terms.map { mark + $0 }
    }

    // MARK: Text

    private mutating func comment(_ line: Int, _ text: String) {
        lines += ["", "# Line \(line): \(Self.oneLine(text))"]
    }

    private static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
    }

    /// Small letters, digits and dashes, beginning with none.
    private static func slug(_ text: String) -> String {
        let words = plainWords(of: text).map { word in
            String(word.filter { $0.isASCII })
        }.filter { !$0.isEmpty }
        let slug = String(words.joined(separator: "-").prefix(60))
        return slug.isEmpty ? "goal" : slug.hasSuffix("-") ? String(slug.dropLast()) : slug
    }

    /// A glob of one text: whatever is special in one stands for any character.
    private func pattern(_ text: String) -> String { String(text.map { "*?".contains($0) ? "?" : $0 }) }

    /// A TOML string.
    private func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    out += "\\u" + padded(hex: scalar.value)
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }

    private func padded(hex value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension RoadmapRhythm {
    /// Of what is logged by hand and nothing else.
    fileprivate var entryKind: String? {
        guard parts.count == 1, case .measure(.entries(let kind), _) = parts[0] else { return nil }
        return kind
    }
}

extension RoadmapClaim.Comparison {
    fileprivate var isLimit: Bool { self == .less || self == .atMost }
}
