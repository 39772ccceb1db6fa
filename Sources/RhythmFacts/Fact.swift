package import RhythmCore

/// One statement of the worker about the repositories it reads. The worker writes them as lines (see ``FactLine``); a
/// repository's facts stand together, from its ``repository(_:)`` to its ``end(_:)`` or ``problem(_:)``, and count only
/// when that last line has arrived. Several repositories are read at once, so the other lines may stand anywhere.
package enum Fact: Equatable, Sendable {
    /// A repository about to be read; if no end of it comes, it may be the one to blame.
    case begin(gitDir: String)
    /// A sign of life from a long walk: how many commits of a repository were read so far.
    case progress(gitDir: String, commitsRead: Int)
    /// What is being read and how. A second one before the end means that the reading started over.
    case repository(RepositoryFact)
    /// A commit of the user's.
    case commit(CommitFact)
    /// An entry that a commit of the user's made in a dev log file.
    case devlog(DevlogFact)
    /// A path glob of the job's that a commit of the user's touched.
    case touch(TouchFact)
    /// A release, an entry or a sample.
    case item(ItemFact)
    /// A release that no ref leads to any more, or a file that the journal no longer has, by its key.
    case itemGone(key: String)
    /// A file that should be an entry and is none.
    case unreadable(UnreadableFact)
    /// The roadmap's file.
    case roadmap(RoadmapFact)
    /// A version of it; its changes follow.
    case version(RoadmapVersionFact)
    /// What the version before this line did to an item.
    case change(RoadmapChange)
    /// A part of the roadmap as the working file has it, in the order of the file: they are all there are.
    case outline(Outline.Node)
    /// A commit that was reachable at the last scan and no longer is.
    case gone(ObjectID)
    /// Somebody else's commits, of those that this scan read.
    case other(AuthorFact)
    /// Nothing was beyond the horizon: a recent look's facts are all there are.
    case whole
    /// The repository's facts are complete.
    case end(ScanSummary)
    /// The repository, or a root or path of the job, could not be read, and why. What came before it is void.
    case problem(ProblemFact)
    /// The job is done; every repository in it has been answered for.
    case done
}

package struct RepositoryFact: Equatable, Sendable {
    package enum Reader: String, Sendable, Codable, CaseIterable {
        case libgit2, git
    }

    /// How the commit facts that follow are meant.
    package enum Extent: String, Sendable {
        /// They are all there are; an item of this repository that is not among them is no longer reachable.
        case full
        /// They are what is new since the tips that the job named; `gone` facts name what left.
        case delta
        /// They are what was committed since the job's horizon, and some of what was before.
        case recent
    }

    /// The canonical common git dir, which is the repository's identity; of a folder of notes ``notes(_:)``, of
    /// the roadmap ``roadmap(_:)``.
    package var gitDir: String
    /// The main worktree; nil in a bare repository.
    package var workDir: String?
    package var reader: Reader
    package var extent: Extent
    /// A tip of the last scan is no longer reachable: somebody amended, rebased, reset or deleted.
    package var rewritten: Bool
    /// A digest of everything but the refs that decides what the facts say: identity, mailmap, dev log and path
    /// globs, and the reader's version. Another digest than the last scan's makes the extent full.
    package var view: String
    /// The commits that the walk started from, sorted, each once.
    package var tips: [ObjectID]
    /// The emails that are the user's in this repository: canonical after its mailmap, lower case, sorted.
    package var emails: [String]
    /// Of a recent look, how far back it went.
    package var horizon: Timestamp?
    /// A digest of the tags that make releases. The items that follow are all releases there are; nil where they are
    /// those of the last scan, and none follow.
    package var releases: String?
    /// It is the journal or a clone of it: its commits are nobody's.
    package var isJournal: Bool

    /// How a folder of notes outside git stands among repositories. No git dir begins like this.
    package static func notes(_ folder: String) -> String { notesPrefix + folder }
    package static let notesPrefix = "notes:"
    /// The folder that stands like this among repositories; nil for a repository.
    /// Nil for anything else than the roadmap's.
    package static func roadmapFile(_ gitDir: String) -> String? {
        gitDir.hasPrefix(roadmapPrefix) ? String(gitDir.dropFirst(roadmapPrefix.count)) : nil
    }

    package static func notesFolder(_ gitDir: String) -> String? {
        gitDir.hasPrefix(notesPrefix) ? String(gitDir.dropFirst(notesPrefix.count)) : nil
    }

    package init(
        gitDir: String, workDir: String?, reader: Reader, extent: Extent, rewritten: Bool, view: String,
        tips: [ObjectID], emails: [String], horizon: Timestamp? = nil, releases: String? = nil,
        isJournal: Bool = false
    ) {
        self.gitDir = gitDir
        self.workDir = workDir
        self.reader = reader
        self.extent = extent
        self.rewritten = rewritten
        self.view = view
        self.tips = tips
        self.emails = emails
        self.horizon = horizon
        self.releases = releases
        self.isJournal = isJournal
    }
}

