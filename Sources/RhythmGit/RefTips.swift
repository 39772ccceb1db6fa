import CLibgit2
import RhythmCore

/// What a scan walks from, read through libgit2.
struct RefTips {
    /// In the order of the ids, each once.
    private(set) var tips: [Key] = []
    /// git answers with other objects than the names say; libgit2 does not know that.
    private(set) var hasReplaceRefs = false
    /// Those that lead to a commit, if they are asked for.
    private(set) var tags: [Tag] = []

    struct Tag {
        /// Behind `refs/tags/`.
        let name: String
        let key: Key
        let commit: Key
        /// Of an annotated tag.
        let content: [UInt8]?
    }

    init(
        _ repository: borrowing LibGit2Repository, _ objects: borrowing ObjectDatabase, commonDir: String,
        keepsTags: Bool
    ) throws(GitError) {
        var found: Set<[UInt8]> = []
        func add(_ key: Key, _ name: String) throws(GitError) {
            do {
                guard let (commit, content) = try objects.peelToCommit(key) else { return }
                found.insert(commit.bytes)
                if keepsTags, name.hasPrefix(ScannedRefs.tags) {
                    let short = String(decoding: name.utf8.dropFirst(ScannedRefs.tags.utf8.count), as: UTF8.self)
                    tags.append(Tag(name: short, key: key, commit: commit, content: content))
                }
            } catch {
                throw GitError(.corrupt, "\(name): \(error.message)")
            }
        }
        for name in try Self.names(repository) {
            if name.hasPrefix("refs/replace/") { hasReplaceRefs = true }
            guard ScannedRefs.includes(name) else { continue }
            if let key = try Self.resolve(name, repository) { try add(key, name) }
        }
        for head in try WorktreeHead.all(commonDir: commonDir) {
            switch head.target {
            case .object(let digits):
                let utf8 = Array(digits.utf8)
                guard utf8.count == 40 else { throw GitError(.corrupt, "\(head.path): not a SHA-1 id") }
                try add(utf8.withUnsafeBufferPointer { Key(hex: $0.baseAddress!) }, head.path)
            case .ref(let name):
                if let key = try Self.resolve(name, repository) { try add(key, head.path) }
            }
        }
        tips = found.map { $0.withUnsafeBytes { Key($0.baseAddress!) } }
            .sorted { $0.isLess(than: $1) }
    }

    /// The commit at the HEAD of the main worktree; nil where there is none yet.
    static func head(
        _ repository: borrowing LibGit2Repository, _ objects: borrowing ObjectDatabase, commonDir: String
    ) throws(GitError) -> Key? {
        guard let head = try WorktreeHead.all(commonDir: commonDir).first, head.path == commonDir + "/HEAD" else {
            return nil
        }
        let key: Key?
        switch head.target {
        case .object(let digits): key = ObjectID(hex: digits).flatMap(Key.init)
        case .ref(let name): key = try resolve(name, repository)
        }
        return try key.flatMap { key throws(GitError) in try objects.peelToCommit(key)?.commit }
    }

    private static func names(_ repository: borrowing LibGit2Repository) throws(GitError) -> [String] {
        var iterator: OpaquePointer?
        var result = git_reference_iterator_new(&iterator, repository.pointer)
        guard result == 0 else { throw .libgit2(result, "refs") }
        defer { git_reference_iterator_free(iterator) }
        var names: [String] = []
        var name: UnsafePointer<CChar>?
        while true {
            // By name: asked for the refs themselves, libgit2 leaves out without a word those it cannot read.
            result = git_reference_next_name(&name, iterator)
            if result == GIT_ITEROVER.rawValue { return names }
            guard result == 0, let name else { throw .libgit2(result, "refs") }
            names.append(String(cString: name))
        }
    }

    /// - Returns: nil for a symbolic ref that leads nowhere, an unborn branch, or a name that git would ignore.
    private static func resolve(
        _ name: String, _ repository: borrowing LibGit2Repository
    ) throws(GitError) -> Key? {
        var id = git_oid()
        let result = git_reference_name_to_id(&id, repository.pointer, name)
        switch result {
        case 0: return Key(id)
        case GIT_ENOTFOUND.rawValue, GIT_EINVALIDSPEC.rawValue: return nil
        default: throw .libgit2(result, name)
        }
    }
}

/// Which refs count: not stashes, notes, or what other tools keep elsewhere under `refs/`.
enum ScannedRefs {
    static let tags = "refs/tags/"
    static let prefixes = ["refs/heads/", "refs/remotes/", tags]

    static func includes(_ name: String) -> Bool {
        prefixes.contains { name.hasPrefix($0) }
    }
}

/// The HEAD of the main worktree or of a linked one, read as a file: neither libgit2 nor `git for-each-ref` lists the
/// others'.
struct WorktreeHead {
    enum Target {
        case ref(String)
        /// Hexadecimal digits.
        case object(String)
    }

    let path: String
    let target: Target

    static func all(commonDir: String) throws(GitError) -> [WorktreeHead] {
        let linked = Files.names(in: commonDir + "/worktrees") ?? []
        var heads: [WorktreeHead] = []
        for path in [commonDir] + linked.map({ "\(commonDir)/worktrees/\($0)" }) {
            // A folder without HEAD is a worktree half removed, of which git speaks no more either.
            guard let content = Files.read(path + "/HEAD") else { continue }
            let line = Files.firstLine(content)
            if line.hasPrefix("ref:") {
                let name = trimmingSpace(ArraySlice(line.utf8.dropFirst(4)))
                heads.append(WorktreeHead(path: path + "/HEAD", target: .ref(String(decoding: name, as: UTF8.self))))
            } else if line.utf8.count >= 40, line.utf8.allSatisfy({ hexValue($0) != 0xFF }) {
                heads.append(WorktreeHead(path: path + "/HEAD", target: .object(line)))
            } else {
                throw GitError(.corrupt, "\(path)/HEAD is neither a ref nor an object id")
            }
        }
        return heads
    }
}

extension ObjectDatabase {
    /// Follows tags of tags; nil when they end at a tree or a blob. The content is the first tag's.
    func peelToCommit(_ start: Key) throws(GitError) -> (commit: Key, tag: [UInt8]?)? {
        var key = start
        var content: [UInt8]?
        while true {
            switch try type(key) {
            case GIT_OBJECT_COMMIT: return (key, content)
            case GIT_OBJECT_TAG:
                let tag = key
                key = try read(tag).withBytes { bytes throws(GitError) in
                    guard let target = RawTag.target(bytes, digits: 40) else {
                        throw GitError(.corrupt, "tag \(tag.objectID)")
                    }
                    if content == nil { content = Array(bytes) }
                    return Key(hex: bytes.baseAddress! + target.lowerBound)
                }
            default: return nil
            }
        }
    }
}
