import Glibc
import RhythmAPI

/// A listening Unix socket that this process made, and the file it stands for.
struct VarlinkSocketFile: Sendable {
    let path: String
    let descriptor: Int32
    private let device: dev_t
    private let inode: ino_t

    /// Makes the socket, its folder if that is missing, and listens.
    ///
    /// Only a dead socket is removed to make room. The folder is locked from the look to the listening: of two that find
    /// the same dead socket, the second would otherwise remove what the first has just put in its place.
    static func open(_ path: String, backlog: Int32) throws -> VarlinkSocketFile {
        let bytes = path.utf8.count
        guard 1...VarlinkSocketPath.maximumLength ~= bytes, !path.utf8.contains(0) else {
            throw VarlinkServerError.pathTooLong(path)
        }
        let folder = folder(of: path)
        try makeFolder(folder)
        return try withLock(on: folder) {
            try removeDead(path)
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw VarlinkServerError.system("socket", path, errno) }
            do {
                return try listen(descriptor, path, backlog)
            } catch {
                close(descriptor)
                throw error
            }
        }
    }

    /// Removes the file if it still is this socket's.
    func remove() {
        try? Self.withLock(on: Self.folder(of: path)) {
            var status = stat()
            guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
            unlink(path)
        }
    }

    private static func listen(_ descriptor: Int32, _ path: String, _ backlog: Int32) throws -> VarlinkSocketFile {
        // The mode that bind gives is the descriptor's less the umask: never wider than this, not for a moment. A umask
        // that takes the owner's bits as well is made up for afterwards.
        guard fchmod(descriptor, 0o600) == 0 else { throw VarlinkServerError.system("chmod", path, errno) }
        guard VarlinkSocketPath.withAddress(path, { bind(descriptor, $0, $1) }) == 0 else {
            throw VarlinkServerError.system("bind", path, errno)
        }
        var status = stat()
        guard chmod(path, 0o600) == 0, lstat(path, &status) == 0, Glibc.listen(descriptor, backlog) == 0 else {
            let code = errno
            unlink(path)
            throw VarlinkServerError.system("listen", path, code)
        }
        return VarlinkSocketFile(path: path, descriptor: descriptor, device: status.st_dev, inode: status.st_ino)
    }

    private static func removeDead(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw VarlinkServerError.system("stat", path, errno)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw VarlinkServerError.notASocket(path) }
        // Without blocking: a full backlog means somebody is there.
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let probe = socket(AF_UNIX, type, 0)
        guard probe >= 0 else { throw VarlinkServerError.system("socket", path, errno) }
        defer { close(probe) }
        if VarlinkSocketPath.withAddress(path, { connect(probe, $0, $1) }) == 0 {
            throw VarlinkServerError.alreadyRunning(path)
        }
        switch errno {
        case EAGAIN, EINPROGRESS: throw VarlinkServerError.alreadyRunning(path)
        case ECONNREFUSED:
            guard unlink(path) == 0 || errno == ENOENT else { throw VarlinkServerError.system("unlink", path, errno) }
        case ENOENT: return
        default: throw VarlinkServerError.system("connect", path, errno)
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes what is missing of the folder, for its owner alone; leaves alone what is there.
    private static func makeFolder(_ folder: String) throws {
        if mkdir(folder, 0o700) == 0 {
            chmod(folder, 0o700)
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT where folder.contains("/"):
            try makeFolder(self.folder(of: folder))
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw VarlinkServerError.system("mkdir", folder, errno)
            }
            chmod(folder, 0o700)
        default: throw VarlinkServerError.system("mkdir", folder, errno)
        }
    }

    /// The lock is held for microseconds, unless somebody means harm; then this fails rather than hangs.
    private static func withLock<Value>(on folder: String, _ body: () throws -> Value) throws -> Value {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw VarlinkServerError.system("open", folder, errno) }
        defer { close(descriptor) }
        var attempts = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            attempts += 1
            guard errno == EWOULDBLOCK || errno == EINTR, attempts < 200 else {
                throw VarlinkServerError.system("lock", folder, errno)
            }
            usleep(10_000)
        }
        return try body()
    }
}
