/// An author or committer line taken apart the way git's `split_ident_line` does it, so that odd lines give what
/// `%an`, `%ae` and `%at` give. Ranges are offsets into the same bytes as the line's.
struct Ident {
    let name: Range<Int>
    let email: Range<Int>
    /// Nil where git prints no date: no digits, or no zone after them; and where the number is beyond 64 bits.
    let seconds: Int64?
    /// Minutes east of UTC; 0 without a date.
    let offsetMinutes: Int

    /// - Returns: nil for a line without an email in angle brackets, of which git makes an empty name and email.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) {
        guard let person = Self.person(bytes, line: line),
            let last = bytes[line].lastIndex(of: UInt8(ascii: ">"))
        else { return nil }
        (name, email) = person

        func skipSpace(_ start: Int) -> Int {
            var index = start
            while index < line.upperBound, isSpace(bytes[index]) { index += 1 }
            return index
        }
        func digits(_ start: Int) -> Range<Int> {
            var index = start
            while index < line.upperBound, bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") {
                index += 1
            }
            return start..<index
        }
        let date = digits(skipSpace(last + 1))
        let sign = skipSpace(date.upperBound)
        guard !date.isEmpty, sign < line.upperBound,
            bytes[sign] == UInt8(ascii: "+") || bytes[sign] == UInt8(ascii: "-")
        else {
            (seconds, offsetMinutes) = (nil, 0)
            return
        }
        let zone = digits(sign + 1)
        guard !zone.isEmpty else {
            (seconds, offsetMinutes) = (nil, 0)
            return
        }
        seconds = Self.number(bytes, date)
        // As git reads it: a number whose last two digits are minutes; one beyond an int is no zone.
        let written = Self.number(bytes, zone).flatMap { $0 < Int64(Int32.max) ? Int($0) : nil } ?? 0
        let minutes = written / 100 * 60 + written % 100
        offsetMinutes = bytes[sign] == UInt8(ascii: "-") ? -minutes : minutes
    }

    /// The name and the email alone, where the date is of no interest.
    @inline(__always)
    static func person(_ bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) -> (name: Range<Int>, email: Range<Int>)?
    {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "<"), in: line),
            let close = bytes.firstIndex(of: UInt8(ascii: ">"), in: open + 1..<line.upperBound)
        else { return nil }
        var nameEnd = open
        while nameEnd > line.lowerBound, isSpace(bytes[nameEnd - 1]) { nameEnd -= 1 }
        return (line.lowerBound..<nameEnd, open + 1..<close)
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ digits: Range<Int>) -> Int64? {
        var value: Int64 = 0
        for index in digits {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) = tens.addingReportingOverflow(Int64(bytes[index] - UInt8(ascii: "0")))
            if overflow || more { return nil }
            value = sum
        }
        return value
    }
}
