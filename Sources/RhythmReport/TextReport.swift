package import RhythmAPI
import RhythmCore

/// What `rhythmctl` prints for a person. Functions of the answer and the terminal; they read nothing else.
package enum TextReport {
    /// One screen: am I fine, what is missing, until when, what would settle it.
    package static func status(_ reply: Wire.Status.Reply, on terminal: Terminal, home: String?) -> String {
        let isWhole = reply.freshness.complete
        var lines = vantage(reply.freshness) + current(reply.rhythms, isWhole: isWhole, on: terminal)
        if reply.rhythms.isEmpty {
            let reason =
                switch reply.freshness.vantage {
                case "as-known": "Nothing was recorded by then."
                case "at": "No rhythm had begun by then."
                default: "No rhythms are declared."
                }
            lines.append(reason)
        }
        lines.append("")
        let streaks = reply.rhythms.filter { $0.streak.longest > 0 }.map {
            "\(harmless($0.name)) \(current($0.streak, of: $0.every.step)) (longest \(longest($0.streak, isWhole)), "
                + "strength \(percent($0.strength, isWhole)))"
        }
        let active =
            "active \(current(reply.activeDays, of: "day")) in a row (longest \(longest(reply.activeDays, isWhole)))"
        lines += wrapped("Streaks  ", streaks + [active], on: terminal)
        if !reply.goals.isEmpty { lines += ["", "Goals"] + goals(reply.goals, on: terminal) }
        lines += alerts(reply.alerts, on: terminal, home: home)
        lines.append("")
        lines += freshness(reply.freshness, repositories: reply.repositories, on: terminal)
        lines += reply.unreadable.flatMap { unreadable($0, on: terminal, home: home) }
        lines += unreadable(reply.unreadableFolders, on: terminal, home: home)
        if reply.unreadableEntries > 0 {
            let count = reply.unreadableEntries
            lines.append(
                "Cannot read \(count == 1 ? "1 entry" : "\(count) entries") of your journal, so nothing of "
                    + "\(count == 1 ? "it" : "them") counts: rhythmctl journal")
        }
        lines += unwatched(reply.unwatched)
        lines += reply.failingHooks.map { hook in
            "Hook fails: \(harmless(hook.run.first ?? "")): \(harmless(hook.error)), "
                + "\(hook.tries == 1 ? "once" : "\(hook.tries) times") since \(hook.since.prefix(16).replacing("T", with: " "))"
        }
        if let recovery = reply.recovery {
            let isComplete = recovery.lost.isEmpty && recovery.fromBackup.isEmpty
            lines.append(
                "The database was damaged on \(RecoveryDocument.time(recovery.at)) and put together again, "
                    + "\(isComplete ? "with nothing known to be lost" : "but not all of it"): "
                    + shortened(recovery.report, home: home))
        }
        return joined(lines)
    }

    /// The last periods of each rhythm.
    package static func report(_ reply: Wire.Report.Reply, on terminal: Terminal, home: String?) -> String {
        let isWhole = reply.freshness.complete
        var lines = vantage(reply.freshness)
        if reply.rhythms.isEmpty { lines.append("Nothing is there to report.") }
        let ids = reply.rhythms.map(\.id).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let groups = ids.map { id in reply.rhythms.filter { $0.id == id } }
        if groups.allSatisfy({ $0.count == 1 }) {
            lines += current(reply.rhythms, isWhole: isWhole, on: terminal)
            lines.append("")
            lines += reply.rhythms.map { streak($0, isWhole: isWhole, padding: nameWidth(reply.rhythms)) }
        } else {
            for group in groups {
                guard let newest = group.first else { continue }
                if !lines.isEmpty { lines.append("") }
                let often =
                    newest.every.step == newest.every.rawValue ? "a \(newest.every.noun)" : "in \(newest.every.noun)"
                let name = harmless(newest.name)
                var head = wrapped(
                    name + "  ",
                    [
                        "\(harmless(newest.demand)) \(often)" + (newest.hard ? ", hard" : "")
                            + (newest.ended ? ", ended" : ""),
                        "streak \(current(newest.streak)), longest \(longest(newest.streak, isWhole))",
                        "strength \(percent(newest.strength, isWhole))",
                    ], on: terminal)
                head[0] = terminal.paint(name, .strong) + head[0].dropFirst(name.count)
                lines += head
                lines += group.map { period($0, on: terminal) }
            }
        }
        lines += alerts(reply.alerts, on: terminal, home: home)
        lines.append("")
        lines += freshness(reply.freshness, repositories: nil, on: terminal)
        return joined(lines)
    }

    /// Every item behind one number.
    package static func explain(_ reply: Wire.Explain.Reply, on terminal: Terminal, home: String?) -> String {
        let result = reply.result
        var lines =
            vantage(reply.freshness) + [
                terminal.paint("\(harmless(result.name)), \(result.period)", .strong)
                    + "  \(DayText.range(result.firstDay, result.lastDay))",
                "\(harmless(result.amount)): " + terminal.paint(result.state.words, result.state.tone),
            ]
        let counted = reply.items.filter { $0.verdict == Verdict.counted.name }
        let others = reply.items.filter { $0.verdict != Verdict.counted.name }
        if !counted.isEmpty {
            lines += ["", "Counted"]
            lines += counted.flatMap { item($0, on: terminal, home: home) }
        }
        if !others.isEmpty {
            lines += ["", "Not counted"]
            lines += others.flatMap { item($0, on: terminal, home: home) }
        }
        if reply.items.isEmpty { lines += ["", "Nothing is dated within these days."] }
        lines += ["", "How it is judged"]
        lines += reply.rules.flatMap { wrapped("  - ", [$0], on: terminal) }
        lines.append("")
        lines += freshness(reply.freshness, repositories: nil, on: terminal)
        return joined(lines)
    }

    package static func repositories(_ reply: Wire.Repositories.Reply, on terminal: Terminal, home: String?) -> String {
        let folders = unreadable(reply.unreadableFolders, on: terminal, home: home)
        guard !reply.repositories.isEmpty else { return joined(["No repositories yet."] + folders) }
        let names = reply.repositories.map { shortened($0.workDir ?? $0.gitDir, home: home) }
        let width = min(terminal.width - 32, max(10, names.map(columns).max() ?? 0))
        let head = fitted("Repository", to: width) + "  " + "   Yours" + "  Reader   State"
        let lines = zip(reply.repositories, names).flatMap { repository, name in
            let isTracked = repository.standing == "tracked"
            let state =
                isTracked
                ? repository.problem.map { terminal.paint(harmless($0.code), .bad) }
                    ?? repository.completeSince.map { "read back to \($0)" } ?? "ok"
                : repository.standing
            let line =
                "\(fitted(name, to: width))  \(right(repository.own, 8))  "
                + "\(fitted(repository.reader ?? "-", to: 7))  \(state)"
            guard isTracked, let problem = repository.problem else { return [line] }
            return [line] + wrapped("  ", [oneLine(problem.message)], on: terminal).map { terminal.paint($0, .bad) }
        }
        return joined([terminal.paint(head, .faint)] + lines + (folders.isEmpty ? [] : [""] + folders))
    }

    package static func scan(_ reply: Wire.Scan.Reply, on terminal: Terminal, home: String?) -> String {
        let folders = reply.unreadableFolders
        let repositories = reply.problems - folders.count
        let read = reply.done - repositories
        let problems = repositories == 0 ? "" : ", \(repositories) cannot be read (rhythmctl repos)"
        return joined(
            [
                "\(read == 1 ? "1 repository" : "\(read) repositories") read\(problems); "
                    + (reply.new == 0 ? "nothing new" : counted(reply.new, "new item"))
            ] + unreadable(folders, on: terminal, home: home))
    }

    // MARK: Parts

    /// The open periods, or any others, a line for each rhythm.
    private static func current(
        _ results: [Wire.PeriodResult], isWhole: Bool, on terminal: Terminal
    ) -> [String] {
        var lines: [String] = []
        var heading: String?
        let names = nameWidth(results)
        let amounts = results.map { columns(amount($0)) }.max() ?? 0
        for result in results {
            let head = "\(result.period)  \(DayText.range(result.firstDay, result.lastDay))"
            if head != heading {
                if heading != nil { lines.append("") }
                let left = result.open ? "  \(remaining(result))" : ""
                lines.append(terminal.paint(head, .strong) + left)
                heading = head
            }
            let name = fitted(harmless(result.name), to: names)
            let tone = result.state.tone
            let amount = fitted(amount(result), to: amounts)
            let room = max(10, terminal.width - names - amounts - 20)
            let variants = advice(result, isWhole: isWhole)
            let advice = fitted(
                variants.first { columns($0) <= room } ?? variants[variants.count - 1], to: room
            ).trimmedEnd
            lines.append(
                "  \(terminal.paint(result.state.mark, tone)) \(name)  "
                    + "\(terminal.bar(have: result.have, target: result.target, width: 10, tone: tone))  \(amount)  "
                    + terminal.paint(advice, tone))
        }
        return lines
    }

    private static func amount(_ result: Wire.PeriodResult) -> String {
        "\(text(of: result.have))\(result.more) of \(result.limit ? "≤" : "")\(text(of: result.target))"
    }

    private static func remaining(_ result: Wire.PeriodResult) -> String {
        guard let outlook = result.outlook else { return "" }
        return outlook.daysLeft <= 1 ? "last day" : "\(outlook.daysLeft) days left"
    }

    /// What to know of a period, the longest way to say it first.
    private static func advice(_ result: Wire.PeriodResult, isWhole: Bool) -> [String] {
        let more = brief(result)
        let odds = result.outlook?.odds.map { "; odds \(percent($0, isWhole))" } ?? ""
        switch result.state {
        case .met, .missed, .unverified: return [words(result)]
        case .excused:
            return [
                result.freeze.map { "excused by freeze \($0.spent) of \($0.budget) a \($0.per.rawValue)" }
                    ?? words(result)
            ]
        case .due: return ["due today: \(more)\(odds)", "due today: \(more)", "due today"]
        case .onTrack where result.limit && !result.measure.isLevel: return ["within its limit"]
        case .atRisk where result.limit && !result.measure.isLevel: return ["at its limit"]
        case .onTrack, .atRisk:
            let state = result.state.words
            let begin = result.outlook.map(begin) ?? ""
            let short = result.state == .onTrack ? "\(more); \(begin)" : "\(state): \(more)"
            return ["\(state): \(more); \(begin)\(odds)", "\(state): \(more); \(begin)", short, begin, state]
        }
    }

    /// When to begin; once that is past, what each day that is left has to bring.
    static func begin(_ outlook: Wire.Outlook) -> String {
        guard outlook.late else { return "begin by \(DayText.short(outlook.lastSafeDay))" }
        let days = outlook.daysLeft == 1 ? "today" : "in \(outlook.daysLeft) days"
        return outlook.neededPerDay.map { "\(text(of: ($0 * 10).rounded(.up) / 10)) a day \(days)" } ?? days
    }

    /// `2 more`; of several parts and of levels, what they are.
    private static func brief(_ result: Wire.PeriodResult) -> String {
        result.parts.isEmpty && !result.measure.isLevel ? "\(text(of: result.need)) more" : harmless(result.missing)
    }

    private static func period(_ result: Wire.PeriodResult, on terminal: Terminal) -> String {
        let days = fitted(DayText.span(result.firstDay, result.lastDay), to: 24)
        let amount = right(result.ratio, 7)
        let tone = result.state.tone
        return "  \(terminal.paint(result.state.mark, tone)) \(result.period)  \(days)  "
            + "\(terminal.bar(have: result.have, target: result.target, width: 10, tone: tone)) \(amount)  "
            + terminal.paint(result.freeze == nil ? words(result) : advice(result, isWhole: true)[0], tone)
    }

    /// A state, with a question mark where it may be another once all history is read.
    private static func words(_ result: Wire.PeriodResult) -> String {
        let mayChange = result.provisional && (result.state == .missed || result.state == .excused)
        return result.state.words + (mayChange ? "?" : "")
    }

    private static func streak(_ result: Wire.PeriodResult, isWhole: Bool, padding: Int) -> String {
        "    \(fitted(harmless(result.name), to: padding))  streak \(current(result.streak, of: result.every.step))"
            + ", longest \(longest(result.streak, isWhole)), strength \(percent(result.strength, isWhole))"
    }

    /// The run that lasts, with the mark of what may still grow.
    private static func current(_ streak: Streak, of step: String? = nil) -> String {
        let count = "\(streak.current)\(streak.provisional ? "+" : "")"
        return step.map { "\(count) \($0)\(count == "1" ? "" : "s")" } ?? count
    }

    private static func longest(_ streak: Streak, _ isWhole: Bool) -> String {
        "\(streak.longest)\(isWhole ? "" : "+")"
    }

    private static func alerts(_ alerts: [Wire.Alert], on terminal: Terminal, home: String?) -> [String] {
        guard !alerts.isEmpty else { return [] }
        return ["", "Alerts"]
            + alerts.map { alert in
                let state = PeriodState(rawValue: alert.state)
                return "  \(terminal.paint(fitted(state?.words ?? alert.state, to: 10), state?.tone))  "
                    + shortened(alert.file, home: home)
            }
    }

    private static func item(_ item: Wire.Item, on terminal: Terminal, home: String?) -> [String] {
        let when = item.day.map(DayText.short) ?? "no date"
        let clock = item.at.map { String($0.dropFirst(11).prefix(5)) } ?? ""
        let place = item.repositories.first.map { shortened($0, home: home) } ?? ""
        let more = item.repositories.count > 1 ? " +\(item.repositories.count - 1)" : ""
        let what = harmless(words(item))
        let origin = fitted(place, to: 20).trimmedEnd + more
        let room = max(10, terminal.width - 34 - columns(origin) - 2)
        var lines = [
            "  \(fitted(when, to: 10))  \(fitted(clock, to: 5))  \(terminal.paint(fitted(String((item.object ?? "").prefix(10)), to: 10), .faint))"
                + "  \(fitted(what, to: room))  \(terminal.paint(origin, .faint))"
        ]
        let notes =
            [
                item.reason.map { "\(item.verdict): \($0)" }, standing(item),
                item.coAuthored ? "you are a co-author" : nil,
                item.unreachableSince.map {
                    "nothing leads to it any more since \($0.prefix(10))"
                        + (item.verdict == Verdict.counted.name ? "; its credit is kept" : "")
                },
            ].compactMap { $0 }
        if !notes.isEmpty {
            lines += wrapped("                     ", notes, on: terminal).map { terminal.paint($0, .faint) }
        }
        return lines
    }

    private static func words(_ item: Wire.Item) -> String {
        switch item.kind {
        case .commit: return item.subject
        case .devlog: return "\(item.path ?? ""): \(item.heading ?? item.subject)"
        case .release: return "\(item.name ?? ""): \(item.subject)"
        case .tick: return item.subject
        case .sample:
            let value = item.quantity.map { text(of: $0) } ?? ""
            return [item.name ?? "", value, item.unit, item.subject].compactMap { $0 }.filter { !$0.isEmpty }
                .joined(separator: " ")
        case .entry:
            let minutes = item.quantity.map { "(\(text(of: $0)) min)" }
            return [item.subject, minutes, item.url].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// Where an entry or a sample stands.
    private static func standing(_ item: Wire.Item) -> String? {
        switch item.kind {
        case .commit, .devlog, .release: nil
        case .tick: item.name.map { "under \(harmless($0))" }
        case .entry, .sample: item.path.map { "in \(harmless($0))" } ?? "in a trailer of that commit"
        }
    }

    /// Says so when the answer is about another time.
    static func vantage(_ freshness: Wire.Freshness) -> [String] {
        guard let vantage = freshness.vantage else { return [] }
        let by = vantage == "as-known" ? "by what was known then" : "by what is known today"
        return [
            "As it was on \(DayText.short(String(freshness.now.prefix(10)))) \(freshness.now.prefix(4)) at "
                + "\(freshness.now.dropFirst(11).prefix(5)), \(by)", "",
        ]
    }

    static func freshness(_ freshness: Wire.Freshness, repositories: Int?, on terminal: Terminal) -> [String] {
        var parts: [String] = []
        if let repositories { parts.append(named(repositories)) }
        if let scannedAt = freshness.scannedAt {
            parts.append("read at \(scannedAt.dropFirst(11).prefix(5))")
        }
        if let asOf = freshness.asOf {
            parts.append("nothing known after \(asOf.prefix(16).replacing("T", with: " "))")
        }
        if freshness.scanning { parts.append("reading now") }
        if !freshness.hasRecentWeeks { parts.append("not all repositories are read yet, numbers may still grow") }
        var lines = parts.isEmpty || freshness.vantage != nil ? [] : [parts.joined(separator: ", ").capitalized]
        lines += unfinished(freshness, of: repositories, on: terminal)
        return lines + (freshness.trouble.map { ["Trouble: \(harmless($0))"] } ?? [])
    }

    /// Says so while not all history is read.
    static func unfinished(_ freshness: Wire.Freshness, of repositories: Int? = nil, on terminal: Terminal) -> [String]
    {
        guard let since = freshness.completeSince, let count = freshness.unfinished else { return [] }
        let which = repositories.map { "\(count) of \(named($0))" } ?? named(count)
        let note = "Complete back to \(since); older history is still being read (\(which))"
        return wrapped("", [note], on: terminal) + ["What may still change has a +, a ~ or a ?"]
    }

    private static func named(_ count: Int) -> String {
        count == 1 ? "1 repository" : "\(count) repositories"
    }

    private static func unreadable(
        _ repository: Wire.Repository, on terminal: Terminal, home: String?
    ) -> [String] {
        let problem = repository.problem.map { "\(harmless($0.code)) (\(oneLine($0.message)))" } ?? "unknown"
        let path = shortened(repository.workDir ?? repository.gitDir, home: home)
        return wrapped("Cannot read \(path): ", indent: 2, [problem], on: terminal)
    }

    /// Folders of dev logs.
    private static func unreadable(_ folders: [Wire.Finding], on terminal: Terminal, home: String?) -> [String] {
        folders.flatMap { folder in
            wrapped(
                "Cannot read the \(folder.key == "roadmap" ? "roadmap" : "dev logs in") "
                    + "\(shortened(folder.file, home: home)): ", indent: 2,
                [oneLine(folder.message)], on: terminal)
        }
    }

    /// What git or the system says in several lines, as one that can be broken anew.
    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { harmless(String($0)) }.joined(separator: " ")
    }

    private static func unwatched(_ groups: [Wire.Unwatched]) -> [String] {
        guard !groups.isEmpty else { return [] }
        let count = groups.reduce(0) { $0 + $1.repositories }
        return [
            "Read by the clock only: \(count == 1 ? "1 repository" : "\(count) repositories") ("
                + groups.map { harmless($0.why) }.joined(separator: "; ") + ")"
        ]
    }

    private static func nameWidth(_ results: [Wire.PeriodResult]) -> Int {
        min(24, results.map { columns(harmless($0.name)) }.max() ?? 0)
    }

    /// A path with `~` for the home folder.
    static func shortened(_ path: String, home: String?) -> String {
        let shown = home.map { path == $0 || path.hasPrefix($0 + "/") ? "~" + path.dropFirst($0.count) : path } ?? path
        return harmless(shown)
    }

    /// Pieces separated by dots, broken between pieces and, where one is longer than a line, between words.
    static func wrapped(_ head: String, indent: Int? = nil, _ pieces: [String], on terminal: Terminal) -> [String] {
        let indent = String(repeating: " ", count: indent ?? columns(head))
        let words = pieces.joined(separator: " · ").split(separator: " ").map(String.init)
        var lines: [String] = []
        var line = head
        var isEmpty = true
        for word in words {
            if !isEmpty && columns(line) + 1 + columns(word) > terminal.width {
                lines.append(line)
                line = indent
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }

    /// - Parameter isWhole: all history is read; what is not final has a mark.
    static func percent(_ share: Double, _ isWhole: Bool) -> String {
        "\(isWhole ? "" : "~")\(Int((share * 100).rounded()))%"
    }

    static func right(_ value: some CustomStringConvertible, _ width: Int) -> String {
        let text = value.description
        return String(repeating: " ", count: max(0, width - columns(text))) + text
    }

    static func joined(_ lines: [String]) -> String {
        var lines = lines.map(\.trimmedEnd)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension String {
    /// Without the spaces at its end.
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
