import RhythmCore

import Glibc

/// Finds repositories below a folder: worktrees (linked ones and submodules too, by their `.git` files) and bare
/// repositories, which are not looked into any further. Hidden folders, symlinks and other file systems are left out; the
/// root itself may be any of them.
package struct Discovery {
    private let excludes: FolderExcludes

    /// - Parameter excludes: globs of folders, see ``FolderExcludes``.
    package init(excludes: [String]) {
        self.excludes = FolderExcludes(excludes)
    }

    /// - Parameters:
    ///   - depth: how many folders deep below the root; 0 looks at the root only.
    ///   - found: called for each path that looks like a repository, in order.
    ///   - failed: called for each folder that cannot be read.
    package func search(
        _ root: String, depth: Int, found: (String) -> Void, failed: (String, GitError) -> Void
    ) {
        guard let folder = Files.canonical(root), let device = Files.device(folder) else {
            return failed(root, Files.error(path: root))
        }
        guard Files.kind(folder) == .folder else {
            return failed(root, GitError(.notFound, "\(root) is not a folder"))
        }
        search(folder, depth: depth, device: device, found: found, failed: failed)
    }

    private func search(
        _ folder: String, depth: Int, device: UInt, found: (String) -> Void, failed: (String, GitError) -> Void
    ) {
        guard let names = Files.names(in: folder) else { return failed(folder, Files.error(path: folder)) }
        if names.contains(".git") {
            found(folder)
        } else if names.contains("HEAD"), Location.isGitDir(folder) {
            return found(folder)
        }
        guard depth > 0 else { return }
        for name in names where !name.hasPrefix(".") {
            let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
            // A name that is not UTF-8 was repaired for showing it, and so names nothing any more.
            if name.unicodeScalars.contains("\u{FFFD}"), Files.kind(path, followingLinks: false) == nil {
                failed(path, GitError(.unsupported, "\(path): its name is not UTF-8, so it is not looked into"))
                continue
            }
            guard Files.kind(path, followingLinks: false) == .folder, Files.device(path) == device,
                !excludes.contain(path, name: name)
            else { continue }
            search(path, depth: depth - 1, device: device, found: found, failed: failed)
        }
    }
}
