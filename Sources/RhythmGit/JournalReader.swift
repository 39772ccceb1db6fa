import Glibc
import RhythmCore
import RhythmJournal
import Synchronization

/// What a repository is to the journal.
package enum JournalRole: String, Sendable {
    /// It is the journal: what the files say counts that are committed at its HEAD.
    case journal
    /// It is a clone of the journal, of which nothing counts a second time.
    case clone
}

/// Reads the journal, of which neither commits nor tags count.
enum JournalReader {
    /// - Parameter reader: nil for libgit2, and git where that fails.
    static func scan(
        _ location: Location, _ request: ScanRequest, _ role: JournalRole, reader: OpenedRepository.Reader?,
        emit: (ScanEvent) -> Void
    ) throws(GitError) -> ScanTotals {
        if reader != .git {
            do throws(GitError) {
                return try scanByLibGit2(location, request, role, emit)
            } catch {
                if reader == .libgit2 { throw error }
            }
        }
        return try scanByGit(location, request, role, emit)
    }

    private static func scanByLibGit2(
        _ location: Location, _ request: ScanRequest, _ role: JournalRole, _ emit: (ScanEvent) -> Void
    ) throws(GitError) -> ScanTotals {
        let repository = try LibGit2Repository(gitDir: location.commonDir)
        let objects = try ObjectDatabase(repository)
        let head = try RefTips.head(repository, objects, commonDir: location.commonDir)
        let opened = OpenedRepository(
            request, role, location, workDir: repository.workDir, reader: .libgit2, head: head?.objectID,
            email: try LibGit2Config(repository).string("user.email"))
        return try report(opened, request, role, emit) { id throws(GitError) in
            try Key(id).flatMap { key throws(GitError) in try objects.readIfThere(key) }
        }
    }

    private static func scanByGit(
        _ location: Location, _ request: ScanRequest, _ role: JournalRole, _ emit: (ScanEvent) -> Void
    ) throws(GitError) -> ScanTotals {
        let setup = try GitSetup(location)
        let arguments = ["rev-parse", "-q", "--verify", "HEAD^{commit}"]
        let head = (try? GitCommand.output(arguments, in: setup.directory).bytes).flatMap {
            ObjectID(hex: Files.firstLine($0))
        }
        let opened = OpenedRepository(
            request, role, location, workDir: setup.workDir, reader: .git, head: head,
            email: GitReader.configValue("user.email", setup.directory))
        var objects = try GitObjects(in: setup.directory)
        return try report(opened, request, role, emit) { id throws(GitError) in try objects.read(id) }
    }

