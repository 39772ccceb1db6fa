/// Reads commits one at a time: out of the packs where they are stored whole, through libgit2 where not.
struct CommitReader: ~Copyable {
    let packs: [PackFile]
    private var inflater = CommitInflater()

    init(_ packs: [PackFile]) {
        self.packs = packs
    }

    mutating func withCommit<Result>(
        _ key: Key, _ objects: borrowing ObjectDatabase,
        _ body: (RawCommit, UnsafeBufferPointer<UInt8>) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        for pack in packs {
            guard let offset = pack.offset(of: key) else { continue }
            guard let bytes = inflater.read(pack, at: offset), let raw = RawCommit(bytes, digits: 40) else { break }
            return try body(raw, bytes)
        }
        return try objects.read(key).withCommit(key) { raw, bytes throws(GitError) in try body(raw, bytes) }
    }
}
