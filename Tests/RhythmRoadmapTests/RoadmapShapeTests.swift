import RhythmCore
import RhythmRoadmap
import RhythmTestSupport
import Testing

/// Roadmaps written in different ways, each with what is to be found in it.
private let shapes: [(name: String, text: String, expected: [String])] = [
    (
        "deep headings and stars as marks", "##### Phase 1: Go (Month 1-3)\n###### Syntax\n* [ ] Slices\n* [X] Maps\n",
        ["phase(1) Phase 1: Go (Month 1-3)", "  group Syntax", "    ☐ Slices", "    ☑ Maps"]
    ),
    (
        "plus signs and no blank lines",
        "## Phase 2 (Month 4)\n**Types**\n+ [ ] Generics\n**Success Criteria**\n+ 10+ commits\n",
        [
            "phase(2) Phase 2 (Month 4)", "  group Types", "    ☐ Generics", "  criteria Success Criteria",
            "    • 10+ commits",
        ]
    ),
    (
        "numbers", "# Plan\n## Phase 3\n1. [ ] One\n2. [x] Two\n10. [ ] Three\n",
        ["group Plan", "  phase(3) Phase 3", "    ☐ One", "    ☑ Two", "    ☐ Three"]
    ),
    (
        "CRLF and a BOM", "\u{FEFF}# Phase 1\r\n\r\n- [ ] A\r\n- [x] B\r\n", ["phase(1) Phase 1", "  ☐ A", "  ☑ B"]
    ),
    ("CR alone", "# Phase 1\r- [ ] A\r- [x] B\r", ["phase(1) Phase 1", "  ☐ A", "  ☑ B"]),
    (
        "nested tasks", "## Phase 1\n- [ ] A\n  - [ ] B\n    - [x] C\n- [ ] D\n",
        ["phase(1) Phase 1", "  ☐ A", "    ☐ B", "      ☑ C", "  ☐ D"]
    ),
    (
        "nested by tabs", "## Phase 1\n- [ ] A\n\t- [ ] B\n", ["phase(1) Phase 1", "  ☐ A", "    ☐ B"]
    ),
    (
        "in a quote", "> # Phase 1\n> - [ ] A\n>\n> **Math:**\n> - [ ] B\n",
        ["phase(1) Phase 1", "  ☐ A", "  group Math", "    ☐ B"]
    ),
    (
        "fences, comments and tables hold nothing",
        "# Phase 1\n```\n- [ ] fake\n# Phase 9\n```\n<!--\n- [ ] fake\n-->\n| a | b |\n|---|---|\n| - [ ] | x |\n\n- [ ] real\n",
        ["phase(1) Phase 1", "  ☐ real"]
    ),
    (
        "markup in items and titles",
        "# **Phase 1:** *Rust* `std`\n- [ ] Read [the *book*](https://example.org)\n- [x] ~~Nothing~~ `x < y`\n",
        ["phase(1) Phase 1: Rust std", "  ☐ Read the book", "  ☑ Nothing x < y"]
    ),
    (
        "underlined headings", "Year 1 (2026)\n=============\nPhase 0 (Month 1)\n-----------------\n- [ ] A\n",
        ["year(1, 2026) Year 1 (2026)", "  phase(0) Phase 0 (Month 1)", "    ☐ A"]
    ),
    (
        "calendar years", "# Year 2026\n## Basics (Month 1)\n- [ ] A\n# Year 2027\n## More (Month 13)\n- [ ] B\n",
        [
            "year(1, 2026) Year 2026", "  phase(1) Basics (Month 1)", "    ☐ A", "year(2, 2027) Year 2027",
            "  phase(2) More (Month 13)", "    ☐ B",
        ]
    ),
    (
        "months without a phase", "# Year 1\n## Basics (Month 1-2)\n- [ ] A\n## Depth (Month 3-4)\n- [ ] B\n",
        ["year(1) Year 1", "  phase(1) Basics (Month 1-2)", "    ☐ A", "  phase(2) Depth (Month 3-4)", "    ☐ B"]
    ),
    (
        "no phases at all", "# Learn\n## Reading\n- [x] SICP\n## Writing\n- [ ] A book\n- a note\n",
        ["group Learn", "  group Reading", "    ☑ SICP", "  group Writing", "    ☐ A book", "    • a note"]
    ),
    (
        "Czech",
        "# Rok 1 (2026)\n## Fáze 1: Základy (1.–2. měsíc)\n**Kritéria úspěchu:**\n- 30+ commits\n\n# Cíle\n"
            + "## Do konce roku 2026\n- [ ] 5 blog posts\n# Návyky\n## Každý týden\n- [ ] 5+ commits\n",
        [
            "year(1, 2026) Rok 1 (2026)", "  phase(1) Fáze 1: Základy (1.–2. měsíc)", "    criteria Kritéria úspěchu",
            "      • 30+ commits", "goals Cíle", "  goalsBy(2026) Do konce roku 2026", "    ☐ 5 blog posts",
            "rhythms Návyky", "  rhythms(week) Každý týden", "    ☐ 5+ commits",
        ]
    ),
    (
        "Mac Roman and Windows-1252", "# üéØ Phase 1\n- [ ] Rust ‚≠ê‚≠ê\n# ðŸ“… Phase 2\n- [ ] B\n",
        ["phase(1) 🎯 Phase 1", "  ☐ Rust ⭐⭐", "phase(2) 📅 Phase 2", "  ☐ B"]
    ),
    (
        "status as a list", "# Current Status\n- **Phase:** Phase 0 - Week 1\n- Active Days: 4\n- [ ] Commits: none\n",
        [
            "status Current Status", "  • Phase: Phase 0 - Week 1", "  • Active Days: 4", "  ☐ Commits: none",
            "= Phase: Phase 0 - Week 1", "= Active Days: 4",
        ]
    ),
    (
        "status as bold lines", "# Status\n**Total Commits**: ~5  \n**Next Milestone:** Ship it\n",
        ["status Status", "= Total Commits: ~5", "= Next Milestone: Ship it"]
    ),
    (
        "rhythms as headings", "# Habits\n## Daily\n- 1 commit\n## Weekly\n- 1 blog post\n## Each quarter\n- Release\n",
        [
            "rhythms Habits", "  rhythms(day) Daily", "    • 1 commit", "  rhythms(week) Weekly", "    • 1 blog post",
            "  rhythms(quarter) Each quarter", "    • Release",
        ]
    ),
    (
        "skills that are ticked", "# Skills\n## Level 1 (Month 1-6)\n- [x] Reading code ⭐⭐\n- [ ] Debugging\n",
        ["skills Skills", "  tier(1) Level 1 (Month 1-6)", "    ☑ Reading code ⭐⭐", "    ☐ Debugging"]
    ),
    (
        "text that runs on",
        "# Phase 1\nWe begin:\n\n- [ ] A task\n  that runs over lines\n\n  and says more: much more\n- [ ] Next\n",
        ["phase(1) Phase 1", "  ☐ A task that runs over lines", "  ☐ Next"]
    ),
    ("a lone list", "- [x] A\n- B\n", ["☑ A", "• B"]),
]

