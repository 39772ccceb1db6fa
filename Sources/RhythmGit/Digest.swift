/// FNV-1a, 64 bits: tells one state from another, with no promise against somebody who wants a collision.
struct Digest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// Ends with its length's worth of separation, so that "a", "bc" is not "ab", "c".
    mutating func add(field: String) {
        add(field.utf8)
        add(CollectionOfOne(0xFF))
    }

    var hex: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
