import Foundation
import Logging
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

@Suite struct LogTests {
    @Test func anEntryHasItsFields() {
        let entry = JournaldLogHandler.entry(
            "cannot read", level: .warning, fields: ["repository": "/r", "exit-code": "3"])
        #expect(
            String(decoding: entry, as: UTF8.self) == """
                MESSAGE=cannot read  exit-code=3 repository=/r
                PRIORITY=4
                SYSLOG_IDENTIFIER=rhythmd
                RHYTHM_EXIT_CODE=3
                RHYTHM_REPOSITORY=/r

                """)
    }

    @Test func aValueOfSeveralLinesIsWrittenWithItsLength() {
        let entry = JournaldLogHandler.entry("one", level: .info, fields: ["why": "a\nPRIORITY=0"])
        let text = String(decoding: entry, as: UTF8.self)
        #expect(text.contains("RHYTHM_WHY\n\u{0C}\0\0\0\0\0\0\0a\nPRIORITY=0\n"))
        #expect(text.hasPrefix("MESSAGE\n"))
    }

    @Test func withoutJournaldThereIsNoSuchHandler() {
        #expect(JournaldLogHandler(level: .info, stream: nil) == nil)
        #expect(JournaldLogHandler(level: .info, stream: "1:2") == nil)
    }

    @Test func underAServiceManagerLinesOnStandardErrorCarryTheirPriority() throws {
        let home = try TemporaryFolder()
        var environment = Program.environment(home: home.path)
        environment["JOURNAL_STREAM"] = "1:2"
        try home.write("nonsense = 1\n", to: ".config/rhythm/rhythm.toml")
        let result = try Program.run(Program.folder + "/rhythmd", [], environment: environment, expecting: 78)
        #expect(result.errorText.hasPrefix("<2>"))
    }
}
