/// The first table header without a name, such as `[` or `[[.a]]`, or place without a value, such as `a = ]` or `[1,,2]`,
/// and its line: of these the TOML library does not say that they are wrong, but ends the process.
func tomlTrap(in text: String) -> (line: Int, message: String)? {
    enum Quote { case basic, literal, longBasic, longLiteral }
    let bytes = Array(text.utf8)
    var quote: Quote?
    var line = 1
    /// Of arrays and inline tables, in which a bracket at the start of a line begins no header.
    var depth = 0
    var isLineStart = true
    /// What stood before, white space and comments aside.
    var last: UInt8 = 0
    var isHeader = false
    var index = 0

    func has(_ mark: StaticString) -> Bool { bytes[index...].starts(with: Array("\(mark)".utf8)) }
    func isKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "_-\"'".utf8.contains(byte)
        }
    }

    while index < bytes.count {
        let byte = bytes[index]
        let isBreak = byte == UInt8(ascii: "\n")
        if isBreak { line += 1 }
        if let open = quote {
            let isLong = open == .longBasic || open == .longLiteral
            let isBasic = open == .basic || open == .longBasic
            if isBasic && byte == UInt8(ascii: "\\") {
                if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") { line += 1 }
                index += 2
                continue
            }
            if isLong ? has(isBasic ? "\"\"\"" : "'''") : has(isBasic ? "\"" : "'") || isBreak {
                quote = nil
                index += isLong ? 2 : 0
                if isBreak { (isLineStart, isHeader) = (true, false) }
            }
            index += 1
            continue
        }
        if depth > 0, ",}".utf8.contains(byte), ",[".utf8.contains(last) {
            return (line, "a value is missing before the \(byte == UInt8(ascii: ",") ? "," : "}")")
        }
        if byte > 0x20, byte != UInt8(ascii: "#") { last = byte }
        switch byte {
        case UInt8(ascii: "\n"): (isLineStart, isHeader) = (true, false)
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
        case UInt8(ascii: "#"):
            while index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "\n") { index += 1 }
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let isBasic = byte == UInt8(ascii: "\"")
            let isLong = has(isBasic ? "\"\"\"" : "'''")
            quote = isBasic ? (isLong ? .longBasic : .basic) : (isLong ? .longLiteral : .literal)
            index += isLong ? 2 : 0
            isLineStart = false
        case UInt8(ascii: "[") where isLineStart && depth == 0:
            (isLineStart, isHeader) = (false, true)
            if has("[[") { index += 1 }
            let name = bytes[(index + 1)...].first { $0 != 0x20 && $0 != 0x09 }
            guard let name, isKey(name) else { return (line, "a table needs a name, such as [[rhythm]]") }
        case UInt8(ascii: "=") where !isHeader:
            let value = bytes[(index + 1)...].first { $0 != 0x20 && $0 != 0x09 }
            guard let value, !",]}#\r\n".utf8.contains(value) else { return (line, "a value is missing behind the =") }
            isLineStart = false
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            if !isHeader { depth += 1 }
            isLineStart = false
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            if !isHeader { depth = max(0, depth - 1) }
            isLineStart = false
        default: isLineStart = false
        }
        index += 1
    }
    return nil
}
