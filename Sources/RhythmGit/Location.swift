import Glibc

/// Where a repository's parts lie. Two locations with the same common git dir are one repository.
package struct Location: Sendable, Equatable {
    /// Canonical: no symlinks, no `.`; what all worktrees share.
    package let commonDir: String
    /// The path it was found by.
    package let path: String

    /// - Parameter path: a worktree, a git dir or a common git dir.
    package init(_ path: String) throws(GitError) {
        self.path = path
        let gitDir = try Self.gitDir(at: path)
        let pointer = Files.read(gitDir + "/commondir").map(Files.firstLine)
        let common = pointer.map { Files.join(gitDir, $0) } ?? gitDir
        guard let canonical = Files.canonical(common) else { throw Files.error(path: common) }
        guard Self.isGitDir(canonical) else {
            throw GitError(.notARepository, "\(canonical) lacks HEAD, objects or refs")
        }
        commonDir = canonical
    }

    /// Bytes of the repository's pack indexes, which grow with its history. Loose objects are few.
    package var weight: Int { packIndexes.reduce(0) { $0 + Files.size($1) } }

    /// The paths of the pack indexes that lie in the repository itself.
    var packIndexes: [String] {
        let folder = commonDir + "/objects/pack"
        return (Files.names(in: folder) ?? []).filter { $0.hasSuffix(".idx") }.map { "\(folder)/\($0)" }
    }

    /// What a linked worktree's own git dir has instead of objects and refs is `commondir`.
    static func isGitDir(_ path: String) -> Bool {
        guard Files.kind(path + "/HEAD", followingLinks: false) != nil else { return false }
        return Files.kind(path + "/commondir") != nil
            || (Files.kind(path + "/objects") == .folder && Files.kind(path + "/refs") == .folder)
    }

    private static func gitDir(at path: String) throws(GitError) -> String {
        guard let kind = Files.kind(path) else { throw Files.error(path: path) }
        guard kind == .folder else { throw GitError(.notARepository, "\(path) is not a folder") }
        guard access(path, R_OK | X_OK) == 0 else { throw Files.error(path: path) }
        let dotGit = path + "/.git"
        switch Files.kind(dotGit) {
        case .folder:
            guard access(dotGit, R_OK | X_OK) == 0 else { throw Files.error(path: dotGit) }
            return dotGit
        case .file:
            guard let content = Files.read(dotGit) else { throw Files.error(path: dotGit) }
            let line = Files.firstLine(content)
            guard line.hasPrefix("gitdir: ") else {
                throw GitError(.notARepository, "\(dotGit) does not name a git dir")
            }
            let target = Files.join(path, String(line.dropFirst("gitdir: ".count)))
            guard Files.kind(target) == .folder else {
                throw GitError(.notARepository, "\(dotGit) names \(target), which is not there")
            }
            return target
        default:
            guard isGitDir(path) else { throw GitError(.notARepository, "\(path) is not a git repository") }
            return path
        }
    }
}
