import Glibc

/// A folder of a git dir in which something shows when refs move, by what it is for.
///
/// Folders only: git replaces its files by renaming others, and a watch on a file would stay with the old one. A commit
/// leaves HEAD alone, so that folder by itself would not do.
enum GitFolder: UInt8 {
    case gitDir
    /// `logs`: the log of HEAD tells of most that moves.
    case logs
    /// `refs`, of which only those count below which the worker looks.
    case refs
    /// `refs/heads` and the like, and all folders below.
    case names
    case reftable
    /// `worktrees`, and the folder there of each linked one.
    case worktrees
    case worktree

    /// What something that happened in such a folder says of the repository.
    enum Meaning {
        case nothing
        /// Refs may have moved, or how the repository is to be read.
        case moved
        /// Folders came or went, so those to watch are others.
        case rebuilt
    }

    func meaning(of event: Inotify.Event) -> Meaning {
        if event.isEnd { return .rebuilt }
        let name = event.name
        if name.hasSuffix(".lock") { return .nothing }
        switch self {
        case .gitDir:
            if event.isFolder { return ["refs", "logs", "worktrees", "reftable"].contains(name) ? .rebuilt : .nothing }
            return ["HEAD", "packed-refs", "config", "config.worktree", "shallow"].contains(name) ? .moved : .nothing
        case .logs: return name == "HEAD" ? .moved : .nothing
        case .refs: return event.isFolder && Self.scanned.contains(name) ? .rebuilt : .nothing
        case .names: return event.isFolder ? .rebuilt : .moved
        case .reftable: return name == "tables.list" ? .moved : .nothing
        case .worktrees: return .rebuilt
        case .worktree:
            if event.isFolder { return name == "reftable" ? .rebuilt : .nothing }
            return name == "HEAD" ? .moved : .nothing
        }
    }

    /// Calls its argument with each folder to watch before it looks for more in it, so that nothing comes in between.
    ///
    /// - Parameter watch: gets a path with a zero at the end, and throws to give up.
    /// - Throws: ``Unwatched/link`` where a link leads elsewhere; or what `watch` throws.
    static func each(in gitDir: String, watch: ([UInt8], GitFolder) throws -> Void) throws {
        let top = FolderListing.bytes(gitDir)
        try watch(top, .gitDir)
        var found: [(GitFolder, [UInt8])] = []
        try FolderListing.each(top) { name, kind in
            let folder: GitFolder
            switch String(decoding: name, as: UTF8.self) {
            case "logs": folder = .logs
            case "refs": folder = .refs
            case "reftable": folder = .reftable
            case "worktrees": folder = .worktrees
            default: return
            }
            guard kind != .link else { throw Unwatched.link }
            if kind == .folder { found.append((folder, FolderListing.child(top, name))) }
        }
        for (folder, path) in found { try folder.descend(path, watch) }
    }

    private func descend(_ path: [UInt8], _ watch: ([UInt8], GitFolder) throws -> Void) throws {
        try watch(path, self)
        guard self != .logs, self != .reftable else { return }
        try FolderListing.each(path) { name, kind in
            let below: GitFolder? =
                switch self {
                case .refs: Self.scanned.contains(name[...]) ? .names : nil
                case .names: .names
                case .worktrees: .worktree
                case .worktree: name[...] == "reftable" ? .reftable : nil
                case .gitDir, .logs, .reftable: nil
                }
            guard let below else { return }
            if kind == .folder { try below.descend(FolderListing.child(path, name), watch) }
            // A ref may be a link to another; a folder that is one is watched at neither end.
            if kind == .link, isFolder(FolderListing.child(path, name)) { throw Unwatched.link }
        }
    }

    /// Whether a folder is a git dir, by what one has to have.
    static func isComplete(_ gitDir: String) -> Bool {
        ["/HEAD", "/objects", "/refs"].allSatisfy { access(gitDir + $0, F_OK) == 0 }
    }

    /// Whether there is something to read yet: a clone has nothing until all of it is there, and one that fails is removed.
    static func hasRefs(_ gitDir: String) -> Bool {
        func holdsFile(_ path: [UInt8]) -> Bool {
            var folders: [[UInt8]] = []
            var found = false
            FolderListing.each(path) { name, kind in
                if kind == .folder { folders.append(name) } else if !name[...].hasSuffix(".lock") { found = true }
            }
            return found || folders.contains { holdsFile(FolderListing.child(path, $0)) }
        }
        return access(gitDir + "/packed-refs", F_OK) == 0 || access(gitDir + "/reftable/tables.list", F_OK) == 0
            || ["heads", "remotes", "tags"].contains { holdsFile(FolderListing.bytes("\(gitDir)/refs/\($0)")) }
    }

    /// Below these the worker looks for commits, and for what replaces some.
    private static let scanned: [StaticString] = ["heads", "remotes", "tags", "replace"]
}

private func isFolder(_ path: [UInt8]) -> Bool {
    var info = stat()
    return path.withUnsafeBytes { stat($0.bindMemory(to: CChar.self).baseAddress!, &info) } == 0
        && info.st_mode & S_IFMT == S_IFDIR
}

extension ArraySlice<UInt8> {
    static func == (name: Self, text: StaticString) -> Bool {
        text.withUTF8Buffer { name.elementsEqual($0) }
    }

    func hasSuffix(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { suffix($0.count).elementsEqual($0) }
    }
}

extension [StaticString] {
    func contains(_ name: ArraySlice<UInt8>) -> Bool { contains { name == $0 } }
}
