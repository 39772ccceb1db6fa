import Foundation
import RhythmAPI
import RhythmCore
import RhythmStore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// Definitions, day rules and excuses through time, and looks at other times than now.
@Suite struct TimeTravelTests {
    private func rhythm(_ target: Int, every: String = "week", more: String = "") -> String {
        "\(more)\n[[rhythm]]\nid = \"commits\"\nevery = \"\(every)\"\nmeasure = \"commits\"\nat_least = \(target)\n"
    }

    private func write(_ config: String, _ daemon: TestDaemon) throws {
        try daemon.home.write(config, to: ".config/rhythm/rhythm.toml")
    }

    /// Three commits a week, on Tuesdays, from 2026-11-03 on.
    private func history(_ repository: HomeRepository, weeks: Int = 3) throws {
        for week in 0..<weeks {
            for number in 0..<3 {
                let day = CalendarDay(year: 2026, month: 11, day: 3).map { $0 + 7 * week }?.description ?? ""
                try repository.commit("\(week).\(number)", at: "\(day) 1\(number):00 +0000")
            }
        }
    }

    private func report(_ client: Client, last: Int = 9, at: String? = nil, asKnown: Bool? = nil) async throws
        -> [String]
    {
        try await client.ask(Wire.Report.self, .init(last: last, travel: .init(at: at, asKnown: asKnown))).rhythms.map {
            "\($0.period) \(text(of: $0.have))/\(text(of: $0.target)) \($0.state.rawValue)"
        }
    }

