/// A text taken apart into numbers, words and marks; white space is only noted.
struct DateTokens {
    enum Token: Equatable {
        /// - Parameter digits: how many there are.
        case number(Int, digits: Int)
        /// In lower case as far as ASCII goes. Whatever is not ASCII is part of a word.
        case word([UInt8])
        case mark(UInt8)
    }

    private(set) var tokens: [Token] = []
    /// Whether white space stands before each.
    private(set) var isApart: [Bool] = []

    var count: Int { tokens.count }

    init(_ text: some Sequence<UInt8>) {
        var word: [UInt8] = []
        var number: (value: Int, digits: Int)?
        var apart = true
        func add(_ token: Token) {
            tokens.append(token)
            isApart.append(apart)
            apart = false
        }
        func close() {
            if !word.isEmpty { add(.word(word)) }
            if let (value, digits) = number { add(.number(value, digits: digits)) }
            word = []
            number = nil
        }
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if !word.isEmpty { close() }
                let digit = Int(byte - UInt8(ascii: "0"))
                // No date has more digits; they are counted all the same.
                let digits = (number?.digits ?? 0) + 1
                number = (digits > 9 ? 0 : (number?.value ?? 0) * 10 + digit, digits)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...:
                if number != nil { close() }
                word.append(asciiLower(byte))
            case 0x20, 0x09...0x0D:
                close()
                apart = true
            default:
                close()
                add(.mark(byte))
            }
        }
        close()
    }

    subscript(index: Int) -> Token? { tokens.indices.contains(index) ? tokens[index] : nil }

    func isMark(_ index: Int, _ mark: Unicode.Scalar) -> Bool { self[index] == .mark(UInt8(ascii: mark)) }

    func number(_ index: Int, digits: ClosedRange<Int>) -> Int? {
        guard case .number(let value, let count)? = self[index], digits.contains(count) else { return nil }
        return value
    }

    func word(_ index: Int) -> [UInt8]? {
        if case .word(let word)? = self[index] { word } else { nil }
    }

    func isWord(_ index: Int, in words: Set<[UInt8]>) -> Bool { word(index).map(words.contains) ?? false }
}

/// A date as people write it.
struct WrittenDate: Equatable {
    enum Reading: Equatable {
        case day(CalendarDay)
        /// `03/04/2026` or `03-04-2026`: which is the month may have to be told from elsewhere.
        case slashed(first: Int, second: Int, year: Int)
        /// `Nov 22`.
        case withoutYear(month: Int, day: Int)

        /// The days that it can be: the one with the month first, the one with the day first.
        var days: [CalendarDay] {
            switch self {
            case .day(let day): [day]
            case .slashed(let first, let second, let year):
                [(first, second), (second, first)].compactMap { CalendarDay(year: year, month: $0, day: $1) }
            case .withoutYear: []
            }
        }
    }

    let reading: Reading
    /// Of the token behind it.
    let end: Int

    /// The date that begins at a token.
    init?(_ tokens: DateTokens, at start: Int) {
        guard
            let (reading, end) = Self.numeric(tokens, start) ?? Self.monthFirst(tokens, start)
                ?? Self.dayFirst(tokens, start) ?? Self.yearFirst(tokens, start)
        else { return nil }
        // Part of something longer, such as a version or a file name.
        if end < tokens.count, !tokens.isApart[end] {
            if case .number = tokens.tokens[end] { return nil }
            if tokens.isMark(end, ".") || tokens.isMark(end, "-"), end + 1 < tokens.count, !tokens.isApart[end + 1],
                case .number = tokens.tokens[end + 1]
            {
                return nil
            }
        }
        self.reading = reading
        self.end = end
    }

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Reading? {
        guard (1970...2199).contains(year) else { return nil }
        return CalendarDay(year: year, month: month, day: day).map(Reading.day)
    }

