import RhythmCore
import RhythmJournal

/// The trailers of a commit's message, by the rules of `git interpret-trailers --parse --no-divider` with git's own
/// settings: comments start with `#`, a colon separates, and no trailer is configured.
enum Trailers {
    /// The values of a key, in the order in which they stand, unfolded.
    ///
    /// - Parameter key: in lower case.
    static func values(
        of key: StaticString, in bytes: UnsafeBufferPointer<UInt8>, _ message: Range<Int>
    ) -> [String] {
        guard mayHold(key, bytes, message) else { return [] }
        let lines = lines(bytes, message)
        guard let block = block(bytes, lines) else { return [] }
        var found: [String] = []
        var open: [UInt8]?
        func close() {
            if let value = open { found.append(String(decoding: trimmingSpace(value[...]), as: UTF8.self)) }
            open = nil
        }
        var followsTrailer = false
        for line in block {
            if followsTrailer, let first = bytes[line].first, isSpace(first) {
                open?.append(UInt8(ascii: " "))
                open?.append(contentsOf: bytes[line].drop(while: isSpace))
                continue
            }
            close()
            let colon = separator(bytes, line)
            followsTrailer = colon != nil
            if let colon, isKey(key, bytes, line.lowerBound..<colon) {
                open = Array(bytes[colon + 1..<line.upperBound])
            }
        }
        close()
        return found
    }

    /// Nearly all messages fail here.
    private static func mayHold(
        _ key: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ message: Range<Int>
    ) -> Bool {
        var rest = message
        while let colon = bytes.firstIndex(of: UInt8(ascii: ":"), in: rest) {
            var end = colon
            while end > message.lowerBound, isSpace(bytes[end - 1]) { end -= 1 }
            let start = end - key.utf8CodeUnitCount
            if start >= message.lowerBound, isKey(key, bytes, start..<end) { return true }
            rest = colon + 1..<message.upperBound
        }
        return false
    }

    private static func isKey(_ key: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        var end = range.upperBound
        while end > range.lowerBound, isSpace(bytes[end - 1]) { end -= 1 }
        guard end - range.lowerBound == key.utf8CodeUnitCount else { return false }
        for index in 0..<key.utf8CodeUnitCount
        where asciiLower(bytes[range.lowerBound + index]) != key.utf8Start[index] {
            return false
        }
        return true
    }

    /// From the title on, without line feeds.
    private static func lines(_ bytes: UnsafeBufferPointer<UInt8>, _ message: Range<Int>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = message.lowerBound
        while start < message.upperBound {
            let end = bytes.firstIndex(of: UInt8(ascii: "\n"), in: start..<message.upperBound) ?? message.upperBound
            if !lines.isEmpty || !isBlank(bytes, start..<end) { lines.append(start..<end) }
            start = end + 1
        }
        return lines
    }

    /// The lines of the last paragraph, if it is one of trailers and not the title.
    private static func block(
        _ bytes: UnsafeBufferPointer<UInt8>, _ all: [Range<Int>]
    ) -> ArraySlice<Range<Int>>? {
        let lines = all[..<end(bytes, all)]
        guard let titleEnd = lines.firstIndex(where: { !isComment(bytes, $0) && isBlank(bytes, $0) }) else {
            return nil
        }
        var trailers = 0
        var others = 0
        var continuations = 0
        var isGenerated = false
        var isEmpty = true
        for index in lines[titleEnd...].indices.reversed() {
            let line = lines[index]
            if isComment(bytes, line) {
                others += continuations
                continuations = 0
            } else if isBlank(bytes, line) {
                if isEmpty { continue }
                others += continuations
                let isBlock = isGenerated ? trailers * 3 >= others : trailers > 0 && others == 0
                return isBlock ? lines[(index + 1)...] : nil
            } else {
                isEmpty = false
                if generated.contains(where: { $0.isPrefix(of: bytes, at: line.lowerBound) }) {
                    isGenerated = true
                    trailers += 1
                    continuations = 0
                } else if separator(bytes, line) != nil {
                    trailers += 1
                    continuations = 0
                } else if isSpace(bytes[line.lowerBound]) {
                    continuations += 1
                } else {
                    others += 1 + continuations
                    continuations = 0
                }
            }
        }
        return nil
    }

