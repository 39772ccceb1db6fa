/// A roadmap: what an outline's parts mean.
package struct Roadmap: Hashable, Sendable {
    /// A title, and what it is the title of.
    package struct Section: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            /// Its calendar year where it says so: `YEAR 1 (2026)`.
            case year(Int, calendar: Int?)
            /// Its months, counted from the roadmap's beginning.
            case phase(Int, months: ClosedRange<Int>?)
            case demo
            case criteria
            case resources
            case skills
            /// The months in which its skills are to be acquired.
            case tier(Int?, months: ClosedRange<Int>?)
            case goals
            /// To be reached by the end of a month, counted from the beginning; of a calendar year.
            case goalsBy(month: Int?, year: Int?)
            /// What is to be done every so often; nil for a title over several of these.
            case rhythms(Cadence?)
            case milestones
            case milestone(month: Int)
            case tracker
            case projects(ProjectStage)
            case status
            /// Any other.
            case group
        }

        package var kind: Kind
        /// As it is shown: symbols mended, no colon at the end.
        package var title: String
        /// 0 at the top.
        package var depth: Int
        package var parent: Int?
        package var line: Int
    }

    package enum ProjectStage: String, Sendable, CaseIterable {
        case current, planned, completed
    }

    package struct Item: Hashable, Sendable {
        package var text: String
        /// Nil where there is nothing to tick.
        package var box: Outline.Node.Box?
        /// The index of its section; nil above the first title.
        package var section: Int?
        /// The index of the item that it stands under.
        package var parent: Int?
        package var line: Int
    }

    /// A line such as `**Active Days:** 1`.
    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String
        package var section: Int?
        package var line: Int
    }

    /// In the order of the file, and so are the others.
    package var sections: [Section] = []
    package var items: [Item] = []
    package var fields: [Field] = []
    package var words: RoadmapWords

    package init(_ outline: Outline, words: RoadmapWords = RoadmapWords()) {
        self.words = words
        var open: [(depth: Int, index: Int)] = []
        var lists: [(depth: Int, index: Int)] = []
        for node in outline.nodes {
            while let last = open.last, last.depth >= node.depth, node.isTitle { open.removeLast() }
            while let last = lists.last, last.depth >= node.depth || node.isTitle { lists.removeLast() }
            let text = mendingSymbols(in: node.text)
            let section = open.last?.index
            switch node.kind {
            case .heading, .label:
                sections.append(
                    Section(
                        kind: kind(of: text, in: section), title: Self.withoutColon(text), depth: open.count,
                        parent: section, line: node.line))
                open.append((node.depth, sections.count - 1))
            case .item:
                items.append(
                    Item(text: text, box: node.box, section: section, parent: lists.last?.index, line: node.line))
                lists.append((node.depth, items.count - 1))
                if node.box == nil, let field = Self.field(of: text) {
                    fields.append(Field(name: field.name, value: field.value, section: section, line: node.line))
                }
            case .field:
                fields.append(
                    Field(name: text, value: mendingSymbols(in: node.value), section: section, line: node.line))
            }
        }
    }

    private static func withoutColon(_ text: String) -> String {
        text.hasSuffix(":") ? String(text.dropLast()) : text
    }

    /// `- Active Days: 1`.
    private static func field(of text: String) -> (name: String, value: String)? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let value = text[text.index(after: colon)...].drop(while: \.isWhitespace)
        return value.isEmpty ? nil : (String(text[..<colon]), String(value))
    }

    // MARK: What a title says

    private func kind(of title: String, in parent: Int?) -> Section.Kind {
        let said = plainWords(of: title)
        let above = parent.map { sections[$0].kind }
        if let phase = enclosing(parent, where: { if case .phase = $0 { true } else { false } }), phase != nil {
            return words.names(.criteria, in: said) ? .criteria : words.names(.demo, in: said) ? .demo : .group
        }
        switch above {
        case .skills: return .tier(words.number(of: .tier, in: said), months: words.months(in: title, said))
        case .goals: if let by = goalsBy(title, said) { return by }
        case .rhythms: return .rhythms(cadence(said))
        case .milestones: if let month = words.monthsPassed(in: title) { return .milestone(month: month) }
        case .tracker: if let stage = stage(said) { return .projects(stage) }
        default: break
        }
        if let number = words.number(of: .phase, in: said) {
            return .phase(number, months: words.months(in: title, said))
        }
        if let number = words.number(of: .year, in: said) {
            let calendar = said.lazy.compactMap(Int.init).first(where: Self.calendarYears.contains)
            // `Year 2026` says which of the calendar's it is, and not which of the roadmap's.
            guard number == calendar else { return .year(number, calendar: calendar) }
            return .year(
                (last { if case .year(let number, _) = $0 { number } else { nil } } ?? 0) + 1, calendar: number)
        }
        if words.names(.criteria, in: said) { return .criteria }
        if words.names(.rhythms, in: said) { return .rhythms(cadence(said)) }
        if let cadence = cadence(said), said.count <= 4 { return .rhythms(cadence) }
        if words.names(.skills, in: said) { return .skills }
        if words.names(.status, in: said) { return .status }
        if words.names(.projects, in: said) { return .tracker }
        if words.names(.goals, in: said) { return .goals }
        if words.names(.milestones, in: said) { return .milestones }
        if words.names(.resources, in: said) { return .resources }
        if let months = words.months(in: title, said), parent.map({ isPlain($0) }) ?? true {
            return .phase(
                (last { if case .phase(let number, _) = $0 { number } else { nil } } ?? 0) + 1, months: months)
        }
        return .group
    }

    private static let calendarYears = 1970...2200

    /// The number of the last section that has one of a kind.
    private func last(_ number: (Section.Kind) -> Int?) -> Int? {
        for section in sections.reversed() {
            if let number = number(section.kind) { return number }
        }
        return nil
    }

    private func enclosing(_ section: Int?, where isIt: (Section.Kind) -> Bool) -> Int?? {
        var section = section
        while let index = section {
            if isIt(sections[index].kind) { return index }
            section = sections[index].parent
        }
        return nil
    }

    private func isPlain(_ section: Int) -> Bool {
        switch sections[section].kind {
        case .year, .group: true
        default: false
        }
    }

    private func cadence(_ said: [String]) -> Cadence? {
        let parts: [(RoadmapWords.Part, Cadence)] = [
            (.daily, .day), (.weekly, .week), (.monthly, .month), (.quarterly, .quarter), (.yearly, .year),
        ]
        return parts.first { words.names($0.0, in: said) }?.1
    }

    private func goalsBy(_ title: String, _ said: [String]) -> Section.Kind? {
        if let year = said.lazy.compactMap(Int.init).first(where: Self.calendarYears.contains) {
            return .goalsBy(month: nil, year: year)
        }
        if let year = words.number(of: .year, in: said) { return .goalsBy(month: 12 * year, year: nil) }
        return (words.months(in: title, said)?.upperBound ?? words.monthsPassed(in: title)).map {
            .goalsBy(month: $0, year: nil)
        }
    }

    private func stage(_ said: [String]) -> ProjectStage? {
        let parts: [(RoadmapWords.Part, ProjectStage)] = [
            (.completed, .completed), (.planned, .planned), (.current, .current),
        ]
        return parts.first { words.names($0.0, in: said) }?.1
    }
}