    private static func report(
        _ opened: OpenedRepository, _ request: ScanRequest, _ role: JournalRole, _ emit: (ScanEvent) -> Void,
        read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> ScanTotals {
        var opened = opened
        opened.isDelta = request.last.map { $0.view == opened.view } ?? false
        var before: ObjectID?
        if opened.isDelta, request.last?.tips != opened.tips {
            // Without the files of before there is no difference to tell.
            before = try request.last?.tips.first.flatMap { id throws(GitError) in try tree(of: id, read) }
            opened.isDelta = before != nil && !opened.tips.isEmpty
        }
        emit(.repository(opened))
        let isUnchanged = opened.isDelta && before == nil
        guard role == .journal, !isUnchanged, let head = opened.tips.first else { return ScanTotals() }
        guard let now = try tree(of: head, read) else { throw GitError(.corrupt, "\(head) is a bogus commit") }
        var comparison = TreeComparison(
            patterns: [
                .init(glob: Glob("**/*.md", foldingCase: true), interest: .everyFile),
                .init(glob: Glob("**/*.markdown", foldingCase: true), interest: .everyFile),
                .init(glob: Glob("entries/**", foldingCase: false), interest: .everyFile),
            ], isPartial: false)
        let zone = LocalZone.machine
        for file in try comparison.differences(from: before, to: now, read: read) {
            let path = String(decoding: file.path, as: UTF8.self)
            let isAmongEntries = JournalFile.isAmongEntries(path)
            guard JournalFile.isRead(path) || isAmongEntries else { continue }
            guard let new = file.new, new.isRegular || isAmongEntries else {
                emit(.itemGone(key: path))
                continue
            }
            guard new.isRegular else {
                emit(.unreadable(path: path, line: 0, message: "not read, since it is no file but a link"))
                continue
            }
            guard let content = try read(new.id) else { throw GitError(.corrupt, "\(path): \(new.id) is missing") }
            guard JournalFile.isRead(path) else {
                if let reason = JournalFile.reasonNotRead(content) {
                    emit(.unreadable(path: path, line: 0, message: reason))
                } else if before != nil {
                    emit(.itemGone(key: path))
                }
                continue
            }
            do throws(JournalError) {
                let found = try JournalFile.read(path, content, zone: zone)
                if let found {
                    emit(.item(FoundItem(found, path: path, blob: new.id)))
                } else if before != nil {
                    emit(.itemGone(key: path))
                }
            } catch {
                emit(.unreadable(path: path, line: error.line ?? 0, message: error.message))
            }
        }
        return ScanTotals()
    }

    /// Of a commit; nil where it is not there.
    private static func tree(
        of commit: ObjectID, _ read: (ObjectID) throws(GitError) -> [UInt8]?
    ) throws(GitError) -> ObjectID? {
        try read(commit)?.withUnsafeBufferPointer { bytes in
            RawCommit(bytes, digits: 2 * Int(commit.byteCount)).flatMap { ObjectID(hexDigits: bytes[$0.tree]) }
        }
    }
}

extension OpenedRepository {
    fileprivate init(
        _ request: ScanRequest, _ role: JournalRole, _ location: Location, workDir: String?, reader: Reader,
        head: ObjectID?, email: String?
    ) {
        var view = Digest()
        for field in ["journal 2", role.rawValue, reader.rawValue, LocalZone.machine.name] { view.add(field: field) }
        let identity = LocalIdentity(request.identity, repositoryEmail: email, mailmap: Mailmap())
        self.init(
            gitDir: location.commonDir, workDir: workDir, reader: reader, isDelta: false, rewritten: false,
            view: view.hex, tips: role == .journal ? head.map { [$0] } ?? [] : [], emails: identity.emails,
            isJournal: true)
    }
}

extension FoundItem {
    fileprivate init(_ file: JournalFile, path: String, blob: ObjectID) {
        self.init(
            kind: file.isSample ? .sample : .entry, name: file.name, key: path, object: blob, path: path, at: file.at,
            offsetMinutes: file.offsetMinutes, day: file.day, quantity: file.quantity, unit: file.unit,
            title: file.title, url: file.url, tags: file.tags)
    }
}

/// Looks at a file of the journal as it stands in the folder, committed or not.
package enum JournalCheck {
    /// - Parameter path: within the folder.
    /// - Returns: why it cannot be read, and the line, 0 for the file as a whole; nil where it can, or is no entry.
    package static func fault(of path: String, in folder: String) -> (line: Int, message: String)? {
        guard let bytes = Files.read("\(folder)/\(path)") else { return (0, String(cString: strerror(errno))) }
        do throws(JournalError) {
            _ = try JournalFile.read(path, bytes, zone: LocalZone.machine)
            return nil
        } catch {
            return (error.line ?? 0, error.message)
        }
    }
}

/// Tells the clones of the journal from other repositories, by the commits that they share.
package final class JournalClones: Sendable {
    private let journal: Location
    /// Opened once it is asked for.
    private let opened = Mutex<OpenedJournal?>(nil)

    package init(of journal: Location) {
        self.journal = journal
    }

    package func includes(_ location: Location) -> Bool {
        let isWorktree = location.commonDir.hasSuffix("/.git")
        // What has not the look of one is not opened.
        guard !isWorktree || Files.kind(location.commonDir.dropLast(5) + "/entries") == .folder else { return false }
        return (try? shares(location, allRefs: isWorktree)) ?? false
    }

    /// - Parameter allRefs: it has commits of its own, and those of the journal at other refs than HEAD.
    private func shares(_ location: Location, allRefs: Bool) throws(GitError) -> Bool {
        let repository = try LibGit2Repository(gitDir: location.commonDir)
        let objects = try ObjectDatabase(repository)
        let journal = try openedJournal()
        if journal.tips.contains(where: { objects.holds($0) }) { return true }
        let refs =
            try allRefs
            ? RefTips(repository, objects, commonDir: location.commonDir, keepsTags: false).tips
            : [RefTips.head(repository, objects, commonDir: location.commonDir)].compactMap { $0 }
        return refs.contains { journal.objects.holds($0) }
    }

    private func openedJournal() throws(GitError) -> OpenedJournal {
        if let known = opened.withLock({ $0 }) { return known }
        let journal = try OpenedJournal(journal)
        opened.withLock { $0 = journal }
        return journal
    }
}

// libgit2 lets several threads look for objects in one database.
private final class OpenedJournal: @unchecked Sendable {
    let objects: ObjectDatabase
    let tips: [Key]

    init(_ journal: Location) throws(GitError) {
        let repository = try LibGit2Repository(gitDir: journal.commonDir)
        let objects = try ObjectDatabase(repository)
        tips = try RefTips(repository, objects, commonDir: journal.commonDir, keepsTags: false).tips
        self.objects = objects
    }
}
