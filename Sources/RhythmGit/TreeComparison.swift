import Glibc
import RhythmCore

/// Finds the files that differ between two trees and match a pattern, a symbolic link and a submodule being files too.
/// Only folders that differ, and in which a pattern can still match, are looked into.
struct TreeComparison: ~Copyable {
    struct Pattern {
        enum Interest {
            /// Every file that is new, changed or gone.
            case everyFile
            /// Whether there is any such file: one tells it, and no more are looked for.
            case anyChange
        }

        let glob: Glob
        let interest: Interest
    }

    struct File {
        let id: ObjectID
        /// As git tells modes apart: plain or executable, a symbolic link, a submodule.
        let mode: UInt32

        /// Not a link or submodule.
        var isRegular: Bool { mode & EntryKind.mask == EntryKind.regular }
    }

    /// A file that is new (`old` is nil), gone (`new` is nil), or has another content or mode.
    struct Difference {
        let path: [UInt8]
        let new: File?
        let old: File?
        /// The patterns that match, by their position, in order.
        let patterns: [Int]
    }

    /// Bytes of trees that are remembered: a commit's are often its child's again.
    private static let largestMemory = 8 << 20

    private let patterns: [Pattern]
    /// The patterns that the comparison under way has no answer for yet.
    private var isOpen: [Bool] = []
    private let isPartial: Bool
    private var trees: [ObjectID: [UInt8]] = [:]
    private var memory = 0

    /// - Parameter isPartial: objects may be missing by design. Below a tree that is, nothing is known to differ.
    init(patterns: [Pattern], isPartial: Bool) {
        self.patterns = patterns
        self.isPartial = isPartial
    }