extension Roadmap {
    /// The titles that an item or a section stands under, the outermost first.
    package func path(of section: Int?) -> [String] {
        lineage(of: section).map { sections[$0].title }
    }

    /// The sections that one stands in, itself last.
    package func lineage(of section: Int?) -> [Int] {
        var path: [Int] = []
        var section = section
        while let index = section {
            path.append(index)
            section = sections[index].parent
        }
        return path.reversed()
    }

    /// Whether a section is another or stands in it.
    package func contains(_ outer: Int, _ section: Int?) -> Bool {
        var section = section
        while let index = section, index >= outer {
            if index == outer { return true }
            section = sections[index].parent
        }
        return false
    }

    /// The items in a section, at any depth.
    package func items(in section: Int) -> [Item] {
        items.filter { contains(section, $0.section) }
    }

    /// A field of the whole file, such as `Last Updated`, or of its status.
    package func field(_ part: RoadmapWords.Part, in section: Int? = nil) -> Field? {
        fields.last { field in
            words.isName(of: part, plainWords(of: field.name)) && (section.map { contains($0, field.section) } ?? true)
        }
    }

    package var status: Int? { sections.firstIndex { $0.kind == .status } }

    package var phases: [(index: Int, number: Int, months: ClosedRange<Int>?)] {
        sections.enumerated().compactMap { index, section in
            if case .phase(let number, let months) = section.kind { (index, number, months) } else { nil }
        }
    }
}
