import RhythmCore
import RhythmFacts
import RhythmStore
import RhythmTestSupport
import Testing

private let rules = EvidenceRules(calendar: CalendarHistory(DayRule(zone: .utc)))
private let now = Timestamp(1_795_435_200)  // 2026-11-23 12:00 UTC
private let allDays = CalendarDay(number: -1_000_000)...CalendarDay(number: 3_000_000)
private let commits = Source(.commits)

private func id(_ number: Int) -> ObjectID {
    let bytes = (0..<20).map { $0 < 8 ? UInt8(truncatingIfNeeded: number >> (8 * (7 - $0))) : 1 }
    guard let id = ObjectID(bytes: bytes) else { preconditionFailure() }
    return id
}

/// A commit so many days ago, with a parent of its own so that nothing folds by chance.
private func commit(
    _ number: Int, daysAgo: Int = 1, parent: Int? = nil, subject: String? = nil, parents: Int = 1,
    email: String = "me@x", committed: Int64 = 0
) -> CommitFact {
    let at = Timestamp(now.seconds - Int64(daysAgo) * 86_400)
    return CommitFact(
        id: id(number), authoredAt: at, offsetMinutes: 0, committedAt: at + committed,
        firstParent: id(parent ?? number + 1_000_000), parentCount: parents, email: email, name: "Me",
        coAuthored: false,
        subject: subject ?? "change \(number)")
}

private func repository(
    _ name: String, _ extent: RepositoryFact.Extent = .full, emails: [String] = ["me@x"]
) -> RepositoryFact {
    RepositoryFact(
        gitDir: "/r/\(name)/.git", workDir: "/r/\(name)", reader: .libgit2, extent: extent, rewritten: false,
        view: "v", tips: [id(1)], emails: emails)
}

extension Store {
    @discardableResult
    fileprivate func take(
        _ repository: RepositoryFact, _ facts: [Fact], rules: EvidenceRules = rules, now: Timestamp = now
    ) throws -> ScanOutcome {
        try record(
            [ScannedRepository(repository) { try facts.forEach($0) }], identity: .init(), rules: rules, now: now)[0]
    }

    fileprivate func total(_ measure: Measure = .commits) throws -> Double {
        try series(of: [Source(measure)], rules: rules)[Source(measure)]?.total(in: allDays) ?? 0
    }

    fileprivate func verdicts(_ measure: Measure = .commits) throws -> [ObjectID: Verdict] {
        Dictionary(
            try items(of: Source(measure), days: allDays, undated: true).map { ($0.object, $0.verdict) },
            uniquingKeysWith: { $1 })
    }
}

/// What is counted as it changes is what a count of the whole ledger gives.
private func expectKeptCountsHold(in store: Store) throws {
    let whole = Vantage(at: Timestamp(1 << 50), asKnown: true)
    let sources: Set<Source> = [Source(.commits), Source(.devlog)]
    let kept = try store.series(of: sources, rules: rules)
    #expect(try kept == store.series(of: sources, rules: rules, from: whole))
    #expect(try store.repositories().map(\.own) == store.repositories(from: whole).map(\.own))
    // And so they are at any instant.
    for daysAgo in -1...4 {
        let then = now + Int64(-daysAgo * 86_400)
        let fromKept = try store.series(of: sources, rules: rules, from: Vantage(at: then))
        #expect(
            try fromKept[commits]?.total(in: allDays)
                == Double(
                    store.items(of: commits, days: allDays).count { $0.verdict == .counted && $0.at ?? now <= then }))
    }
}

@Suite struct LedgerTests {
    @Test func anObjectCountsOnceHoweverManyClonesHoldIt() throws {
        let store = try Store()
        #expect(try store.take(repository("a"), [.commit(commit(1)), .commit(commit(2))]).new == 2)
        #expect(try store.take(repository("b"), [.commit(commit(1)), .commit(commit(3))]).new == 1)
        #expect(try store.take(repository("a"), [.commit(commit(1)), .commit(commit(2))]).new == 0)
        #expect(try store.total() == 3)
    }

