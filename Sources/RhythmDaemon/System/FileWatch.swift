import Glibc
import NIOCore

/// Tells when a file is put in place of another, or another is put in its place, as programs do that change a link or
/// write a file whole. It costs no wake-up before that, but for what else comes and goes in the file's folder.
final class FileWatch {
    private let name: [UInt8]
    private let onChange: () -> Void
    private var channel: (any Channel)?

    /// - Throws: ``SystemError`` where the folder cannot be watched.
    init(path: String, loop: any EventLoop, onChange: @escaping () -> Void) throws {
        loop.preconditionInEventLoop()
        self.onChange = onChange
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        name = Array(path[slash...].dropFirst().utf8)
        let descriptor = inotify_init1(CInt(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError(call: "inotify_init1", path: path) }
        let events = UInt32(IN_CREATE | IN_MOVED_TO)
        guard inotify_add_watch(descriptor, String(path[..<slash]), events) >= 0 else {
            let error = SystemError(call: "inotify_add_watch", path: path)
            close(descriptor)
            throw error
        }
        let opening = loop.read(from: descriptor) { [self] in take($0) }
        opening.assumeIsolated().whenSuccess { [self] in channel = $0 }
    }

    func stop() {
        _ = channel?.close()
        channel = nil
    }

    /// What the kernel says: a header of 16 bytes, whose last four are the length of the name after it, padded with zeros.
    private func take(_ events: ByteBuffer) {
        var events = events
        var isChanged = false
        while events.readBytes(length: 12) != nil,
            let length = events.readInteger(endianness: .host, as: UInt32.self),
            let padded = events.readBytes(length: Int(length))
        {
            // Without a name: the kernel lost some of what it had to say.
            isChanged = isChanged || padded.isEmpty || padded.prefix { $0 != 0 }.elementsEqual(name)
        }
        if isChanged { onChange() }
    }
}
