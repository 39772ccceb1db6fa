/// The name of a git object: 20 bytes (SHA-1) or 32 (SHA-256), compared and ordered as git orders them, byte by byte.
package struct ObjectID: Hashable, Sendable, Comparable {
    // Four big-endian words, so that comparing words is comparing bytes; unused ones are zero.
    private let a, b, c, d: UInt64
    /// 20 or 32.
    package let byteCount: UInt8

    /// - Parameter bytes: 20 or 32 bytes; nil for any other number.
    package init?(bytes: some Sequence<UInt8>) {
        guard
            let id = bytes.withContiguousStorageIfAvailable(Self.init(contiguous:))
                ?? Array(bytes).withUnsafeBufferPointer(Self.init(contiguous:))
        else { return nil }
        self = id
    }

    /// - Parameter hex: 40 or 64 hexadecimal digits of either case; nil for anything else.
    package init?(hex: some StringProtocol) {
        self.init(hexDigits: hex.utf8)
    }

    /// The same from ASCII bytes, for readers of raw commit objects.
    package init?(hexDigits: some Sequence<UInt8>) {
        guard
            let id = hexDigits.withContiguousStorageIfAvailable(Self.init(contiguousHex:))
                ?? Array(hexDigits).withUnsafeBufferPointer(Self.init(contiguousHex:))
        else { return nil }
        self = id
    }

    // A scan makes some for every commit that it reads, so these two are not generic and allocate nothing.

    private init?(contiguous bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == 20 || bytes.count == 32 else { return nil }
        self.init(byteCount: bytes.count) { bytes[$0] }
    }

    private init?(contiguousHex digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 40 || digits.count == 64 else { return nil }
        var isHex = true
        self.init(byteCount: digits.count / 2) { index in
            guard let high = Self.value(ofHexDigit: digits[2 * index]),
                let low = Self.value(ofHexDigit: digits[2 * index + 1])
            else {
                isHex = false
                return 0
            }
            return high << 4 | low
        }
        guard isHex else { return nil }
    }

    private init(byteCount: Int, _ byte: (Int) -> UInt8) {
        func word(_ index: Int) -> UInt64 {
            var word: UInt64 = 0
            for position in 8 * index..<8 * index + 8 {
                word = word << 8 | (position < byteCount ? UInt64(byte(position)) : 0)
            }
            return word
        }
        a = word(0)
        b = word(1)
        c = word(2)
        d = word(3)
        self.byteCount = UInt8(byteCount)
    }

    package var bytes: [UInt8] { withUnsafeBytes(Array.init) }

    /// Lends the ``byteCount`` bytes.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try Swift.withUnsafeBytes(of: (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian)) {
            try body(UnsafeRawBufferPointer(rebasing: $0[..<Int(byteCount)]))
        }
    }

    /// Lower-case hexadecimal, whole.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
    }

    private static func value(ofHexDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension ObjectID: CustomStringConvertible {
    package var description: String { hex }
}
