/// How far a scan is, or what came of it.
struct ScanProgress: Sendable {
    var done = 0
    /// Repositories known so far; grows while new ones are found.
    var total = 0
    var repository: String?
    var commitsInRepository = 0
    var commitsRead = 0
    var new = 0
    var problems = 0
    /// Why it was given up, or what could not be stored.
    var failure: String?
    /// Why a path that was asked for cannot be read.
    var refusals: [String: String] = [:]
}

/// What somebody wants of the next pass; several wishes make one pass.
struct ScanRequest {
    var discover = false
    var fresh = false
    var wanted = false
    /// Repositories to read besides the known ones.
    var paths: [String] = []
    var listeners: [@Sendable (ScanProgress) -> Void] = []
    var waiters: [CheckedContinuation<ScanProgress, Never>] = []

    init() {}

    init(
        discover: Bool, fresh: Bool = false, paths: [String] = [], listeners: [@Sendable (ScanProgress) -> Void] = [],
        waiters: [CheckedContinuation<ScanProgress, Never>] = []
    ) {
        self.discover = discover
        self.fresh = fresh
        self.paths = paths
        self.listeners = listeners
        self.waiters = waiters
        wanted = true
    }

    var isEmpty: Bool { !wanted }

    mutating func merge(_ other: ScanRequest) {
        discover = discover || other.discover
        fresh = fresh || other.fresh
        wanted = wanted || other.wanted
        paths += other.paths
        listeners += other.listeners
        waiters += other.waiters
    }
}
