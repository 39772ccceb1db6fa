import Glibc

/// A listening socket that the service manager made and keeps: clients reach it while no daemon runs, and the manager
/// starts one for them. By sd_listen_fds(3) it is an open descriptor, and three variables tell of it.
package struct PassedSocket: Sendable {
    package let descriptor: CInt
    package let path: String

    /// Takes the socket over, and what concerns it out of the environment.
    ///
    /// - Parameter environment: the process's.
    /// - Returns: nil where none was passed to this process.
    /// - Throws: ``PassedSocketError``.
    package init?(from environment: inout [String: String]) throws {
        let count = takeVariable("LISTEN_FDS", from: &environment).flatMap { CInt($0) }
        let process = takeVariable("LISTEN_PID", from: &environment)
        let names = takeVariable("LISTEN_FDNAMES", from: &environment)
        guard let count, count > 0, process == "\(getpid())" else { return nil }
        let first: CInt = 3
        let descriptors = first..<first + min(count, 1024)
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        guard count == 1 else {
            let named = names.map { " (\($0.split(separator: ":").joined(separator: ", ")))" } ?? ""
            throw PassedSocketError(why: "\(count) sockets were passed in\(named)")
        }
        guard option(SO_DOMAIN, of: first) == AF_UNIX, option(SO_TYPE, of: first) == CInt(SOCK_STREAM.rawValue),
            option(SO_ACCEPTCONN, of: first) == 1
        else { throw PassedSocketError(why: "what was passed in is no Unix stream socket that listens") }
        guard let path = boundPath(first) else {
            throw PassedSocketError(why: "the socket that was passed in has no path")
        }
        descriptor = first
        self.path = path
    }
}

/// What was passed in cannot be served on.
package struct PassedSocketError: Error, CustomStringConvertible {
    var why: String

    package var description: String {
        "\(why); rhythmd.socket must have one ListenStream= with a path, see systemctl --user cat rhythmd.socket"
    }
}

private func option(_ name: CInt, of descriptor: CInt) -> CInt? {
    var value: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
}

private func boundPath(_ descriptor: CInt) -> String? {
    var address = sockaddr_un()
    var size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let named = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard named == 0 else { return nil }
    let path = withUnsafeBytes(of: address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return path.isEmpty ? nil : path
}
