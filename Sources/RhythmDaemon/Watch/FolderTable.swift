/// The watched folders that belong to no git dir.
struct FolderTable {
    struct Folder {
        var watch: CInt
        var path: String
        /// A known repository lies below it. Else it is one that may become a repository or get one.
        var isPassage: Bool
    }

    private var folders: [Int32: Folder] = [:]
    private var ids: [String: Int32] = [:]
    /// Those that are no passages, the oldest first; some may be gone.
    private var waiting: [Int32] = []

    var all: [Int32] { Array(folders.keys) }

    subscript(id: Int32) -> Folder? { folders[id] }

    func id(of path: String) -> Int32? { ids[path] }

    mutating func insert(_ id: Int32, _ folder: Folder) {
        folders[id] = folder
        ids[folder.path] = id
        if !folder.isPassage { waiting.append(id) }
    }

    mutating func setPassage(_ id: Int32) {
        folders[id]?.isPassage = true
        waiting.removeAll { $0 == id }
    }

    @discardableResult
    mutating func remove(_ id: Int32) -> Folder? {
        guard let folder = folders.removeValue(forKey: id) else { return nil }
        ids[folder.path] = nil
        if !folder.isPassage { waiting.removeAll { $0 == id } }
        return folder
    }

    /// The oldest of those that wait, if there are more than so many.
    func oldestWaiting(over limit: Int) -> Int32? {
        waiting.count > limit ? waiting.first : nil
    }

    /// A folder and all below it.
    func ids(within path: String) -> [Int32] {
        folders.filter { isWithin($0.value.path, path) }.map(\.key)
    }
}

/// Whether a path is a folder or leads to something in it.
func isWithin(_ path: String, _ folder: String) -> Bool {
    path.hasPrefix(folder) && (path.utf8.count == folder.utf8.count || folder == "/" || path.hasPrefix(folder + "/"))
}

func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
}

func child(_ name: String, of folder: String) -> String {
    folder == "/" ? "/\(name)" : "\(folder)/\(name)"
}
