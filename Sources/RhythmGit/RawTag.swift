/// An annotated tag's object. Ranges are offsets into its bytes.
struct RawTag {
    /// What follows `tagger ` on its line; nil in tags so old that they have none.
    let tagger: Range<Int>?
    let message: Range<Int>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        var tagger: Range<Int>?
        var position = 0
        while position < bytes.count {
            let end = bytes.firstIndex(of: UInt8(ascii: "\n"), in: position..<bytes.count) ?? bytes.count
            if end == position { break }
            if ("tagger " as StaticString).isPrefix(of: bytes, at: position) { tagger = position + 7..<end }
            position = end + 1
        }
        self.tagger = tagger
        let start = min(position, bytes.count)
        message = start..<(bytes.firstIndex(of: 0, in: start..<bytes.count) ?? bytes.count)
    }

    /// The hexadecimal digits of what it names; nil where it is no tag.
    static func target(_ bytes: UnsafeBufferPointer<UInt8>, digits: Int) -> Range<Int>? {
        let range = 7..<7 + digits
        guard ("object " as StaticString).isPrefix(of: bytes, at: 0), bytes.count > range.upperBound,
            bytes[range].allSatisfy({ hexValue($0) != 0xFF })
        else { return nil }
        return range
    }
}
