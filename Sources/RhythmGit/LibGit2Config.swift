import CLibgit2

/// A repository's configuration as in effect, read once.
struct LibGit2Config: ~Copyable {
    private let pointer: OpaquePointer

    init(_ repository: borrowing LibGit2Repository) throws(GitError) {
        var opened: OpaquePointer?
        let result = git_repository_config_snapshot(&opened, repository.pointer)
        guard result == 0, let opened else { throw .libgit2(result, "config") }
        pointer = opened
    }

    /// One file alone, without what it includes.
    init?(file path: String) {
        LibGit2.start()
        var opened: OpaquePointer?
        var snapshot: OpaquePointer?
        guard git_config_open_ondisk(&opened, path) == 0 else { return nil }
        defer { git_config_free(opened) }
        guard git_config_snapshot(&snapshot, opened) == 0, let snapshot else { return nil }
        pointer = snapshot
    }

    deinit { git_config_free(pointer) }

    func string(_ name: String) -> String? {
        var text: UnsafePointer<CChar>?
        guard git_config_get_string(&text, pointer, name) == 0, let text else { return nil }
        return String(cString: text)
    }

    /// False where there is none, or none that says yes.
    func bool(_ name: String) -> Bool {
        var value: Int32 = 0
        return git_config_get_bool(&value, pointer, name) == 0 && value != 0
    }

    /// The same with `~` and `~user` expanded.
    func path(_ name: String) -> String? {
        var buffer = git_buf()
        guard git_config_get_path(&buffer, pointer, name) == 0 else { return nil }
        defer { git_buf_dispose(&buffer) }
        return buffer.ptr.map { String(cString: $0) }
    }

    /// Names of entries, in lower case but for the part between the dots. Not by regular expression: libgit2 1.5.1 leaks
    /// 20 KB for every entry that it matches against one.
    func names(startingWith prefix: String) -> [String] {
        var names: [String] = []
        var found: OpaquePointer?
        guard git_config_iterator_new(&found, pointer) == 0 else { return [] }
        defer { git_config_iterator_free(found) }
        var entry: UnsafeMutablePointer<git_config_entry>?
        while git_config_next(&entry, found) == 0, let pointer = entry?.pointee.name {
            let name = String(cString: pointer)
            if name.hasPrefix(prefix) { names.append(name) }
        }
        return names
    }
}
