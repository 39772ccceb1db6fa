import Glibc

/// What is in a folder, by names as bytes: git takes any for a branch.
enum FolderListing {
    enum Kind { case folder, link, other }

    /// - Parameter path: bytes with a zero at the end.
    /// - Returns: whether the folder could be read; if not, `errno` is set.
    @discardableResult
    static func each(_ path: [UInt8], _ body: (_ name: [UInt8], _ kind: Kind) throws -> Void) rethrows -> Bool {
        guard let stream = path.withUnsafeBytes({ opendir($0.bindMemory(to: CChar.self).baseAddress!) }) else {
            return false
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard name != dot, name != dotDot else { continue }
            try body(name, kind(entry.pointee.d_type, child(path, name)))
        }
        return true
    }

    /// The path of what a folder calls so, with a zero at the end like the folder's own.
    static func child(_ path: [UInt8], _ name: some Sequence<UInt8>) -> [UInt8] {
        var path = path
        path[path.count - 1] = UInt8(ascii: "/")
        path.append(contentsOf: name)
        path.append(0)
        return path
    }

    static func bytes(_ path: String) -> [UInt8] { Array(path.utf8) + [0] }

    static func exists(_ path: [UInt8]) -> Bool {
        path.withUnsafeBytes { access($0.bindMemory(to: CChar.self).baseAddress!, F_OK) == 0 }
    }

    /// Some file systems do not say in a listing what is what.
    private static func kind(_ type: UInt8, _ path: @autoclosure () -> [UInt8]) -> Kind {
        switch Int(type) {
        case Int(DT_DIR): return .folder
        case Int(DT_LNK): return .link
        case Int(DT_UNKNOWN):
            var info = stat()
            let failed = path().withUnsafeBytes { lstat($0.bindMemory(to: CChar.self).baseAddress!, &info) }
            guard failed == 0 else { return .other }
            return info.st_mode & S_IFMT == S_IFDIR ? .folder : info.st_mode & S_IFMT == S_IFLNK ? .link : .other
        default: return .other
        }
    }

    private static let dot = Array(".".utf8)
    private static let dotDot = Array("..".utf8)
}
