/// What a line of Markdown says, without its marks.
package enum MarkdownLine {
    /// The first line with anything on it.
    static func first(of bytes: [UInt8], from start: Int) -> String {
        var lines = Lines(bytes, from: start)
        while let line = lines.next() {
            // Of a very long line the beginning will do.
            let text = plain(String(decoding: bytes[line].prefix(4096), as: UTF8.self))
            if !text.isEmpty { return text }
        }
        return ""
    }

    /// Takes headings, quotes, bullets, boxes, emphasis, code and links away.
    package static func plain(_ line: String) -> String {
        var text = Substring(trimmed(line))
        // A rule says nothing.
        if text.count >= 3, ["-", "*", "_"].contains(where: { mark in text.allSatisfy { $0 == mark || $0 == " " } }) {
            return ""
        }
        var before: Substring.Index
        repeat {
            before = text.startIndex
            let hashes = text.prefix { $0 == "#" }
            if !hashes.isEmpty, hashes.count <= 6 {
                let rest = text[hashes.endIndex...]
                if rest.first.map(\.isWhitespace) ?? true { text = rest }
            }
            for mark in ["> ", "- ", "* ", "+ ", "[ ] ", "[x] ", "[X] "] where text.hasPrefix(mark) {
                text = text.dropFirst(mark.count)
            }
            text = text.drop(while: \.isWhitespace)
        } while text.startIndex != before
        return trimmed(withoutEmphasis(withoutLinks(text)))
    }

    /// `[text](address)` is the text, `[[note]]` and `[[note|text]]` are what is shown of them.
    private static func withoutLinks(_ text: Substring) -> String {
        var out = ""
        var rest = text
        while let open = rest.firstIndex(of: "[") {
            out += rest[..<open]
            let inner = rest[rest.index(after: open)...]
            if inner.first == "[", let end = inner.range(of: "]]") {
                let note = inner[inner.index(after: inner.startIndex)..<end.lowerBound]
                out += note.split(separator: "|").last ?? ""
                rest = inner[end.upperBound...]
            } else if let close = inner.range(of: "]("), let end = inner[close.upperBound...].firstIndex(of: ")") {
                if out.hasSuffix("!") { out.removeLast() }
                out += inner[..<close.lowerBound]
                rest = inner[inner.index(after: end)...]
            } else {
                out += "["
                rest = inner
            }
        }
        return out + rest
    }

    private static func withoutEmphasis(_ text: String) -> String {
        var text = text
        for mark in ["**", "__", "`"] { text = text.split(separator: mark, omittingEmptySubsequences: false).joined() }
        for mark in ["*", "_"] as [Character] where text.count > 2 && text.first == mark && text.last == mark {
            text = String(text.dropFirst().dropLast())
        }
        return text
    }

    static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}

extension Substring {
    fileprivate func range(of mark: StaticString) -> Range<Index>? {
        let bytes = Array("\(mark)".utf8)
        var start = startIndex
        while start < endIndex {
            if utf8[start...].starts(with: bytes) { return start..<utf8.index(start, offsetBy: bytes.count) }
            start = utf8.index(after: start)
        }
        return nil
    }
}
