/// Folders in which no repositories are looked for.
package struct FolderExcludes: Sendable {
    private let paths: [Glob]
    private let names: [Glob]

    /// - Parameter globs: one without a slash is matched against the folder's name, any other against its absolute path.
    package init(_ globs: [String]) {
        paths = globs.filter { $0.utf8.contains(UInt8(ascii: "/")) }
            .map { Glob($0.hasSuffix("/") ? String($0.dropLast()) : $0, foldingCase: false) }
        names = globs.filter { !$0.utf8.contains(UInt8(ascii: "/")) }.map { Glob($0, foldingCase: false) }
    }

    package func contain(_ path: String, name: String) -> Bool {
        names.contains { $0.matches(path: name) } || paths.contains { $0.matches(path: path) }
    }
}