    /// - Parameters:
    ///   - old: nil for a tree without anything in it.
    ///   - read: an object's content; nil when it is not there.
    /// - Returns: in git's order of paths. A file that only patterns of the interest ``Pattern/Interest/anyChange`` match
    ///   is there if it is the first for one of them.
    mutating func differences(
        from old: ObjectID?, to new: ObjectID, read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> [Difference] {
        guard new != old else { return [] }
        isOpen = Array(repeating: true, count: patterns.count)
        var found: [Difference] = []
        try compare(old, new, under: [], patterns.map(\.glob.start), read, &found)
        return found
    }

    private mutating func compare(
        _ old: ObjectID?, _ new: ObjectID?, under folder: [UInt8], _ states: [Glob.State],
        _ read: (ObjectID) throws(GitError) -> [UInt8]?, _ found: inout [Difference]
    ) throws(GitError) {
        guard let olds = try content(old, read), let news = try content(new, read) else { return }
        try olds.withUnsafeBufferPointer { olds throws(GitError) in
            try news.withUnsafeBufferPointer { news throws(GitError) in
                var olds = TreeEntries(of: old, olds)
                var news = TreeEntries(of: new, news)
                try compare(&olds, &news, under: folder, states, read, &found)
            }
        }
    }

    private mutating func compare(
        _ olds: inout TreeEntries, _ news: inout TreeEntries, under folder: [UInt8], _ states: [Glob.State],
        _ read: (ObjectID) throws(GitError) -> [UInt8]?, _ found: inout [Difference]
    ) throws(GitError) {
        var before: TreeEntry?
        var after: TreeEntry?
        while true {
            if before == nil && after == nil { olds.skipEqual(&news) }
            if before == nil { before = try olds.next() }
            if after == nil { after = try news.next() }
            guard before != nil || after != nil else { return }
            let order = TreeEntry.order(before, after)
            let gone = order <= 0 ? before : nil
            let come = order >= 0 ? after : nil
            if gone != nil { before = nil }
            if come != nil { after = nil }
            if let gone, let come, gone.hasContent(of: come) { continue }
            guard let entry = come ?? gone, let next = advance(states, over: entry.name) else {
                continue
            }
            let path = folder + entry.name
            if entry.isFolder {
                try compare(gone?.objectID, come?.objectID, under: path + [UInt8(ascii: "/")], next, read, &found)
                continue
            }
            let matching = patterns.indices.filter { patterns[$0].glob.accepts(next[$0]) }
            guard !matching.isEmpty else { continue }
            found.append(Difference(path: path, new: come?.file, old: gone?.file, patterns: matching))
            for index in matching where patterns[index].interest == .anyChange { isOpen[index] = false }
            if !isOpen.contains(true) { return }
        }
    }

    /// The states of the patterns that still ask; nil when none of them can match the name or anything below it.
    private func advance(
        _ states: [Glob.State], over name: UnsafeBufferPointer<UInt8>
    ) -> [Glob.State]? {
        var next: [Glob.State]?
        for (index, pattern) in patterns.enumerated() where states[index] != 0 && isOpen[index] {
            let state = pattern.glob.advance(states[index], over: name)
            if state != 0 {
                if next == nil { next = Array(repeating: 0, count: patterns.count) }
                next?[index] = state
            }
        }
        return next
    }

    /// A tree's bytes; nil when it is missing by design.
    private mutating func content(
        _ tree: ObjectID?, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> [UInt8]? {
        guard let tree else { return [] }
        if let known = trees[tree] { return known }
        guard let content = try read(tree) else {
            if isPartial { return nil }
            throw GitError(.corrupt, "tree \(tree) is missing")
        }
        // A hundred for what holds them.
        memory += content.count + 100
        if memory > Self.largestMemory {
            trees.removeAll()
            memory = content.count + 100
        }
        trees[tree] = content
        return content
    }
}

private enum EntryKind {
    static let mask: UInt32 = 0o170000
    static let folder: UInt32 = 0o040000
    static let regular: UInt32 = 0o100000
    static let link: UInt32 = 0o120000
    static let submodule: UInt32 = 0o160000

    /// Old trees hold modes that git no longer writes; to it a file is executable by its owner or not, and no more.
    static func canonical(_ mode: UInt32) -> UInt32 {
        switch mode & mask {
        case regular: mode & 0o100 == 0 ? regular | 0o644 : regular | 0o755
        case folder: folder
        case link: link
        default: submodule
        }
    }
}

/// One entry of a tree, as a part of the tree's bytes.
private struct TreeEntry {
    /// Canonical.
    let mode: UInt32
    let name: UnsafeBufferPointer<UInt8>
    let id: UnsafeBufferPointer<UInt8>

    var isFolder: Bool { mode == EntryKind.folder }
    var objectID: ObjectID? { ObjectID(bytes: id) }
    var file: TreeComparison.File? { objectID.map { .init(id: $0, mode: mode) } }

    /// The same content in the same mode. Both trees' ids are of one length.
    func hasContent(of other: TreeEntry) -> Bool {
        mode == other.mode && memcmp(id.baseAddress!, other.id.baseAddress!, id.count) == 0
    }

    /// Below zero where the first comes first in a tree: by the bytes of the names, a folder's as if a slash ended it.
    /// Nil is behind everything. A file and a folder of one name are two entries.
    static func order(_ first: TreeEntry?, _ second: TreeEntry?) -> Int {
        guard let first else { return second == nil ? 0 : 1 }
        guard let second else { return -1 }
        let shared = min(first.name.count, second.name.count)
        for index in 0..<shared where first.name[index] != second.name[index] {
            return Int(first.name[index]) - Int(second.name[index])
        }
        return first.byte(at: shared) - second.byte(at: shared)
    }

    private func byte(at index: Int) -> Int {
        index < name.count ? Int(name[index]) : isFolder ? Int(UInt8(ascii: "/")) : 0
    }
}

/// Finds one name in a tree.
enum TreeLookup {
    struct Entry {
        let id: ObjectID
        /// Not a link, a submodule or a folder.
        let isRegular: Bool
    }

    static func entry(_ name: [UInt8], of tree: ObjectID, in bytes: [UInt8]) throws(GitError) -> Entry? {
        try bytes.withUnsafeBufferPointer { bytes throws(GitError) in
            var entries = TreeEntries(of: tree, bytes)
            while let entry = try entries.next() {
                guard entry.name.elementsEqual(name), let id = entry.objectID else { continue }
                return Entry(id: id, isRegular: entry.mode & EntryKind.mask == EntryKind.regular)
            }
            return nil
        }
    }
}

/// Takes a tree apart, entry by entry: the mode in octal digits, a space, the name, a zero, the id's bytes.
private struct TreeEntries {
    private let tree: ObjectID?
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    /// - Parameter bytes: lent for as long as this and its entries are in use.
    init(of tree: ObjectID?, _ bytes: UnsafeBufferPointer<UInt8>) {
        self.tree = tree
        self.bytes = bytes
    }

    mutating func next() throws(GitError) -> TreeEntry? {
        guard let tree, position < bytes.count else { return nil }
        guard let space = bytes.firstIndex(of: UInt8(ascii: " "), in: position..<bytes.count),
            let zero = bytes.firstIndex(of: 0, in: space + 1..<bytes.count),
            let end = end(behind: zero)
        else { throw GitError(.corrupt, "tree \(tree)") }
        var mode: UInt32 = 0
        for digit in bytes[position..<space] { mode = mode << 3 | UInt32(digit & 7) }
        position = end
        return TreeEntry(
            mode: EntryKind.canonical(mode), name: UnsafeBufferPointer(rebasing: bytes[space + 1..<zero]),
            id: UnsafeBufferPointer(rebasing: bytes[zero + 1..<end]))
    }

    /// Skips what stands next in both, byte by byte the same: of two trees of one history that is nearly everything.
    mutating func skipEqual(_ other: inout TreeEntries) {
        while position < bytes.count, let zero = bytes.firstIndex(of: 0, in: position..<bytes.count),
            let end = end(behind: zero)
        {
            let length = end - position
            guard length <= other.bytes.count - other.position,
                memcmp(bytes.baseAddress! + position, other.bytes.baseAddress! + other.position, length) == 0
            else { return }
            position = end
            other.position += length
        }
    }

    /// Where the entry ends whose name ends at `zero`.
    private func end(behind zero: Int) -> Int? {
        guard let tree else { return nil }
        let end = zero + 1 + Int(tree.byteCount)
        return end <= bytes.count ? end : nil
    }
}
