import RhythmCore

/// Reads every commit reachable from the tips, each object once, in no order that means anything.
struct FullWalk: ~Copyable {
    private var table = CommitTable()
    private var pending: [UInt32] = []
    /// The trees of commits read so far, kept only where changed files are asked for.
    private var trees: [Key?] = []
    private var candidates: [(commit: UInt32, parent: UInt32?)] = []
    private let keepsTrees: Bool

    init(keepsTrees: Bool) {
        self.keepsTrees = keepsTrees
    }

    mutating func run(
        from tips: [Key], _ objects: borrowing ObjectDatabase, _ collector: CommitCollector
    ) throws(GitError) {
        for tip in tips { _ = visit(tip) }
        while let index = pending.popLast() {
            let key = table.keys[Int(index)]
            let object = try objects.read(key)
            try object.withCommit(key) { raw, bytes throws(GitError) in
                take(index, key, raw, bytes, collector)
            }
        }
    }

    private mutating func take(
        _ index: UInt32, _ key: Key, _ raw: RawCommit, _ bytes: UnsafeBufferPointer<UInt8>,
        _ collector: CommitCollector
    ) {
        let base = bytes.baseAddress!
        var firstParent: UInt32?
        for number in stride(from: raw.parentCount - 1, through: 0, by: -1) {
            firstParent = visit(Key(hex: base + raw.parent(number).lowerBound))
        }
        let parentKey = firstParent.map { table.keys[Int($0)] }
        let isOwn = collector.take(
            raw, bytes, parentCount: raw.parentCount, id: { key.objectID }, firstParent: { parentKey?.objectID })
        guard keepsTrees else { return }
        if trees.count < table.keys.count {
            trees.append(contentsOf: repeatElement(nil, count: table.keys.count - trees.count))
        }
        trees[Int(index)] = Key(hex: base + raw.tree.lowerBound)
        if isOwn, raw.parentCount < 2 { candidates.append((index, firstParent)) }
    }

    /// The user's own commits that are no merges, with what they changed from.
    func ownChanges() -> [TreeChange] {
        candidates.map { commit, parent in
            TreeChange(
                commit: table.keys[Int(commit)].objectID, tree: trees[Int(commit)]!.objectID,
                parentTree: parent.flatMap { trees[Int($0)]?.objectID })
        }
    }

    private mutating func visit(_ key: Key) -> UInt32 {
        let (index, isNew) = table.insert(key)
        if isNew { pending.append(UInt32(index)) }
        return UInt32(index)
    }
}
