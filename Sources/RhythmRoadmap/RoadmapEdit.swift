package import RhythmCore

/// Changes of a roadmap's file that leave every other byte as it is.
package struct RoadmapEdit {
    package private(set) var bytes: [UInt8]
    private var lines: SourceLines

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lines = SourceLines(bytes)
    }

    /// Ticks the box on a line, or clears it.
    ///
    /// - Parameter line: from 1, of an item with a box.
    /// - Returns: whether there is a box.
    package mutating func setBox(_ box: Outline.Node.Box, line: Int) -> Bool {
        let range = lines[line]
        for start in range where start + 2 < range.upperBound {
            guard bytes[start] == UInt8(ascii: "["), bytes[start + 2] == UInt8(ascii: "]") else { continue }
            switch bytes[start + 1] {
            case UInt8(ascii: " "), UInt8(ascii: "x"), UInt8(ascii: "X"):
                bytes[start + 1] = UInt8(ascii: box == .ticked ? "x" : " ")
                return true
            default: continue
            }
        }
        return false
    }

    /// Replaces what a line such as `**Active Days:** 1` says behind its name. What is bold or italic stays so.
    ///
    /// - Returns: whether the line has a value.
    package mutating func setValue(_ value: String, line: Int) -> Bool {
        let range = lines[line]
        guard let colon = bytes[range].firstIndex(of: UInt8(ascii: ":")) else { return false }
        let marks = Array("*_` \t".utf8)
        var start = colon + 1
        while start < range.upperBound, marks.contains(bytes[start]) { start += 1 }
        var end = range.upperBound
        // A backslash or two spaces at the end break the line.
        let ends = Array("*_` \t\r\n\\".utf8)
        while end > start, ends.contains(bytes[end - 1]) { end -= 1 }
        guard start < end else { return false }
        replace(start..<end, with: value)
        return true
    }

    /// Replaces the first `[…]` on a line that no address follows, as in `**[Project Name]** - [Status]`.
    package mutating func fillPlaceholder(_ text: String, line: Int) -> Bool {
        let range = lines[line]
        var open: Int?
        for index in range {
            switch bytes[index] {
            case UInt8(ascii: "["): open = index
            case UInt8(ascii: "]"):
                let isBox = open.map { index - $0 == 2 } ?? true
                let isLink = index + 1 < range.upperBound && bytes[index + 1] == UInt8(ascii: "(")
                guard let start = open, !isBox, !isLink else { continue }
                replace(start..<index + 1, with: text)
                return true
            default: continue
            }
        }
        return false
    }

    private mutating func replace(_ range: Range<Int>, with text: String) {
        bytes.replaceSubrange(range, with: text.utf8)
        lines = SourceLines(bytes)
    }
}
