package import RhythmAPI
import RhythmCore

/// The roadmap, as `rhythmctl roadmap` prints it.
package enum RoadmapText {
    package typealias Reply = Wire.Roadmap.Reply

    package static func tree(_ reply: Reply, on terminal: Terminal, home: String?) -> String {
        var lines = TextReport.vantage(reply.freshness)
        lines += head(reply, on: terminal, home: home)
        lines += ["", ""].prefix(1) + sections(reply, on: terminal)
        let next = reply.next.prefix(5)
        if !next.isEmpty {
            lines += ["", terminal.paint("Next", .strong)]
            lines += next.map { "  ☐ " + fitted(harmless(reply.items[$0].text), to: terminal.width - 4) }
        }
        let criteria = nearCriteria(reply)
        if !criteria.isEmpty {
            lines += ["", terminal.paint("Success criteria and goals", .strong)]
            lines += criteria.flatMap { criterion($0, reply, on: terminal) }
        }
        lines += notes(reply, on: terminal)
        return TextReport.joined(lines)
    }

    // MARK: The head

    private static func head(_ reply: Reply, on terminal: Terminal, home: String?) -> [String] {
        let file = TextReport.shortened(reply.file, home: home)
        let title = root(reply).map { harmless(reply.sections[$0].title) } ?? "Roadmap"
        let room = terminal.width - columns(file) - 2
        var lines = [
            columns(title) <= room
                ? terminal.paint(fitted(title, to: room), .strong) + "  " + terminal.paint(file, .faint)
                : terminal.paint(fitted(title, to: min(columns(title), terminal.width)), .strong) + "\n"
                    + terminal.paint(file, .faint)
        ]
        var facts = [progress(reply.done, reply.total, on: terminal)]
        if let weeks = reply.weeksAhead {
            let text = RhythmCore.text(of: (weeks.magnitude * 10).rounded() / 10)
            facts.append(text == "0" ? "on schedule" : "\(text) weeks \(weeks < 0 ? "behind" : "ahead")")
        }
        facts.append(
            reply.velocity > 0
                ? "\(RhythmCore.text(of: (reply.velocity * 10).rounded() / 10)) ticks a week lately"
                : "nothing ticked in eight weeks")
        lines += TextReport.wrapped("  ", facts, on: terminal)
        if let current = reply.current.map({ reply.phases[$0] }), let first = current.firstDay,
            let last = current.lastDay
        {
            let when =
                reply.today < first
                ? "to begin"
                : reply.today > last ? "over" : "now"
            lines += TextReport.wrapped(
                "  ",
                [
                    "\(harmless(reply.sections[current.section].title)): \(when), "
                        + DayText.range(first, last)
                ], on: terminal)
        } else if reply.start == nil, reply.phases.contains(where: { $0.total > 0 }) {
            lines.append("  Nobody says when it began: [roadmap] start = \"2026-01-01\" in the config does.")
        }
        return lines
    }

    private static func progress(_ done: Int, _ total: Int, on terminal: Terminal) -> String {
        let bar = terminal.bar(have: Double(done), target: Double(total), width: 10, tone: done == total ? .good : nil)
        return "\(total == 0 ? "" : bar + "  ")\(done) of \(total) done, \(percent(done, total))"
    }

    private static func percent(_ done: Int, _ total: Int) -> String {
        total == 0 ? "0%" : "\(done == total ? 100 : min(99, Int(100 * Double(done) / Double(total))))%"
    }

    /// The one title over all others that have boxes.
    private static func root(_ reply: Reply) -> Int? {
        let tops = reply.sections.indices.filter { reply.sections[$0].parent == nil && reply.sections[$0].total > 0 }
        return tops.count == 1 && reply.sections.contains { $0.parent == tops[0] } ? tops[0] : nil
    }

    // MARK: The tree

    private static func sections(_ reply: Reply, on terminal: Terminal) -> [String] {
        let root = root(reply)
        let base = root.map { reply.sections[$0].depth + 1 } ?? 0
        let names = max(20, terminal.width - 2 - 12 - 9)
        return reply.sections.enumerated().flatMap { index, section -> [String] in
            guard section.total > 0, index != root, section.kind != "rhythms" else { return [] }
            let phase = reply.phases.firstIndex { $0.section == index }
            let isCurrent = phase != nil && phase == reply.current
            let indent = String(repeating: "  ", count: max(0, section.depth - base))
            let isDone = section.done == section.total
            let bar = terminal.bar(
                have: Double(section.done), target: Double(section.total), width: 10, tone: isDone ? .good : nil)
            let name = fitted(indent + harmless(section.title), to: names)
            let line =
                (isCurrent ? "▶ " : isDone ? "✓ " : "  ")
                + terminal.paint(name, phase != nil ? .strong : nil) + "  " + bar + "  "
                + TextReport.right("\(section.done)/\(section.total)", 7)
            return [line] + (phase.map { schedule(reply.phases[$0], indent: indent, on: terminal) } ?? [])
        }
    }

    private static func schedule(_ phase: Wire.Roadmap.Phase, indent: String, on terminal: Terminal) -> [String] {
        var facts: [String] = []
        if let first = phase.firstDay, let last = phase.lastDay { facts.append("\(first) – \(last)") }
        if let finish = phase.finish, let earliest = phase.earliest {
            facts.append("at this pace done by \(finish) (\(earliest) – \(phase.latest ?? "nobody knows"))")
        }
        guard !facts.isEmpty else { return [] }
        return TextReport.wrapped("    " + indent, facts, on: terminal).map { terminal.paint($0, .faint) }
    }

    // MARK: Criteria

    /// Those of the phase that should be running, and of the goals that are next due.
    private static func nearCriteria(_ reply: Reply) -> [Wire.Roadmap.Criterion] {
        let current = reply.current.map { reply.phases[$0].section }
        let nextBy = reply.criteria.filter { kind(of: $0, reply) == "goals-by" }.compactMap(\.by)
            .filter { $0 >= reply.today }.min()
        return reply.criteria.filter { criterion in
            if kind(of: criterion, reply) == "goals-by" { return criterion.by == nil || criterion.by == nextBy }
            return current.map { isIn($0, reply.items[criterion.item].section, reply) } ?? false
        }
    }

    private static func kind(of criterion: Wire.Roadmap.Criterion, _ reply: Reply) -> String? {
        reply.items[criterion.item].section.map { reply.sections[$0].kind }
    }

    private static func isIn(_ outer: Int, _ section: Int?, _ reply: Reply) -> Bool {
        var section = section
        while let index = section {
            if index == outer { return true }
            section = reply.sections[index].parent
        }
        return false
    }

    private static func criterion(
        _ criterion: Wire.Roadmap.Criterion, _ reply: Reply, on terminal: Terminal
    ) -> [String] {
        let item = reply.items[criterion.item]
        let (mark, tone): (String, Terminal.Tone?) =
            switch criterion.state {
            case "met": ("✓", .good)
            case "missed": ("✗", .bad)
            case "unread": ("?", .faint)
            case "box": (item.box == nil ? "–" : "☐", .faint)
            default: ("·", nil)
            }
        let what = understanding(criterion, item, reply.today)
        let head = "  \(terminal.paint(mark, tone)) \(harmless(item.text))"
        let plain = "  \(mark) \(harmless(item.text))"
        if columns(plain) + 2 + columns(what) <= terminal.width {
            return [head + "  " + terminal.paint(what, .faint)]
        }
        return [head] + TextReport.wrapped("      ", [what], on: terminal).map { terminal.paint($0, .faint) }
    }

    /// What is measured, or what there is to do instead.
    private static func understanding(
        _ criterion: Wire.Roadmap.Criterion, _ item: Wire.Roadmap.Item, _ today: String
    ) -> String {
        guard !criterion.readings.isEmpty else {
            if item.box == "ticked" { return item.ticked.map { "ticked \($0.prefix(10))" } ?? "ticked" }
            return item.box == nil ? "not measured; written as “- [ ] …” it can be ticked" : "to be ticked"
        }
        let days = criterion.from.flatMap { from in criterion.by.map { "from \(from) to \(min($0, max(from, today)))" }
        }
        return criterion.readings.map { reading($0) }.joined(separator: ", ") + (days.map { ", \($0)" } ?? "")
    }

    private static func reading(_ reading: Wire.Roadmap.Reading) -> String {
        let name = harmless(reading.measure.rawValue.split(separator: ":").last.map(String.init) ?? "")
        let target = "\(reading.comparison) \(text(of: reading.target))\(harmless(reading.unit))"
        guard let have = reading.have else {
            return "\(name) \(target): no reading; rhythmctl log metric \(name) VALUE"
        }
        let what =
            reading.measure.isLevel
            ? "\(name) \(text(of: have))\(harmless(reading.unit))" : reading.measure.phrase(have)
        return "\(what), asked \(target)"
    }

    private static func notes(_ reply: Reply, on terminal: Terminal) -> [String] {
        var notes: [String] = []
        let uncommitted = reply.items.filter { $0.uncommitted != nil }.count
        if uncommitted > 0 {
            notes.append("\(counted(uncommitted, "item")) changed and not committed yet: rhythmctl roadmap history")
        }
        if !reply.drift.isEmpty {
            notes.append(
                "\(counted(reply.drift.count, "thing")) that the evidence contradicts: rhythmctl roadmap drift")
        }
        if let problem = reply.problem { notes.append("It cannot be read now: \(harmless(problem))") }
        return notes.isEmpty
            ? []
            : [""] + notes.flatMap { TextReport.wrapped("  ", [$0], on: terminal) }.map { terminal.paint($0, .warning) }
    }

    // MARK: Item by item

    /// Every item: what it is taken for, and what is known of it.
    ///
    /// - Parameter openOnly: those with an open box alone.
    package static func items(_ reply: Reply, openOnly: Bool, on terminal: Terminal) -> String {
        var lines = TextReport.vantage(reply.freshness)
        var section: Int?
        let criteria = Dictionary(reply.criteria.map { ($0.item, $0) }, uniquingKeysWith: { a, _ in a })
        for (index, item) in reply.items.enumerated() where !openOnly || item.box == "open" {
            if item.section != section || lines.isEmpty, let named = item.section {
                let title = reply.sections[named]
                lines += lines.isEmpty ? [] : [""]
                lines.append(
                    terminal.paint(harmless(title.title), .strong)
                        + terminal.paint("  \(title.kind)", .faint))
            }
            section = item.section
            lines += self.item(item, criteria[index], reply, on: terminal)
        }
        if lines.isEmpty { lines.append("There are no items.") }
        return TextReport.joined(lines)
    }

    private static func item(
        _ item: Wire.Roadmap.Item, _ criterion: Wire.Roadmap.Criterion?, _ reply: Reply, on terminal: Terminal
    ) -> [String] {
        var depth = 0
        var parent = item.parent
        while let index = parent {
            depth += 1
            parent = reply.items[index].parent
        }
        let mark = item.box.map { $0 == "ticked" ? "☑" : "☐" } ?? "•"
        var notes: [String] = []
        if let criterion { notes.append(understanding(criterion, item, reply.today)) }
        if criterion == nil || criterion?.readings.isEmpty == false, let ticked = item.ticked {
            notes.append("ticked \(ticked.prefix(10)) by \(item.commit?.prefix(7) ?? "")")
        }
        if let uncommitted = item.uncommitted { notes.append("\(uncommitted), not committed") }
        let head =
            TextReport.right("\(item.line)", 5) + "  " + String(repeating: "  ", count: min(depth, 10)) + mark + " "
        let lines = TextReport.wrapped(head, [harmless(item.text)], on: terminal)
        let indent = String(repeating: " ", count: columns(head) + 2)
        return lines
            + (notes.isEmpty
                ? [] : TextReport.wrapped(indent, notes, on: terminal).map { terminal.paint($0, .faint) })
    }

    // MARK: History, drift, status, projects

    package static func history(_ reply: Wire.RoadmapHistory.Reply, on terminal: Terminal) -> String {
        guard !reply.events.isEmpty else { return "Nothing happened to its boxes.\n" }
        var lines = TextReport.vantage(reply.freshness)
        var last: String?
        // What comes or goes with many others is a list that was written or thrown away.
        let many = Dictionary(grouping: reply.events.filter { ["added", "dropped"].contains($0.kind) }) {
            "\($0.commit ?? "") \($0.kind)"
        }.filter { $0.value.count > 8 }
        var told: Set<String> = []
        for event in reply.events.reversed() {
            let group = many["\(event.commit ?? "") \(event.kind)"]
            if group != nil, !told.insert("\(event.commit ?? "") \(event.kind)").inserted { continue }
            let day = event.day ?? "not committed"
            let shown = day == last ? "" : day
            last = day
            let mark =
                ["ticked": "☑", "unticked": "☐", "added": "+", "dropped": "-", "renamed": "~"][event.kind] ?? " "
            let moved = event.pathBefore.map { $0 != event.path } ?? false
            let before = event.textBefore.map { $0 == event.text ? nil : "was “\(harmless($0))”" } ?? nil
            let notes = [before, moved ? "moved" : nil, event.own ? nil : "by somebody else"].compactMap { $0 }
            lines += TextReport.wrapped(
                "\(fitted(shown, to: 13))  \(mark) ",
                [
                    (group.map { "\($0.count) items" } ?? harmless(event.text))
                        + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
                ], on: terminal)
        }
        return TextReport.joined(lines)
    }

    package static func drift(_ reply: Reply, on terminal: Terminal) -> String {
        guard !reply.drift.isEmpty else { return "The roadmap agrees with the evidence.\n" }
        return TextReport.joined(
            reply.drift.flatMap { drift in
                TextReport.wrapped(
                    "  ! " + (drift.line > 0 ? "line \(drift.line): " : ""), indent: 4, [harmless(drift.text)],
                    on: terminal)
            })
    }

    package static func status(_ reply: Reply, on terminal: Terminal) -> String {
        guard !reply.status.isEmpty else { return "There is nothing to say of it.\n" }
        let names = reply.status.map { columns(label($0.name)) }.max() ?? 0
        var lines = TextReport.vantage(reply.freshness)
        for value in reply.status {
            lines.append("  \(fitted(label(value.name), to: names))  \(harmless(value.value))")
            let stated =
                value.stated.map { $0 == value.value ? nil : "the file says \(harmless($0))" } ?? "not in the file"
            if let stated {
                lines += TextReport.wrapped(
                    String(repeating: " ", count: names + 4), [value.contradiction.map(harmless) ?? stated],
                    on: terminal
                ).map { terminal.paint($0, value.contradiction == nil ? .faint : .warning) }
            }
        }
        if !reply.projects.isEmpty {
            lines += ["", terminal.paint("Projects", .strong)] + projects(reply, on: terminal)
        }
        return TextReport.joined(lines)
    }

    private static func label(_ name: String) -> String { name.replacing("_", with: " ").capitalized }

    private static func projects(_ reply: Reply, on terminal: Terminal) -> [String] {
        reply.projects.filter { !$0.placeholder }.flatMap { project -> [String] in
            var facts = [project.state ?? (project.stage == "planned" ? "planned" : "no repository of that name")]
            if let last = project.lastActive { facts.append("last commit \(last)") }
            if project.repository != nil { facts.append("\(counted(project.commitsThisMonth, "commit")) this month") }
            return TextReport.wrapped(
                "  " + fitted(harmless(project.name), to: 30) + "  ", indent: 34, facts, on: terminal)
        }
    }
}
