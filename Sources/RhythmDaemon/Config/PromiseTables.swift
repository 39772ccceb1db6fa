import RhythmCore
import TOMLKit

// What the user promises: rhythms, goals, and the days on which they hold nothing of themselves.

extension TOMLReader {
    mutating func promises(_ top: inout Section, _ config: inout Config) {
        section(&top, "metrics") { reader, section in
            for name in section.table.keys.sorted() {
                reader.section(&section, name) { reader, metric in
                    let kinds: [(String, MetricKind)] = MetricKind.allCases.map { ($0.rawValue, $0) }
                    config.metrics[name] = reader.choice(&metric, "kind", kinds) ?? .gauge
                }
            }
        }
        let terms = Terms(metrics: config.metrics, weekStart: config.weekStart, restDays: config.restDays)
        var ids: [String: Int] = [:]
        if let rhythms = sections(&top, "rhythm", { $0.rhythm(&$1, terms, &ids) }) {
            config.rhythms = rhythms
        } else {
            for index in config.rhythms.indices {
                config.rhythms[index].weekStart = config.weekStart
                config.rhythms[index].restDays = config.restDays
            }
        }
        if let goals = sections(&top, "goal", { $0.goal(&$1, terms, &ids) }) { config.goals = goals }
        let known = config.rhythms.map(\.id)
        if let vacations = sections(&top, "vacation", { $0.vacation(&$1, known) }) { config.vacations = vacations }
    }

    /// What holds for all rhythms of a file.
    private struct Terms {
        var metrics: [String: MetricKind]
        var weekStart: Weekday
        var restDays: Set<Weekday>
    }

    private mutating func rhythm(
        _ section: inout Section, _ terms: Terms, _ ids: inout [String: Int]
    ) -> RhythmDefinition? {
        let id = id(&section, &ids)
        let name = string(&section, "name", expected: "a text")
        let every = cadence(&section)
        let bound = bound(&section, default: 1)
        let combined = combined(&section, terms, bound)
        let part = combined == nil ? part(&section, terms, target: bound?.target) : nil
        let hard = bool(&section, "hard") ?? false
        let starts = day(&section, "starts")
        let ends = day(&section, "ends")
        if let starts, let ends, ends < starts { report(section, "ends", "\(ends) is before starts, \(starts)") }
        let freezes = freezes(&section, hard: hard)
        let restDays = choices(&section, "rest_days", Self.weekdays).map(Set.init) ?? terms.restDays
        if section.has("branches") || section.has("branch") {
            section.known += ["branches", "branch"]
            report(
                section, section.has("branch") ? "branch" : "branches",
                "git keeps no history of branches, so a number by branch could not stay true; "
                    + "use repositories or paths")
        }
        guard let id, let every, let bound else { return nil }
        let parts = combined?.parts ?? part.map { [$0] } ?? []
        guard !parts.isEmpty else { return nil }
        return RhythmDefinition(
            id: id, name: name ?? Self.name(of: id), every: every, parts: parts,
            combination: combined?.combination ?? .all, bound: bound.bound, hard: hard, starts: starts, ends: ends,
            freezes: freezes, weekStart: terms.weekStart, restDays: restDays)
    }

    /// `dev-log` is `Dev log`.
    private static func name(of id: String) -> String {
        id.prefix(1).uppercased() + id.dropFirst().replacing("-", with: " ")
    }

