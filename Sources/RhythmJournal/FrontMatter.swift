private import CYAML

/// The YAML between two lines of `---` at the beginning of a Markdown file.
package struct FrontMatter: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        /// A number, a date or a word is the text that was written: YAML's own types are not asked for.
        case text(String)
        case list([String])
        /// What is nested deeper, and what refers to something else.
        case other
    }

    package struct Field: Equatable, Sendable {
        /// In lower case.
        package var name: String
        package var value: Value
        /// In the file, counted from 1.
        package var line: Int
    }

    /// In the file's order. A name may be there twice.
    package var fields: [Field]
    /// Where the text behind it begins, in bytes.
    package var textStart: Int

    /// In bytes. More is no front matter that a person wrote, and libyaml takes a time for nested brackets that grows with
    /// the square of their number.
    static let largest = 1 << 14

    /// - Parameter file: the file's bytes.
    /// - Returns: nil where the file does not begin with `---`.
    /// - Throws: ``JournalError`` where it does and what follows is none.
    package init?(of file: [UInt8]) throws(JournalError) {
        let start = file.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var lines = Lines(file, from: start)
        guard let first = lines.next(), Self.isMark(file[first], "---") else { return nil }
        let begin = lines.position
        while let line = lines.next() {
            guard Self.isMark(file[line], "---") || Self.isMark(file[line], "...") else { continue }
            guard line.lowerBound - begin <= Self.largest else {
                throw JournalError(line: 1, "the front matter is longer than 16 kB")
            }
            fields = try Self.fields(of: file[begin..<line.lowerBound])
            textStart = lines.position
            return
        }
        throw JournalError(line: 1, "the front matter that begins here has no line of --- to end it")
    }

    /// The first field of that name.
    package subscript(_ name: String) -> Field? { fields.first { $0.name == name } }

    /// A mark may have white space behind it.
    private static func isMark(_ line: ArraySlice<UInt8>, _ mark: StaticString) -> Bool {
        mark.withUTF8Buffer { mark in
            line.starts(with: mark) && line.dropFirst(mark.count).allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        }
    }

    private static func fields(of yaml: ArraySlice<UInt8>) throws(JournalError) -> [Field] {
        var events = try YAMLEvents(yaml, firstLine: 2)
        var fields: [Field] = []
        guard let root = try events.next() else { return [] }
        switch root.kind {
        case .mapping: break
        // Nothing but comments.
        case .scalar(""): return []
        default: throw JournalError(line: root.line, "the front matter must be lines such as “kind: win”")
        }
        while let name = try events.next(), name.kind != .end {
            guard let value = try events.next() else { break }
            let read = try self.value(value, &events)
            if case .scalar(let text) = name.kind {
                fields.append(Field(name: text.lowercasedASCII, value: read, line: name.line))
            } else {
                try events.skip(name)
            }
        }
        return fields
    }

    private static func value(_ first: YAMLEvents.Event, _ events: inout YAMLEvents) throws(JournalError) -> Value {
        switch first.kind {
        case .scalar(let text): return .text(text)
        case .sequence:
            var items: [String] = []
            var isFlat = true
            while let item = try events.next(), item.kind != .end {
                if case .scalar(let text) = item.kind {
                    items.append(text)
                } else {
                    isFlat = false
                    try events.skip(item)
                }
            }
            return isFlat ? .list(items) : .other
        case .mapping, .alias, .end:
            try events.skip(first)
            return .other
        }
    }
}

/// libyaml's events, without those that stand around the one document.
private struct YAMLEvents: ~Copyable {
    struct Event {
        enum Kind: Equatable {
            case scalar(String)
            case sequence, mapping, alias
            /// Of a sequence or a mapping.
            case end
        }

        var kind: Kind
        var line: Int
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let firstLine: Int

    init(_ text: ArraySlice<UInt8>, firstLine: Int) throws(JournalError) {
        self.firstLine = firstLine
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: text.count)
        _ = input.initialize(from: text)
        guard yaml_parser_initialize(parser) == 1 else { throw JournalError("no memory to read it") }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// - Returns: nil at the end of the first document.
    mutating func next() throws(JournalError) -> Event? {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw error }
            defer { yaml_event_delete(&event) }
            let line = Int(event.start_mark.line) + firstLine
            switch event.type {
            case YAML_STREAM_END_EVENT, YAML_DOCUMENT_END_EVENT, YAML_NO_EVENT: return nil
            case YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT: continue
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
                return Event(kind: .scalar(String(decoding: bytes, as: UTF8.self)), line: line)
            case YAML_SEQUENCE_START_EVENT: return Event(kind: .sequence, line: line)
            case YAML_MAPPING_START_EVENT: return Event(kind: .mapping, line: line)
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return Event(kind: .end, line: line)
            default: return Event(kind: .alias, line: line)
            }
        }
    }

    /// Passes over what an event begins.
    mutating func skip(_ event: Event) throws(JournalError) {
        var depth = event.kind == .sequence || event.kind == .mapping ? 1 : 0
        while depth > 0, let inner = try next() {
            switch inner.kind {
            case .sequence, .mapping: depth += 1
            case .end: depth -= 1
            case .scalar, .alias: break
            }
        }
    }

    private var error: JournalError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
        // A reader's error has a place in bytes alone.
        guard parser.pointee.error != YAML_READER_ERROR else {
            let before = input.prefix(Int(parser.pointee.problem_offset))
            let line = before.count { $0 == UInt8(ascii: "\n") } + firstLine
            return JournalError(line: line, "the front matter is no YAML: \(problem)")
        }
        return JournalError(
            line: Int(parser.pointee.problem_mark.line) + firstLine, "the front matter is no YAML: \(problem)")
    }
}

/// The lines of a file, without their line feeds.
struct Lines {
    private let bytes: [UInt8]
    /// Where the next line begins.
    private(set) var position: Int

    init(_ bytes: [UInt8], from start: Int) {
        self.bytes = bytes
        position = start
    }

    mutating func next() -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let start = position
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        position = min(end + 1, bytes.count)
        return start..<end
    }
}

extension String {
    var lowercasedASCII: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
