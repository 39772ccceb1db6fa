import RhythmAPI
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmReport

private let plain = Terminal(colour: false, width: 80)

private func result(
    _ id: String, _ state: PeriodState, have: Double, target: Double, period: String = "2026-W48",
    first: String = "2026-11-23", last: String = "2026-11-29", name: String? = nil, open: Bool = true
) -> Wire.PeriodResult {
    let outlook = Wire.Outlook(
        pace: 1.5, atRiskFrom: "2026-11-26", lastSafeDay: "2026-11-27", lastSafeMoment: "2026-11-27T00:00:00+01:00",
        dueDay: last, daysLeft: 3, safeDays: 0, late: false, neededPerDay: 1, odds: 0.62, oddsFrom: 40)
    let measure: Measure = id == "devlog" ? .devlog : .commits
    return Wire.PeriodResult(
        id: id, name: name ?? (id == "devlog" ? "Dev log" : "Commits"), measure: measure, every: .week,
        demand: measure.phrase(target), limit: false, hard: false, period: period, firstDay: first, lastDay: last,
        open: open, state: state, have: have, target: target, need: max(0, target - have), parts: [], anyPart: false,
        streak: Streak(current: 3, longest: 12), strength: 0.634, outlook: open && have < target ? outlook : nil,
        ended: false)
}

private func freshness(trouble: String? = nil) -> Wire.Freshness {
    Wire.Freshness(
        now: "2026-11-27T14:05:00+01:00", today: "2026-11-27", complete: true, scanning: false,
        scannedAt: "2026-11-27T14:03:10+01:00", asOf: nil, trouble: trouble)
}

