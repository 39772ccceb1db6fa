import RhythmAPI
import RhythmCore

/// What one config would change about another that is in force.
struct ConfigComparison {
    let before: Config
    let after: Config
    let rhythmsBefore: Assessment
    let rhythmsAfter: Assessment

    var changes: [Wire.Change] {
        rhythmChanges + goalChanges + settingChanges
    }

    private var rhythmChanges: [Wire.Change] {
        let ids =
            after.rhythms.map(\.id)
            + rhythmsBefore.rhythms.map(\.id).filter { id in
                !after.rhythms.contains { $0.id == id }
            }
        return ids.compactMap { id in
            let old = rhythmsBefore.rhythms.first { $0.id == id }
            let new = rhythmsAfter.rhythms.first { $0.id == id }
            switch (old, new) {
            case (let old?, let new?):
                let isSame = old.definition == new.definition && old.newest == new.newest
                guard !isSame || Self.past(old, new) != nil else { return nil }
                return Wire.Change(
                    what: "rhythm \(id)", before: Self.words(old.definition), after: Self.words(new.definition),
                    effect: Self.effect(old, new))
            case (nil, let new?):
                return Wire.Change(
                    what: "rhythm \(id)", after: Self.words(new.definition),
                    effect: (rhythmsBefore.ended.contains { $0.id == id } ? "brought back: " : "new: ")
                        + Self.standing(new))
            case (let old?, nil):
                return Wire.Change(
                    what: "rhythm \(id)", before: Self.words(old.definition),
                    effect: "ends with \(old.periods.last { !$0.isOpen }?.period.id ?? "no period closed"); "
                        + "what it came to until then stays readable")
            case (nil, nil): return nil
            }
        }
    }

    private static func effect(_ old: RhythmEvaluation, _ new: RhythmEvaluation) -> String {
        let open =
            standing(old) == standing(new)
            ? "\(standing(new)), as before" : "\(standing(old)) becomes \(standing(new))"
        return [open, past(old, new)].compactMap { $0 }.joined(separator: "; ")
    }

    /// What becomes of periods that closed: no definition touches them, days off in the config do.
    private static func past(_ old: RhythmEvaluation, _ new: RhythmEvaluation) -> String? {
        let known = Dictionary(old.periods.map { ($0.period.id, $0) }, uniquingKeysWith: { $1 })
        let changed = new.periods.filter { result in
            !result.isOpen && known[result.period.id].map { $0.state != result.state } ?? false
        }
        guard !changed.isEmpty else { return nil }
        let shown = changed.suffix(3).map { result in
            "\(result.period.id) \(known[result.period.id]?.state.rawValue ?? "") becomes \(result.state.rawValue)"
        }
        let more = changed.count > 3 ? " and \(changed.count - 3) more" : ""
        return "closed periods change: " + shown.joined(separator: ", ") + more
    }

    /// `2026-W48 4 of 5, on-track`.
    private static func standing(_ evaluation: RhythmEvaluation) -> String {
        let newest = evaluation.newest
        return "\(newest.period.id) \(text(of: newest.have)) of \(text(of: newest.target)), \(newest.state.rawValue)"
    }

    private static func words(_ definition: RhythmDefinition) -> String {
        let sources = Set(definition.parts.map(\.source))
        var words = ["\(definition.demand) every \(definition.every.noun)"]
        words += filters(sources)
        if definition.hard { words.append("hard") }
        if let starts = definition.starts { words.append("from \(starts)") }
        if let ends = definition.ends { words.append("until \(ends)") }
        if let freezes = definition.freezes {
            words.append("\(freezes.count) \(freezes.count == 1 ? "freeze" : "freezes") a \(freezes.per.rawValue)")
        }
        if definition.weekStart != .monday { words.append("weeks from \(definition.weekStart.name)") }
        if !definition.restDays.isEmpty { words.append("rest on \(list(definition.restDays))") }
        return "“\(definition.name)” " + words.joined(separator: ", ")
    }

    private static func filters(_ sources: some Collection<Source>) -> [String] {
        [("in", Set(sources.flatMap(\.repositories))), ("touching", Set(sources.flatMap(\.paths)))].compactMap {
            $1.isEmpty ? nil : "\($0) \($1.sorted().joined(separator: ", "))"
        }
    }

    private static func clock(_ second: Int) -> String {
        "\(padded(second / 3600, to: 2)):\(padded(second / 60 % 60, to: 2))"
    }

    private static func list(_ days: Set<Weekday>) -> String {
        Weekday.allCases.filter(days.contains).map(\.name).joined(separator: ", ")
    }

