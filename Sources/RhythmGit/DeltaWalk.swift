import RhythmCore

/// Finds what one set of tips reaches and another does not, both ways, by painting both histories from the newest
/// commit down until the colours have met everywhere.
///
/// Dates only order the work. Where they run backwards, a commit seen with one colour could be reached with the other
/// further down, so the painting goes on past the point where the colours met: ``margin`` commits and everything as new
/// as the oldest difference in any case, and the whole history as soon as a commit is met that is older than its parent.
struct DeltaWalk: ~Copyable {
    private static let new: UInt8 = 1
    private static let old: UInt8 = 2
    private static let both: UInt8 = 3
    private static let margin = 1000
    /// Clocks of people who work together differ by so much.
    private static let tolerance: Int64 = 3600

    private struct Node {
        var colours: UInt8 = 0
        var passedOn: UInt8 = 0
        var date: Int64?
        var parents: Range<Int> = 0..<0
        var tree: Key?
    }

    private var table = CommitTable()
    private var nodes: [Node] = []
    private var parents: [UInt32] = []
    private var queue = DateQueue()
    private var openDifferences = 0
    private var oldestDifference = Int64.max
    private var datesRunBackwards = false

    private(set) var newCommits: [Key] = []
    private(set) var goneCommits: [Key] = []
    /// An old tip is no longer reachable.
    private(set) var rewritten = false

    init(new: [Key], old: [Key], _ objects: borrowing ObjectDatabase) throws(GitError) {
        // Common tips get both colours before anything is passed on.
        var oldTips: [Int] = []
        for tip in old {
            let index = number(tip)
            oldTips.append(index)
            try paint(index, Self.old, objects)
        }
        for tip in new { try paint(number(tip), Self.new, objects) }
        try spread(objects)
        for (index, node) in nodes.enumerated() {
            if node.colours == Self.new { newCommits.append(table.keys[index]) }
            if node.colours == Self.old { goneCommits.append(table.keys[index]) }
        }
        rewritten = oldTips.contains { nodes[$0].colours == Self.old }
    }

    /// The tree of a commit and of its first parent, for one of ``newCommits``.
    mutating func change(_ commit: Key, _ objects: borrowing ObjectDatabase) throws(GitError) -> TreeChange {
        let node = nodes[number(commit)]
        var parentTree: Key?
        if let first = node.parents.first {
            let parent = Int(parents[first])
            if nodes[parent].tree == nil { try load(parent, objects) }
            parentTree = nodes[parent].tree
        }
        return TreeChange(
            commit: commit.objectID, tree: node.tree!.objectID, parentTree: parentTree?.objectID)
    }

    private mutating func spread(_ objects: borrowing ObjectDatabase) throws(GitError) {
        var beyond = 0
        while let (date, index) = queue.popFirst() {
            let colours = nodes[index].colours
            guard nodes[index].passedOn != colours else { continue }
            if openDifferences == 0, !datesRunBackwards, date < oldestDifference {
                beyond += 1
                if beyond > Self.margin { return }
            }
            nodes[index].passedOn = colours
            if colours != Self.both { openDifferences -= 1 }
            for position in nodes[index].parents {
                let parent = Int(parents[position])
                try paint(parent, colours, objects)
                if let own = nodes[index].date, let before = nodes[parent].date, before <= own + Self.tolerance {
                    if colours != Self.both { oldestDifference = min(oldestDifference, before) }
                } else {
                    datesRunBackwards = true
                }
            }
            if colours != Self.both { oldestDifference = min(oldestDifference, date) }
        }
    }

    private mutating func paint(
        _ index: Int, _ colours: UInt8, _ objects: borrowing ObjectDatabase
    ) throws(GitError) {
        let before = nodes[index].colours
        let after = before | colours
        guard after != before else { return }
        if nodes[index].tree == nil { try load(index, objects) }
        nodes[index].colours = after
        let wasOpen = before != 0 && before != Self.both && nodes[index].passedOn != before
        if wasOpen { openDifferences -= 1 }
        if after != Self.both { openDifferences += 1 }
        queue.insert(date: nodes[index].date ?? 0, index)
    }

    private mutating func number(_ key: Key) -> Int {
        let (index, isNew) = table.insert(key)
        if isNew { nodes.append(Node()) }
        return index
    }

    private mutating func load(_ index: Int, _ objects: borrowing ObjectDatabase) throws(GitError) {
        let key = table.keys[index]
        try objects.read(key).withCommit(key) { raw, bytes throws(GitError) in
            let start = parents.count
            for position in 0..<raw.parentCount {
                let parent = number(Key(hex: bytes.baseAddress! + raw.parent(position).lowerBound))
                parents.append(UInt32(parent))
            }
            nodes[index].parents = start..<parents.count
            nodes[index].date = Ident(bytes, line: raw.committer)?.seconds
            nodes[index].tree = Key(hex: bytes.baseAddress! + raw.tree.lowerBound)
        }
    }
}

/// A binary heap, newest first.
struct DateQueue {
    private var heap: [(date: Int64, index: Int)] = []

    mutating func insert(date: Int64, _ index: Int) {
        heap.append((date, index))
        var child = heap.count - 1
        while child > 0, heap[(child - 1) / 2].date < heap[child].date {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popFirst() -> (date: Int64, index: Int)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var largest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].date > heap[largest].date { largest = child }
            }
            if largest == parent { return first }
            heap.swapAt(parent, largest)
            parent = largest
        }
    }
}