    /// `2026-11-22`, `2026/11/22`, `20261122`, `22.11.2026`, `22. 11. 2026`, `11/22/2026`, `22-11-2026`.
    private static func numeric(_ tokens: DateTokens, _ start: Int) -> (Reading, Int)? {
        if let whole = tokens.number(start, digits: 8...8) {
            return day(whole / 10_000, whole / 100 % 100, whole % 100).map { ($0, start + 1) }
        }
        guard case .mark(let mark)? = tokens[start + 1], tokens[start + 3] == .mark(mark),
            let middle = tokens.number(start + 2, digits: 1...2)
        else { return nil }
        if let year = tokens.number(start, digits: 4...4), let last = tokens.number(start + 4, digits: 1...2) {
            guard "-/._".utf8.contains(mark) else { return nil }
            return day(year, middle, last).map { ($0, start + 5) }
        }
        guard let first = tokens.number(start, digits: 1...2) else { return nil }
        let slash = mark == UInt8(ascii: "/")
        guard
            let year = tokens.number(start + 4, digits: 4...4)
                ?? (slash ? tokens.number(start + 4, digits: 2...2).map { $0 + 2000 } : nil)
        else { return nil }
        if mark == UInt8(ascii: ".") { return day(year, middle, first).map { ($0, start + 5) } }
        guard slash || mark == UInt8(ascii: "-") else { return nil }
        guard day(year, first, middle) != nil || day(year, middle, first) != nil else { return nil }
        return (.slashed(first: first, second: middle, year: year), start + 5)
    }

    /// `November 22, 2026`, `Nov. 22nd 2026`, `Nov 22`.
    private static func monthFirst(_ tokens: DateTokens, _ start: Int) -> (Reading, Int)? {
        guard let month = tokens.word(start).flatMap({ months[$0] }) else { return nil }
        var next = start + 1
        if tokens.isMark(next, ".") || tokens.isMark(next, "-") { next += 1 }
        guard let day = tokens.number(next, digits: 1...2), (1...31).contains(day) else { return nil }
        next += 1
        if tokens.isWord(next, in: ordinals), !tokens.isApart[next] { next += 1 }
        return withYear(tokens, month, day, next)
    }

    /// `22 November 2026`, `22nd of November, 2026`, `22. November 2026`, `22 de noviembre de 2026`, `22-Nov-2026`.
    private static func dayFirst(_ tokens: DateTokens, _ start: Int) -> (Reading, Int)? {
        guard let day = tokens.number(start, digits: 1...2), (1...31).contains(day) else { return nil }
        var next = start + 1
        if tokens.isMark(next, ".") || tokens.isMark(next, "-") { next += 1 }
        if tokens.isWord(next, in: ordinals) { next += 1 }
        if tokens.isWord(next, in: ofs) { next += 1 }
        guard let month = tokens.word(next).flatMap({ months[$0] }) else { return nil }
        next += 1
        if tokens.isMark(next, ".") { next += 1 }
        if tokens.isWord(next, in: ofs) { next += 1 }
        return withYear(tokens, month, day, next)
    }

    private static func withYear(_ tokens: DateTokens, _ month: Int, _ day: Int, _ next: Int) -> (Reading, Int)? {
        let year = tokens.isMark(next, ",") || tokens.isMark(next, "-") ? next + 1 : next
        if let value = tokens.number(year, digits: 4...4), (1970...2199).contains(value) {
            return Self.day(value, month, day).map { ($0, year + 1) }
        }
        // A leap day is one in some year.
        return CalendarDay(year: 2000, month: month, day: day) == nil
            ? nil : (.withoutYear(month: month, day: day), next)
    }

    /// `2026 November 22`.
    private static func yearFirst(_ tokens: DateTokens, _ start: Int) -> (Reading, Int)? {
        guard let year = tokens.number(start, digits: 4...4),
            let month = tokens.word(start + 1).flatMap({ months[$0] }),
            let day = tokens.number(start + 2, digits: 1...2)
        else { return nil }
        return Self.day(year, month, day).map { ($0, start + 3) }
    }

    private static let ordinals = words("st nd rd th er º")
    private static let ofs = words("of de du d")

    /// Month names in English, German, French, Spanish and Czech, with the usual short ones.
    static let months: [[UInt8]: Int] = {
        let names = [
            "january jan januar jänner janvier janv enero ene ledna leden",
            "february feb februar février fevrier févr febrero února unora únor",
            "march mar märz maerz mars marzo března brezna březen",
            "april apr avril avr abril abr dubna duben",
            "may mai mayo května kvetna květen",
            "june jun juni juin junio června cervna červen",
            "july jul juli juillet juil julio července cervence červenec",
            "august aug août aout agosto srpna srpen",
            "september sep sept septembre septiembre září zari",
            "october oct oktober okt octobre octubre října rijna říjen",
            "november nov novembre noviembre listopadu listopad",
            "december dec dezember dez décembre decembre déc diciembre dic prosince prosinec",
        ]
        var months: [[UInt8]: Int] = [:]
        for (index, list) in names.enumerated() {
            for name in list.split(separator: " ") { months[Array(name.utf8)] = index + 1 }
        }
        return months
    }()
}

func words(_ list: String) -> Set<[UInt8]> { Set(list.split(separator: " ").map { Array($0.utf8) }) }