private let czech = RoadmapWords(adding: [
    .year: ["rok", "roku"], .phase: ["fáze"], .month: ["měsíc"], .criteria: ["kritéria úspěchu"], .goals: ["cíle"],
    .rhythms: ["návyky"], .weekly: ["každý týden"],
])

@Suite struct RoadmapShapeTests {
    @Test(arguments: shapes.indices) func everyShapeGivesItsTree(index: Int) throws {
        let shape = shapes[index]
        let roadmap = Roadmap(try Outline(markdown: Array(shape.text.utf8)), words: czech)
        #expect(Self.tree(of: roadmap) == shape.expected, "\(shape.name)")
    }

    /// One line is changed, and it changes back: no byte besides.
    @Test(arguments: shapes.indices) func everyBoxCanBeTickedAndNothingElseChanges(index: Int) throws {
        let bytes = Array(shapes[index].text.utf8)
        for item in Roadmap(try Outline(markdown: bytes)).items where item.box != nil {
            let other: Outline.Node.Box = item.box == .open ? .ticked : .open
            var edit = RoadmapEdit(bytes)
            let isSet = edit.setBox(other, line: item.line)
            #expect(isSet)
            #expect(zip(edit.bytes, bytes).count { $0 != $1 } == 1 && edit.bytes.count == bytes.count)
            let changed = Roadmap(try Outline(markdown: edit.bytes)).items
            #expect(changed.first { $0.line == item.line && $0.text == item.text }?.box == other)
            #expect(
                changed.count { $0.box == .ticked }
                    - Roadmap(try Outline(markdown: bytes)).items.count { $0.box == .ticked }
                    == (other == .ticked ? 1 : -1))
        }
    }

    @Test(arguments: shapes.indices) func everyFieldCanBeWrittenAndWrittenBack(index: Int) throws {
        let bytes = Array(shapes[index].text.utf8)
        for field in Roadmap(try Outline(markdown: bytes)).fields {
            var edit = RoadmapEdit(bytes)
            let isWritten = edit.setValue("212", line: field.line)
            #expect(isWritten)
            let written = Roadmap(try Outline(markdown: edit.bytes)).fields.first { $0.line == field.line }
            #expect(written?.value == "212" && written?.name == field.name)
            _ = edit.setValue(field.value, line: field.line)
            #expect(edit.bytes == bytes)
        }
    }

    @Test func theSampleHasAllItsParts() throws {
        let roadmap = Roadmap(try Outline(markdown: Array(SampleRoadmap.text.utf8)))
        #expect(roadmap.phases.map(\.number) == [0, 1, 2])
        #expect(roadmap.phases.map(\.months) == [1...2, 3...6, 13...18])
        #expect(
            roadmap.rhythms.map { "\($0.every.rawValue) \($0.id)" } == [
                "week commits", "week devlog", "week sync", "month blog-or-demo", "month roadmap-review",
                "month metrics",
                "quarter demo-or-releases", "quarter books-read",
            ])
        #expect(
            roadmap.projects.map { "\($0.stage) \($0.name) \($0.isPlaceholder)" } == [
                "current [Project Name] true", "current work false", "planned Language server false",
            ])
        #expect(roadmap.field(.lastUpdated)?.value == "[Date]")
        #expect(roadmap.field(.totalCommits, in: roadmap.status)?.value == "~5")
        #expect(RoadmapSchedule(roadmap, declared: nil)?.start == CalendarDay("2026-01-01"))
        // The skill tree has no boxes, so the phases' groups show what is acquired.
        #expect(roadmap.skillItems.count == 11)
    }

    @Test(
        arguments: [
            ([0x23, 0x00, 0x20], "zero bytes"), ([0xFF, 0xFE, 0x23, 0x00], "UTF-16"),
            (Array("".utf8), "neither a heading"),
            (Array("Just some words.\n".utf8), "neither a heading"),
        ] as [([UInt8], String)])
    func whatIsNoRoadmapIsToldWhatWasLookedFor(bytes: [UInt8], said: String) {
        #expect { try Outline(markdown: bytes) } throws: { "\($0)".contains(said) }
    }

    @Test func invalidUTF8AndControlCharactersDoNoHarm() throws {
        let outline = try Outline(markdown: Array("# Phase 1 ".utf8) + [0xC3, 0x28, 0x1B] + Array("\n- [ ] A\n".utf8))
        #expect(outline.nodes.count == 2)
    }

    /// Nested as deep as a megabyte goes, in what opens a level with few bytes.
    @Test(arguments: [("> ", 100_000), ("- ", 3_000), ("1. ", 3_000), ("* [ ] ", 3_000)])
    func deepNestingIsNoTrouble(mark: String, levels: Int) throws {
        let line = String(repeating: mark, count: levels) + "[ ] end\n"
        #expect(try !Outline(markdown: Array("# A\n\(line)".utf8)).nodes.isEmpty)
    }

    /// Twice the text takes about twice the time, so ten times takes less than forty times.
    @Test func timeGrowsWithTheLength() throws {
        func time(_ copies: Int) throws -> Duration {
            let bytes = Array(String(repeating: SampleRoadmap.text, count: copies).utf8)
            return try (0..<3).map { _ in
                try ContinuousClock().measure { _ = Roadmap(try Outline(markdown: bytes)) }
            }.min() ?? .zero
        }
        let few = try time(20)
        #expect(try time(200) < few * 40)
    }

    static func tree(of roadmap: Roadmap) -> [String] {
        var lines: [(line: Int, text: String)] = []
        for section in roadmap.sections {
            lines.append(
                (section.line, String(repeating: "  ", count: section.depth) + "\(name(section.kind)) \(section.title)")
            )
        }
        for item in roadmap.items {
            var depth = item.section.map { roadmap.sections[$0].depth + 1 } ?? 0
            var parent = item.parent
            while let index = parent {
                depth += 1
                parent = roadmap.items[index].parent
            }
            let mark = item.box == .open ? "☐" : item.box == .ticked ? "☑" : "•"
            lines.append((item.line, String(repeating: "  ", count: depth) + "\(mark) \(item.text)"))
        }
        return lines.sorted { $0.line < $1.line }.map(\.text) + roadmap.fields.map { "= \($0.name): \($0.value)" }
    }

    private static func name(_ kind: Roadmap.Section.Kind) -> String {
        switch kind {
        case .year(let number, let calendar): "year(\(number)" + (calendar.map { ", \($0)" } ?? "") + ")"
        case .phase(let number, _): "phase(\(number))"
        case .tier(let number, _): "tier(\(number ?? -1))"
        case .goalsBy(let month, let year): "goalsBy(\(month ?? year ?? 0))"
        case .rhythms(let every): "rhythms" + (every.map { "(\($0.rawValue))" } ?? "")
        case .milestone(let month): "milestone(\(month))"
        case .projects(let stage): "projects(\(stage))"
        case .demo: "demo"
        case .criteria: "criteria"
        case .resources: "resources"
        case .skills: "skills"
        case .goals: "goals"
        case .milestones: "milestones"
        case .tracker: "tracker"
        case .status: "status"
        case .group: "group"
        }
    }
}
