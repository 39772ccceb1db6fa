import Glibc
import NIOCore
import RhythmCore

// Repositories that appear and disappear.
//
// To watch every folder of a home would take many thousands of watches. Watched are the roots, the folders that lead from
// them to known repositories, and the folders right in those that hold none yet. So a repository is seen at once that is
// made, cloned or moved to where others are, below a folder that is new itself, or in a folder beside others; and so is
// one that goes away, or back. One that is made deeper within folders that have been there before waits for the timed
// search of the roots, as does one that other software mounts.
extension RepositoryWatcher {
    /// Watches the folders that lead to the known repositories, and no longer those that did.
    func watchFolders() {
        roots = scope.roots.compactMap { root in
            guard let mounts, mounts.tellsAll(root), let resolved = realpath(root, nil) else { return nil }
            defer { free(resolved) }
            let path = String(cString: resolved)
            return mounts.tellsAll(path) ? path : nil
        }
        var passages = Set(roots)
        for repository in repositories.values where repository.isKnown {
            var folder = parent(of: repository.place)
            passages.insert(folder)
            while depth(of: folder) != nil, !roots.contains(folder), folder != "/" {
                folder = parent(of: folder)
                passages.insert(folder)
            }
        }
        for id in folders.all {
            guard let folder = folders[id], folder.isPassage, !passages.contains(folder.path) else { continue }
            unwatchFolder(id)
        }
        for path in passages.sorted() {
            let isNew = folders.id(of: path).flatMap { folders[$0] }?.isPassage != true
            guard watchFolder(path, isPassage: true), isNew else { continue }
            for name in subfolders(of: path) { appear(child(name, of: path), isNew: false) }
        }
    }

    /// How many folders below a root a path lies, if that is no deeper than repositories are looked for.
    private func depth(of path: String) -> Int? {
        roots.filter { isWithin(path, $0) }
            .map { root in path.dropFirst(root.count).split(separator: "/").count }
            .filter { $0 <= scope.depth }.min()
    }

    private func subfolders(of path: String) -> [String] {
        var names: [String] = []
        FolderListing.each(FolderListing.bytes(path)) { name, kind in
            if kind == .folder, name.first != UInt8(ascii: "."), let name = String(validating: name, as: UTF8.self) {
                names.append(name)
            }
        }
        return names
    }

    func takeFolderEvent(_ event: Inotify.Event, of id: Int32) {
        guard let folder = folders[id] else { return }
        if event.isEnd {
            if event.has(IN_MOVE_SELF) { disappear(folder.path) }
            if event.has(IN_IGNORED) { folders.remove(id) }
            return
        }
        guard let name = String(validating: event.name, as: UTF8.self) else { return }
        let path = child(name, of: folder.path)
        if event.isDeparture, event.isFolder { disappear(path) }
        guard event.isArrival else { return }
        for (id, repository) in repositories where repository.state == .absent && isWithin(repository.gitDir, path) {
            watch(id)
            settling.note(id, at: .now())
        }
        if name == ".git" || (!folder.isPassage && GitFolder.isComplete(folder.path)) {
            appear(folder.path, isNew: true)
        } else if event.isFolder, !name.hasPrefix(".") {
            appear(path, isNew: true)
        }
    }

    /// Looks whether a folder is a repository, and else waits for it to become one.
    ///
    /// - Parameter isNew: whatever is in it is new as well.
    private func appear(_ path: String, isNew: Bool) {
        let name = String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
        guard let depth = depth(of: path), roots.contains(path) || !excludes.contain(path, name: name),
            mounts?.isMountPoint(path) == false
        else { return }
        if !isNew, ids[path + "/.git"] != nil || ids[path] != nil { return }
        // First the watch and then the look, so that nothing comes in between.
        let isWatched = watchFolder(path, isPassage: false)
        var info = stat()
        if lstat(path + "/.git", &info) == 0 {
            if info.st_mode & S_IFMT == S_IFDIR {
                appear(gitDir: path + "/.git", place: path)
            } else if isNew, !isLinkedWorktree(path) {
                // Such as a submodule; where its git dir is, the worker will know.
                arrivals.insert(path)
            }
            return stopWaiting(path)
        }
        if GitFolder.isComplete(path) {
            appear(gitDir: path, place: path)
            return stopWaiting(path)
        }
        guard isNew, isWatched, depth < scope.depth else { return }
        for name in subfolders(of: path) { appear(child(name, of: path), isNew: true) }
    }

    /// Watches a git dir that may be new, until there is something to read.
    private func appear(gitDir: String, place: String) {
        guard !scope.ignored.contains(gitDir) else { return }
        let id = insert(gitDir, place: place)
        if watch(id) || repositories[id]?.isKnown == true {
            settling.note(id, at: .now())
        } else {
            forget([id])
            if GitFolder.isComplete(gitDir) { arrivals.insert(place) }
        }
    }

    /// Whether its `.git` file leads to a known repository, which shows in that one's own folders.
    private func isLinkedWorktree(_ path: String) -> Bool {
        guard let file = fopen(path + "/.git", "re") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: Int(PATH_MAX) + 16)
        guard fgets(&line, CInt(line.count), file) != nil else { return false }
        let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard text.hasPrefix("gitdir: ") else { return false }
        let target = String(text.dropFirst("gitdir: ".count))
        let list = parent(of: target.hasPrefix("/") ? target : child(target, of: path))
        guard list.hasSuffix("/worktrees"), let common = realpath(parent(of: list), nil) else { return false }
        defer { free(common) }
        return ids[String(cString: common)] != nil
    }

    private func stopWaiting(_ path: String) {
        if let id = folders.id(of: path), folders[id]?.isPassage == false { unwatchFolder(id) }
    }

    /// What was in a folder, or was it, is there no more.
    private func disappear(_ path: String) {
        let gone = repositories.filter { isWithin($0.value.gitDir, path) }
        unwatch(Set(gone.keys))
        for id in folders.ids(within: path) { unwatchFolder(id) }
        for (id, repository) in gone {
            if repository.isKnown {
                // It may have been replaced at once.
                watch(id)
                settling.note(id, at: .now())
            } else {
                forget([id])
            }
        }
    }

    /// Watches the nearest folder that is there on the way to a repository that is not.
    func awaitReturn(of id: Int32) {
        guard let gitDir = repositories[id]?.gitDir else { return }
        // What comes between the look and the watch is seen by the next look.
        for _ in 0..<8 {
            var next = gitDir
            var folder = parent(of: gitDir)
            while access(folder, F_OK) != 0, folder != "/" {
                next = folder
                folder = parent(of: folder)
            }
            guard watchFolder(folder, isPassage: false), access(next, F_OK) == 0 else { return }
        }
    }
}
