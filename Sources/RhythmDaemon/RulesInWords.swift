import RhythmCore

extension EvidenceRules {
    /// How a number comes about, a sentence each.
    func explanation(of result: PeriodResult, config: Config) -> [String] {
        var rules: [String] = []
        switch result.measure {
        case .commits:
            rules.append(
                "Your commits on any branch, remote-tracking branch, tag or worktree of this machine's repositories; "
                    + "one object counts once.")
            rules.append(
                "The same work under another id (amended, rebased, cherry-picked) folds into its first carrier.")
        case .devlog:
            rules.append(
                "A commit of yours that adds to one of \(config.devlog.joined(separator: ", ")): "
                    + "one entry for each file and day.")
        }
        let zone =
            switch day.evidenceZone {
            case .author: "in the author's own time zone"
            case .zone(let zone): "in \(zone.name)"
            }
        let start = day.startsAt == 0 ? "" : "; a day begins at \(clock(day.startsAt))"
        rules.append("The author date decides, read \(zone)\(start).")
        rules.append(countMerges ? "Merge commits count." : "Merge commits do not count.")
        rules.append(
            credit == .kept
                ? "A commit once seen keeps its credit when a rebase or a deleted branch removes it."
                : "A commit that no branch or tag leads to any more does not count.")
        return rules
    }

    private func clock(_ seconds: Int) -> String {
        "\(padded(seconds / 3600, to: 2)):\(padded(seconds / 60 % 60, to: 2))"
    }
}
