import Foundation
import RhythmCore
import RhythmTestSupport

@testable import RhythmGit

/// Everything that one scan said.
struct Scan {
    var repository: OpenedRepository?
    var commits: [Commit] = []
    var devlogs: [String] = []
    var touches: [String] = []
    var items: [FoundItem] = []
    var itemsGone: [String] = []
    var unreadable: [String] = []
    var gone: [ObjectID] = []
    var others: [OtherAuthor] = []
    /// Path, heading and stated day of dev log entries, in the order in which they are said.
    var entries: [String] = []
    var isWhole = false
    var totals = ScanTotals()

    /// libgit2 takes the config folders from the environment when it starts.
    static let isolated: Void = {
        setenv("HOME", TestRepository.home, 1)
        setenv("XDG_CONFIG_HOME", TestRepository.home + "/.config", 1)
    }()

    static func of(
        _ path: String, _ request: ScanRequest = .everyone, reader: OpenedRepository.Reader? = nil,
        parallel: Parallel = { count, work in for number in 0..<count { work(number) } }
    ) throws -> Scan {
        _ = isolated
        let result = Box()
        let totals = try RepositoryScan.run(try Location(path), request, reader: reader, parallel: parallel) { event in
            switch event {
            case .repository(let repository): result.scan = Scan(repository: repository)
            case .progress: break
            case .commit(let commit): result.scan.commits.append(commit)
            case .devlog(let commit, let path, let heading, let day):
                result.scan.devlogs.append("\(commit) \(path)")
                result.scan.entries.append("\(path) \(heading) \(day.map { "\($0)" } ?? "-")")
            case .touch(let commit, let glob): result.scan.touches.append("\(commit) \(glob)")
            case .item(let item): result.scan.items.append(item)
            case .itemGone(let key): result.scan.itemsGone.append(key)
            case .unreadable(let path, let line, let message):
                result.scan.unreadable.append("\(path):\(line): \(message)")
            case .gone(let id): result.scan.gone.append(id)
            case .other(let author): result.scan.others.append(author)
            case .whole: result.scan.isWhole = true
            }
        }
        result.scan.totals = totals
        result.scan.commits.sort { $0.id < $1.id }
        result.scan.devlogs.sort()
        result.scan.touches.sort()
        result.scan.items.sort { $0.key < $1.key }
        result.scan.gone.sort()
        return result.scan
    }

    private final class Box {
        var scan = Scan()
    }

    var ids: Set<String> { Set(commits.map(\.id.hex)) }

    /// In the shape of ``gitLog(_:revisions:)``.
    var lines: [String] {
        commits.map { commit in
            let parent = commit.firstParent?.hex ?? ""
            let times = [commit.authoredAt, commit.committedAt].map { $0.map { String($0.seconds) } ?? "" }
            return ([commit.id.hex] + times + [parent, commit.email, commit.name, commit.subject])
                .joined(separator: "|")
        }.sorted()
    }
}

extension ScanRequest {
    static var everyone: ScanRequest { ScanRequest(identity: Identity(emails: [], everyone: true)) }

    static func of(_ emails: String..., devlogs: [String] = [], paths: [String] = []) -> ScanRequest {
        ScanRequest(identity: Identity(emails: emails), devlogGlobs: devlogs, pathGlobs: paths)
    }

    /// Everybody's commits, and which of some paths each touches.
    static func everyone(touching paths: [String]) -> ScanRequest {
        var request = everyone
        request.pathGlobs = paths
        return request
    }

    func since(_ scan: Scan) -> ScanRequest {
        var request = self
        request.last = scan.repository.map { ($0.view, $0.tips) }
        request.lastReleases = scan.repository?.releases ?? lastReleases
        return request
    }
}

extension TestRepository {
    /// What git says of which commits touch which globs, in the shape of ``Scan/touches``: merges none, and a root all
    /// that it holds.
    func gitTouches(_ globs: [String]) throws -> [String] {
        let commits = try git("rev-list", "--branches", "--remotes", "--tags", "HEAD", "--")
        // What follows the id of a commit is its files, up to the id of the next.
        let text = try git(
            ["-c", "core.quotePath=false", "diff-tree", "--stdin", "-r", "--root", "--no-renames", "--name-only"],
            input: Data((commits + "\n").utf8))
        let known = Set(commits.split(separator: "\n"))
        let matchers = globs.map { ($0, Glob($0, foldingCase: false)) }
        var touches: Set<String> = []
        var commit: Substring = ""
        for line in text.split(separator: "\n") {
            if known.contains(line) {
                commit = line
            } else {
                for (glob, matcher) in matchers where matcher.matches(path: String(line)) {
                    touches.insert("\(commit) \(glob)")
                }
            }
        }
        return touches.sorted()
    }

    /// What git says of every commit that counts.
    func gitLog(revisions: [String] = ["--branches", "--remotes", "--tags", "HEAD"]) throws -> [String] {
        let format = "--format=%H%x00%at%x00%ct%x00%P%x00%aE%x00%aN%x00%s"
        let text = try git(["log", "--encoding=none", format] + revisions + ["--"])
        return text.split(separator: "\n").map { line in
            var fields = line.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
            fields[3] = String(fields[3].prefix { $0 != " " })
            // Of a commit without an author, git leaves the placeholders as they stand.
            if fields[4] == "%aE" || fields[4] == "%ae" { fields[4...5] = ["", ""] }
            fields[4] = fields[4].lowercased()
            return fields.joined(separator: "|")
        }.sorted()
    }
}
