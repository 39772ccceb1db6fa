import GRDB
import RhythmCore
import RhythmFacts
import RhythmTestSupport
import Testing

@testable import RhythmStore

private let rules = EvidenceRules(calendar: CalendarHistory(DayRule(zone: .utc)), credit: .reachable)
private let now = Timestamp(1_795_435_200)  // 2026-11-23 12:00 UTC
private let horizon = now + -56 * 86_400

private func id(_ number: Int) -> ObjectID {
    guard let id = ObjectID(bytes: [UInt8(number >> 8), UInt8(number & 255)] + Array(repeating: 7, count: 18)) else {
        preconditionFailure()
    }
    return id
}

private func repository(
    _ name: String, _ extent: RepositoryFact.Extent, emails: [String] = ["me@x"]
) -> RepositoryFact {
    RepositoryFact(
        gitDir: "/r/\(name)/.git", workDir: "/r/\(name)", reader: .libgit2, extent: extent, rewritten: false,
        view: "v", tips: [id(1)], emails: emails, horizon: extent == .recent ? horizon : nil)
}

extension Store {
    fileprivate func take(_ repository: RepositoryFact, _ facts: [Fact], now: Timestamp = now) throws {
        try record(
            [ScannedRepository(repository) { try facts.forEach($0) }], identity: .init(emails: ["me@x"]), rules: rules,
            now: now)
    }

    /// All that scans leave in the database, without the numbers of rows.
    fileprivate func content() throws -> [String] {
        try read { db in
            try [
                """
                SELECT git_dir, work_dir, standing, reader, view, hex(tips), emails, scanned_at, first_seen_at,
                    complete_since, (SELECT git_dir FROM repository l WHERE l.id = r.lineage) FROM repository r
                """,
                """
                SELECT e.kind, hex(e.object), e.path, hex(c.object), a.email, a.name, e.at, e.offset_minutes,
                    e.committed_at, hex(e.first_parent), e.parents, e.subject, e.co_authored, e.recorded_at, e.day,
                    e.verdict, hex(l.object), l.path FROM evidence e JOIN author a ON a.id = e.author
                    LEFT JOIN evidence c ON c.id = e.carrier LEFT JOIN evidence l ON l.id = e.folded_into
                """,
                """
                SELECT e.kind, hex(e.object), e.path, r.git_dir, a.email, s.gone_at, s.disowned FROM sighting s
                    JOIN evidence e ON e.id = s.evidence JOIN repository r ON r.id = s.repository
                    JOIN author a ON a.id = s.author
                """,
                """
                SELECT hex(e.object), g.glob FROM touch t JOIN evidence e ON e.id = t.evidence
                    JOIN path_glob g ON g.id = t.glob
                """,
                "SELECT r.git_dir, o.email, o.name, o.commits FROM other_author o JOIN repository r ON r.id = repository",
                "SELECT code, since, until FROM gap", "SELECT kind, day, items FROM daily",
            ].flatMap { sql in try Row.fetchAll(db, sql: sql).map { "\($0)" }.sorted() }
        }
    }
}

@Suite struct RecentLookTests {
    /// A repository's facts: few moments, parents, subjects and files, so that much folds, here and in its clones.
    private func facts(_ random: inout SeededRandom, from numbers: Range<Int>) -> [(committedAt: Timestamp, [Fact])] {
        numbers.shuffled(using: &random).prefix(30).map { number in
            var own = SeededRandom(seed: UInt64(number))
            let authored = now + -Int64(own.next(below: 12)) * 10 * 86_400
            let committed = authored + (own.next(below: 3) == 0 ? Int64(own.next(below: 90)) * 86_400 : 0)
            let commit = CommitFact(
                id: id(number), authoredAt: authored, offsetMinutes: 60, committedAt: committed,
                firstParent: id(1000 + own.next(below: 9)), parentCount: own.next(below: 8) == 0 ? 2 : 1, email: "me@x",
                name: "Me", coAuthored: false, subject: "s\(own.next(below: 4))")
            var facts: [Fact] = [.commit(commit)]
            if own.next(below: 3) == 0 { facts.append(.devlog(.init(commit: id(number), path: "DEVLOG.md"))) }
            if own.next(below: 3) == 0 { facts.append(.touch(.init(commit: id(number), glob: "src/**"))) }
            return (committed, facts)
        }
    }

    @Test func aFullScanAfterARecentLookComesToTheSameDatabase() throws {
        var random = SeededRandom(seed: 7)
        for round in 0..<20 {
            let scans = ["a", "b", "c"].map { name in (name, facts(&random, from: 0..<(40 + 10 * round))) }
            let other = Fact.other(.init(email: "bob@x", name: "Bob", commits: 4))
            let alone = try Store()
            let grown = try Store()
            for (name, facts) in scans {
                try alone.take(repository(name, .full), facts.flatMap(\.1) + [other])
                let recent = facts.filter { $0.committedAt >= horizon }.flatMap(\.1)
                try grown.take(repository(name, .recent), recent)
                // A daemon that was killed looks again.
                if round % 3 == 0 { try grown.take(repository(name, .recent), recent) }
            }
            let look = try grown.content()
            #expect(
                try grown.unfinishedHistory()
                    == UnfinishedHistory(completeSince: horizon, gitDirs: Set(["a", "b", "c"].map { "/r/\($0)/.git" })))
            for (name, facts) in scans.shuffled(using: &random) {
                try grown.take(repository(name, .full), facts.flatMap(\.1) + [other])
            }
            #expect(try grown.content() != look)
            #expect(try grown.content() == alone.content(), "round \(round)")
            #expect(try grown.unfinishedHistory() == nil)
        }
    }

    @Test func aRecentLookTakesNothingAwayAndIsNoScanToGoOnFrom() throws {
        let store = try Store()
        func commit(_ number: Int, email: String = "me@x") -> Fact {
            .commit(
                CommitFact(
                    id: id(number), authoredAt: now + -Int64(number) * 86_400, offsetMinutes: 0, committedAt: now,
                    firstParent: nil, parentCount: 0, email: email, name: "Me", coAuthored: false, subject: "\(number)")
            )
        }
        try store.take(repository("a", .recent), [commit(1), commit(2)])
        try store.take(repository("a", .recent), [commit(1)], now: now + 60)
        #expect(try store.items(of: Source(.commits), days: allDays).allSatisfy { $0.unreachableSince == nil })
        let targets = try store.scanTargets()
        #expect(targets == [.init(path: "/r/a/.git")])
        let known = try #require(try store.repositories().first)
        #expect(known.completeSince == horizon)
        #expect(known.scannedAt == nil)
        #expect(known.emails == ["me@x"])

        // One that cannot be read is not waited for, and what it may have got since it was looked at is not known.
        try store.recordProblem(.init(path: "/r/a/.git", code: "timeout", message: ""), now: now + 3600)
        #expect(try store.unfinishedHistory() == nil)
        #expect(try store.blindSince() == now)

        try store.take(repository("a", .full), [commit(1)], now: now + 7200)
        #expect(try store.unfinishedHistory() == nil)
        #expect(try store.scanTargets() == [.init(path: "/r/a/.git", lastScan: .init(view: "v", tips: [id(1)]))])
        #expect(try store.repositories().first?.completeSince == nil)
        let gone = try store.items(of: Source(.commits), days: allDays).filter { $0.unreachableSince != nil }
        #expect(gone.map(\.object) == [id(2)])
    }

    private let allDays = CalendarDay(number: -1_000_000)...CalendarDay(number: 3_000_000)
}
