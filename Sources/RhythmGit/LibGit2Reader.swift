import RhythmCore
import Synchronization

/// Reads a repository through libgit2.
enum LibGit2Reader {
    /// - Returns: nil where git would answer differently, before anything was said.
    static func scan(
        _ location: Location, _ request: ScanRequest, parallel: Parallel, emit: @escaping (ScanEvent) -> Void
    ) throws(GitError) -> ScanTotals? {
        guard !AlteredHistory.isPresent(location.commonDir) else { return nil }
        let repository = try LibGit2Repository(gitDir: location.commonDir)
        let objects = try ObjectDatabase(repository)
        let refs = try RefTips(
            repository, objects, commonDir: location.commonDir, keepsTags: !request.releaseGlobs.isEmpty)
        if refs.hasReplaceRefs { return nil }
        let config = try LibGit2Config(repository)
        // Without core.bare, libgit2 takes the folder around any git dir for a worktree, git only around one named .git.
        let isBare =
            repository.isBare
            || (!location.commonDir.hasSuffix("/.git") && config.string("core.bare") == nil
                && config.string("core.worktree") == nil)
        let workDir = isBare ? nil : repository.workDir
        let sources = MailmapSources(
            workDir: workDir, gitDir: location.commonDir, isBare: isBare,
            configuredBlob: config.string("mailmap.blob"), configuredFile: config.path("mailmap.file"),
            readBlob: { repository.blob($0) })
        let identity = LocalIdentity(
            request.identity, repositoryEmail: try email(config, workDir ?? location.commonDir),
            mailmap: sources.mailmap)
        var view = View(request, emails: identity.emails, reader: .libgit2)
        sources.add(to: &view)

        let tips = refs.tips.map(\.objectID)
        var opened = OpenedRepository(
            gitDir: location.commonDir, workDir: workDir, reader: .libgit2, isDelta: false,
            rewritten: false, view: view.hex, tips: tips, emails: identity.emails)
        let releases = releases(of: refs, request, identity, view)
        if releases.state != request.lastReleases { opened.releases = releases.state }
        func begin() throws(GitError) {
            emit(.repository(opened))
            if opened.releases != nil { try report(releases, of: refs, location, objects, emit) }
        }
        let collector = CommitCollector(identity, emit: emit)
        var search = ChangeSearch(request, isPartial: PartialClone.isOne(config))

        if let last = request.last, last.view == opened.view {
            if last.tips == tips {
                opened.isDelta = true
                try begin()
                return collector.totals
            }
            let old = last.tips.compactMap(Key.init)
            if old.count == last.tips.count, old.allSatisfy({ objects.holds($0) }) {
                let walk = try DeltaWalk(new: refs.tips, old: old, objects)
                opened.isDelta = true
                opened.rewritten = walk.rewritten
                try begin()
                try report(
                    walk, objects, collector, looksAtChanges: request.asksForFiles, &search, emit)
                return collector.totals
            }
            opened.rewritten = true
        } else if request.last == nil, let horizon = request.horizon {
            opened.horizon = horizon
            try begin()
            var walk = RecentWalk(to: horizon)
            var reader = CommitReader(PackFile.all(of: location))
            try walk.run(from: refs.tips, &reader, objects, collector)
            for change in try walk.ownChanges(objects) { try report(change, objects, collector, &search, emit) }
            if walk.isWhole {
                collector.finish()
                emit(.whole)
            }
            return collector.totals
        }
        try begin()
        var reader = CommitReader(PackFile.all(of: location))
        var table = CommitTable()
        let ahead = ReadAhead(
            reader.packs, into: &table, identity: identity, keepsTrees: request.asksForFiles, parallel: parallel
        ) { emit(.progress(commitsRead: $0)) }
        var walk = FullWalk(ahead, numberedIn: table, keepsTrees: request.asksForFiles)
        try walk.run(from: refs.tips, &reader, objects, collector)
        let changes = walk.ownChanges()
        let packs = reader.packs
        guard changes.count > portion else {
            var files = PackReader(packs)
            for change in changes {
                try search.report(change, commitsRead: collector.totals.commitsRead, emit) { id throws(GitError) in
                    try files.read(id, or: objects)
                }
            }
            return collector.totals
        }
        for first in stride(from: 0, to: changes.count, by: wave * portion) {
            let last = min(first + wave * portion, changes.count)
            let starts = Array(stride(from: first, to: last, by: portion))
            let found = Mutex([Result<[ScanEvent], GitError>?](repeating: nil, count: starts.count))
            let read = collector.totals.commitsRead
            parallel(starts.count) { number in
                let mine = changes[starts[number]..<min(starts[number] + portion, last)]
                let outcome = Result { () throws(GitError) in
                    try events(of: mine, location, request, packs, commitsRead: read)
                }
                found.withLock { $0[number] = outcome }
            }
            for outcome in found.withLock({ $0 }) {
                for event in try outcome?.get() ?? [] { emit(event) }
            }
        }
        return collector.totals
    }

