import RhythmCore

/// The `habits` and `log` files of harsh.
///
/// A habit is `Name: frequency` or `Name: frequency: end date`, where the frequency is `1` (daily), `7` or `1w`, `3/7` (three
/// times in seven days) or `0` (no schedule). A log line is `2026-11-23 : Name : y : comment : amount`, the result y, n or s,
/// and of several lines for a day the last one holds. Lines that begin with # are comments, with ! headings.
enum HarshFiles {
    static func read(_ files: [(path: String, text: String)]) -> Harvest {
        var harvest = Harvest()
        let parsed = files.map { (path: $0.path, lines: lines(of: $0.text)) }
        // Habits first, since their kinds go by the order there.
        let logs = parsed.filter(isLog)
        for file in parsed where !isLog(file) { readHabits(file, into: &harvest) }
        var seen: [String: (index: Int, line: Int)] = [:]
        for file in logs { readLog(file, into: &harvest, &seen) }
        harvest.items.removeAll { $0.identity.isEmpty }
        return harvest
    }

    private typealias File = (path: String, lines: [(number: Int, text: Substring)])

    private static func lines(of text: String) -> [(number: Int, text: Substring)] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            .map { ($0.offset + 1, $0.element) }
            .filter { !$0.1.allSatisfy(\.isWhitespace) && $0.1.first != "#" }
    }

    private static func isLog(_ file: File) -> Bool {
        guard let first = file.lines.first?.text else { return file.path.hasSuffix("log") }
        return parts(of: first, " : ").count >= 3 || CalendarDay(first.prefix(10)) != nil
    }

    private static func readHabits(_ file: File, into harvest: inout Harvest) {
        for (number, text) in file.lines where text.first != "!" {
            func report(_ message: String) {
                harvest.findings.append(.init(file: file.path, line: number, message: message))
            }
            let fields = parts(of: text, ": ").map(trimmed)
            guard fields.count >= 2, !fields[0].isEmpty, !fields[1].isEmpty else {
                report("no habit; expected: Name: frequency")
                continue
            }
            let frequency = fields[1].split(separator: "/", omittingEmptySubsequences: false).map { days($0) }
            guard frequency.count <= 2, !frequency.contains(nil), let first = frequency[0],
                let last = frequency.last ?? nil,
                frequency.count == 1 || (last > 0 && first > 0)
            else {
                report("\"\(fields[1])\" is no frequency; expected one such as 1, 7, 1w or 3/7")
                continue
            }
            var habit = Harvest.Habit(name: fields[0], kind: harvest.kind(of: fields[0]), target: 1)
            if first > 0 {
                let schedule = Harvest.Schedule(times: frequency.count == 1 ? 1 : first, days: last)
                habit.schedule = schedule
                habit.target = Double(schedule.times)
            } else {
                habit.note = "harsh only keeps track of it; no rhythm asks for it"
            }
            if fields.count > 2, !fields[2].isEmpty {
                habit.ends = CalendarDay(fields[2])
                if habit.ends == nil { report("\"\(fields[2])\" is no day such as 2026-11-23, so it has no end") }
            }
            harvest.habits.append(habit)
        }
    }

    private static func readLog(
        _ file: File, into harvest: inout Harvest, _ seen: inout [String: (index: Int, line: Int)]
    ) {
        for (number, text) in file.lines {
            func report(_ line: Int, _ message: String) {
                harvest.findings.append(.init(file: file.path, line: line, message: message))
            }
            let fields = parts(of: text, " : ")
            guard fields.count >= 3, let day = CalendarDay(trimmed(fields[0])), !trimmed(fields[1]).isEmpty else {
                report(number, "no log entry; expected: 2026-11-23 : Name : y : comment : amount")
                continue
            }
            let name = trimmed(fields[1])
            let result = trimmed(fields[2]).split(separator: " ").first.map(String.init) ?? ""
            guard ["y", "n", "s"].contains(result) else {
                report(number, "\"\(result)\" is no result; expected y, n or s")
                continue
            }
            if !harvest.habits.contains(where: { $0.name == name }) {
                harvest.habits.append(
                    .init(
                        name: name, kind: harvest.kind(of: name), target: 1,
                        note: "it is in no habits file that was named"))
            }
            let identity = ["harsh", day.description, name]
            if let before = seen[identity.joined(separator: "\0")] {
                report(before.line, "not taken: line \(number) says something else of that day")
                if before.index >= 0 { harvest.items[before.index].identity = [] }
            }
            seen[identity.joined(separator: "\0")] = (-1, number)
            if result == "n" { harvest.notDone += 1 }
            if result == "s" { harvest.skipped += 1 }
            guard result == "y" else { continue }
            // A comment may hold what parts the fields; the amount is a number in the last one.
            var rest = fields.dropFirst(3).map(trimmed)
            var amount = ""
            if rest.count >= 2, let last = rest.last, last.isEmpty || Double(last) != nil {
                amount = Double(last).map { $0 == 0 } ?? true ? "" : " (\(last))"
                rest.removeLast()
            }
            let comment = rest.joined(separator: " : ")
            seen[identity.joined(separator: "\0")] = (harvest.items.count, number)
            harvest.items.append(
                .init(
                    entry: JournalEntry(
                        kind: harvest.kind(of: name), when: .day(day), text: (comment.isEmpty ? name : comment) + amount
                    ),
                    identity: identity))
        }
    }

    /// `7`, or `1w` for as many.
    private static func days(_ text: Substring) -> Int? {
        let text = trimmed(text)
        let isWeeks = text.hasSuffix("w")
        let digits = isWeeks ? text.dropLast() : text[...]
        guard digits.allSatisfy(\.isNumber), let number = Int(digits), number <= 10_000 else { return nil }
        return isWeeks ? 7 * number : number
    }

    private static func parts(of text: Substring, _ separator: String) -> [String] {
        var parts: [String] = []
        var rest = text
        while let found = rest.firstRange(of: separator) {
            parts.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return parts + [String(rest)]
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
