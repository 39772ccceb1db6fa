import Glibc

/// Which file system each path lies on, told without touching the path: a server that does not answer would hang whoever
/// asks it.
struct MountTable {
    private var types: [String: String] = [:]

    /// The mounts of this process; nil where the kernel does not tell.
    init?() {
        guard let text = Self.contents(of: "/proc/self/mountinfo") else { return nil }
        self.init(text)
    }

    /// - Parameter text: as in proc(5), `/proc/pid/mountinfo`.
    init(_ text: String) {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            // Some optional fields stand in between.
            guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, fields.count > 4 else { continue }
            // What is mounted later hides what was there.
            types[Self.unescaped(fields[4])] = String(fields[dash + 1])
        }
    }

    func isMountPoint(_ path: String) -> Bool { types[path] != nil }

    /// - Parameter path: absolute, without symbolic links.
    func type(of path: String) -> String? {
        var path = path[...]
        while !path.isEmpty {
            if let type = types[String(path)] { return type }
            path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        }
        return types["/"]
    }

    /// Whether all that happens there happens through this machine's kernel, so that a watch misses nothing. Of a type that
    /// is not known here nobody can say so.
    func tellsAll(_ path: String) -> Bool {
        type(of: path).map(Self.local.contains) ?? false
    }

    private static let local: Set = [
        "bcachefs", "btrfs", "ecryptfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk", "hfs", "hfsplus", "jfs",
        "msdos", "nilfs2", "ntfs", "ntfs3", "overlay", "ramfs", "reiserfs", "rootfs", "squashfs", "tmpfs", "vfat",
        "xfs",
        "zfs",
    ]

    /// A space, for one, is `\040`.
    private static func unescaped(_ field: Substring) -> String {
        guard field.utf8.contains(UInt8(ascii: "\\")) else { return String(field) }
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"),
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8), rest.count >= 3
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func contents(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(file, &buffer, buffer.count)
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
