import RhythmCore

/// A line that is not one of the format's, and where.
package struct LineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Counted from 1; 0 where the caller did not say.
    package var line: Int
    /// Counted from 1, as `cut -f` does; 0 for the line as a whole.
    package var field: Int
    package var message: String

    package var description: String {
        field == 0 ? "line \(line): \(message)" : "line \(line), field \(field): \(message)"
    }
}

/// Takes a line's fields in order. Every field must be taken and none may be left, so that a line of another version
/// is an error and not a half-understood fact.
struct LineReader {
    private let bytes: ArraySlice<UInt8>
    private let line: Int
    private var position: Int
    private var field = 0

    /// - Parameter bytes: the line without its newline.
    init(_ bytes: ArraySlice<UInt8>, line: Int) {
        self.bytes = bytes
        self.line = line
        position = bytes.startIndex
    }

    func failure(_ message: String) -> LineError {
        LineError(line: line, field: field, message: message)
    }

    mutating func finish() throws(LineError) {
        guard position > bytes.endIndex else {
            field += 1
            throw failure("more fields than this kind of line has")
        }
    }

    mutating func word() throws(LineError) -> String {
        String(decoding: bytes[try next()], as: UTF8.self)
    }

    mutating func text() throws(LineError) -> String {
        try unescape(next())
    }

    mutating func optionalText() throws(LineError) -> String? {
        let range = try next()
        return isAbsent(range) ? nil : try unescape(range)
    }

    mutating func number() throws(LineError) -> Int64 {
        try number(in: next())
    }

    mutating func count() throws(LineError) -> Int {
        let number = try number(in: next())
        guard number >= 0 else { throw failure("a count cannot be negative") }
        return Int(number)
    }

    mutating func timestamp() throws(LineError) -> Timestamp? {
        let range = try next()
        return isAbsent(range) ? nil : Timestamp(try number(in: range))
    }

    mutating func day() throws(LineError) -> CalendarDay? {
        guard let text = try optionalText() else { return nil }
        guard let day = CalendarDay(text) else { throw failure("not a day") }
        return day
    }

    mutating func flag() throws(LineError) -> Bool {
        switch try word() {
        case "yes": return true
        case "no": return false
        case let other: throw failure("expected yes or no, found “\(other)”")
        }
    }

    mutating func objectID() throws(LineError) -> ObjectID {
        try objectID(in: next())
    }

    mutating func optionalObjectID() throws(LineError) -> ObjectID? {
        let range = try next()
        return isAbsent(range) ? nil : try objectID(in: range)
    }

    mutating func list() throws(LineError) -> [String] {
        var items: [String] = []
        for range in try itemRanges() { items.append(try unescape(range)) }
        return items
    }

    mutating func objectIDs() throws(LineError) -> [ObjectID] {
        var ids: [ObjectID] = []
        for range in try itemRanges() { ids.append(try objectID(in: range)) }
        return ids
    }

    private mutating func itemRanges() throws(LineError) -> [Range<Int>] {
        let range = try next()
        guard !isAbsent(range) else { return [] }
        var ranges: [Range<Int>] = []
        var start = range.lowerBound
        for index in range where bytes[index] == UInt8(ascii: " ") {
            ranges.append(start..<index)
            start = index + 1
        }
        ranges.append(start..<range.upperBound)
        return ranges
    }

    private mutating func next() throws(LineError) -> Range<Int> {
        field += 1
        guard position <= bytes.endIndex else { throw failure("missing") }
        let start = position
        var end = start
        while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\t") { end += 1 }
        position = end + 1
        return start..<end
    }

    private func isAbsent(_ range: Range<Int>) -> Bool {
        range.count == 1 && bytes[range.lowerBound] == UInt8(ascii: "-")
    }

    private func number(in range: Range<Int>) throws(LineError) -> Int64 {
        let isNegative = bytes[range].first == UInt8(ascii: "-")
        let digits = isNegative ? range.dropFirst() : range
        guard !digits.isEmpty else { throw failure("not a number") }
        // Counted below zero, where there is room for one more.
        var value: Int64 = 0
        for index in digits {
            let digit = bytes[index] &- UInt8(ascii: "0")
            let (tens, tensOverflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.subtractingReportingOverflow(Int64(digit))
            guard digit < 10, !tensOverflow, !overflow else { throw failure("not a number") }
            value = sum
        }
        guard isNegative || value != .min else { throw failure("not a number") }
        return isNegative ? value : -value
    }

    private func objectID(in range: Range<Int>) throws(LineError) -> ObjectID {
        guard let id = ObjectID(hexDigits: bytes[range]) else { throw failure("not an object id") }
        return id
    }

    private func unescape(_ range: Range<Int>) throws(LineError) -> String {
        let backslash = UInt8(ascii: "\\")
        let decoded: String?
        if bytes[range].contains(backslash) {
            decoded = String(validating: try unescapedBytes(range), as: UTF8.self)
        } else {
            decoded = String(validating: bytes[range], as: UTF8.self)
        }
        guard let decoded else { throw failure("not valid UTF-8") }
        return decoded
    }

    private func unescapedBytes(_ range: Range<Int>) throws(LineError) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                out.append(byte)
                continue
            }
            guard index < range.upperBound else { throw failure("a backslash at the end") }
            let letter = bytes[index]
            index += 1
            switch letter {
            case UInt8(ascii: "\\"): out.append(letter)
            case UInt8(ascii: "t"): out.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "n"): out.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "r"): out.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "x"):
                guard range.upperBound - index >= 2,
                    let value = UInt8(String(decoding: bytes[index..<index + 2], as: UTF8.self), radix: 16)
                else { throw failure("an unfinished \\x escape") }
                out.append(value)
                index += 2
            default: throw failure("an unknown escape")
            }
        }
        return out
    }
}
