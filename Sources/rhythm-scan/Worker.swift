import RhythmCore
import RhythmFacts
import RhythmGit
import Synchronization

/// Does a job: finds its repositories, reads each once, several at a time, and says what it found.
struct Worker {
    let job: Job
    let output: FactOutput
    let crew: Crew
    private let journal: Location?
    private let clones: JournalClones?

    init(job: Job, output: FactOutput, crew: Crew) {
        self.job = job
        self.output = output
        self.crew = crew
        // One that is not there yet is no trouble.
        journal = job.journal.flatMap { try? Location($0.path) }
        clones = journal.map(JournalClones.init(of:))
    }

    /// - Returns: how many problems there were.
    func run() -> Int {
        let problems = Atomic(0)
        var seen = Set(job.skip)
        var rank = 0
        func problem(_ path: String, _ error: GitError) {
            problems.add(1, ordering: .relaxed)
            output.write(.problem(ProblemFact(path, error)))
        }
        func visit(_ path: String, _ last: Job.LastScan?) {
            do {
                let location = try Location(path)
                guard seen.insert(location.commonDir).inserted else { return }
                rank += 1
                crew.add { [self, rank] in
                    if !scan(location, last, rank: rank) { problems.add(1, ordering: .relaxed) }
                }
            } catch {
                problem(path, error)
            }
        }
        crew.run {
            for folder in job.folders {
                crew.add { [self] in
                    if !scan(folder) { problems.add(1, ordering: .relaxed) }
                }
            }
            if let roadmap = job.roadmap {
                crew.add { [self] in
                    if !scan(roadmap) { problems.add(1, ordering: .relaxed) }
                }
            }
            for repository in inOrder { visit(repository.path, repository.lastScan) }
            if let journal, job.journal?.isRead == true { visit(journal.commonDir, nil) }
            let discovery = Discovery(excludes: job.excludes)
            for root in job.roots {
                discovery.search(root.path, depth: root.depth, found: { visit($0, nil) }, failed: problem)
            }
        }
        output.write(.done)
        return problems.load(ordering: .relaxed)
    }

    /// Of those whose history is still to be read, the largest first: what is said of them takes longest to store, and can
    /// be stored while the others are read.
    private var inOrder: [Job.Repository] {
        guard !job.oneAtATime, job.horizon == nil else { return job.repositories }
        let new = job.repositories.filter { $0.lastScan == nil }
            .map { (repository: $0, weight: (try? Location($0.path).weight) ?? 0) }.sorted { $0.weight > $1.weight }
        return new.map(\.repository) + job.repositories.filter { $0.lastScan != nil }
    }

    private func role(of location: Location) -> JournalRole? {
        if let journal, location.commonDir == journal.commonDir { return .journal }
        return clones?.includes(location) == true ? .clone : nil
    }

    /// - Returns: whether it could be read.
    private func scan(_ location: Location, _ last: Job.LastScan?, rank: Int) -> Bool {
        var request = ScanRequest(
            identity: Identity(
                emails: job.identity.emails, names: job.identity.names, coAuthored: job.identity.coAuthored,
                everyone: job.identity.everyone),
            devlogGlobs: job.devlogGlobs, pathGlobs: job.pathGlobs, last: last.map { ($0.view, $0.tips) },
            horizon: job.horizon)
        request.releaseGlobs = job.releaseGlobs
        request.journalRole = role(of: location)
        request.lastReleases = last?.releases
        let block = BlockOutput(output)
        block.write(.begin(gitDir: location.commonDir))
        do {
            let parallel: Parallel = { [crew] in crew.perform($0, rank: rank, $1) }
            let totals = try RepositoryScan.run(location, request, parallel: parallel) { event in
                block.write(Fact(event, of: location))
            }
            block.end(.end(ScanSummary(commitsRead: totals.commitsRead, own: totals.own)))
            return true
        } catch {
            block.end(.problem(ProblemFact(location.commonDir, error)))
            return false
        }
    }
}

extension Fact {
    fileprivate init(_ event: ScanEvent, of location: Location) {
        switch event {
        case .repository(let repository): self = .repository(RepositoryFact(repository))
        case .progress(let commitsRead):
            self = .progress(gitDir: location.commonDir, commitsRead: commitsRead)
        case .commit(let commit): self = .commit(CommitFact(commit))
        case .devlog(let commit, let path, let heading, let day):
            self = .devlog(DevlogFact(commit: commit, path: path, heading: heading, day: day))
        case .touch(let commit, let glob): self = .touch(TouchFact(commit: commit, glob: glob))
        case .item(let item): self = .item(ItemFact(item))
        case .itemGone(let key): self = .itemGone(key: key)
        case .unreadable(let path, let line, let message):
            self = .unreadable(UnreadableFact(path: path, line: line, message: message))
        case .gone(let id): self = .gone(id)
        case .other(let author):
            self = .other(AuthorFact(email: author.email, name: author.name, commits: author.commits))
        case .whole: self = .whole
        }
    }
}

extension ProblemFact {
    fileprivate init(_ path: String, _ error: GitError) {
        self.init(path: path, code: error.code.rawValue, message: error.message)
    }
}

extension RepositoryFact {
    fileprivate init(_ opened: OpenedRepository) {
        self.init(
            gitDir: opened.gitDir, workDir: opened.workDir, reader: opened.reader == .git ? .git : .libgit2,
            extent: opened.horizon != nil ? .recent : opened.isDelta ? .delta : .full, rewritten: opened.rewritten,
            view: opened.view, tips: opened.tips, emails: opened.emails, horizon: opened.horizon,
            releases: opened.releases, isJournal: opened.isJournal)
    }
}

extension CommitFact {
    fileprivate init(_ commit: Commit) {
        self.init(
            id: commit.id, authoredAt: commit.authoredAt, offsetMinutes: commit.offsetMinutes,
            committedAt: commit.committedAt, firstParent: commit.firstParent, parentCount: commit.parentCount,
            email: commit.email, name: commit.name, coAuthored: commit.coAuthored, subject: commit.subject)
    }
}

extension ItemFact {
    fileprivate init(_ item: FoundItem) {
        self.init(
            kind: item.kind == .release ? .release : item.kind == .entry ? .entry : .sample, name: item.name,
            key: item.key, object: item.object, commit: item.commit, path: item.path,
            author: item.email.map { Author(email: $0, name: item.author ?? "") }, at: item.at,
            offsetMinutes: item.offsetMinutes, day: item.day, quantity: item.quantity, unit: item.unit,
            title: item.title, url: item.url, tags: item.tags)
    }
}
