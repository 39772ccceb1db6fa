/// How far a scan is, or what came of it.
struct ScanProgress: Sendable {
    var done = 0
    /// Those of them that are no repositories: folders of notes, and the roadmap.
    var others = 0
    /// Repositories known so far; grows while new ones are found.
    var total = 0
    /// Had a look at their recent weeks, and are still to be read in full.
    var begun = 0
    var repository: String?
    var commitsInRepository = 0
    var commitsRead = 0
    var new = 0
    /// Those that cannot be read, folders of notes included.
    var problems = 0
    var unreadableFolders: [NotesProblem] = []
    /// Why it was given up, or what could not be stored.
    var failure: String?
    /// Why a path that was asked for cannot be read.
    var refusals: [String: String] = [:]
}

/// What somebody wants of the next pass; several wishes make one pass.
struct ScanRequest {
    var discover = false
    var fresh = false
    /// Read all known repositories.
    var all = false
    /// Of the known repositories, those to read in any case.
    var only: Set<String> = []
    /// Read in full what had only a look at its recent weeks.
    var finishing = false
    /// Read the folders of notes.
    var notes = false
    /// Repositories to read besides the known ones.
    var paths: [String] = []
    var listeners: [@Sendable (ScanProgress) -> Void] = []
    var waiters: [CheckedContinuation<ScanProgress, Never>] = []

    init() {}

    /// Wants all known repositories read.
    init(
        discover: Bool, fresh: Bool = false, paths: [String] = [], listeners: [@Sendable (ScanProgress) -> Void] = [],
        waiters: [CheckedContinuation<ScanProgress, Never>] = []
    ) {
        self.discover = discover
        self.fresh = fresh
        self.paths = paths
        self.listeners = listeners
        self.waiters = waiters
        all = true
        notes = true
    }

    /// Wants these read, by their git dirs, and what is at these paths.
    init(only: Set<String>, paths: [String] = [], notes: Bool = false) {
        self.only = only
        self.paths = paths
        self.notes = notes
    }

    /// What remains of this one once every repository had its look: the history of these.
    func rest(only gitDirs: Set<String>) -> ScanRequest {
        var rest = ScanRequest(only: gitDirs)
        rest.finishing = true
        rest.listeners = listeners
        rest.waiters = waiters
        return rest
    }

    var isEmpty: Bool { !all && only.isEmpty && paths.isEmpty && !notes }

    mutating func merge(_ other: ScanRequest) {
        discover = discover || other.discover
        fresh = fresh || other.fresh
        all = all || other.all
        only.formUnion(other.only)
        finishing = finishing || other.finishing
        notes = notes || other.notes
        paths += other.paths.filter { !paths.contains($0) }
        listeners += other.listeners
        waiters += other.waiters
    }
}
