import CDeflate
import RhythmCore

/// Reads any object out of packs, one at a time: trees and dev logs are stored as what differs from another. What it does
/// not read (loose objects, those of an alternate, a delta on one of these, damage) is left to libgit2.
struct PackReader: ~Copyable {
    private static let largest = 8 << 20
    /// git makes no longer chains unless told to.
    private static let longestChain = 250

    private let packs: [PackFile]
    private let decompressor: OpaquePointer
    private var known = RecentObjects()

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
            if let found = known[number, offset] {
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
                known.remember(content, number, offset)
                break
            }
            deltas.append((offset, entry))
            offset = base
        }
        while let (offset, entry) = deltas.popLast() {
            guard let delta = inflate(entry), let next = Self.apply(delta, to: content) else { return nil }
            content = next
            known.remember(content, number, offset)
        }
        return content
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
        var isGood = false
        let content = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { content, count in
            var filled = 0
            // A few bytes of a hostile difference could ask for more than there is memory.
            func add(_ source: [UInt8], _ start: Int, _ count: Int) -> Bool {
                guard start + count <= source.count, filled + count <= size else { return false }
                source.withUnsafeBufferPointer { source in
                    guard let from = source.baseAddress, let to = content.baseAddress else { return }
                    (to + filled).initialize(from: from + start, count: count)
                }
                filled += count
                return true
            }
            while let code = byte() {
                if code & 0x80 == 0 {
                    guard code > 0, add(delta, position, code) else { return }
                    position += code
                    continue
                }
                // Four bytes of where, three of how much; those that are zero are left out.
                var fields = 0
                for number in 0..<7 where code >> number & 1 != 0 {
                    guard let next = byte() else { return }
                    fields |= next << (8 * number)
                }
                guard add(base, fields & 0xffff_ffff, fields >> 32 == 0 ? 0x10000 : fields >> 32) else { return }
            }
            isGood = filled == size
            count = isGood ? size : 0
        }
        return isGood ? content : nil
    }
}

/// The objects that were unpacked last: one's base is often the next one's too. Each has one place where it can be, and
/// takes that from whatever was there.
private struct RecentObjects {
    private static let places = 1024
    /// Bytes of content.
    private static let largest = 8 << 20

    private struct Object {
        var pack = -1
        var offset = 0
        var content: [UInt8] = []
    }

    private var objects = [Object](repeating: Object(), count: places)
    private var memory = 0
    /// The next to go where all together are too large.
    private var hand = 0

    private static func place(_ pack: Int, _ offset: Int) -> Int {
        // The high bits of a product with the golden ratio: as good as random.
        Int((UInt64(truncatingIfNeeded: offset &+ pack) &* 0x9E37_79B9_7F4A_7C15) >> 54)
    }

    subscript(pack: Int, offset: Int) -> [UInt8]? {
        let place = Self.place(pack, offset)
        guard objects[place].offset == offset, objects[place].pack == pack else { return nil }
        return objects[place].content
    }

    mutating func remember(_ content: [UInt8], _ pack: Int, _ offset: Int) {
        let place = Self.place(pack, offset)
        memory += content.count - objects[place].content.count
        objects[place] = Object(pack: pack, offset: offset, content: content)
        while memory > Self.largest {
            hand = (hand + 1) % Self.places
            guard hand != place else { continue }
            memory -= objects[hand].content.count
            objects[hand] = Object()
        }
    }
}
