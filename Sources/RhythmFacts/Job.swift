package import RhythmCore

/// What the daemon asks of the worker, handed over on its standard input in the same line format as the facts.
package struct Job: Equatable, Sendable {
    /// Whose commits become facts.
    package struct Identity: Equatable, Sendable {
        /// Emails that are the user's in every repository. A repository's own `user.email` is added there.
        package var emails: [String]
        /// Author names that are the user's whatever the email.
        package var names: [String]
        /// Count commits that name the user in a `Co-authored-by` trailer.
        package var coAuthored: Bool
        /// Everybody is the user: for comparing a whole repository with `git log`.
        package var everyone: Bool

        package init(emails: [String] = [], names: [String] = [], coAuthored: Bool = false, everyone: Bool = false) {
            self.emails = emails
            self.names = names
            self.coAuthored = coAuthored
            self.everyone = everyone
        }
    }

    /// A folder to search for repositories.
    package struct Root: Equatable, Sendable {
        package var path: String
        /// Folders below the root to look into; 0 looks at the root itself only.
        package var depth: Int

        package init(path: String, depth: Int) {
            self.path = path
            self.depth = depth
        }
    }

    /// A repository to read, with what the last scan of it knew.
    package struct Repository: Equatable, Sendable {
        /// A worktree, a git dir or a common git dir.
        package var path: String
        /// Nil when it was never read, or is to be read afresh.
        package var lastScan: LastScan?

        package init(path: String, lastScan: LastScan? = nil) {
            self.path = path
            self.lastScan = lastScan
        }
    }

    package struct LastScan: Equatable, Sendable {
        package var view: String
        package var tips: [ObjectID]
        /// As ``RepositoryFact/releases`` was when they were last given.
        package var releases: String?

        package init(view: String, tips: [ObjectID], releases: String? = nil) {
            self.view = view
            self.tips = tips
            self.releases = releases
        }
    }

    package var identity: Identity
    /// Globs of dev log files, matched against paths in the repository without regard to case.
    package var devlogGlobs: [String]
    /// Globs of files, matched against paths in the repository with regard to case, of which a commit may touch one.
    package var pathGlobs: [String]
    /// Globs of the tags that are releases, matched without regard to case against the name behind `refs/tags/`.
    package var releaseGlobs: [String] = []
    /// Of it, and of its clones, commits do not count.
    package var journal: Journal?
    package var roots: [Root]
    /// Globs of folders not to look into, matched against the absolute path and against the folder's name.
    package var excludes: [String]
    /// Read whether or not a root leads to them; a repository found under a root as well is read once.
    package var repositories: [Repository]

    /// Read one repository after another, with a single thread, so that one to which the worker dies is known.
    package var oneAtATime = false

    /// Of repositories that were never read, only what was committed since then is wanted, and some before.
    package var horizon: Timestamp?

    /// Folders of notes outside git, whose dated files are dev log entries.
    package var folders: [Folder] = []

    /// The file to follow, if there is one.
    package var roadmap: Roadmap?

    package struct Folder: Equatable, Sendable {
        package var path: String
        /// Of the last scan; nil when it was never read, or is to be read afresh.
        package var view: String?

        package init(path: String, view: String? = nil) {
            self.path = path
            self.view = view
        }
    }

    package struct Journal: Equatable, Sendable {
        /// Its folder, which need not be there.
        package var path: String
        /// Read it even if it is none of the repositories.
        package var isRead: Bool

        package init(path: String, isRead: Bool) {
            self.path = path
            self.isRead = isRead
        }
    }

    /// Git dirs not to read even where a root leads to them: answered for, or not wanted.
    package var skip: [String]

    package init(
        identity: Identity = Identity(), devlogGlobs: [String] = [], pathGlobs: [String] = [], roots: [Root] = [],
        excludes: [String] = [], repositories: [Repository] = [], horizon: Timestamp? = nil, skip: [String] = []
    ) {
        self.identity = identity
        self.devlogGlobs = devlogGlobs
        self.pathGlobs = pathGlobs
        self.roots = roots
        self.excludes = excludes
        self.repositories = repositories
        self.horizon = horizon
        self.skip = skip
    }
}
