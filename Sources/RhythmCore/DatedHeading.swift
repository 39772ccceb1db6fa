/// A heading of a dev log that dates or numbers what stands below it.
package struct DatedHeading: Hashable, Sendable {
    /// The same for every spelling of it: `2026-11-22`, else `2026-W47`, `week 47`, `r1d5`, `day 12`.
    package let key: String
    /// Nil where there is only a number.
    package let day: CalendarDay?
}

extension DatedHeading {
    /// The headings that a dev log has and did not have before.
    ///
    /// All versions are read alike: which of `03/04/2026` is the month is told by the other dates in them, and else by what
    /// is nearer to the day of the change, as is the year of `Nov 22`.
    ///
    /// A heading that takes the place of another one is the same entry under another name: a numbered day that is given its
    /// date, a date that is corrected above the same text. So is one above text that stood there without any: old notes that
    /// are put in order.
    ///
    /// - Parameters:
    ///   - olds: what was there: the version before, and what was moved here.
    ///   - day: of the change.
    /// - Returns: nil where the new version has no such heading at all, and so is no log of that kind.
    package static func new(in new: [UInt8], since olds: [[UInt8]], near day: CalendarDay) -> [DatedHeading]? {
        let written = sections(of: new)
        guard written.contains(where: { $0.mark != nil }) else { return nil }
        let before = olds.flatMap(sections)
        let monthFirst = monthComesFirst((before + written).lazy.compactMap(\.mark))
        func heading(_ section: Section) -> DatedHeading? { section.mark?.resolved(monthFirst, near: day) }
        var known = Set(before.compactMap { heading($0)?.key })
        let fresh = written.compactMap { section in
            heading(section).flatMap { known.insert($0.key).inserted ? (section: section, heading: $0) : nil }
        }
        guard !fresh.isEmpty, !before.isEmpty else { return fresh.map(\.heading) }
        let kept = Set(written.compactMap { heading($0)?.key })
        let replaced = before.filter { heading($0).map { !kept.contains($0.key) } ?? false }
        let numbers = Set(replaced.compactMap(\.number))
        let loose = before.filter { $0.mark == nil }
        return fresh.filter { section, _ in
            if let number = section.number, numbers.contains(number) { return false }
            return section.body.isEmpty
                || !replaced.contains { $0.body == section.body } && !loose.contains { $0.body.contains(section.body) }
        }.map(\.heading)
    }

