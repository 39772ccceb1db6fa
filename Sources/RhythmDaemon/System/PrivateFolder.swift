import Foundation
import Glibc
import RhythmReport

/// A folder into which nobody but this user, and root, can have put anything.
///
/// The XDG variables can lead anywhere, into `/tmp` as well. Whoever else can write there could give us files and sockets
/// of theirs for ours, or links by which we write where they may not.
enum PrivateFolder {
    /// Makes it if it is not there, and keeps others from reading it.
    ///
    /// - Throws: ``NotPrivate``, ``SystemError``.
    static func prepare(_ path: String) throws {
        try AtomicFile.makeFolder(path)
        try check(path)
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw SystemError(call: "open", path: path) }
        defer { close(folder) }
        var status = stat()
        guard fstat(folder, &status) == 0 else { throw SystemError(call: "stat", path: path) }
        // It may have become another one since.
        try check(status, path)
        // What is right already may lie where nothing can be changed.
        guard status.st_mode & 0o777 == 0o700 || fchmod(folder, 0o700) == 0 else {
            throw SystemError(call: "chmod", path: path)
        }
        try checkContents(of: path)
    }

    /// What others put there while they could is not taken for ours.
    private static func checkContents(of path: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0 else { continue }
            if !isTrusted(status.st_uid) { throw NotPrivate(path: "\(path)/\(name)", why: .owner(status.st_uid)) }
        }
    }

    /// Looks at it, and at the folders above, who could put another in its place. A link is as good as where it leads if
    /// it is the user's own: people keep folders on other disks that way.
    ///
    /// - Throws: ``NotPrivate``, ``SystemError``.
    static func check(_ path: String) throws {
        var link = stat()
        guard lstat(path, &link) == 0 else { throw SystemError(call: "stat", path: path) }
        if link.st_mode & S_IFMT == S_IFLNK && !isTrusted(link.st_uid) {
            throw NotPrivate(path: path, why: .link(owner: link.st_uid))
        }
        var folder = stat()
        guard stat(path, &folder) == 0 else { throw SystemError(call: "stat", path: path) }
        try check(folder, path)
        for given in [path, resolved(path)] {
            var above = given[...]
            while let slash = above.lastIndex(of: "/"), slash != above.startIndex {
                above = above[..<slash]
                try check(above: String(above), of: path)
            }
        }
    }

    /// - Throws: ``NotPrivate``.
    static func check(_ status: stat, _ path: String) throws {
        guard status.st_uid == geteuid() else { throw NotPrivate(path: path, why: .owner(status.st_uid)) }
        guard status.st_mode & 0o022 == 0 else { throw NotPrivate(path: path, why: .writable) }
    }

    private static func check(above: String, of path: String) throws {
        var status = stat()
        guard lstat(above, &status) == 0 else { throw SystemError(call: "stat", path: above) }
        guard isTrusted(status.st_uid) else { throw NotPrivate(path: path, why: .above(above)) }
        // In one such as /tmp nobody can rename what is another's. The mode of a link means nothing.
        let isOpen = status.st_mode & S_IFMT == S_IFDIR && status.st_mode & 0o002 != 0 && status.st_mode & S_ISVTX == 0
        if isOpen { throw NotPrivate(path: path, why: .above(above)) }
    }

    private static func isTrusted(_ owner: uid_t) -> Bool {
        owner == 0 || owner == geteuid() || owner == 65_534 && isInUserNamespace
    }

    /// Where a service has a user namespace of its own, root's files appear as nobody's.
    private static let isInUserNamespace: Bool = {
        let map = (try? AtomicFile.read("/proc/self/uid_map")) ?? []
        return String(decoding: map, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            != ["0", "0", "4294967295"]
    }()

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

/// A folder that is not this user's alone.
struct NotPrivate: Error, Equatable, CustomStringConvertible {
    enum Why: Equatable {
        case owner(uid_t)
        case writable
        case link(owner: uid_t)
        /// A folder above it.
        case above(String)
    }

    var path: String
    var why: Why

    var description: String {
        switch why {
        case .owner(let uid): "\(path) belongs to another user (\(uid)), so nothing is kept there; \(remedy)"
        case .writable: "other users can write to \(path), and may have put files there; look into it, then: \(remedy)"
        case .link(let uid): "\(path) is a link that another user (\(uid)) made; \(remedy)"
        case .above(let folder):
            "other users can put another folder in place of \(path), since they can write to \(folder); \(remedy)"
        }
    }

    private var remedy: String {
        switch why {
        case .writable: command
        case .above: "take that right away, or set XDG_STATE_HOME and XDG_RUNTIME_DIR to folders of your own"
        case .owner, .link: "remove it, or set XDG_STATE_HOME and XDG_RUNTIME_DIR to folders of your own"
        }
    }

    /// What mends it.
    var command: String {
        switch why {
        case .writable: "chmod 700 \(shellWord(path))"
        case .owner, .link: "sudo rm -r \(shellWord(path))"
        case .above(let folder): "ls -ld \(shellWord(folder))"
        }
    }
}
