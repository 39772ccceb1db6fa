import Foundation
import Glibc
import RhythmAPI
import RhythmTestSupport
import Synchronization
import Testing

@testable import RhythmDaemon

/// A home whose daemon never reads anything by the clock, so that what it tells it has seen at once.
final class WatchedHome: Sendable {
    let daemon: TestDaemon
    private let minute = Mutex(0)
    /// Worktrees and bare repositories of which the daemon is to know all commits.
    private let known = Mutex<[HomeRepository]>([])

    init(config: String = "") throws {
        daemon = try TestDaemon(
            config: "credit = \"reachable\"\n\(config)\n[scan]\nevery = \"1d\"\ndiscover_every = \"1d\"\n")
    }

    var home: String { daemon.home.path }

    func repository(_ name: String) throws -> HomeRepository {
        let repository = try daemon.repository(name)
        expect(repository)
        return repository
    }

    func expect(_ repository: HomeRepository) { known.withLock { $0.append(repository) } }

    func forget(_ path: String) { known.withLock { $0.removeAll { $0.path.hasPrefix(path) } } }

    /// A repository that something else made.
    func adopt(_ path: String) throws -> HomeRepository {
        let repository = try HomeRepository(at: path, home: home)
        expect(repository)
        return repository
    }

    /// Another minute of the day for each commit, so that none folds into another.
    func nextDate() -> String {
        let minute = minute.withLock {
            $0 += 1
            return $0
        }
        return String(format: "2026-11-23 %02d:%02d +0000", minute / 60, minute % 60)
    }

    func commit(_ subject: String, in repository: HomeRepository) throws {
        try repository.commit(subject, at: nextDate(), file: subject)
    }

    func git(_ arguments: String..., in repository: HomeRepository) throws {
        let environment = Program.environment(home: home).merging([
            "GIT_COMMITTER_DATE": nextDate(), "GIT_AUTHOR_DATE": nextDate(), "GIT_EDITOR": "true",
        ]) { $1 }
        try Program.run("git", ["-C", repository.path] + arguments, environment: environment)
    }

    /// A commit on top of HEAD to which nothing leads yet.
    func hidden(_ subject: String, in repository: HomeRepository) throws -> String {
        try repository.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", subject, date: nextDate())
            .trimmingCharacters(in: .newlines)
    }

    /// What git says is there.
    func subjects() throws -> Set<String> {
        try known.withLock { $0 }.reduce(into: []) { all, repository in
            all.formUnion(
                try repository.git("log", "--all", "--no-merges", "--format=%s").split(separator: "\n").map(String.init)
            )
        }
    }

    /// Asks until the daemon says the same as git.
    func agrees(_ client: Client, after what: String) async throws {
        let expected = try subjects()
        let told = try await client.poll(until: { $0 == expected }) {
            let items = try await client.ask(Wire.Explain.self, .init(rhythm: "commits")).items
            return Set(items.filter { $0.verdict == "counted" }.map(\.subject))
        }
        #expect(told == expected, "after \(what)")
    }
}

extension Client {
    /// Asks again and again until the answer is right, but for no longer than a minute.
    ///
    /// - Returns: the last answer.
    func poll<Value>(
        until isRight: (Value) -> Bool, _ ask: () async throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let value = try await ask()
            if isRight(value) || .now > deadline { return value }
        }
    }
}

