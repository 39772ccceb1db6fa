import Glibc

/// Files that a reader, or a power cut, meets whole: the old content or the new.
enum AtomicFile {
    /// Writes a temporary file beside the target, syncs it, renames it over the target and syncs the folder. Nothing is
    /// written when the target already holds exactly this.
    ///
    /// A file for this user alone is written only into a folder of this user's that nobody else can write to. The folder
    /// is opened once: what takes its name meanwhile gets nothing.
    ///
    /// - Parameter mode: the file's permissions, whatever the umask.
    /// - Returns: whether anything was written.
    /// - Throws: ``SystemError``, ``NotPrivate``; the target is then as it was.
    @discardableResult
    static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws -> Bool {
        let bytes = Array(text.utf8)
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folderPath = slash == path.startIndex ? "/" : String(path[..<slash])
        let name = String(path[slash...].drop { $0 == "/" })
        let folder = open(folderPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw SystemError(call: "open", path: folderPath) }
        defer { close(folder) }
        if mode & 0o077 == 0 {
            var status = stat()
            guard fstat(folder, &status) == 0 else { throw SystemError(call: "stat", path: folderPath) }
            try PrivateFolder.check(status, folderPath)
        }
        if holds(bytes, mode: mode, name, in: folder) { return false }
        // Nobody can be there before us, not even in a folder where others write.
        let temporary = ".\(name).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        let file = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw SystemError(call: "open", path: "\(folderPath)/\(temporary)") }
        do {
            defer { close(file) }
            guard fchmod(file, mode) == 0 else { throw SystemError(call: "fchmod", path: path) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw SystemError(call: "write", path: path) }
                rest = rest.dropFirst(count)
            }
            guard fsync(file) == 0 else { throw SystemError(call: "fsync", path: path) }
            guard renameat(folder, temporary, folder, name) == 0 else { throw SystemError(call: "rename", path: path) }
        } catch {
            unlinkat(folder, temporary, 0)
            throw error
        }
        fsync(folder)
        return true
    }

    /// Removes the temporary files that a process left behind when it was killed while it wrote. Nobody else may be writing.
    static func removeLeftovers(in folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, let entries = fdopendir(descriptor) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix("."), name.hasSuffix(".tmp") { unlinkat(descriptor, name, 0) }
        }
    }

    /// Whether a file of this user's is there with just these bytes and permissions.
    private static func holds(_ bytes: [UInt8], mode: mode_t, _ name: String, in folder: CInt) -> Bool {
        // Whatever else has the name, a link, a FIFO or a device, is not looked into.
        let file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard file >= 0 else { return false }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode == S_IFREG | mode, status.st_uid == geteuid(),
            status.st_size == bytes.count
        else { return false }
        return (try? contents(of: file, name)) == bytes
    }

    /// Moves a file to another folder of the same file system, over whatever has that name there. Nothing happens when
    /// there is no such file.
    static func move(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else {
            if errno == ENOENT { return }
            throw SystemError(call: "rename", path: path)
        }
        for changed in [path, target] {
            syncFolder(String(changed[..<(changed.lastIndex(of: "/") ?? changed.startIndex)]))
        }
    }

    /// Makes a folder and those above it that are missing, for this user alone.
    static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let parent = path.lastIndex(of: "/"), parent != path.startIndex else {
            throw SystemError(call: "mkdir", path: path)
        }
        try makeFolder(String(path[..<parent]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemError(call: "mkdir", path: path) }
    }

    /// A file's bytes.
    ///
    /// - Throws: ``SystemError``.
    static func read(_ path: String) throws -> [UInt8] {
        // Without waiting for a writer, should it be a FIFO.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw SystemError(call: "open", path: path) }
        defer { close(file) }
        return try contents(of: file, path)
    }

    private static func contents(of file: CInt, _ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(call: "read", path: path) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Returns when a file's content is on the disk.
    static func sync(_ path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError(call: "open", path: path) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw SystemError(call: "fsync", path: path) }
    }

    private static func syncFolder(_ path: String) {
        let folder = open(path.isEmpty ? "/" : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}

/// A system call that failed.
struct SystemError: Error, CustomStringConvertible {
    var call: String
    var path: String
    var code: Int32

    /// Reads `errno`: make it right after the call.
    init(call: String, path: String, code: Int32 = errno) {
        self.call = call
        self.path = path
        self.code = code
    }

    var description: String {
        let what = "\(path): \(String(cString: strerror(code))) (\(call))"
        // What a confined service meets everywhere but in its own folders.
        guard code == EROFS else { return what }
        return what + "; a service needs its folder in ReadWritePaths=, by systemctl --user edit rhythmd; "
            + "the usual state folder is made by systemctl --user restart rhythmd.socket"
    }
}
