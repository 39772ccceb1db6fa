import RhythmCore

extension Fixture {
    /// - Throws: ``ConfigError`` with every finding at once.
    static func parse(_ text: String, file: String, home: String?) throws -> Fixture {
        let table = try TOMLReader.table(of: text, file: file)
        var reader = TOMLReader(file: file, text: text, home: home)
        var top = TOMLReader.Section(path: [], table: table)
        let fixture = reader.fixture(&top)
        reader.rejectUnknown(in: top)
        try reader.finish()
        return fixture
    }
}

extension TOMLReader {
    fileprivate mutating func fixture(_ top: inout Section) -> Fixture {
        var machine = Zone.utc
        section(&top, "machine") { reader, section in
            if let name = reader.string(&section, "zone", expected: "a zone such as \"Europe/Prague\"") {
                machine = reader.zone(name, section, "zone") ?? machine
            }
        }
        var config = Config()
        section(&top, "config") { reader, section in config = reader.config(&section) }
        let rule = config.calendar(machine: machine).rule(machine: machine)
        let calendar = CalendarHistory(rule)

        let recorded = moment(&top, "recorded").map { $0.instant(by: calendar) }
        let reloads =
            sections(&top, "reload") { reader, section -> Fixture.Step? in
                let at = reader.needed(&section, "at")
                var config = Config()
                reader.section(&section, "config") { reader, section in config = reader.config(&section) }
                return at.map { Fixture.Step(config: config, at: $0.instant(by: calendar)) }
            } ?? []
        let items = sections(&top, "evidence") { $0.item(&$1, calendar) } ?? []
        let blindnesses =
            sections(&top, "blind") { reader, section -> Fixture.Blindness? in
                let from = reader.needed(&section, "from")
                let to = reader.moment(&section, "to")
                return from.map { .init(from: $0.instant(by: calendar), to: to?.instant(by: calendar)) }
            } ?? []
        let expectations = sections(&top, "expect") { $0.expectation(&$1) } ?? []
        if expectations.isEmpty && findings.isEmpty {
            report(
                top, nil, "expects nothing: write an [[expect]] with at = a time, rhythm = an id, and what should hold")
        }
        let earliest = (items.map(\.at) + expectations.map { $0.at.instant(by: calendar) }).min()
        let first = Fixture.Step(config: config, at: recorded ?? earliest ?? Timestamp(0))
        return Fixture(
            steps: [first] + reloads.sorted { $0.at < $1.at }, machine: machine, items: items,
            blindnesses: blindnesses, expectations: expectations)
    }

    private mutating func needed(_ section: inout Section, _ key: String) -> Moment? {
        let found = moment(&section, key)
        if !section.has(key) { report(section, nil, "needs \(key) = a time such as \"2026-11-23T18:00\"") }
        return found
    }

    private mutating func item(_ section: inout Section, _ calendar: CalendarHistory) -> Fixture.Item? {
        let at = needed(&section, "at")
        let repository = string(&section, "repository", expected: "a repository's name")
        let paths = strings(&section, "paths") ?? []
        let counts = Measure.plain.filter { $0 != .activeDays }.map { measure in
            (key: measure.rawValue, measure: measure, count: int(&section, measure.rawValue, in: 1...100_000))
        }
        let entry = string(&section, "entries", expected: "a kind such as \"win\"").map(asciiLower)
        let minutes = number(&section, "minutes")
        let kind = string(&section, "kind", expected: "a kind such as \"sync\"").map(asciiLower)
        let metric = string(&section, "metric", expected: "a metric's name")
        let value = number(&section, "value")
        let keys = counts.map(\.key) + ["entries", "minutes", "metric"]
        let given = keys.filter { section.has($0) }
        guard given.count == 1 else {
            report(
                section, given.dropFirst().first,
                given.isEmpty
                    ? "needs one of \(keys.joined(separator: ", "))"
                    : "\(given.joined(separator: " and ")) exclude each other")
            return nil
        }
        if minutes != nil && kind == nil { report(section, "minutes", "needs kind = \"sync\" beside it") }
        if let minutes, minutes <= 0 { report(section, "minutes", "must be more than 0") }
        if metric != nil && value == nil { report(section, "metric", "needs value = 42 beside it") }
        guard let at else { return nil }
        let instant = at.instant(by: calendar)
        let offset: UTCOffset =
            if case .instant(_, let written) = at {
                written
            } else {
                UTCOffset(minutes: calendar.current.zone.offset(instant) / 60)
            }
        var item = Fixture.Item(at: instant, offset: offset, quantities: [:], repository: repository, paths: paths)
        for count in counts {
            if let number = count.count { item.quantities[count.measure] = Double(number) }
        }
        if let entry {
            item.quantities[.entries(entry)] = 1
            if entry == Measure.devlog.rawValue { item.quantities[.devlog] = 1 }
        }
        if let minutes, let kind {
            item.quantities[.minutes(kind)] = minutes
            item.quantities[.entries(kind)] = 1
        }
        if let metric, let value { item.reading = (metric, value) }
        return item
    }

    private mutating func expectation(_ section: inout Section) -> Fixture.Expected? {
        let at = needed(&section, "at")
        let rhythm = string(&section, "rhythm", expected: "a rhythm's id")
        if !section.has("rhythm") { report(section, nil, "needs rhythm = an id") }
        let period = string(&section, "period", expected: "a period such as \"2026-W47\"")
        let fields = Fixture.Field.allCases.compactMap { field -> (field: Fixture.Field, want: Fixture.Want)? in
            switch field {
            case .state:
                choice(&section, field.rawValue, PeriodState.allCases.map { ($0.rawValue, $0) })
                    .map { (field, .text($0.rawValue)) }
            case .lastSafeDay, .dueDay, .atRiskFrom:
                day(&section, field.rawValue).map { (field, .text($0.description)) }
            case .have, .target, .need, .streak, .longest, .strength, .pace:
                number(&section, field.rawValue).map { (field, .number($0)) }
            }
        }
        if fields.isEmpty {
            report(
                section, nil,
                "expects nothing; write one of \(Fixture.Field.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let at, let rhythm else { return nil }
        return Fixture.Expected(line: line(of: section), at: at, rhythm: rhythm, period: period, fields: fields)
    }
}