    @Test func aRewrittenCommitFoldsAndKeepsItsCredit() throws {
        let store = try Store()
        try store.take(repository("a"), [.commit(commit(1, parent: 9))])
        try store.take(
            repository("a", .delta), [.commit(commit(2, parent: 9, subject: "better", committed: 60)), .gone(id(1))])
        #expect(try store.verdicts() == [id(1): .counted, id(2): .folded])
        let items = try store.items(of: commits, days: allDays)
        #expect(items.first { $0.object == id(1) }?.unreachableSince == now)
        #expect(items.first { $0.object == id(2) }?.foldedInto == id(1))
    }

    @Test func withCreditReachableTheLedgerFollowsGit() throws {
        let store = try Store()
        let strict = EvidenceRules(calendar: rules.calendar, credit: .reachable)
        try store.take(repository("a"), [.commit(commit(1)), .commit(commit(2))], rules: strict)
        try store.take(repository("a", .delta), [.gone(id(1))], rules: strict)
        #expect(try store.verdicts() == [id(1): .rejected(.unreachable), id(2): .counted])
        try store.adopt(rules, now: now)
        #expect(try store.total() == 2)
    }

    @Test func aFullScanLosesWhatItDoesNotName() throws {
        let store = try Store()
        try store.take(repository("a"), [.commit(commit(1)), .commit(commit(2, email: "old@x"))])
        try store.take(repository("a"), [])
        let items = try store.items(of: commits, days: allDays)
        #expect(items.first { $0.object == id(1) }?.unreachableSince == now)
        // old@x is no identity any more, so that commit is not merely out of reach.
        #expect(try store.verdicts() == [id(1): .counted, id(2): .rejected(.notYours)])
        try store.take(
            repository("a", emails: ["me@x", "old@x"]), [.commit(commit(1)), .commit(commit(2, email: "old@x"))])
        #expect(try store.total() == 2)
    }

