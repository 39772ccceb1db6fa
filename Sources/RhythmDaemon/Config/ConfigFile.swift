import Foundation
import Glibc
import RhythmCore
import TOMLKit

extension Config {
    /// Reads a config file. One that is not there gives the defaults.
    ///
    /// - Parameter home: what `~` stands for.
    /// - Throws: ``ConfigError`` with every finding at once.
    package static func load(path: String, home: String?) throws -> Config {
        let bytes: [UInt8]
        do {
            bytes = try AtomicFile.read(path)
        } catch let error as SystemError where error.code == ENOENT {
            return Config()
        } catch {
            throw ConfigError(findings: [ConfigFinding(file: path, message: "cannot be read: \(error)")])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigError(findings: [ConfigFinding(file: path, message: "is not UTF-8, which TOML has to be")])
        }
        return try parse(text, file: path, home: home)
    }

    package static func parse(_ text: String, file: String, home: String?) throws -> Config {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigError(findings: [
                ConfigFinding(file: file, line: error.source.begin.line, message: "no TOML: \(error.description)")
            ])
        }
        var reader = ConfigReader(file: file, text: text, home: home)
        let config = reader.config(from: table)
        guard reader.findings.isEmpty else {
            throw ConfigError(findings: reader.findings.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
        }
        return config
    }
}

/// Turns TOML into a config, and collects what is wrong instead of stopping at it.
private struct ConfigReader {
    let file: String
    let text: String
    let home: String?
    var findings: [ConfigFinding] = []

    mutating func config(from table: TOMLTable) -> Config {
        var config = Config()
        var top = Section(path: [], table: table)
        if let value = string(&top, "zone", expected: "\"author\", \"local\" or a zone such as \"Europe/Prague\"") {
            switch value {
            case "author": config.evidenceZone = .author
            case "local": config.evidenceZone = .local
            default:
                if let zone = Zone(iana: value) {
                    config.evidenceZone = .named(zone)
                } else {
                    report(["zone"], zoneAdvice(for: value))
                }
            }
        }
        if let value = string(&top, "day_starts_at", expected: "a time such as \"04:00\"") {
            if let minutes = Self.minutes(ofClock: value) {
                config.dayStartsAt = minutes
            } else {
                report(["day_starts_at"], "\"\(value)\" is no time of day; write one from \"00:00\" to \"12:00\"")
            }
        }
        choose(&top, "week_start", Weekday.allCases.map { ($0.name, $0) }) { config.weekStart = $0 }
        choose(&top, "credit", EvidenceRules.Credit.allCases.map { ($0.rawValue, $0) }) { config.credit = $0 }
        if let value = bool(&top, "merges") { config.merges = value }
        section(&top, "identity") { reader, section in
            if let value = reader.strings(&section, "emails") { config.emails = value }
            if let value = reader.strings(&section, "names") { config.names = value }
            if let value = reader.bool(&section, "co_authored") { config.coAuthored = value }
        }
        section(&top, "repositories") { reader, section in
            if let value = reader.strings(&section, "roots") {
                config.roots = value.compactMap { reader.folder($0, at: ["repositories", "roots"]) }
            }
            if let value = reader.int(&section, "depth", in: 0...32) { config.depth = value }
            if let value = reader.strings(&section, "exclude") { config.exclude = value }
        }
        section(&top, "devlog") { reader, section in
            if let value = reader.strings(&section, "files") { config.devlog = value }
        }
        section(&top, "scan") { reader, section in
            if let value = reader.duration(&section, "every") { config.scanEvery = value }
            if let value = reader.duration(&section, "discover_every") { config.discoverEvery = value }
        }
        rejectUnknown(in: top)
        return config
    }

    /// A table of the file, and the keys of it that somebody asked for.
    struct Section {
        var path: [String]
        var table: TOMLTable
        var known: [String] = []
    }

    private mutating func value(_ section: inout Section, _ key: String) -> (any TOMLValueConvertible)? {
        section.known.append(key)
        return section.table[key]
    }

    private mutating func section(
        _ parent: inout Section, _ key: String, _ body: (inout ConfigReader, inout Section) -> Void
    ) {
        guard let value = value(&parent, key) else { return }
        guard let table = value.table else {
            return report(parent.path + [key], "is a table: write [\(key)] on a line of its own, its keys below")
        }
        var section = Section(path: parent.path + [key], table: table)
        body(&self, &section)
        rejectUnknown(in: section)
    }

