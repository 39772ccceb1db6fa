import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

@Suite struct ConfigTests {
    private func findings(_ text: String) -> [String] {
        do {
            _ = try Config.parse(text, file: "r.toml", home: "/home/me")
            return []
        } catch let error as ConfigError {
            return error.findings.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func everyKeyIsRead() throws {
        let config = try Config.parse(
            """
            zone = "Europe/Prague"
            day_starts_at = "04:30"
            week_start = "sunday"
            merges = true
            credit = "reachable"
            [identity]
            emails = ["a@b", "c@d"]
            names = ["Me"]
            co_authored = true
            [repositories]
            roots = ["~", "~/src", "/data"]
            depth = 2
            exclude = []
            [devlog]
            files = ["LOG.md"]
            [scan]
            every = "10m"
            discover_every = "1d"
            [prometheus]
            path = "~/rhythm.prom"
            """, file: "r.toml", home: "/home/me")
        #expect(config.emails == ["a@b", "c@d"] && config.names == ["Me"] && config.coAuthored)
        #expect(config.roots == ["~", "~/src", "/data"] && config.depth == 2 && config.exclude.isEmpty)
        #expect(config.devlog == ["LOG.md"] && config.scanEvery == 600 && config.discoverEvery == 86_400)
        let day = config.calendar(machine: .utc).rule(machine: .utc)
        #expect(config.merges && config.credit == .reachable && day.startsAt == 4 * 3600 + 1800)
        #expect(config.weekStart == .sunday && config.prometheus == "~/rhythm.prom")
        // Noon in Prague in summer is ten o'clock UTC.
        #expect(
            day.day(of: Timestamp(1_782_858_600), authorOffset: UTCOffset(minutes: 0)).description == "2026-06-30"
        )
    }

    @Test(arguments: [
        ("mergers = true", "r.toml:1: mergers: no such key; did you mean merges?"),
        ("\nmerges = \"yes\"", "r.toml:2: merges: must be true or false, without quotes"),
        (
            "zone = \"Europe/Pragu\"",
            "r.toml:1: zone: \"Europe/Pragu\" is no known zone; write \"author\", \"local\" or \"Europe/Prague\""
        ),
        (
            "day_starts_at = \"25:00\"",
            "r.toml:1: day_starts_at: \"25:00\" is no time of day; write one from \"00:00\" to \"12:00\""
        ),
        ("week_start = \"mondy\"", "did you mean \"monday\"?"),
        ("[scan]\n# often\nevery = \"1s\"", "r.toml:3: scan.every: \"1s\" must be a time such as"),
        (
            "[repositories]\nroots = [\"src\"]",
            "r.toml:2: repositories.roots: \"src\" must be an absolute path, or one that begins with ~/"
        ),
        (
            "[prometheus]\npath = \"rhythm.prom\"",
            "r.toml:2: prometheus.path: \"rhythm.prom\" must be an absolute path, or one that begins with ~/"
        ),
        ("[prometheus]\npath = \"/srv/\"", "r.toml:2: prometheus.path: \"/srv/\" is a folder; name the file in it"),
        ("[prometheus]\npath = 1", "r.toml:2: prometheus.path: must be a path"),
        ("[repositories]\ndepth = -1", "r.toml:2: repositories.depth: must be a whole number from 0 to 32"),
        ("identity = 3", "r.toml:1: identity: is a table: write [identity] on a line of its own, its keys below"),
        ("[identity]\nemails = [1]", "r.toml:2: identity.emails: must be a list of texts, such as [\"one\", \"two\"]"),
        ("a = [", "r.toml:1: no TOML"),
    ])
    func whatIsWrongIsSaidWithItsPlaceAndTheRemedy(text: String, finding: String) {
        let found = findings(text)
        #expect(found.count == 1)
        #expect(found.first?.contains(finding) == true, "\(found)")
    }

    @Test func allFindingsComeAtOnceInTheirOrder() {
        let found = findings("merges = 1\nfoo = 2\n[scan]\nevery = 5\n")
        #expect(found.map { $0.split(separator: ":")[1] } == ["1", "2", "4"])
    }

    @Test func anUnreadableFileIsAFindingAndAMissingOneIsNone() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ConfigError.self) { try Config.load(path: folder.path, home: nil) }
        #expect(try Config.load(path: folder.path + "/none", home: nil).depth == Config().depth)
    }
}
