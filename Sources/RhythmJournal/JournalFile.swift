package import RhythmCore

/// What one file of the journal says.
package struct JournalFile: Equatable, Sendable {
    /// A sample of a metric; otherwise an entry.
    package var isSample = false
    /// The entry's kind in lower case, or the metric as it is written.
    package var name: String
    /// Nil where only a day is stated.
    package var at: Timestamp?
    package var offsetMinutes: Int
    /// The day, where no time is stated.
    package var day: CalendarDay?
    /// Minutes of an entry, the value of a sample.
    package var quantity: Double?
    package var unit: String?
    package var title: String
    package var url: String?
    package var tags: [String]

    /// Bytes; a longer file is not read.
    package static let largest = 1 << 20
    private static let longestTitle = 500

    /// Whether a file of the journal's tree is looked into: Markdown that is in no hidden folder and is no README.
    package static func isRead(_ path: String) -> Bool {
        guard let name = entryName(path) else { return false }
        return name.hasSuffix(".md") || name.hasSuffix(".markdown")
    }

    /// Whether a file stands where entries do, so that one that is not read may have been meant as one.
    package static func isAmongEntries(_ path: String) -> Bool { mustBeEntry(path) && entryName(path) != nil }

    /// In lower case; nil for a README and what is hidden.
    private static func entryName(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard let name = parts.last.map({ String($0).lowercasedASCII }), !parts.contains(where: { $0.hasPrefix(".") }),
            name != "readme", !name.hasPrefix("readme.") || name.dropFirst(7).contains(".")
        else { return nil }
        return name
    }

    /// Why a file among the entries that is not looked into is no entry; nil for what nobody can have meant as one: a
    /// picture, say, or a file that keeps a folder.
    package static func reasonNotRead(_ bytes: [UInt8]) -> String? {
        // As git tells text from other files.
        guard !bytes.isEmpty, bytes.count <= largest, !bytes.prefix(8000).contains(0) else { return nil }
        return "not read, since the name of an entry's file ends in .md"
    }

    /// What is below `entries/` must be an entry; elsewhere a file is one if its front matter has a `kind`.
    private static func mustBeEntry(_ path: String) -> Bool { path.hasPrefix("entries/") }

    /// - Parameters:
    ///   - path: in the journal.
    ///   - zone: of what is written without an offset.
    /// - Returns: nil for a file that is no entry and need not be one.
    /// - Throws: ``JournalError``.
    package static func read(_ path: String, _ bytes: [UInt8], zone: LocalZone) throws(JournalError) -> JournalFile? {
        let isMust = mustBeEntry(path)
        guard bytes.count <= largest else {
            if isMust { throw JournalError("the file is larger than 1 MB, and no entry is as long as that") }
            return nil
        }
        let found: FrontMatter?
        do throws(JournalError) {
            found = try FrontMatter(of: bytes)
        } catch {
            // Elsewhere a line of --- may be a rule, as it is in Markdown, and the rest of no concern.
            if isMust || seemsEntry(bytes) { throw error }
            return nil
        }
        guard let front = found else {
            guard isMust else { return nil }
            throw noFrontMatter(bytes)
        }
        guard let kind = front["kind"] else {
            guard isMust else { return nil }
            throw JournalError(line: 1, "the front matter has no kind; add a line such as “kind: win”")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JournalError(line: invalidLine(bytes), "the file is not UTF-8")
        }
        return try JournalFile(path, bytes, front, kind, zone)
    }

    private init(
        _ path: String, _ bytes: [UInt8], _ front: FrontMatter, _ kind: FrontMatter.Field, _ zone: LocalZone
    ) throws(JournalError) {
        let fields = Fields(front)
        let word = try fields.word("kind") ?? ""
        guard !word.isEmpty else { throw JournalError(line: kind.line, "kind must be a word such as win") }
        name = word.lowercasedASCII
        if name == "metric" {
            isSample = true
            guard let metric = try fields.text("metric") else {
                throw JournalError(line: kind.line, "a metric needs its name; add a line such as “metric: latency”")
            }
            guard let value = try fields.number("value") else {
                throw JournalError(line: kind.line, "a metric needs a value; add a line such as “value: 80”")
            }
            name = metric
            quantity = value
            unit = try fields.text("unit")
        } else {
            quantity = try fields.minutes("minutes")
        }
        var date = try fields.date("at")
        if date == nil { date = try fields.date("date") }
        if date == nil { date = Self.dateOfName(path) }
        guard let date else {
            throw JournalError(line: 1, "the front matter has no date; add a line such as “date: 2026-11-22”")
        }
        let instant = date.instant(in: zone)
        offsetMinutes = instant.offsetMinutes
        if case .day(let stated) = date { day = stated } else { at = instant.at }
        url = try fields.text("url")
        tags = try fields.tags("tags")
        let stated = try fields.text("title")
        title = Self.shortened(stated ?? MarkdownLine.first(of: bytes, from: front.textStart))
    }

    private static func dateOfName(_ path: String) -> JournalDate? {
        JournalDate(leading: path.split(separator: "/").last.map(String.init) ?? "")
    }

    private static func shortened(_ title: String) -> String {
        guard title.utf8.count > longestTitle else { return title }
        var end = title.unicodeScalars.startIndex
        var count = 0
        for index in title.unicodeScalars.indices {
            count += title.unicodeScalars[index].utf8.count
            if count > longestTitle - 3 { break }
            end = title.unicodeScalars.index(after: index)
        }
        return String(title.unicodeScalars[..<end]) + "…"
    }

    private static func noFrontMatter(_ bytes: [UInt8]) -> JournalError {
        if bytes.starts(with: "+++".utf8) {
            return JournalError(
                line: 1, "front matter in TOML, between lines of +++, is not read; write YAML between lines of ---")
        }
        if bytes.isEmpty { return JournalError("the file is empty") }
        return JournalError(
            line: 1, "the file must begin with front matter: a line of ---, “kind: win”, another line of ---")
    }

    /// Whether somebody meant to write an entry: a line of a kind comes before the text.
    private static func seemsEntry(_ bytes: [UInt8]) -> Bool {
        var lines = Lines(bytes, from: 0)
        _ = lines.next()
        while let line = lines.next(), line.lowerBound < FrontMatter.largest {
            let text = bytes[line]
            if text.starts(with: "---".utf8) { return false }
            if text.starts(with: "kind:".utf8) { return true }
        }
        return false
    }

    private static func invalidLine(_ bytes: [UInt8]) -> Int {
        var lines = Lines(bytes, from: 0)
        var number = 0
        while let line = lines.next() {
            number += 1
            if String(validating: bytes[line], as: UTF8.self) == nil { return number }
        }
        return number
    }
}

