import RhythmAPI
import RhythmCore

/// What a period came to, in words.
extension Wire.PeriodResult {
    /// `3 of 5 commits`; of several parts, each of them.
    var amount: String {
        guard !parts.isEmpty else { return amount(of: measure, have, target) }
        return parts.map { amount(of: $0.measure, $0.have, $0.target) }.joined(separator: anyPart ? " or " : " and ")
    }

    /// What would settle it: `2 commits`; of several parts those that are missing.
    var missing: String {
        guard !parts.isEmpty else { return missing(of: measure, have, target) }
        return parts.filter { !$0.met }.map { missing(of: $0.measure, $0.have, $0.target) }
            .joined(separator: anyPart ? " or " : " and ")
    }

    /// `3/5`, as narrow as may be; of a limit `3 ≤ 5`.
    var ratio: String {
        "\(text(of: have))\(more)\(limit ? "≤" : "/")\(text(of: target))"
    }

    private func amount(of measure: Measure, _ have: Double, _ target: Double) -> String {
        if measure.isLevel {
            return "\(measure.phrase(have)), asked for at \(limit ? "most" : "least") \(text(of: target))"
        }
        return "\(text(of: have))\(more) of \(limit ? "at most " : "")\(measure.phrase(target))"
    }

    /// Stands behind a number that may grow with older history that is still to be read.
    var more: String { provisional ? "+" : "" }

    private func missing(of measure: Measure, _ have: Double, _ target: Double) -> String {
        if measure.isLevel { return "\(measure.phrase(target)) or \(limit ? "less" : "more")" }
        return measure.phrase(max(0, target - have))
    }
}
