import Glibc
import Synchronization

/// Held by the one process that may write a state folder. The kernel lets go of it when the process ends, however it ends.
final class InstanceLock: Sendable {
    private let file: Mutex<CInt>
    /// What the last holder had to say as it ended; empty where it was killed.
    let left: String

    /// - Throws: ``AlreadyRunning`` when another process holds it; ``SystemError``.
    init(path: String) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw SystemError(call: "open", path: path) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
            close(file)
            // What has another name as well is somebody's file, which is not to be emptied.
            throw SystemError(call: "lock", path: path, code: EEXIST)
        }
        // A child that a killed daemon was just starting holds the lock until it runs its program.
        var patience = 25
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EWOULDBLOCK && patience > 0 {
                patience -= 1
                usleep(20_000)
                continue
            }
            close(file)
            throw code == EWOULDBLOCK ? AlreadyRunning(lock: path) : SystemError(call: "flock", path: path, code: code)
        }
        self.file = Mutex(file)
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        left = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        ftruncate(file, 0)
    }

    /// Leaves a line for the next holder.
    func leave(_ text: String) {
        let bytes = Array(text.utf8)
        file.withLock { file in _ = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) } }
    }

    deinit {
        release()
    }

    /// Lets another daemon have it.
    func release() {
        file.withLock { file in
            guard file >= 0 else { return }
            // A child that is just being started holds a copy of the descriptor until it runs its program, so that
            // closing this one may not be enough.
            flock(file, LOCK_UN)
            close(file)
            file = -1
        }
    }
}

package struct AlreadyRunning: Error, CustomStringConvertible {
    package var lock: String

    package var description: String {
        "another rhythmd works on this state folder (it holds \(lock)); stop it first"
    }
}
