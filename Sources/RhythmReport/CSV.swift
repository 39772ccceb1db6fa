/// Rows by RFC 4180.
package enum CSV {
    /// - Returns: the line with its end.
    package static func row(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        let text = isFormula(text) ? "'" + text : text
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// What a spreadsheet would run: a commit's subject comes from anybody. An apostrophe before it has it taken as text.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, ["=", "+", "-", "@", "\t", "\r"].contains(first) else {
            return false
        }
        return Double(text) == nil
    }
}
