import RhythmCore

extension EvidenceRules {
    /// How a number comes about, a sentence each.
    func explanation(of definition: RhythmDefinition, config: Config) -> [String] {
        let measures = Set(definition.parts.map(\.source.measure))
        var rules: [String] = []
        let inGit = !measures.isDisjoint(with: [.commits, .activeDays])
        if inGit {
            rules.append(
                "Your commits on any branch, remote-tracking branch, tag or worktree of this machine's repositories; "
                    + "one object counts once.")
            rules.append(
                "The same work under another id (amended, rebased, cherry-picked) folds into its first carrier.")
        }
        if measures.contains(.activeDays) { rules.append("A day with a commit that counts is an active day.") }
        if measures.contains(.devlog) {
            rules.append(
                "A commit of yours that adds to one of \(config.devlog.joined(separator: ", ")): one entry for each new "
                    + "heading with a date or a number, and in a file without such headings for each day.")
        }
        for measure in measures.sorted(by: { $0.rawValue < $1.rawValue }) {
            switch measure {
            case .gauge(let name): rules.append("The last reading of \(name) on or before the period's last day.")
            case .counter(let name): rules.append("What the readings of \(name) grew by; a lower one starts anew.")
            case .releases:
                rules.append(
                    "Tags of yours that match \(config.releases.joined(separator: ", ")): by the tag's own date and tagger, "
                        + "or by its commit's where it has none. One counts once in however many clones it is, and one that "
                        + "is moved is no second release.")
            case .entries(let kind): rules.append(Self.entries(of: kind))
            case .minutes(let kind): rules.append("The minutes that they name: \(Self.entries(of: kind))")
            case .devlog: rules.append(Self.entries(of: "devlog"))
            case .samples: rules.append("Readings of any metric in your journal, whatever they show.")
            case .roadmapTicks:
                rules.append(
                    "Boxes of your roadmap that a commit of yours ticked, each once, for as long as it is ticked. What was "
                        + "ticked in the file's first version was done before.")
            case .commits, .activeDays: break
            }
        }
        rules += filters(definition)
        if inGit || measures.contains(.devlog) { rules += gitRules }
        rules += periodRules(definition, config)
        return rules
    }

    private static func entries(of kind: String) -> String {
        "Entries of the kind \(kind) in your journal, as it is committed, and in trailers of your commits such as "
            + "“Rhythm: \(kind) …”."
    }

    private func filters(_ definition: RhythmDefinition) -> [String] {
        definition.parts.flatMap { part -> [String] in
            let what = definition.isCompound ? "Of the \(part.source.measure.rawValue) only those" : "Only those"
            let repositories = part.source.repositories.joined(separator: ", ")
            let paths = part.source.paths.joined(separator: ", ")
            return [
                repositories.isEmpty ? nil : "\(what) in repositories that match \(repositories).",
                paths.isEmpty ? nil : "\(what) that touch \(paths).",
            ].compactMap { $0 }
        }
    }

    private var gitRules: [String] {
        let day = calendar.current
        let zone =
            switch day.evidenceZone {
            case .author: "in the author's own time zone"
            case .zone(let zone): "in \(zone.name)"
            }
        let start = day.startsAt == 0 ? "" : "; a day begins at \(clock(day.startsAt))"
        return [
            "The author date decides, read \(zone)\(start).",
            countMerges ? "Merge commits count." : "Merge commits do not count.",
            credit == .kept
                ? "A commit once seen keeps its credit when a rebase or a deleted branch removes it."
                : "A commit that no branch or tag leads to any more does not count, unless its period had closed by then.",
        ]
    }

    private func periodRules(_ definition: RhythmDefinition, _ config: Config) -> [String] {
        var rules: [String] = []
        if !definition.restDays.isEmpty {
            let days = Weekday.allCases.filter(definition.restDays.contains).map(\.name).joined(separator: " and ")
            rules.append("Nothing is asked on \(days).")
        }
        if let freezes = definition.freezes {
            rules.append("\(freezes.count) missed in a \(freezes.per.rawValue) are excused by its freezes.")
        }
        if definition.hard { rules.append("It is hard: no freeze is spent on it.") }
        return rules
    }

    private func clock(_ seconds: Int) -> String {
        "\(padded(seconds / 3600, to: 2)):\(padded(seconds / 60 % 60, to: 2))"
    }
}

extension RhythmEvaluation {
    /// How a period, the streak and the strength came about, a sentence each.
    ///
    /// - Parameters:
    ///   - excuses: all that are in force.
    ///   - unreadable: the folders of repositories that cannot be read.
    func explanation(of result: PeriodResult, excuses: [Excuse], unreadable: [String]) -> [String] {
        let definition = definition(of: result)
        var words: [String] = []
        for excuse in excuses
        where (excuse.first...excuse.last).overlaps(result.period.days) && (excuse.rhythms?.contains(id) ?? true) {
            words.append("Days off from \(excuse.first) to \(excuse.last): \(excuse.why).")
        }
        if result.state == .unverified {
            words.append(
                unreadable.isEmpty
                    ? "Not everything of these days has been seen yet."
                    : "Not all of these days was seen: \(unreadable.joined(separator: ", ")) cannot be read.")
        }
        if result.isProvisional { words.append("Older history is still to be read, so this may change.") }
        let whole = definition.parts.count == 1 ? definition.parts[0].target : nil
        if let whole, result.target < whole, result.state != .excused || result.target > 0 {
            words.append(
                "The target is \(text(of: result.target)) rather than \(text(of: whole)): only some of its days were asked of "
                    + "(it began within the period, or days off lie in it).")
        }
        if let spent = result.freeze, let budget = definition.freezes {
            words.append("Missed, and excused by freeze \(spent) of \(budget.count) in its \(budget.per.rawValue).")
        }
        let runs = StreakRuns(periods)
        words.append(
            "Streak \(streak.current): "
                + (runs.current.map { "met \(span($0))." }
                    ?? (periods.contains { $0.state == .missed }
                        ? "the last closed period that counts was missed." : "no period that counts has closed yet."))
        )
        words.append("Longest \(streak.longest)" + (runs.longest.map { ": met \(span($0))." } ?? "."))
        let days = result.period.nominalDayCount
        let step = (1 - strengthMultiplier(days: days)) * 100
        words.append(
            "Strength \(Int((strength * 100).rounded()))%: each day moves it \(text(of: step))% (1 − 0.5^(√(1/\(days))/13)) of the way to "
                + "how much of the target the last \(days == 1 ? "day" : "\(days) days") held; days off do not move it."
        )
        if let outlook, result == newest {
            if let pace = outlook.pace {
                words.append(
                    "Usual pace \(text(of: pace)) on an active day (the median of the last eight weeks): begun by the start of "
                        + "\(outlook.lastSafeDay), it is still met.")
            }
            if let odds = outlook.odds {
                words.append(
                    "Odds \(Int((odds.probability * 100).rounded()))%: how often, of the last \(odds.stretches) stretches with the "
                        + "same weekdays as those left, what you did would have met it.")
            }
        }
        return words
    }

    private func span(_ run: ClosedRange<Int>) -> String {
        let (first, last) = (periods[run.lowerBound].period.id, periods[run.upperBound].period.id)
        return first == last ? "in \(first)" : "from \(first) to \(last)"
    }
}
