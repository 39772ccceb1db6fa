import Glibc
import RhythmAPI
import RhythmReport

/// The journal's repository, which only this program writes to, and with the user's own git.
struct Journal {
    let path: String
    let git: Git

    init(at path: String) {
        self.path = path
        git = Git(in: path)
    }

    /// Somebody began it, or put something else in its place.
    var isThere: Bool { access(path, F_OK) == 0 && (try? names(in: path))?.isEmpty != true }

    /// What the journal says of itself, the same on every machine, so that journals that were begun apart can be joined.
    private static let readme = """
        # Journal

        What was done besides commits, one Markdown file for each entry under `entries/`. `rhythmctl log` writes them, and they
        can be edited or written by hand just as well; `rhythmctl journal --help` tells more. Rhythm counts what is committed.

        """

    /// Keeps other calls of this program out until the body is through; the lock goes with the process, however it ends.
    func alone<Result>(_ body: () throws -> Result) throws -> Result {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            var link = stat()
            if errno == ENOENT, lstat(path, &link) == 0 {
                throw Obstacle(
                    "\(shown) is a link that leads nowhere",
                    .init("to see where it should", "ls -l \(shellWord(path))"))
            }
            guard errno == ENOTDIR, access(path, F_OK) == 0 else { throw failure(at: path) }
            throw Obstacle(
                "\(shown) is a file, and the journal has to be a folder",
                .init("to move the file out of the way", "mv \(shellWord(path)) \(shellWord(path + ".old"))"),
                .init("name a folder as path under [journal] in the config, then", "rhythmctl reload"))
        }
        defer { close(folder) }
        // A file system without locks has git's own left.
        while flock(folder, LOCK_EX) != 0 && errno == EINTR {}
        return try body()
    }

    /// Makes a repository of the folder where that is empty.
    ///
    /// - Returns: whether it made one.
    private func begin() throws -> Bool {
        guard try names(in: path).isEmpty else { return false }
        let made = try git.run("init", "-q")
        guard made.status == 0 else {
            throw Obstacle(
                "git cannot make \(shown) a repository:\n\(made.complaint)",
                .init("to try it by yourself", git.command("init")))
        }
        // With the first entry it is committed, as what was left uncommitted.
        try write(Self.readme, to: "README.md")
        return true
    }

    // MARK: Files

    func workTree() throws -> WorkTree {
        // The user may ignore Markdown elsewhere; here it must not go unseen.
        let status = try git.run(
            "-c", "core.excludesFile=/dev/null", "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all",
            "--no-renames")
        guard status.status == 0 else {
            throw try damage(status)
        }
        return WorkTree(status.output)
    }

    func write(_ text: String, to name: String, haste: Bool = false) throws {
        try writeNewFile(text, at: "\(path)/\(name)", haste: haste)
    }

    // MARK: Commits

    /// Commits some files as they are now, and nothing else that may be staged.
    ///
    /// - Returns: the commit; nil where they were committed as they are.
    /// - Throws: ``Obstacle`` in git's words where it refuses.
    func commit(_ paths: [String], _ message: String, areGone: Bool = false) throws -> String? {
        let list = "\(try gitDir())/RHYTHM_PATHS"
        unlink(list)
        let file = open(list, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Obstacle(failure(at: list).message) }
        defer { unlink(list) }
        let isWritten = rhythmctl.write(paths.map { $0 + "\0" }.joined(), to: file)
        let obstacle = Obstacle(failure(at: list).message)
        close(file)
        guard isWritten else { throw obstacle }
        let these = ["--pathspec-from-file=\(list)", "--pathspec-file-nul"]
        // Force, since the user's own ignore rules may name Markdown files.
        if !areGone { try unlocked { try git.run(["add", "--force"] + these) } }
        let known = try git.run(["diff", "--cached", "--quiet"] + (paths.count > 100 ? [] : ["--"] + paths))
        if known.status == 0 { return nil }
        try unlocked { try git.run(["commit", "--quiet", "--only", "-m", message] + these) }
        return try git.answer("rev-parse", "HEAD")
    }

    /// Tries again for a while where another git holds the index.
    private func unlocked(_ body: () throws -> ProgramOutcome) throws {
        var outcome = try body()
        for _ in 0..<50 where outcome.status != 0 && outcome.errors.contains("index.lock") {
            usleep(100_000)
            outcome = try body()
        }
        guard outcome.status != 0 else { return }
        if outcome.errors.contains("index.lock") {
            throw Obstacle(
                "another git is at work in \(shown), or one was ended midway",
                .init("if none is", "rm \(shellWord(try gitDir() + "/index.lock"))"))
        }
        throw Obstacle("git did not commit:\n\(outcome.complaint)")
    }

    /// Entries that are in the journal by now.
    struct Added {
        var paths: [String]
        /// The commit that holds them.
        var commit: String?
        /// There was no journal before.
        var isFirst: Bool
    }

    /// Entries that are written and that git did not commit.
    struct Uncommitted: Error {
        var paths: [String]
        var obstacle: Obstacle
        var journal: String

        var message: String {
            let files =
                paths.count == 1 ? harmless("\(journal)/\(paths[0])") : "\(paths.count) entries in \(harmless(journal))"
            return
                "saved, but not committed: \(files)\n\(obstacle.message)\nThe next rhythmctl log or journal commits it."
        }
    }

    /// Writes entries, and commits them together.
    ///
    /// - Parameter haste: there is another copy, so that nothing is lost with the machine's power.
    /// - Throws: ``Uncommitted``, or ``Failure`` where they could not be written.
    func add(_ files: [JournalEntry.File], _ subject: String, haste: Bool = false) throws -> Added {
        try makeFolder(path, mode: 0o700)
        return try alone {
            var obstacle: Obstacle?
            func attempt<Result>(_ body: () throws -> Result?) throws -> Result? {
                guard obstacle == nil else { return nil }
                do {
                    return try body()
                } catch let found as Obstacle {
                    obstacle = found
                    return nil
                }
            }
            let isFirst = try attempt(begin) ?? false
            if let found = try attempt({ try self.obstacle(gitDir()) }) { obstacle = found }
            try? takeIn()
            _ = try attempt { try mend() }
            for file in files { try write(file.text, to: file.path, haste: haste) }
            let paths = files.map(\.path)
            let commit = try attempt { try self.commit(paths, subject) }
            if let obstacle { throw Uncommitted(paths: paths, obstacle: obstacle, journal: path) }
            return Added(paths: paths, commit: commit, isFirst: isFirst)
        }
    }

    /// Writes what earlier calls could not, and kept elsewhere.
    func takeIn() throws {
        let kept = KeptEntry.all
        guard !kept.isEmpty else { return }
        _ = try begin()
        for entry in kept { try entry.move(to: self) }
    }

    /// Commits what an earlier call wrote and was ended before it could commit.
    ///
    /// - Returns: whether there was anything. Each entry is named on standard error.
    func mend() throws -> Bool {
        let left = try workTree().files.filter { [.untracked, .added].contains($0.state) }.map(\.path)
        for path in left where path.split(separator: "/").last?.hasPrefix(".rhythmctl.") == true {
            // It was ended in the middle of writing; whoever writes holds the lock.
            unlink("\(self.path)/\(path)")
        }
        let own = left.filter(JournalEntry.isOwn)
        let readme = left.contains("README.md") && text(of: "README.md") == Self.readme ? ["README.md"] : []
        guard !own.isEmpty || !readme.isEmpty else { return false }
        _ = try commit(readme + own, own.isEmpty ? "Begin a journal" : "Add what was not committed when it was written")
        for path in own { put("rhythmctl: committed now what was written before: \(harmless(path))\n", to: 2) }
        return true
    }

    /// Takes files out of the work tree and the index.
    func remove(_ paths: [String]) throws {
        let removed = try git.run(["rm", "--quiet", "--"] + paths)
        guard removed.status == 0 else { throw Obstacle("git did not remove it:\n\(removed.complaint)") }
    }

    func text(of name: String) -> String? {
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return String(decoding: wholeFile(file), as: UTF8.self)
    }

    /// Why a file cannot be read as it is now; nil where it can. The worker knows, which reads all of them.
    func fault(of name: String) -> Wire.Finding? {
        let words = [programBeside("rhythm-scan"), "--journal", path, "--", name]
        let fields = outcome(of: words)?.output.split(separator: "\n").first?.split(separator: "\t") ?? []
        guard fields.count == 4, fields[0] == "unreadable", let line = Int(fields[2]) else { return nil }
        return Wire.Finding(file: "\(path)/\(name)", line: line > 0 ? line : nil, message: String(fields[3]))
    }

    /// For a message.
    var shown: String { harmless(path) }
}