    /// The day that a file's name states: `2026-11-22.md`, `2026/11/22.md`, `20261122-title.md`.
    package static func day(ofFile path: String) -> CalendarDay? {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return nil }
        if let day = date(atStartOf: name.utf8) { return day }
        let stem = name.prefix { $0 != "." }
        guard parts.count >= 3 else { return nil }
        let folders = parts.dropLast().suffix(2).map(String.init) + [String(stem)]
        guard folders.map(\.utf8.count) == [4, 2, 2] else { return nil }
        return date(atStartOf: folders.joined(separator: "-").utf8)
    }

    private static func date(atStartOf text: some Sequence<UInt8>) -> CalendarDay? {
        let days = WrittenDate(DateTokens(text), at: 0)?.reading.days ?? []
        return Set(days).count == 1 ? days[0] : nil
    }

    /// The day that a file's front matter states, between lines of `---` (or `+++`) at its start, as `date: 2026-11-22`.
    package static func frontMatterDay(of content: [UInt8]) -> CalendarDay? {
        var fence: [UInt8]?
        for line in Lines(content).prefix(100) {
            guard let open = fence else {
                guard line.elementsEqual("---".utf8) || line.elementsEqual("+++".utf8) else { return nil }
                fence = Array(line)
                continue
            }
            if line.elementsEqual(open) { return nil }
            let key = line.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "=") }
            guard asciiLower(key.filter { $0 != 0x20 }) == Array("date".utf8) else { continue }
            let value = line.dropFirst(key.count + 1).drop { $0 == 0x20 || $0 == 0x22 || $0 == 0x27 }
            return date(atStartOf: value)
        }
        return nil
    }

    /// How many lines a text's front matter has, its fences included; 0 without any.
    package static func frontMatterLines(of content: [UInt8]) -> Int {
        var fence: [UInt8]?
        for (index, line) in Lines(content).enumerated() {
            guard let open = fence else {
                guard line.elementsEqual("---".utf8) || line.elementsEqual("+++".utf8) else { return 0 }
                fence = Array(line)
                continue
            }
            if line.elementsEqual(open) { return index + 1 }
        }
        return 0
    }

    // MARK: Marks

    /// A heading, and what stands below it up to the next; or what stands above the first.
    private struct Section {
        var mark: Mark?
        /// Its number, also where its date follows: `day 12`.
        var number: String?
        /// The lines that are not empty, without white space.
        var body: [[UInt8]] = []
    }

    /// A heading as it is written.
    private enum Mark {
        /// - Parameter year: that stands above it, as a heading of its own.
        case date(WrittenDate.Reading, year: Int?)
        case number(String)

        func resolved(_ monthFirst: Bool?, near day: CalendarDay) -> DatedHeading? {
            func dated(_ day: CalendarDay) -> DatedHeading { DatedHeading(key: "\(day)", day: day) }
            func nearest(_ days: [CalendarDay]) -> DatedHeading? {
                days.min { abs($0 - day) < abs($1 - day) }.map(dated)
            }
            switch self {
            case .number(let key): return DatedHeading(key: key, day: nil)
            case .date(let reading, _) where !reading.days.isEmpty:
                if let monthFirst, case .slashed(let first, let second, let year) = reading,
                    let day = CalendarDay(
                        year: year, month: monthFirst ? first : second, day: monthFirst ? second : first)
                {
                    return dated(day)
                }
                return nearest(reading.days)
            case .date(.withoutYear(let month, let ofMonth), let year):
                let years = year.map { [$0] } ?? (-1...1).map { day.components.year + $0 }
                return nearest(years.compactMap { CalendarDay(year: $0, month: month, day: ofMonth) })
            case .date: return nil
            }
        }
    }

    /// What dates that are one when read one way, and none the other way, say of the rest; nil where they say nothing, or
    /// contradict each other.
    private static func monthComesFirst(_ marks: some Sequence<Mark>) -> Bool? {
        var said: Set<Bool> = []
        for mark in marks {
            guard case .date(.slashed(let first, let second, _), _) = mark else { continue }
            if first > 12 { said.insert(false) }
            if second > 12 { said.insert(true) }
        }
        return said.count == 1 ? said.first : nil
    }

    /// A text's headings with what is below them, in its order. Code, comments and front matter have none.
    private static func sections(of content: [UInt8]) -> [Section] {
        var sections = [Section()]
        var isComment = false
        var year: Int?
        var fence: UInt8?
        var lines = Lines(content).makeIterator()
        var line = lines.next()
        if let first = line, first.elementsEqual("---".utf8) || first.elementsEqual("+++".utf8) {
            // Unless it never ends: then it is a line across the page.
            var rest = lines
            while let next = rest.next() {
                guard next.elementsEqual(first) else { continue }
                lines = rest
                line = lines.next()
                break
            }
        }
        while let current = line {
            let next = lines.next()
            defer { line = next }
            let text = current.drop { $0 == 0x20 }
            let plain = withoutSpace(current)
            if !plain.isEmpty { sections[sections.count - 1].body.append(plain) }
            if isComment || fence == nil && text.starts(with: "<!--".utf8) {
                isComment = !current.contains("-->".utf8)
                continue
            }
            if text.startIndex - current.startIndex > 3 { continue }
            if let mark = text.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~"), text.prefix(3).count == 3,
                text.prefix(3).allSatisfy({ $0 == mark })
            {
                fence = fence == nil ? mark : fence == mark ? nil : fence
                continue
            }
            guard fence == nil, current.count <= longestLine, let heading = HeadingLine(text, before: next) else {
                continue
            }
            let tokens = DateTokens(heading.text)
            if heading.isSure, tokens.count == 1, let alone = tokens.number(0, digits: 4...4),
                (1970...2199).contains(alone)
            {
                year = alone
            } else if let mark = mark(tokens, year, isSure: heading.isSure) {
                // It is no part of what stands above it.
                sections[sections.count - 1].body.removeLast()
                let number = heading.isSure ? numbered(tokens, skipLead(tokens))?.key : nil
                sections.append(Section(mark: mark, number: number))
            }
        }
        return sections
    }

    /// Nobody dates a day in more.
    private static let longestLine = 1000

    /// - Parameter isSure: it is a heading by what stands around it. What merely looks like one holds a date and no more.
    private static func mark(_ tokens: DateTokens, _ year: Int?, isSure: Bool) -> Mark? {
        let start = skipLead(tokens)
        if let date = WrittenDate(tokens, at: start), let mark = mark(date, tokens, year, isAlone: !isSure) {
            return mark
        }
        guard isSure else { return nil }
        if let number = numbered(tokens, start) {
            // Its date may follow.
            for behind in number.end..<tokens.count {
                if let date = WrittenDate(tokens, at: skipLead(tokens, from: behind)),
                    let mark = mark(date, tokens, year, isAlone: false)
                {
                    return mark
                }
                guard case .mark? = tokens[behind] else { break }
            }
            return dateAtEnd(tokens, year) ?? .number(number.key)
        }
        return dateAtEnd(tokens, year)
    }

    private static func mark(_ date: WrittenDate, _ tokens: DateTokens, _ year: Int?, isAlone: Bool) -> Mark? {
        var end = date.end
        while case .mark(let mark)? = tokens[end], ")]>*_`:.,".utf8.contains(mark) { end += 1 }
        let isLast = end == tokens.count || tokens.isWord(end, in: weekdays) && end + 1 == tokens.count
        if isAlone && !isLast { return nil }
        if case .withoutYear = date.reading {
            // `May 1 release` is no date.
            guard isLast || end > date.end || isSeparator(tokens, end) else { return nil }
            return .date(date.reading, year: year)
        }
        return .date(date.reading, year: nil)
    }

    /// A date at the end, behind what separates it from a title: `1.2.0 - 2026-11-22`, `Parser done (2026-11-22)`.
    private static func dateAtEnd(_ tokens: DateTokens, _ year: Int?) -> Mark? {
        guard tokens.count > 3 else { return nil }
        // The longest date that people write has eight parts.
        for start in max(1, tokens.count - 10)..<tokens.count where isSeparator(tokens, start - 1) {
            let begin = skipLead(tokens, from: start)
            guard let date = WrittenDate(tokens, at: begin), let mark = mark(date, tokens, year, isAlone: true) else {
                continue
            }
            if case .withoutYear = date.reading { continue }
            return mark
        }
        return nil
    }

    /// Where what comes before a date ends: weekdays, `Day`, `Log`, emoji, brackets.
    private static func skipLead(_ tokens: DateTokens, from start: Int = 0) -> Int {
        var index = start
        while index < tokens.count {
            switch tokens.tokens[index] {
            case .mark(let mark) where "[(<*_`:,.-|@".utf8.contains(mark): index += 1
            case .word(let word) where weekdays.contains(word) || leads.contains(word) || !isLetters(word): index += 1
            default: return index
            }
        }
        return index
    }

    private static func isSeparator(_ tokens: DateTokens, _ index: Int) -> Bool {
        switch tokens[index] {
        case .mark(let mark)?: ":-|(,@[/".utf8.contains(mark)
        case .word(let word)?: !isLetters(word)
        default: false
        }
    }

    /// Of words in other scripts the letters are not told from other signs, but for those that month names are spelt with.
    private static func isLetters(_ word: [UInt8]) -> Bool { word.contains { $0 < 0x80 } }

    /// `R1D5`, `Round 1 Day 5`, `Day 12`, `2026-W47`, `Week 47, 2026`.
    private static func numbered(_ tokens: DateTokens, _ start: Int) -> (key: String, end: Int)? {
        func number(_ index: Int) -> (value: Int, end: Int)? {
            let index = tokens.isMark(index, "#") ? index + 1 : index
            return tokens.number(index, digits: 1...5).map { ($0, index + 1) }
        }
        if tokens.isWord(start, in: rounds), let round = number(start + 1) {
            let next = tokens.isMark(round.end, ",") || tokens.isMark(round.end, "-") ? round.end + 1 : round.end
            guard tokens.isWord(next, in: days.union(words("d"))), let day = number(next + 1) else { return nil }
            return ("r\(round.value)d\(day.value)", day.end)
        }
        if tokens.isWord(start, in: days), let day = number(start + 1) { return ("day \(day.value)", day.end) }
        if let year = tokens.number(start, digits: 4...4) {
            let next = tokens.isMark(start + 1, "-") ? start + 2 : start + 1
            guard tokens.isWord(next, in: weeks.union(words("w"))), let week = number(next + 1) else { return nil }
            return ("\(year)-W\(padded(week.value, to: 2))", week.end)
        }
        guard tokens.isWord(start, in: weeks), let week = number(start + 1) else { return nil }
        let next = tokens[week.end].map { [.mark(0x2C), .mark(0x2F), .mark(0x2D), .mark(0x28)].contains($0) } == true
        guard let year = tokens.number(next ? week.end + 1 : week.end, digits: 4...4) else {
            return ("week \(week.value)", week.end)
        }
        return ("\(year)-W\(padded(week.value, to: 2))", (next ? week.end + 1 : week.end) + 1)
    }

    private static let rounds = words("r round")
    private static let days = words("day tag jour día dia den")
    private static let weeks = words("week kw woche semaine semana týden tyden wk")
    private static let leads = words("log devlog dev diary journal entry update status notes daily date on the")
    private static let weekdays = words(
        """
        monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun montag \
        dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi \
        vendredi samedi dimanche lunes martes miércoles miercoles jueves viernes sábado sabado domingo pondělí úterý \
        středa čtvrtek pátek sobota neděle
        """)
}

