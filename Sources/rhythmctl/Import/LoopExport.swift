import Glibc
import RhythmCore
import RhythmReport

/// The CSV export of Loop Habit Tracker, unpacked: `Habits.csv`, and for each habit a folder such as `001 Meditate` with its
/// `Checkmarks.csv`.
///
/// A checkmark is `YES_MANUAL` (done), `YES_AUTO` (not done, and not asked for that day), `NO`, `SKIP` or `UNKNOWN`; in older
/// exports 2, 1, 0, 3 or -1. Of a habit with numbers it is a thousand times the number, where such a word stands for the
/// number that it replaces.
enum LoopExport {
    /// - Parameter folder: which holds `Habits.csv`.
    static func read(_ folder: String) throws -> Harvest {
        var harvest = Harvest()
        let file = folder + "/Habits.csv"
        let rows = try rows(of: file, into: &harvest)
        guard let head = rows.first else {
            throw Failure(code: EX_DATAERR, message: "\(harmless(file)) is empty")
        }
        func column(_ name: String) -> Int? { head.fields.firstIndex(of: name) }
        guard let name = column("Name"), let times = column("FrequencyNumerator") ?? column("NumRepetitions"),
            let days = column("FrequencyDenominator") ?? column("Interval")
        else {
            throw Failure(
                code: EX_DATAERR,
                message: "\(harmless(file)):1: no export of Loop: it has no columns for name and frequency")
        }
        let folders = try names(in: folder)
        for row in rows.dropFirst() {
            func value(_ column: Int?) -> String {
                column.flatMap { $0 < row.fields.count ? row.fields[$0] : nil } ?? ""
            }
            func report(_ message: String) {
                harvest.findings.append(.init(file: file, line: row.line, message: message))
            }
            guard !value(name).isEmpty else {
                report("a habit without a name")
                continue
            }
            let isNumeric = ["NUMERICAL", "1"].contains(value(column("Type")))
            var habit = Harvest.Habit(name: value(name), kind: harvest.kind(of: value(name)), target: 1)
            if let times = Int(value(times)), let days = Int(value(days)), times > 0, days > 0 {
                habit.schedule = .init(times: times, days: days)
                habit.target = Double(times)
            } else {
                report("its frequency cannot be read, so there is no rhythm for it")
            }
            let unit = value(column("Unit"))
            let minutes = minutes(in: unit)
            if isNumeric {
                habit.measure = minutes == nil ? .metric : .minutes
                habit.target = (Double(value(column("Target Value"))) ?? 0) * (minutes ?? 1)
                habit.isLimit = value(column("Target Type")) == "AT_MOST"
                if minutes == nil { habit.note = "a metric is a level: its last reading holds until the next" }
            }
            if value(column("Archived?")) == "true" {
                habit.schedule = nil
                habit.note = "it is archived; no rhythm asks for it"
            }
            harvest.habits.append(habit)
            let position = value(column("Position"))
            guard let own = folders.first(where: { $0 == position || $0.hasPrefix(position + " ") }), !position.isEmpty,
                access("\(folder)/\(own)/Checkmarks.csv", F_OK) == 0
            else {
                report("it has no folder with a Checkmarks.csv, so nothing of it is taken")
                continue
            }
            try readCheckmarks(
                "\(folder)/\(own)/Checkmarks.csv", of: habit, unit: isNumeric ? unit : nil, factor: minutes,
                into: &harvest)
        }
        return harvest
    }

    private static func readCheckmarks(
        _ file: String, of habit: Harvest.Habit, unit: String?, factor: Double?, into harvest: inout Harvest
    ) throws {
        for row in try rows(of: file, into: &harvest) where row.fields.first != "Date" {
            func report(_ message: String) {
                harvest.findings.append(.init(file: file, line: row.line, message: message))
            }
            guard row.fields.count >= 2, let day = CalendarDay(row.fields[0]) else {
                report("no checkmark; expected a day such as 2026-11-23 and a value")
                continue
            }
            let words = ["UNKNOWN": -1, "NO": 0, "YES_AUTO": 1, "YES_MANUAL": 2, "SKIP": 3]
            guard let value = words[row.fields[1]] ?? Int(row.fields[1]), value >= -1 else {
                report("\"\(row.fields[1])\" is no value of a checkmark")
                continue
            }
            if value == -1 || value == 3 {
                harvest.skipped += 1
            } else if value == 0 || (unit == nil && value == 1) {
                harvest.notDone += 1
            } else {
                let notes = row.fields.count > 2 ? trimmed(row.fields[2]) : ""
                let number = Double(value) / 1000
                var entry = JournalEntry(kind: habit.kind, when: .day(day), text: notes.isEmpty ? habit.name : notes)
                if let factor, unit != nil {
                    entry.minutes = number * factor
                } else if let unit {
                    entry.kind = "metric"
                    entry.text = notes
                    entry.sample = .init(metric: habit.kind, value: "\(number)", unit: unit.isEmpty ? nil : unit)
                } else if value != 2 {
                    report("\"\(row.fields[1])\" is no value of a habit that is done or not")
                    continue
                }
                harvest.items.append(.init(entry: entry, identity: ["loop", day.description, habit.name]))
            }
        }
    }

    /// How many minutes one of a unit is; nil for what is no time.
    private static func minutes(in unit: String) -> Double? {
        switch unit.lowercased() {
        case "m", "min", "mins", "min.", "minute", "minutes": 1
        case "h", "hr", "hrs", "hour", "hours": 60
        default: nil
        }
    }

    private static func rows(of file: String, into harvest: inout Harvest) throws -> [CSVReader.Row] {
        let (rows, open) = CSVReader.rows(of: try textOfFile(file, limit: 100_000_000))
        if let open {
            harvest.findings.append(
                .init(file: file, line: open, message: "a quote that is never closed; what follows is not taken"))
        }
        return rows
    }
}

/// What a folder holds.
func names(in folder: String) throws -> [String] {
    guard let stream = opendir(folder) else {
        throw Failure(code: EX_NOINPUT, message: "\(harmless(folder)): \(String(cString: strerror(errno)))")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}