    private var goalChanges: [Wire.Change] {
        let ids =
            after.goals.map(\.id)
            + before.goals.map(\.id).filter { id in
                !after.goals.contains { $0.id == id }
            }
        return ids.compactMap { id in
            let old = before.goals.first { $0.id == id }
            let new = after.goals.first { $0.id == id }
            guard old != new else { return nil }
            return Wire.Change(what: "goal \(id)", before: old.map(Self.words), after: new.map(Self.words))
        }
    }

    private static func words(_ excuse: Excuse) -> String {
        let rhythms = excuse.rhythms.map { " (\($0.joined(separator: ", ")))" } ?? ""
        return "\(excuse.first) to \(excuse.last)\(rhythms)"
    }

    private static func words(_ goal: Goal) -> String {
        let bound = goal.bound == .atMost ? "at most " : ""
        return
            (["“\(goal.name)” \(bound)\(goal.source.measure.phrase(goal.target)) from \(goal.from) by \(goal.by)"]
            + filters([goal.source])).joined(separator: ", ")
    }

    private static func words(_ hook: Hook) -> String {
        let rhythms = hook.rhythms.map { " of \($0.joined(separator: ", "))" } ?? ""
        return "\(list(hook.on))\(rhythms): \(hook.run.joined(separator: " ")) (\(hook.timeout) s)"
    }

    private static func list(_ states: Set<HookEvent.State>) -> String {
        HookEvent.State.allCases.filter(states.contains).map(\.rawValue).joined(separator: ", ")
    }

    private var settingChanges: [Wire.Change] {
        let fromToday = "holds from today on; the days before stay as they are"
        let rescan = "every repository is read again, for all of its history"
        let rejudged = "all evidence is judged again"
        let settings: [(String, (Config) -> String, String?)] = [
            ("zone", { $0.evidenceZone.words }, fromToday),
            (
                "day_starts_at", { "\(padded($0.dayStartsAt / 60, to: 2)):\(padded($0.dayStartsAt % 60, to: 2))" },
                fromToday
            ),
            ("merges", { "\($0.merges)" }, rejudged),
            ("credit", { $0.credit.rawValue }, rejudged),
            ("identity.emails", { $0.emails.joined(separator: ", ") }, rescan),
            ("identity.names", { $0.names.joined(separator: ", ") }, rescan),
            ("identity.co_authored", { "\($0.coAuthored)" }, rescan),
            ("repositories.roots", { $0.roots.joined(separator: ", ") }, nil),
            ("repositories.depth", { "\($0.depth)" }, nil),
            ("repositories.exclude", { $0.exclude.joined(separator: ", ") }, nil),
            ("devlog.files", { $0.devlog.joined(separator: ", ") }, rescan),
            ("devlog.folders", { $0.devlogFolders.joined(separator: ", ") }, nil),
            ("paths", { $0.pathGlobs.joined(separator: ", ") }, rescan),
            ("releases.tags", { $0.releases.joined(separator: ", ") }, "the tags of every repository are read again"),
            ("journal.path", { $0.journal ?? "" }, nil),
            ("scan.every", { "\($0.scanEvery) s" }, nil),
            ("scan.discover_every", { "\($0.discoverEvery) s" }, nil),
            ("alerts.due_at", { $0.nagPolicy.dueAt.map(Self.clock).joined(separator: ", ") }, nil),
            ("alerts.missed_at", { Self.clock($0.nagPolicy.missedAt) }, nil),
            ("alerts.working_days", { Self.list($0.nagPolicy.workingDays) }, nil),
            ("alerts.nag_days", { Self.list($0.nagPolicy.nagDays) }, nil),
            ("alerts.repeat", { $0.nagPolicy.repeatEvery.map { "\($0) s" } ?? "never" }, nil),
            (
                "alerts.quiet_hours",
                { $0.nagPolicy.quiet.map { "\(Self.clock($0.from))-\(Self.clock($0.to))" } ?? "none" }, nil
            ),
            ("prometheus.path", { $0.prometheus ?? "" }, nil),
            ("hook", { $0.hooks.map(Self.words).joined(separator: "; ") }, nil),
            ("notify", { $0.notify.desktop ? Self.list($0.notify.on) : "off" }, nil),
            ("vacation", { $0.vacations.map(Self.words).joined(separator: ", ") }, nil),
        ]
        return settings.compactMap { name, value, effect in
            let (old, new) = (value(before), value(after))
            guard old != new else { return nil }
            return Wire.Change(what: name, before: old, after: new, effect: effect)
        }
    }
}

extension Config.EvidenceZone {
    fileprivate var words: String {
        switch self {
        case .author: "author"
        case .local: "local"
        case .named(let zone): zone.name
        }
    }
}
