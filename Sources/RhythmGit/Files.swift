import Glibc

/// The few file operations that finding repositories takes, on paths as git has them.
package enum Files {
    enum Kind { case file, folder, link, other }

    static func kind(_ path: String, followingLinks: Bool = true) -> Kind? {
        var info = stat()
        guard (followingLinks ? stat(path, &info) : lstat(path, &info)) == 0 else { return nil }
        switch info.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        case S_IFLNK: return .link
        default: return .other
        }
    }

    static func device(_ path: String) -> UInt? {
        var info = stat()
        return stat(path, &info) == 0 ? UInt(info.st_dev) : nil
    }

    /// In bytes; 0 for what is not there.
    static func size(_ path: String) -> Int {
        var info = stat()
        return stat(path, &info) == 0 ? Int(info.st_size) : 0
    }

    /// The whole of a regular file; nil, with `errno` set, when it cannot be read.
    package static func read(_ path: String, followingLinks: Bool = true) -> [UInt8]? {
        // Not blocking, or a FIFO by that name would hang the scan.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW))
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
            errno = EINVAL
            return nil
        }
        return readAll(descriptor)
    }

    static func readAll(_ descriptor: Int32) -> [UInt8]? {
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return out }
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            out.append(contentsOf: buffer[..<count])
        }
    }

    /// The text up to the first newline, without the white space at its end.
    static func firstLine(_ bytes: [UInt8]) -> String {
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        while let last = line.last, isSpace(last) { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    static func join(_ base: String, _ path: String) -> String {
        path.hasPrefix("/") ? path : base + "/" + path
    }

    static func canonical(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// Sorted, without `.` and `..`; nil, with `errno` set, when the folder cannot be read.
    static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The error that `errno` stands for.
    static func error(path: String) -> GitError {
        let number = errno
        let message = "\(path): \(String(cString: strerror(number)))"
        switch number {
        case ENOENT, ENOTDIR: return GitError(.notFound, message)
        case EACCES, EPERM: return GitError(.permissionDenied, message)
        default: return GitError(.ioError, message)
        }
    }
}