    private mutating func id(_ section: inout Section, _ ids: inout [String: Int]) -> String? {
        let expected = "small letters, digits and dashes, such as \"dev-log\""
        guard section.has("id") else {
            section.known.append("id")
            report(section, nil, "needs an id, by which its history is kept: \(expected)")
            return nil
        }
        guard let id = string(&section, "id", expected: expected) else { return nil }
        let isPlain = id.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "-")
        }
        guard isPlain, !id.isEmpty, id.utf8.count <= 64, id.first != "-" else {
            report(section, "id", "\"\(id)\" must be \(expected), 64 at most, no dash in front")
            return nil
        }
        guard id != AlertSubject.drift.id else {
            report(section, "id", "\"\(id)\" is what the roadmap's alert is called; take another")
            return nil
        }
        let line = line(of: section)
        if let other = ids.updateValue(line ?? 0, forKey: id) {
            report(section, "id", "\"\(id)\" is used twice, first on line \(other); each needs one of its own")
            return nil
        }
        return id
    }

    private mutating func cadence(_ section: inout Section) -> Cadence? {
        let every = choice(&section, "every", Cadence.calendar.map { ($0.rawValue, $0) })
        let rolling = int(&section, "rolling", in: 2...366)
        switch (section.has("every"), section.has("rolling")) {
        case (true, true):
            report(section, "rolling", "every and rolling exclude each other")
            return nil
        case (false, false):
            report(
                section, nil,
                "needs every = \"week\" (or day, month, quarter, year), or rolling = 7 for the last 7 days")
            return nil
        default: return every ?? rolling.map(Cadence.rolling)
        }
    }

    private mutating func bound(
        _ section: inout Section, default: Double?
    ) -> (bound: RhythmDefinition.Bound, target: Double)? {
        let least = number(&section, "at_least")
        let most = number(&section, "at_most")
        switch (section.has("at_least"), section.has("at_most")) {
        case (true, true):
            report(section, "at_most", "at_least and at_most exclude each other")
            return nil
        case (false, false):
            if `default` == nil { report(section, nil, "needs at_least, or at_most for a level") }
            return `default`.map { (.atLeast, $0) }
        case (true, false):
            guard let least else { return nil }
            guard least > 0, least <= 1e9 else {
                report(
                    section, "at_least",
                    least > 0
                        ? "\(text(of: least)) is more than anybody does; it may be 1000000000 at most"
                        : "\(text(of: least)) must be more than 0; for a limit there is at_most")
                return nil
            }
            return (.atLeast, least)
        case (false, true):
            guard let most else { return nil }
            guard most >= 0, most <= 1e9 else {
                report(section, "at_most", "\(text(of: most)) must be 0 or more, and 1000000000 at most")
                return nil
            }
            return (.atMost, most)
        }
    }

    private mutating func combined(
        _ section: inout Section, _ terms: Terms, _ bound: (bound: RhythmDefinition.Bound, target: Double)?
    ) -> (combination: RhythmDefinition.Combination, parts: [RhythmDefinition.Part])? {
        let target = bound?.target
        func parts(_ reader: inout TOMLReader, _ key: String, _ section: inout Section) -> [RhythmDefinition.Part]? {
            reader.sections(&section, key) { reader, part in
                let own = reader.bound(&part, default: target ?? 1)
                if own?.bound == .atMost {
                    reader.report(part, "at_most", "is for rhythms that ask for one thing alone")
                }
                return reader.part(&part, terms, target: own?.target)
            }
        }
        let any = parts(&self, "any_of", &section)
        let all = parts(&self, "all_of", &section)
        guard any != nil || all != nil else {
            return section.has("any_of") || section.has("all_of") ? (.all, []) : nil
        }
        if bound?.bound == .atMost { report(section, "at_most", "is for rhythms that ask for one thing alone") }
        if any != nil && all != nil { report(section, "all_of", "any_of and all_of exclude each other") }
        for key in ["measure", "entries", "minutes", "metric", "repositories", "paths"] where section.has(key) {
            section.known.append(key)
            report(section, key, "belongs into the tables of \(any == nil ? "all_of" : "any_of")")
        }
        let found = any ?? all ?? []
        if (section.table[any == nil ? "all_of" : "any_of"]?.array?.count ?? 0) == 0 {
            report(section, any == nil ? "all_of" : "any_of", "is empty")
        }
        return (any == nil ? .all : .any, found)
    }

    private mutating func part(
        _ section: inout Section, _ terms: Terms, target: Double?
    ) -> RhythmDefinition.Part? {
        guard let source = source(&section, terms) else { return nil }
        guard let target else { return nil }
        if !source.measure.isMetric, target != target.rounded() {
            report(
                section, section.has("at_most") ? "at_most" : "at_least",
                "\(text(of: target)) must be a whole number: of \(source.measure.rawValue) there are no halves")
            return nil
        }
        return RhythmDefinition.Part(source, target: target)
    }

    private mutating func source(_ section: inout Section, _ terms: Terms) -> Source? {
        let plain = choice(&section, "measure", Measure.plain.map { ($0.rawValue, $0) })
        // Kinds are in lower case in all entries.
        let entries = word(&section, "entries").map(asciiLower)
        let minutes = word(&section, "minutes").map(asciiLower)
        let metric = word(&section, "metric")
        let repositories = strings(&section, "repositories") ?? []
        let paths = strings(&section, "paths") ?? []
        let whats = ["measure", "entries", "minutes", "metric"]
        let given = whats.filter { section.has($0) }
        guard given.count == 1 else {
            // A slip of the pen is told as such, and is one finding.
            let isSlip = section.table.keys.contains {
                !section.known.contains($0) && nearest(to: $0, among: whats) != nil
            }
            if given.isEmpty && isSlip { return nil }
            report(
                section, given.dropFirst().first,
                given.isEmpty
                    ? "needs what is counted: measure = \"commits\" (or active-days, devlog, releases, roadmap-ticks, samples), "
                        + "entries = \"win\", minutes = \"sync\" or metric = \"stars\""
                    : "\(given.joined(separator: " and ")) exclude each other")
            return nil
        }
        let counted: Measure? =
            plain ?? entries.map(Measure.entries) ?? minutes.map(Measure.minutes)
            ?? metric.map { terms.metrics[$0] == .counter ? .counter($0) : .gauge($0) }
        guard let measure = counted else { return nil }
        if !repositories.isEmpty && !measure.isInRepositories {
            report(section, "repositories", "does not go with \(given[0]), which is not in repositories")
            return nil
        }
        if !paths.isEmpty && !measure.hasPaths {
            report(
                section, "paths",
                "goes with commits, active-days and devlog, which touch files, and with roadmap-ticks, for titles")
            return nil
        }
        return Source(
            measure, repositories: repositories.map { atHome($0, home: home) ?? $0 },
            paths: paths)
    }

    private mutating func word(_ section: inout Section, _ key: String) -> String? {
        guard let word = string(&section, key, expected: "a word such as \"win\"") else { return nil }
        guard !word.isEmpty, !word.contains(where: { $0.isWhitespace || $0 == ":" }) else {
            report(section, key, "\"\(word)\" must be one word, without a colon")
            return nil
        }
        return word
    }

    private mutating func freezes(_ section: inout Section, hard: Bool) -> RhythmDefinition.FreezeBudget? {
        let count = int(&section, "freezes", in: 0...366)
        let stretches = Cadence.calendar.dropFirst().map { (name: $0.rawValue, value: $0) }
        let per = choice(&section, "freezes_per", stretches)
        guard let count, count > 0 else { return nil }
        if hard {
            report(section, "freezes", "none are spent on a rhythm that is hard; take one of the two out")
            return nil
        }
        return .init(count: count, per: per ?? .quarter)
    }

    private mutating func goal(_ section: inout Section, _ terms: Terms, _ ids: inout [String: Int]) -> Goal? {
        let id = id(&section, &ids)
        let name = string(&section, "name", expected: "a text")
        let bound = bound(&section, default: nil)
        let part = part(&section, terms, target: bound?.target)
        let from = day(&section, "from")
        let by = day(&section, "by")
        let isQuiet = bool(&section, "quiet") ?? false
        if !section.has("by") { report(section, nil, "needs by = a day such as \"2026-12-31\"") }
        if let from, let by, by < from { report(section, "by", "\(by) is before from, \(from)") }
        if let part, bound?.bound == .atMost, !part.source.measure.isLevel {
            report(section, "at_most", "is for metrics that are gauges; a limit on what is done is a rhythm")
        }
        guard let id, let bound, let part, let by else { return nil }
        let newYear = CalendarDay(year: by.components.year, month: 1, day: 1) ?? by
        return Goal(
            id: id, name: name ?? Self.name(of: id), source: part.source, target: part.target, bound: bound.bound,
            from: from ?? newYear, by: by, isQuiet: isQuiet)
    }

    private mutating func vacation(_ section: inout Section, _ known: [String]) -> Excuse? {
        let first = day(&section, "from")
        let last = day(&section, "to")
        let why = string(&section, "why", expected: "a text") ?? "vacation"
        let rhythms = rhythms(&section, known)
        for key in ["from", "to"] where !section.has(key) {
            report(section, nil, "needs \(key) = a day such as 2026-11-23")
        }
        guard let first, let last else { return nil }
        guard last >= first else {
            report(section, "to", "\(last) is before from, \(first)")
            return nil
        }
        return Excuse(first: first, last: last, why: why, rhythms: rhythms)
    }

    /// The ids of some of the rhythms; nil for all.
    mutating func rhythms(_ section: inout Section, _ known: [String]) -> [String]? {
        let rhythms = strings(&section, "rhythms")
        for id in rhythms ?? [] where !known.contains(id) {
            let guess = nearest(to: id, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
            report(section, "rhythms", "there is no rhythm \"\(id)\"\(guess)")
        }
        return rhythms
    }
}

/// How the readings of a metric are meant.
package enum MetricKind: String, Sendable, CaseIterable {
    /// A level: the last reading holds.
    case gauge
    /// It only grows: what it grew by counts.
    case counter
}

extension Measure {
    fileprivate var isMetric: Bool {
        switch self {
        case .gauge, .counter: true
        case .commits, .activeDays, .devlog, .releases, .roadmapTicks, .samples, .entries, .minutes: false
        }
    }
}