@Suite struct TextReportTests {
    @Test func aStatusAnswersInOneScreen() {
        let alert = Wire.Alert(
            id: "2026-W48-commits", rhythm: "commits", name: "Commits", period: "2026-W48", state: "at-risk",
            since: "2026-11-26T00:00:00+01:00", file: "/home/me/.local/state/rhythm/alerts/2026-W48-commits.md",
            have: 2, target: 5, need: 3, late: false)
        let reply = Wire.Status.Reply(
            freshness: freshness(),
            rhythms: [result("commits", .atRisk, have: 2, target: 5), result("devlog", .met, have: 1, target: 1)],
            activeDays: Streak(current: 2, longest: 9), goals: [], alerts: [alert], repositories: 7, unreadable: [])
        #expect(
            TextReport.status(reply, on: plain, home: "/home/me") == """
                2026-W48  Mon 23 – Sun 29 Nov 2026  3 days left
                  ▲ Commits  ████░░░░░░  2 of 5  at risk: 3 more; begin by Fri 27 Nov; odds 62%
                  ✓ Dev log  ██████████  1 of 1  met

                Streaks  Commits 3 weeks (longest 12, strength 63%) · Dev log 3 weeks (longest
                         12, strength 63%) · active 2 days in a row (longest 9)

                Alerts
                  at risk     ~/.local/state/rhythm/alerts/2026-W48-commits.md

                7 repositories, read at 14:03

                """)
    }

    @Test func severalPeriodsStandBelowTheirRhythm() {
        let reply = Wire.Report.Reply(
            freshness: freshness(trouble: "no room left"),
            rhythms: [
                result("commits", .due, have: 4, target: 5),
                result(
                    "commits", .missed, have: 0, target: 5, period: "2026-W47", first: "2026-11-16", last: "2026-11-22",
                    open: false),
            ], alerts: [])
        #expect(
            TextReport.report(reply, on: plain, home: nil) == """
                Commits  5 commits a week · streak 3, longest 12 · strength 63%
                  ! 2026-W48  Mon 23 Nov – Sun 29 Nov   ████████░░     4/5  due
                  ✗ 2026-W47  Mon 16 Nov – Sun 22 Nov   ░░░░░░░░░░     0/5  missed

                Read at 14:03
                Trouble: no room left

                """)
    }

    /// A fresh install whose repositories have years to be read.
    private func recent(_ results: [Wire.PeriodResult]) -> (Wire.Freshness, [Wire.PeriodResult]) {
        var fresh = freshness()
        (fresh.complete, fresh.completeSince, fresh.unfinished, fresh.scanning) = (false, "2026-10-01", 12, true)
        return (
            fresh,
            results.map { result in
                var result = result
                result.streak = Streak(current: 7, longest: 7, provisional: true)
                return result
            }
        )
    }

    @Test func whatMayStillChangeIsMarked() {
        var quarter = result(
            "quarter", .onTrack, have: 41, target: 60, period: "2026-Q4", first: "2026-10-01", last: "2026-12-31",
            name: "Quarter")
        quarter.every = .quarter
        var year = result(
            "year", .onTrack, have: 103, target: 400, period: "2026", first: "2026-01-01", last: "2026-12-31",
            name: "Year")
        year.every = .year
        year.provisional = true
        let (fresh, rhythms) = recent([result("commits", .atRisk, have: 2, target: 5), quarter, year])
        let goal = Wire.Goal(
            id: "g", name: "Commits in 2026", measure: .commits, demand: "400 commits", limit: false,
            from: "2026-01-01",
            by: "2026-12-31", state: "behind", have: 103, target: 400, need: 297, perDay: 1, provisional: true)
        let status = Wire.Status.Reply(
            freshness: fresh, rhythms: rhythms, activeDays: Streak(current: 2, longest: 9), goals: [goal], alerts: [],
            repositories: 340, unreadable: [])
        #expect(
            TextReport.status(status, on: plain, home: "/home/me") == """
                2026-W48  Mon 23 – Sun 29 Nov 2026  3 days left
                  ▲ Commits  ████░░░░░░  2 of 5       at risk: 3 more; begin by Fri 27 Nov

                2026-Q4  Thu 1 Oct – Thu 31 Dec 2026  3 days left
                  · Quarter  ██████░░░░  41 of 60     on track: 19 more; begin by Fri 27 Nov

                2026  Thu 1 Jan – Thu 31 Dec 2026  3 days left
                  · Year     ██░░░░░░░░  103+ of 400  on track: 297 more; begin by Fri 27 Nov

                Streaks  Commits 7+ weeks (longest 7+, strength ~63%) · Quarter 7+ quarters
                         (longest 7+, strength ~63%) · Year 7+ years (longest 7+, strength ~63%)
                         · active 2 days in a row (longest 9+)

                Goals
                  ▲ Commits in 2026  ██░░░░░░░░  103+ of 400  behind: not at this pace

                340 repositories, read at 14:03, reading now
                Complete back to 2026-10-01; older history is still being read (12 of 340
                repositories)
                What may still change has a +, a ~ or a ?

                """)
        let report = Wire.Report.Reply(freshness: fresh, rhythms: rhythms, alerts: [])
        #expect(
            TextReport.report(report, on: plain, home: nil) == """
                2026-W48  Mon 23 – Sun 29 Nov 2026  3 days left
                  ▲ Commits  ████░░░░░░  2 of 5       at risk: 3 more; begin by Fri 27 Nov

                2026-Q4  Thu 1 Oct – Thu 31 Dec 2026  3 days left
                  · Quarter  ██████░░░░  41 of 60     on track: 19 more; begin by Fri 27 Nov

                2026  Thu 1 Jan – Thu 31 Dec 2026  3 days left
                  · Year     ██░░░░░░░░  103+ of 400  on track: 297 more; begin by Fri 27 Nov

                    Commits  streak 7+ weeks, longest 7+, strength ~63%
                    Quarter  streak 7+ quarters, longest 7+, strength ~63%
                    Year     streak 7+ years, longest 7+, strength ~63%

                Read at 14:03, reading now
                Complete back to 2026-10-01; older history is still being read (12 repositories)
                What may still change has a +, a ~ or a ?

                """)
    }

    @Test func whatIsBeyondTheRecentWeeksIsMarkedInAListOfPeriods() {
        func week(
            _ period: String, _ first: String, _ last: String, _ state: PeriodState, _ have: Double
        ) -> Wire.PeriodResult {
            var week = result(
                "commits", state, have: have, target: 5, period: period, first: first, last: last, open: false)
            week.provisional = true
            return week
        }
        let (fresh, rhythms) = recent([
            result("commits", .due, have: 4, target: 5), week("2026-W39", "2026-09-21", "2026-09-27", .missed, 1),
            week("2026-W38", "2026-09-14", "2026-09-20", .unverified, 2),
            week("2026-W37", "2026-09-07", "2026-09-13", .met, 6),
        ])
        #expect(
            TextReport.report(.init(freshness: fresh, rhythms: rhythms, alerts: []), on: plain, home: nil) == """
                Commits  5 commits a week · streak 7+, longest 7+ · strength ~63%
                  ! 2026-W48  Mon 23 Nov – Sun 29 Nov   ████████░░     4/5  due
                  ✗ 2026-W39  Mon 21 Sep – Sun 27 Sep   ██░░░░░░░░    1+/5  missed?
                  ? 2026-W38  Mon 14 Sep – Sun 20 Sep   ████░░░░░░    2+/5  unverified
                  ✓ 2026-W37  Mon 7 Sep – Sun 13 Sep    ██████████    6+/5  met

                Read at 14:03, reading now
                Complete back to 2026-10-01; older history is still being read (12 repositories)
                What may still change has a +, a ~ or a ?

                """)
    }

    @Test func everyLineFitsAndNoControlCharacterGetsThrough() {
        let hostile = "\u{1B}[31mred\u{7}\n\u{202E}gnp.exe " + String(repeating: "漢字", count: 60)
        let item = Wire.Item(
            kind: .commit, object: String(repeating: "a", count: 40), path: nil, day: "2026-11-23",
            at: "2026-11-23T09:00:00+01:00",
            subject: hostile, email: "me@x", coAuthored: true, verdict: "rejected", reason: "a merge commit",
            foldedInto: nil, repositories: ["/r/\(hostile)", "/other"], unreachableSince: "2026-11-24T00:00:00+01:00")
        let reply = Wire.Explain.Reply(
            freshness: freshness(), result: result("commits", .onTrack, have: 1, target: 5, name: hostile),
            rules: ["One.", "Two."],
            items: [item])
        let text = TextReport.explain(reply, on: plain, home: nil)
        for scalar in text.unicodeScalars where scalar != "\n" {
            #expect(scalar.properties.generalCategory != .control)
            #expect(scalar.value != 0x202E)
        }
        // The heading holds the rhythm's own name, which is the user's to keep short.
        for line in text.split(separator: "\n").dropFirst() { #expect(columns(String(line)) <= 80, "\(line)") }
    }

    @Test func whatGitSaysInSeveralLinesIsBrokenAnew() {
        let message =
            "fatal: detected dubious ownership in repository at '/home/me/src/work'\nTo add an exception, call:\n\n\tgit config"
        let repository = Wire.Repository(
            gitDir: "/home/me/src/work/.git", workDir: "/home/me/src/work", standing: "tracked", reader: nil,
            scannedAt: nil, own: 3, emails: [],
            problem: .init(code: "dubious-ownership", message: message, since: "2026-11-27T14:03:10+01:00"))
        let folders = [Wire.Finding(file: "/home/me/notes", message: "No such file or directory")]
        let status = Wire.Status.Reply(
            freshness: freshness(), rhythms: [], activeDays: Streak(), goals: [], alerts: [], repositories: 1,
            unreadable: [repository], unreadableFolders: folders)
        let repositories = Wire.Repositories.Reply(repositories: [repository], unreadableFolders: folders)
        let scan = Wire.Scan.Reply(done: 2, total: 2, problems: 2, unreadableFolders: folders)
        let texts = [
            TextReport.status(status, on: plain, home: "/home/me"),
            TextReport.repositories(repositories, on: plain, home: "/home/me"),
            DoctorText.text([Wire.Diagnosis("repositories", .warning, message)], on: plain),
        ]
        for text in texts {
            #expect(!text.contains("u{a}") && text.contains("detected dubious"))
            #expect(text.split(separator: "\n").allSatisfy { columns(String($0)) <= 80 }, "\(text)")
        }
        let line = "\nCannot read the dev logs in ~/notes: No such file or directory\n"
        #expect(texts[0].contains(line) && texts[1].contains(line))
        #expect(
            TextReport.scan(scan, on: plain, home: "/home/me")
                == "1 repository read, 1 cannot be read (rhythmctl repos); nothing new" + line)
    }

    @Test(arguments: ["sh", "bash"]) func aShellTakesAnyWordForWhatItIs(_ shell: String) throws {
        let words = [
            "plain", "", "it's", "a b", "a\nb.md", "-n\nx", "100%\n%s\\n's", "\u{1B}[31m", "\u{202E}ü\u{85}🎉",
            "$HOME\t`id`",
        ]
        for word in words {
            let shown = shellWord(word)
            #expect(harmless(shown) == shown)
            let said = try Program.run(
                shell, ["-c", "printf %s \(shown)"], environment: Program.environment(home: "/"))
            #expect(said.text == word, "\(shown)")
        }
    }

    @Test func coloursAreForTerminalsThatShowThem() {
        let reply = Wire.Report.Reply(
            freshness: freshness(), rhythms: [result("commits", .due, have: 4, target: 5)], alerts: [])
        #expect(!TextReport.report(reply, on: plain, home: nil).contains("\u{1B}"))
        #expect(TextReport.report(reply, on: Terminal(colour: true, width: 80), home: nil).contains("\u{1B}[33m"))
    }

    @Test(arguments: [("abc", 3), ("e\u{301}", 1), ("漢字", 4), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("", 0)])
    func columnsAreWhatATerminalUses(text: String, width: Int) {
        #expect(columns(text) == width)
        #expect(columns(fitted(text, to: 5)) == 5)
    }

    @Test func rangesSayNoMoreThanDiffers() {
        #expect(DayText.range("2026-11-23", "2026-11-29") == "Mon 23 – Sun 29 Nov 2026")
        #expect(DayText.range("2026-11-30", "2026-12-06") == "Mon 30 Nov – Sun 6 Dec 2026")
        #expect(DayText.range("2026-12-28", "2027-01-03") == "Mon 28 Dec 2026 – Sun 3 Jan 2027")
        #expect(DayText.range("2026-11-23", "2026-11-23") == "Mon 23 Nov 2026")
    }
}

