import RhythmCore
import Synchronization

/// Commits read before it is known whether anything leads to them.
///
/// A walk learns of a commit's parents by reading it, so it reads one after the other. But git writes a pack's commits in
/// front of all else, where several threads can read them at once, and nearly all are reachable. The walk then goes by
/// what was found, and reads for itself only what was not among it.
struct ReadAhead {
    /// A pack of fewer objects is not worth it.
    private static let fewest = 8192
    private static let chunkSize = 4096
    /// Chunks between two signs of life.
    private static let wave = 16
    /// Bytes of the user's commits that are kept until the walk comes to them. What is beyond is read again.
    private static let mostKept = 64 << 20
    private static let largestKept = 4096

    /// Commits of one pack, as far as the walk needs them.
    private struct Chunk: Sendable {
        var keys: [Key] = []
        var records: [Record] = []
        /// A commit's are those from the end of the one before on; so with `kept`.
        var parents: [Key] = []
        var kept: [UInt8] = []
        var trees: [Key] = []
        var authors: AuthorTable
    }

    private struct Record {
        var parentsEnd: UInt32
        var keptEnd: UInt32
        var author: UInt32
        var isOwn: Bool
    }

    private struct Place {
        let chunk: UInt32
        let row: UInt32
    }

    private var chunks: [Chunk] = []
    private var places: [Place] = []

    /// Commits that were found, each once.
    var count: Int { places.count }
    var authors: [AuthorTable] { chunks.map(\.authors) }

    /// - Parameters:
    ///   - table: gets the commits that are found; theirs are its first numbers.
    ///   - progress: told how many commits were read so far.
    init(
        _ packs: [PackFile], into table: inout CommitTable, identity: LocalIdentity, keepsTrees: Bool,
        parallel: Parallel, progress: (Int) -> Void
    ) {
        let runs = packs.flatMap { pack in Self.front(pack).map { (pack, $0) } }
        var read = 0
        var kept = 0
        for first in stride(from: 0, to: runs.count, by: Self.wave) {
            let wave = Array(runs[first..<min(first + Self.wave, runs.count)])
            let keepsContent = kept < Self.mostKept
            let found = Mutex([Chunk?](repeating: nil, count: wave.count))
            parallel(wave.count) { number in
                let (pack, positions) = wave[number]
                let chunk = Self.read(
                    pack, positions, identity, keepsTrees: keepsTrees, keepsContent: keepsContent)
                found.withLock { $0[number] = chunk }
            }
            for var chunk in found.withLock({ $0 }).compactMap({ $0 }) {
                read += chunk.records.count
                kept += chunk.kept.count
                for (row, key) in chunk.keys.enumerated() where table.insert(key).isNew {
                    places.append(Place(chunk: UInt32(chunks.count), row: UInt32(row)))
                }
                chunk.keys = []
                chunks.append(chunk)
            }
            progress(read)
        }
    }

    // MARK: What was found, by the number in the table

    func parents(_ index: Int) -> ArraySlice<Key> {
        let place = places[index]
        let chunk = chunks[Int(place.chunk)]
        let row = Int(place.row)
        let start = row == 0 ? 0 : Int(chunk.records[row - 1].parentsEnd)
        return chunk.parents[start..<Int(chunk.records[row].parentsEnd)]
    }

    func isOwn(_ index: Int) -> Bool {
        let place = places[index]
        return chunks[Int(place.chunk)].records[Int(place.row)].isOwn
    }

    mutating func countAuthor(_ index: Int) {
        let place = places[index]
        let author = chunks[Int(place.chunk)].records[Int(place.row)].author
        chunks[Int(place.chunk)].authors.count(Int(author))
    }

    /// The commit's content; nil where it was not kept.
    func kept(_ index: Int) -> ArraySlice<UInt8>? {
        let place = places[index]
        let chunk = chunks[Int(place.chunk)]
        let row = Int(place.row)
        let start = row == 0 ? 0 : Int(chunk.records[row - 1].keptEnd)
        let end = Int(chunk.records[row].keptEnd)
        return start == end ? nil : chunk.kept[start..<end]
    }

    func tree(_ index: Int) -> Key {
        let place = places[index]
        return chunks[Int(place.chunk)].trees[Int(place.row)]
    }

    // MARK: Reading

    /// The commits at the front of a pack, by their positions in its index, in portions of about ``chunkSize`` that lie
    /// together.
    private static func front(_ pack: PackFile) -> [[UInt32]] {
        guard pack.count >= fewest else { return [] }
        // The names come in no order, so some of them are a fair sample of the pack.
        var end = Int.max
        for position in stride(from: 0, to: pack.count, by: max(1, pack.count / 2048)) {
            if let offset = pack.offset(at: position), pack.isTreeOrBlob(at: offset) { end = min(end, offset) }
        }
        var found: [(position: UInt32, offset: Int)] = []
        for position in 0..<pack.count {
            if let offset = pack.offset(at: position), offset < end, pack.isCommit(at: offset) {
                found.append((UInt32(position), offset))
            }
        }
        guard let last = found.lazy.map(\.offset).max() else { return [] }
        var chunks = [[UInt32]](repeating: [], count: (found.count + chunkSize - 1) / chunkSize)
        for (position, offset) in found { chunks[offset * chunks.count / (last + 1)].append(position) }
        return chunks
    }

    private static func read(
        _ pack: PackFile, _ positions: [UInt32], _ identity: LocalIdentity, keepsTrees: Bool, keepsContent: Bool
    ) -> Chunk {
        var chunk = Chunk(authors: AuthorTable(identity))
        chunk.keys.reserveCapacity(positions.count)
        chunk.records.reserveCapacity(positions.count)
        chunk.parents.reserveCapacity(positions.count)
        var inflater = CommitInflater()
        for position in positions {
            // What cannot be read is met again by the walk, if anything leads to it.
            guard let offset = pack.offset(at: Int(position)), let bytes = inflater.read(pack, at: offset),
                let raw = RawCommit(bytes, digits: 40)
            else { continue }
            let base = bytes.baseAddress!
            for number in 0..<raw.parentCount {
                chunk.parents.append(Key(hex: base + raw.parent(number).lowerBound))
            }
            if keepsTrees { chunk.trees.append(Key(hex: base + raw.tree.lowerBound)) }
            let (author, isOwn) = chunk.authors.author(of: raw, bytes)
            if isOwn, keepsContent, bytes.count <= largestKept { chunk.kept.append(contentsOf: bytes) }
            chunk.keys.append(pack.key(at: Int(position)))
            chunk.records.append(
                Record(
                    parentsEnd: UInt32(chunk.parents.count), keptEnd: UInt32(chunk.kept.count),
                    author: UInt32(author), isOwn: isOwn))
        }
        return chunk
    }
}
