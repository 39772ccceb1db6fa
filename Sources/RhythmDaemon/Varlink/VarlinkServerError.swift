import Glibc
import RhythmAPI

/// Why a server cannot listen, in words for the user.
package enum VarlinkServerError: Error, Hashable, CustomStringConvertible {
    /// Somebody answers at the path already.
    case alreadyRunning(String)
    case pathTooLong(String)
    /// Something else has the path, and it is not ours to remove.
    case notASocket(String)
    /// Neither files nor `/dev/null` can be waited for, and only Unix sockets listened on.
    case notAStream(Int32)
    case stopped
    /// A system call failed for a path, with its errno.
    case system(String, String, Int32)

    package var description: String {
        switch self {
        case .alreadyRunning(let path): "another service is running: it answers on \(path)"
        case .pathTooLong(let path):
            "the socket's path is \(path.utf8.count) bytes long and the system allows \(VarlinkSocketPath.maximumLength): \(path)"
        case .notASocket(let path): "\(path) exists and is no socket; it has been left alone"
        case .notAStream(let descriptor): "descriptor \(descriptor) is no pipe, Unix socket or terminal"
        case .stopped: "the server has been stopped"
        case .system(let call, let path, let code): "\(call) \(path): \(String(cString: strerror(code)))"
        }
    }
}