/// What happens in repositories shows without anybody asking for a scan.
@Suite(.serialized) struct WatchTests {
    @Test func whatMovesRefsIsSeenAtOnce() async throws {
        let home = try WatchedHome()
        let work = try home.repository("work")
        try home.commit("first", in: work)
        try await home.daemon.run { client async throws in
            /// - Parameter moves: what can be told changes by it, so that not to see it would show.
            func step(_ what: String, moves: Bool = true, _ body: () throws -> Void) async throws {
                let before = try home.subjects()
                try body()
                #expect(try (home.subjects() != before) == moves, "\(what)")
                try await home.agrees(client, after: what)
            }
            func hidden(_ subject: String) throws -> String { try home.hidden(subject, in: work) }

            try await step("commit") { try home.commit("second", in: work) }
            try await step("amend") { try home.git("commit", "--amend", "-m", "amended", in: work) }
            try await step("reset") { try home.git("reset", "-q", "--hard", "HEAD~1", in: work) }
            try await step("reset forward") { try home.git("reset", "-q", "--hard", hidden("forward"), in: work) }
            try await step("branch") { try home.git("branch", "topic", hidden("topic"), in: work) }
            try await step("nested branch") { try home.git("branch", "a/b/c", hidden("nested"), in: work) }
            try await step("moved nested branch") {
                try home.git("branch", "-f", "a/b/c", hidden("nested 2"), in: work)
            }
            try await step("renamed branch", moves: false) { try home.git("branch", "-m", "a/b/c", "d/e/f", in: work) }
            try await step("branch beside it") { try home.git("branch", "d/e/g", hidden("beside"), in: work) }
            try await step("deleted branch") { try home.git("branch", "-D", "d/e/f", in: work) }
            try await step("folders deleted with a branch") { try home.git("branch", "-D", "d/e/g", in: work) }
            try await step("folders made again") { try home.git("branch", "d/e/f", hidden("again"), in: work) }
            try await step("fast-forward") { try home.git("merge", "-q", hidden("ff"), in: work) }
            try await step("merge") {
                try home.git("merge", "-q", "--no-ff", "-m", "merged", hidden("side"), in: work)
            }
            try await step("cherry-pick") {
                let base = try work.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)
                try home.commit("picked", in: work)
                let pick = try work.git("rev-parse", "HEAD").trimmingCharacters(in: .newlines)
                try home.git("reset", "-q", "--hard", base, in: work)
                try home.git("cherry-pick", pick, in: work)
            }
            try await step("revert") { try home.git("revert", "--no-edit", "HEAD", in: work) }
            try await step("detached HEAD") {
                try home.git("checkout", "-q", "--detach", in: work)
                try home.commit("detached", in: work)
            }
            try await step("back from it") { try home.git("checkout", "-q", "main", in: work) }
            try await step("checkout -b") {
                try home.git("checkout", "-q", "-b", "x/y", in: work)
                for number in 0..<3 { try home.commit("x\(number)", in: work) }
            }
            try await step("rebase with other subjects") {
                try home.git("checkout", "-q", "main", in: work)
                try home.commit("below", in: work)
                try home.git("checkout", "-q", "x/y", in: work)
                try home.git(
                    "rebase", "-q", "-x", "git commit -q --amend -m $(git log -1 --format=re%s)", "main", in: work)
            }
            try await step("orphan") {
                try home.git("checkout", "-q", "--orphan", "lonely", in: work)
                try home.commit("orphan", in: work)
                try home.git("checkout", "-q", "main", in: work)
            }
            try await step("tag") { try home.git("tag", "v1", hidden("tagged"), in: work) }
            try await step("annotated tag") {
                try home.git("tag", "-a", "-m", "t", "r/v2", hidden("annotated"), in: work)
            }
            try await step("deleted tag") { try home.git("tag", "-d", "v1", in: work) }
            try await step("update-ref") { try home.git("update-ref", "refs/remotes/o/z", hidden("remote"), in: work) }
            try await step("update-ref -d") { try home.git("update-ref", "-d", "refs/remotes/o/z", in: work) }
            try await step("symbolic-ref") {
                let id = try hidden("elsewhere")
                try home.git("update-ref", "refs/odd/place", id, in: work)
                try home.git("symbolic-ref", "HEAD", "refs/odd/place", in: work)
                try home.git("reset", "-q", in: work)
            }
            try await step("symbolic-ref back") {
                try home.git("symbolic-ref", "HEAD", "refs/heads/main", in: work)
                try home.git("update-ref", "-d", "refs/odd/place", in: work)
            }
            try await step("pack-refs", moves: false) { try home.git("pack-refs", "--all", in: work) }
            try await step("commit after it") { try home.commit("after pack-refs", in: work) }
            try await step("gc", moves: false) { try home.git("gc", "-q", "--prune=now", in: work) }
            try await step("nested branch after it") { try home.git("branch", "d/n", hidden("after gc"), in: work) }
            try await step("a ref written by hand") {
                try Data((hidden("by hand") + "\n").utf8)
                    .write(to: URL(fileURLWithPath: work.path + "/.git/refs/heads/hand"))
            }
            try await step("fast-import") {
                let from = try work.git("rev-parse", "main").trimmingCharacters(in: .newlines)
                let stream =
                    "commit refs/heads/imported\ncommitter Me <me@example.org> 1795420800 +0000\n"
                    + "data 8\nimported\nfrom \(from)\n\n"
                try Program.run(
                    "git", ["-C", work.path, "fast-import", "--quiet"],
                    environment: Program.environment(home: home.home), input: stream)
            }
        }
    }

    @Test func whatComesFromElsewhereIsSeenAtOnce() async throws {
        // A bare clone has no email of its own.
        let home = try WatchedHome(config: "[identity]\nemails = [\"me@example.org\"]")
        let work = try home.repository("work")
        try home.commit("first", in: work)
        // Nobody looks into hidden folders.
        let away = try home.daemon.repository(".away")
        try home.git("pull", "-q", work.path, "main", in: away)
        try await home.daemon.run { client async throws in
            func step(_ what: String, moves: Bool = true, _ body: () throws -> Void) async throws {
                let before = try home.subjects()
                try body()
                #expect(try (home.subjects() != before) == moves, "\(what)")
                try await home.agrees(client, after: what)
            }
            try await step("fetch") {
                try home.git("remote", "add", "away", away.path, in: work)
                try home.commit("fetched", in: away)
                try home.git("checkout", "-q", "-b", "deep/er", in: away)
                try home.commit("fetched too", in: away)
                try home.git("fetch", "-q", "away", in: work)
            }
            try await step("fetch --prune") {
                try home.git("checkout", "-q", "main", in: away)
                try home.git("branch", "-D", "deep/er", in: away)
                try home.git("fetch", "-q", "--prune", "away", in: work)
            }
            try await step("pull") {
                try home.commit("pulled", in: away)
                try home.git("pull", "-q", "--ff-only", "away", "main", in: work)
            }
            try await step("push into it") {
                try home.commit("pushed", in: away)
                try home.git("push", "-q", work.path, "main:in/coming", in: away)
            }
            try await step("clone") {
                try home.commit("cloned", in: away)
                try home.git("clone", "-q", away.path, home.home + "/clone", in: away)
                _ = try home.adopt(home.home + "/clone")
            }
            try await step("commit in the clone") {
                try home.commit("in the clone", in: try HomeRepository(at: home.home + "/clone", home: home.home))
            }
            try await step("bare clone, then a push into it") {
                try home.git("clone", "-q", "--bare", away.path, home.home + "/bare.git", in: away)
                try home.commit("into the bare one", in: away)
                try home.git("push", "-q", home.home + "/bare.git", "main", in: away)
                home.expect(HomeRepository(existing: home.home + "/bare.git", home: home.home))
            }
            try await step("clone with its git dir elsewhere") {
                try home.commit("separate", in: away)
                try home.git(
                    "clone", "-q", "--separate-git-dir", home.home + "/.elsewhere", away.path, home.home + "/separate",
                    in: away)
                _ = try home.adopt(home.home + "/separate")
            }
            try await step("commit there") {
                try home.commit(
                    "in the separate one", in: try HomeRepository(at: home.home + "/separate", home: home.home))
            }
            try await step("worktree") {
                let id = try home.hidden("in a worktree", in: work)
                try home.git("worktree", "add", "-q", "--detach", home.home + "/tree", id, in: work)
            }
            let tree = HomeRepository(existing: home.home + "/tree", home: home.home)
            try await step("commit in a worktree") { try home.commit("on it", in: tree) }
            try await step("worktree gone") { try home.git("worktree", "remove", "--force", tree.path, in: work) }
        }
    }

    @Test func repositoriesThatComeAndGoAreSeenAtOnce() async throws {
        let home = try WatchedHome()
        let work = try home.repository("code/work")
        try home.commit("first", in: work)
        try FileManager.default.createDirectory(atPath: home.home + "/code/old", withIntermediateDirectories: true)
        try await home.daemon.run { client async throws in
            func unreadable(_ expected: [String]) async throws {
                let paths = expected.map { home.home + "/" + $0 }
                let told = try await client.poll(until: { $0 == paths }) {
                    try await client.ask(Wire.Status.self, .init()).unreadable.map(\.gitDir).sorted()
                }
                #expect(told == paths)
            }
            for name in ["beside", "code/beside", "code/old", "new/and/deep"] {
                try home.commit("in \(name)".replacing("/", with: "-"), in: try home.repository(name))
                try await home.agrees(client, after: "init in \(name)")
            }
            try FileManager.default.moveItem(atPath: home.home + "/code/beside", toPath: home.home + "/code/moved")
            home.forget(home.home + "/code/beside")
            let moved = try home.adopt(home.home + "/code/moved")
            try home.commit("where it was moved to", in: moved)
            try await home.agrees(client, after: "mv")
            try await unreadable(["code/beside/.git"])

            // A folder with repositories in it goes elsewhere, and comes back.
            try FileManager.default.moveItem(atPath: home.home + "/new", toPath: home.home + "/.hidden")
            try await unreadable(["code/beside/.git", "new/and/deep/.git"])
            try FileManager.default.moveItem(atPath: home.home + "/.hidden", toPath: home.home + "/new")
            try await unreadable(["code/beside/.git"])
            try home.commit("back", in: try HomeRepository(at: home.home + "/new/and/deep", home: home.home))
            try await home.agrees(client, after: "mv back")

            try FileManager.default.removeItem(atPath: home.home + "/beside")
            home.forget(home.home + "/beside")
            try await unreadable(["beside/.git", "code/beside/.git"])
            try home.commit("made again", in: try home.repository("beside"))
            try await unreadable(["code/beside/.git"])
        }
    }

    @Test func aChangedIdentityIsSeenAtOnce() async throws {
        let home = try WatchedHome()
        let work = try home.repository("work")
        try home.commit("first", in: work)
        try home.git("config", "user.email", "other@example.org", in: work)
        try home.commit("as another", in: work)
        try await home.daemon.run { client async throws in
            #expect(try await client.status()["commits"]?.have == 1)
            try home.git("config", "user.email", "me@example.org", in: work)
            let told = try await client.poll(until: { $0 == ["first"] }) {
                let items = try await client.ask(Wire.Explain.self, .init(rhythm: "commits")).items
                return items.filter { $0.verdict == "counted" }.map(\.subject)
            }
            #expect(told == ["first"])
        }
    }
}

