import RhythmCore
import RhythmFacts
import Testing

@testable import RhythmStore

private let rules = EvidenceRules(calendar: CalendarHistory(DayRule(zone: .utc)))
private let now = Timestamp(1_795_435_200)  // 2026-11-23 12:00 UTC
private let allDays = CalendarDay(number: -1_000_000)...CalendarDay(number: 3_000_000)

private func id(_ number: UInt8) -> ObjectID {
    guard let id = ObjectID(bytes: [UInt8](repeating: number, count: 20)) else { preconditionFailure() }
    return id
}

private func daysAgo(_ days: Int) -> Timestamp { now + Int64(-days * 86_400) }

private func commit(_ number: UInt8, parent: UInt8 = 99, committed: Int64 = 0) -> Fact {
    .commit(
        CommitFact(
            id: id(number), authoredAt: daysAgo(1), offsetMinutes: 0, committedAt: daysAgo(1) + committed,
            firstParent: id(parent), parentCount: 1, email: "me@x", name: "Me", coAuthored: false,
            subject: "change \(number)"))
}

private func release(_ tag: String, _ object: UInt8, daysAgo days: Int = 1, by email: String = "me@x") -> Fact {
    .item(
        ItemFact(
            kind: .release, name: tag, key: "\(tag) \(id(object).hex)", object: id(object), commit: id(object),
            author: .init(email: email, name: "Me"), at: daysAgo(days)))
}

private func trailer(_ number: UInt8, _ kind: String, _ title: String) -> Fact {
    .item(
        ItemFact(
            kind: .entry, name: kind, key: "\(id(number).hex)#\(title)", object: id(number), commit: id(number),
            at: daysAgo(1), title: title))
}

private func entry(
    _ file: String, _ kind: String = "win", at: Timestamp? = daysAgo(1), day: CalendarDay? = nil, minutes: Double? = nil
) -> Fact {
    .item(
        ItemFact(
            kind: .entry, name: kind, key: "entries/\(file)", object: id(7), path: "entries/\(file)", at: at, day: day,
            quantity: minutes, title: file))
}

private func sample(_ file: String, _ value: Double, daysAgo days: Int, hour: Int64 = 0) -> Fact {
    .item(
        ItemFact(
            kind: .sample, name: "latency", key: file, object: id(8), path: file, at: daysAgo(days) + hour * 3600,
            quantity: value))
}

extension Store {
    fileprivate func take(
        _ name: String, _ facts: [Fact], releases: String? = nil, emails: [String] = ["me@x"],
        rules: EvidenceRules = rules, now: Timestamp = now
    ) throws {
        try take(name, .full, facts, releases: releases, emails: emails, rules: rules, now: now)
    }

    fileprivate func take(
        _ name: String, _ extent: RepositoryFact.Extent, _ facts: [Fact], releases: String? = nil,
        emails: [String] = ["me@x"], rules: EvidenceRules = rules, now: Timestamp = now
    ) throws {
        let repository = RepositoryFact(
            gitDir: "/r/\(name)/.git", workDir: "/r/\(name)", reader: .libgit2, extent: extent, rewritten: false,
            view: "v", tips: [id(1)], emails: emails, releases: releases)
        try record(
            [ScannedRepository(repository) { try facts.forEach($0) }], identity: .init(), rules: rules, now: now)
    }

    fileprivate func total(_ measure: Measure, from vantage: Vantage? = nil) throws -> Double {
        let source = Source(measure)
        return try series(of: [source], rules: rules, from: vantage)[source]?.total(in: allDays) ?? 0
    }

    fileprivate func verdicts(_ measure: Measure) throws -> [Verdict] {
        try storedItems(of: Source(measure), days: allDays).map(\.verdict)
    }
}

@Suite struct ItemTests {
    @Test func aReleaseCountsOnceHoweverManyClonesHaveItsTag() throws {
        let store = try Store()
        try store.take("a", [commit(1), release("v1", 1)], releases: "1")
        try store.take("b", [commit(1), release("v1", 1), release("v2", 2)], releases: "2")
        #expect(try store.total(.releases) == 2)
        #expect(try store.scanTargets().map(\.lastScan?.releases) == ["1", "2"])
        // The same name in another project is another release.
        try store.take("other", [release("v1", 3)], releases: "3")
        #expect(try store.total(.releases) == 3)
    }

