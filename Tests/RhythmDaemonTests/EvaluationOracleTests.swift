import Foundation
import RhythmAPI
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// Random fixtures, judged by an oracle that knows the rules and none of our code.
@Suite struct EvaluationOracleTests {
    private struct Judged: Decodable {
        var error: String?
        var period: String?
        var first_day: String?
        var last_day: String?
        var state: String?
        var have: Double?
        var target: Double?
        var need: Double?
        var streak: Double?
        var longest: Double?
        var strength: Double?
        var pace: Double?
        var last_safe_day: String?
        var due_day: String?
        var at_risk_from: String?
    }

    /// How many seeds: `RHYTHM_TEST_FIXTURES` for a longer run.
    private static let seeds = 1...(ProcessInfo.processInfo.environment["RHYTHM_TEST_FIXTURES"].flatMap(Int.init) ?? 40)

    @Test func everyExpectationComesToWhatTheOracleSays() throws {
        let folder = try TemporaryFolder()
        let environment = Program.environment(home: folder.path)
        var compared = 0
        for seed in Self.seeds {
            let text = try Program.run(
                "python3", [ScanHarness.oracle + "/random_fixture.py", "\(seed)"], environment: environment
            ).text
            let path = "\(folder.path)/\(seed).toml"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let answer = try Program.run(
                "python3", [ScanHarness.oracle + "/evaluate.py", path], environment: environment
            ).text
            let judged = try JSONDecoder().decode([Judged].self, from: Data(answer.utf8))
            let ours = try Fixture.parse(text, file: path, home: nil).run()
            try #require(ours.count == judged.count)
            for (want, have) in zip(judged, ours) {
                let place = "seed \(seed), line \(have.line ?? 0): \(have.rhythm) at \(have.at)"
                guard want.error == nil else {
                    // Of a rhythm that never was both know nothing; of one without a period left, neither shows one.
                    #expect(have.result == nil, "\(place)")
                    continue
                }
                guard let result = have.result else {
                    Issue.record("\(place): there is no period, \(have.mismatches)")
                    continue
                }
                compared += 1
                let outlook = result.outlook
                #expect(
                    [result.period, result.firstDay, result.lastDay, result.state.rawValue]
                        == [want.period, want.first_day, want.last_day, want.state], "\(place)")
                let numbers: [(String, Double?, Double?)] = [
                    ("have", result.have, want.have), ("target", result.target, want.target),
                    ("need", result.need, want.need), ("streak", Double(result.streak.current), want.streak),
                    ("longest", Double(result.streak.longest), want.longest), ("pace", outlook?.pace, want.pace),
                    ("strength", result.strength, want.strength),
                ]
                for (name, ours, theirs) in numbers {
                    #expect(
                        ours.map { ours in theirs.map { (ours - $0).magnitude < 2e-6 } ?? false } ?? (theirs == nil),
                        "\(name) \(String(describing: ours)), the oracle has \(String(describing: theirs)), \(place)")
                }
                #expect(
                    [outlook?.lastSafeDay, outlook?.dueDay, outlook?.atRiskFrom]
                        == [want.last_safe_day, want.due_day, want.at_risk_from], "\(place)")
            }
        }
        #expect(compared > 3 * Self.seeds.count)
    }
}
