import CDeflate
import RhythmCore

/// Reads any object out of packs, one at a time: trees and dev logs are stored as what differs from another. What it does
/// not read (loose objects, those of an alternate, a delta on one of these, damage) is left to libgit2.
struct PackReader: ~Copyable {
    private static let largest = 8 << 20
    /// git makes no longer chains unless told to.
    private static let longestChain = 250
    /// Bytes of objects that are remembered: one's base is often the next one's too.
    private static let largestMemory = 8 << 20

    private struct Place: Hashable {
        let pack: Int
        let offset: Int
    }

    private let packs: [PackFile]
    private let decompressor: OpaquePointer
    private var known: [Place: [UInt8]] = [:]
    private var memory = 0

    init(_ packs: [PackFile]) {
        guard let made = libdeflate_alloc_decompressor() else { fatalError("out of memory") }
        decompressor = made
        self.packs = packs
    }

    deinit { libdeflate_free_decompressor(decompressor) }

    /// - Returns: the content; nil for what this does not read.
    mutating func read(_ key: Key) -> [UInt8]? {
        for (number, pack) in packs.enumerated() {
            if let offset = pack.offset(of: key) { return read(number, offset) }
        }
        return nil
    }

    /// - Returns: nil for an object that is nowhere.
    mutating func read(_ id: ObjectID, or objects: borrowing ObjectDatabase) throws(GitError) -> [UInt8]? {
        guard let key = Key(id) else { return nil }
        if let content = read(key) { return content }
        return try objects.readIfThere(key)
    }

    private mutating func read(_ number: Int, _ start: Int) -> [UInt8]? {
        let pack = packs[number]
        var offset = start
        var deltas: [(offset: Int, entry: PackFile.Entry)] = []
        var content: [UInt8]
        while true {
            if let found = known[Place(pack: number, offset: offset)] {
                content = found
                break
            }
            guard let entry = pack.entry(at: offset), entry.size <= Self.largest, deltas.count < Self.longestChain
            else {
                return nil
            }
            guard let base = entry.base else {
                guard let whole = inflate(entry) else { return nil }
                content = whole
                remember(content, Place(pack: number, offset: offset))
                break
            }
            deltas.append((offset, entry))
            offset = base
        }
        while let (offset, entry) = deltas.popLast() {
            guard let delta = inflate(entry), let next = Self.apply(delta, to: content) else { return nil }
            content = next
            remember(content, Place(pack: number, offset: offset))
        }
        return content
    }

    private mutating func remember(_ content: [UInt8], _ place: Place) {
        // A hundred for what holds them.
        memory += content.count + 100
        if memory > Self.largestMemory {
            known.removeAll()
            memory = content.count + 100
        }
        known[place] = content
    }

    private func inflate(_ entry: PackFile.Entry) -> [UInt8]? {
        var isGood = false
        let content = [UInt8](unsafeUninitializedCapacity: max(entry.size, 1)) { buffer, count in
            var written = 0
            let result = libdeflate_zlib_decompress_ex(
                decompressor, entry.stream.baseAddress, entry.stream.count, buffer.baseAddress, entry.size, nil,
                &written)
            isGood = result == LIBDEFLATE_SUCCESS && written == entry.size
            count = isGood ? written : 0
        }
        return isGood ? content : nil
    }

    /// By gitformat-pack(5): two lengths, then pieces to copy from the base or to add.
    static func apply(_ delta: [UInt8], to base: [UInt8]) -> [UInt8]? {
        var position = 0
        func byte() -> Int? {
            guard position < delta.count else { return nil }
            position += 1
            return Int(delta[position - 1])
        }
        func length() -> Int? {
            var value = 0
            for shift in stride(from: 0, to: 35, by: 7) {
                guard let next = byte() else { return nil }
                value |= (next & 0x7f) << shift
                if next & 0x80 == 0 { return value }
            }
            return nil
        }
        guard length() == base.count, let size = length(), size <= largest else { return nil }
        var content: [UInt8] = []
        content.reserveCapacity(size)
        while let code = byte() {
            if code & 0x80 == 0 {
                guard code > 0, position + code <= delta.count, content.count + code <= size else { return nil }
                content.append(contentsOf: delta[position..<position + code])
                position += code
                continue
            }
            // Four bytes of where, three of how much; those that are zero are left out.
            var fields = 0
            for number in 0..<7 where code >> number & 1 != 0 {
                guard let next = byte() else { return nil }
                fields |= next << (8 * number)
            }
            let (start, count) = (fields & 0xffff_ffff, fields >> 32 == 0 ? 0x10000 : fields >> 32)
            // A few bytes of a hostile difference could ask for more than there is memory.
            guard start + count <= base.count, content.count + count <= size else { return nil }
            content.append(contentsOf: base[start..<start + count])
        }
        return content.count == size ? content : nil
    }
}