package struct CommitFact: Equatable, Sendable {
    package var id: ObjectID
    /// The author date; nil when the commit holds none that can be read.
    package var authoredAt: Timestamp?
    /// The author's UTC offset in minutes, east positive, as written in the commit.
    package var offsetMinutes: Int
    /// The committer date; nil when the commit holds none that can be read.
    package var committedAt: Timestamp?
    package var firstParent: ObjectID?
    /// Two or more make a merge.
    package var parentCount: Int
    /// The author after the mailmap; the email in lower case.
    package var email: String
    package var name: String
    /// The user is not the author but stands in a `Co-authored-by` trailer.
    package var coAuthored: Bool
    /// The first line of the message. One of over 500 bytes is cut and carries a digest of the whole in its place.
    package var subject: String

    package init(
        id: ObjectID, authoredAt: Timestamp?, offsetMinutes: Int, committedAt: Timestamp?, firstParent: ObjectID?,
        parentCount: Int, email: String, name: String, coAuthored: Bool, subject: String
    ) {
        self.id = id
        self.authoredAt = authoredAt
        self.offsetMinutes = offsetMinutes
        self.committedAt = committedAt
        self.firstParent = firstParent
        self.parentCount = parentCount
        self.email = email
        self.name = name
        self.coAuthored = coAuthored
        self.subject = subject
    }
}

package struct DevlogFact: Equatable, Sendable {
    /// The commit, whose own fact stands before this one.
    package var commit: ObjectID
    /// The file's path in the repository.
    package var path: String
    /// By which the file tells the entry from its others; empty in one without dated headings.
    package var heading: String
    /// The day that the heading, the front matter or the file's name states; nil for the commit's.
    package var day: CalendarDay?

    package init(commit: ObjectID, path: String, heading: String = "", day: CalendarDay? = nil) {
        self.commit = commit
        self.path = path
        self.heading = heading
        self.day = day
    }
}

/// The commit added, changed or removed a file that the glob matches, compared with its first parent.
package struct TouchFact: Equatable, Sendable {
    /// The commit, whose own fact stands before this one.
    package var commit: ObjectID
    package var glob: String

    package init(commit: ObjectID, glob: String) {
        self.commit = commit
        self.glob = glob
    }
}

package struct AuthorFact: Equatable, Sendable {
    package var email: String
    package var name: String
    package var commits: Int

    package init(email: String, name: String, commits: Int) {
        self.email = email
        self.name = name
        self.commits = commits
    }
}

package struct ScanSummary: Equatable, Sendable {
    /// Commit objects read, everybody's.
    package var commitsRead: Int
    /// Commit facts given.
    package var own: Int

    package init(commitsRead: Int, own: Int) {
        self.commitsRead = commitsRead
        self.own = own
    }
}

package struct ProblemFact: Equatable, Sendable {
    /// The git dir where it is known, else the path as the job named it.
    package var path: String
    /// A short stable word, such as `not-found`, `corrupt` or `dubious-ownership`.
    package var code: String
    /// What the reader said, for a person.
    package var message: String

    package init(path: String, code: String, message: String) {
        self.path = path
        self.code = code
        self.message = message
    }
}