    /// Comparing trees takes longer than reading commits, so of many changes each thread gets some, and a handle of its
    /// own to read them with.
    private static let portion = 1024
    /// Portions between two signs of life.
    private static let wave = 8

    private static func events(
        of changes: ArraySlice<TreeChange>, _ location: Location, _ request: ScanRequest, _ packs: [PackFile],
        commitsRead: Int
    ) throws(GitError) -> [ScanEvent] {
        let repository = try LibGit2Repository(gitDir: location.commonDir)
        let objects = try ObjectDatabase(repository)
        var search = ChangeSearch(request, isPartial: PartialClone.isOne(try LibGit2Config(repository)))
        var reader = PackReader(packs)
        var events: [ScanEvent] = []
        for change in changes {
            try search.report(change, commitsRead: commitsRead, { events.append($0) }) { id throws(GitError) in
                try reader.read(id, or: objects)
            }
        }
        return events
    }

    private static func report(
        _ walk: consuming DeltaWalk, _ objects: borrowing ObjectDatabase, _ collector: CommitCollector,
        looksAtChanges: Bool, _ search: inout ChangeSearch, _ emit: (ScanEvent) -> Void
    ) throws(GitError) {
        var walk = walk
        for key in walk.newCommits {
            let isOwnChange = try objects.read(key).withCommit(key) { raw, bytes throws(GitError) in
                let isOwn = collector.take(
                    raw, bytes, parentCount: raw.parentCount, id: { key.objectID },
                    firstParent: {
                        raw.parentCount == 0
                            ? nil : Key(hex: bytes.baseAddress! + raw.parent(0).lowerBound).objectID
                    })
                return isOwn && raw.parentCount < 2
            }
            if isOwnChange, looksAtChanges {
                let change = try walk.change(key, objects)
                try report(change, objects, collector, &search, emit)
            }
        }
        for key in walk.goneCommits { emit(.gone(key.objectID)) }
        collector.finish()
    }

    private static func report(
        _ change: TreeChange, _ objects: borrowing ObjectDatabase, _ collector: CommitCollector,
        _ search: inout ChangeSearch, _ emit: (ScanEvent) -> Void
    ) throws(GitError) {
        try search.report(change, commitsRead: collector.totals.commitsRead, emit) { id throws(GitError) in
            try Key(id).flatMap { key throws(GitError) in try objects.readIfThere(key) }
        }
    }

    private static func releases(
        of refs: RefTips, _ request: ScanRequest, _ identity: LocalIdentity, _ view: View
    ) -> Releases {
        var releases = Releases(request, identity, view: view, digits: 40)
        for tag in refs.tags { withUnsafeBytes(of: tag.key) { releases.note(tag.name, $0.prefix(20)) } }
        return releases
    }

    private static func report(
        _ releases: consuming Releases, of refs: RefTips, _ location: Location, _ objects: borrowing ObjectDatabase,
        _ emit: (ScanEvent) -> Void
    ) throws(GitError) {
        var reader = CommitReader(PackFile.all(of: location))
        for tag in refs.tags where releases.isOne(tag.name) {
            let item = try releases.release(
                tag.name, object: tag.key.objectID, tag: tag.content, commit: tag.commit.objectID
            ) { () throws(GitError) in
                try reader.withCommit(tag.commit, objects) { _, bytes throws(GitError) in Array(bytes) }
            }
            if let item { emit(.item(item)) }
        }
    }

    /// libgit2 passes over `hasconfig:` includes without a word, so git is asked wherever there is one.
    private static func email(
        _ config: borrowing LibGit2Config, _ directory: String
    ) throws(GitError) -> String? {
        if config.names(startingWith: "includeif.hasconfig:").isEmpty { return config.string("user.email") }
        return GitReader.configValue("user.email", directory)
    }
}

/// What makes git show another history than the objects hold, and libgit2 does not follow.
enum AlteredHistory {
    static let files = ["shallow", "info/grafts"]

    static func isPresent(_ commonDir: String) -> Bool {
        files.contains { !(Files.read("\(commonDir)/\($0)") ?? []).isEmpty }
    }
}

/// Whether objects may be missing by design.
enum PartialClone {
    /// A git older than 2.24 named the remote that has them; a newer one marks it.
    private static let extensionName = "extensions.partialclone"

    static func isOne(_ config: borrowing LibGit2Config) -> Bool {
        config.string(extensionName) != nil
            || config.names(startingWith: "remote.").contains { $0.hasSuffix(".promisor") && config.bool($0) }
    }

    static func isOne(_ directory: String) -> Bool {
        if GitReader.configValue(extensionName, directory) != nil { return true }
        let arguments = ["config", "--type=bool", "-z", "--get-regexp", #"^remote\..*\.promisor$"#]
        guard let output = try? GitCommand.output(arguments, in: directory).bytes else { return false }
        // The last value of each name is in force: a name, a newline and the value.
        var values: [ArraySlice<UInt8>: Bool] = [:]
        for entry in output.split(separator: 0) {
            guard let newline = entry.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            values[entry[..<newline]] = entry[(newline + 1)...].elementsEqual("true".utf8)
        }
        return values.values.contains(true)
    }
}