    @Test func mergesAndImpossibleDatesDoNotCountAndSayWhy() throws {
        let store = try Store()
        var undated = commit(3)
        undated.authoredAt = nil
        var farOff = commit(4)
        farOff.authoredAt = Timestamp(.max / 4)
        try store.take(repository("a"), [.commit(commit(1, parents: 2)), .commit(undated), .commit(farOff)])
        #expect(
            try store.verdicts() == [
                id(1): .rejected(.merge), id(3): .rejected(.impossibleDate), id(4): .rejected(.impossibleDate),
            ])
        try store.adopt(EvidenceRules(calendar: rules.calendar, countMerges: true), now: now)
        #expect(try store.total() == 1)
    }

    /// The rules of verdicts stand twice: in Swift for what is new, in SQL for what changed.
    @Test func whatWasJudgedAsItCameIsJudgedNoOtherwiseLater() throws {
        let store = try Store()
        var undated = commit(3)
        undated.authoredAt = nil
        let log = Fact.devlog(DevlogFact(commit: id(1), path: "DEVLOG.md"))
        try store.take(repository("ignored"), [])
        let ignored = try #require(try store.repositories().first).id
        try store.setStanding(.ignored, of: ignored, rules: rules, now: now)
        try store.take(
            repository("a"),
            [
                .commit(commit(1)), log, .commit(commit(2, parents: 2)), .commit(undated),
                .commit(commit(4, daysAgo: -3)),
                .commit(commit(5, daysAgo: 3, parent: 9)), .commit(commit(6, daysAgo: 3, parent: 9, committed: 60)),
            ])
        try store.take(repository("b"), [.commit(commit(1)), .commit(commit(7, daysAgo: 5))])
        try store.take(repository("ignored"), [.commit(commit(7, daysAgo: 5)), .commit(commit(8))])
        let verdicts = try store.verdicts()
        #expect(
            verdicts == [
                id(1): .counted, id(2): .rejected(.merge), id(3): .rejected(.impossibleDate), id(4): .rejected(.future),
                id(5): .counted, id(6): .folded, id(7): .counted, id(8): .rejected(.ignored),
            ])
        try expectKeptCountsHold(in: store)
        // Other rules and then these again: all is derived afresh.
        try store.adopt(EvidenceRules(calendar: rules.calendar, countMerges: true), now: now)
        #expect(try store.verdicts() != verdicts)
        try store.adopt(rules, now: now)
        #expect(try store.verdicts() == verdicts)
        try expectKeptCountsHold(in: store)
    }

    @Test func whatIsDatedInTheFutureCountsWhenItsTimeComes() throws {
        let store = try Store()
        try store.take(
            repository("a"), [.commit(commit(1, daysAgo: -2, parent: 9)), .commit(commit(2, daysAgo: -2, parent: 9))])
        #expect(try store.total() == 0)
        #expect(try store.nextFutureItem() == now + 2 * 86_400)
        #expect(try store.promoteFuture(rules: rules, now: now + 86_400) == false)
        #expect(try store.promoteFuture(rules: rules, now: now + 2 * 86_400))
        #expect(try store.verdicts() == [id(1): .counted, id(2): .folded])
    }

    @Test func aDevLogIsOneEntryForEachFileAndDayOfAHistory() throws {
        let store = try Store()
        func log(_ number: Int, _ path: String) -> Fact { .devlog(DevlogFact(commit: id(number), path: path)) }
        try store.take(
            repository("a"),
            [
                .commit(commit(1)), log(1, "DEVLOG.md"), .commit(commit(2)), log(2, "DEVLOG.md"), log(2, "devlog/x.md"),
                .commit(commit(3, daysAgo: 2)), log(3, "DEVLOG.md"),
            ])
        #expect(try store.total(.devlog) == 3)
        // Another repository's file of that name is another file, until it shows itself to be a clone.
        try store.take(repository("b"), [.commit(commit(7)), log(7, "DEVLOG.md")])
        #expect(try store.total(.devlog) == 4)
        try store.take(repository("b", .delta), [.commit(commit(1)), log(1, "DEVLOG.md")])
        #expect(try store.total(.devlog) == 3)
    }

    @Test func anEntryCountsOnTheDayThatItsFileStates() throws {
        let store = try Store()
        let today = DayRule(zone: .utc).day(of: now)
        func log(_ number: Int, _ heading: String, _ day: CalendarDay? = nil, file: String = "LOG.md") -> Fact {
            .devlog(DevlogFact(commit: id(number), path: file, heading: heading, day: day))
        }
        let source = Source(.devlog)
        func days(_ rules: EvidenceRules = rules) throws -> [Int] {
            try store.series(of: [source], rules: rules)[source]?.entries.flatMap { entry in
                Array(repeating: entry.day - today, count: Int(entry.quantity))
            } ?? []
        }
        try store.take(
            repository("a"),
            [
                .commit(commit(1)), log(1, "d1", today - 9), log(1, "d2", today - 8), log(1, "r1d1"),
                log(1, "", today - 7, file: "dated.md"), log(1, "d3", today + 1),
                // The same entry again, taken out and put back, or in a commit that was cherry-picked.
                .commit(commit(2, daysAgo: 0)), log(2, "d1", today - 9), log(2, "r1d1"),
                log(2, "", today - 7, file: "dated.md"),
            ])
        #expect(try days() == [-9, -8, -7, -1])
        #expect(try store.nextFutureItem() == now + 12 * 3600)
        #expect(try store.promoteFuture(rules: rules, now: now + 12 * 3600))
        #expect(try days() == [-9, -8, -7, -1, 1])
        // Where days begin later, what states its day keeps it.
        let nightly = EvidenceRules(calendar: CalendarHistory(DayRule(zone: .utc, startsAt: 13 * 3600)))
        try store.adopt(nightly, now: now + 24 * 3600)
        #expect(try days(nightly) == [-9, -8, -7, -2, 1])
        let items = try store.items(of: source, days: allDays)
        #expect(items.filter { $0.verdict == .folded }.map(\.heading).sorted() == ["", "d1", "r1d1"])
        #expect(items.first { $0.heading == "d2" }?.at == Timestamp(Int64((today - 8).number) * 86_400))
    }

    @Test func aPathTakesTheCommitsThatTouchIt() throws {
        let store = try Store()
        func touch(_ number: Int, _ globs: String...) -> [Fact] {
            globs.map { .touch(TouchFact(commit: id(number), glob: $0)) }
        }
        func total(_ measure: Measure, _ paths: String...) throws -> Double {
            let source = Source(measure, paths: paths)
            return try store.series(of: [source], rules: rules)[source]?.total(in: allDays) ?? -1
        }
        func objects(_ paths: String...) throws -> [ObjectID] {
            try store.items(of: Source(.commits, paths: paths), days: allDays).map(\.object).sorted()
        }
        // Before any commit touched anything no path is known, and one that is not known takes nothing.
        try store.take(repository("a"), [.commit(commit(1)), .commit(commit(2)), .commit(commit(3, daysAgo: 2))])
        #expect(try total(.commits, "src/**") == 0)
        #expect(try total(.commits) == 3)
        let before = try store.verdicts()
        try store.take(
            repository("a"),
            [.commit(commit(1))] + touch(1, "src/**", "docs/**") + [.commit(commit(2))] + touch(2, "src/**")
                + [.commit(commit(3, daysAgo: 2))] + touch(3, "docs/**"))
        #expect(try store.verdicts() == before)
        #expect(try total(.commits, "src/**") == 2)
        #expect(try total(.activeDays, "src/**") == 1)
        #expect(try objects("docs/**") == [id(1), id(3)])
        #expect(try total(.commits, "src/**", "docs/**") == 3)
        #expect(try total(.commits, "nothing") == 0)
        #expect(try total(.commits, "nothing", "docs/**") == 2)
        #expect(try total(.commits, "SRC/**") == 0)

        // A clone that cannot show it, and globs that are no longer asked for, take none away; saying it twice adds none.
        try store.take(repository("shallow"), [.commit(commit(1))])
        try store.take(repository("a"), [.commit(commit(1))] + touch(1, "src/**") + [.commit(commit(2))])
        #expect(try objects("docs/**") == [id(1), id(3)])
        #expect(try total(.commits, "src/**") == 2)

        // The commit does not touch the path, and what it was amended to does: the work is the same, and counts.
        try store.take(repository("a", .delta), [.commit(commit(4, parent: 9))])
        #expect(try total(.commits, "src/**") == 2)
        try store.take(
            repository("a", .delta),
            [.commit(commit(5, parent: 9, committed: 60))] + touch(5, "src/**") + [.gone(id(4))])
        #expect(try store.verdicts()[id(5)] == .folded)
        #expect(try total(.commits, "src/**") == 3)
        #expect(try objects("src/**") == [id(1), id(2), id(4), id(5)])

        #expect(throws: StoreError.self) { try store.take(repository("a", .delta), touch(77, "src/**")) }
    }

    @Test func whatIsForgottenIsForgottenWithItsTouches() throws {
        let store = try Store()
        let glob = "src/**"
        func facts(_ number: Int, devlog: Bool) -> [Fact] {
            [.commit(commit(number))] + (devlog ? [.devlog(DevlogFact(commit: id(number), path: "DEVLOG.md"))] : [])
                + [.touch(TouchFact(commit: id(number), glob: glob))]
        }
        try store.take(repository("a"), facts(1, devlog: true) + facts(2, devlog: false))
        try store.take(repository("b"), facts(1, devlog: true) + facts(3, devlog: false))
        let source = Source(.commits, paths: [glob])
        func total() throws -> Double? { try store.series(of: [source], rules: rules)[source]?.total(in: allDays) }
        #expect(try total() == 3)
        // A dev log that is dropped leaves its commit's touch alone.
        try store.take(repository("a"), facts(1, devlog: false) + facts(2, devlog: false))
        try store.take(repository("b"), facts(1, devlog: false) + facts(3, devlog: false))
        #expect(try store.total(.devlog) == 0)
        #expect(try total() == 3)
        for (name, left) in [("a", 2.0), ("b", 0)] {
            let gone = try #require(try store.repositories().first { $0.workDir == "/r/\(name)" }).id
            try store.forget(gone, rules: rules, now: now)
            #expect(try total() == left)
        }
        // New commits get ids that forgotten ones may have had.
        try store.take(repository("c"), [.commit(commit(8)), .commit(commit(9)), .commit(commit(10))])
        #expect(try total() == 0)
    }

    @Test func aDevLogOfAFoldedCommitIsNoSecondOne() throws {
        let store = try Store()
        func log(_ number: Int) -> Fact { .devlog(DevlogFact(commit: id(number), path: "DEVLOG.md")) }
        try store.take(repository("a"), [.commit(commit(1, subject: "log")), log(1)])
        // The same patch, applied in a repository that shares no history.
        try store.take(repository("b"), [.commit(commit(2, subject: "log", committed: 60)), log(2)])
        #expect(try store.total() == 1)
        #expect(try store.total(.devlog) == 1)
    }

    @Test func aCloneThatCannotShowADevLogTakesNoneAway() throws {
        let store = try Store()
        func log(_ number: Int) -> Fact { .devlog(DevlogFact(commit: id(number), path: "DEVLOG.md")) }
        try store.take(repository("whole"), [.commit(commit(1)), log(1)])
        try store.take(repository("shallow"), [.commit(commit(1))])
        #expect(try store.total(.devlog) == 1)
        try store.take(repository("whole"), [.commit(commit(1))])
        #expect(try store.total(.devlog) == 0)
    }

    @Test func aDevLogThatTheGlobsNoLongerNameIsNone() throws {
        let store = try Store()
        func log(_ number: Int) -> Fact { .devlog(DevlogFact(commit: id(number), path: "DEVLOG.md")) }
        try store.take(repository("a"), [.commit(commit(1)), log(1), .commit(commit(2)), log(2)])
        try store.take(repository("a"), [.commit(commit(1)), .commit(commit(2)), log(2)])
        #expect(try store.total(.devlog) == 1)
        #expect(try store.verdicts(.devlog) == [id(2): .counted])
    }

    @Test func ignoringRetiringAndForgetting() throws {
        let store = try Store()
        try store.take(repository("a"), [.commit(commit(1)), .commit(commit(2, parent: 9))])
        try store.take(repository("b"), [.commit(commit(1)), .commit(commit(3, parent: 9, committed: 5))])
        #expect(try store.total() == 2)
        let a = try #require(try store.repositories().first { $0.workDir == "/r/a" }).id
        try store.setStanding(.ignored, of: a, rules: rules, now: now)
        #expect(try store.verdicts() == [id(1): .counted, id(2): .rejected(.ignored), id(3): .counted])
        try store.setStanding(.retired, of: a, rules: rules, now: now)
        #expect(try store.total() == 2)
        #expect(try store.scanTargets().map(\.path) == ["/r/b/.git"])
        try store.forget(a, rules: rules, now: now)
        #expect(try store.verdicts() == [id(1): .counted, id(3): .counted])
    }

    @Test func aRepositoryThatCannotBeReadBlindsOnlyIfItMatters() throws {
        let store = try Store()
        let problem = ProblemFact(path: "/r/a/.git", code: "not-found", message: "gone")
        try store.take(repository("a"), [.commit(commit(1))])
        try store.recordProblem(problem, now: now + 3600)
        #expect(try store.blindSince() == now)
        #expect(try store.repositories().first?.problem?.since == now + 3600)
        // All that it holds is in a clone that can be read.
        try store.take(repository("b"), [.commit(commit(1))])
        #expect(try store.blindSince() == nil)
        try store.take(repository("a", .delta), [.commit(commit(2))])
        #expect(try store.repositories().first?.problem == nil)
        // Nothing of the user's in the eight weeks before.
        try store.take(repository("old"), [.commit(commit(5, daysAgo: 60))])
        try store.recordProblem(ProblemFact(path: "/r/old/.git", code: "corrupt", message: ""), now: now)
        #expect(try store.blindSince() == nil)
        try store.recordProblem(problem, now: now)
        #expect(try store.blindSince() == now)
        let a = try #require(try store.repositories().first { $0.workDir == "/r/a" }).id
        try store.setStanding(.retired, of: a, rules: rules, now: now)
        #expect(try store.blindSince() == nil)
    }

    @Test func aScanThatFailsHalfwayLeavesNothing() throws {
        struct Broken: Error {}
        let store = try Store()
        try store.take(repository("a"), [.commit(commit(1))])
        let good = ScannedRepository(repository("b")) { try $0(.commit(commit(3))) }
        let broken = ScannedRepository(repository("a")) { body in
            try body(.commit(commit(2)))
            try body(.gone(id(1)))
            throw Broken()
        }
        #expect(throws: Broken.self) {
            try store.record([good, broken], identity: .init(), rules: rules, now: now)
        }
        #expect(try store.verdicts() == [id(1): .counted])
        #expect(try store.items(of: commits, days: allDays).first?.unreachableSince == nil)
    }

    @Test func clonesThatKnowTheAuthorDifferentlyAgreeWhateverCameLast() throws {
        for order in [["a", "b"], ["b", "a"], ["a", "b", "a"]] {
            let store = try Store()
            for name in order {
                let email = name == "a" ? "z@x" : "m@x"
                try store.take(
                    repository(name, emails: [email]),
                    [
                        .commit(commit(1, parent: 9, email: email)),
                        .commit(commit(name == "a" ? 2 : 3, parent: 9, email: "m@x", committed: 5)),
                    ])
            }
            #expect(try store.verdicts() == [id(1): .counted, id(2): .folded, id(3): .folded])
        }
    }

    @Test func theOrderOfArrivalChangesNothing() throws {
        var random = SeededRandom(seed: 42)
        for round in 0..<30 {
            // Few authors, moments, parents and subjects, so that much folds.
            let commits = (1...40).map { number in
                commit(
                    number, daysAgo: random.next(below: 4) - 1, parent: random.next(below: 12),
                    subject: "s\(random.next(below: 4))", parents: random.next(below: 6) == 0 ? 2 : 1,
                    email: random.next(below: 5) == 0 ? "other@x" : "me@x", committed: Int64(random.next(below: 5)))
            }
            var found: [[ObjectID: Verdict]] = []
            for _ in 0..<3 {
                let store = try Store()
                var rest = commits.shuffled(using: &random)[...]
                while !rest.isEmpty {
                    let part = rest.prefix(1 + random.next(below: 15))
                    rest = rest.dropFirst(part.count)
                    try store.take(repository("r\(random.next(below: 3))", .delta), part.map(Fact.commit))
                }
                found.append(try store.verdicts())
                try expectKeptCountsHold(in: store)
            }
            #expect(found[0] == found[1] && found[0] == found[2], "round \(round)")
        }
    }

    @Test func definitionsAreRecordedWhenTheyChange() throws {
        let store = try Store()
        var definitions = RhythmDefinition.defaults
        try store.adopt(definitions, now: now)
        try store.adopt(definitions, now: now + 10)
        definitions[0].parts[0].target = 7
        try store.adopt(definitions, now: now + 20)
        let history = try #require(try store.histories()["commits"])
        #expect(history.versions.map(\.definition?.parts[0].target) == [5, 7])
        #expect(history.versions.map(\.recordedAt) == [now, now + 20])
        #expect(try store.installedAt() == now)
    }
}
