import Foundation
import RhythmCore
import RhythmFacts
import RhythmTestSupport
import Testing

/// The program as the daemon and a person at a shell run it.
struct ScanProgramTests {
    static let program: String = {
        let test = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? test
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("rhythm-scan").path
    }()

    private func facts(
        _ arguments: [String], job: Job? = nil, environment: [String: String] = [:]
    ) throws -> (facts: [Fact], status: Int32) {
        let result = try ProcessResult.of(
            Self.program, arguments + (job == nil ? [] : ["--job"]),
            input: job.map { Data(JobLine.encode($0)) } ?? Data(),
            environment: TestRepository.environment(environment))
        #expect(result.errorText == "")
        let lines = Array(result.output).split(separator: UInt8(ascii: "\n"))
        return (try lines.map { try FactLine.decode($0) }, result.status)
    }

    private func problems(_ facts: [Fact]) -> [String] {
        facts.compactMap { if case .problem(let problem) = $0 { problem.code } else { nil } }
    }

    @Test("answers a job: each repository once, a problem for what cannot be read, then done")
    func job() throws {
        let good = try TestRepository()
        try good.commit("one")
        try good.commit("by a bot", email: "1+x[bot]@users.noreply.github.com", name: "x[bot]")
        try good.commit("with help\n\nCo-authored-by: Ann <ANN@example.org>", email: "bob@x", name: "Bob")
        let broken = try TestRepository()
        try broken.commit("two")
        let id = try broken.git("rev-parse", "HEAD")
        try FileManager.default.removeItem(atPath: "\(broken.path)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
        let future = try TestRepository()
        try future.git("config", "core.repositoryformatversion", "1")
        try future.git("config", "extensions.refstorage", "reftable")
        let plain = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: plain) }
        let paths = [good.path, broken.path, future.path, plain.path, good.path + "/.git", "/nonexistent"]
        let job = Job(
            identity: Job.Identity(emails: ["ann@example.org"], coAuthored: true),
            roots: [Job.Root(path: good.path, depth: 1)], repositories: paths.map { Job.Repository(path: $0) })
        // What points git elsewhere must not point the worker elsewhere.
        let (facts, status) = try facts([], job: job, environment: ["GIT_DIR": "/nonexistent", "GIT_WORK_TREE": "/"])
        #expect(status == 0)
        #expect(facts.last == .done)
        // In no order, for several are read at once.
        #expect(problems(facts).sorted() == ["corrupt", "not-a-repository", "not-found", "unsupported"])
        #expect(facts.contains { if case .problem(let p) = $0 { p.message == "refstorage reftable" } else { false } })
        let commits = facts.compactMap { if case .commit(let commit) = $0 { commit } else { nil } }
        #expect(commits.map(\.subject).sorted() == ["one", "with help"])
        #expect(commits.map(\.coAuthored).filter { $0 }.count == 1)
        let others = facts.compactMap { if case .other(let author) = $0 { author.email } else { nil } }
        #expect(others == ["1+x[bot]@users.noreply.github.com", "bob@x"])
        #expect(facts.contains(.end(ScanSummary(commitsRead: 3, own: 2))))

        let repository = try #require(
            facts.compactMap { if case .repository(let fact) = $0 { fact } else { nil } }.first)
        var again = job
        again.repositories = [
            Job.Repository(
                path: good.path, lastScan: Job.LastScan(view: repository.view, tips: repository.tips))
        ]
        again.roots = []
        let second = try self.facts([], job: again).facts
        #expect(second.count == 4)
        #expect(second[2] == .end(ScanSummary(commitsRead: 0, own: 0)))
    }

    @Test("the repository's own email counts in it alone, conditional includes and hasconfig among them")
    func ownEmail() throws {
        let home = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: home) }
        let (work, play) = (try TestRepository(), try TestRepository())
        for repository in [work, play] {
            try repository.commit("a", email: "me@work")
            try repository.commit("b", email: "me@home")
        }
        func own(_ config: String) throws -> [String] {
            try Data(config.utf8).write(to: home.appendingPathComponent(".gitconfig"))
            try Data("[user]\n\temail = me@work\n".utf8).write(to: home.appendingPathComponent("work"))
            let facts = try facts([work.path, play.path], environment: ["HOME": home.path]).facts
            return facts.compactMap { if case .commit(let commit) = $0 { commit.email } else { nil } }.sorted()
        }
        let include = "path = \(home.path)/work\n"
        #expect(try own("[user]\n\temail = me@home\n") == ["me@home", "me@home"])
        #expect(
            try own("[user]\n\temail = me@home\n[includeIf \"gitdir:\(work.path)/\"]\n\t\(include)")
                == ["me@home", "me@work"])
        try work.git("remote", "add", "origin", "https://work.example/x.git")
        #expect(
            try own(
                "[user]\n\temail = me@home\n[includeIf \"hasconfig:remote.*.url:https://work.example/**\"]\n\t\(include)"
            )
                == ["me@home", "me@work"])
        try play.git("config", "user.email", "nobody@x")
        #expect(try own("[user]\n\temail = me@home\n") == ["me@home"])
    }

    @Test("by hand a problem is exit 1, wrong use 64, and no repository's text reaches the terminal raw")
    func byHand() throws {
        let repository = try TestRepository()
        try repository.commit("red \u{1B}[31m alert\ttab", name: "Ev\u{9B}il")
        let (good, status) = try facts(["--everyone", repository.path])
        #expect(status == 0)
        #expect(good.contains { if case .commit(let c) = $0 { c.subject.hasPrefix("red \u{1B}[31m") } else { false } })
        let id = try #require(ObjectID(hex: try repository.commit("two", files: ["src/x": "x\n"])))
        let touches = try facts(["--everyone", "--path", "src/**", "--path", "docs/**", repository.path]).facts
        #expect(touches.contains(.touch(TouchFact(commit: id, glob: "src/**"))))
        #expect(!touches.contains(.touch(TouchFact(commit: id, glob: "docs/**"))))
        #expect(try ProcessResult.of(Self.program, ["--job", "--path", "x"], environment: [:]).status == 64)
        #expect(try facts(["/nonexistent"]).status == 1)
        #expect(try ProcessResult.of(Self.program, [], environment: TestRepository.environment()).status == 64)
        let bad = try ProcessResult.of(
            Self.program, ["--job"], input: Data("email\nnonsense\n".utf8), environment: TestRepository.environment())
        #expect(bad.status == 64)
        #expect(bad.errorText.contains("line 1, field 2"))
    }
}
