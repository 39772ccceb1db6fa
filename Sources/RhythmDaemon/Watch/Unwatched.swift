import Glibc

/// Why what happens in a repository does not show at once. It is read by the clock instead.
enum Unwatched: Error, Hashable, CustomStringConvertible {
    /// inotify itself is not to be had.
    case unavailable(CInt)
    case limit
    case fileSystem(String)
    case link
    /// Another path leads to the same folders.
    case shared
    case failed(CInt)

    var description: String {
        switch self {
        case .unavailable(let code): "inotify cannot be used: \(String(cString: strerror(code)))"
        case .limit: "no inotify watches are left (sysctl fs.inotify.max_user_watches)"
        case .fileSystem(let type): "its file system (\(type)) does not tell of all changes"
        case .link: "folders of its git dir are symbolic links"
        case .shared: "its git dir is reached by another path as well"
        case .failed(let code): "its folders cannot be watched: \(String(cString: strerror(code)))"
        }
    }
}