/// The watch where it cannot do all it should.
@Suite(.serialized) struct WatchLimitTests {
    private static let long = "[scan]\nevery = \"1d\"\ndiscover_every = \"1d\"\n"

    @Test func whereWatchesRunOutTheClockReadsTheRestAlone() async throws {
        // Long ago, so that the alarm rings whenever the clock has moved.
        var daemon = try TestDaemon(
            today: "2024-11-18", config: "[scan]\nevery = \"1m\"\ndiscover_every = \"1d\"\n")
        for name in ["a", "b", "c"] { try daemon.repository(name).commit(name, at: "2024-11-18 09:00 +0000") }
        try await daemon.run { _ in }
        // Enough for two of them: each takes five.
        daemon = daemon.with(watches: 12)
        try await daemon.run { [daemon] client async throws in
            let reply = try await client.poll(until: { !$0.unwatched.isEmpty }) {
                try await client.ask(Wire.Status.self, .init())
            }
            #expect(reply.unwatched.map(\.repositories) == [1])
            #expect(reply.unwatched.first?.why.contains("fs.inotify.max_user_watches") == true)
            let repositories = try await client.ask(Wire.Repositories.self, .init()).repositories
            let unwatched = try #require(repositories.first { $0.unwatched != nil })
            // The clock stands still, so nothing is due.
            let path = try #require(unwatched.workDir)
            let watched = try #require(repositories.first { $0.unwatched == nil }?.workDir)
            try HomeRepository(existing: path, home: daemon.home.path).commit("late", at: "2024-11-18 10:00 +0000")
            try HomeRepository(existing: watched, home: daemon.home.path).commit("now", at: "2024-11-18 10:01 +0000")
            let have = try await client.poll(until: { $0 == 4 }) { try await client.status()["commits"]?.have }
            #expect(have == 4)
            daemon.clock.advance(by: 61)
            let after = try await client.poll(until: { $0 == 5 }) { try await client.status()["commits"]?.have }
            #expect(after == 5)
        }
    }

