import RhythmCore

/// Reads a repository through the `git` program: slower, and right wherever git is. It hands the same raw commits to the
/// same code as the libgit2 reader, so what it says of an ordinary repository is the same.
enum GitReader {
    static func scan(
        _ location: Location, _ request: ScanRequest, emit: @escaping (ScanEvent) -> Void
    ) throws(GitError) -> ScanTotals {
        let setup = try GitSetup(location)
        let directory = setup.directory
        let refs = try GitRefs(setup)
        let sources = MailmapSources(
            workDir: setup.workDir, gitDir: location.commonDir, isBare: setup.isBare,
            configuredBlob: configValue("mailmap.blob", directory),
            configuredFile: configValue("mailmap.file", directory, type: "path"),
            readBlob: { try? GitCommand.output(["cat-file", "blob", $0], in: directory).bytes })
        let identity = LocalIdentity(
            request.identity, repositoryEmail: configValue("user.email", directory), mailmap: sources.mailmap)
        var view = View(request, emails: identity.emails, reader: .git)
        sources.add(to: &view)
        for file in AlteredHistory.files { view.add(file, Files.read("\(location.commonDir)/\(file)")) }
        view.add("refs/replace", refs.replacements)

        var opened = OpenedRepository(
            gitDir: location.commonDir, workDir: setup.workDir, reader: .git, isDelta: false, rewritten: false,
            view: view.hex, tips: refs.tips, emails: identity.emails)
        var releases = Releases(request, identity, view: view, digits: setup.digits)
        for tag in refs.tags { releases.note(tag.name, tag.object.bytes) }
        if releases.state != request.lastReleases { opened.releases = releases.state }
        func begin() throws(GitError) {
            emit(.repository(opened))
            if opened.releases != nil { try report(releases, of: refs, directory, digits: setup.digits, emit) }
        }
        let collector = CommitCollector(identity, emit: emit)
        var start = refs.tips
        var gone: [ObjectID] = []
        if let last = request.last, last.view == opened.view {
            if last.tips == refs.tips {
                opened.isDelta = true
                try begin()
                return collector.totals
            }
            if try GitRefs.areCommits(last.tips, directory) {
                // Both whole, for `--not` may answer wrongly where dates run backwards.
                let before = Set(try ids(from: last.tips, directory))
                let now = Set(try ids(from: refs.tips, directory))
                opened.isDelta = true
                start = now.subtracting(before).sorted()
                gone = before.subtracting(now).sorted()
            }
            opened.rewritten = !opened.isDelta || !Set(gone).isDisjoint(with: last.tips)
        } else if request.last == nil {
            opened.horizon = request.horizon
        }
        try begin()
        let reading = try read(
            start, follow: !opened.isDelta, since: opened.horizon, directory, digits: setup.digits, collector,
            keepsTrees: request.asksForFiles)
        try report(reading.changes, request, directory, commitsRead: collector.totals.commitsRead, emit)
        for id in gone { emit(.gone(id)) }
        if opened.horizon != nil {
            guard reading.isWhole else { return collector.totals }
            emit(.whole)
        }
        collector.finish()
        return collector.totals
    }

    private static func report(
        _ releases: consuming Releases, of refs: GitRefs, _ directory: String, digits: Int, _ emit: (ScanEvent) -> Void
    ) throws(GitError) {
        let tags = refs.tags.filter { releases.isOne($0.name) }
        guard !tags.isEmpty else { return }
        var objects = try GitObjects(in: directory)
        for tag in tags {
            guard let peeled = try peel(tag.object, &objects, digits: digits) else { continue }
            let item = try releases.release(tag.name, object: tag.object, tag: peeled.tag, commit: peeled.commit) {
                peeled.content
            }
            if let item { emit(.item(item)) }
        }
    }

    /// What a tag leads to; nil where that is no commit. The tag's content is the first one's of several.
    private static func peel(
        _ start: ObjectID, _ objects: inout GitObjects, digits: Int
    ) throws(GitError) -> (tag: [UInt8]?, commit: ObjectID, content: [UInt8])? {
        var id = start
        var tag: [UInt8]?
        while let content = try objects.read(id) {
            if content.starts(with: "tree ".utf8) { return (tag, id, content) }
            let target = content.withUnsafeBufferPointer { bytes in
                RawTag.target(bytes, digits: digits).flatMap { ObjectID(hexDigits: bytes[$0]) }
            }
            guard let target else { return nil }
            if tag == nil { tag = content }
            id = target
        }
        return nil
    }

    /// The effective value; nil when there is none.
    static func configValue(_ name: String, _ directory: String, type: String? = nil) -> String? {
        let arguments = ["config"] + (type.map { ["--type=\($0)"] } ?? []) + ["-z", "--get", name]
        guard let output = try? GitCommand.output(arguments, in: directory).bytes else { return nil }
        return String(decoding: output.prefix { $0 != 0 }, as: UTF8.self)
    }

    private struct Change {
        let commit: ObjectID
        let tree: ObjectID
        let parent: ObjectID?
    }

