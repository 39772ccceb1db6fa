import Foundation
import RhythmAPI
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmReport

/// Friday 27 November 2026 ends.
private let midnight = Timestamp(1_795_820_400)
private let hostile = "a\u{1B}[31m\n\t\"q\" 'p' \\n & <b> $(id) `id` %F{red} #[fg=red] #(id) ! \u{202E}x\u{7}"

private func result(
    _ state: PeriodState, have: Double, target: Double = 5, id: String = "commits", name: String = "Commits",
    measure: Measure = .commits, limit: Bool = false, open: Bool = true, odds: Double? = nil, late: Bool = false
) -> Wire.PeriodResult {
    let outlook = Wire.Outlook(
        atRiskFrom: "2026-11-26", lastSafeDay: "2026-11-27", lastSafeMoment: "2026-11-27T00:00:00+01:00",
        dueDay: "2026-11-29", daysLeft: 3, safeDays: 0, late: late,
        neededPerDay: 1.5, odds: odds)
    return Wire.PeriodResult(
        id: id, name: name, measure: measure, every: .week, demand: measure.phrase(target), limit: limit, hard: false,
        period: "2026-W48", firstDay: "2026-11-23", lastDay: "2026-11-29", open: open, state: state, have: have,
        target: target, need: limit ? 0 : max(0, target - have), parts: [], anyPart: false,
        streak: Streak(current: 3, longest: 12), strength: 0.5, outlook: open && state != .met ? outlook : nil,
        ended: false)
}

private func devlog(_ state: PeriodState, have: Double) -> Wire.PeriodResult {
    result(state, have: have, target: 1, id: "devlog", name: "Dev log", measure: .devlog)
}

private func alert(_ state: String, rhythm: String = "commits", period: String = "2026-W47") -> Wire.Alert {
    Wire.Alert(
        id: "\(period)-\(rhythm)", rhythm: rhythm, name: rhythm, period: period, state: state,
        since: "2026-11-23T00:00:00+01:00", file: "/a.md", have: 0, target: 5, need: 5, late: false)
}

/// With older history still to be read.
private func provisional(_ state: PeriodState, have: Double) -> Wire.PeriodResult {
    var result = result(state, have: have)
    result.provisional = true
    return result
}

private func reply(
    _ rhythms: [Wire.PeriodResult], alerts: [Wire.Alert] = [], complete: Bool = true, since: String? = nil,
    asOf: String? = nil,
    trouble: String? = nil, unreadable: Int = 0
) -> Wire.Status.Reply {
    Wire.Status.Reply(
        freshness: Wire.Freshness(
            now: "2026-11-27T14:05:00+01:00", today: "2026-11-27", complete: complete, completeSince: since,
            unfinished: since == nil ? nil : 3, scanning: false,
            scannedAt: nil, asOf: asOf, trouble: trouble),
        rhythms: rhythms, activeDays: Streak(current: 2, longest: 9), goals: [], alerts: alerts, repositories: 7,
        unreadable: (0..<unreadable).map {
            Wire.Repository(
                gitDir: "/r\($0)", workDir: nil, standing: "tracked", reader: nil, scannedAt: nil, own: 1, emails: [],
                problem: nil)
        })
}

private func expectTame(_ text: String, _ comment: Comment? = nil) {
    for scalar in text.unicodeScalars where scalar != "\n" {
        #expect(scalar.properties.generalCategory != .control && scalar.value != 0x202E, comment)
    }
}

