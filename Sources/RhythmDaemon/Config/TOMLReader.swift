import Foundation
import RhythmCore
import TOMLKit

/// Reads values out of TOML, and collects what is wrong instead of stopping at it.
struct TOMLReader {
    let file: String
    /// What `~` stands for.
    let home: String?
    private(set) var findings: [ConfigFinding] = []
    private let positions: TOMLPositions

    init(file: String, text: String, home: String?) {
        self.file = file
        self.home = home
        positions = TOMLPositions(text)
    }

    /// - Throws: ``ConfigError`` for what is no TOML.
    static func table(of text: String, file: String) throws -> TOMLTable {
        if let trap = tomlTrap(in: text) {
            throw ConfigError(findings: [
                ConfigFinding(file: file, line: trap.line, message: "no TOML: \(trap.message)")
            ])
        }
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigError(findings: [
                ConfigFinding(file: file, line: error.source.begin.line, message: "no TOML: \(error.description)")
            ])
        } catch {
            throw ConfigError(findings: [ConfigFinding(file: file, message: "no TOML: \(error)")])
        }
    }

    /// - Throws: ``ConfigError`` with all that was found, by lines.
    func finish() throws {
        guard findings.isEmpty else {
            throw ConfigError(findings: findings.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
        }
    }

    /// A table of the file, and the keys of it that somebody asked for.
    struct Section {
        /// From the top; the second of an array's tables is `name[2]`.
        var path: [String]
        var table: TOMLTable
        var known: [String] = []

        func has(_ key: String) -> Bool { table[key] != nil }
    }

    mutating func report(_ section: Section, _ key: String?, _ message: String) {
        let path = section.path + (key.map { [$0] } ?? [])
        findings.append(
            ConfigFinding(
                file: file, line: positions.line(of: path), key: path.joined(separator: "."), message: message))
    }

    func line(of section: Section) -> Int? { positions.line(of: section.path) }

    private mutating func value(_ section: inout Section, _ key: String) -> (any TOMLValueConvertible)? {
        if !section.known.contains(key) { section.known.append(key) }
        return section.table[key]
    }

    // MARK: Tables

    mutating func section(
        _ parent: inout Section, _ key: String, _ body: (inout TOMLReader, inout Section) -> Void
    ) {
        guard let value = value(&parent, key) else { return }
        guard let table = value.table else {
            let name = (parent.path + [key]).joined(separator: ".")
            return report(parent, key, "is a table: write [\(name)] on a line of its own, its keys below")
        }
        var section = Section(path: parent.path + [key], table: table)
        body(&self, &section)
        rejectUnknown(in: section)
    }

    /// An array of tables: `[[key]]` headers, or inline. Nil where the key is not there.
    mutating func sections<Value>(
        _ parent: inout Section, _ key: String, _ body: (inout TOMLReader, inout Section) -> Value?
    ) -> [Value]? {
        guard let value = value(&parent, key) else { return nil }
        guard let array = value.array, array.allSatisfy({ $0.table != nil }) else {
            report(parent, key, "is a list of tables: write [[\(key)]] on a line of its own for each, its keys below")
            return nil
        }
        var values: [Value] = []
        for (index, item) in array.enumerated() {
            guard let table = item.table else { continue }
            var section = Section(path: parent.path + ["\(key)[\(index + 1)]"], table: table)
            if let value = body(&self, &section) { values.append(value) }
            rejectUnknown(in: section)
        }
        return values
    }

    mutating func rejectUnknown(in section: Section) {
        for key in section.table.keys where !section.known.contains(key) {
            let guess = nearest(to: key, among: section.known).map { "did you mean \($0)?" }
            report(
                section, key,
                "no such key; \(guess ?? "known here: \(section.known.sorted().joined(separator: ", "))")")
        }
    }

    // MARK: Values

    mutating func string(_ section: inout Section, _ key: String, expected: String) -> String? {
        guard let value = value(&section, key) else { return nil }
        guard let text = value.string else {
            report(section, key, "must be \(expected)")
            return nil
        }
        return text
    }

    mutating func bool(_ section: inout Section, _ key: String) -> Bool? {
        guard let value = value(&section, key) else { return nil }
        guard let flag = value.bool else {
            report(section, key, "must be true or false, without quotes")
            return nil
        }
        return flag
    }

    mutating func int(_ section: inout Section, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(&section, key) else { return nil }
        guard let number = value.int, range.contains(number) else {
            report(section, key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// A number, whole or not.
    mutating func number(_ section: inout Section, _ key: String) -> Double? {
        guard let value = value(&section, key) else { return nil }
        guard let number = value.int.map(Double.init) ?? value.double, number.isFinite else {
            report(section, key, "must be a number")
            return nil
        }
        return number
    }

    mutating func strings(_ section: inout Section, _ key: String) -> [String]? {
        guard let value = value(&section, key) else { return nil }
        let texts = value.array.map { array in array.map(\.string) }
        guard let texts, !texts.contains(nil) else {
            report(section, key, "must be a list of texts, such as [\"one\", \"two\"]")
            return nil
        }
        return texts.compactMap { $0 }
    }

    /// Seconds.
    ///
    /// - Parameter expected: what lies in the range, in words.
    mutating func duration(
        _ section: inout Section, _ key: String, in range: ClosedRange<Int64> = 60...366 * 86_400,
        expected: String = "a time such as \"5m\", \"2h\" or \"1d\", of a minute at least"
    ) -> Int64? {
        guard let text = string(&section, key, expected: expected) else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()), number > 0,
            number <= range.upperBound / unit, range.contains(number * unit)
        else {
            report(section, key, "\"\(text)\" must be \(expected)")
            return nil
        }
        return number * unit
    }

    /// A day, quoted or as TOML's own date.
    mutating func day(_ section: inout Section, _ key: String) -> CalendarDay? {
        guard let value = value(&section, key) else { return nil }
        guard let day = (value.string ?? value.date?.debugDescription).flatMap(CalendarDay.init) else {
            report(section, key, "must be a day such as 2026-11-23")
            return nil
        }
        return day
    }

    /// A day or a time, quoted or as TOML's own.
    mutating func moment(_ section: inout Section, _ key: String) -> Moment? {
        guard let value = value(&section, key) else { return nil }
        let text = value.string ?? value.dateTime?.debugDescription ?? value.date?.debugDescription
        guard let moment = text.flatMap({ Moment($0) }) else {
            report(section, key, "must be a time such as \"2026-11-23T18:00\", or a day such as \"2026-11-23\"")
            return nil
        }
        return moment
    }

    mutating func choice<Value>(
        _ section: inout Section, _ key: String, _ values: [(name: String, value: Value)]
    ) -> Value? {
        let names = values.map { "\"\($0.name)\"" }.joined(separator: ", ")
        guard let text = string(&section, key, expected: "one of \(names)") else { return nil }
        return choice(of: text, section, key, values)
    }

    /// Any number of values out of some.
    mutating func choices<Value>(
        _ section: inout Section, _ key: String, _ values: [(name: String, value: Value)]
    ) -> [Value]? {
        strings(&section, key)?.compactMap { choice(of: $0, section, key, values) }
    }

    private mutating func choice<Value>(
        of text: String, _ section: Section, _ key: String, _ values: [(name: String, value: Value)]
    ) -> Value? {
        if let found = values.first(where: { $0.name == text.lowercased() }) { return found.value }
        let names = values.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let guess = nearest(to: text, among: values.map(\.name)).map { "; did you mean \"\($0)\"?" } ?? ""
        report(section, key, "\"\(text)\" must be one of \(names)\(guess)")
        return nil
    }

    mutating func folders(_ section: inout Section, _ key: String) -> [String]? {
        let paths = strings(&section, key)
        for path in paths ?? [] { checkPath(path, section, key) }
        return paths
    }

    mutating func folder(_ section: inout Section, _ key: String) -> String? {
        guard var path = string(&section, key, expected: "a path") else { return nil }
        checkPath(path, section, key)
        while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// The path of a file.
    mutating func file(_ section: inout Section, _ key: String) -> String? {
        guard let path = string(&section, key, expected: "a path") else { return nil }
        if path.hasSuffix("/") || path == "~" {
            report(section, key, "\"\(path)\" is a folder; name the file in it as well")
        } else {
            checkPath(path, section, key)
        }
        return path
    }

    private mutating func checkPath(_ path: String, _ section: Section, _ key: String) {
        guard !path.hasPrefix("/") && path != "~" && !path.hasPrefix("~/") else { return }
        report(section, key, "\"\(path)\" must be an absolute path, or one that begins with ~/")
    }
}

/// Where keys stand in a TOML text. TOMLKit tells no positions of values, so they are found again by reading headers and
/// assignments line by line; keys within a value have the line of that value.
struct TOMLPositions {
    private var lines: [[String]: Int] = [:]

    init(_ text: String) {
        var table: [String] = []
        var counts: [[String]: Int] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let code = line.trimmingCharacters(in: .whitespaces)
            if code.hasPrefix("#") {
                continue
            } else if code.hasPrefix("["), let keys = Optional(Self.keys(code.drop { $0 == "[" }.prefix { $0 != "]" })),
                let last = keys.last
            {
                // Below the header of an array's table, its name stands for the newest one.
                table = []
                for key in keys.dropLast() {
                    table.append(counts[table + [key]].map { "\(key)[\($0)]" } ?? key)
                }
                if code.hasPrefix("[[") {
                    counts[table + [last], default: 0] += 1
                    table.append("\(last)[\(counts[table + [last]] ?? 1)]")
                } else {
                    table.append(last)
                }
                note(table, index + 1)
            } else if let equals = code.firstIndex(of: "=") {
                let keys = Self.keys(code[..<equals])
                for count in stride(from: 1, through: keys.count, by: 1) {
                    note(table + keys.prefix(count), index + 1)
                }
            }
        }
    }

    private mutating func note(_ path: [String], _ line: Int) {
        if lines[path] == nil { lines[path] = line }
    }

    /// The line of a key, or of what it stands in.
    func line(of path: [String]) -> Int? {
        var path = path
        while let last = path.popLast() {
            let plain = last.prefix { $0 != "[" }
            if let line = lines[path + [last]] ?? lines[path + [String(plain)]] ?? lines[path + ["\(plain)[1]"]] {
                return line
            }
        }
        return nil
    }

    private static func keys(_ text: some StringProtocol) -> [String] {
        // Nobody nests deeper, and hostile files shall not cost more.
        text.split(separator: ".", maxSplits: 16).map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'"))
        }
    }
}