    @Test func aChangedTargetLeavesLastWeekAsItWas() async throws {
        let daemon = try TestDaemon(today: "2026-11-11", config: rhythm(3))
        try history(try daemon.repository())
        try await daemon.run { client async throws in
            #expect(try await report(client) == ["2026-W46 3/3 met", "2026-W45 3/3 met"])
            daemon.clock.move(to: "2026-11-18")
            try write(rhythm(5), daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(try await report(client) == ["2026-W47 3/5 on-track", "2026-W46 3/3 met", "2026-W45 3/3 met"])
            // A renamed one is the same one.
            try write(rhythm(5) + "name = \"Code\"\n", daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(try await report(client).count == 3)
            #expect(try await client.status()["commits"]?.name == "Code")
            // As it was then, in the week before the change, and within the week of the change.
            #expect(try await report(client, at: "2026-11-12") == ["2026-W46 3/3 met", "2026-W45 3/3 met"])
            #expect(try await report(client, last: 1, at: "2026-11-16") == ["2026-W47 0/5 on-track"])
            #expect(try await report(client, last: 1, at: "2026-11-17T11:30") == ["2026-W47 2/5 on-track"])
        }
    }

    @Test func aLaterFilterOrStartTakesNoClosedWeekAway() async throws {
        let daemon = try TestDaemon(today: "2026-11-18", config: rhythm(3))
        try history(try daemon.repository("alpha"))
        try await daemon.run { client async throws in
            let before = try await report(client).dropFirst()
            try write(rhythm(3) + "repositories = [\"beta\"]\n", daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(try await report(client).dropFirst() == before)
            #expect(try await report(client, last: 1) == ["2026-W47 0/3 on-track"])
            try write(rhythm(3) + "starts = 2026-12-01\n", daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(try await report(client).dropFirst() == before)
            #expect(try await report(client, last: 1) == ["2026-W47 3/0 excused"])
        }
    }

    @Test func aRhythmDeclaredTodayNagsAboutNothingBeforeAndADailyOneOnce() async throws {
        let daemon = try TestDaemon(today: "2026-11-11", config: rhythm(1))
        try history(try daemon.repository())
        try await daemon.run { client async throws in
            daemon.clock.move(to: "2026-11-18")
            try write(rhythm(1) + rhythm(9).replacing("\"commits\"\nevery", with: "\"nine\"\nevery"), daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await client.ask(Wire.Report.self, .init(last: 2)).rhythms.map(\.state).contains(.missed))
            #expect(!daemon.alerts.contains { $0.hasPrefix("2026-W46") })
            try write(rhythm(1, every: "day"), daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            daemon.clock.move(to: "2026-12-09")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(
                daemon.alerts.filter { !$0.hasPrefix("archive") } == ["2026-12-08-commits.md", "2026-12-09-commits.md"])
        }
    }

    @Test func aRemovedRhythmEndsAndStaysReadable() async throws {
        let daemon = try TestDaemon(today: "2026-11-18", config: rhythm(3))
        try history(try daemon.repository())
        try await daemon.run { client async throws in
            try write(
                "[[rhythm]]\nid = \"daily\"\nevery = \"day\"\nmeasure = \"active-days\"\n", daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(try await client.ask(Wire.Status.self, .init()).rhythms.map(\.id) == ["daily"])
            let old = try await client.ask(Wire.Report.self, .init(period: "2026-W45")).rhythms
            #expect(old.filter { $0.id == "commits" }.map(\.state) == [.met])
            #expect(old.first { $0.id == "commits" }?.ended == true)
            let explained = try await client.ask(Wire.Explain.self, .init(rhythm: "commits"))
            #expect(explained.result.period == "2026-W46" && explained.items.count == 3)
            // Before it was removed it was there.
            let then = try await client.ask(Wire.Status.self, .init(at: "2026-11-12"))
            #expect(then.rhythms.map(\.id).contains("commits"))
            // Brought back it goes on.
            try write(rhythm(3), daemon)
            daemon.clock.move(to: "2026-11-19")
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(try await report(client) == ["2026-W47 3/3 met", "2026-W46 3/3 met", "2026-W45 3/3 met"])
        }
    }

    @Test func newDayRulesHoldFromTheirDayOnAndCountNothingTwice() async throws {
        let daemon = try TestDaemon(today: "2026-11-18", config: rhythm(3))
        let repository = try daemon.repository()
        // Early on Monday: the week before, had days begun at four then.
        try repository.commit("monday", at: "2026-11-16 02:00 +0000")
        try repository.commit("late", at: "2026-11-19 02:00 +0000")
        try await daemon.run { client async throws in
            #expect(try await report(client) == ["2026-W47 1/3 on-track"])
            try write(rhythm(3, more: "day_starts_at = \"04:00\""), daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            #expect(try await report(client) == ["2026-W47 1/3 on-track"])
            daemon.clock.move(to: "2026-11-19")
            _ = try await client.ask(Wire.Scan.self, .init())
            let days = try await client.ask(
                Wire.Query.self, .init(measure: "commits", by: "day", since: "2026-11-16"))
            #expect(days.buckets.map(\.quantity) == [1, 0, 1, 0])
            #expect(days.buckets.map(\.running) == [1, 1, 2, 2])
            try write(rhythm(3, more: "week_start = \"sunday\""), daemon)
            _ = try await client.ask(Wire.Reload.self, .init())
            let weeks = try await client.ask(Wire.Report.self, .init(last: 3)).rhythms
            #expect(weeks.map(\.firstDay) == ["2026-11-15"] && weeks.map(\.lastDay) == ["2026-11-21"])
            #expect(weeks.map(\.have) == [2])
        }
        // A daemon that reads everything anew dates it as before.
        try await daemon.run { client async throws in
            _ = try await client.ask(Wire.Scan.self, .init(fresh: true))
            #expect(try await client.ask(Wire.Report.self, .init(last: 1)).rhythms.map(\.have) == [2])
        }
    }

    @Test func whatWasKnownThenIsWhatHadBeenReadThen() async throws {
        let daemon = try TestDaemon(today: "2026-11-11", config: rhythm(3))
        let repository = try daemon.repository()
        try history(repository, weeks: 1)
        try await daemon.run { client async throws in
            #expect(try await report(client, last: 1) == ["2026-W46 0/3 on-track"])
        }
        // Off for a week, in which the next three were made.
        try history(repository)
        daemon.clock.move(to: "2026-11-19")
        try await daemon.run { client async throws in
            let now = try await report(client)
            #expect(now == ["2026-W47 3/3 met", "2026-W46 3/3 met", "2026-W45 3/3 met"])
            #expect(try await report(client, at: "2026-11-19T12:00") == now)
            #expect(try await report(client, at: "2026-11-19") == now)
            #expect(try await report(client, at: "2026-11-11T13:00") == ["2026-W46 3/3 met", "2026-W45 3/3 met"])
            #expect(
                try await report(client, at: "2026-11-11T13:00", asKnown: true)
                    == ["2026-W46 0/3 on-track", "2026-W45 3/3 met"])
            // On the 18th the daemon was off, and could not have said that the week was missed.
            #expect(
                try await report(client, last: 2, at: "2026-11-18", asKnown: true)
                    == ["2026-W47 0/3 on-track", "2026-W46 0/3 unverified"])
            #expect(try await report(client, at: "2026-11-01", asKnown: true).isEmpty)
            await #expect(throws: (any Error).self) { try await report(client, at: "2026-11-20") }
            await #expect(throws: (any Error).self) { try await report(client, at: "soon") }
        }
    }

    @Test func daysOffAskForLessAndCanBeTakenBack() async throws {
        let daemon = try TestDaemon(today: "2026-11-16", config: rhythm(7))
        try history(try daemon.repository(), weeks: 2)
        try await daemon.run { client async throws in
            let three = try await client.ask(
                Wire.AddExcuse.self, .init(from: "2026-11-18", to: "2026-11-20", why: "Flu", rhythm: nil)
            ).excuse
            let last = try await client.ask(
                Wire.AddExcuse.self, .init(from: "2026-11-09", to: "2026-11-15", why: "Holiday", rhythm: "commits")
            ).excuse
            #expect(
                try await report(client)
                    == ["2026-W47 0/4 on-track", "2026-W46 3/0 excused", "2026-W45 3/6 missed"])
            #expect(try await client.ask(Wire.Excuses.self, .init()).excuses.map(\.why) == ["Holiday", "Flu"])
            _ = try await client.ask(Wire.RevokeExcuse.self, .init(id: try #require(three.id)))
            _ = try await client.ask(Wire.RevokeExcuse.self, .init(id: try #require(last.id)))
            #expect(try await report(client, last: 2) == ["2026-W47 0/7 on-track", "2026-W46 3/7 missed"])
            await #expect(throws: (any Error).self) {
                try await client.ask(Wire.RevokeExcuse.self, .init(id: try #require(last.id)))
            }
            // Of the commits of two weeks the first three were there by the eighth, and no days off were known.
            let then = try await client.ask(Wire.Repositories.self, .init(at: "2026-11-08"))
            #expect(then.repositories.map(\.own) == [3])
            #expect(try await client.ask(Wire.Repositories.self, .init()).repositories.map(\.own) == [6])
            let early = Wire.Travel(at: "2026-11-16T11:59", asKnown: true)
            #expect(try await client.ask(Wire.Excuses.self, early).excuses.isEmpty)
            #expect(try await client.ask(Wire.Repositories.self, early).repositories.isEmpty)
        }
    }

    @Test func checkTellsWhatWouldChangeAndChangesNothing() async throws {
        let daemon = try TestDaemon(today: "2026-11-18", config: rhythm(3))
        try history(try daemon.repository())
        try await daemon.run { client async throws in
            func changes(_ text: String) async throws -> [Wire.Change] {
                let reply = try await client.ask(Wire.Check.self, .init(file: "new.toml", text: text))
                #expect(reply.findings.isEmpty)
                return reply.changes
            }
            #expect(try await changes(rhythm(3)).isEmpty)
            let more = try await changes(rhythm(5))
            #expect(more.map(\.what) == ["rhythm commits"])
            #expect(more.first?.effect == "2026-W47 3 of 3, met becomes 2026-W47 3 of 5, on-track")
            let other = try await changes(
                "merges = true\n[identity]\nemails = [\"me@b\"]\n[[rhythm]]\nid = \"win\"\nevery = \"day\"\nentries = \"win\""
            )
            #expect(other.map(\.what) == ["rhythm win", "rhythm commits", "merges", "identity.emails"])
            #expect(other[1].after == nil && other[1].effect?.hasPrefix("ends with 2026-W46") == true)
            let wrong = try await client.ask(Wire.Check.self, .init(file: "new.toml", text: "merges = 1\nx = 2"))
            #expect(wrong.findings.map(\.line) == [1, 2] && wrong.changes.isEmpty)
            #expect(try await report(client, last: 1) == ["2026-W47 3/3 met"])
        }
    }

    @Test func withCreditForWhatIsReachableAClosedWeekIsSealed() async throws {
        let daemon = try TestDaemon(today: "2026-11-12", config: rhythm(3, more: "credit = \"reachable\""))
        let repository = try daemon.repository()
        try repository.commit("base", at: "2026-11-03 09:00 +0000")
        try repository.git("branch", "base")
        for number in 0..<3 { try repository.commit("\(number)", at: "2026-11-10 1\(number):00 +0000") }
        try await daemon.run { client async throws in
            #expect(try await report(client, last: 1) == ["2026-W46 3/3 met"])
            // In the open week it follows git, in the closed one it does not.
            daemon.clock.move(to: "2026-11-18")
            for number in 0..<2 { try repository.commit("w\(number)", at: "2026-11-17 1\(number):00 +0000") }
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await report(client, last: 2) == ["2026-W47 2/3 on-track", "2026-W46 3/3 met"])
            try repository.git("reset", "--quiet", "--hard", "base")
            _ = try await client.ask(Wire.Scan.self, .init())
            #expect(try await report(client, last: 2) == ["2026-W47 0/3 on-track", "2026-W46 3/3 met"])
        }
    }

    @Test func aSeriesHasZerosAndFilters() async throws {
        let daemon = try TestDaemon(today: "2026-11-18")
        try history(try daemon.repository("alpha"), weeks: 1)
        let beta = try daemon.repository("beta")
        try beta.commit("b", at: "2026-11-17 09:00 +0000")
        try beta.commit("log", at: "2026-11-17 10:00 +0000", file: "devlog/a.md")
        try await daemon.run { client async throws in
            func quantities(
                _ measure: String, by: String? = nil, since: String? = nil, until: String? = nil,
                repositories: [String]? = nil
            ) async throws -> [Double?] {
                try await client.ask(
                    Wire.Query.self,
                    .init(measure: measure, by: by, since: since, until: until, repositories: repositories)
                ).buckets.map(\.quantity)
            }
            #expect(try await quantities("commits", since: "2026-11") == [0, 3, 0, 2])
            #expect(try await quantities("commits", since: "2026-11", repositories: ["al*"]) == [0, 3, 0, 0])
            #expect(
                try await quantities("commits", since: "2026-11", repositories: [daemon.home.path + "/b*"])
                    == [0, 0, 0, 2])
            #expect(try await quantities("active-days", by: "month", since: "2026-10") == [0, 2])
            #expect(try await quantities("devlog", by: "year").last == 1)
            #expect(try await quantities("devlog", by: "year").count == 12)
            #expect(try await quantities("entries:win", by: "quarter", since: "2026") == [0, 0, 0, 0])
            #expect(try await quantities("metric:stars", since: "2026-11") == [nil, nil, nil, nil])
            #expect(try await quantities("commits", by: "day", since: "2026-11-02", until: "2026-11-03") == [0, 3])
            for wrong in ["comits", "entries", "minutes:", ""] {
                await #expect(throws: (any Error).self) { try await quantities(wrong) }
            }
            await #expect(throws: (any Error).self) { try await quantities("commits", since: "2026-12") }
        }
    }
}
