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
        let inotify = try Inotify()
        guard inotify.add(FolderListing.bytes(String(path[..<slash])), Inotify.arrivals) >= 0 else {
            let error = SystemError(call: "inotify_add_watch", path: path)
            inotify.close()
            throw error
        }
        let opening = inotify.listen(on: loop, onEvents: { [self] in take($0) })
        opening.assumeIsolated().whenSuccess { [self] in channel = $0 }
    }

    func stop() {
        _ = channel?.close()
        channel = nil
    }

    private func take(_ events: [Inotify.Event]) {
        // Without a name: the kernel lost some of what it had to say.
        if events.contains(where: { $0.name.isEmpty || $0.name == name[...] }) { onChange() }
    }
}
