import Glibc
package import NIOCore
import Synchronization

/// The service manager that started this process and wants to hear how it fares: systemd, or another that speaks
/// sd_notify(3), which is a datagram with lines of `NAME=value`.
package final class ServiceManager: Sendable {
    /// It ends a process that it has not heard to be alive for so long; nil where it does not care.
    package let watchdog: TimeAmount?
    private let descriptor: CInt
    private let address: sockaddr_un
    private let addressLength: socklen_t
    private let status = Mutex("")

    /// Takes what concerns this out of the environment: no child is to speak for this process.
    ///
    /// - Parameter environment: the process's.
    /// - Returns: nil where nobody wants to hear.
    package init?(from environment: inout [String: String]) {
        let path = takeVariable("NOTIFY_SOCKET", from: &environment)
        let microseconds = takeVariable("WATCHDOG_USEC", from: &environment).flatMap { Int64($0) }
        let watched = takeVariable("WATCHDOG_PID", from: &environment)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard var bytes = path.map({ Array($0.utf8) }), let first = bytes.first, bytes.count > 1,
            bytes.count < MemoryLayout.size(ofValue: address.sun_path)
        else { return nil }
        switch first {
        case UInt8(ascii: "/"): break
        // A name in the abstract namespace, which begins with a NUL.
        case UInt8(ascii: "@"): bytes[0] = 0
        default: return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.address = address
        addressLength = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        // The watch may be on the process that started this one.
        let isWatched = watched == nil || watched == "\(getpid())"
        watchdog = microseconds.flatMap { isWatched && $0 > 0 ? .microseconds($0) : nil }
    }

    deinit {
        close(descriptor)
    }

    /// The start is over, or the reload is.
    func ready() { send("READY=1") }

    /// A reload begins.
    func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    func stopping() { send("STOPPING=1") }

    func alive() { send("WATCHDOG=1") }

    /// Has it show a line to those who ask how the service is. The same line again costs nothing.
    func show(_ line: String) {
        let line = line.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let isNew = status.withLock { shown in
            defer { shown = line }
            return shown != line
        }
        if isNew { send("STATUS=\(line)") }
    }

    /// A manager that is not there any more has nobody who could be told of that.
    private func send(_ message: String) {
        let bytes = Array(message.utf8)
        var address = address
        withUnsafePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0, addressLength)
            }
        }
    }
}

/// Removes a variable from an environment, and from the process's own, which libraries hand on.
func takeVariable(_ name: String, from environment: inout [String: String]) -> String? {
    unsetenv(name)
    return environment.removeValue(forKey: name)
}
