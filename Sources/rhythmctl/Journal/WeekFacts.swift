import RhythmAPI
import RhythmCore
import RhythmReport

/// What was done in the last seven days, as the beginning of a dev log entry.
struct WeekFacts {
    let text: String

    init(asking daemon: Client) throws {
        let today = LocalTime.today
        func items(_ measure: Measure) throws -> [Wire.Item] {
            try daemon.ask(
                Wire.Items.self,
                .init(measure: measure.rawValue, since: (today - 6).description, until: today.description)
            ).items.filter { $0.verdict == "counted" }
        }
        let commits = Dictionary(grouping: try items(.commits), by: Self.repository)
        var sections = commits.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { name, items in
            (["## \(name)", ""] + items.map { "- \(harmless($0.subject))" }).joined(separator: "\n")
        }
        let releases = try items(.releases).map { release in
            let title = release.subject == release.name ? "" : ": \(harmless(release.subject))"
            return "- \(harmless(release.name ?? ""))\(title) (\(Self.repository(release)))"
        }
        if !releases.isEmpty { sections.append((["## Releases", ""] + releases).joined(separator: "\n")) }
        let title = "Dev log, \(DayText.range((today - 6).description, today.description))"
        text = sections.isEmpty ? "" : ([title] + sections).joined(separator: "\n\n")
    }

    private static func repository(_ item: Wire.Item) -> String {
        harmless(item.repositories.first?.split(separator: "/").last.map(String.init) ?? "elsewhere")
    }
}
