import Glibc
package import RhythmCore

/// A folder of notes outside git, such as a vault's daily notes. A note is a dev log entry if a heading, its front matter
/// or its name states a day; other files are left alone.
package enum NotesFolder {
    package struct Entry: Hashable, Sendable {
        /// Absolute.
        package var path: String
        /// By which the file tells it from its others; empty where it has no dated headings.
        package var heading: String
        package var day: CalendarDay
    }

    package struct Content: Equatable, Sendable {
        /// A digest of names, sizes and times: what has another one is to be read again.
        package var view: String
        /// Nil where the view is that of the last scan.
        package var entries: [Entry]?
    }

    private static let largestFile = 8 << 20
    private static let deepest = 8

    /// - Parameters:
    ///   - folder: canonical.
    ///   - last: the view of the last scan.
    ///   - devlogs: what is committed and matches these is a dev log of its repository, and no note besides.
    ///   - ignored: git dirs of repositories whose dev logs count nothing.
    package static func read(
        _ folder: String, last: String?, devlogs: [String] = [], ignored: Set<String> = []
    ) throws(GitError) -> Content {
        var digest = Digest()
        digest.add(field: "2")
        var files: [(path: String, status: stat)] = []
        var around = CommittedFiles(around: folder)
        let globs = devlogs.map { Glob($0, foldingCase: true) }
        try collect(folder, depth: deepest, in: &around, into: &files) { path, repository in
            guard !ignored.contains(repository.gitDir), let name = repository.name(of: path) else { return true }
            return !(globs.contains { $0.matches(path: name) } && repository.holds(name))
        } seen: {
            digest.add(field: $0)
        }
        for file in files {
            digest.add(field: file.path)
            digest.add(field: "\(file.status.st_size) \(file.status.st_mtim.tv_sec) \(file.status.st_mtim.tv_nsec)")
        }
        guard digest.hex != last else { return Content(view: digest.hex) }
        var entries: [Entry] = []
        for file in files {
            guard let text = Files.read(file.path), text.contains(where: { $0 > 0x20 }) else { continue }
            let changed = CalendarDay(number: file.status.st_mtim.tv_sec / 86_400)
            let headings = DatedHeading.new(in: text, since: [], near: changed) ?? []
            let dated = headings.compactMap { heading in
                heading.day.map { Entry(path: file.path, heading: heading.key, day: $0) }
            }
            if !dated.isEmpty {
                entries += dated
            } else if let day = DatedHeading.frontMatterDay(of: text) ?? DatedHeading.day(ofFile: file.path) {
                entries.append(Entry(path: file.path, heading: "", day: day))
            }
        }
        return Content(view: digest.hex, entries: entries)
    }

    private static func collect(
        _ folder: String, depth: Int, in repository: inout CommittedFiles?,
        into files: inout [(path: String, status: stat)],
        isNote: (String, CommittedFiles) -> Bool, seen: (String) -> Void
    ) throws(GitError) {
        if let head = repository?.head { seen(head.hex) }
        guard let names = Files.names(in: folder) else { throw Files.error(path: folder) }
        for name in names where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where depth > 0:
                var own = Files.kind(path + "/.git") == nil ? repository : CommittedFiles(path)
                try collect(path, depth: depth - 1, in: &own, into: &files, isNote: isNote, seen: seen)
            case S_IFREG where isText(name) && status.st_size > 0 && status.st_size <= largestFile:
                if repository.map({ isNote(path, $0) }) ?? true { files.append((path, status)) }
            default: break
            }
        }
    }

    private static func isText(_ name: String) -> Bool {
        [".md", ".markdown", ".txt", ".org", ".adoc"].contains { asciiLower(name).hasSuffix($0) }
    }
}

/// The files of a worktree as its HEAD has them.
private final class CommittedFiles {
    let gitDir: String
    let head: ObjectID?
    private let worktree: String
    private let objects: ObjectDatabase
    private let tree: ObjectID?

    /// Nil where no git repository that can be read is in that folder.
    init?(_ worktree: String) {
        guard let location = try? Location(worktree), let repository = try? LibGit2Repository(gitDir: worktree),
            let objects = try? ObjectDatabase(repository), let found = try? repository.head()
        else { return nil }
        gitDir = location.commonDir
        head = found
        self.worktree = worktree
        tree = Key(found).flatMap { key in
            (try? objects.readIfThere(key))?.withUnsafeBufferPointer { bytes in
                RawCommit(bytes, digits: 2 * Int(found.byteCount)).flatMap { ObjectID(hexDigits: bytes[$0.tree]) }
            }
        }
        self.objects = objects
    }

    /// The one that a folder lies in.
    convenience init?(around folder: String) {
        var folder = folder
        while Files.kind(folder + "/.git") == nil {
            guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return nil }
            folder = String(folder[..<slash])
        }
        self.init(folder)
    }

    /// A file's path in the worktree.
    func name(of path: String) -> String? {
        path.hasPrefix(worktree + "/") ? String(path.dropFirst(worktree.count + 1)) : nil
    }

    func holds(_ name: String) -> Bool {
        guard var id = tree else { return false }
        for part in name.split(separator: "/") {
            guard let bytes = Key(id).flatMap({ try? objects.readIfThere($0) }),
                let entry = try? TreeLookup.entry(Array(part.utf8), of: id, in: bytes)
            else { return false }
            id = entry.id
        }
        return true
    }
}
