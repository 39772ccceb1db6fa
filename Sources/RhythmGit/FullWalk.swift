import RhythmCore

/// Reads every commit reachable from the tips, each object once, in no order that means anything.
struct FullWalk: ~Copyable {
    private var table: CommitTable
    /// Whether something led to it, by number. What was read ahead has a number before that.
    private var isReached: [Bool]
    private var pending: [UInt32] = []
    private var ahead: ReadAhead
    /// The trees of commits that were not read ahead, kept only where changed files are asked for.
    private var trees: [Key?] = []
    private var candidates: [(commit: UInt32, parent: UInt32?)] = []
    private let keepsTrees: Bool

    /// - Parameter table: as `ahead` left it.
    init(_ ahead: ReadAhead, numberedIn table: CommitTable, keepsTrees: Bool) {
        self.ahead = ahead
        self.table = table
        self.keepsTrees = keepsTrees
        isReached = Array(repeating: false, count: ahead.count)
    }

    mutating func run(
        from tips: [Key], _ reader: inout CommitReader, _ objects: borrowing ObjectDatabase,
        _ collector: CommitCollector
    ) throws(GitError) {
        for tip in tips { _ = visit(tip) }
        while let index = pending.popLast() {
            let key = table.keys[Int(index)]
            if Int(index) < ahead.count {
                try takeFromAhead(index, key, &reader, objects, collector)
                continue
            }
            try reader.withCommit(key, objects) { raw, bytes throws(GitError) in
                take(index, key, raw, bytes, collector)
            }
        }
        collector.finish(ahead.authors)
    }

    private mutating func takeFromAhead(
        _ index: UInt32, _ key: Key, _ reader: inout CommitReader, _ objects: borrowing ObjectDatabase,
        _ collector: CommitCollector
    ) throws(GitError) {
        let number = Int(index)
        if ahead.isOwn(number) {
            guard let content = ahead.kept(number) else {
                return try reader.withCommit(key, objects) { raw, bytes throws(GitError) in
                    take(index, key, raw, bytes, collector)
                }
            }
            return content.withUnsafeBufferPointer { bytes in
                take(index, key, RawCommit(bytes, digits: 40)!, bytes, collector)
            }
        }
        var parents = ahead.parents(number)
        while let parent = parents.popLast() { _ = visit(parent) }
        ahead.countAuthor(number)
        collector.count()
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
        let position = Int(index) - ahead.count
        if position >= 0 {
            if trees.count <= position {
                trees.append(contentsOf: repeatElement(nil, count: position + 1 - trees.count))
            }
            trees[position] = Key(hex: base + raw.tree.lowerBound)
        }
        if isOwn, raw.parentCount < 2 { candidates.append((index, firstParent)) }
    }

    /// The user's own commits that are no merges, with what they changed from.
    func ownChanges() -> [TreeChange] {
        candidates.map { commit, parent in
            TreeChange(
                commit: table.keys[Int(commit)].objectID, tree: tree(commit).objectID,
                parentTree: parent.map { tree($0).objectID })
        }
    }

    /// Of a commit that was reached.
    private func tree(_ index: UInt32) -> Key {
        Int(index) < ahead.count ? ahead.tree(Int(index)) : trees[Int(index) - ahead.count]!
    }

    private mutating func visit(_ key: Key) -> UInt32 {
        let (index, isNew) = table.insert(key)
        if isNew {
            isReached.append(true)
        } else if isReached[index] {
            return UInt32(index)
        } else {
            isReached[index] = true
        }
        pending.append(UInt32(index))
        return UInt32(index)
    }
}
