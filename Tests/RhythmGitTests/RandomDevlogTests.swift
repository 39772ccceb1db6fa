import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

/// Dev logs as people keep them, at random: written on, spelt otherwise, renamed, split, joined, trimmed. What each commit
/// brings is known from what was done, not from what was read.
struct RandomDevlogTests {
    /// Days by file.
    private typealias Logs = [String: Set<CalendarDay>]

    private static func spelling(_ day: CalendarDay, _ random: inout SeededRandom) -> String {
        let (year, month, number) = day.components
        let names = [
            "Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "October", "Nov", "December",
        ]
        return switch Int.random(in: 0..<7, using: &random) {
        case 0: "## \(day)"
        case 1: "# Day \(number): \(names[month - 1]) \(number), \(year)"
        case 2: "**\(number).\(month).\(year)**"
        case 3: "### \(year)/\(month)/\(number) what I did"
        case 4: "\(day)\n----------"
        case 5: "## \(number) \(names[month - 1]) \(year)"
        default: "## [1.0] - \(day)"
        }
    }

    private static func text(_ days: Set<CalendarDay>, _ random: inout SeededRandom) -> String {
        "# Log\n\n"
            + days.shuffled(using: &random).map {
                "\(spelling($0, &random))\n\nDid \($0.number) in \(Int.random(in: 0...9, using: &random)) steps.\n\n"
            }.joined()
    }

    @Test(arguments: 1...20) func eachNewDayIsOneEntryAndNothingElseIs(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let repository = try TestRepository()
        var logs: Logs = [:]
        var next = CalendarDay("2026-01-01")!
        var expected: [String] = []
        let files = (0..<4).map { "devlog/\($0).md" }
        for step in 0..<15 {
            let before = logs
            for _ in 0...Int.random(in: 0...2, using: &random) {
                let file = files.randomElement(using: &random)!
                let other = files.randomElement(using: &random)!
                switch Int.random(in: 0..<6, using: &random) {
                case 0, 1, 2:
                    next = next + Int.random(in: 1...3, using: &random)
                    logs[file, default: []].insert(next)
                case 3 where logs[file] != nil && file != other:
                    // Moved, or joined to another.
                    logs[other, default: []].formUnion(logs.removeValue(forKey: file) ?? [])
                case 4 where logs[file, default: []].count > 1:
                    // Some of it is thrown away.
                    logs[file]?.removeFirst()
                default: break
                }
            }
            for (file, days) in logs { try repository.write(Self.text(days, &random), to: file) }
            for file in before.keys where logs[file] == nil {
                try FileManager.default.removeItem(atPath: "\(repository.path)/\(file)")
            }
            try repository.commit("step \(step)", files: ["other": "\(step)"])
            let removed = before.filter { logs[$0.key] == nil }.values.reduce(into: Set()) { $0.formUnion($1) }
            for (file, days) in logs {
                for day in days.subtracting(before[file] ?? []).subtracting(removed) {
                    expected.append("\(file) \(day) \(day)")
                }
            }
        }
        for reader in DevlogTests.readers {
            let scan = try Scan.of(repository.path, .of("ann@example.org", devlogs: ["devlog/**"]), reader: reader)
            #expect(scan.entries.sorted() == expected.sorted())
        }
    }
}
