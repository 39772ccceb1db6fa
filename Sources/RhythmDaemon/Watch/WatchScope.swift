/// What is to be watched.
struct WatchScope: Equatable, Sendable {
    struct Repository: Equatable, Sendable {
        var gitDir: String
        /// Where it was found: its worktree, or itself if it is bare.
        var place: String
    }

    var repositories: [Repository] = []
    /// Git dirs that nobody wants to hear of.
    var ignored: Set<String> = []
    /// Folders in which repositories are looked for, so deep, without what these globs exclude.
    var roots: [String] = []
    var depth = 0
    var excludes: [String] = []
}

/// What the watch has to tell, in order.
enum WatchEvent: Sendable {
    /// These are watched from now on. What happened in them before may not have been seen.
    case watching([String])
    /// Why what happens in these repositories is not seen at once; all that there are.
    case unwatched([String: Unwatched])
    /// Something happened in known repositories, and at these paths there seem to be new ones.
    case changed(Set<String>, new: [String])
    /// Something happened that was not told, anywhere.
    case lost
}
