import RhythmCore
@testable import RhythmFacts
import Testing

struct FactLineTests {
    static let id = ObjectID(hex: String(repeating: "0123456789", count: 4))!
    static let id256 = ObjectID(hex: String(repeating: "abcdef01", count: 8))!

    static let texts = [
        "", "-", "--", "plain", "two words", " ", "tab\tnew\nline\rreturn", "back\\slash", "\\x41", "bell\u{7}",
        "del\u{7F}", "c1\u{80}\u{9B}31m\u{9F}", "nbsp\u{A0}", "é日本🎉", "e\u{301}", "\u{0}", "\u{FFFD}", "\u{1B}[31m",
    ]

    static func line(_ fact: Fact) -> [UInt8] {
        var bytes: [UInt8] = []
        FactLine.encode(fact, to: &bytes)
        return bytes
    }

    static func decoded(_ text: String) throws(LineError) -> Fact {
        try FactLine.decode(Array(text.utf8)[...], line: 7)
    }

    @Test("every fact comes back from its line", arguments: texts)
    func roundTrip(text: String) throws {
        let facts: [Fact] = [
            .begin(gitDir: text), .progress(gitDir: text, commitsRead: 10_000), .gone(Self.id256), .done, .whole,
            .repository(
                RepositoryFact(
                    gitDir: text, workDir: text, reader: .git, extent: .delta, rewritten: true, view: text,
                    tips: [Self.id, Self.id256], emails: [text, "a@b", text], releases: text, isJournal: true)),
            .repository(
                RepositoryFact(
                    gitDir: "/a", workDir: nil, reader: .libgit2, extent: .full, rewritten: false, view: "v",
                    tips: [], emails: [text])),
            .repository(
                RepositoryFact(
                    gitDir: "/a", workDir: nil, reader: .libgit2, extent: .recent, rewritten: false, view: "v",
                    tips: [Self.id], emails: [], horizon: Timestamp(1_700_000_000))),
            .commit(
                CommitFact(
                    id: Self.id, authoredAt: Timestamp(.max), offsetMinutes: -150, committedAt: nil, firstParent: nil,
                    parentCount: 0, email: text, name: text, coAuthored: true, subject: text)),
            .commit(
                CommitFact(
                    id: Self.id, authoredAt: nil, offsetMinutes: 0, committedAt: Timestamp(.min), firstParent: Self.id,
                    parentCount: 3, email: "", name: "-", coAuthored: false, subject: text)),
            .devlog(DevlogFact(commit: Self.id, path: text)),
            .devlog(DevlogFact(commit: Self.id, path: text, heading: text, day: CalendarDay(number: 20_000))),
            .touch(TouchFact(commit: Self.id256, glob: text)),
            .item(
                ItemFact(
                    kind: .entry, name: text, key: text, object: Self.id, commit: Self.id256, path: text,
                    author: .init(email: text, name: text), at: Timestamp(-1), offsetMinutes: 60,
                    day: CalendarDay(number: -1), quantity: 0.1 + 0.2, unit: text,
                    title: text, url: text, tags: [text, "b", text])),
            .item(ItemFact(kind: .sample, name: text, key: "", object: nil, at: nil, quantity: -1e300)),
            .itemGone(key: text), .unreadable(UnreadableFact(path: text, line: 3, message: text)),
            .other(AuthorFact(email: text, name: text, commits: 3)),
            .end(ScanSummary(commitsRead: 4, own: 2)),
            .problem(ProblemFact(path: text, code: "corrupt", message: text)),
        ]
        for fact in facts {
            let bytes = Self.line(fact)
            #expect(bytes.last == UInt8(ascii: "\n"))
            #expect(try FactLine.decode(bytes.dropLast()) == fact)
            // Nothing that a terminal obeys, and no newline but the last.
            let shown = String(decoding: bytes.dropLast(), as: UTF8.self)
            let controls = shown.unicodeScalars.filter {
                ($0.value < 0x20 && $0 != "\t") || (0x7F..<0xA0).contains($0.value)
            }
            #expect(controls.isEmpty)
        }
    }

    @Test("a job comes back from its lines", arguments: texts)
    func jobRoundTrip(text: String) throws {
        var job = Job(
            identity: Job.Identity(emails: [text, "b@c"], names: [text], coAuthored: true, everyone: true),
            devlogGlobs: [text], pathGlobs: [text, "b"], roots: [Job.Root(path: text, depth: 4)], excludes: [text],
            repositories: [
                Job.Repository(path: text),
                Job.Repository(path: "/r", lastScan: Job.LastScan(view: text, tips: [Self.id], releases: text)),
                Job.Repository(path: "/s", lastScan: Job.LastScan(view: "v", tips: [])),
            ])
        job.releaseGlobs = [text, "v*"]
        job.journal = .init(path: text, isRead: true)
        var more = job
        more.folders = [Job.Folder(path: text), Job.Folder(path: "/n", view: text)]
        #expect(try JobLine.decode(JobLine.encode(more)[...]) == more)
        #expect(try JobLine.decode(JobLine.encode(job)[...]) == job)
        #expect(try JobLine.decode([]) == Job())
    }

    @Test("what is not a fact names line and field")
    func errors() throws {
        func failure(_ text: String) -> LineError? {
            do throws(LineError) {
                _ = try Self.decoded(text)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure("nonsense") == LineError(line: 7, field: 1, message: "unknown kind “nonsense”"))
        #expect(failure("begin")?.field == 2)
        #expect(failure("begin\t/a\tmore")?.field == 3)
        #expect(failure("done\t")?.field == 2)
        #expect(failure("gone\t123")?.message == "not an object id")
        #expect(failure("progress\tx\t-1")?.field == 3)
        #expect(failure("progress\tx\tx")?.message == "not a number")
        #expect(failure("begin\ta\\")?.message == "a backslash at the end")
        #expect(failure("begin\ta\\x1")?.message == "an unfinished \\x escape")
        #expect(failure("begin\ta\\q")?.message == "an unknown escape")
        #expect(failure("begin\t\\xff")?.message == "not valid UTF-8")
        let item = "item\tentry\twin\tk\t\(Self.id.hex)\t-\t-\t-\t-\t5\t0"
        #expect(failure(item + "\tsoon\t-\t-\t\t-\t-")?.message == "not a day")
        #expect(failure(item + "\t-\tnan\t-\t\t-\t-")?.message == "not a number")
        #expect(failure("repository\t/a\t-\tsvn\tfull\tno\tv\t-\t-")?.field == 4)
    }

    @Test("rubbish is an error and never a crash")
    func rubbish() {
        var generator = SystemRandomNumberGenerator()
        let kinds = ["commit", "repository", "begin", "end", "problem", "devlog", "touch", "item"]
        let pieces = ["\t", "\\", "\\x", "-", "0", "yes", "libgit2", "full", " ", "\u{FF}", Self.id.hex]
        for _ in 0..<2000 {
            let tail = (0..<Int.random(in: 0..<20, using: &generator)).map { _ in pieces.randomElement()! }
            _ = try? Self.decoded(kinds.randomElement()! + "\t" + tail.joined())
        }
    }
}
