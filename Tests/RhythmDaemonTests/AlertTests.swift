import Foundation
import RhythmAPI
import RhythmCore
import RhythmStore
import RhythmTestSupport
import Synchronization
import Testing

@testable import RhythmDaemon

/// Alerts as a user meets them: files, digests, and what they say about them.
@Suite struct AlertTests {
    private func five(_ repository: HomeRepository, on day: String) throws {
        for number in 0..<5 { try repository.commit("\(day) \(number)", at: "\(day) 1\(number):00 +0000") }
    }

    @Test func whatIsAcknowledgedKeepsQuietAndEndsWithItsEpisode() async throws {
        let daemon = try TestDaemon(today: "2026-11-16")
        let repository = try daemon.repository()
        try repository.commit("log", at: "2026-11-16 09:00 +0000", file: "DEVLOG.md")
        try await daemon.run { client async throws in
            daemon.clock.move(to: "2026-11-22")
            _ = try await client.ask(Wire.Scan.self, .init())
            let id = "2026-W47-commits"
            #expect(try await client.ask(Wire.Alerts.self, .init()).alerts.map(\.id) == [id])
            _ = try await client.ask(Wire.AckAlert.self, .init(id: id, note: "moving house"))
            #expect(try await client.ask(Wire.Alerts.self, .init()).alerts.first?.acknowledged != nil)
            #expect(try daemon.alert("\(id).md").contains("\nacknowledged: 2026-11-22T12:00:00+00:00\n"))
            // Missed, and known: it goes to the archive, and the next week is a new one.
            daemon.clock.move(to: "2026-11-23")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(daemon.alerts == ["archive/2026/\(id).md"])
            daemon.clock.move(to: "2026-11-29")
            _ = try await client.ask(Wire.Scan.self, .init())
            let next = try await client.ask(Wire.Alerts.self, .init()).alerts
            #expect(next.map(\.id) == ["2026-W48-commits", "2026-W48-devlog"])
            #expect(next.allSatisfy { $0.acknowledged == nil })
            await #expect(throws: (any Error).self) { try await client.ask(Wire.AckAlert.self, .init(id: id)) }
            let shown = try await client.ask(Wire.ShowAlert.self, .init(id: id))
            #expect(shown.events.map(\.what).contains("ack") && shown.alert.state == "acknowledged")
        }
    }