@Suite struct PromptTests {
    @Test(arguments: [
        (reply([]), "met"),
        (reply([result(.met, have: 5), devlog(.met, have: 1)]), "met"),
        (reply([result(.excused, have: 0)]), "met"),
        (reply([result(.onTrack, have: 3)]), "on-track 3/5"),
        (reply([result(.onTrack, have: 3), devlog(.met, have: 1)]), "on-track Commits 3/5"),
        (reply([result(.onTrack, have: 3), devlog(.due, have: 0)]), "due Dev log 0/1, Commits 3/5"),
        (reply([result(.atRisk, have: 3), devlog(.onTrack, have: 0)]), "at-risk Commits 3/5, Dev log 0/1"),
        (reply([result(.onTrack, have: 2)], alerts: [alert("missed")]), "missed 2/5"),
        (reply([result(.met, have: 5)], alerts: [alert("missed")]), "missed missed"),
        (
            reply([result(.met, have: 5), devlog(.met, have: 1)], alerts: [alert("unverified", rhythm: "devlog")]),
            "unverified Dev log unverified"
        ),
        (reply([result(.atRisk, have: 2)], alerts: [alert("at-risk", period: "2026-W48")]), "at-risk 2/5"),
        // A limit asks for nothing until it is reached.
        (reply([result(.onTrack, have: 3, limit: true)]), "met"),
        (reply([result(.atRisk, have: 5, limit: true)]), "at-risk 5≤5"),
        (reply([result(.missed, have: 6, limit: true)]), "missed 6≤5"),
        // A rhythm that is over leaves nothing in the prompt for ever.
        (reply([result(.missed, have: 0, open: false)]), "met"),
        // Before all was looked at, nobody knows.
        (reply([result(.onTrack, have: 0)], complete: false), "unverified ?"),
        (reply([result(.due, have: 0)], asOf: "2026-11-26T00:00:00+01:00"), "unverified ?"),
        // Of the recent weeks everybody knows before all history is read, but for what began before them.
        (reply([result(.due, have: 3)], complete: false, since: "2026-10-01"), "due 3/5"),
        (reply([provisional(.due, have: 3)], complete: false, since: "2026-10-01"), "unverified 3+/5"),
        (reply([result(.met, have: 5)], asOf: "2026-11-26T00:00:00+01:00"), "met"),
    ])
    func theFileSaysWhatIsNotMet(reply: Wire.Status.Reply, line: String) throws {
        let written = PromptLine(reply, until: midnight)
        #expect(written.file == "1795820400 \(line)\n")
        #expect(PromptLine(parsing: Array(written.file.utf8)) == written)
    }

    @Test func manyRhythmsAndLongNamesStayShort() {
        let many = (0..<6).map {
            result(.onTrack, have: 0, id: "r\($0)", name: "Number \($0) of a long list of names")
        }
        let line = PromptLine(reply(many), until: midnight)
        #expect(line.text == "Number 0 of a l… 0/5, Number 1 of a l… 0/5, Number 2 of a l… 0/5 +3")
    }

    @Test(arguments: [
        (PromptFormat.plain, "1/5"), (.starship, "1/5"), (.bash, "\\[\\e[33m\\]1/5\\[\\e[0m\\]"),
        (.zsh, "%{\u{1B}[33m%}1/5%{\u{1B}[0m%}"), (.fish, "\u{1B}[33m1/5\u{1B}[0m"),
        (.tmux, "#[fg=yellow]1/5#[default]"),
    ])
    func coloursAreWrittenAsEachPlaceWants(format: PromptFormat, text: String) {
        let line = PromptLine(reply([result(.atRisk, have: 1)]), until: midnight)
        #expect(line.shown(as: format, now: midnight + -1) == text)
        #expect(line.shown(as: format, now: midnight + -1, colour: false) == "1/5")
    }

    @Test func aLineIsTrueUntilTheDayEndsAndNoLonger() {
        let line = PromptLine(reply([result(.due, have: 1)]), until: midnight)
        for (seconds, text) in [
            (-86_400, "1/5"), (-1, "1/5"), (0, ""), (1, ""), (86_400, ""),
            // A clock that was set back by a year.
            (-366 * 86_400, ""),
        ] as [(Int64, String)] {
            #expect(line.shown(as: .plain, now: midnight + seconds) == text, "\(seconds)")
        }
        #expect(PromptLine(reply([]), until: midnight).shown(as: .zsh, now: midnight + -1) == "")
    }

    @Test(arguments: [
        "", "\n", " ", "x", "1795820400", "1795820400\n", "1795820400 fine 3/5\n", "soon due 3/5\n",
        "99999999999999999999 due 3/5\n", "-5 due", "\u{0}\u{1}\u{2}", "{\"text\":\"3/5\"}",
    ])
    func garbageIsNoLine(text: String) {
        #expect(PromptLine(parsing: Array(text.utf8))?.shown(as: .plain, now: midnight + -1) ?? "" == "")
        #expect(PromptLine(parsing: [0xFF, 0xFE] + Array(text.utf8)) == nil)
    }