/// A line that heads what stands below it.
private struct HeadingLine {
    let text: ArraySlice<UInt8>
    /// Otherwise it is one if it holds a date and nothing else.
    let isSure: Bool

    /// - Parameters:
    ///   - line: without the white space before it.
    ///   - next: the line below, which may underline it.
    init?(_ line: ArraySlice<UInt8>, before next: ArraySlice<UInt8>?) {
        guard let first = line.first else { return nil }
        if first == UInt8(ascii: "#") || first == UInt8(ascii: "=") {
            let level = line.prefix { $0 == first }.count
            guard level <= 6, level < line.count else { return nil }
            text = line.dropFirst(level)
            // Without a space it is none to Markdown, but people forget it.
            isSure = text.first == 0x20 || text.first == 0x09
            return
        }
        let item = line.starts(with: "- ".utf8) || line.starts(with: "* ".utf8) ? line.dropFirst(2) : line
        if item.starts(with: "**".utf8) || item.starts(with: "__".utf8) {
            let mark = item[item.startIndex]
            let inner = item.dropFirst(2)
            guard
                let end = inner.indices.first(where: {
                    inner[$0] == mark && $0 + 1 < inner.endIndex && inner[$0 + 1] == mark
                })
            else { return nil }
            text = inner[..<end]
            isSure = false
            return
        }
        guard item.startIndex == line.startIndex else { return nil }
        let underline = next?.drop { $0 == 0x20 } ?? []
        isSure =
            underline.count >= 3
            && underline.first.map { mark in
                (mark == UInt8(ascii: "=") || mark == UInt8(ascii: "-")) && underline.allSatisfy { $0 == mark }
            } ?? false
        // No date alone on its line is longer.
        guard isSure || line.count <= 40 else { return nil }
        text = line
    }
}

/// The lines of a text, without what ends them, a byte order mark and the white space at their ends.
private struct Lines: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>
    private var isOver = false

    init(_ text: [UInt8]) {
        rest = text.starts(with: [0xEF, 0xBB, 0xBF]) ? text.dropFirst(3) : text[...]
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard !isOver else { return nil }
        let end = rest.firstIndex(of: UInt8(ascii: "\n"))
        var line = rest[..<(end ?? rest.endIndex)]
        if let end { rest = rest[(end + 1)...] } else { isOver = true }
        while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0D { line.removeLast() }
        return line
    }
}

/// Of a line what stays when it is indented or wrapped otherwise.
package func withoutSpace(_ line: ArraySlice<UInt8>) -> [UInt8] {
    line.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }
}
