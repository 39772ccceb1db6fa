import Foundation
import RhythmCore
import Testing

@testable import RhythmDaemon

/// Rhythms, goals, vacations and hooks as a config declares them.
@Suite struct PromiseTests {
    private func parse(_ text: String) throws -> Config {
        try Config.parse(text, file: "r.toml", home: "/home/me")
    }

    private func findings(_ text: String) -> [String] {
        do {
            _ = try parse(text)
            return []
        } catch {
            return (error as? ConfigError)?.findings.map(\.description) ?? ["\(error)"]
        }
    }

    private static let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config")

    @Test func theShippedConfigSaysTheDefaults() throws {
        let path = Self.shipped.appending(path: "rhythm.toml").path()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(try parse(text) == Config())
        // Without a line for each key the comparison would prove nothing.
        let keys = Set(
            text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
                line.contains("=") ? line.prefix { $0 != " " && $0 != "=" } : nil
            })
        #expect(
            keys == [
                "zone", "day_starts_at", "week_start", "rest_days", "merges", "credit", "emails", "names",
                "co_authored",
                "due_at", "missed_at", "working_days", "repeat", "quiet_hours", "nag_days", "roots", "depth", "exclude",
                "files", "folders", "tags", "every", "discover_every", "desktop", "on", "id", "name", "measure",
                "at_least",
            ])
    }

    /// What the comments show is taken out of them and has to be understood, each line by itself.
    @Test func whatTheShippedConfigShowsInCommentsIsTrue() throws {
        let text = try String(contentsOfFile: Self.shipped.appending(path: "rhythm.toml").path(), encoding: .utf8)
        let shown = text.split(separator: "\n").filter { $0.hasPrefix("#   ") && !$0.hasPrefix("#   rhythmctl") }
            .map { $0.dropFirst(4) }
        func code(_ line: Substring) -> Substring { line.split(separator: "     ").first ?? line }
        let lines = shown.prefix { !$0.hasPrefix("[metrics") }.filter { !$0.hasPrefix(" ") }.map(code)
        #expect(lines.count > 12)
        for line in lines {
            let saysWhat = ["measure", "entries", "minutes", "metric", "any_of", "all_of"].contains {
                line.hasPrefix($0)
            }
            let saysWhen = line.hasPrefix("rolling")
            let rhythm =
                "[[rhythm]]\nid = \"x\"\n" + (saysWhen ? "" : "every = \"week\"\n")
                + (saysWhat ? "" : "measure = \"commits\"\n") + (line.hasPrefix("freezes_per") ? "freezes = 1\n" : "")
                + line
            #expect(findings(rhythm) == [], "\(line)")
        }
        let tables = shown.drop { !$0.hasPrefix("[metrics") }.map(code).joined(separator: "\n")
        let config = try parse("[[rhythm]]\nid = \"commits\"\nevery = \"week\"\nmeasure = \"commits\"\n" + tables)
        #expect(config.goals.count == 1 && config.vacations.count == 1 && config.metrics == ["downloads": .counter])
        #expect(config.prometheus == "/var/lib/prometheus/node-exporter/rhythm.prom")
        #expect(config.hooks.map(\.rhythms) == [["commits"]] && config.hooks.map(\.timeout) == [Hook.defaultTimeout])
    }

    @Test func theShippedPracticeIsAWholePractice() throws {
        let path = Self.shipped.appending(path: "practice.toml").path()
        let config = try parse(try String(contentsOfFile: path, encoding: .utf8))
        #expect(config.rhythms.count { $0.every == .week } == 5)
        #expect(config.rhythms.count { $0.every == .month } == 4)
        #expect(config.rhythms.count { $0.every == .quarter } == 4)
        #expect(config.rhythms.first { $0.id == "sync" }?.demand == "15 minutes of sync")
        #expect(config.rhythms.first { $0.id == "blog-or-demo" }?.demand == "1 blog entry or 1 demo entry")
        #expect(config.goals.map(\.from.description) == ["2026-01-01", "2026-01-01"])
    }

    @Test func everythingARhythmCanSayIsRead() throws {
        let config = try parse(
            """
            week_start = "sunday"
            rest_days = ["saturday"]
            [[rhythm]]
            id = "deep-work"
            rolling = 14
            measure = "active-days"
            at_least = 8
            repositories = ["rhythm", "~/code/**"]
            paths = ["src/**"]
            hard = true
            starts = 2026-01-01
            ends = "2026-12-31"
            rest_days = []
            [[rhythm]]
            id = "limit"
            name = "Not too much"
            every = "day"
            minutes = "Meeting"
            at_most = 60
            freezes = 3
            freezes_per = "month"
            [[rhythm]]
            id = "all"
            every = "year"
            at_least = 2
            all_of = [{ metric = "stars", at_least = 1.5 }, { metric = "latency" }]
            [metrics.stars]
            kind = "counter"
            """)
        let all = config.rhythms
        #expect(all.map(\.id) == ["deep-work", "limit", "all"])
        #expect(all[0].every == .rolling(14) && all[0].name == "Deep work" && all[0].hard && all[0].restDays.isEmpty)
        #expect(
            all[0].parts == [
                .init(
                    Source(.activeDays, repositories: ["rhythm", "/home/me/code/**"], paths: ["src/**"]), target: 8)
            ])
        #expect(all[0].starts?.description == "2026-01-01" && all[0].ends?.description == "2026-12-31")
        #expect(all[1].bound == .atMost && all[1].freezes == .init(count: 3, per: .month))
        #expect(all[1].restDays == [.saturday] && all[1].weekStart == .sunday)
        #expect(all[2].combination == .all)
        #expect(all[2].parts.map(\.source.measure) == [.counter("stars"), .gauge("latency")])
        #expect(all[2].parts.map(\.target) == [1.5, 2])
        #expect(config.pathGlobs == ["src/**"])
    }

    @Test func hooksAndNotificationsAreRead() throws {
        let config = try parse(
            """
            [notify]
            desktop = true
            on = ["resolved"]
            [[hook]]
            on = ["due", "Missed", "due"]
            run = ["~/bin/nag", "~/a b", "; rm"]
            [[hook]]
            on = ["at-risk", "due", "missed", "unverified", "resolved", "excused", "acknowledged"]
            run = ["notify-send"]
            timeout = "10m"
            rhythms = ["devlog"]
            """)
        #expect(config.notify.desktop && config.notify.on == [.resolved])
        #expect(
            config.hooks == [
                Hook(on: [.due, .missed], run: ["/home/me/bin/nag", "~/a b", "; rm"], timeout: 30),
                Hook(on: Set(HookEvent.State.allCases), run: ["notify-send"], timeout: 600, rhythms: ["devlog"]),
            ])
        #expect(try parse("").notify.on == [.atRisk, .due, .missed] && !parse("").notify.desktop)
        // A rhythm with a finding is there for the hook that names it.
        #expect(
            findings(
                "[[rhythm]]\nid = \"a\"\nevery = \"wek\"\nmeasure = \"commits\"\n" + Self.hook
                    + "on = [\"due\"]\nrhythms = [\"a\"]"
            ).count == 1)
    }

    private static let hook = "[[hook]]\nrun = [\"a\"]\n"
    private static let rhythm = "[[rhythm]]\nid = \"a\"\nevery = \"week\"\n"

    @Test(arguments: [
        (rhythm + "measure = \"comits\"", 4, "rhythm[1].measure", "did you mean \"commits\"?"),
        (rhythm + "measure = \"commits\"\nat_lest = 3", 5, "rhythm[1].at_lest", "did you mean at_least?"),
        (rhythm + "measure = \"commits\"\nat_least = -5", 5, "rhythm[1].at_least", "-5 must be more than 0"),
        (rhythm + "measure = \"commits\"\nat_least = 0", 5, "rhythm[1].at_least", "for a limit there is at_most"),
        (rhythm + "measure = \"commits\"\nat_least = 2.5", 5, "rhythm[1].at_least", "no halves"),
        (rhythm + "measure = \"commits\"\nat_most = -1", 5, "rhythm[1].at_most", "must be 0 or more"),
        (rhythm + "measure = \"commits\"\nat_least = \"5\"", 5, "rhythm[1].at_least", "must be a number"),
        (rhythm + "measure = \"commits\"\nat_least = 1\nat_most = 2", 6, "rhythm[1].at_most", "exclude each other"),
        (rhythm + "measure = \"commits\"\nentries = \"win\"", 5, "rhythm[1].entries", "measure and entries exclude"),
        (rhythm, 1, "rhythm[1]", "needs what is counted"),
        (rhythm + "entries = \"a win\"", 4, "rhythm[1].entries", "must be one word"),
        (rhythm + "entries = \"win\"\npaths = [\"src\"]", 5, "rhythm[1].paths", "which touch files"),
        (rhythm + "minutes = \"sync\"\nrepositories = [\"r\"]", 5, "rhythm[1].repositories", "not in repositories"),
        (rhythm + "measure = \"commits\"\nbranches = [\"main\"]", 5, "rhythm[1].branches", "no history of branches"),
        (
            rhythm + "measure = \"commits\"\nstarts = 2026-05-01\nends = 2026-04-30", 6, "rhythm[1].ends",
            "2026-04-30 is before starts, 2026-05-01"
        ),
        (rhythm + "measure = \"commits\"\nstarts = \"May\"", 5, "rhythm[1].starts", "must be a day such as"),
        (rhythm + "measure = \"commits\"\nstarts = \"2026-02-30\"", 5, "rhythm[1].starts", "must be a day such as"),
        (rhythm + "measure = \"commits\"\nrolling = 7", 5, "rhythm[1].rolling", "every and rolling exclude"),
        ("[[rhythm]]\nid = \"a\"\nmeasure = \"commits\"", 1, "rhythm[1]", "needs every"),
        (
            "[[rhythm]]\nid = \"a\"\nevery = \"weak\"\nmeasure = \"commits\"", 3, "rhythm[1].every",
            "did you mean \"week\"?"
        ),
        ("[[rhythm]]\nid = \"a\"\nrolling = 1\nmeasure = \"commits\"", 3, "rhythm[1].rolling", "from 2 to 366"),
        ("[[rhythm]]\nevery = \"week\"\nmeasure = \"commits\"", 1, "rhythm[1]", "needs an id"),
        ("[[rhythm]]\nid = \"A b\"\nevery = \"week\"\nmeasure = \"commits\"", 2, "rhythm[1].id", "small letters"),
        (
            rhythm + "measure = \"commits\"\n\n[[rhythm]]\nid = \"a\"\nevery = \"day\"\nmeasure = \"devlog\"", 7,
            "rhythm[2].id", "is used twice, first on line 1"
        ),
        (rhythm + "any_of = []", 4, "rhythm[1].any_of", "is empty"),
        (rhythm + "any_of = [{ entries = \"a\", at_most = 2 }]", 4, "rhythm[1].any_of[1].at_most", "one thing alone"),
        (rhythm + "any_of = [{ entris = \"a\" }]", 4, "rhythm[1].any_of[1].entris", "did you mean entries?"),
        (rhythm + "measure = \"commits\"\nany_of = [{ entries = \"a\" }]", 4, "rhythm[1].measure", "tables of any_of"),
        (rhythm + "measure = \"commits\"\nhard = true\nfreezes = 1", 6, "rhythm[1].freezes", "none are spent"),
        ("rest_days = [\"sundy\"]", 1, "rest_days", "did you mean \"sunday\"?"),
        ("[rhythm]\nid = \"a\"", 1, "rhythm", "write [[rhythm]]"),
        ("[[goal]]\nid = \"g\"\nmeasure = \"commits\"\nat_least = 9", 1, "goal[1]", "needs by"),
        ("[[goal]]\nid = \"g\"\nmeasure = \"commits\"\nby = 2026-12-31", 1, "goal[1]", "needs at_least"),
        (
            "[[goal]]\nid = \"g\"\nmeasure = \"commits\"\nat_most = 9\nby = 2026-12-31", 4, "goal[1].at_most",
            "metrics that are gauges"
        ),
        (
            "[[goal]]\nid = \"g\"\nmeasure = \"commits\"\nat_least = 9\nfrom = 2027-01-01\nby = 2026-12-31", 6,
            "goal[1].by", "is before from"
        ),
        ("[[vacation]]\nfrom = 2026-05-02\nto = 2026-05-01", 3, "vacation[1].to", "is before from"),
        ("[[vacation]]\nfrom = 2026-05-02", 1, "vacation[1]", "needs to"),
        (
            "[[vacation]]\nfrom = 2026-05-02\nto = 2026-05-02\nrhythms = [\"comits\"]", 4, "vacation[1].rhythms",
            "did you mean \"commits\"?"
        ),
        ("[alerts]\nquiet_hours = \"late\"", 2, "alerts.quiet_hours", "two times such as"),
        ("[alerts]\ndue_at = [\"9\"]", 2, "alerts.due_at", "no time of day"),
        ("[alerts]\nworking_days = []", 2, "alerts.working_days", "a day at least"),
        ("[alerts]\nrepeat = \"sometimes\"", 2, "alerts.repeat", "must be a time such as"),
        ("[alerts]\nnag_days = [\"mon\"]", 2, "alerts.nag_days", "must be one of"),
        ("[[hook]]\nrun = [\"a\"]", 1, "hook[1]", "needs on = the states that it is for"),
        ("[[hook]]\non = [\"due\"]", 1, "hook[1]", "needs run = a program and its arguments"),
        (hook + "on = []", 3, "hook[1].on", "is empty; name one state at least"),
        (hook + "on = [\"at_risk\"]", 3, "hook[1].on", "did you mean \"at-risk\"?"),
        (hook + "on = \"due\"", 3, "hook[1].on", "must be a list of texts"),
        ("[[hook]]\non = [\"due\"]\nrun = []", 3, "hook[1].run", "must begin with a program"),
        ("[[hook]]\non = [\"due\"]\nrun = [\"\", \"a\"]", 3, "hook[1].run", "must begin with a program"),
        (
            "[[hook]]\non = [\"due\"]\nrun = \"notify-send it\"", 3, "hook[1].run",
            "write run = [\"notify-send\", \"it\"]"
        ),
        ("[[hook]]\non = [\"due\"]\nrun = [\"./a\"]", 3, "hook[1].run", "must be a name, an absolute path"),
        (hook + "on = [\"due\"]\ntimeout = \"0s\"", 4, "hook[1].timeout", "from \"1s\" to \"10m\""),
        (hook + "on = [\"due\"]\ntimeout = \"11m\"", 4, "hook[1].timeout", "from \"1s\" to \"10m\""),
        (hook + "on = [\"due\"]\ntimeout = 30", 4, "hook[1].timeout", "must be a time such as \"30s\""),
        (hook + "on = [\"due\"]\ntimout = \"30s\"", 4, "hook[1].timout", "did you mean timeout?"),
        (hook + "on = [\"due\"]\nrhythms = [\"comits\"]", 4, "hook[1].rhythms", "did you mean \"commits\"?"),
        ("[hook]\nrun = [\"a\"]", 1, "hook", "write [[hook]]"),
        ("[notify]\ndesktop = \"yes\"", 2, "notify.desktop", "must be true or false"),
        ("[notify]\non = []", 2, "notify.on", "write desktop = false"),
        ("[notify]\non = [\"mised\"]", 2, "notify.on", "did you mean \"missed\"?"),
        ("[notify]\ndekstop = true", 2, "notify.dekstop", "did you mean desktop?"),
        ("[metrics.stars]\nkind = \"guage\"", 2, "metrics.stars.kind", "did you mean \"gauge\"?"),
    ])
    func whatIsWrongIsSaidWithItsPlaceAndTheRemedy(text: String, line: Int, key: String, message: String) {
        let found = findings(text)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("r.toml:\(line): \(key): ") == true, "\(found)")
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test func allFindingsOfAllTablesComeAtOnce() {
        let found = findings(
            """
            zone = "Mars/Olympus"
            [[rhythm]]
            id = "a"
            every = "wek"
            measure = "commit"
            at_least = -1
            [[rhythm]]
            id = "a"
            every = "week"
            entries = "win"
            nope = 1
            """)
        #expect(found.map { $0.split(separator: ":")[1] } == ["1", "4", "5", "6", "8", "11"], "\(found)")
    }

    @Test func noRhythmAtAllCanBeMeant() throws {
        #expect(try parse("rhythm = []").rhythms.isEmpty)
        #expect(try parse("week_start = \"saturday\"").rhythms.map(\.weekStart) == [.saturday, .saturday])
    }
}