/// The fields of a front matter by what they must be.
private struct Fields {
    let front: FrontMatter

    init(_ front: FrontMatter) {
        self.front = front
    }

    /// - Returns: nil where the field is not there or is left empty.
    func text(_ name: String) throws(JournalError) -> String? {
        guard let field = try field(name) else { return nil }
        guard case .text(let text) = field.value else { throw JournalError(line: field.line, "\(name) must be a text") }
        let trimmed = MarkdownLine.trimmed(text)
        return trimmed.isEmpty ? nil : trimmed
    }

    func word(_ name: String) throws(JournalError) -> String? {
        guard let text = try text(name) else { return nil }
        guard !text.contains(where: { $0.isWhitespace || $0 == ":" }), text.utf8.count <= 100 else {
            throw JournalError(line: front[name]?.line, "\(name) must be one word, without a colon")
        }
        return text
    }

    func number(_ name: String) throws(JournalError) -> Double? {
        guard let text = try text(name) else { return nil }
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text), number.isFinite
        else {
            throw JournalError(line: front[name]?.line, "\(name) must be a number such as 80 or 12.5, and is “\(text)”")
        }
        return number
    }

    func minutes(_ name: String) throws(JournalError) -> Double? {
        guard let text = try text(name) else { return nil }
        guard let minutes = Minutes(text, needsUnit: false) else {
            throw JournalError(line: front[name]?.line, "\(name) must be a number such as 15, and is “\(text)”")
        }
        return minutes.count
    }

    func date(_ name: String) throws(JournalError) -> JournalDate? {
        guard let text = try text(name) else { return nil }
        guard let date = JournalDate(text) else {
            throw JournalError(
                line: front[name]?.line,
                "\(name) must be a date such as 2026-11-22 or 2026-11-22T18:00+01:00, and is “\(text)”")
        }
        return date
    }

    func tags(_ name: String) throws(JournalError) -> [String] {
        guard let field = try field(name) else { return [] }
        let words: [String]
        switch field.value {
        case .text(let text): words = text.split(separator: ",").map(String.init)
        case .list(let list): words = list
        case .other: throw JournalError(line: field.line, "tags must be a list such as [talk, swift]")
        }
        return words.map { MarkdownLine.trimmed($0) }.map { $0.hasPrefix("#") ? String($0.dropFirst()) : $0 }
            .filter { !$0.isEmpty }
    }

    private func field(_ name: String) throws(JournalError) -> FrontMatter.Field? {
        let found = front.fields.filter { $0.name == name }
        guard found.count < 2 else { throw JournalError(line: found[1].line, "\(name) stands here a second time") }
        return found.first
    }
}
