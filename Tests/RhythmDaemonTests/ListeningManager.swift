import Foundation
import Glibc
import RhythmTestSupport

/// A datagram socket in the place of a service manager's, which hears what a daemon has to tell.
final class ListeningManager {
    /// As it stands in `NOTIFY_SOCKET`.
    let address: String
    private let descriptor: Int32

    /// - Parameter address: a path, or a name in the abstract namespace after an @.
    init(at address: String) throws {
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var bytes = Array(address.utf8)
        if address.hasPrefix("@") { bytes[0] = 0 }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sa_family_t>.size + bytes.count))
            }
        }
        guard bound == 0 else { throw TestFailure("bind \(address): \(String(cString: strerror(errno)))") }
        // A daemon that says nothing fails the test, and does not hang it.
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// The next message.
    func next() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw TestFailure("the daemon told nothing more") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Reads messages until one says this, and returns all of them.
    @discardableResult
    func wait(for text: String) throws -> [String] {
        let begin = ContinuousClock.now
        var heard: [String] = []
        repeat {
            guard let message = try? next(), .now - begin < .seconds(60) else {
                throw TestFailure("the daemon did not tell “\(text)”, but \(heard)")
            }
            heard.append(message)
        } while heard.last != text
        return heard
    }

    /// What has been told by now and not been read.
    func rest() -> [String] {
        var heard: [String] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return heard }
            heard.append(String(decoding: bytes[..<count], as: UTF8.self))
        }
    }
}
