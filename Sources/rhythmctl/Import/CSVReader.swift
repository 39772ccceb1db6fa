/// Rows of RFC 4180, with the line that each begins on; as spreadsheets write them, with a BOM and semicolons, too.
struct CSVReader {
    struct Row {
        var line: Int
        var fields: [String]
    }

    /// - Returns: the rows that are not empty, and the line of a quote that is never closed, whose row is none of them: what
    ///   stands behind it cannot be told from what is in it.
    static func rows(of text: String) -> (rows: [Row], open: Int?) {
        var rows: [Row] = []
        var row = Row(line: 1, fields: [])
        var field = ""
        var isQuoted = false
        var line = 1
        var opened = 1
        let scalars = Array(
            (text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]))
        let separator = separator(of: scalars)
        func endRow() {
            row.fields.append(field)
            field = ""
            if row.fields != [""] { rows.append(row) }
            row = Row(line: line, fields: [])
        }
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            let next = index + 1 < scalars.count ? scalars[index + 1] : nil
            index += 1
            if scalar == "\n" || (scalar == "\r" && next != "\n") { line += 1 }
            if isQuoted {
                if scalar != "\"" {
                    field.unicodeScalars.append(scalar)
                } else if next == "\"" {
                    field.append("\"")
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"" && field.isEmpty {
                isQuoted = true
                opened = line
            } else if scalar == separator {
                row.fields.append(field)
                field = ""
            } else if scalar == "\n" || (scalar == "\r" && next != "\n") {
                endRow()
            } else if scalar != "\r" {
                field.unicodeScalars.append(scalar)
            }
        }
        if isQuoted { return (rows, opened) }
        endRow()
        return (rows, nil)
    }

    /// The first of the two that the first line has.
    private static func separator(of scalars: [Unicode.Scalar]) -> Unicode.Scalar {
        scalars.prefix { $0 != "\n" }.first { $0 == "," || $0 == ";" } ?? ","
    }
}
