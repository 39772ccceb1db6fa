import RhythmCore

/// A SHA-1 name as three words: a table of a million of these is 24 MB.
struct Key: Equatable, Sendable {
    let a, b: UInt64
    let c: UInt32

    /// - Parameter bytes: 20 of them.
    @inline(__always)
    init(_ bytes: UnsafeRawPointer) {
        a = bytes.loadUnaligned(as: UInt64.self)
        b = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        c = bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
    }

    /// - Parameter digits: 40 hexadecimal digits, already known to be such.
    @inline(__always)
    init(hex digits: UnsafePointer<UInt8>) {
        func pair(_ start: Int) -> UInt64 {
            let (first, second) = (HexWord.value(digits + start), HexWord.value(digits + start + 8))
            return (UInt64(first.littleEndian) | UInt64(second.littleEndian) << 32).littleEndian
        }
        a = pair(0)
        b = pair(16)
        c = HexWord.value(digits + 32)
    }

    init?(_ id: ObjectID) {
        let bytes = id.bytes
        guard bytes.count == 20 else { return nil }
        self = bytes.withUnsafeBytes { Key($0.baseAddress!) }
    }

    /// Byte by byte, as git orders them.
    @inline(__always)
    func isLess(than other: Key) -> Bool {
        if a != other.a { return a.bigEndian < other.a.bigEndian }
        if b != other.b { return b.bigEndian < other.b.bigEndian }
        return c.bigEndian < other.c.bigEndian
    }

    var objectID: ObjectID {
        ObjectID(bytes: bytes)!
    }

    var bytes: [UInt8] {
        withUnsafeBytes(of: (a, b, c)) { Array($0.prefix(20)) }
    }
}

/// The commits of a walk, numbered in the order in which they were first heard of.
struct CommitTable {
    private(set) var keys: [Key] = []
    private var slots = [UInt32](repeating: 0, count: 4096)

    /// - Returns: the commit's number, and whether it is a new one.
    mutating func insert(_ key: Key) -> (index: Int, isNew: Bool) {
        let mask = slots.count - 1
        // The names are hashes already.
        var slot = Int(truncatingIfNeeded: key.a) & mask
        while slots[slot] != 0 {
            let found = Int(slots[slot]) - 1
            if keys[found] == key { return (found, false) }
            slot = (slot + 1) & mask
        }
        keys.append(key)
        slots[slot] = UInt32(keys.count)
        if keys.count * 2 > slots.count { grow() }
        return (keys.count - 1, true)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, key) in keys.enumerated() {
            var slot = Int(truncatingIfNeeded: key.a) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(index + 1)
        }
    }
}
