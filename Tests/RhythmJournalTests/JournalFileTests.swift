import RhythmCore
import RhythmJournal
import Testing

struct JournalFileTests {
    static let zone = LocalZone(offset: 60)

    static func read(_ text: String, at path: String = "entries/2026/11/x.md") throws(JournalError) -> JournalFile? {
        try JournalFile.read(path, Array(text.utf8), zone: zone)
    }

    /// `line: message`, `-` for the file as a whole, or nil where it can be read.
    static func error(_ text: String, at path: String = "entries/2026/11/x.md") -> String? {
        do throws(JournalError) {
            _ = try read(text, at: path)
            return nil
        } catch {
            return "\(error.line.map(String.init) ?? "-"): \(error.message)"
        }
    }

    /// Seconds since 1970, as `date -u -d … +%s` gives them.
    static let noon: Int64 = 1_795_431_600

    @Test("the file that rhythmctl writes")
    func written() throws {
        let file = try Self.read(
            """
            ---
            kind: win
            at: 2026-11-23T15:40:10+01:00
            minutes: 15
            url: "https://example.org/a?b=c#d"
            tags: ["talk", "sw\\u0069ft"]
            ---
            Shared the demo
            and more
            """)
        #expect(file?.isSample == false)
        #expect(file?.name == "win")
        #expect(file?.at == Timestamp(1_795_444_810))
        #expect(file?.offsetMinutes == 60)
        #expect(file?.day == nil)
        #expect(file?.quantity == 15)
        #expect(file?.title == "Shared the demo")
        #expect(file?.url == "https://example.org/a?b=c#d")
        #expect(file?.tags == ["talk", "swift"])
    }

    @Test("a metric is a sample")
    func metric() throws {
        let file = try Self.read(
            "---\nkind: metric\nmetric: Latency\nvalue: -12.5\nunit: ms\ndate: 2026-11-23\n---\n")
        #expect(file?.isSample == true)
        #expect(file?.name == "Latency")
        #expect(file?.quantity == -12.5)
        #expect(file?.unit == "ms")
        #expect(file?.day == CalendarDay(year: 2026, month: 11, day: 23))
    }

    @Test(
        "dates and times, as date -u -d '2026-11-23 12:00 +0100' +%s has them",
        arguments: [
            ("at: 2026-11-23T12:00:00+01:00", noon, 60), ("at: 2026-11-23T12:00+01:00", noon, 60),
            ("at: 2026-11-23 12:00:00 +0100", noon, 60), ("at: 2026-11-23T11:00Z", noon, 0),
            ("at: '2026-11-23T06:00:00.25-05'", noon, -300), ("at: 2026-11-23t11:00z", noon, 0),
            ("at: 2026-11-23 12:00", noon, 60), ("at: 2026-11-23T12:00:00", noon, 60),
            ("date: 2026-11-23 12:00:00 +0100", noon, 60), ("at: 2026-11-23T16:30:00+05:30", noon, 330),
        ])
    func times(line: String, seconds: Int64, offset: Int) throws {
        let file = try #require(try Self.read("---\nkind: win\n\(line)\n---\n"))
        #expect(file.at == Timestamp(seconds))
        #expect(file.offsetMinutes == offset)
        #expect(file.day == nil)
    }

    @Test(
        "a day alone is stated",
        arguments: [
            ("date: 2026-11-22", "x"), ("at: 2026-11-22", "x"), ("at: \"2026-11-22\"", "x"), ("#", "2026-11-22"),
            ("#", "2026-11-22-demo"), ("#", "20261122T154010-win"), ("#", "20261122"), ("date:", "2026-11-22 Sunday"),
        ])
    func days(line: String, name: String) throws {
        let file = try #require(try Self.read("---\nkind: win\n\(line)\n---\n", at: "entries/\(name).md"))
        #expect(file.day == CalendarDay(year: 2026, month: 11, day: 22))
        #expect(file.at == nil)
    }