    @Test func onlyTheFirstLineCountsAndWhatItHoldsIsMadeHarmless() throws {
        let line = try #require(
            PromptLine(parsing: Array("1795820400 due a \u{1B}]0;title\u{7} b\nsecond line\n".utf8)))
        #expect(line.text == "a \\u{1b}]0;title\\u{7} b")
    }

    @Test(arguments: PromptFormat.allCases)
    func aNameIsNothingButText(format: PromptFormat) {
        let rhythms = [result(.onTrack, have: 1, name: hostile), devlog(.onTrack, have: 0)]
        let file = PromptLine(reply(rhythms), until: midnight)
        expectTame(file.file)
        #expect(file.file.split(separator: "\n").count == 1)
        // Whole, as no name in the file is: on its way through the reader all the same.
        let line = PromptLine(parsing: Array("1795820400 on-track \(harmless(hostile))\n".utf8))
        let shown = line?.shown(as: format, now: midnight + -1) ?? ""
        expectTame(shown)
        #expect(shown.contains("red"))
        let acting: [Character] =
            switch format {
            case .plain, .starship, .fish: []
            case .bash: ["\\", "$", "`", "!"]
            case .zsh: ["\\", "$", "`", "!"]
            case .tmux: ["#", "%"]
            }
        for character in acting { #expect(!shown.contains(character), "\(format) \(character)") }
        if format == .zsh { #expect(!shown.replacing("%%", with: "").contains("%")) }
    }

    /// The shells themselves say what they make of it.
    @Test func noShellRunsAnythingOfAName() throws {
        let line = try #require(PromptLine(parsing: Array("1795820400 due x\(harmless(hostile))y\n".utf8)))
        let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "LC_ALL": "C.UTF-8"]
        func shown(_ format: PromptFormat) -> String { line.shown(as: format, now: midnight + -1) }
        let bash = try Program.run(
            "bash", ["-c", "PS1=$(cat); printf %s \"${PS1@P}\""], environment: environment, input: shown(.bash))
        #expect(bash.text.contains("＄(id) ｀id｀") && !bash.text.contains("uid="), "\(bash.text)")
        #expect(bash.text.contains("\u{1B}[33mx"))
        guard try Program.run("zsh", ["--version"], environment: environment, expecting: nil).status == 0 else {
            return print("skipped zsh, which is not installed")
        }
        for options in ["", "setopt promptsubst promptbang; "] {
            let zsh = try Program.run(
                "zsh", ["-fc", options + "PROMPT=$(cat); print -rnP -- \"$PROMPT\""], environment: environment,
                input: shown(.zsh))
            #expect(zsh.text.contains("＄(id) ｀id｀ %F{red}") && !zsh.text.contains("uid="), "\(zsh.text)")
        }
    }
}

@Suite struct WaybarTests {
    private func object(_ reply: Wire.Status.Reply) throws -> [String: Any] {
        let text = WaybarText.json(reply)
        #expect(text.hasSuffix("\n") && text.split(separator: "\n").count == 1)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func itSaysHowThingsStand() throws {
        let risky = try object(
            reply([result(.atRisk, have: 2), devlog(.met, have: 1)], alerts: [alert("missed", rhythm: "devlog")]))
        #expect(risky["text"] as? String == "Dev log missed, Commits 2/5")
        #expect(risky["class"] as? String == "missed" && risky["alt"] as? String == "missed")
        #expect(risky["percentage"] as? Int == 70)
        #expect(
            risky["tooltip"] as? String == """
                Rhythm, Fri 27 Nov
                ▲ Commits: 2 of 5 commits, at risk, begin by Fri 27 Nov
                ✓ Dev log: 1 of 1 dev log entry, met
                Dev log: missed in 2026-W47
                """)
        #expect(Set(risky.keys) == ["text", "tooltip", "class", "alt", "percentage"])
    }

    @Test(arguments: [
        (reply([result(.met, have: 9)]), "met", "", 100), (reply([]), "met", "", 100),
        (reply([result(.due, have: 4)]), "due", "4/5", 80),
        (reply([result(.onTrack, have: 0)]), "on-track", "0/5", 0),
        (reply([result(.onTrack, have: 0)], complete: false), "unverified", "?", 0),
        (reply([result(.onTrack, have: 2, limit: true)]), "met", "", 100),
    ])
    func everyStateHasItsClass(reply: Wire.Status.Reply, state: String, text: String, percentage: Int) throws {
        let object = try object(reply)
        #expect(object["class"] as? String == state && object["text"] as? String == text)
        #expect(object["percentage"] as? Int == percentage)
    }

    @Test func namesAreNoMarkup() throws {
        let object = try object(reply([result(.onTrack, have: 1, name: hostile), devlog(.onTrack, have: 0)]))
        for key in ["text", "tooltip"] {
            let markup = try #require(object[key] as? String)
            expectTame(markup)
            // Pango's markup is XML.
            let parser = XMLText("<markup>\(markup)</markup>")
            #expect(parser.isValid && parser.elements == ["markup"], "\(markup)")
        }
        #expect((object["tooltip"] as? String)?.contains("&amp; &lt;b&gt;") == true)
    }
}

