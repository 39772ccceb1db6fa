import RhythmTestSupport
import Testing

@testable import RhythmCore

@Suite struct DatedHeadingTests {
    private static let today = CalendarDay("2026-11-23")!

    private static func headings(_ text: String, since old: String = "", near day: CalendarDay = today) -> [String]? {
        DatedHeading.new(in: Array(text.utf8), since: [Array(old.utf8)], near: day).map { headings in
            headings.map { $0.day == nil ? $0.key : $0.day.map { "\($0)" } == $0.key ? $0.key : "\($0)" }
        }
    }

    @Test(
        arguments: [
            "## 2026-11-22", "# 2026-11-22 Parser", "### Day 12: November 22, 2026", "**22.11.2026**", "## 22.11.2026",
            "## 2026/11/22", "## 2026.11.22", "## 20261122", "## [2026-11-22]", "## [1.2.0] - 2026-11-22",
            "## v1.2.0 (2026-11-22)", "## Nov 22nd, 2026", "## Nov. 22, 2026", "## 22 November 2026",
            "## 22nd of November, 2026", "## Sunday, November 22nd, 2026", "## Sunday, 22 November 2026",
            "## 2026-11-22 (Sunday)", "## 2026-11-22, Sun", "## Sun 2026-11-22", "## 🎉 2026-11-22",
            "#### 📅 Nov 22 2026",
            "## 22. November 2026", "## Sonntag, 22. November 2026", "## 22 novembre 2026",
            "## 22 de noviembre de 2026",
            "## 22. listopadu 2026", "## 22. 11. 2026", "## 22-Nov-2026", "## 2026-11-22T18:00:00Z",
            "## 2026-11-22 18:00",
            "##2026-11-22", "   ## 2026-11-22 ##", "## 2026-11-22:", "**2026-11-22**: parser done",
            "- **2026-11-22** parser", "__2026-11-22__", "2026-11-22", "November 22, 2026", "2026-11-22\n==========",
            "Parser - 2026-11-22\n---", "## Log 2026-11-22", "## Dev log: 2026-11-22", "## Parser done (2026-11-22)",
            "## Parser done | 2026-11-22", "## Parser – 2026-11-22", "# R1D5 2026-11-22", "## Day 12 - 2026-11-22",
            "## Day 12 (22 Nov 2026)", "== 2026-11-22", "## 2026-11-22 – 2026-11-28", "## 11/22/2026", "## 22/11/2026",
            "## 11/22/26", "## Nov 22", "## 22 November", "## 2026-11-22\r", "## _2026-11-22_",
            "## `2026-11-22`",
            "## <2026-11-22 Sun>", "## 2026_11_22",
        ]) func aDateIsReadHoweverItIsWritten(_ line: String)
    {
        #expect(Self.headings("intro\n\n\(line)\n\ntext\n") == ["2026-11-22"])
    }

    @Test(
        arguments: [
            ("# R1D5", "r1d5"), ("## r1d05: more", "r1d5"), ("# Round 1, Day 5", "r1d5"), ("### Day 12", "day 12"),
            ("## Day 12: the parser", "day 12"), ("## Day #12", "day 12"), ("## Tag 12", "day 12"),
            ("## Week 47, 2026", "2026-W47"), ("## 2026-W47", "2026-W47"), ("## 2026 week 47", "2026-W47"),
            ("## Week 47", "week 47"), ("## KW 47/2026", "2026-W47"),
        ]) func aNumberStandsWhereThereIsNoDate(_ line: String, _ key: String)
    {
        #expect(Self.headings(line + "\n") == [key])
    }

    @Test(
        arguments: [
            "", "text", "## Parser", "## 2026", "## Version 1.2.2026", "## 1.2.3",
            "## Fixed the bug of 2026-11-22 at last",
            "## Since 2026-11-22", "## 2026-13-22", "## 31.11.2026", "## 2026-11-22-1", "## 2026-11-22.3",
            "## 99/99/2026",
            "I did it on 2026-11-22", "2026-11-22 was a good day", "    ## 2026-11-22", "```\n## 2026-11-22\n```",
            "~~~\n2026-11-22\n~~~", "- 2026-11-22: done", "| 2026-11-22 | done |", "---\ndate: 2026-11-22\n---\ntext",
            "####### 2026-11-22", "## May 1 release", "## Room 12", "## daybreak 12", "**Note**", "## 192.168.10.2026",
            "## 123456789012345678901234567890", "## 20269999", "##", "#", "**", "## ](", "## 2026-11-222",
        ]) func whatIsNoDateHeadsNoDay(_ text: String)
    {
        #expect(Self.headings(text) == nil)
    }

