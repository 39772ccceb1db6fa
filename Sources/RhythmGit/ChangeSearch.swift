import RhythmCore

/// A commit of the user's, and the tree it changed from; none for a root.
struct TreeChange {
    let commit: ObjectID
    let tree: ObjectID
    let parentTree: ObjectID?
}

/// Finds the dev log files that a commit added to, and the path globs that it touched a file of.
struct ChangeSearch: ~Copyable {
    /// A dev log beyond this counts as added to without being read.
    private static let largestFile = 8 << 20

    /// Behind the patterns of dev logs come those of paths.
    private let devlogs: Int
    private let pathGlobs: [String]
    private var comparison: TreeComparison
    private var changes = 0

    /// - Parameter isPartial: objects may be missing by design.
    init(_ request: ScanRequest, isPartial: Bool) {
        devlogs = request.devlogGlobs.count
        pathGlobs = Set(request.pathGlobs).sorted()
        comparison = TreeComparison(
            patterns: request.devlogGlobs.map { .init(glob: Glob($0, foldingCase: true), interest: .everyFile) }
                + pathGlobs.map { .init(glob: Glob($0, foldingCase: false), interest: .anyChange) },
            isPartial: isPartial)
    }

    /// Says the dev logs in git's order, then the globs, sorted; and every thousand commits that it is still at work.
    /// - Parameters:
    ///   - commitsRead: of the whole scan so far.
    ///   - read: an object's content; nil when it is not there.
    mutating func report(
        _ change: TreeChange, commitsRead: Int, _ emit: (ScanEvent) -> Void,
        read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) {
        changes += 1
        if changes % 1000 == 0 { emit(.progress(commitsRead: commitsRead)) }
        var touched: Set<Int> = []
        for file in try comparison.differences(from: change.parentTree, to: change.tree, read: read) {
            if file.patterns[0] < devlogs, try addsLine(file, read) {
                emit(.devlog(commit: change.commit, path: String(decoding: file.path, as: UTF8.self)))
            }
            touched.formUnion(file.patterns.drop { $0 < devlogs })
        }
        for index in touched.sorted() { emit(.touch(commit: change.commit, glob: pathGlobs[index - devlogs])) }
    }

    private func addsLine(
        _ file: TreeComparison.Difference, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> Bool {
        guard let new = file.new, new.isRegular else { return false }
        let old = file.old.flatMap { $0.isRegular ? $0.id : nil }
        guard new.id != old else { return false }
        guard let content = try read(new.id), content.count <= Self.largestFile else { return true }
        var known: Set<[UInt8]> = [[]]
        if let old {
            guard let before = try read(old), before.count <= Self.largestFile else { return true }
            for line in before.split(separator: UInt8(ascii: "\n")) { known.insert(Self.withoutSpace(line)) }
        }
        return content.split(separator: UInt8(ascii: "\n")).contains { !known.contains(Self.withoutSpace($0)) }
    }

    private static func withoutSpace(_ line: ArraySlice<UInt8>) -> [UInt8] {
        line.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }
    }
}
