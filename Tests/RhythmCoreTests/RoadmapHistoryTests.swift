import RhythmCore
import RhythmTestSupport
import Testing

/// Random edits of random roadmaps: what the changes between the versions add up to is what the last version says.
@Suite struct RoadmapHistoryTests {
    private struct Draft {
        struct Item {
            var id: Int
            var text: String
            var isTicked: Bool
        }

        var sections: [(title: String, items: [Item])]

        var roadmap: Roadmap {
            var nodes: [Outline.Node] = []
            for section in sections {
                nodes.append(.init(kind: .heading, depth: 0, text: section.title, line: nodes.count + 1))
                for item in section.items {
                    nodes.append(
                        .init(
                            kind: .item, depth: 1, text: item.text, box: item.isTicked ? .ticked : .open,
                            line: nodes.count + 1))
                }
            }
            return Roadmap(Outline(nodes))
        }
    }

    private static let subjects = ["parser", "lexer", "tests", "docs", "fuzzer", "linker", "cache", "printer"]

    private static func text(_ id: Int, _ generator: inout SeededRandom) -> String {
        "\(subjects[id % subjects.count]) number \(id) works well in \(["most", "all", "many"].randomElement(using: &generator)!) cases"
    }

    @Test(arguments: 0..<60) func theChangesAddUpToTheLastVersion(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var nextID = 0
        func item() -> Draft.Item {
            nextID += 1
            return .init(id: nextID, text: Self.text(nextID, &random), isTicked: Bool.random(using: &random))
        }
        var draft = Draft(sections: (1...3).map { ("Phase \($0)", (0..<4).map { _ in item() }) })
        var events: [RoadmapHistory.Event] = []
        var tickedAt: [Int: Int] = [:]
        var before: Roadmap?
        for step in 0..<25 {
            if step > 0 {
                let section = draft.sections.indices.randomElement(using: &random)!
                let index = draft.sections[section].items.indices.randomElement(using: &random)
                switch (Int.random(in: 0..<7, using: &random), index) {
                case (0, let index?), (1, let index?):
                    draft.sections[section].items[index].isTicked.toggle()
                    let changed = draft.sections[section].items[index]
                    tickedAt[changed.id] = changed.isTicked ? step : nil
                case (2, let index?): tickedAt[draft.sections[section].items.remove(at: index).id] = nil
                case (3, let index?): draft.sections[section].items[index].text += " now"
                case (4, let index?):
                    let moved = draft.sections[section].items.remove(at: index)
                    draft.sections[(section + 1) % 3].items.append(moved)
                case (5, _): draft.sections[section].title = "Phase \(section + 1): take \(step)"
                default:
                    let new = item()
                    draft.sections[section].items.insert(new, at: 0)
                    if new.isTicked { tickedAt[new.id] = step }
                }
            }
            let now = draft.roadmap
            let changes = RoadmapChange.between(before, now)
            #expect(RoadmapChange.between(now, now).isEmpty)
            let commit = try #require(ObjectID(hex: String(repeating: "0", count: 36) + padded(step, to: 4)))
            events += changes.map {
                .init(
                    change: $0, commit: commit, at: Timestamp(Int64(step) * 86_400), day: CalendarDay(number: step),
                    isOwn: true)
            }
            before = now
        }
        let history = RoadmapHistory(events)
        let last = draft.roadmap
        #expect(history.records.count == last.items.count)
        for (index, item) in draft.sections.flatMap(\.items).enumerated() {
            let record = try #require(history.records[last.name(of: index)], "\(item)")
            #expect(record.isTicked == item.isTicked, "\(item)")
            #expect(record.ticked?.day.number == tickedAt[item.id], "\(item)")
        }
        // The burn-up ends where the boxes are.
        for (section, points) in history.burnUps(of: last) {
            let boxes = last.items(in: section)
            #expect(points.last?.total == boxes.count)
            #expect(points.last?.done == boxes.count { $0.box == .ticked })
        }
    }

