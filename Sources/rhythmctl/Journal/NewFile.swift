import Glibc
import RhythmReport

/// Writes a file that is not there yet, whole or not at all, and its folders.
///
/// - Parameters:
///   - haste: there is another copy, so that nothing is lost with the machine's power.
///   - isPrivate: nobody else may read it, nor look into the folders that are made for it.
/// - Throws: ``Failure``.
func writeNewFile(_ text: String, at path: String, haste: Bool = false, isPrivate: Bool = false) throws {
    let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    try makeFolder(parent, mode: isPrivate ? 0o700 : 0o777)
    let temporary = "\(parent)/.rhythmctl.\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isPrivate ? 0o600 : 0o666)
    guard file >= 0 else { throw failure(at: path) }
    // Unlike rename it replaces nothing.
    guard write(text, to: file), haste || fsync(file) == 0, link(temporary, path) == 0 else {
        let cause = errno
        close(file)
        unlink(temporary)
        errno = cause
        throw failure(at: path)
    }
    close(file)
    unlink(temporary)
}

/// - Returns: whether all of it was written; otherwise `errno` says why.
func write(_ text: String, to file: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        guard count > 0 || count < 0 && errno == EINTR else { return false }
        bytes = bytes.dropFirst(max(0, count))
    }
    return true
}

/// - Throws: ``Failure``.
func makeFolder(_ folder: String, mode: mode_t) throws {
    guard mkdir(folder, mode) != 0 && errno != EEXIST else { return }
    guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else {
        throw failure(at: folder)
    }
    try makeFolder(String(folder[..<slash]), mode: mode)
    guard mkdir(folder, mode) == 0 || errno == EEXIST else { throw failure(at: folder) }
}

/// What `errno` says of a path that could not be written, and the command that mends it or shows more.
func failure(at path: String) -> Failure {
    let cause = errno
    // The folders that there are, down to the one at fault.
    var place = path
    while access(place, F_OK) != 0, let slash = place.lastIndex(of: "/"), slash != place.startIndex {
        place = String(place[..<slash])
    }
    let word = shellWord(place)
    let message =
        switch cause {
        case ENOTDIR:
            "\(harmless(place)) is a file where a folder has to be; to move it out of the way: mv \(word) "
                + shellWord(place + ".old")
        case ENOSPC, EDQUOT:
            "\(harmless(path)): \(String(cString: strerror(cause))); to see how much there is: df -h \(word)"
        case EROFS: "\(harmless(path)): \(String(cString: strerror(cause))); to see which: findmnt --target \(word)"
        default: "\(harmless(path)): \(String(cString: strerror(cause))); to see whose it is: ls -ld \(word)"
        }
    return Failure(code: EX_CANTCREAT, message: message)
}
