import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// Where a byte first stands within a range; nil where it does not.
    @inline(__always)
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        guard !range.isEmpty, let base = baseAddress,
            let found = memchr(base + range.lowerBound, Int32(byte), range.count)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}

/// What git calls white space when it parses: never form feed or vertical tab, and never by locale.
@inline(__always)
func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D && byte != 0x0B && byte != 0x0C)
}

/// The value of a hexadecimal digit, 0xFF for anything else.
@inline(__always)
func hexValue(_ digit: UInt8) -> UInt8 {
    let number = digit &- UInt8(ascii: "0")
    let letter = (digit | 0x20) &- UInt8(ascii: "a")
    return number < 10 ? number : letter < 6 ? letter + 10 : 0xFF
}

/// Eight hexadecimal digits at once, in one word each step.
enum HexWord {
    private static let low: UInt64 = 0x0101_0101_0101_0101
    private static let high: UInt64 = 0x8080_8080_8080_8080

    /// Whether all of the digits are such, of either case.
    @inline(__always)
    static func isValid(_ digits: UnsafePointer<UInt8>) -> Bool {
        let word = load(digits)
        let letters = word | (low &* 0x20)
        // A byte's high bit is set where it is at least so much; bytes themselves are below 0x80, so none carries over.
        func atLeast(_ word: UInt64, _ byte: UInt64) -> UInt64 { word &+ low &* (0x80 - byte) }
        guard word & high == 0 else { return false }
        let isNumber = atLeast(word, 0x30) & ~atLeast(word, 0x3A)
        let isLetter = atLeast(letters, 0x61) & ~atLeast(letters, 0x67) & atLeast(word, 0x41)
        return (isNumber | isLetter) & high == high
    }

    /// The four bytes that eight digits stand for, as they lie in memory. The digits are known to be valid.
    @inline(__always)
    static func value(_ digits: UnsafePointer<UInt8>) -> UInt32 {
        let word = load(digits)
        // A letter's low four bits are its value less nine, and only letters have the bit of 0x40.
        let halves = (word & (low &* 0x0F)) &+ (word >> 6 & low) &* 9
        let pairs = (halves << 4 | halves >> 8) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: fours | fours >> 16).littleEndian
    }

    /// The first digit in the lowest byte.
    @inline(__always)
    private static func load(_ digits: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(digits).loadUnaligned(as: UInt64.self))
    }
}

func trimmingSpace(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return bytes
}

extension StaticString {
    @inline(__always)
    func isPrefix(of bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
        guard position + utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<utf8CodeUnitCount where utf8Start[index] != bytes[position + index] { return false }
        return true
    }
}