    @Test func whatWasTickedInTheFirstVersionWasDoneBefore() {
        let nodes = [
            Outline.Node(kind: .heading, depth: 0, text: "Phase 1", line: 1),
            .init(kind: .item, depth: 1, text: "A", box: .ticked, line: 2),
        ]
        let first = Roadmap(Outline(nodes))
        #expect(RoadmapChange.between(nil, first).map(\.kind) == [.added])
        let second = Roadmap(Outline(nodes + [.init(kind: .item, depth: 1, text: "B", box: .ticked, line: 3)]))
        #expect(RoadmapChange.between(first, second).map(\.kind) == [.added, .ticked])
    }
}

@Suite struct RoadmapStandingTests {
    private static func roadmap(ticked: Int, of total: Int, fields: [Outline.Node] = []) -> Roadmap {
        var nodes = [
            Outline.Node(kind: .heading, depth: 0, text: "Phase 1 (Month 1-2)", line: 1),
            .init(kind: .label, depth: 1, text: "Tools", line: 2),
        ]
        for index in 0..<total {
            nodes.append(
                .init(
                    kind: .item, depth: 2, text: "Task \(index)", box: index < ticked ? .ticked : .open, line: 3 + index
                ))
        }
        nodes += [
            .init(kind: .label, depth: 1, text: "Success Criteria", line: 100),
            .init(kind: .item, depth: 2, text: "30+ commits", line: 101),
            .init(kind: .heading, depth: 0, text: "Current Status", line: 110),
        ]
        return Roadmap(Outline(nodes + fields))
    }