    /// What git itself writes below a message: beside these, a paragraph may hold lines that are no trailers.
    private static let generated: [StaticString] = ["Signed-off-by: ", "(cherry picked from commit "]

    /// Where the comments, blank lines and list of conflicts begin that git once left at the end of messages.
    private static func end(_ bytes: UnsafeBufferPointer<UInt8>, _ lines: [Range<Int>]) -> Int {
        var start: Int?
        var inConflicts = false
        for (index, line) in lines.enumerated() {
            if line.isEmpty || isComment(bytes, line) {
                start = start ?? index
            } else if bytes[line].elementsEqual("Conflicts:".utf8) {
                inConflicts = true
                start = start ?? index
            } else if inConflicts, bytes[line.lowerBound] == UInt8(ascii: "\t") {
                continue
            } else {
                start = nil
                inConflicts = false
            }
        }
        return start ?? lines.count
    }

    /// Where the colon behind a line's key is.
    private static func separator(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Int? {
        var isSpaced = false
        for index in line {
            let byte = bytes[index]
            if byte == UInt8(ascii: ":") { return index > line.lowerBound ? index : nil }
            let isLetter = (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
            if !isSpaced, isLetter || byte == UInt8(ascii: "-") { continue }
            guard index > line.lowerBound, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") else { return nil }
            isSpaced = true
        }
        return nil
    }

    private static func isBlank(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        bytes[line].allSatisfy(isSpace)
    }

    private static func isComment(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        !line.isEmpty && bytes[line.lowerBound] == UInt8(ascii: "#")
    }
}

/// What a trailer such as `Rhythm: win 15m Shared the demo https://example.org` says.
struct TrailerEntry {
    static let key: StaticString = "rhythm"
    private static let longestKind = 100

    /// In lower case.
    let kind: String
    let minutes: Double?
    let title: String
    let url: String?
    /// Of `metric latency 80 ms`: what was read, as `rhythmctl log metric` logs it.
    private(set) var reading: (metric: String, value: Double, unit: String?)?

    /// - Returns: nil where no word is there that can be a kind.
    init?(_ value: String) {
        var words = value.split(whereSeparator: \.isWhitespace)[...]
        guard var first = words.popFirst() else { return nil }
        if first.hasSuffix(":") { first.removeLast() }
        guard !first.isEmpty, !first.contains(":"), first.utf8.count <= Self.longestKind else { return nil }
        kind = asciiLower(String(first))
        minutes = words.first.flatMap { Minutes(String($0), needsUnit: true)?.count }
        if minutes != nil { words.removeFirst() }
        let link = words.firstIndex { $0.hasPrefix("https://") || $0.hasPrefix("http://") }
        url = link.map { String(words[$0]) }
        if let link { words.remove(at: link) }
        if kind == "metric", let found = Self.reading(words.map(String.init)) {
            reading = found.reading
            words = words.dropFirst(found.words)
        }
        title = Message.shortened(words.joined(separator: " "))
    }

    /// A name, a number, and its unit: right behind the number, or as the last word.
    private static func reading(
        _ words: [String]
    ) -> (reading: (metric: String, value: Double, unit: String?), words: Int)? {
        guard words.count >= 2, words[0].utf8.count <= longestKind else { return nil }
        let number = words[1].prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        // `1e3`, and not the e of `5eggs`.
        guard
            let digits = [number, words[1].prefix { $0.isASCII && ($0.isNumber || "+-.".contains($0)) }].first(where: {
                Double($0) != nil
            }), let value = Double(digits), value.isFinite
        else { return nil }
        let behind = String(words[1].dropFirst(digits.count))
        if !behind.isEmpty { return ((words[0], value, behind), 2) }
        return words.count == 3 ? ((words[0], value, words[2]), 3) : ((words[0], value, nil), 2)
    }
}
