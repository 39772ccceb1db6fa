/// A commit object's layout, found with as much tolerance as git has and no more: the tree and parent lines are
/// strict, everything after them may be odd. Ranges are offsets into the object's bytes.
struct RawCommit {
    /// Hexadecimal digits of the tree's id.
    let tree: Range<Int>
    /// Where the first `parent ` line starts; the lines follow each other without a gap.
    let parentsStart: Int
    let parentCount: Int
    /// What follows `author ` on its line; empty when there is none. The last of several counts, as in git.
    private(set) var author: Range<Int> = 0..<0
    private(set) var committer: Range<Int> = 0..<0
    /// Where the blank line after the header starts.
    private let messageStart: Int

    private let digits: Int

    /// - Parameter digits: how many hexadecimal digits an id has in this repository.
    /// - Returns: nil where git would call it a bogus commit.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, digits: Int) {
        self.digits = digits
        let newline = UInt8(ascii: "\n")
        let treeEnd = 5 + digits
        guard bytes.count > treeEnd + 1, ("tree " as StaticString).isPrefix(of: bytes, at: 0),
            bytes[treeEnd] == newline, isHex(bytes, 5..<treeEnd)
        else { return nil }
        tree = 5..<treeEnd
        var position = treeEnd + 1
        parentsStart = position
        let parentLength = 7 + digits
        var parents = 0
        while position + parentLength < bytes.count, ("parent " as StaticString).isPrefix(of: bytes, at: position) {
            guard bytes[position + parentLength] == newline,
                isHex(bytes, position + 7..<position + parentLength)
            else { return nil }
            parents += 1
            position += parentLength + 1
        }
        parentCount = parents
        // A NUL ends a header line as a newline does: git reads the header as C strings, line by line.
        while position < bytes.count {
            let newline = bytes.firstIndex(of: newline, in: position..<bytes.count) ?? bytes.count
            let end = bytes.firstIndex(of: 0, in: position..<newline) ?? newline
            if end == position { break }
            if ("author " as StaticString).isPrefix(of: bytes, at: position) {
                author = position + 7..<end
            } else if ("committer " as StaticString).isPrefix(of: bytes, at: position) {
                committer = position + 10..<end
            }
            position = end + 1
        }
        messageStart = min(position, bytes.count)
    }

    /// From the blank line after the header to the end, or to the first NUL.
    func message(_ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        messageStart..<(bytes.firstIndex(of: 0, in: messageStart..<bytes.count) ?? bytes.count)
    }

    func parent(_ index: Int) -> Range<Int> {
        let start = parentsStart + index * (8 + digits) + 7
        return start..<start + digits
    }
}

/// - Parameter range: of a multiple of eight digits, as all names are.
@inline(__always)
private func isHex(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
    let base = bytes.baseAddress!
    for index in stride(from: range.lowerBound, to: range.upperBound, by: 8) where !HexWord.isValid(base + index) {
        return false
    }
    return true
}
