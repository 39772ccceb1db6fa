/// How likely an open period is to be met, judged by how the user's own history went.
///
/// The estimator: take the stretch from today to the period's last day and move it back by whole weeks, as often as it
/// then lies in the history, for a year at most, so that weekdays stay what they are. Each such stretch says what would
/// have come on top of what is there; today counts as the greater of what it has and what that past day had. The odds are
/// the share of stretches that would have met the target, with half a stretch more on either side (Jeffreys' prior), so
/// that a short history is never certain.
package struct Odds: Hashable, Sendable {
    /// 0 to 1.
    package var probability: Double
    /// How many stretches of the past that comes from.
    package var stretches: Int

    package init(probability: Double, stretches: Int) {
        self.probability = probability
        self.stretches = stretches
    }

    /// Fewer say nothing.
    static let fewest = 4
    static let most = 52
}

extension Judge {
    /// - Parameter result: open, and no limit's.
    /// - Returns: nil while the history is too short, and for levels, which do not add up.
    func odds(of result: PeriodResult, _ definition: RhythmDefinition) -> Odds? {
        guard !definition.parts.contains(where: { $0.source.measure.isLevel }) else { return nil }
        let parts = definition.parts.indices.map { index in
            (
                series: evidence[definition.parts[index].source],
                target: definition.isCompound ? result.parts[index].target : result.target
            )
        }
        let period = result.period
        let earliest = parts.compactMap(\.series.firstDay).min() ?? today
        let left = period.last - today
        var stretches = 0
        var met = 0
        for weeks in 1...Odds.most {
            let from = today - 7 * weeks
            guard from >= earliest else { break }
            guard from + left < today else { continue }
            stretches += 1
            let meets = parts.map { part in
                let before = today > period.first ? part.series.total(in: period.first...today - 1) : 0
                let first = max(part.series.total(in: today...today), part.series.total(in: from...from))
                let rest = left > 0 ? part.series.total(in: from + 1...from + left) : 0
                return before + first + rest >= part.target
            }
            let isMet = definition.combination == .any ? meets.contains(true) : !meets.contains(false)
            if isMet { met += 1 }
        }
        guard stretches >= Odds.fewest else { return nil }
        return Odds(probability: (Double(met) + 0.5) / Double(stretches + 1), stretches: stretches)
    }
}