/// The elements of an XML text, as far as its entities and tags go.
private struct XMLText {
    var elements: [String] = []
    var isValid = true

    init(_ text: String) {
        for piece in text.split(separator: "<").dropFirst(0) where piece.contains(">") {
            let name = String(piece.prefix { $0 != ">" })
            if !name.hasPrefix("/") { elements.append(name) }
        }
        for piece in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
            isValid = isValid && ["amp;", "lt;", "gt;", "quot;", "apos;"].contains { piece.hasPrefix($0) }
        }
    }
}

@Suite struct MotdTests {
    @Test func nothingIsSaidWhenAllIsWell() {
        #expect(Motd.text(reply([])) == "")
        #expect(Motd.text(reply([result(.onTrack, have: 1), devlog(.met, have: 1)])) == "")
        #expect(Motd.text(reply([result(.onTrack, have: 1, limit: true), result(.excused, have: 0)])) == "")
        // What was not looked at yet may be well.
        #expect(Motd.text(reply([result(.due, have: 1)], asOf: "2026-11-26T00:00:00+01:00")) == "")
        #expect(Motd.text(reply([result(.due, have: 1)], complete: false)) == "")
        #expect(Motd.text(reply([provisional(.due, have: 1)], complete: false, since: "2026-10-01")) == "")
        #expect(Motd.text(reply([result(.due, have: 1)], complete: false, since: "2026-10-01")) != "")
    }

    @Test func whatIsPressingIsSaid() {
        #expect(
            Motd.text(
                reply([result(.atRisk, have: 2), devlog(.due, have: 0)], alerts: [alert("missed")]))
                    == """
                    Rhythm: Dev log, 0 of 1 dev log entry: due today
                    Rhythm: Commits, 2 of 5 commits: at risk, begin by Fri 27 Nov
                    Rhythm: Commits: missed in 2026-W47

                    """)
        #expect(
            Motd.text(reply([result(.onTrack, have: 2)], alerts: [alert("unverified")], unreadable: 1)) == """
                Rhythm: Commits: not known for 2026-W47
                Rhythm: 1 repository with work of yours cannot be read (rhythmctl repos)

                """)
        #expect(
            Motd.text(reply([result(.atRisk, have: 1, late: true)]))
                == "Rhythm: Commits, 1 of 5 commits: at risk, 1.5 a day in 3 days\n")
        #expect(Motd.text(reply([], trouble: "no room left")) == "Rhythm: no room left\n")
    }

    @Test func threeLinesAreAllThereIs() {
        let many = (0..<9).map {
            result(.due, have: 0, id: "r\($0)", name: hostile + String(repeating: "x", count: 90))
        }
        let text = Motd.text(reply(many, alerts: [alert("missed")], trouble: "x\ny"))
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3 && lines[2] == "Rhythm: and 9 more; rhythmctl status shows them")
        for line in lines { #expect(columns(String(line)) < 80) }
        expectTame(text)
    }
}

@Suite struct PrometheusTests {
    private static let replies = [
        reply([]), reply([result(.met, have: 5), devlog(.excused, have: 0)]),
        reply(
            [result(.atRisk, have: 2.5, odds: 0.62), devlog(.due, have: 0)], alerts: [alert("missed")], unreadable: 2),
        reply([result(.missed, have: 0, open: false), devlog(.unverified, have: 0)], complete: false),
        reply([result(.onTrack, have: 1, name: hostile, measure: .gauge("odd \"name\" \\"), limit: true)]),
    ]