    @Test("what is written where", arguments: ["\u{FEFF}", ""], ["\n", "\r\n"])
    func tolerance(mark: String, newline: String) throws {
        let lines = [
            "---   ", "# a note", "Kind:   Win  ", "at: 2026-11-23T12:00+01:00", "aliases:", "  - a", "  - {b: [c, d]}",
            "nested: {x: 1}", "minutes: 15 min", "tags: 'talk, #swift'", "---", "",
            "## **Shared** the [demo](https://x)",
        ]
        let file = try #require(try Self.read(mark + lines.joined(separator: newline)))
        #expect(file.name == "win")
        #expect(file.quantity == 15)
        #expect(file.title == "Shared the demo")
        #expect(file.tags == ["talk", "swift"])
    }

    @Test("titles are what is there without the marks")
    func titles() {
        let titles = [
            "# A": "A", "> quoted": "quoted", "- [x] done": "done", "* a *b* c": "a *b* c",
            "**bold** and `code`": "bold and code",
            "_all_": "all", "see [[Note|that]] and [[This]]": "see that and This", "#swift is a tag": "#swift is a tag",
            "![alt](a.png) text": "alt text", "a [b c": "a [b c", "---": "", "snake_case_name": "snake_case_name",
            "  日本 🎉 ": "日本 🎉", "[a](b": "[a](b",
        ]
        for (line, title) in titles { #expect(MarkdownLine.plain(line) == title) }
    }

    @Test("what cannot be read says where and what would be right")
    func errors() {
        #expect(Self.error("") == "-: the file is empty")
        #expect(Self.error("Shared")?.hasPrefix("1: the file must begin with front matter") == true)
        #expect(Self.error("+++\nkind = 'win'\n+++\n")?.hasPrefix("1: front matter in TOML") == true)
        #expect(Self.error("---\nkind: win\n")?.hasPrefix("1: the front matter that begins here has no line") == true)
        #expect(Self.error("---\ndate: 2026-11-22\n---\n")?.hasPrefix("1: the front matter has no kind") == true)
        #expect(Self.error("---\nkind: win\n---\n")?.hasPrefix("1: the front matter has no date") == true)
        #expect(Self.error("---\nkind: win\nat: soon\n---\n")?.hasPrefix("3: at must be a date such as") == true)
        #expect(Self.error("---\nkind: win\nat: 0000-01-01\n---\n")?.hasPrefix("3: at must be a date") == true)
        #expect(Self.error("---\nkind: win\nat: 2026-02-30\n---\n")?.hasPrefix("3: at must be a date") == true)
        #expect(Self.error("---\nkind: win\nat: 2026-11-22T25:00\n---\n")?.hasPrefix("3: at must be a date") == true)
        #expect(Self.error("---\nkind: win\nat: 2026-11-22T10:00+1:00\n---\n")?.hasPrefix("3: at must be") == true)
        #expect(Self.error("---\nkind: a win\n---\n") == "2: kind must be one word, without a colon")
        #expect(Self.error("---\nkind: [win]\n---\n") == "2: kind must be a text")
        #expect(Self.error("---\nkind:\n---\n") == "2: kind must be a word such as win")
        #expect(Self.error("---\nkind: win\nkind: demo\n---\n") == "3: kind stands here a second time")
        #expect(Self.error("---\nkind: win\nminutes: many\n---\n")?.hasPrefix("3: minutes must be a number") == true)
        #expect(Self.error("---\nkind: win\nminutes: -5\n---\n")?.hasPrefix("3: minutes must be a number") == true)
        #expect(Self.error("---\nkind: metric\nvalue: 1\n---\n")?.hasPrefix("2: a metric needs its name") == true)
        #expect(Self.error("---\nkind: metric\nmetric: a\n---\n")?.hasPrefix("2: a metric needs a value") == true)
        #expect(
            Self.error("---\nkind: metric\nmetric: a\nvalue: 3,5\n---\n")?.hasPrefix("4: value must be a number")
                == true)
        #expect(Self.error("---\nkind: metric\nmetric: a\nvalue: inf\n---\n")?.hasPrefix("4: value must be") == true)
        #expect(Self.error("---\nkind: metric\nmetric: a\nvalue: 1e999\n---\n")?.hasPrefix("4: value must be") == true)
        #expect(Self.error("---\njust text\n---\n")?.hasPrefix("2: the front matter must be lines such as") == true)
        #expect(Self.error("---\nkind: win\nx: [a\n---\n")?.hasPrefix("4: the front matter is no YAML") == true)
        #expect(Self.error("---\nkind: win\n\tx: a\n---\n")?.hasPrefix("3: the front matter is no YAML") == true)
        #expect(Self.error("---\nkind: win\nx: \u{7}\n---\n")?.hasPrefix("3: the front matter is no YAML") == true)
    }

