import Glibc
import RhythmCore

/// An entry as `rhythmctl` writes it: a Markdown file with front matter.
struct JournalEntry {
    enum When {
        case day(CalendarDay)
        case time(Timestamp, UTCOffset)

        var day: CalendarDay {
            switch self {
            case .day(let day): day
            case .time(let instant, let offset):
                CalendarDay(number: Int((instant.seconds + Int64(offset.minutes) * 60).floorDivided(by: 86_400)))
            }
        }
    }

    struct Sample {
        var metric: String
        /// A number as it was written.
        var value: String
        var unit: String?
    }

    var kind: String
    var when: When
    var minutes: Double?
    var url: String?
    var tags: [String] = []
    var sample: Sample?
    /// Markdown, the first line of which is the title.
    var text: String

    var title: String {
        let line = text.split(separator: "\n").first { $0.contains { !$0.isWhitespace } } ?? ""
        let words = line.drop { "#>*- ".contains($0) }.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard words.isEmpty, let sample else { return words }
        return "\(sample.metric) \(sample.value)" + (sample.unit.map { " \($0)" } ?? "")
    }

    /// A file of the journal: where in it, and what it holds.
    typealias File = (path: String, text: String)

    /// The file to write it to, with a mark of its own.
    var newFile: File {
        (path(mark: mark), file)
    }

    /// The whole file.
    var file: String {
        var lines = ["---", "kind: \(Self.yaml(kind))"]
        switch when {
        case .day(let day): lines.append("date: \(day)")
        case .time(let instant, let offset): lines.append("at: \(DayRule.text(instant, offset: offset))")
        }
        if let sample {
            lines += ["metric: \(Self.yaml(sample.metric))", "value: \(sample.value)"]
            if let unit = sample.unit { lines.append("unit: \(Self.yaml(unit))") }
        }
        if let minutes { lines.append("minutes: \(RhythmCore.text(of: minutes))") }
        if let url { lines.append("url: \(Self.quoted(url))") }
        if !tags.isEmpty { lines.append("tags: [\(tags.map(Self.quoted).joined(separator: ", "))]") }
        return lines.joined(separator: "\n") + "\n---\n" + (text.isEmpty ? "" : text + "\n")
    }

    /// Of readings the order counts in which they were logged, also of those that share a second or state no time: theirs
    /// begins with the milliseconds, and is as long for all of them.
    private var mark: String {
        func digits(_ number: UInt64, _ count: Int) -> String {
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        guard sample != nil else { return digits(.random(in: 0..<1 << 24), 6) }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return digits(UInt64(max(0, now.tv_sec)) * 1000 + UInt64(now.tv_nsec / 1_000_000), 11)
            + digits(.random(in: 0..<1 << 8), 2)
    }

    /// Where it goes in the journal: `entries/2026/11/20261123T154010-win-shared-the-demo-4f2a9c.md`.
    ///
    /// - Parameter mark: tells it from others; of hexadecimal digits.
    func path(mark: String) -> String {
        let (year, month, number) = when.day.components
        let date = padded(year, to: 4) + padded(month, to: 2) + padded(number, to: 2)
        var time = ""
        if case .time(let instant, let offset) = when {
            time = "T" + DayRule.text(instant, offset: offset).dropFirst(11).prefix(8).filter { $0 != ":" }
        }
        let words = [Self.slug(kind, 20), Self.slug(title, 40), mark].filter { !$0.isEmpty }
        return "\(Self.folder)\(padded(year, to: 4))/\(padded(month, to: 2))/\(date)\(time)-"
            + words.joined(separator: "-") + ".md"
    }

    static let folder = "entries/"

    /// Whether a file of the journal is one that is read.
    static func isMarkdown(_ path: String) -> Bool {
        let path = path.lowercased()
        return path.hasSuffix(".md") || path.hasSuffix(".markdown")
    }

    /// Whether a path is one that ``path(mark:)`` makes.
    static func isOwn(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] + "/" == folder, parts[3].hasSuffix(".md") else { return false }
        let words = parts[3].dropLast(3).split(separator: "-", omittingEmptySubsequences: false)
        guard let date = words.first?.prefix(8), let mark = words.last, words.count >= 2 else { return false }
        return date.utf8.count == 8 && date.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && date.hasPrefix(parts[1] + parts[2]) && mark.utf8.count >= 6 && mark.allSatisfy(\.isHexDigit)
    }

    /// Small letters, digits and dashes of a text, as many as fit.
    static func slug(_ text: String, _ size: Int) -> String {
        var slug = ""
        for word in text.lowercased().split(whereSeparator: { !($0.isASCII && ($0.isLetter || $0.isNumber)) }) {
            let longer = slug.isEmpty ? String(word) : "\(slug)-\(word)"
            guard longer.utf8.count <= size else { return slug.isEmpty ? String(word.prefix(size)) : slug }
            slug = longer
        }
        return slug
    }

    /// A text as a YAML scalar: plain where that means the same.
    private static func yaml(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isASCII && $0.isLetter } == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
            && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        return isPlain ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case _
            where scalar.properties.generalCategory == .control || [0x2028, 0x2029, 0xFEFF].contains(scalar.value):
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