@Suite struct AlertDocumentTests {
    private func text(_ state: Episode.State, _ result: Wire.PeriodResult, late: Bool = false) -> String {
        AlertDocument.markdown(
            alert: Wire.Alert(
                id: "2026-W48-commits", rhythm: "commits", name: "Commits", period: "2026-W48", state: state.rawValue,
                since: "2026-11-27T00:00:00+01:00", file: "/f.md", have: result.have, target: result.target,
                need: result.need, nextNag: "2026-11-27T08:00:00+01:00", late: late), result: result)
    }

    @Test func anAlertIsReadByScriptsAndByPeople() {
        #expect(
            text(.atRisk, result("commits", .atRisk, have: 2, target: 5)) == """
                ---
                id: 2026-W48-commits
                rhythm: commits
                period: 2026-W48
                state: at-risk
                since: 2026-11-27T00:00:00+01:00
                have: 2
                target: 5
                need: 3
                first_day: 2026-11-23
                last_day: 2026-11-29
                last_safe_day: 2026-11-27
                last_safe_moment: 2026-11-27T00:00:00+01:00
                next_nag: 2026-11-27T08:00:00+01:00
                evidence: "rhythmctl explain commits --period 2026-W48"
                ---

                # Commits: 3 commits to go by Sun 29 Nov

                2 of 5 commits in 2026-W48 (Mon 23 – Sun 29 Nov 2026).
                At your usual pace (1.5 on an active day) begin by Fri 27 Nov and it is still met.
                What was counted: `rhythmctl explain commits --period 2026-W48`
                To say that you know: `rhythmctl alerts ack 2026-W48-commits`

                """)
    }

    @Test func lateEvidenceIsSaid() {
        #expect(
            text(.resolved, result("commits", .met, have: 5, target: 5, open: false), late: true)
                .contains("Made good by late evidence"))
    }

    @Test func eachStateSaysWhatWouldSettleIt() {
        #expect(text(.due, result("commits", .due, have: 4, target: 5)).contains("last day: 1 commit would settle it"))
        #expect(
            text(.missed, result("commits", .missed, have: 4, target: 5, open: false)).contains("closed 1 commit short")
        )
        #expect(
            text(.unverified, result("commits", .unverified, have: 0, target: 5, open: false)).contains(
                "could not be read"))
        #expect(text(.resolved, result("commits", .met, have: 5, target: 5)).contains("# Commits: done in 2026-W48"))
    }
}
