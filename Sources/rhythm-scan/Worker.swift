import RhythmCore
import RhythmFacts
import RhythmGit

/// Does a job: finds its repositories, reads each once and says what it found.
struct Worker {
    let job: Job
    let output: FactOutput

    /// - Returns: how many problems there were.
    func run() -> Int {
        var problems = 0
        var seen = Set(job.skip)
        func problem(_ path: String, _ error: GitError) {
            problems += 1
            output.write(.problem(ProblemFact(path: path, code: error.code.rawValue, message: error.message)))
        }
        func visit(_ path: String, _ last: Job.LastScan?) {
            do {
                let location = try Location(path)
                guard seen.insert(location.commonDir).inserted else { return }
                if let error = scan(location, last) { problem(location.commonDir, error) }
            } catch {
                problem(path, error)
            }
        }
        for repository in job.repositories { visit(repository.path, repository.lastScan) }
        let discovery = Discovery(excludes: job.excludes)
        for root in job.roots {
            discovery.search(root.path, depth: root.depth, found: { visit($0, nil) }, failed: problem)
        }
        output.write(.done)
        return problems
    }

    private func scan(_ location: Location, _ last: Job.LastScan?) -> GitError? {
        let request = ScanRequest(
            identity: Identity(
                emails: job.identity.emails, names: job.identity.names, coAuthored: job.identity.coAuthored,
                everyone: job.identity.everyone),
            devlogGlobs: job.devlogGlobs, pathGlobs: job.pathGlobs, last: last.map { ($0.view, $0.tips) })
        output.write(.begin(gitDir: location.commonDir))
        var started = false
        do {
            let totals = try RepositoryScan.run(location, request) { event in
                if case .repository = event {
                    // The reading started over with the other reader: so do the facts.
                    if started { output.write(.begin(gitDir: location.commonDir)) }
                    started = true
                }
                output.write(Fact(event))
            }
            output.write(.end(ScanSummary(commitsRead: totals.commitsRead, own: totals.own)))
            return nil
        } catch {
            return error
        }
    }
}

extension Fact {
    fileprivate init(_ event: ScanEvent) {
        switch event {
        case .repository(let repository): self = .repository(RepositoryFact(repository))
        case .progress(let commitsRead): self = .progress(commitsRead: commitsRead)
        case .commit(let commit): self = .commit(CommitFact(commit))
        case .devlog(let commit, let path): self = .devlog(DevlogFact(commit: commit, path: path))
        case .touch(let commit, let glob): self = .touch(TouchFact(commit: commit, glob: glob))
        case .gone(let id): self = .gone(id)
        case .other(let author):
            self = .other(AuthorFact(email: author.email, name: author.name, commits: author.commits))
        }
    }
}

extension RepositoryFact {
    fileprivate init(_ opened: OpenedRepository) {
        self.init(
            gitDir: opened.gitDir, workDir: opened.workDir, reader: opened.reader == .git ? .git : .libgit2,
            extent: opened.isDelta ? .delta : .full, rewritten: opened.rewritten, view: opened.view,
            tips: opened.tips, emails: opened.emails)
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
