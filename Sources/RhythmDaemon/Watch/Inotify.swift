import Glibc
import NIOCore

/// The kernel's queue of what happens in folders. One serves all repositories, since a user may have 128 only.
final class Inotify {
    /// Something that happened to a watched folder, or to what is called `name` in it.
    struct Event: Equatable {
        /// The number of the watch; -1 when events were lost.
        var watch: CInt
        var mask: UInt32
        /// Bytes, which git takes as they are. Empty where it is about the folder itself.
        var name: ArraySlice<UInt8>

        func has(_ bits: Int32...) -> Bool { bits.contains { mask & UInt32(bitPattern: $0) != 0 } }

        var isFolder: Bool { has(IN_ISDIR) }
        /// The folder has something of this name now.
        var isArrival: Bool { has(IN_CREATE, IN_MOVED_TO) }
        /// The folder no longer has what it called so.
        var isDeparture: Bool { has(IN_DELETE, IN_MOVED_FROM) }
        /// The folder cannot be found where it was, or is not watched any more.
        var isEnd: Bool { has(IN_DELETE_SELF, IN_MOVE_SELF, IN_UNMOUNT, IN_IGNORED) }
    }

    /// What comes to and goes from a folder, and what becomes of itself. It has to be a folder, and no link to one.
    static let names = bits(
        IN_CREATE, IN_MOVED_TO, IN_MOVED_FROM, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF, IN_ONLYDIR, IN_DONT_FOLLOW)
    /// What is written in it as well.
    static let contents = names | bits(IN_CLOSE_WRITE)
    static let arrivals = bits(IN_CREATE, IN_MOVED_TO, IN_ONLYDIR)

    private let descriptor: CInt

    /// - Throws: ``SystemError``, when the user has too many already.
    init() throws {
        descriptor = inotify_init1(CInt(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError(call: "inotify_init1", path: "inotify") }
    }

    /// Hands over what happens, in order, until the channel is closed. Must be called on the loop.
    func listen(
        on loop: any EventLoop, onEvents: @escaping ([Event]) -> Void, onClose: @escaping () -> Void = {}
    ) -> EventLoopFuture<any Channel> {
        // Several hundred events at a time. A read that has no room for the next one fails.
        loop.read(from: descriptor, chunk: 32 << 10, onBytes: { onEvents(Self.events(in: $0)) }, onClose: onClose)
    }

    /// - Parameter path: bytes with a zero at the end.
    /// - Returns: the number of the watch, which is the one it has already if it is watched; or else -1, with `errno` set.
    func add(_ path: [UInt8], _ mask: UInt32) -> CInt {
        path.withUnsafeBytes {
            inotify_add_watch(descriptor, $0.bindMemory(to: CChar.self).baseAddress, mask)
        }
    }

    /// Instead of listening.
    func close() {
        Glibc.close(descriptor)
    }

    func remove(_ watch: CInt) {
        _ = inotify_rm_watch(descriptor, watch)
    }

    static func events(in bytes: ByteBuffer) -> [Event] {
        var bytes = bytes
        var events: [Event] = []
        while let (watch, mask, _, length) = bytes.readMultipleIntegers(
            endianness: .host, as: (CInt, UInt32, UInt32, UInt32).self),
            let name = bytes.readBytes(length: Int(length))
        {
            // Zeros fill it up to a multiple of the header's size.
            events.append(Event(watch: watch, mask: mask, name: name.prefix { $0 != 0 }))
        }
        return events
    }

    private static func bits(_ bits: Int32...) -> UInt32 {
        bits.reduce(0) { $0 | UInt32(bitPattern: $1) }
    }
}