    @Test func whichIsTheMonthIsToldByTheOtherDates() {
        #expect(Self.headings("## 03/04/2026\n## 04/13/2026\n") == ["2026-03-04", "2026-04-13"])
        #expect(Self.headings("## 03/04/2026\n## 13/04/2026\n") == ["2026-04-03", "2026-04-13"])
        // And else by what is nearer to the day of the change.
        #expect(Self.headings("## 03/11/2026\n") == ["2026-11-03"])
        #expect(Self.headings("## 11/03/2026\n") == ["2026-11-03"])
        // In the same way in all versions, so that what was read otherwise before is not new.
        #expect(Self.headings("## 03/11/2026\n## 03/13/2026\n", since: "## 03/11/2026\n") == ["2026-03-13"])
    }

    @Test func theYearStandsAboveOrIsTheNearest() {
        #expect(Self.headings("# 2024\n## Nov 22\n# 2025\n## Nov 22\n") == ["2024-11-22", "2025-11-22"])
        #expect(Self.headings("## Dec 30\n", near: CalendarDay("2027-01-02")!) == ["2026-12-30"])
        #expect(Self.headings("## Jan 2\n", near: CalendarDay("2026-12-30")!) == ["2027-01-02"])
        #expect(Self.headings("## Feb 29\n", near: CalendarDay("2026-03-01")!) == [])
    }

    @Test func onlyWhatIsNewIsSaid() {
        let old = "## 2026-11-20\ntext\n## Day 3\n"
        #expect(Self.headings("## 2026-11-21\n" + old, since: old) == ["2026-11-21"])
        #expect(Self.headings(old + "more\n", since: old) == [])
        // Written in another way they are the same.
        #expect(Self.headings("**20.11.2026**\n\n# Day #3\n", since: old) == [])
        #expect(Self.headings("\u{FEFF}## 2026-11-22\r\n") == ["2026-11-22"])
        #expect(Self.headings("## 2026-11-22\n## 2026-11-22 later\n") == ["2026-11-22"])
        // What was moved here was there before.
        let parts = ["## 2026-11-20\n", "## 2026-11-21\n"].map { Array($0.utf8) }
        #expect(DatedHeading.new(in: parts[0] + parts[1], since: parts, near: Self.today) == [])
    }

    @Test(
        arguments: [
            ("devlog/2026-11-22.md", "2026-11-22"), ("2026/11/22.md", "2026-11-22"),
            ("devlog/2026/11/22.md", "2026-11-22"), ("log/20261122-title.md", "2026-11-22"),
            ("2026-11-22-title.markdown", "2026-11-22"), ("2026_11_22.txt", "2026-11-22"),
            ("22.11.2026.md", "2026-11-22"),
            ("2026-11.md", nil), ("DEVLOG.md", nil), ("11/22.md", nil), ("2026/11/notes.md", nil), ("", nil),
            ("notes-2026-11-22.md", nil), ("v1.2.2026.md", nil), ("03-04-2026.md", nil),
        ] as [(String, String?)]) func aFileIsDatedByItsName(_ path: String, _ day: String?)
    {
        #expect(DatedHeading.day(ofFile: path).map { "\($0)" } == day)
    }

    @Test(
        arguments: [
            ("---\ntitle: x\ndate: 2026-11-22\n---\ntext", "2026-11-22"),
            ("---\r\nDate: \"2026-11-22T10:00:00+01:00\"\r\n---\r\n", "2026-11-22"),
            ("+++\ndate = 2026-11-22\n+++\n", "2026-11-22"), ("---\ntitle: x\n---\ndate: 2026-11-22", nil),
            ("date: 2026-11-22", nil), ("---\nupdate: 2026-11-22\n---", nil), ("---\ndate: soon\n---", nil), ("", nil),
        ] as [(String, String?)]) func frontMatterDatesAFile(_ text: String, _ day: String?)
    {
        #expect(DatedHeading.frontMatterDay(of: Array(text.utf8)).map { "\($0)" } == day)
    }

    /// Whatever the bytes, it ends, soon, and finds what is written in an ordinary way among them.
    @Test func rubbishDoesNoHarm() {
        var random = SeededRandom(seed: 11)
        let pieces = [
            "#", "## ", "2026", "-", "11", "22", "/", ".", "Nov", " ", "\n", "**", "Day", "```", "---", "\u{FF}", "🎉",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<30, using: &random)).map { _ in pieces.randomElement(using: &random)! }
            let found = Self.headings("## 2026-11-22\n\n" + text.joined() + "\n")
            #expect(found?.first == "2026-11-22")
        }
        var bytes = [UInt8](repeating: 0x23, count: 1_000_000)
        #expect(DatedHeading.new(in: bytes, since: [], near: Self.today) == nil)
        for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        _ = DatedHeading.new(in: bytes, since: [bytes], near: Self.today)
    }
}
