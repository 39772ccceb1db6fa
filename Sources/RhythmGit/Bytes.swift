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
