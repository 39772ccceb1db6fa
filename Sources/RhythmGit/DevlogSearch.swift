import RhythmCore

/// A commit of the user's, and the tree it changed from; none for a root.
struct TreeChange {
    let commit: ObjectID
    let tree: ObjectID
    let parentTree: ObjectID?
}

/// Finds the dev log files that a commit added to. Only folders whose ids differ, and in which a glob can still match, are
/// looked into.
struct DevlogSearch: ~Copyable {
    private enum Kind { case folder, file, other }

    private struct Entry {
        let kind: Kind
        let name: [UInt8]
        let id: ObjectID
        let states: [Glob.State]
        let isMatch: Bool
    }

    /// A file beyond this counts as added to without being read.
    private static let largestFile = 8 << 20

    private let globs: [Glob]
    /// What of a top folder can match: small lists, and a commit's is its child's again.
    private var tops: [ObjectID: [Entry]] = [:]
    private let isPartial: Bool

    /// - Parameter isPartial: objects may be missing by design.
    init(globs: [String], isPartial: Bool) {
        self.globs = globs.map { Glob($0, foldingCase: true) }
        self.isPartial = isPartial
    }

    var isEmpty: Bool { globs.isEmpty }

    /// - Parameter read: an object's content; nil when it is not there.
    /// - Returns: paths, in git's order.
    mutating func paths(
        changedBy change: TreeChange, read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> [String] {
        guard change.tree != change.parentTree else { return [] }
        var found: [[UInt8]] = []
        let new = try top(change.tree, read)
        let old = try change.parentTree.map { tree throws(GitError) in try top(tree, read) } ?? []
        try compare(new, old, under: [], read, &found)
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    private mutating func top(
        _ tree: ObjectID, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> [Entry] {
        if let known = tops[tree] { return known }
        let entries = try self.entries(tree, globs.map(\.start), read)
        if tops.count >= 20_000 { tops.removeAll() }
        tops[tree] = entries
        return entries
    }

    private func compare(
        _ new: [Entry], _ old: [Entry], under folder: [UInt8], _ read: (ObjectID) throws(GitError) -> [UInt8]?,
        _ found: inout [[UInt8]]
    ) throws(GitError) {
        for entry in new {
            let before = old.first { $0.name == entry.name }
            if let before, before.id == entry.id, before.kind == entry.kind { continue }
            let path = folder + entry.name
            switch entry.kind {
            case .folder:
                let oldFolder = before?.kind == .folder ? before?.id : nil
                let below = try entries(entry.id, entry.states, read)
                let belowBefore = try oldFolder.map { id throws(GitError) in
                    try entries(id, entry.states, read)
                }
                try compare(below, belowBefore ?? [], under: path + [UInt8(ascii: "/")], read, &found)
            case .file where entry.isMatch:
                let oldFile = before?.kind == .file ? before?.id : nil
                if try addsLine(entry.id, to: oldFile, read) { found.append(path) }
            case .file, .other: continue
            }
        }
    }

    private func addsLine(
        _ new: ObjectID, to old: ObjectID?, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> Bool {
        guard let content = try read(new), content.count <= Self.largestFile else { return true }
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

    /// The entries of a tree that match or may hold a match.
    private func entries(
        _ tree: ObjectID, _ states: [Glob.State], _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> [Entry] {
        guard let content = try read(tree) else {
            if isPartial { return [] }
            throw GitError(.corrupt, "tree \(tree) is missing")
        }
        let width = Int(tree.byteCount)
        var entries: [Entry] = []
        // Most names of a large folder are passed over by their first byte alone.
        var firstBytes = [Bool](repeating: false, count: 256)
        for (glob, state) in zip(globs, states) { glob.markFirstBytes(state, in: &firstBytes) }
        let whole = content.withUnsafeBufferPointer { bytes in
            var position = 0
            while position < bytes.count {
                guard let space = Self.find(UInt8(ascii: " "), in: bytes, from: position),
                    let end = Self.find(0, in: bytes, from: space + 1), end + 1 + width <= bytes.count
                else { return false }
                let name = UnsafeBufferPointer(rebasing: bytes[space + 1..<end])
                if let first = name.first, firstBytes[Int(first)], let next = advance(states, over: name) {
                    entries.append(
                        Entry(
                            kind: Self.kind(bytes, position..<space), name: Array(name),
                            id: ObjectID(bytes: bytes[end + 1..<end + 1 + width])!, states: next,
                            isMatch: zip(globs, next).contains { $0.accepts($1) }))
                }
                position = end + 1 + width
            }
            return true
        }
        guard whole else { throw GitError(.corrupt, "tree \(tree)") }
        return entries
    }

    /// Nil when no glob can match the name or anything below it.
    private func advance(_ states: [Glob.State], over name: UnsafeBufferPointer<UInt8>) -> [Glob.State]? {
        var next: [Glob.State]?
        for (index, glob) in globs.enumerated() where states[index] != 0 {
            let state = glob.advance(states[index], over: name)
            if state != 0 {
                if next == nil { next = Array(repeating: 0, count: globs.count) }
                next?[index] = state
            }
        }
        return next
    }

    private static func find(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < bytes.count {
            if bytes[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// Modes are octal text: 40000 a folder, 100… a file; the rest are links and submodules.
    private static func kind(_ bytes: UnsafeBufferPointer<UInt8>, _ mode: Range<Int>) -> Kind {
        if ("100" as StaticString).isPrefix(of: bytes, at: mode.lowerBound), mode.count == 6 { return .file }
        let isFolder =
            bytes[mode].last == UInt8(ascii: "0") && bytes[mode].contains(UInt8(ascii: "4")) && mode.count < 7
        return isFolder && !("1" as StaticString).isPrefix(of: bytes, at: mode.lowerBound) ? .folder : .other
    }
}