    private static func text(_ reply: Wire.Status.Reply, scannedAt: Timestamp?) -> String {
        PrometheusText.text(
            reply, host: "desk",
            repositories: [
                .init(path: "/home/me/work", commits: 214, isReadable: true),
                .init(path: "/home/me/odd \"name\" \\", commits: 0, isReadable: false),
            ], scannedAt: scannedAt)
    }

    @Test func itSaysHowThingsStand() {
        let lines = Self.text(Self.replies[2], scannedAt: Timestamp(1_795_784_400)).split(separator: "\n")
        for line in [
            #"rhythm_info{host="desk",rhythm="commits",name="Commits",measure="commits",every="week"} 1"#,
            #"rhythm_have{host="desk",rhythm="commits"} 2.5"#, #"rhythm_target{host="desk",rhythm="commits"} 5"#,
            #"rhythm_need{host="desk",rhythm="devlog"} 1"#,
            #"rhythm_state{host="desk",rhythm="commits",state="at-risk"} 1"#,
            #"rhythm_state{host="desk",rhythm="commits",state="due"} 0"#,
            #"rhythm_state{host="desk",rhythm="devlog",state="due"} 1"#,
            #"rhythm_streak_current{host="desk",rhythm="commits"} 3"#,
            #"rhythm_streak_longest{host="desk",rhythm="commits"} 12"#,
            #"rhythm_strength_ratio{host="desk",rhythm="commits"} 0.5"#,
            #"rhythm_odds_ratio{host="desk",rhythm="commits"} 0.62"#,
            #"rhythm_active_day_streak_current{host="desk"} 2"#, #"rhythm_active_day_streak_longest{host="desk"} 9"#,
            #"rhythm_alerts{host="desk"} 1"#,
            #"rhythm_repositories{host="desk"} 7"#, #"rhythm_repositories_unreadable{host="desk"} 2"#,
            #"rhythm_repositories_unfinished{host="desk"} 0"#,
            #"rhythm_last_scan_timestamp_seconds{host="desk"} 1795784400"#, "# TYPE rhythm_have gauge",
            #"rhythm_repository_commits{host="desk",repository="/home/me/work"} 214"#,
            #"rhythm_repository_readable{host="desk",repository="/home/me/work"} 1"#,
            #"rhythm_repository_readable{host="desk",repository="/home/me/odd \"name\" \\"} 0"#,
        ] {
            #expect(lines.contains(line[...]), "\(line)")
        }
        #expect(!lines.contains { $0.hasPrefix("rhythm_odds_ratio{host=\"desk\",rhythm=\"devlog\"") })
        // One state each.
        #expect(lines.count { $0.hasPrefix("rhythm_state{") && $0.hasSuffix(" 1") } == 2)
    }

    @Test func whatIsNotKnownIsNotThere() {
        let text = Self.text(Self.replies[1], scannedAt: nil)
        #expect(!text.contains("rhythm_odds_ratio") && !text.contains("rhythm_last_scan"))
    }

    @Test func theMomentDoesNotChangeIt() {
        var later = Self.replies[2]
        later.freshness.now = "2026-11-27T15:05:00+01:00"
        later.freshness.scanning = true
        #expect(
            Self.text(later, scannedAt: midnight) == Self.text(Self.replies[2], scannedAt: midnight)
        )
        #expect(WaybarText.json(later) == WaybarText.json(Self.replies[2]))
    }

    @Test(arguments: replies) func promtoolFindsNothingWrong(reply: Wire.Status.Reply) throws {
        let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
        guard try Program.run("promtool", ["--version"], environment: environment, expecting: nil).status == 0 else {
            return print("skipped: there is no promtool; Debian's package prometheus has it, scripts/test installs it")
        }
        let text = Self.text(reply, scannedAt: midnight)
        expectTame(text)
        let checked = try Program.run(
            "promtool", ["check", "metrics"], environment: environment, input: text, expecting: nil)
        #expect(
            checked.status == 0 && checked.text.isEmpty && checked.errorText.isEmpty, "\(checked.errorText)\n\(text)")
    }
}