    @Test func snoozesAndSilencesHaveAnEnd() async throws {
        let daemon = try TestDaemon(today: "2026-11-16")
        let repository = try daemon.repository()
        try repository.commit("log", at: "2026-11-16 09:00 +0000", file: "DEVLOG.md")
        try await daemon.run { client async throws in
            daemon.clock.move(to: "2026-11-22")
            _ = try await client.ask(Wire.Scan.self, .init())
            let id = "2026-W47-commits"
            _ = try await client.ask(Wire.SnoozeAlert.self, .init(id: id, until: "3h"))
            var alert = try #require(try await client.ask(Wire.Alerts.self, .init()).alerts.first)
            #expect(alert.snoozedUntil == "2026-11-22T15:00:00+00:00" && alert.nextNag == alert.snoozedUntil)
            let silence = try await client.ask(
                Wire.SilenceAlerts.self, .init(rhythm: "commits", why: "fair", until: "2026-11-24")
            ).silence
            alert = try #require(try await client.ask(Wire.Alerts.self, .init()).alerts.first)
            #expect(alert.silenced == "fair" && alert.silencedUntil == "2026-11-24T00:00:00+00:00")
            _ = try await client.ask(Wire.EndSilence.self, .init(id: silence.id))
            #expect(try await client.ask(Wire.Alerts.self, .init()).silences.isEmpty)
            for wrong in ["yesterday", "2026-11-01", "0h", ""] {
                await #expect(throws: (any Error).self) {
                    try await client.ask(Wire.SnoozeAlert.self, .init(id: id, until: wrong))
                }
            }
        }
    }

    @Test func aDigestSaysWhatAWeekCameToAndLateEvidenceMendsBoth() async throws {
        let daemon = try TestDaemon(today: "2026-11-16")
        let repository = try daemon.repository()
        try repository.commit("one", at: "2026-11-16 09:00 +0000")
        try await daemon.run { _ in }
        daemon.clock.move(to: "2026-11-24")
        let digest = daemon.setup.paths.reports + "/2026-W47.md"
        try await daemon.run { client async throws in
            let text = try String(contentsOfFile: digest, encoding: .utf8)
            #expect(text.contains("0 of 2 met. Not met: Commits (missed), Dev log (missed)."))
            #expect(text.contains("| Commits | 1 of 5 commits | missed |"))
            #expect(daemon.alerts.contains("2026-W47-commits.md"))
            // Found in a clone that was elsewhere.
            try five(repository, on: "2026-11-18")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try daemon.alert("archive/2026/2026-W47-commits.md").contains("\nlate_evidence: true\n"))
            #expect(try String(contentsOfFile: digest, encoding: .utf8).contains("| Commits | 6 of 5 commits | met |"))
            let events = try await client.ask(Wire.AlertHistory.self, .init()).events
            #expect(events.last { $0.id == "2026-W47-commits" }?.note == "late evidence")
        }
    }

    @Test func goalsHaveAlertsToo() async throws {
        let daemon = try TestDaemon(
            today: "2026-11-16",
            config: """
                rhythm = []
                [[goal]]
                id = "ten"
                name = "Ten commits"
                measure = "commits"
                at_least = 10
                from = 2026-11-16
                by = 2026-11-23
                """)
        let repository = try daemon.repository()
        try repository.commit("one", at: "2026-11-16 09:00 +0000")
        try await daemon.run { client async throws in
            daemon.clock.move(to: "2026-11-23")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try daemon.alert("2026-11-23-ten.md").contains("# Ten commits: 9 commits to go by Mon 23 Nov"))
            daemon.clock.move(to: "2026-11-24")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await client.ask(Wire.Alerts.self, .init()).alerts.map(\.state) == ["missed"])
        }
    }

    @Test func aReaderNeverSeesAPartOfAFile() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/alert.md"
        let texts = [1, 2].map { number in
            String(repeating: "\(number) a line of an alert\n", count: 4000 * number) + "end \(number)\n"
        }
        try AtomicFile.write(texts[0], to: path)
        let isDone = Mutex(false)
        async let writing: Void = {
            defer { isDone.withLock { $0 = true } }
            for round in 0..<1500 { try AtomicFile.write(texts[round % 2], to: path) }
        }()
        var seen: Set<Int> = []
        while !isDone.withLock({ $0 }) {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let whole = try #require(texts.firstIndex(of: text), "a part of \(text.utf8.count) bytes")
            seen.insert(whole)
        }
        try await writing
        #expect(seen.count == 2)
    }

    @Test func aMachineThatIsGivenAnotherZoneCountsItsDaysByThat() async throws {
        let zone = Mutex(Zone.utc)
        let daemon = try TestDaemon(today: "2026-11-22", zone: { zone.withLock { $0 } })
        _ = try daemon.repository()
        let localtime = URL(filePath: daemon.setup.localtime)
        try await daemon.run { client async throws in
            let before = try await client.ask(Wire.Alerts.self, .init()).alerts.first
            #expect(before?.id == "2026-W47-commits" && before?.nextNag == "2026-11-22T18:00:00+00:00")
            // Noon here is one in the night of Monday there.
            let auckland = try #require(Zone(iana: "Pacific/Auckland"))
            zone.withLock { $0 = auckland }
            try Data().write(to: localtime.appendingPathExtension("new"))
            try #require(rename(localtime.path + ".new", localtime.path) == 0)
            var periods: Set<String> = []
            repeat { periods = Set(try await client.status().values.map(\.period)) } while periods == ["2026-W47"]
            #expect(periods == ["2026-W48"])
        }
    }

    @Test func whoWorksSteadilyIsToldOnceThatItIsGettingTight() async throws {
        let daemon = try TestDaemon(today: "2026-11-16", config: Self.commitsAWeek)
        let repository = try daemon.repository()
        let monday = try #require(CalendarDay("2026-11-16"))
        for week in 1...8 {
            for day in 1...5 { try repository.commit("\(week) \(day)", at: "\(monday - 7 * week + day) 13:00 +0000") }
        }
        try await daemon.run { client async throws in
            for day in 1...5 {
                daemon.clock.move(to: "\(monday + day)")
                _ = try await client.ask(Wire.Scan.self, .init())
                try repository.commit("now \(day)", at: "\(monday + day) 12:00 +0000")
                _ = try await client.ask(Wire.Scan.self, .init())
            }
            let events = try await client.ask(Wire.AlertHistory.self, .init(since: "2026-11-16")).events
            #expect(events.count { $0.what == "at-risk" } > 1)
            #expect(events.count { $0.what == "nag" } == 1)
            #expect(try await client.status()["commits"]?.state == .met)
        }
    }

    private static let commitsAWeek = """
        [[rhythm]]
        id = "commits"
        every = "week"
        measure = "commits"
        at_least = 5
        """

    @Test func whatWasAcknowledgedStaysSoAndWhatNoPeriodAsksForEnds() async throws {
        let quarterly = Self.commitsAWeek.replacing("week", with: "quarter").replacing("= 5", with: "= 50")
        let daemon = try TestDaemon(today: "2026-09-30", config: quarterly)
        _ = try daemon.repository()
        let id = "2026-Q3-commits"
        try await daemon.run { client async throws in
            daemon.clock.move(to: "2026-10-01")
            _ = try await client.ask(Wire.Scan.self, .init())
            _ = try await client.ask(Wire.AckAlert.self, .init(id: id, note: nil))
            daemon.clock.move(to: "2026-12-10")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await client.ask(Wire.Alerts.self, .init()).alerts.map(\.id) == ["2026-Q4-commits"])
            // Asked for by the month from now on.
            try daemon.home.write(quarterly.replacing("quarter", with: "month"), to: ".config/rhythm/rhythm.toml")
            _ = try await client.ask(Wire.Reload.self, .init())
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await client.ask(Wire.Alerts.self, .init()).alerts.map(\.id) == ["2026-12-commits"])
            let shown = try await client.ask(Wire.ShowAlert.self, .init(id: "2026-Q4-commits"))
            #expect(shown.alert.state == "excused" && shown.text.contains("no longer asked for"))
            #expect(shown.alert.file.hasSuffix("/archive/2026/2026-Q4-commits.md"))
        }
    }

    @Test func aFolderThatCannotBeWrittenKeepsNoHookQuiet() async throws {
        let hook = """
            [[hook]]
            on = ["due"]
            run = ["tee", "-a", "HOOK"]
            """
        let daemon = try TestDaemon(today: "2026-11-20")
        let file = try Fifo(daemon.home.path + "/hook")
        try daemon.home.write(
            Self.commitsAWeek + "\n" + hook.replacing("HOOK", with: file.path), to: ".config/rhythm/rhythm.toml")
        _ = try daemon.repository()
        try await daemon.run { client async throws in
            try FileManager.default.removeItem(atPath: daemon.setup.paths.alerts)
            try Data().write(to: URL(filePath: daemon.setup.paths.alerts))
            daemon.clock.move(to: "2026-11-22")
            _ = try? await client.ask(Wire.Scan.self, .init())
            #expect(await file.lines(1).first?.contains("2026-W47-commits") == true)
            let status = try await client.ask(Wire.Status.self, .init())
            #expect(status.alerts.map(\.state) == ["due"])
            #expect(status.freshness.trouble != nil)
            _ = try await client.ask(Wire.AckAlert.self, .init(id: "2026-W47-commits", note: nil))
            try FileManager.default.removeItem(atPath: daemon.setup.paths.alerts)
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try daemon.alert("2026-W47-commits.md").contains("acknowledged: "))
        }
    }
}
