import Glibc
import RhythmCore
import RhythmFacts
import RhythmGit
import RhythmRoadmap

extension Worker {
    /// Reads the roadmap: the file as it stands, and what its commits did to it.
    ///
    /// - Returns: whether it could be read.
    func scan(_ roadmap: Job.Roadmap) -> Bool {
        let name = RepositoryFact.roadmap(roadmap.path)
        let block = BlockOutput(output)
        block.write(.begin(gitDir: name))
        do {
            try RoadmapScan(roadmap, job, block).run()
            block.end(.end(ScanSummary(commitsRead: 0, own: 0)))
            return true
        } catch {
            block.end(.problem(ProblemFact(path: name, code: error.code.rawValue, message: error.message)))
            return false
        }
    }
}

private struct RoadmapScan {
    /// No one writes as much by hand, and the worker's memory has to hold what is made of it.
    private static let largestFile = 8 << 20
    /// Raised whenever what is said of the same file becomes another.
    private static let version = "1"

    private let roadmap: Job.Roadmap
    private let identity: Identity
    private let block: BlockOutput

    init(_ roadmap: Job.Roadmap, _ job: Job, _ block: BlockOutput) {
        self.roadmap = roadmap
        self.block = block
        identity = Identity(
            emails: job.identity.emails, names: job.identity.names, coAuthored: job.identity.coAuthored,
            everyone: job.identity.everyone)
    }

    func run() throws(GitError) {
        // The view of the history and that of the working file, which change apart from each other.
        let views = (roadmap.last?.view ?? "").split(separator: "/", maxSplits: 1).map(String.init)
        let (file, stamp) = try workingFile()
        let last = roadmap.last.flatMap { last in
            last.head.flatMap { head in views.first.map { FileHistory.Last(view: $0, head: head) } }
        }
        var history: FileHistory.Summary?
        var versions: [FileHistory.Version] = []
        let isTracked = try FileHistory.read(
            roadmap.path, identity: identity, last: last, begin: { history = $0 }, version: { versions.append($0) })
        guard let bytes = file ?? history?.content else {
            throw GitError(.notFound, "\(roadmap.path) is not there; [roadmap] path in the config names it")
        }
        let historyView = history?.view ?? "untracked"
        let isDelta = history?.isDelta ?? (views.first == historyView)
        let isSame = isDelta && versions.isEmpty && views.last == stamp && roadmap.last?.head == history?.head
        block.write(
            .repository(
                RepositoryFact(
                    gitDir: RepositoryFact.roadmap(roadmap.path), workDir: nil, reader: .libgit2,
                    extent: isDelta ? .delta : .full, rewritten: false, view: "\(historyView)/\(stamp)",
                    tips: history?.head.map { [$0] } ?? [], emails: [])))
        if isSame { return }
        let now = try outline(bytes)
        block.write(
            .roadmap(RoadmapFact(gitDir: isTracked ? history?.gitDir : nil, path: history?.path ?? roadmap.path)))
        for version in versions { report(version) }
        if isTracked, history?.head != nil {
            let committed = history?.content.flatMap(Self.roadmap)
            let changes = RoadmapChange.between(committed ?? Roadmap(Outline()), Roadmap(now))
            if !changes.isEmpty {
                block.write(.version(RoadmapVersionFact(commit: nil, at: nil, offsetMinutes: 0, isOwn: true)))
                for change in changes { block.write(.change(change)) }
            }
        }
        for node in now.nodes { block.write(.outline(node)) }
    }

    /// - Returns: nothing and a stamp that says so where there is no working file.
    private func workingFile() throws(GitError) -> (bytes: [UInt8]?, stamp: String) {
        var status = stat()
        guard stat(roadmap.path, &status) == 0 else { return (nil, "\(Self.version) absent") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw GitError(.unsupported, "\(roadmap.path) is no file") }
        guard status.st_size <= Self.largestFile else {
            throw GitError(.unsupported, "\(roadmap.path) has more than 8 MB, so it is no roadmap that a person wrote")
        }
        guard let bytes = Files.read(roadmap.path) else {
            throw GitError(.ioError, "\(roadmap.path) cannot be read: \(String(cString: strerror(errno)))")
        }
        let time = status.st_mtim
        return (bytes, "\(Self.version) \(status.st_size) \(time.tv_sec) \(time.tv_nsec)")
    }

    private func outline(_ bytes: [UInt8]) throws(GitError) -> Outline {
        do throws(NoRoadmap) {
            return try Outline(markdown: bytes)
        } catch {
            throw GitError(.unsupported, "\(roadmap.path) \(error)")
        }
    }

    /// What can be read of a version; one that is no Markdown has no items.
    private static func roadmap(_ bytes: [UInt8]) -> Roadmap? { (try? Outline(markdown: bytes)).map { Roadmap($0) } }

    private func report(_ version: FileHistory.Version) {
        let now = version.content.flatMap(Self.roadmap) ?? Roadmap(Outline())
        // What only one side of a merge did is told by the commit that did it there.
        let sides = version.parents.map { RoadmapChange.between($0.flatMap(Self.roadmap), now) }
        var changes = sides.first ?? RoadmapChange.between(nil, now)
        for side in sides.dropFirst() {
            let other = Set(side)
            changes.removeAll { !other.contains($0) }
        }
        block.write(
            .version(
                RoadmapVersionFact(
                    commit: version.commit, at: version.authoredAt, offsetMinutes: version.offsetMinutes,
                    isOwn: version.isOwn)))
        for change in changes { block.write(.change(change)) }
    }
}
