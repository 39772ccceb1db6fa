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
        var devlogs: [TreeComparison.Difference] = []
        for file in try comparison.differences(from: change.parentTree, to: change.tree, read: read) {
            if file.patterns[0] < self.devlogs { devlogs.append(file) }
            touched.formUnion(file.patterns.drop { $0 < self.devlogs })
        }
        try reportEntries(devlogs, of: change.commit, emit, read: read)
        for index in touched.sorted() { emit(.touch(commit: change.commit, glob: pathGlobs[index - self.devlogs])) }
    }

    private func reportEntries(
        _ files: [TreeComparison.Difference], of commit: ObjectID, _ emit: (ScanEvent) -> Void,
        read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) {
        func content(_ file: TreeComparison.File) throws(GitError) -> [UInt8]? {
            try read(file.id).flatMap { $0.count <= Self.largestFile ? $0 : nil }
        }
        // What is moved or split up goes from one file to others.
        var removed: [[UInt8]]?
        for file in files {
            guard let new = file.new, new.isRegular else { continue }
            let old = file.old.flatMap { $0.isRegular ? $0 : nil }
            guard new.id != old?.id else { continue }
            let path = String(decoding: file.path, as: UTF8.self)
            var before: [[UInt8]]?
            if removed == nil {
                removed = []
                for gone in files where gone.new?.isRegular != true {
                    if let gone = gone.old, gone.isRegular, let text = try content(gone) { removed?.append(text) }
                }
            }
            if let old { before = try content(old).map { [$0] } } else { before = [] }
            guard let text = try content(new), let before else {
                emit(.devlog(commit: commit, path: path, heading: "", day: DatedHeading.day(ofFile: path)))
                continue
            }
            // A picture has no lines. git takes for binary what has a zero this early.
            if text.prefix(8000).contains(0) { continue }
            let olds = before + (removed ?? [])
            let stated = DatedHeading.frontMatterDay(of: text) ?? DatedHeading.day(ofFile: path)
            if let headings = DatedHeading.new(in: text, since: olds, near: try authorDay(of: commit, read)) {
                for heading in headings {
                    emit(.devlog(commit: commit, path: path, heading: heading.key, day: heading.day ?? stated))
                }
            } else if Self.addsLine(text, to: olds) {
                emit(.devlog(commit: commit, path: path, heading: "", day: stated))
            }
        }
    }

    /// By the author's clock; some day where the commit has no date that can be read.
    private func authorDay(
        of commit: ObjectID, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> CalendarDay {
        let moment = try read(commit).flatMap { bytes in
            bytes.withUnsafeBufferPointer { bytes in
                RawCommit(bytes, digits: 2 * Int(commit.byteCount)).flatMap { Ident(bytes, line: $0.author) }
            }
        }
        guard let moment, let seconds = moment.seconds, (0..<1 << 40).contains(seconds) else {
            return CalendarDay(number: 0)
        }
        return CalendarDay(number: (Int(seconds) + moment.offsetMinutes * 60) / 86_400)
    }

    /// Whether there is a line that was not there. Front matter that changes says nothing of what was done, and lines that
    /// are wrapped otherwise say the same.
    private static func addsLine(_ text: [UInt8], to olds: [[UInt8]]) -> Bool {
        func lines(_ text: [UInt8]) -> [[UInt8]] {
            let all = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            return all.dropFirst(olds.isEmpty ? 0 : DatedHeading.frontMatterLines(of: text)).map(withoutSpace)
        }
        let before = olds.map(lines)
        let now = lines(text)
        let known = Set(before.joined()).union([[]])
        let added = now.filter { !known.contains($0) }
        guard !added.isEmpty else { return false }
        let kept = Set(now)
        let removed = before.joined().filter { !kept.contains($0) }
        return Array(added.joined()) != Array(removed.joined())
    }
}
