/// Where the lines of a text are, by the line ends that Markdown knows: LF, CRLF and CR.
struct SourceLines {
    /// The offset of each line's first byte.
    private let starts: [Int]
    private let end: Int

    init(_ bytes: [UInt8]) {
        var starts = [0]
        var previous: UInt8 = 0
        for (offset, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") {
                if previous == UInt8(ascii: "\r") {
                    starts[starts.count - 1] = offset + 1
                } else {
                    starts.append(offset + 1)
                }
            } else if byte == UInt8(ascii: "\r") {
                starts.append(offset + 1)
            }
            previous = byte
        }
        self.starts = starts
        end = bytes.count
    }

    var count: Int { starts.count }

    /// The bytes of a line, its end included.
    ///
    /// - Parameter line: from 1.
    subscript(line: Int) -> Range<Int> {
        guard starts.indices.contains(line - 1) else { return end..<end }
        return starts[line - 1]..<(line < starts.count ? starts[line] : end)
    }

    /// Columns of white space before a line's text.
    func indentation(of line: Int, in bytes: [UInt8]) -> Int {
        bytes[self[line]].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    }
}