    @Test func aTagThatIsMovedIsNoSecondReleaseAndOneThatIsDeletedKeepsItsCredit() throws {
        let store = try Store()
        try store.take("a", [release("v1", 1, daysAgo: 3)], releases: "1")
        try store.take("a", .delta, [release("v1", 2)], releases: "2")
        #expect(try store.verdicts(.releases) == [.counted, .folded])
        try store.take("a", .delta, [], releases: "3")
        #expect(try store.total(.releases) == 1)
        // A scan that gives no releases takes none away.
        try store.take("a", .delta, [])
        #expect(try store.total(.releases) == 1)
        let strict = EvidenceRules(calendar: rules.calendar, credit: .reachable)
        try store.adopt(strict, now: now)
        #expect(try store.verdicts(.releases) == [.rejected(.unreachable), .rejected(.unreachable)])
        let source = Source(.releases)
        #expect(try store.series(of: [source], rules: strict)[source]?.lost.map(\.goneAt) == [now, now])
    }

    @Test func aReleaseOfSomebodyElseIsNone() throws {
        let store = try Store()
        try store.take(
            "a", [release("v1", 1, by: "old@x"), release("v2", 2)], releases: "1", emails: ["me@x", "old@x"])
        #expect(try store.total(.releases) == 2)
        try store.take("a", [release("v2", 2)], releases: "1")
        #expect(try store.verdicts(.releases) == [.rejected(.notYours), .counted])
    }

    @Test func aTrailerSharesTheFateOfItsCommit() throws {
        let store = try Store()
        try store.take("a", [commit(1), trailer(1, "win", "talk")])
        #expect(try store.total(.entries("win")) == 1)
        // Amended: the same trailer is no second entry, and a new one is an entry though its commit folds.
        try store.take(
            "a", .delta,
            [commit(2, committed: 60), trailer(2, "win", "talk"), trailer(2, "win", "article"), .gone(id(1))])
        #expect(try store.total(.commits) == 1)
        #expect(try store.total(.entries("win")) == 2)
        // Put in other words it is the same entry.
        try store.take("a", .delta, [commit(3, committed: 90), trailer(3, "win", "a talk"), .gone(id(2))])
        #expect(try store.total(.entries("win")) == 2)
        let a = try #require(try store.repositories().first).id
        try store.setStanding(.ignored, of: a, rules: rules, now: now)
        #expect(try store.total(.entries("win")) == 0)
        #expect(throws: StoreError.self) { try store.take("a", .delta, [trailer(9, "win", "nowhere")]) }
    }

    @Test func theJournalIsAsItStands() throws {
        let store = try Store()
        try store.take("journal", [entry("a.md"), entry("b.md", minutes: 15), entry("c.md", "devlog")])
        #expect(try store.total(.entries("win")) == 2)
        #expect(try store.total(.minutes("win")) == 15)
        #expect(try store.total(.devlog) == 1)
        // An edit supersedes, a removal takes away, and so does a mistake until it is mended.
        try store.take("journal", .delta, [entry("a.md", "demo"), .itemGone(key: "entries/c.md")])
        #expect(try store.total(.entries("win")) == 1)
        #expect(try store.total(.entries("demo")) == 1)
        #expect(try store.total(.devlog) == 0)
        let mistake = UnreadableFact(path: "entries/b.md", line: 2, message: "no kind")
        try store.take("journal", .delta, [.unreadable(mistake)])
        #expect(try store.total(.entries("win")) == 0)
        #expect(try store.unreadableFiles().map(\.line) == [2])
        try store.take("journal", .delta, [entry("b.md")])
        #expect(try store.unreadableFiles().isEmpty)
        #expect(try store.entryKinds() == ["demo", "win"])
        // All of it anew: what is not named is not there.
        try store.take("journal", [entry("b.md")])
        #expect(try store.entryKinds() == ["win"])
    }

    @Test func twoClonesOfAJournalCountOnce() throws {
        let store = try Store()
        try store.take("journal", [entry("a.md")])
        try store.take("copy", [entry("a.md"), entry("b.md")])
        #expect(try store.total(.entries("win")) == 2)
        try store.take("copy", .delta, [.itemGone(key: "entries/a.md")])
        #expect(try store.total(.entries("win")) == 2)
        let copy = try #require(try store.repositories().first { $0.workDir == "/r/copy" }).id
        try store.forget(copy, rules: rules, now: now)
        #expect(try store.total(.entries("win")) == 1)
        let journal = try #require(try store.repositories().first).id
        try store.forget(journal, rules: rules, now: now)
        #expect(try store.total(.entries("win")) == 0)
    }

