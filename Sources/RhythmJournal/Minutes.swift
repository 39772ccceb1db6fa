/// A number of minutes as people write it: `15`, `15m`, `15 min`, `1.5`.
package struct Minutes: Equatable, Sendable {
    package let count: Double

    /// - Parameter needsUnit: a number alone is none.
    package init?(_ text: String, needsUnit: Bool) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = String(text[number.endIndex...].drop { $0 == " " }).lowercasedASCII
        guard number.first?.isNumber == true, number.last?.isNumber == true, let count = Double(number),
            count <= 1_000_000, ["m", "min"].contains(unit) || !needsUnit && unit.isEmpty
        else { return nil }
        self.count = count
    }
}
