import RhythmCore

/// Reads the commits of the last weeks, from the tips down to where everything is older than a horizon.
///
/// A line of history ends after ``patience`` commits in a row that are older: where a clock was wrong, newer ones lie
/// below. So what is read is every commit that a path leads to on which no run of older ones is longer, whatever the
/// order in which the paths are taken. Older ones are told of only where nothing was left out.
struct RecentWalk: ~Copyable {
    private static let patience = 5
    /// A day is read in its author's own offset, which is up to 26 hours from the machine's; and clocks differ.
    static let slack: Int64 = 2 * 86_400

    private struct Node {
        /// How many older ones in a row may still follow, and the same as its parents were told.
        var patience = -1
        var passedOn = -1
        var parents: Range<Int> = 0..<0
        var tree: Key?
        var isRecent = false
        var isOwnChange = false
    }

    private let oldest: Int64
    private var table = CommitTable()
    private var nodes: [Node] = []
    private var parents: [UInt32] = []
    private var pending: [Int] = []
    /// Nothing was left out: all that the tips lead to was read.
    private(set) var isWhole = false

    init(to horizon: Timestamp) {
        oldest = horizon.seconds - Self.slack
    }

    mutating func run(
        from tips: [Key], _ reader: inout CommitReader, _ objects: borrowing ObjectDatabase,
        _ collector: CommitCollector
    ) throws(GitError) {
        for tip in tips { reach(number(tip), patience: Self.patience) }
        while let index = pending.popLast() {
            if nodes[index].tree == nil {
                try load(index, &reader, objects) { isRecent in isRecent ? collector : nil }
            }
            let patience = nodes[index].isRecent ? Self.patience : nodes[index].patience
            guard patience > nodes[index].passedOn else { continue }
            nodes[index].passedOn = patience
            for position in nodes[index].parents {
                reach(Int(parents[position]), patience: nodes[index].isRecent ? patience : patience - 1)
            }
        }
        isWhole = nodes.allSatisfy { $0.tree != nil }
        guard isWhole else { return }
        for index in nodes.indices where !nodes[index].isRecent {
            try load(index, &reader, objects) { _ in collector }
        }
    }

    /// The user's own commits that are no merges, with what they changed from.
    mutating func ownChanges(_ objects: borrowing ObjectDatabase) throws(GitError) -> [TreeChange] {
        var changes: [TreeChange] = []
        for index in nodes.indices where nodes[index].isOwnChange {
            var parentTree: Key?
            if let first = nodes[index].parents.first {
                let parent = Int(parents[first])
                // One that lies beyond the horizon was not read.
                if nodes[parent].tree == nil { nodes[parent].tree = try tree(of: parent, objects) }
                parentTree = nodes[parent].tree
            }
            changes.append(
                TreeChange(
                    commit: table.keys[index].objectID, tree: nodes[index].tree!.objectID,
                    parentTree: parentTree?.objectID))
        }
        return changes
    }

    private mutating func reach(_ index: Int, patience: Int) {
        guard patience > nodes[index].patience else { return }
        nodes[index].patience = patience
        pending.append(index)
    }

    private mutating func number(_ key: Key) -> Int {
        let (index, isNew) = table.insert(key)
        if isNew { nodes.append(Node()) }
        return index
    }

    /// - Parameter collector: who is told of the commit, by whether it is a recent one.
    private mutating func load(
        _ index: Int, _ reader: inout CommitReader, _ objects: borrowing ObjectDatabase,
        for collector: (Bool) -> CommitCollector?
    ) throws(GitError) {
        let key = table.keys[index]
        try reader.withCommit(key, objects) { raw, bytes throws(GitError) in
            let base = bytes.baseAddress!
            let start = parents.count
            for position in 0..<raw.parentCount {
                parents.append(UInt32(number(Key(hex: base + raw.parent(position).lowerBound))))
            }
            nodes[index].parents = start..<parents.count
            nodes[index].tree = Key(hex: base + raw.tree.lowerBound)
            let isRecent = Ident(bytes, line: raw.committer)?.seconds.map { $0 >= oldest } ?? false
            nodes[index].isRecent = isRecent
            guard let collector = collector(isRecent) else { return }
            let firstParent = parents.count > start ? table.keys[Int(parents[start])] : nil
            let isOwn = collector.take(
                raw, bytes, parentCount: raw.parentCount, id: { key.objectID }, firstParent: { firstParent?.objectID })
            nodes[index].isOwnChange = isOwn && raw.parentCount < 2
        }
    }

    private func tree(of index: Int, _ objects: borrowing ObjectDatabase) throws(GitError) -> Key {
        let key = table.keys[index]
        return try objects.read(key).withCommit(key) { raw, bytes throws(GitError) in
            Key(hex: bytes.baseAddress! + raw.tree.lowerBound)
        }
    }
}
