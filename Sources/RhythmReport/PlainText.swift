import RhythmCore

/// Text that came from a repository, made harmless for a terminal or a document: control characters, and the marks that
/// turn the direction of text around, appear as their code instead of acting.
package func harmless(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
        let acts =
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
            default:
                (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                    || [0x200E, 0x200F, 0x061C].contains(scalar.value)
            }
        if acts {
            out += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            out.unicodeScalars.append(scalar)
        }
    }
    return out
}

/// The columns that a text takes on a terminal: none for combining marks, two for East Asian wide characters and emoji.
package func columns(_ text: String) -> Int {
    text.reduce(0) { $0 + columns($1) }
}

private func columns(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if first.properties.generalCategory == .nonspacingMark || first.properties.generalCategory == .enclosingMark
        || first.properties.generalCategory == .format
    {
        return 0
    }
    let isEmoji = first.properties.isEmojiPresentation || character.unicodeScalars.contains { $0.value == 0xFE0F }
    let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
    ]
    return isEmoji || wide.contains { $0.contains(first.value) } ? 2 : 1
}

/// A text filled up with spaces to a number of columns, or cut to it with an ellipsis.
package func fitted(_ text: String, to width: Int) -> String {
    let taken = columns(text)
    guard taken > width else { return text + String(repeating: " ", count: width - taken) }
    var out = ""
    var used = 0
    for character in text {
        let next = columns(character)
        guard used + next <= width - 1 else { break }
        out.append(character)
        used += next
    }
    return out + "…" + String(repeating: " ", count: max(0, width - used - 1))
}

/// A text as one word of a command line for a shell.
package func shellWord(_ text: String) -> String {
    let plain =
        !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-+:@%,=".utf8.contains(byte)
            }
        }
    if plain { return text }
    // What a terminal would obey is written as printf has it, which every shell takes.
    guard harmless(text) == text else { return "\"$(printf '\(printfFormat(text))')\"" }
    return "'" + text.replacing("'", with: "'\\''") + "'"
}

/// A text as the format of the shell's `printf`, within single quotes.
private func printfFormat(_ text: String) -> String {
    text.unicodeScalars.enumerated().map { index, scalar in
        let character = String(scalar)
        switch scalar {
        case "%": return "%%"
        case "\\": return "\\\\"
        // In front it would begin an option.
        case "-" where index == 0: return octal(character)
        case "'": return octal(character)
        default: return harmless(character) == character ? character : octal(character)
        }
    }.joined()
}

private func octal(_ text: String) -> String {
    text.utf8.map { byte in
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }.joined()
}

/// A day as people write it.
package enum DayText {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Mon 23 Nov`.
    static func short(_ day: CalendarDay) -> String {
        let (_, month, number) = day.components
        return "\(day.weekday.name.prefix(3).capitalized) \(number) \(months[month - 1])"
    }

    /// The same of `2026-11-23`; what is no day stays as it is.
    static func short(_ text: String) -> String {
        CalendarDay(text).map(short) ?? text
    }

    /// `Mon 23 Nov – Sun 29 Nov`; one day alone is itself.
    static func span(_ first: String, _ last: String) -> String {
        first == last ? short(first) : "\(short(first)) – \(short(last))"
    }

    /// `Mon 23 – Sun 29 Nov 2026`, with as much of the first day's date as differs.
    package static func range(_ first: String, _ last: String) -> String {
        guard let from = CalendarDay(first), let to = CalendarDay(last) else { return "\(first) – \(last)" }
        if from == to { return "\(short(from)) \(from.components.year)" }
        let a = from.components
        let b = to.components
        var start = "\(from.weekday.name.prefix(3).capitalized) \(a.day)"
        if a.month != b.month || a.year != b.year { start += " \(months[a.month - 1])" }
        if a.year != b.year { start += " \(a.year)" }
        return "\(start) – \(short(to)) \(b.year)"
    }
}

extension StringProtocol {
    /// With a capital first letter.
    var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

/// `1 week`, `3 weeks`.
func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}
