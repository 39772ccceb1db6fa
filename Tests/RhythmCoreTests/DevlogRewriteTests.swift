import RhythmCore
import Testing

/// What is done to a dev log without anything new in it.
@Suite struct DevlogRewriteTests {
    private static func new(_ text: String, since old: String) -> [String]? {
        DatedHeading.new(in: Array(text.utf8), since: [Array(old.utf8)], near: CalendarDay("2026-05-02")!)?.map(\.key)
    }

    @Test(arguments: [
        ("a number is given its date", "## Day 1\n- a\n", "## Day 01: May 1, 2026\n- a\n"),
        ("a date loses its number", "## Day 1: May 1, 2026\n", "## Day 1\n"),
        ("a date is corrected", "## 2026-05-01\n- a\n- b\n", "## 2026-05-02\n- a\n- b\n"),
        ("old notes are put in order", "- a\n- b\n", "## 2026-05-01\n- a\n\n## 2026-05-02\n- b\n"),
        ("and wrapped otherwise", "- a\n  b\n", "## 2026-05-01\n-   a\nb\n"),
        (
            "a comment holds none", "## 2026-05-01\n",
            "## 2026-05-01\n<!--\n## 2026-05-02\n-->\n<!-- ## 2026-05-03 -->\n"
        ),
    ])
    func nothingIsNew(what: String, old: String, new: String) {
        #expect(Self.new(new, since: old) == [], "\(what)")
    }

    @Test(arguments: [
        ("the same text again", "## 2026-05-01\n- a\n", "## 2026-05-02\n- a\n\n## 2026-05-01\n- a\n", ["2026-05-02"]),
        (
            "a template that is filled", "## 2026-05-01\n### Done\n- a\n",
            "## 2026-05-02\n### Done\n- b\n## 2026-05-01\n### Done\n- a\n", ["2026-05-02"]
        ),
        ("a heading alone", "## 2026-05-01\n- a\n", "## 2026-05-02\n\n## 2026-05-01\n- a\n", ["2026-05-02"]),
        (
            "numbers that begin anew", "## Day 1: May 1, 2026\n- a\n",
            "## Day 1: May 1, 2026\n- a\n## Day 1: May 2, 2026\n- b\n", ["2026-05-02"]
        ),
        ("one text of several is old", "- a\n", "## 2026-05-01\n- a\n- b\n", ["2026-05-01"]),
        ("behind a comment", "## 2026-05-01\n", "## 2026-05-01\n<!-- a\nb -->\n## 2026-05-02\n", ["2026-05-02"]),
    ])
    func theRestIs(what: String, old: String, new: String, expected: [String]) {
        #expect(Self.new(new, since: old) == expected, "\(what)")
    }
}
