import Glibc
import RhythmCore
import RhythmReport

/// Entries as a table in CSV, whose first row names its columns in any order: date, kind, text, minutes, value, unit, url and
/// tags, of which date and kind are needed.
enum EntryTable {
    private static let columns = ["date", "kind", "text", "minutes", "value", "unit", "url", "tags"]

    static func read(_ path: String, _ text: String) throws -> Harvest {
        var harvest = Harvest()
        let (rows, open) = CSVReader.rows(of: text)
        if let open {
            harvest.findings.append(
                .init(file: path, line: open, message: "a quote that is never closed; what follows is not taken"))
        }
        let head = (rows.first?.fields ?? []).map { trimmed($0).lowercased() }
        guard head.contains("date"), head.contains("kind") else {
            throw Failure(
                code: EX_DATAERR,
                message:
                    "\(harmless(path)):1: the first row has to name the columns, date and kind among them; known are "
                    + columns.joined(separator: ", "))
        }
        for name in head where !columns.contains(name) {
            let guess = nearest(to: name, among: columns).map { "; did you mean \($0)?" } ?? ""
            harvest.findings.append(.init(file: path, line: 1, message: "the column \"\(name)\" is not taken\(guess)"))
        }
        var times: [[String]: Int] = [:]
        for row in rows.dropFirst() {
            func value(_ name: String) -> String? {
                guard let index = head.firstIndex(of: name), index < row.fields.count else { return nil }
                let value = trimmed(row.fields[index])
                return value.isEmpty ? nil : value
            }
            do {
                guard row.fields.dropFirst(head.count).allSatisfy({ trimmed($0).isEmpty }) else {
                    throw Failure(
                        code: EX_DATAERR,
                        message:
                            "it has \(row.fields.count) columns, and the first row names \(head.count); a text with a comma "
                            + "in it goes in quotes")
                }
                let entry = try entry(value, harvest)
                // The same row twice is twice the same thing.
                let fields = columns.map { value($0) ?? "" }
                times[fields, default: 0] += 1
                harvest.items.append(.init(entry: entry, identity: ["csv", "\(times[fields] ?? 1)"] + fields))
            } catch let failure as Failure {
                harvest.findings.append(.init(file: path, line: row.line, message: failure.message))
            }
        }
        return harvest
    }

    private static func entry(_ value: (String) -> String?, _ harvest: Harvest) throws -> JournalEntry {
        func number(_ name: String, above bound: Double) throws -> Double? {
            try value(name).map { text in
                guard let number = Double(text), number.isFinite, number > bound else {
                    throw Failure(code: EX_DATAERR, message: "\(name): \"\(text)\" is no number that can be meant")
                }
                return number
            }
        }
        guard let date = value("date") else { throw Failure(code: EX_DATAERR, message: "it has no date") }
        guard let when = JournalEntry.When(date) else {
            throw Failure(
                code: EX_DATAERR,
                message: "date: \"\(date)\" is no day such as 2026-11-23, or time such as 2026-11-23T18:00")
        }
        guard let kind = value("kind") else { throw Failure(code: EX_DATAERR, message: "it has no kind") }
        let tags = (value("tags") ?? "").split { $0 == " " || $0 == "," || $0 == ";" }.map(String.init)
        var entry = JournalEntry(
            kind: kind.contains { $0.isWhitespace || $0 == ":" } ? harvest.kind(of: kind) : kind, when: when,
            minutes: try number("minutes", above: 0), url: value("url"), tags: tags, text: value("text") ?? "")
        if let reading = try number("value", above: -.infinity) {
            entry.sample = .init(metric: entry.kind, value: "\(reading)", unit: value("unit"))
            entry.kind = "metric"
            entry.minutes = nil
        } else if entry.kind == "metric" {
            throw Failure(code: EX_DATAERR, message: "a metric goes by its own name as kind, with a number as value")
        } else if entry.text.isEmpty {
            entry.text = kind
        }
        return entry
    }
}
