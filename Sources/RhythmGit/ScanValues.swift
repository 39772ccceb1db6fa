package import RhythmCore

/// What to read of a repository.
package struct ScanRequest: Sendable {
    package var identity: Identity
    /// Matched without regard to case.
    package var devlogGlobs: [String]
    /// Matched with regard to case.
    package var pathGlobs: [String]
    /// Of tags that are releases, matched without regard to case.
    package var releaseGlobs: [String] = []
    /// Set where not the commits count but the files, or nothing.
    package var journalRole: JournalRole?
    /// As ``OpenedRepository/releases`` was when they were last given.
    package var lastReleases: String?
    /// The view and tips of the last scan; nil for everything afresh.
    package var last: (view: String, tips: [ObjectID])?
    /// Where nothing is known of the last scan: leave what was committed before this for later.
    package var horizon: Timestamp?

    package init(
        identity: Identity, devlogGlobs: [String] = [], pathGlobs: [String] = [],
        last: (view: String, tips: [ObjectID])? = nil, horizon: Timestamp? = nil
    ) {
        self.identity = identity
        self.devlogGlobs = devlogGlobs
        self.pathGlobs = pathGlobs
        self.last = last
        self.horizon = horizon
    }

    /// Whether it matters which files a commit changed.
    var asksForFiles: Bool { !devlogGlobs.isEmpty || !pathGlobs.isEmpty }
}

/// What a scan says, in the order in which it says it: the repository, then the rest.
package enum ScanEvent: Sendable {
    /// A reading starts; one that stands after another of the same scan replaces it.
    case repository(OpenedRepository)
    case progress(commitsRead: Int)
    case commit(Commit)
    /// The commit made an entry in a dev log file.
    /// - Parameters:
    ///   - heading: by which the file tells it from others; empty where it has no dated headings.
    ///   - day: where the heading, the front matter or the file's name states one.
    case devlog(commit: ObjectID, path: String, heading: String, day: CalendarDay?)
    /// The commit changed, added or removed a file that the glob matches.
    case touch(commit: ObjectID, glob: String)
    /// A release, an entry in a trailer of the commit that was said last, or what a file of the journal says.
    case item(FoundItem)
    /// A file of the journal says nothing any more.
    case itemGone(key: String)
    /// A file of the journal that should be an entry and is none. Line 0 is the file as a whole.
    case unreadable(path: String, line: Int, message: String)
    case gone(ObjectID)
    case other(OtherAuthor)
    /// There is nothing beyond the horizon: what was said is all there is.
    case whole
}

package struct OpenedRepository: Sendable, Equatable {
    package enum Reader: String, Sendable { case libgit2, git }

    package var gitDir: String
    package var workDir: String?
    package var reader: Reader
    /// The commits that follow are those new since the last scan, not all.
    package var isDelta: Bool
    /// The commits that follow are those committed since then, and some of those before.
    package var horizon: Timestamp?
    package var rewritten: Bool
    package var view: String
    package var tips: [ObjectID]
    package var emails: [String]
    /// A digest of all that decides which releases there are; they all follow. Nil where they are those of the last scan,
    /// and none follow.
    package var releases: String?
    /// The journal, or a clone of it.
    package var isJournal = false
}

package struct Commit: Sendable, Equatable {
    package var id: ObjectID
    package var authoredAt: Timestamp?
    package var offsetMinutes: Int
    package var committedAt: Timestamp?
    package var firstParent: ObjectID?
    package var parentCount: Int
    package var email: String
    package var name: String
    package var coAuthored: Bool
    package var subject: String
}

/// What counts and is no commit.
package struct FoundItem: Sendable, Equatable {
    package enum Kind: String, Sendable { case release, entry, sample }

    package var kind: Kind
    /// A release's tag; an entry's kind, such as `win`; a sample's metric.
    package var name: String
    /// What makes it the same item in every clone.
    package var key: String
    /// What it was read from.
    package var object: ObjectID
    /// The commit that a release was made of, or that carries the trailer.
    package var commit: ObjectID?
    /// The journal's file.
    package var path: String?
    /// Who made a release.
    package var email: String?
    package var author: String?
    /// Nil where a day is stated alone, or nothing that can be read.
    package var at: Timestamp?
    package var offsetMinutes = 0
    package var day: CalendarDay?
    /// An entry's minutes, a sample's value.
    package var quantity: Double?
    package var unit: String?
    package var title = ""
    package var url: String?
    package var tags: [String] = []
}

package struct OtherAuthor: Sendable, Equatable {
    package var email: String
    package var name: String
    package var commits: Int
}

package struct ScanTotals: Sendable, Equatable {
    package var commitsRead = 0
    package var own = 0
}
