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
        let table = try TOMLReader.table(of: text, file: file)
        var reader = TOMLReader(file: file, text: text, home: home)
        var top = TOMLReader.Section(path: [], table: table)
        let config = reader.config(&top)
        reader.rejectUnknown(in: top)
        try reader.finish()
        return config
    }
}

extension TOMLReader {
    /// All that a config file may hold. What was not asked for is left to ``rejectUnknown(in:)``.
    mutating func config(_ top: inout Section) -> Config {
        var config = Config()
        if let value = string(&top, "zone", expected: "\"author\", \"local\" or a zone such as \"Europe/Prague\"") {
            switch value {
            case "author": config.evidenceZone = .author
            case "local": config.evidenceZone = .local
            default:
                if let zone = zone(value, top, "zone", others: ["author", "local"]) {
                    config.evidenceZone = .named(zone)
                }
            }
        }
        if let value = string(&top, "day_starts_at", expected: "a time such as \"04:00\"") {
            if let minutes = Self.minutes(ofClock: value) {
                config.dayStartsAt = minutes
            } else {
                report(
                    top, "day_starts_at", "\"\(value)\" is no time of day; write one from \"00:00\" to \"12:00\"")
            }
        }
        if let value = choice(&top, "week_start", Self.weekdays) { config.weekStart = value }
        if let value = choices(&top, "rest_days", Self.weekdays) { config.restDays = Set(value) }
        if let value = choice(&top, "credit", EvidenceRules.Credit.allCases.map { ($0.rawValue, $0) }) {
            config.credit = value
        }
        if let value = bool(&top, "merges") { config.merges = value }
        section(&top, "identity") { reader, section in
            if let value = reader.strings(&section, "emails") { config.emails = value }
            if let value = reader.strings(&section, "names") { config.names = value }
            if let value = reader.bool(&section, "co_authored") { config.coAuthored = value }
        }
        section(&top, "repositories") { reader, section in
            if let value = reader.folders(&section, "roots") { config.roots = value }
            if let value = reader.int(&section, "depth", in: 0...32) { config.depth = value }
            if let value = reader.strings(&section, "exclude") { config.exclude = value }
        }
        section(&top, "devlog") { reader, section in
            if let value = reader.strings(&section, "files") { config.devlog = value }
            if let value = reader.folders(&section, "folders") { config.devlogFolders = value }
        }
        section(&top, "releases") { reader, section in
            if let value = reader.strings(&section, "tags") { config.releases = value }
        }
        section(&top, "journal") { reader, section in config.journal = reader.folder(&section, "path") }
        section(&top, "roadmap") { reader, section in reader.roadmap(&section, &config) }
        section(&top, "scan") { reader, section in
            if let value = reader.duration(&section, "every") { config.scanEvery = value }
            if let value = reader.duration(&section, "discover_every") { config.discoverEvery = value }
        }
        section(&top, "alerts") { reader, section in reader.nagPolicy(&section, &config.nagPolicy) }
        section(&top, "prometheus") { reader, section in config.prometheus = reader.file(&section, "path") }
        promises(&top, &config)
        outlets(&top, &config)
        return config
    }

    static let weekdays = Weekday.allCases.map { (name: $0.name, value: $0) }

    private mutating func roadmap(_ section: inout Section, _ config: inout Config) {
        config.roadmap = file(&section, "path")
        config.roadmapStart = day(&section, "start")
        var more: [RoadmapWords.Part: [String]] = [:]
        self.section(&section, "titles") { reader, titles in
            for part in RoadmapWords.Part.allCases { more[part] = reader.strings(&titles, part.rawValue) }
        }
        config.roadmapWords = RoadmapWords(adding: more)
        self.section(&section, "projects") { reader, projects in
            for name in projects.table.keys.sorted() {
                config.roadmapProjects[name] = reader.string(&projects, name, expected: "a repository's name or folder")
            }
        }
        if !section.has("path"), section.table.keys.contains(where: { $0 != "path" }) {
            report(section, nil, "needs path = the roadmap's file, such as \"~/notes/roadmap.md\"")
        }
    }

    private mutating func nagPolicy(_ section: inout Section, _ policy: inout NagPolicy) {
        if let value = strings(&section, "due_at") {
            policy.dueAt = value.compactMap { clock($0, section, "due_at") }
        }
        if let value = string(&section, "missed_at", expected: "a time such as \"09:00\"") {
            policy.missedAt = clock(value, section, "missed_at") ?? policy.missedAt
        }
        if let value = choices(&section, "working_days", Self.weekdays) {
            policy.workingDays = Set(value)
            if value.isEmpty { report(section, "working_days", "must name a day at least") }
        }
        if let value = choices(&section, "nag_days", Self.weekdays) { policy.nagDays = Set(value) }
        if let value = string(&section, "repeat", expected: "\"never\", or a time such as \"1d\"") {
            policy.repeatEvery = value == "never" ? nil : duration(&section, "repeat")
        }
        if let value = string(&section, "quiet_hours", expected: "\"none\", or a time such as \"21:00-08:00\"") {
            let edges = value.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            if value == "none" {
                policy.quiet = nil
            } else if edges.count == 2, let from = Self.seconds(ofClock: edges[0]),
                let to = Self.seconds(ofClock: edges[1])
            {
                policy.quiet = .init(from: from, to: to)
            } else {
                report(section, "quiet_hours", "\"\(value)\" must be \"none\", or two times such as \"21:00-08:00\"")
            }
        }
    }

    private mutating func clock(_ text: String, _ section: Section, _ key: String) -> Int? {
        if let seconds = Self.seconds(ofClock: text) { return seconds }
        report(section, key, "\"\(text)\" is no time of day; write one such as \"09:00\"")
        return nil
    }

    private static func seconds(ofClock text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return hour * 3600 + minute * 60
    }

    private static func minutes(ofClock text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]),
            (0..<60).contains(minute), (0...12 * 60).contains(hour * 60 + minute)
        else { return nil }
        return hour * 60 + minute
    }

    /// An IANA zone by its name.
    ///
    /// - Parameter others: words that would do as well.
    mutating func zone(_ name: String, _ section: Section, _ key: String, others: [String] = []) -> Zone? {
        if let zone = Zone(iana: name) { return zone }
        let known = TimeZone.knownTimeZoneIdentifiers
        let guess = nearest(to: name, among: known.map { $0.lowercased() })
            .flatMap { guess in known.first { $0.lowercased() == guess } }
        let words = others.map { "\"\($0)\"" } + [guess.map { "\"\($0)\"" } ?? "a name such as \"Europe/Prague\""]
        let list =
            words.count == 1 ? words[0] : words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
        report(section, key, "\"\(name)\" is no known zone; write \(list)")
        return nil
    }
}
