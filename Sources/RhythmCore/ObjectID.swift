/// The name of a git object: 20 bytes (SHA-1) or 32 (SHA-256), compared and ordered as git orders them, byte by byte.
package struct ObjectID: Hashable, Sendable, Comparable {
    // Four big-endian words, so that comparing words is comparing bytes; unused ones are zero.
    private let a, b, c, d: UInt64
    /// 20 or 32.
    package let byteCount: UInt8

    /// - Parameter bytes: 20 or 32 bytes; nil for any other number.
    package init?(bytes: some Sequence<UInt8>) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var count = 0
        for byte in bytes {
            let shift = UInt64(56 - 8 * (count & 7))
            switch count >> 3 {
            case 0: words.0 |= UInt64(byte) << shift
            case 1: words.1 |= UInt64(byte) << shift
            case 2: words.2 |= UInt64(byte) << shift
            case 3: words.3 |= UInt64(byte) << shift
            default: return nil
            }
            count += 1
        }
        guard count == 20 || count == 32 else { return nil }
        (a, b, c, d) = words
        byteCount = UInt8(count)
    }

    /// - Parameter hex: 40 or 64 hexadecimal digits of either case; nil for anything else.
    package init?(hex: some StringProtocol) {
        self.init(hexDigits: hex.utf8)
    }

    /// The same from ASCII bytes, for readers of raw commit objects.
    package init?(hexDigits: some Collection<UInt8>) {
        guard hexDigits.count == 40 || hexDigits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hexDigits.count / 2)
        var high: UInt8?
        for digit in hexDigits {
            guard let value = Self.value(ofHexDigit: digit) else { return nil }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Int(byteCount))
        for word in [a, b, c, d] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) where out.count < byteCount {
                out.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return out
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