    private static func standing(
        _ roadmap: Roadmap, today: String, commits: [String: Double] = [:], ticks: [String] = []
    ) throws -> RoadmapStanding {
        let series = DailySeries(
            try commits.map { .init(day: try #require(CalendarDay($0.key)), quantity: $0.value) })
        let commit = try #require(ObjectID(hex: String(repeating: "a", count: 40)))
        func event(_ kind: RoadmapChange.Kind, _ index: Int, _ day: String) throws -> RoadmapHistory.Event {
            .init(
                change: .init(kind: kind, name: .init(path: ["Phase 1 (Month 1-2)", "Tools"], text: "Task \(index)")),
                commit: commit, at: Timestamp(0), day: try #require(CalendarDay(day)), isOwn: true)
        }
        let added = try (0..<20).map { try event(.added, $0, "2025-12-01") }
        let history = RoadmapHistory(added + (try ticks.enumerated().map { try event(.ticked, $0.offset, $0.element) }))
        return RoadmapStanding(
            roadmap, schedule: RoadmapSchedule(start: try #require(CalendarDay("2026-01-01"))),
            today: try #require(CalendarDay(today)), history: history, series: [Source(.commits): series])
    }

    /// January and February have 59 days: after 29 of them 29/59 should be done.
    @Test func weeksAheadAreTheShareDoneLessTheShareOfDays() throws {
        let standing = try Self.standing(Self.roadmap(ticked: 10, of: 20), today: "2026-01-30")
        let expected = (0.5 - 29.0 / 59) * 59 / 7
        #expect(abs(try #require(standing.weeksAhead) - expected) < 1e-9)
        #expect(standing.current == 0)
        #expect(standing.overall.done == 10)
        #expect(standing.next.first == 10)
        let late = try Self.standing(Self.roadmap(ticked: 10, of: 20), today: "2026-06-01")
        #expect(abs(try #require(late.weeksAhead) + 59.0 / 14) < 1e-9)
    }

    /// Eight ticks in eight weeks are one a week: ten open ones take ten weeks.
    @Test func theFinishGoesOnAsInTheLastEightWeeks() throws {
        let days = (0..<8).map { (CalendarDay("2026-01-01")! + 7 * $0).description }
        let standing = try Self.standing(Self.roadmap(ticked: 10, of: 20), today: "2026-02-25", ticks: days)
        #expect(standing.velocity == 1)
        let finish = try #require(standing.phases[0].finish)
        #expect(finish.likely == CalendarDay("2026-02-25")! + 70)
        #expect(finish.earliest < finish.likely && finish.likely < finish.latest!)
        // √8.375 ± 0.64 squared, less 0.375: 4.7 to 12.1 in eight weeks, for ten.
        #expect(finish.earliest == CalendarDay("2026-02-25")! + 47)
        #expect(finish.latest == CalendarDay("2026-02-25")! + 120)
        let idle = try Self.standing(Self.roadmap(ticked: 10, of: 20), today: "2026-08-25", ticks: days)
        #expect(idle.phases[0].finish == nil && idle.velocity == 0)
    }

    @Test func aCriterionCountsInItsPhaseAlone() throws {
        let commits = ["2025-12-31": 50.0, "2026-01-01": 10, "2026-02-28": 19, "2026-03-01": 99]
        let open = try Self.standing(Self.roadmap(ticked: 0, of: 20), today: "2026-02-28", commits: commits)
        #expect(open.criteria.map(\.state) == [.open])
        #expect(open.criteria[0].readings[0].have == 29)
        let over = try Self.standing(Self.roadmap(ticked: 0, of: 20), today: "2026-03-02", commits: commits)
        #expect(over.criteria.map(\.state) == [.missed])
        let met = try Self.standing(
            Self.roadmap(ticked: 0, of: 20), today: "2026-03-02", commits: commits.merging(["2026-02-01": 1]) { $1 })
        #expect(met.criteria.map(\.state) == [.met])
    }

    @Test(arguments: [
        ("Phase 0 - Week 1", "Phase 1 - Week 5", true), ("fáze 1, týden 2", "fáze 1, týden 5", false),
        ("somewhere", "Phase 1 - Week 5", false), ("Phase 1", "Phase 1 - Week 5", false),
    ])
    func thePhaseKeepsItsWords(stated: String, value: String, contradicts: Bool) throws {
        let field = Outline.Node(kind: .field, depth: 1, text: "Phase", value: stated, line: 111)
        let standing = try Self.standing(Self.roadmap(ticked: 1, of: 20, fields: [field]), today: "2026-01-30")
        let status = RoadmapStatus(standing, commits: DailySeries())
        #expect(status.values.first?.value == value)
        #expect((status.values.first?.contradiction != nil) == contradicts)
    }

    @Test(arguments: [
        ("~5", 212.0, true), ("~200", 212, false), ("0", 12, false), ("1,000", 212, true), ("many", 5, false),
    ])
    func onlyWhatIsFarOffContradicts(stated: String, counted: Double, contradicts: Bool) throws {
        let field = Outline.Node(kind: .field, depth: 1, text: "Total Commits", value: stated, line: 112)
        let commits = ["2026-01-02": counted]
        let standing = try Self.standing(
            Self.roadmap(ticked: 1, of: 20, fields: [field]), today: "2026-01-30", commits: commits)
        let status = RoadmapStatus(
            standing, commits: DailySeries([.init(day: CalendarDay("2026-01-02")!, quantity: counted)]))
        let value = try #require(status.values.first { $0.part == .totalCommits })
        #expect(value.value == text(of: counted))
        #expect((value.contradiction != nil) == contradicts)
        #expect(RoadmapDrift.all(standing, status, reviewed: nil).contains { $0.line == 112 } == contradicts)
    }

    @Test func aPhaseThatIsTickedWithoutItsCriterionDrifts() throws {
        let standing = try Self.standing(
            Self.roadmap(ticked: 20, of: 20), today: "2026-01-30", commits: ["2026-01-02": 5])
        let drift = RoadmapDrift.all(standing, RoadmapStatus(standing, commits: DailySeries()), reviewed: nil)
        #expect(drift.map(\.kind) == [.criterion])
        #expect(drift[0].line == 101 && drift[0].text.contains("30+ commits") && drift[0].text.hasSuffix(": 5"))
    }

    @Test(arguments: [
        ("Weekly", "2026-01-21", true), ("Weekly", "2026-01-22", false), ("every month", "2025-12-28", true),
        ("2026-01-29", "2026-01-28", true), ("2026-01-29", "2026-01-29", false), ("when I like", "2020-01-01", false),
    ])
    func aReviewIsOverdueADayAfterItsTime(next: String, reviewed: String, isOverdue: Bool) throws {
        let field = Outline.Node(kind: .field, depth: 1, text: "Next Review", value: next, line: 113)
        let standing = try Self.standing(Self.roadmap(ticked: 1, of: 20, fields: [field]), today: "2026-01-30")
        let drift = RoadmapDrift.all(
            standing, RoadmapStatus(standing, commits: DailySeries()), reviewed: CalendarDay(reviewed))
        #expect(drift.contains { $0.kind == .review } == isOverdue)
    }
}
