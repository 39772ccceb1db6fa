import RhythmCore
import Testing

@Suite struct RoadmapClaimTests {
    @Test(arguments: [
        ("30+ GitHub commits", ["commits ≥ 30"]), ("50+ commits, 1 public demo", ["commits ≥ 50", "entries:demo ≥ 1"]),
        ("1,000+ commits", ["commits ≥ 1000"]), ("200 commits by Christmas", ["commits ≥ 200"]),
        ("3+ blog posts", ["entries:blog ≥ 3"]), ("5 blog posts published", ["entries:blog ≥ 5"]),
        ("Published 3+ articles", ["entries:blog ≥ 3"]), ("Gave 1 talk/presentation", ["entries:talk ≥ 1"]),
        ("90 active days", ["active-days ≥ 90"]), ("12 dev log entries", ["devlog ≥ 12"]),
        ("4 releases and 100 commits", ["releases ≥ 4", "commits ≥ 100"]),
        ("Latency < 100ms", ["gauge:latency < 100 ms"]),
        ("Latency < 100ms achieved", ["gauge:latency < 100 ms"]),
        ("Proof generation < 60s", ["gauge:proof-generation < 60 s"]),
        ("Consistent models (>85% accuracy)", ["gauge:accuracy > 85 %"]),
        ("Coverage at least 90%", ["gauge:coverage ≥ 90 %"]),
        ("Memory ≤ 512 MB", ["gauge:memory ≤ 512"]), ("100+ GitHub stars total", ["gauge:stars ≥ 100"]),
        ("1000+ article views", ["gauge:views ≥ 1000"]), ("10k downloads", ["gauge:downloads ≥ 10000"]),
        ("5+ users tested", ["gauge:users ≥ 5"]), ("Can write async code without a manual", []),
        ("Understand gradient descent", []), ("2-min demo video created", []), ("24/7 uptime achieved", []),
        ("Rustlings 1-3 complete", []), ("Can fine-tune any model < 10B params", []),
        ("2+ production projects running", []),
        ("1 dataset published", []), ("Can build 2x faster", []), ("Known in 1-2 communities", []), ("", []),
        ("< 5", []),
        ("commits", []), ("9999999999999999999999999 commits", ["commits ≥ 1e+25"]),
    ])
    func whatIsMeasurableIsUnderstood(line: String, expected: [String]) {
        let read = RoadmapClaim.all(in: line).map { claim in
            let target = claim.target < 1e15 ? text(of: claim.target) : "\(claim.target)"
            return "\(claim.measure.rawValue) \(claim.comparison.rawValue) \(target)"
                + (claim.unit.isEmpty ? "" : " \(claim.unit)")
        }
        #expect(read == expected)
    }

    @Test(arguments: [
        ("5+ commits", "commits", "commits 5"), ("1 dev log entry", "devlog", "devlog 1"),
        ("1 technical question asked", "question", "entries:question 1"),
        ("1 win shared publicly", "win", "entries:win 1"),
        ("15-min accountability sync", "sync", "minutes:sync 15"),
        ("Retrospective written", "retrospective", "entries:retrospective 1"),
        ("1 blog post OR demo", "blog-or-demo", "entries:blog 1|entries:demo 1"),
        ("Roadmap reviewed", "roadmap-review", "review"),
        ("Metrics updated", "metrics", "samples 1"),
        ("Major demo/release", "demo-or-releases", "entries:demo 1|releases 1"),
        ("Skills assessment", "skills-assessment", "entries:skills-assessment 1"),
        ("2 releases", "releases", "releases 2"), ("30 minutes of reading", "reading", "minutes:reading 30"),
        ("3 active days", "active-days", "active-days 3"), ("???", "entry", "entries:entry 1"),
    ])
    func aRhythmIsWhatItsLineAsksFor(line: String, id: String, parts: String) {
        let rhythm = RoadmapRhythm(line, every: .week, line: 7)
        let read = rhythm.parts.map { part in
            switch part {
            case .measure(let measure, let target): "\(measure.rawValue) \(text(of: target))"
            case .review: "review"
            }
        }
        #expect(rhythm.id == id)
        #expect(read.joined(separator: "|") == parts)
        #expect(rhythm.name == line)
    }
}

@Suite struct RoadmapScheduleTests {
    @Test(arguments: [
        ("2026-01-01", 1...2, "2026-01-01 2026-02-28"), ("2026-01-01", 13...16, "2027-01-01 2027-04-30"),
        ("2024-01-31", 1...1, "2024-01-31 2024-02-28"), ("2024-01-31", 2...2, "2024-02-29 2024-03-30"),
        ("2025-11-15", 3...4, "2026-01-15 2026-03-14"), ("2026-12-01", 1...1, "2026-12-01 2026-12-31"),
    ])
    func monthsAreCountedFromTheBeginning(start: String, months: ClosedRange<Int>, expected: String) throws {
        let days = RoadmapSchedule(start: try #require(CalendarDay(start))).days(of: months)
        #expect("\(days.lowerBound) \(days.upperBound)" == expected)
    }

    @Test(arguments: [
        ("PHASE 2: AGENTS (Month 7-9)", 2, 7...9), ("Phase II – Month 3", 2, 3...3),
        ("2. fáze (1.–2. měsíc)", 2, 1...2),
        ("Stage 4 (Months 10 to 12)", 4, 10...12),
    ])
    func titlesSayWhichPhaseAndWhen(title: String, number: Int, months: ClosedRange<Int>) throws {
        let words = RoadmapWords(adding: [.phase: ["fáze"], .month: ["měsíc"]])
        let outline = Outline([.init(kind: .heading, depth: 0, text: title, line: 1)])
        #expect(Roadmap(outline, words: words).sections[0].kind == .phase(number, months: months))
    }

    @Test(arguments: [
        ("üìÖ YEAR 1", "📅 YEAR 1"), ("Python ‚≠ê‚≠ê", "Python ⭐⭐"), ("ðŸ“… 2026", "📅 2026"),
        ("\u{E2}\u{AD}\u{90}\u{E2}\u{AD}\u{90}", "⭐⭐"),
        ("Month 1‚Äì2", "Month 1–2"), ("Příliš žluťoučký", "Příliš žluťoučký"), ("“Ärger” naïve", "“Ärger” naïve"),
        ("日本語", "日本語"), ("Фаза 1", "Фаза 1"), ("🎯 OK ⭐", "🎯 OK ⭐"),
    ])
    func damagedSymbolsAreMendedAndLettersAreNot(text: String, expected: String) {
        #expect(mendingSymbols(in: text) == expected)
    }
}
