import Glibc

/// Why a client could not talk to its service, in words for the user.
package enum VarlinkClientError: Error, Hashable, CustomStringConvertible {
    /// There is no socket at the path: the service has not been started.
    case noSocket(String)
    /// A socket is there and nobody listens: the service ended without removing it.
    case refused(String)
    case pathTooLong(String)
    case permissionDenied(String)
    /// Who listens there is another user, by this uid.
    case anotherUser(String, UInt32)
    /// The other end closed the connection.
    case closed
    case timedOut
    /// The other end speaks, but no Varlink that we know.
    case protocolViolation(String)
    /// A system call failed, with its errno.
    case system(String, Int32)

    package var description: String {
        switch self {
        case .noSocket(let path): "no service: there is no socket \(path)"
        case .refused(let path): "no service: nobody listens on the socket \(path), which an earlier one left behind"
        case .pathTooLong(let path):
            "the socket's path is \(path.utf8.count) bytes long and the system allows \(VarlinkSocketPath.maximumLength): \(path)"
        case .permissionDenied(let path): "no permission to connect to \(path)"
        case .anotherUser(let path, let uid):
            "another user (\(uid)) listens on the socket \(path); ask as that user, or set XDG_RUNTIME_DIR to your own folder"
        case .closed: "the service closed the connection"
        case .timedOut: "the service did not answer in time"
        case .protocolViolation(let what): "the service does not speak Varlink properly: \(what)"
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        }
    }
}
