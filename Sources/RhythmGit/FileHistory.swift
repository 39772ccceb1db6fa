import CLibgit2
package import RhythmCore

/// The versions of one file, from the commit that is checked out back to where it was added, renames followed.
package enum FileHistory {
    /// A commit that changed the file: what it has differs from what every one of its parents has.
    package struct Version: Sendable {
        package var commit: ObjectID
        /// The author date; nil where there is none that can be read.
        package var authoredAt: Timestamp?
        package var offsetMinutes: Int
        /// The user's, by the rules of commits.
        package var isOwn: Bool
        /// Nil where this commit removed the file.
        package var content: [UInt8]?
        /// The file as each parent had it, under the path that it had there; nil where it had none. Empty for a root.
        package var parents: [[UInt8]?]
    }

    package struct Summary: Equatable, Sendable {
        /// The common git dir.
        package var gitDir: String
        /// The file's path in the repository.
        package var path: String
        /// The commit that is checked out; nil before the first.
        package var head: ObjectID?
        /// As it is committed there; nil where it is not.
        package var content: [UInt8]?
        /// A digest of what decides which versions are the user's.
        package var view: String
        /// The versions are those that came since the last head.
        package var isDelta: Bool
    }

    package struct Last: Sendable {
        package var view: String
        package var head: ObjectID

        package init(view: String, head: ObjectID) {
            self.view = view
            self.head = head
        }
    }

    /// - Parameters:
    ///   - file: its absolute path in a worktree, where it need not be.
    ///   - last: what the last reading found; nil for all versions.
    ///   - begin: called once, before the versions.
    ///   - version: called with each, parents before children. At the edge of a shallow clone, where nobody knows what a
    ///     commit changed, there is none.
    /// - Returns: whether a repository holds the place of the file.
    package static func read(
        _ file: String, identity: Identity, last: Last?, begin: (Summary) -> Void, version: (Version) -> Void
    ) throws(GitError) -> Bool {
        guard let place = try Place(file) else { return false }
        // Nothing is said before all is read, so that the other reader can start over.
        var found: (Summary, [Version])
        do throws(GitError) {
            found = try readByLibGit2(place, identity, last)
        } catch {
            found = try readByGit(place, identity, last)
        }
        begin(found.0)
        for item in found.1 { version(item) }
        return true
    }

    private static func readByLibGit2(
        _ place: Place, _ identity: Identity, _ last: Last?
    ) throws(GitError) -> (Summary, [Version]) {
        let repository = try LibGit2Repository(gitDir: place.folder)
        let objects = try ObjectDatabase(repository)
        let config = try LibGit2Config(repository)
        let sources = MailmapSources(
            workDir: place.folder, gitDir: place.gitDir, isBare: false, configuredBlob: config.string("mailmap.blob"),
            configuredFile: config.path("mailmap.file"), readBlob: { repository.blob($0) })
        let local = LocalIdentity(
            identity, repositoryEmail: config.string("user.email"), mailmap: sources.mailmap)
        return try read(place, local, sources, head: try repository.head(), last) { id throws(GitError) in
            try Key(id).flatMap { key throws(GitError) in try objects.readIfThere(key) }
        }
    }

    private static func readByGit(
        _ place: Place, _ identity: Identity, _ last: Last?
    ) throws(GitError) -> (Summary, [Version]) {
        let folder = place.folder
        let sources = MailmapSources(
            workDir: folder, gitDir: place.gitDir, isBare: false,
            configuredBlob: GitReader.configValue("mailmap.blob", folder),
            configuredFile: GitReader.configValue("mailmap.file", folder, type: "path"),
            readBlob: { try? GitCommand.output(["cat-file", "blob", $0], in: folder).bytes })
        let local = LocalIdentity(
            identity, repositoryEmail: GitReader.configValue("user.email", folder), mailmap: sources.mailmap)
        let arguments = ["rev-parse", "-q", "--verify", "HEAD^{commit}"]
        let head = (try? GitCommand.output(arguments, in: folder).bytes).flatMap { ObjectID(hex: Files.firstLine($0)) }
        var objects = try GitObjects(in: folder)
        return try read(place, local, sources, head: head, last) { id throws(GitError) in try objects.read(id) }
    }

    private static func read(
        _ place: Place, _ identity: LocalIdentity, _ sources: MailmapSources, head: ObjectID?, _ last: Last?,
        read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> (Summary, [Version]) {
        var view = View(ScanRequest(identity: Identity(emails: [])), emails: identity.emails, reader: .git)
        sources.add(to: &view)
        var summary = Summary(
            gitDir: place.gitDir, path: place.path, head: head, content: nil, view: view.hex, isDelta: false)
        guard let head else { return (summary, []) }
        var walk = FileWalk(identity)
        summary.content = try walk.content(of: place.path, at: head, read: read)
        if let last, last.view == view.hex {
            if last.head == head {
                summary.isDelta = true
                return (summary, [])
            }
            summary.isDelta = try walk.hide(last.head, below: head, read: read)
        }
        return (summary, try walk.versions(of: place.path, from: head, read: read))
    }

    /// Where a file lies in a repository.
    private struct Place {
        /// The worktree's.
        let folder: String
        let gitDir: String
        let path: String

        /// Nil where no folder above the file is a worktree.
        init?(_ file: String) throws(GitError) {
            // A link is a name for what it leads to.
            let parts = file.split(separator: "/")
            guard let name = parts.last else { return nil }
            guard
                let real = Files.canonical(file)
                    ?? Files.canonical("/" + parts.dropLast().joined(separator: "/")).map({ "\($0)/\(name)" })
            else { return nil }
            var folder = real
            while let slash = folder.lastIndex(of: "/") {
                folder = String(folder[..<slash])
                guard Files.kind(folder + "/.git") != nil else { continue }
                self.folder = folder.isEmpty ? "/" : folder
                gitDir = try Location(self.folder).commonDir
                path = String(real.dropFirst(folder.utf8.count + 1))
                return
            }
            return nil
        }
    }
}

extension LibGit2Repository {
    /// The commit that is checked out in this worktree; nil before the first.
    func head() throws(GitError) -> ObjectID? {
        var id = git_oid()
        let result = git_reference_name_to_id(&id, pointer, "HEAD")
        if result == GIT_ENOTFOUND.rawValue || result == GIT_EUNBORNBRANCH.rawValue { return nil }
        guard result == 0 else { throw .libgit2(result, "HEAD") }
        return Key(id).objectID
    }
}

/// Goes from a commit back along a file.
private struct FileWalk: ~Copyable {
    private static let largestFile = 8 << 20

    private struct Commit {
        var tree: ObjectID
        var parents: [ObjectID]
        var committedAt: Int64
    }

    private let identity: LocalIdentity
    private var commits: [ObjectID: Commit?] = [:]
    /// Where nothing is looked for: what was read before.
    private var hidden: Set<ObjectID> = []
    private var comparison = TreeComparison(
        patterns: [.init(glob: Glob("**", foldingCase: false), interest: .everyFile)], isPartial: true)

    init(_ identity: LocalIdentity) {
        self.identity = identity
    }

    /// - Returns: nil for a commit that is not there.
    private mutating func commit(
        _ id: ObjectID, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> Commit? {
        if let known = commits[id] { return known }
        let digits = 2 * Int(id.byteCount)
        let commit: Commit? = try read(id)?.withUnsafeBufferPointer { bytes throws(GitError) in
            guard let raw = RawCommit(bytes, digits: digits), let tree = ObjectID(hexDigits: bytes[raw.tree]) else {
                throw GitError(.corrupt, "\(id) is a bogus commit")
            }
            return Commit(
                tree: tree,
                parents: (0..<raw.parentCount).compactMap { ObjectID(hexDigits: bytes[raw.parent($0)]) },
                committedAt: Ident(bytes, line: raw.committer)?.seconds ?? 0)
        }
        commits[id] = commit
        return commit
    }

    /// - Returns: nil where the file is not there, or is none that can be read.
    private func blob(
        _ path: String, in tree: ObjectID, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> ObjectID? {
        var tree = tree
        let parts = path.split(separator: "/")
        for (index, part) in parts.enumerated() {
            guard let bytes = try read(tree),
                let entry = try TreeLookup.entry(Array(part.utf8), of: tree, in: bytes)
            else { return nil }
            if index == parts.count - 1 { return entry.isRegular ? entry.id : nil }
            tree = entry.id
        }
        return nil
    }

    mutating func content(
        of path: String, at head: ObjectID, read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> [UInt8]? {
        guard let tree = try commit(head, read)?.tree, let blob = try blob(path, in: tree, read) else { return nil }
        return try content(blob, read)
    }

    private func content(
        _ blob: ObjectID?, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> [UInt8]? {
        try blob.flatMap { id throws(GitError) in try read(id) }.flatMap { $0.count <= Self.largestFile ? $0 : nil }
    }

    /// Hides a commit and all before it, if it is one of those before the head.
    mutating func hide(
        _ last: ObjectID, below head: ObjectID, read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> Bool {
        guard try commit(last, read) != nil else { return false }
        var isOld: [ObjectID: Bool] = [head: false, last: true]
        var open: [(date: Int64, id: ObjectID)] = []
        var isAncestor = false
        func push(_ id: ObjectID, _ date: Int64) {
            let place = open.firstIndex { $0.date > date } ?? open.endIndex
            open.insert((date, id), at: place)
        }
        for id in [head, last] { push(id, try commit(id, read)?.committedAt ?? 0) }
        var news = 1
        // Dates may run backwards: it goes on for a while after the last that is new.
        var patience = 50
        while let (_, id) = open.popLast() {
            let old = isOld[id] ?? false
            if !old { news -= 1 }
            if news == 0 {
                patience -= 1
                if patience == 0 { break }
            }
            for parent in try commit(id, read)?.parents ?? [] {
                switch (isOld[parent], old) {
                case (nil, _):
                    isOld[parent] = old
                    if !old { news += 1 }
                case (false?, true):
                    isOld[parent] = true
                    if open.contains(where: { $0.id == parent }) { news -= 1 }
                case (true?, false):
                    isAncestor = isAncestor || parent == last
                    continue
                case (true?, true), (false?, false): continue
                }
                push(parent, try commit(parent, read)?.committedAt ?? 0)
            }
        }
        guard isAncestor else { return false }
        hidden = Set(isOld.filter(\.value).keys)
        return true
    }

    /// Parents before children.
    mutating func versions(
        of path: String, from head: ObjectID, read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> [FileHistory.Version] {
        struct Step {
            var id: ObjectID
            var path: String
            /// Set once what comes before it was looked at.
            var version: FileHistory.Version?
            var isDone = false
        }
        var versions: [FileHistory.Version] = []
        var seen = hidden
        var stack = [Step(id: head, path: path)]
        while let step = stack.popLast() {
            if step.isDone {
                if let version = step.version { versions.append(version) }
                continue
            }
            guard seen.insert(step.id).inserted, let commit = try commit(step.id, read) else { continue }
            let blob = try blob(step.path, in: commit.tree, read)
            var parents: [(id: ObjectID, path: String, blob: ObjectID?)] = []
            var isAtEdge = false
            for parent in commit.parents {
                guard let tree = try self.commit(parent, read)?.tree else {
                    isAtEdge = true
                    continue
                }
                var path = step.path
                var before = try self.blob(path, in: tree, read)
                if before == nil, let blob,
                    let origin = try self.origin(of: blob, from: tree, to: commit.tree, read)
                {
                    (path, before) = origin
                }
                parents.append((parent, path, before))
            }
            // Of a long history few are asked for again.
            commits.removeValue(forKey: step.id)
            // As git does: a side that has the same is all that there is to tell.
            if let same = parents.first(where: { $0.blob == blob && $0.path == step.path }) {
                stack.append(Step(id: same.id, path: same.path))
                continue
            }
            var version: FileHistory.Version?
            let isRenamedAlone = !parents.isEmpty && parents.allSatisfy { $0.blob == blob }
            if !isAtEdge, !isRenamedAlone, blob != nil || !parents.isEmpty {
                version = try self.version(step.id, blob, parents.map(\.blob), read)
            }
            stack.append(Step(id: step.id, path: step.path, version: version, isDone: true))
            // Where it was not there it may have been before.
            for parent in parents.reversed() { stack.append(Step(id: parent.id, path: parent.path)) }
        }
        return versions
    }

    private func version(
        _ id: ObjectID, _ blob: ObjectID?, _ parents: [ObjectID?], _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> FileHistory.Version? {
        guard let bytes = try read(id) else { return nil }
        var contents: [[UInt8]?] = []
        for parent in parents { contents.append(try content(parent, read)) }
        let content = try content(blob, read)
        return bytes.withUnsafeBufferPointer { bytes in
            guard let raw = RawCommit(bytes, digits: 2 * Int(id.byteCount)) else { return nil }
            let ident = Ident(bytes, line: raw.author)
            let author = identity.author(
                name: ident.map { Array(bytes[$0.name]) } ?? [], email: ident.map { Array(bytes[$0.email]) } ?? [])
            return FileHistory.Version(
                commit: id, authoredAt: ident?.seconds.map(Timestamp.init), offsetMinutes: ident?.offsetMinutes ?? 0,
                isOwn: author.isUser, content: content, parents: contents)
        }
    }

    /// Under which name the other tree had a file that it lacks under this one: of those that went, the one that is equal, or
    /// else the one that has most of its lines, half of them at least.
    private mutating func origin(
        of blob: ObjectID, from old: ObjectID, to new: ObjectID, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> (path: String, blob: ObjectID?)? {
        let gone = try comparison.differences(from: old, to: new, read: read).compactMap { file in
            file.new == nil ? file.old.flatMap { $0.isRegular ? (file.path, $0.id) : nil } : nil
        }
        func named(_ path: [UInt8], _ id: ObjectID) -> (String, ObjectID?) {
            (String(decoding: path, as: UTF8.self), id)
        }
        if let same = gone.first(where: { $0.1 == blob }) { return named(same.0, same.1) }
        // More is another tree, and no renaming.
        guard gone.count <= 500, let text = try content(blob, read) else { return nil }
        let lines = Self.lines(text)
        var best: (path: [UInt8], id: ObjectID, shared: Int)?
        for (path, id) in gone {
            guard let other = try content(id, read).map(Self.lines) else { continue }
            let shared = lines.intersection(other).count
            if 2 * shared >= max(lines.count, other.count), shared > (best?.shared ?? 0) { best = (path, id, shared) }
        }
        return best.map { named($0.path, $0.id) }
    }

    private static func lines(_ text: [UInt8]) -> Set<ArraySlice<UInt8>> {
        Set(text.split(separator: UInt8(ascii: "\n")))
    }
}
