import RhythmCore

/// What a fact needs of a commit's message.
enum Message {
    static let longestSubject = 500

    /// The title as `%s` gives it: the lines up to the first blank one, joined by a space.
    static func subject(_ bytes: UnsafeBufferPointer<UInt8>, _ message: Range<Int>) -> String {
        var out: [UInt8] = []
        var started = false
        for line in lines(bytes, message) {
            if line.isEmpty {
                if started { break }
                continue
            }
            if started { out.append(UInt8(ascii: " ")) }
            started = true
            out.append(contentsOf: bytes[line])
        }
        return shortened(String(decoding: out, as: UTF8.self))
    }

    /// The people named in `Co-authored-by` lines of the last paragraph, which must not be the title.
    static func coAuthors(
        _ bytes: UnsafeBufferPointer<UInt8>, _ message: Range<Int>
    ) -> [(name: [UInt8], email: [UInt8])] {
        var paragraphs = 0
        var inParagraph = false
        var found: [(name: [UInt8], email: [UInt8])] = []
        for line in lines(bytes, message) {
            guard !line.isEmpty else {
                inParagraph = false
                continue
            }
            if !inParagraph {
                inParagraph = true
                paragraphs += 1
                found = []
            }
            guard paragraphs > 1 else { continue }
            let key = Array("co-authored-by:".utf8)
            guard line.count > key.count, bytes[line].prefix(key.count).map(asciiLower) == key else { continue }
            var start = line.lowerBound + key.count
            while start < line.upperBound, isSpace(bytes[start]) { start += 1 }
            guard let ident = Ident(bytes, line: start..<line.upperBound) else { continue }
            found.append((Array(bytes[ident.name]), Array(bytes[ident.email])))
        }
        return found
    }

    /// One of over ``longestSubject`` bytes keeps its start and carries a digest of the whole, so that two long ones
    /// that differ at the end still differ.
    static func shortened(_ subject: String) -> String {
        guard subject.utf8.count > longestSubject else { return subject }
        var digest = Digest()
        digest.add(subject.utf8)
        var end = subject.utf8.index(subject.startIndex, offsetBy: longestSubject - 20)
        while end.samePosition(in: subject.unicodeScalars) == nil { end = subject.utf8.index(before: end) }
        return "\(String(subject.unicodeScalars[..<end]))…\(digest.hex)"
    }

    /// Lines without the white space at their ends; white space alone makes an empty one.
    private static func lines(_ bytes: UnsafeBufferPointer<UInt8>, _ message: Range<Int>) -> [Range<Int>] {
        var out: [Range<Int>] = []
        var start = message.lowerBound
        while start < message.upperBound {
            var newline = start
            while newline < message.upperBound, bytes[newline] != UInt8(ascii: "\n") { newline += 1 }
            var end = newline
            while end > start, isSpace(bytes[end - 1]) { end -= 1 }
            out.append(start..<end)
            start = newline + 1
        }
        return out
    }
}
