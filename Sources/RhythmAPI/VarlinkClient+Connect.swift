import Glibc

extension VarlinkClient {
    /// Connects to the service at a Unix socket. Throws `VarlinkClientError`.
    package static func connect(
        path: String, timeout: Duration? = nil, limit: Int = VarlinkFraming.clientLimit
    ) throws -> VarlinkClient {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw VarlinkClientError.system("socket", errno) }
        if let timeout {
            // A service that lives but no longer accepts makes connect wait once its backlog is full.
            var time = timeval(
                tv_sec: Int(timeout.components.seconds),
                tv_usec: Int(timeout.components.attoseconds / 1_000_000_000_000))
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        var result: Int32?
        repeat {
            result = VarlinkSocketPath.withAddress(path) { connectDescriptor(descriptor, $0, $1) }
        } while result == -1 && errno == EINTR
        let code = errno
        if result == 0 {
            let user = listener(of: descriptor)
            guard user == geteuid() else {
                _ = closeDescriptor(descriptor)
                throw VarlinkClientError.anotherUser(path, user)
            }
            return VarlinkClient(reading: descriptor, writing: descriptor, timeout: timeout, limit: limit)
        }
        _ = closeDescriptor(descriptor)
        guard result != nil else { throw VarlinkClientError.pathTooLong(path) }
        switch code {
        case ENOENT, ENOTDIR: throw VarlinkClientError.noSocket(path)
        case ECONNREFUSED: throw VarlinkClientError.refused(path)
        case EACCES, EPERM: throw VarlinkClientError.permissionDenied(path)
        case EAGAIN: throw VarlinkClientError.timedOut
        default: throw VarlinkClientError.system("connect", code)
        }
    }
}

/// Whose process listens at the other end; who wrote into a folder that others can write to may be anybody.
private func listener(of descriptor: Int32) -> uid_t {
    // As the kernel's ucred has them: process, user, group.
    var credentials: (Int32, UInt32, UInt32) = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: credentials))
    return getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 ? credentials.1 : .max
}

// The names that the class has methods of its own for; spelt without the C library's, which is not the same everywhere.
private let connectDescriptor = connect(_:_:_:)
private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