    @Test func whatIsLinkedElsewhereIsReadByTheClock() async throws {
        let daemon = try TestDaemon(config: Self.long)
        let repository = try daemon.repository()
        try repository.commit("one", at: "2026-11-23 09:00 +0000")
        try FileManager.default.moveItem(atPath: repository.path + "/.git/refs", toPath: daemon.home.path + "/.refs")
        try FileManager.default.createSymbolicLink(
            atPath: repository.path + "/.git/refs", withDestinationPath: daemon.home.path + "/.refs")
        try await daemon.run { client async throws in
            let reply = try await client.poll(until: { !$0.unwatched.isEmpty }) {
                try await client.ask(Wire.Status.self, .init())
            }
            #expect(reply.unwatched == [.init(why: Unwatched.link.description, repositories: 1)])
            #expect(reply.rhythms.first { $0.id == "commits" }?.have == 1)
        }
    }

    /// A process, so that it can be held up until the kernel's queue is full.
    @Test func whatTheKernelCouldNotTellIsLookedForEverywhere() throws {
        let home = try TemporaryFolder()
        let environment = Program.environment(home: home.path)
        try home.write(Self.long, to: ".config/rhythm/rhythm.toml")
        let now = Int(Date().timeIntervalSince1970)
        let repository = try HomeRepository(at: home.path + "/work", home: home.path)
        try repository.commit("one", at: "@\(now) +0000")
        let other = try HomeRepository(at: home.path + "/other", home: home.path)
        try other.commit("two", at: "@\(now) +0000")
        let daemon = try RunningDaemon(environment: environment)
        defer { _ = daemon.end(with: SIGTERM) }
        try Program.run(Program.folder + "/rhythmctl", ["scan"], environment: environment)
        /// Asks until the answer is so many commits, but for no longer than a minute.
        func have(_ count: Int) throws -> Bool {
            let client = try VarlinkClient.connect(path: home.path + "/run/rhythm/rhythmd.sock", timeout: .seconds(10))
            let deadline = ContinuousClock.now + .seconds(60)
            while .now < deadline {
                let reply = try client.call(Wire.Status.qualifiedName, Wire.Travel(), as: Wire.Status.Reply.self)
                if reply.rhythms.first?.have == Double(count) { return true }
            }
            return false
        }
        #expect(try have(2))
        daemon.signal(SIGSTOP)
        let queue = try #require(
            Int(
                String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
                    .trimmingCharacters(in: .newlines)))
        // An event like the one before would be merged with it.
        for number in 0...queue { close(creat("\(repository.path)/.git/junk\(number % 2)", 0o600)) }
        try other.commit("three", at: "@\(now) +0000")
        daemon.signal(SIGCONT)
        #expect(try have(3))
        try other.git(
            "branch", "a/b",
            try other.git(
                "commit-tree", "HEAD^{tree}", "-m", "four", date: "@\(now) +0000"
            ).trimmingCharacters(in: .newlines))
        #expect(try have(4))
    }
}

extension TestDaemon {
    /// The same home and clock, and so many watches at most.
    fileprivate func with(watches: Int) -> TestDaemon {
        var setup = setup
        setup.watchLimits.watches = watches
        return TestDaemon(like: self, setup: setup)
    }
}