    @Test func anEntryCountsOnItsDay() throws {
        let store = try Store()
        let today = DayRule(zone: .utc).day(of: now)
        try store.take(
            "journal",
            [
                entry("stated.md", at: nil, day: today - 3), entry("tomorrow.md", at: nil, day: today + 1),
                entry("late.md", at: now + 3600), entry("never.md", at: nil),
            ])
        let source = Source(.entries("win"))
        #expect(try store.series(of: [source], rules: rules)[source]?.entries.map(\.day) == [today - 3])
        #expect(try store.nextFutureItem() == now + 3600)
        #expect(try store.promoteFuture(rules: rules, now: now + 3600))
        #expect(try store.series(of: [source], rules: rules)[source]?.entries.map(\.day) == [today - 3, today])
        #expect(try store.promoteFuture(rules: rules, now: now + 12 * 3600))
        #expect(try store.total(.entries("win")) == 3)
        // A stated day is that day wherever days begin.
        let nightly = EvidenceRules(calendar: CalendarHistory(DayRule(zone: .utc, startsAt: 4 * 3600)))
        try store.adopt(nightly, now: now + 12 * 3600)
        #expect(
            try store.series(of: [source], rules: nightly)[source]?.entries.map(\.day) == [today - 3, today, today + 1])
    }

    @Test func readingsAreLevelsOrGrowth() throws {
        let store = try Store()
        try store.take(
            "journal",
            [sample("b", 90.5, daysAgo: 2), sample("c", 80, daysAgo: 2, hour: 1), sample("a", 120, daysAgo: 1)])
        let today = DayRule(zone: .utc).day(of: now)
        func series(_ measure: Measure) throws -> DailySeries {
            try store.series(of: [Source(measure)], rules: rules)[Source(measure)] ?? DailySeries()
        }
        #expect(try series(.gauge("latency")).level(on: today - 2) == 80)
        #expect(try series(.gauge("latency")).level(on: today) == 120)
        #expect(try series(.counter("latency")).total(in: allDays) == 120)
        #expect(try series(.gauge("other")) == DailySeries())
    }

    @Test func thePastIsAskedForByDateAndByWhatWasKnown() throws {
        let store = try Store()
        try store.take("journal", [entry("a.md", at: daysAgo(5))], now: daysAgo(4))
        try store.take("journal", .delta, [entry("b.md", at: daysAgo(3))], now: now)
        func total(_ days: Int, asKnown: Bool = false) throws -> Double {
            try store.total(.entries("win"), from: Vantage(at: daysAgo(days), asKnown: asKnown))
        }
        #expect(try [6, 5, 3, 0].map { try total($0) } == [0, 1, 2, 2])
        #expect(try [5, 4, 3, 0].map { try total($0, asKnown: true) } == [0, 1, 1, 2])
    }

    @Test func whatCannotBeReadBlindsWhereItHadEntries() throws {
        let store = try Store()
        try store.take("journal", [entry("a.md")])
        #expect(try store.blindSince() == nil)
        try store.recordProblem(
            ProblemFact(path: "/r/journal/.git", code: "corrupt", message: "it is"), now: now + 60)
        #expect(try store.blindSince() == now)
        // Another repository that shows them makes good for it.
        try store.take("copy", [entry("a.md")])
        #expect(try store.blindSince() == nil)
    }

    @Test func whatBecomesTheJournalLosesItsCommits() throws {
        let store = try Store()
        try store.take("notes", [commit(1), trailer(1, "win", "talk")])
        #expect(try store.total(.commits) == 1)
        let repository = RepositoryFact(
            gitDir: "/r/notes/.git", workDir: "/r/notes", reader: .libgit2, extent: .full, rewritten: false, view: "j",
            tips: [id(1)], emails: ["me@x"], isJournal: true)
        let facts = [entry("a.md")]
        try store.record(
            [ScannedRepository(repository) { try facts.forEach($0) }], identity: .init(everyone: true), rules: rules,
            now: now)
        #expect(try store.total(.commits) == 0)
        #expect(try store.verdicts(.entries("win")) == [.rejected(.notYours), .counted])
        #expect(try store.repositories().map(\.own) == [0])
    }

    /// Verdicts are those that a ledger made of the same facts in another order has.
    @Test func derivedAfreshTheyAreTheSame() throws {
        let store = try Store()
        try store.take(
            "a",
            [
                commit(1), trailer(1, "win", "talk"), commit(2, committed: 60), trailer(2, "win", "talk"),
                release("v1", 2), release("v1", 1, daysAgo: 2),
            ], releases: "1")
        try store.take("journal", [entry("a.md"), entry("future.md", at: now + 60)])
        func all() throws -> [StoredItem] {
            try [.entries("win"), .releases].flatMap { try store.storedItems(of: Source($0), days: allDays) }
        }
        let items = try all()
        #expect(items.map(\.verdict) == [.counted, .folded, .counted, .rejected(.future), .counted, .folded])
        try store.adopt(EvidenceRules(calendar: rules.calendar, credit: .reachable), now: now + 120)
        #expect(try all() != items)
        try store.adopt(rules, now: now)
        #expect(try all() == items)
    }
}
