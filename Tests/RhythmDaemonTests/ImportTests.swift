import Foundation
import RhythmTestSupport
import Testing

@Suite struct ImportTests {
    struct Outcome: Decodable {
        struct Finding: Decodable {
            var file: String
            var line: Int
            var message: String
        }
        var entries: Int
        var alreadyThere: Int
        var notDone: Int
        var skipped: Int
        var findings: [Finding]
        var rhythms: String
    }

    private func take(_ desk: Desk, _ format: String, _ files: [String]) throws -> Outcome {
        let reply = try Program.run(
            Program.folder + "/rhythmctl",
            ["import", "--json", "--from", format] + files.map { desk.home.path + "/" + $0 },
            environment: desk.environment)
        return try JSONDecoder().decode(Outcome.self, from: reply.output)
    }

    /// What the daemon's own reader of configs says of the tables.
    private func check(_ desk: Desk, _ rhythms: String) throws {
        try desk.home.write(rhythms, to: "proposed.toml")
        try desk.ctl("check", desk.home.path + "/proposed.toml")
    }

    @Test func harshIsTakenInOnceAndWhole() throws {
        let desk = try Desk()
        try desk.home.write(
            """
            # Habits
            ! Fitness
            Gymmed: 3/7
            Bed by midnight: 1
            Called Mom: 1w
            Tracked Finances: 15
            Coffee: 0
            Old Habit: 1: 2024-06-15
            Über-Yoga: 2/30
            nonsense
            Bad: x/7
            """, to: "habits")
        try desk.home.write(
            """
            # comment
            2025-01-01 : Gymmed : y : Leg day : 1.5
            2025-01-01 : Coffee : n : Too tired : 0
            2025-01-02 : Gymmed : s :  : 0
            2025-01-03 : Gymmed : y :  :\u{20}
            2025-01-03 : Über-Yoga : y

            2025-01-04 : Unheard Of : y : with : colons : 3
            2025-13-04 : Gymmed : y
            2025-01-05 : Gymmed : maybe
            2025-01-06 : Coffee : n :  : 0
            2025-01-06 : Coffee : y : after all : 0
            """, to: "log")
        let dry = try desk.ctl(
            "import", "--from", "harsh", "--dry-run", desk.home.path + "/log", desk.home.path + "/habits")
        #expect(dry.text.hasPrefix("Would add 5 entries\n"))
        #expect(!FileManager.default.fileExists(atPath: desk.journal))

        let first = try take(desk, "harsh", ["habits", "log"])
        #expect(first.entries == 5 && first.alreadyThere == 0 && first.notDone == 2 && first.skipped == 1)
        #expect(
            first.findings.map { "\($0.file.split(separator: "/").last ?? ""):\($0.line)" } == [
                "habits:10", "habits:11", "log:9", "log:10", "log:11",
            ])
        #expect(try desk.git("log", "--format=%s") == "Import 5 entries from harsh\nBegin a journal\n")
        let entries = try desk.entries()
        let gym = try #require(entries.first { $0.hasPrefix("entries/2025/01/20250101-gymmed-") })
        #expect(try desk.text(of: gym) == "---\nkind: gymmed\ndate: 2025-01-01\n---\nLeg day (1.5)\n")
        let yoga = try #require(entries.first { $0.contains("20250103-") && $0.contains("yoga") })
        #expect(try desk.text(of: yoga) == "---\nkind: \"über-yoga\"\ndate: 2025-01-03\n---\nÜber-Yoga\n")
        #expect(
            try desk.text(of: try #require(entries.first { $0.contains("unheard-of") })).hasSuffix(
                "with : colons (3)\n"))

        let again = try take(desk, "harsh", ["habits", "log"])
        #expect(again.entries == 0 && again.alreadyThere == 5)
        #expect(try desk.git("rev-list", "--count", "HEAD") == "2\n" && desk.untouched())
        // One more line brings one more entry, and what was changed by hand stays.
        try desk.ctl("journal", "edit", gym, with: ["EDITOR": "sed -i 's/Leg day/Arm day/'"])
        try desk.home.write("2025-01-01 : Gymmed : y : Leg day : 1.5\n2025-02-01 : Gymmed : y\n", to: "log")
        #expect(try take(desk, "harsh", ["habits", "log"]).entries == 1)
        #expect(try desk.text(of: gym).contains("Arm day"))

        try check(desk, first.rhythms)
        let tables = first.rhythms.components(separatedBy: "\n\n")
        #expect(
            tables.contains(
                "[[rhythm]]\nid = \"gymmed\"\nname = \"Gymmed\"\nevery = \"week\"\nentries = \"gymmed\"\nat_least = 3"))
        #expect(tables.contains { $0.contains("\"Tracked Finances\"") && $0.contains("rolling = 15\n") })
        #expect(tables.contains { $0.contains("\"Called Mom\"") && $0.contains("every = \"week\"\n") })
        #expect(
            tables.contains { $0.contains("\"Über-Yoga\"") && $0.contains("every = \"month\"\n") && $0.contains("= 2") }
        )
        #expect(tables.contains { $0.contains("ends = 2024-06-15") })
        #expect(tables.contains { $0.hasPrefix("# Coffee: ") })
    }

    @Test func loopIsTakenIn() throws {
        let desk = try Desk()
        let head =
            "Position,Name,Type,Question,Description,FrequencyNumerator,FrequencyDenominator,Color,Unit,Target Type,Target Value,Archived?"
        try desk.home.write(
            """
            \(head)
            001,Meditate,YES_NO,Did you?,,1,1,#FF8F00,,,,false
            002,"Run, fast",NUMERICAL,How far?,,1,7,#00897B,km,AT_LEAST,15.5,false
            003,Read,NUMERICAL,,,1,1,#00897B,minutes,AT_LEAST,30.0,false
            004,Screen,NUMERICAL,,,1,1,#00897B,Hours,AT_MOST,2.0,false
            005,Gone,YES_NO,,,1,1,#00897B,,,,true
            006,Nothing,YES_NO,,,2,7,#00897B,,,,false
            """, to: "loop/Habits.csv")
        try desk.home.write(
            "Date,Value,Notes\n2026-11-20,YES_MANUAL,\"calm, \"\"at last\"\"\nreally\"\n2026-11-19,YES_AUTO,\n2026-11-18,NO,\n"
                + "2026-11-17,SKIP,\n2026-11-16,UNKNOWN,\n2026-11-15,4,\nnonsense,YES_MANUAL,\n",
            to: "loop/001 Meditate/Checkmarks.csv")
        try desk.home.write(
            "Date,Value,Notes\n2026-11-20,12500,\n2026-11-19,NO,\n", to: "loop/002 Run fast/Checkmarks.csv")
        // As exports were before: no head, and numbers for words.
        try desk.home.write("2026-11-20,45000,good book\n2026-11-19,0\n", to: "loop/003 Read/Checkmarks.csv")
        try desk.home.write("2026-11-20,1500\n", to: "loop/004 Screen/Checkmarks.csv")
        try desk.home.write("2024-11-20,2\n2024-11-19,1\n", to: "loop/005 Gone/Checkmarks.csv")
        let taken = try take(desk, "loop", ["loop"])
        #expect(taken.entries == 5 && taken.notDone == 5 && taken.skipped == 2)
        #expect(taken.findings.map(\.line) == [8, 9, 7])
        #expect(
            taken.findings.map { ($0.file as NSString).lastPathComponent } == [
                "Checkmarks.csv", "Checkmarks.csv", "Habits.csv",
            ])
        let texts = try desk.entries().map { try desk.text(of: $0) }
        #expect(texts.contains("---\nkind: meditate\ndate: 2026-11-20\n---\ncalm, \"at last\"\nreally\n"))
        #expect(texts.contains("---\nkind: metric\ndate: 2026-11-20\nmetric: run-fast\nvalue: 12.5\nunit: km\n---\n"))
        #expect(texts.contains("---\nkind: read\ndate: 2026-11-20\nminutes: 45\n---\ngood book\n"))
        #expect(texts.contains("---\nkind: screen\ndate: 2026-11-20\nminutes: 90\n---\nScreen\n"))
        #expect(texts.contains("---\nkind: gone\ndate: 2024-11-20\n---\nGone\n"))
        #expect(try take(desk, "loop", ["loop/Habits.csv"]).alreadyThere == 5)
        try check(desk, taken.rhythms)
        #expect(taken.rhythms.contains("every = \"day\"\nminutes = \"screen\"\nat_most = 120\n"))
        #expect(taken.rhythms.contains("every = \"week\"\nmetric = \"run-fast\"\nat_least = 15.5\n"))
        #expect(taken.rhythms.contains("# Gone: it is archived"))
        let zip = try desk.ctl("import", "--from", "loop", "Loop Habits.zip", expecting: 64).errorText
        #expect(zip.contains("unzip 'Loop Habits.zip' -d loop"))
        #expect(
            try desk.ctl("import", "--from", "loop", desk.home.path, expecting: 66).errorText.contains("no Habits.csv"))
    }

    @Test func aTableIsTakenInAndWhatCannotBeReadIsNamed() throws {
        let desk = try Desk()
        try desk.home.write(
            "\u{FEFF}Kind;Date;Text;minutes;value;unit;tags;mood\r\n" + "win;2026-11-20;Demo;15;;;talk swift;good\r\n"
                + "latency;2026-11-20T18:00+01:00;;;80.5;ms;;\r\n" + "win;2026-02-30;x;;;;;\r\n"
                + ";2026-11-20;x;;;;;\r\n"
                + "win;2026-11-20;x;-1;;;;\r\n" + "metric;2026-11-20;;;;;;\r\n" + "win;2026-11-21;same;;;;;\r\n"
                + "win;2026-11-21;same;;;;;\r\n" + "two words;2026-11-22;;;;;;\r\n",
            to: "a.csv")
        let taken = try take(desk, "csv", ["a.csv"])
        #expect(taken.entries == 5)
        #expect(taken.findings.map(\.line) == [1, 4, 5, 6, 7])
        #expect(taken.findings.first?.message.contains("\"mood\"") == true)
        let texts = try desk.entries().map { try desk.text(of: $0) }
        #expect(
            texts.contains("---\nkind: win\ndate: 2026-11-20\nminutes: 15\ntags: [\"talk\", \"swift\"]\n---\nDemo\n"))
        #expect(
            texts.contains(
                "---\nkind: metric\nat: 2026-11-20T18:00:00+01:00\nmetric: latency\nvalue: 80.5\nunit: ms\n---\n"))
        #expect(texts.contains { $0.hasPrefix("---\nkind: two-words\n") })
        #expect(try take(desk, "csv", ["a.csv"]).alreadyThere == 5)
        try desk.home.write("when,what\n", to: "b.csv")
        #expect(
            try desk.ctl("import", "--from", "csv", desk.home.path + "/b.csv", expecting: 65).errorText.contains(
                "date, kind, text"))
    }

    @Test func aRowThatCannotBeMeantIsNotTaken() throws {
        let desk = try Desk()
        try desk.home.write(
            "date,kind,text\n2026-11-20,win,fine\n2026-11-20,win,with, a comma\n2026-11-20,win,more,,\n"
                + "2026-11-20,win,\"open\n2026-11-21,win,swallowed\n", to: "a.csv")
        let taken = try take(desk, "csv", ["a.csv"])
        #expect(taken.entries == 2)
        #expect(Set(taken.findings.map(\.line)) == [3, 5])
        #expect(taken.findings.contains { $0.message.contains("never closed; what follows is not taken") })
        #expect(taken.findings.contains { $0.message.contains("4 columns, and the first row names 3") })
        #expect(try !desk.entries().contains { $0.contains("swallowed") || $0.contains("open") })
    }

    /// Against the CSV writer of another language.
    @Test func whatPythonWritesIsReadAsItWas() throws {
        let desk = try Desk()
        let script = """
            import csv, random, sys
            random.seed(7)
            texts = ["".join(random.choice('ab,;"\\'\\n\\t é#-') for _ in range(random.randint(1, 12))) for _ in range(300)]
            with open(sys.argv[1], "w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out, quoting=random.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
                writer.writerow(["date", "kind", "text"])
                for number, text in enumerate(texts):
                    writer.writerow(["2026-11-20", f"k{number}", "<" + text + ">"])
            sys.stdout.write("\\0".join(texts))
            """
        let written = try Program.run(
            "python3", ["-c", script, desk.home.path + "/random.csv"], environment: desk.environment)
        let texts = String(decoding: written.output, as: UTF8.self).split(
            separator: "\0", omittingEmptySubsequences: false)
        let taken = try take(desk, "csv", ["random.csv"])
        #expect(taken.entries == texts.count && taken.findings.isEmpty)
        for path in try desk.entries() {
            let text = try String(contentsOfFile: desk.journal + "/" + path, encoding: .utf8)
            let kind = try #require(text.firstMatch(of: /kind: k(\d+)\n/)?.1)
            let body = text[try #require(text.firstRange(of: "\n---\n")).upperBound...]
            #expect(body.unicodeScalars.elementsEqual("<\(texts[Int(kind) ?? -1])>\n".unicodeScalars))
        }
    }
}
