import CDeflate
import Glibc

/// A pack and its index, mapped into memory, for reading the commits that are stored in it whole, as git stores nearly
/// all. Any object that is stored otherwise, or that does not come out right, is left to libgit2, which says what is
/// wrong with it.
///
/// libgit2 spends two thirds of a walk over commits on what this leaves out: locks, buffers and a decoder made anew for
/// each. What guards against damage is what guards git itself: the checksum in each object's stream.
// The compiler cannot see it, but nothing in it changes once it is made: two maps that are only read, and a number.
final class PackFile: @unchecked Sendable {
    private let index: MappedFile
    private let pack: MappedFile
    let count: Int

    private static let fanout = 8
    private static let names = fanout + 256 * 4
    private static let idLength = 20
    /// Of the pack, and twice at the end of the index.
    private static let checksum = 20
    private static let packHeader = 12

    /// - Parameter path: the index, beside which the pack lies.
    /// - Returns: nil for a pack of another kind than this reads.
    init?(index path: String) {
        guard path.hasSuffix(".idx"), let index = MappedFile(path),
            let pack = MappedFile(path.dropLast(4) + ".pack"),
            index.count >= Self.names, index.word(at: 0) == 0xff74_4f63, index.word(at: 4) == 2,
            pack.count > Self.packHeader + Self.checksum, pack.word(at: 0) == 0x5041_434b, pack.word(at: 4) == 2
        else { return nil }
        count = Int(index.word(at: Self.names - 4))
        // A name, a CRC and an offset for each object.
        guard index.count >= Self.names + count * (Self.idLength + 8) + 2 * Self.checksum,
            pack.word(at: 8) == UInt32(count)
        else { return nil }
        self.index = index
        self.pack = pack
    }

    /// Those of a repository, the largest first; none of its alternates.
    static func all(of location: Location) -> [PackFile] {
        location.packIndexes.compactMap { PackFile(index: $0) }.sorted { $0.count > $1.count }
    }

    func key(at position: Int) -> Key {
        Key(index.bytes.baseAddress! + Self.names + position * Self.idLength)
    }

    /// Where the object of a name starts in the pack.
    func offset(of key: Key) -> Int? {
        position(of: key).flatMap(offset(at:))
    }

    func offset(at position: Int) -> Int? {
        let offsets = Self.names + count * (Self.idLength + 4)
        let word = index.word(at: offsets + position * 4)
        var offset = Int(word)
        if word >> 31 != 0 {
            let large = offsets + count * 4 + Int(word & 0x7fff_ffff) * 8
            guard large + 8 + 2 * Self.checksum <= index.count else { return nil }
            offset = Int(index.word(at: large)) << 32 | Int(index.word(at: large + 4))
        }
        return (Self.packHeader..<pack.count - Self.checksum).contains(offset) ? offset : nil
    }

    /// Whether an object stored whole is a commit.
    func isCommit(at offset: Int) -> Bool {
        pack.bytes[offset] >> 4 & 7 == 1
    }

    /// Whether an object is stored whole, and is no commit or tag.
    func isTreeOrBlob(at offset: Int) -> Bool {
        2...3 ~= pack.bytes[offset] >> 4 & 7
    }

    /// An object as it is stored.
    struct Entry {
        /// Where the object starts that this one says the difference from; nil for one that is stored whole.
        let base: Int?
        /// Of the content, or of the difference.
        let size: Int
        let stream: UnsafeRawBufferPointer
    }

    /// - Returns: nil for what is damaged, or has its base in another pack.
    func entry(at offset: Int) -> Entry? {
        guard let (start, size) = header(at: offset) else { return nil }
        var position = start
        let end = pack.count - Self.checksum
        var base: Int?
        switch pack.bytes[offset] >> 4 & 7 {
        case 1...4: break
        case 6:
            var distance = -1
            var byte: UInt8
            repeat {
                guard position < end, distance < 1 << 48 else { return nil }
                byte = pack.bytes[position]
                position += 1
                distance = (distance + 1) << 7 | Int(byte & 0x7f)
            } while byte & 0x80 != 0
            guard distance > 0, offset - distance >= Self.packHeader else { return nil }
            base = offset - distance
        case 7:
            guard position + Self.idLength <= end,
                let found = self.offset(of: Key(pack.bytes.baseAddress! + position))
            else { return nil }
            position += Self.idLength
            base = found
        default: return nil
        }
        return Entry(base: base, size: size, stream: UnsafeRawBufferPointer(rebasing: pack.bytes[position..<end]))
    }

    /// How long an object is, and where what follows its length starts.
    private func header(at offset: Int) -> (position: Int, size: Int)? {
        let end = pack.count - Self.checksum
        var position = offset
        var byte = pack.bytes[position]
        var size = Int(byte & 15)
        var shift = 4
        while byte & 0x80 != 0 {
            position += 1
            guard position < end, shift < 28 else { return nil }
            byte = pack.bytes[position]
            size |= Int(byte & 0x7f) << shift
            shift += 7
        }
        return (position + 1, size)
    }

    /// The names are sorted and as good as random, so a name tells about where it stands.
    private func position(of key: Key) -> Int? {
        let first = Int(key.a & 0xff)
        var low = first == 0 ? 0 : Int(index.word(at: Self.fanout + (first - 1) * 4))
        var high = Int(index.word(at: Self.fanout + first * 4))
        guard high <= count else { return nil }
        let wanted = key.a.bigEndian
        while low < high {
            let (least, most) = (start(low), start(high - 1))
            guard least <= wanted, wanted <= most else { return nil }
            let share = least == most ? 0 : Double(wanted - least) / Double(most - least)
            let middle = low + Int(share * Double(high - 1 - low))
            let found = self.key(at: middle)
            if found == key { return middle }
            if found.isLess(than: key) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private func start(_ position: Int) -> UInt64 {
        index.bytes.loadUnaligned(fromByteOffset: Self.names + position * Self.idLength, as: UInt64.self).bigEndian
    }
}

/// Unpacks commits, one at a time.
struct CommitInflater: ~Copyable {
    /// A commit beyond this is left to libgit2.
    private static let largest = 1 << 20

    private let decompressor: OpaquePointer
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: CommitInflater.largest, alignment: 16)

    init() {
        guard let made = libdeflate_alloc_decompressor() else { fatalError("out of memory") }
        decompressor = made
    }

    deinit {
        libdeflate_free_decompressor(decompressor)
        buffer.deallocate()
    }

    /// - Returns: the content, which the next read overwrites; nil for what this does not read, or is damaged.
    mutating func read(_ pack: PackFile, at offset: Int) -> UnsafeBufferPointer<UInt8>? {
        guard pack.isCommit(at: offset), let entry = pack.entry(at: offset), entry.size <= Self.largest
        else { return nil }
        var count = 0
        let result = libdeflate_zlib_decompress_ex(
            decompressor, entry.stream.baseAddress, entry.stream.count, buffer.baseAddress, entry.size, nil, &count)
        guard result == LIBDEFLATE_SUCCESS, count == entry.size else { return nil }
        return UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self)[..<count])
    }
}

/// A file as memory. git never changes a pack or an index in place.
private final class MappedFile {
    let bytes: UnsafeRawBufferPointer
    var count: Int { bytes.count }

    init?(_ path: some StringProtocol) {
        let descriptor = open(String(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_size > 0,
            let start = mmap(nil, Int(info.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
        else { return nil }
        bytes = UnsafeRawBufferPointer(start: start, count: Int(info.st_size))
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

    @inline(__always)
    func word(at offset: Int) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
