import RhythmCore

/// Appends fields to a buffer of lines: tabs between them, nothing in them that a terminal would obey, and everything
/// back again through ``LineReader``.
struct LineWriter {
    private(set) var bytes: [UInt8]
    private var atLineStart = true

    init(appendingTo bytes: consuming [UInt8] = []) {
        self.bytes = bytes
    }

    mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        atLineStart = true
    }

    /// A word of the format itself, which needs no escapes.
    mutating func word(_ word: StaticString) {
        separate()
        word.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ text: String) {
        separate()
        escape(text, inList: false)
    }

    mutating func text(_ text: String?) {
        guard let text else { return word("-") }
        self.text(text)
    }

    mutating func objectID(_ id: ObjectID?) {
        guard let id else { return word("-") }
        separate()
        let digits: StaticString = "0123456789abcdef"
        let start = digits.utf8Start
        for byte in id.bytes {
            bytes.append(start[Int(byte >> 4)])
            bytes.append(start[Int(byte & 15)])
        }
    }

    mutating func number(_ number: Int64) {
        separate()
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func number(_ number: Int) {
        self.number(Int64(number))
    }

    mutating func flag(_ flag: Bool) {
        word(flag ? "yes" : "no")
    }

    /// Items with a space between them; `-` for none.
    mutating func list(_ items: [String]) {
        guard !items.isEmpty else { return word("-") }
        separate()
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: " ")) }
            escape(item, inList: true)
        }
    }

    private mutating func separate() {
        if !atLineStart { bytes.append(UInt8(ascii: "\t")) }
        atLineStart = false
    }

    /// A lone `-` means absent, so a text that is one is escaped; so is a space inside a list's item.
    private mutating func escape(_ text: String, inList: Bool) {
        var text = text
        text.withUTF8 { utf8 in
            if utf8.count == 1, utf8[0] == UInt8(ascii: "-") { return hex(utf8[0]) }
            var plainStart = 0
            var index = 0
            while index < utf8.count {
                let byte = utf8[index]
                var length = 1
                if byte == 0xC2, index + 1 < utf8.count, utf8[index + 1] < 0xA0 {
                    length = 2
                } else if byte >= 0x20, byte != 0x7F, byte != UInt8(ascii: "\\"),
                    !inList || byte != UInt8(ascii: " ")
                {
                    index += 1
                    continue
                }
                bytes.append(contentsOf: utf8[plainStart..<index])
                if length == 2 {
                    hex(byte)
                    hex(utf8[index + 1])
                } else {
                    escape(byte)
                }
                index += length
                plainStart = index
            }
            bytes.append(contentsOf: utf8[plainStart...])
        }
    }

    private mutating func escape(_ byte: UInt8) {
        let letter: UInt8
        switch byte {
        case UInt8(ascii: "\\"): letter = byte
        case UInt8(ascii: "\t"): letter = UInt8(ascii: "t")
        case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
        case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
        default: return hex(byte)
        }
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(letter)
    }

    private mutating func hex(_ byte: UInt8) {
        let digits: StaticString = "0123456789abcdef"
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(ascii: "x"))
        digits.withUTF8Buffer {
            bytes.append($0[Int(byte >> 4)])
            bytes.append($0[Int(byte & 15)])
        }
    }
}