    /// - Parameters:
    ///   - follow: read what the commits lead to as well.
    ///   - horizon: leave out what git takes to be older. Unlike ``RecentWalk`` it leaves out what lies behind a commit
    ///     with a clock far behind, too.
    private static func read(
        _ commits: [ObjectID], follow: Bool, since horizon: Timestamp?, _ directory: String, digits: Int,
        _ collector: CommitCollector, keepsTrees: Bool
    ) throws(GitError) -> (changes: [Change], isWhole: Bool) {
        guard !commits.isEmpty else { return ([], true) }
        // The objects as they are, not as the config of logs would show them.
        var arguments = ["rev-list", "--header", "--parents", "--encoding=none", "--no-abbrev-commit"]
        if !follow { arguments.append("--no-walk=unsorted") }
        if let horizon { arguments.append("--max-age=\(horizon.seconds - RecentWalk.slack)") }
        var command = try GitCommand(arguments + ["--stdin"], in: directory, input: lines(commits))
        var changes: [Change] = []
        var seen: Set<ObjectID> = []
        var named = Set(horizon == nil ? [] : commits)
        try command.records(endingIn: 0) { record throws(GitError) in
            guard let newline = record.firstIndex(of: UInt8(ascii: "\n")) else {
                throw GitError(.gitFailed, "rev-list: a record without a header")
            }
            var ids: [ObjectID] = []
            for word in record[..<newline].split(separator: UInt8(ascii: " ")) {
                guard let id = ObjectID(hexDigits: word) else { throw GitError(.gitFailed, "rev-list: not an id") }
                ids.append(id)
            }
            let content = withoutIndent(UnsafeBufferPointer(rebasing: record[(newline + 1)...]))
            try content.withUnsafeBufferPointer { bytes throws(GitError) in
                guard let id = ids.first, let raw = RawCommit(bytes, digits: digits) else {
                    throw GitError(.corrupt, "\(ids.first?.hex ?? "?") is a bogus commit")
                }
                let parents = ids.dropFirst()
                if horizon != nil {
                    seen.insert(id)
                    named.formUnion(parents)
                }
                let isOwn = collector.take(
                    raw, bytes, parentCount: parents.count, id: { id }, firstParent: { parents.first })
                if isOwn, keepsTrees, parents.count < 2, let tree = ObjectID(hexDigits: bytes[raw.tree]) {
                    changes.append(Change(commit: id, tree: tree, parent: parents.first))
                }
            }
        }
        return (changes, named.isSubset(of: seen))
    }

    private static func report(
        _ changes: [Change], _ request: ScanRequest, _ directory: String, commitsRead: Int,
        _ emit: (ScanEvent) -> Void
    ) throws(GitError) {
        guard !changes.isEmpty else { return }
        var objects = try GitObjects(in: directory)
        var search = ChangeSearch(request, isPartial: PartialClone.isOne(directory))
        for change in changes {
            // At the edge of a shallow clone there is nothing to compare with: all files would look new.
            if change.parent == nil, let content = try objects.read(change.commit), hasParent(content, change.commit) {
                continue
            }
            var parentTree: ObjectID?
            if let parent = change.parent, let content = try objects.read(parent) {
                parentTree = content.withUnsafeBufferPointer { bytes in
                    RawCommit(bytes, digits: parent.byteCount == 20 ? 40 : 64)
                        .flatMap { ObjectID(hexDigits: bytes[$0.tree]) }
                }
            }
            try search.report(
                TreeChange(commit: change.commit, tree: change.tree, parentTree: parentTree),
                commitsRead: commitsRead, emit
            ) { id throws(GitError) in try objects.read(id) }
        }
    }

    /// Whether the commit object itself names a parent, whatever grafts say.
    private static func hasParent(_ content: [UInt8], _ id: ObjectID) -> Bool {
        content.withUnsafeBufferPointer { bytes in
            RawCommit(bytes, digits: id.byteCount == 20 ? 40 : 64).map { $0.parentCount > 0 } ?? false
        }
    }

    private static func ids(from tips: [ObjectID], _ directory: String) throws(GitError) -> [ObjectID] {
        guard !tips.isEmpty else { return [] }
        let output = try GitCommand.output(["rev-list", "--stdin"], in: directory, input: lines(tips))
        return output.bytes.split(separator: UInt8(ascii: "\n")).compactMap { ObjectID(hexDigits: $0) }
    }

    private static func lines(_ ids: [ObjectID]) -> [UInt8] {
        Array(ids.map { $0.hex + "\n" }.joined().utf8)
    }

    /// `rev-list --header` gives the header as it is and indents the message by four spaces.
    private static func withoutIndent(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var inMessage = false
        var lineStart = 0
        while lineStart < bytes.count {
            let end = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = bytes[lineStart..<end]
            if inMessage, ("    " as StaticString).isPrefix(of: bytes, at: lineStart) {
                out.append(contentsOf: line.dropFirst(4))
            } else {
                out.append(contentsOf: line)
            }
            if line.isEmpty { inMessage = true }
            out.append(UInt8(ascii: "\n"))
            lineStart = end + 1
        }
        return out
    }
}