    @Test("what is no UTF-8 says so")
    func notUTF8() {
        let front = Array("---\nkind: win\ndate: 2026-11-22\n---\n".utf8)
        #expect(throws: JournalError(line: 6, "the file is not UTF-8")) {
            try JournalFile.read("entries/a.md", front + [0x61, 0x0A, 0xFF, 0x0A], zone: Self.zone)
        }
        #expect(throws: JournalError.self) {
            try JournalFile.read(
                "entries/a.md", Array("---\nkind: win\nx: ".utf8) + [0xC3, 0x28, 0x0A, 0x2D, 0x2D, 0x2D],
                zone: Self.zone)
        }
    }

    @Test("elsewhere only what has a kind is an entry")
    func elsewhere() throws {
        for text in [
            "", "a note", "---\nkind of a rule", "---\ntitle: a\n---\n", "+++\nkind = 'x'\n+++\n", "---\n: [\n---\n",
        ] {
            #expect(try Self.read(text, at: "notes/a.md") == nil)
        }
        #expect(try Self.read("---\nkind: win\n---\n", at: "daily/2026-11-22.md")?.name == "win")
        #expect(Self.error("---\nkind: win\n---\n", at: "notes/a.md") != nil)
        #expect(Self.error("---\ntags: [\nkind: win\n---\n", at: "notes/a.md") != nil)
    }

    @Test("hidden folders, the README and what is no Markdown are left alone")
    func whichFiles() {
        let read = ["a.md", "entries/2026/11/a.md", "A.MD", "a b/ü.md", "a.markdown", "B.Markdown", "readme.de.md"]
        let left = [
            "README.md", "entries/readme.md", ".obsidian/a.md", "a/.trash/b.md", ".a.md", "a.txt", "md", "a.md.orig",
            "readme.markdown", "markdown", "",
        ]
        #expect(read.allSatisfy(JournalFile.isRead))
        #expect(!left.contains(where: JournalFile.isRead))
        #expect(["entries/a.txt", "entries/2026/a"].allSatisfy(JournalFile.isAmongEntries))
        #expect(
            !["a.txt", "entries/README", "entries/readme.txt", "entries/.a/b.txt", "entries"].contains(
                where: JournalFile.isAmongEntries))
    }

    @Test("hostile front matter is an error or is passed over, soon", .timeLimit(.minutes(1)))
    func hostile() {
        let many = 8000
        let passedOver = [
            "a: &x [*x, *x]\nb: *x", "? [a, b]\n: c", "a: !!binary x", "a: |\n  b\n  c\n\n",
            String(repeating: "a: b\n", count: many / 3),
        ]
        let errors = [
            "a: " + String(repeating: "[", count: many), String(repeating: "{a: ", count: many / 2), "kind: *x",
            "\u{0}",
            String(repeating: "long: line\n", count: many),
        ]
        for text in passedOver { #expect(Self.error("---\nkind: win\ndate: 2026-11-22\n\(text)\n---\n") == nil) }
        for text in errors { #expect(Self.error("---\nkind: win\ndate: 2026-11-22\n\(text)\n---\n") != nil) }
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "---", "\n", "kind", ":", " ", "win", "[", "]", "{", "}", "-", "*", "&", "\"", "'", "|", ">", "#",
            "\u{FEFF}", "\r",
        ]
        for _ in 0..<2000 {
            let tail = (0..<Int.random(in: 0..<30, using: &generator)).map { _ in pieces.randomElement()! }
            // Without a date it cannot be read, whatever it is.
            #expect(Self.error("---\n" + tail.joined()) != nil)
        }
    }
}