    private mutating func rejectUnknown(in section: Section) {
        for key in section.table.keys where !section.known.contains(key) {
            let guess = nearest(to: key, among: section.known).map { "did you mean \($0)?" }
            report(
                section.path + [key],
                "no such key; \(guess ?? "known here: \(section.known.sorted().joined(separator: ", "))")")
        }
    }

    mutating func string(_ section: inout Section, _ key: String, expected: String) -> String? {
        guard let value = value(&section, key) else { return nil }
        guard let text = value.string else {
            report(section.path + [key], "must be \(expected)")
            return nil
        }
        return text
    }

    mutating func bool(_ section: inout Section, _ key: String) -> Bool? {
        guard let value = value(&section, key) else { return nil }
        guard let flag = value.bool else {
            report(section.path + [key], "must be true or false, without quotes")
            return nil
        }
        return flag
    }

    mutating func int(_ section: inout Section, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(&section, key) else { return nil }
        guard let number = value.int, range.contains(number) else {
            report(section.path + [key], "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func strings(_ section: inout Section, _ key: String) -> [String]? {
        guard let value = value(&section, key) else { return nil }
        let texts = value.array.map { array in array.map(\.string) }
        guard let texts, !texts.contains(nil) else {
            report(section.path + [key], "must be a list of texts, such as [\"one\", \"two\"]")
            return nil
        }
        return texts.compactMap { $0 }
    }

    mutating func duration(_ section: inout Section, _ key: String) -> Int64? {
        let expected = "a time such as \"5m\", \"2h\" or \"1d\", of a minute at least"
        guard let text = string(&section, key, expected: expected) else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()), number > 0,
            number <= 366 * 86_400 / unit, number * unit >= 60
        else {
            report(section.path + [key], "\"\(text)\" must be \(expected)")
            return nil
        }
        return number * unit
    }

    private mutating func choose<Value>(
        _ section: inout Section, _ key: String, _ values: [(name: String, value: Value)], _ take: (Value) -> Void
    ) {
        let names = values.map { "\"\($0.name)\"" }.joined(separator: ", ")
        guard let text = string(&section, key, expected: "one of \(names)") else { return }
        if let found = values.first(where: { $0.name == text.lowercased() }) {
            take(found.value)
        } else {
            let guess = nearest(to: text, among: values.map(\.name)).map { "; did you mean \"\($0)\"?" } ?? ""
            report(section.path + [key], "\"\(text)\" must be one of \(names)\(guess)")
        }
    }

    private mutating func folder(_ path: String, at key: [String]) -> String? {
        if path.hasPrefix("/") { return path }
        if path == "~" || path.hasPrefix("~/"), let home { return home + path.dropFirst() }
        report(key, "\"\(path)\" must be an absolute path, or one that begins with ~/")
        return nil
    }

    private static func minutes(ofClock text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]),
            (0..<60).contains(minute), (0...12 * 60).contains(hour * 60 + minute)
        else { return nil }
        return hour * 60 + minute
    }

    private func zoneAdvice(for name: String) -> String {
        let known = TimeZone.knownTimeZoneIdentifiers
        let guess = nearest(to: name, among: known.map { $0.lowercased() })
            .flatMap { guess in known.first { $0.lowercased() == guess } }
        return "\"\(name)\" is no known zone; write \"author\", \"local\" or "
            + (guess.map { "\"\($0)\"" } ?? "a name such as \"Europe/Prague\"")
    }

    private mutating func report(_ key: [String], _ message: String) {
        findings.append(
            ConfigFinding(file: file, line: line(of: key), key: key.joined(separator: "."), message: message))
    }

    /// TOMLKit tells no positions of values, so the line is found again from the key's path: the first that assigns the
    /// key below its table's header, or opens the table of that name.
    private func line(of path: [String]) -> Int? {
        var table: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let code = line.trimmingCharacters(in: .whitespaces)
            if code.hasPrefix("[") {
                table = Self.keys(code.drop { $0 == "[" }.prefix { $0 != "]" })
                if table == path { return index + 1 }
            } else if let equals = code.firstIndex(of: "=") {
                let assigned = table + Self.keys(code[..<equals])
                if path.starts(with: assigned) && assigned.count > table.count { return index + 1 }
            }
        }
        return nil
    }

    private static func keys(_ text: some StringProtocol) -> [String] {
        text.split(separator: ".").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"'")) }
    }
}
