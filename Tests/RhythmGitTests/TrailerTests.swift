import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct TrailerTests {
    private static func values(_ message: String) -> [String] {
        Array(message.utf8).withUnsafeBufferPointer { Trailers.values(of: "rhythm", in: $0, 0..<$0.count) }
    }

    @Test("finds the trailers that git finds, in messages of every shape", arguments: [1, 2, 3] as [UInt64])
    func oracle(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let lines = [
            "Rhythm: win https://example.org", "rhythm: sync 15m", "RHYTHM : demo", "Rhythm:blog", "Rhythm:",
            "Rhythm win",
            " continued", "\tcontinued too", "Signed-off-by: Ann <ann@example.org>", "Co-authored-by: Bob <b@x>",
            "(cherry picked from commit 0123456789)", "plain text", "more plain text: with a colon", "", "", "", " ",
            "# Rhythm: win",
            "Conflicts:", "\tpath/to/file", "Rhythm-x: no", "Fixes #1: no", ": no key", "---", "Rhythm: last\r",
        ]
        var stream = ""
        var messages: [String] = []
        for number in 0..<1500 {
            var message = Int.random(in: 0..<10, using: &random) == 0 ? "" : "title \(number)\n\n"
            for _ in 0..<Int.random(in: 0..<9, using: &random) {
                message += lines[Int.random(in: 0..<lines.count, using: &random)] + "\n"
            }
            if Int.random(in: 0..<5, using: &random) == 0, message.hasSuffix("\n") { message.removeLast() }
            messages.append(message)
            stream += """
                commit refs/heads/main
                committer A <a@x> \(1_700_000_000 + number) +0000
                data \(message.utf8.count)
                \(message)

                """
        }
        let repository = try TestRepository()
        try repository.git(["fast-import", "--quiet", "--force"], input: Data(stream.utf8))
        let said = try repository.git(
            "log", "--reverse", "--format=%x02%(trailers:key=rhythm,valueonly,unfold,separator=%x01)", "main")
        let expected = said.split(separator: "\u{2}", omittingEmptySubsequences: false).dropFirst().map { part in
            part.hasSuffix("\n") ? String(part.dropLast()) : String(part)
        }
        #expect(expected.count == messages.count)
        var found = 0
        for (message, expected) in zip(messages, expected) {
            let values = Self.values(message)
            found += values.count
            // Of empty values git's text tells some.
            let said = expected.split(separator: "\u{1}").map(String.init)
            #expect(values.filter { !$0.isEmpty } == said, "\(message.debugDescription)")
        }
        #expect(found > 300)
    }

    @Test("reads what git interpret-trailers writes")
    func interpretTrailers() throws {
        let repository = try TestRepository()
        for message in [
            "title\n", "title\n\nbody: with a colon\n", "title\n\nSigned-off-by: A <a@x>\n", "title\n\n# c\n",
        ] {
            let written = try repository.git(
                ["interpret-trailers", "--no-divider", "--trailer", "Rhythm: win a", "--trailer", "Rhythm: demo b"],
                input: Data(message.utf8))
            #expect(Self.values(written) == ["win a", "demo b"], "\(message.debugDescription)")
        }
    }

    @Test("a value is a kind, minutes, a text and an address")
    func entries() {
        func entry(_ value: String) -> String? {
            TrailerEntry(value).map { "\($0.kind)|\($0.minutes.map { "\($0)" } ?? "")|\($0.title)|\($0.url ?? "")" }
        }
        #expect(entry("win https://example.org/a") == "win|||https://example.org/a")
        #expect(entry("Win Shared the demo") == "win||Shared the demo|")
        #expect(entry("sync 15m with Bob") == "sync|15.0|with Bob|")
        #expect(entry("sync 15min") == "sync|15.0||")
        #expect(entry("sync 15 questions") == "sync||15 questions|")
        #expect(entry("win: talk http://x slides") == "win||talk slides|http://x")
        #expect(entry("日本 text") == "日本||text|")
        #expect(entry("") == nil)
        #expect(entry("https://example.org") == nil)
        #expect(entry(":") == nil)
        #expect(entry(String(repeating: "k", count: 101)) == nil)
    }

    @Test(
        "a metric's trailer is what rhythmctl log metric logs",
        arguments: [
            ("metric latency 80", "latency 80.0 -|"), ("metric latency 80 ms", "latency 80.0 ms|"),
            ("metric latency 80ms", "latency 80.0 ms|"), ("metric coverage 91.5%", "coverage 91.5 %|"),
            ("metric stars 1e3 of all repositories", "stars 1000.0 -|of all repositories"),
            ("metric eggs 5eggs", "eggs 5.0 eggs|"),
            ("metric latency", "none|latency"), ("metric latency fast", "none|latency fast"),
            ("win latency 80", "none|latency 80"),
        ])
    func readings(value: String, expected: String) throws {
        let entry = try #require(TrailerEntry(value))
        let reading = entry.reading.map { "\($0.metric) \($0.value) \($0.unit ?? "-")" } ?? "none"
        #expect("\(reading)|\(entry.title)" == expected)
    }

    @Test(
        "each trailer of the user's commits is an entry with its commit's date",
        arguments: [.libgit2, .git] as [OpenedRepository.Reader])
    func facts(reader: OpenedRepository.Reader) throws {
        let repository = try TestRepository()
        let id = try repository.commit(
            "talk\n\nRhythm: win 15m https://example.org\nRhythm: https://no.kind\nRhythm: demo the new one",
            at: "1700000000 +0530")
        try repository.commit("theirs\n\nRhythm: win", email: "bob@x", name: "Bob")
        let first = try Scan.of(repository.path, .of("ann@example.org"), reader: reader)
        let commit = try #require(ObjectID(hex: id))
        #expect(
            first.items == [
                FoundItem(
                    kind: .entry, name: "win", key: "\(id)#1", object: commit, commit: commit,
                    at: Timestamp(1_700_000_000),
                    offsetMinutes: 330, quantity: 15, title: "talk", url: "https://example.org"),
                FoundItem(
                    kind: .entry, name: "demo", key: "\(id)#3", object: commit, commit: commit,
                    at: Timestamp(1_700_000_000),
                    offsetMinutes: 330, title: "the new one"),
            ])
        try repository.commit("next\n\nRhythm: blog")
        let next = try Scan.of(repository.path, .of("ann@example.org").since(first), reader: reader)
        #expect(next.items.map(\.name) == ["blog"])
    }
}
