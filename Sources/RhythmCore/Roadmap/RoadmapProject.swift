/// A project that the tracker names.
package struct RoadmapProject: Hashable, Sendable {
    package var name: String
    package var stage: Roadmap.ProjectStage
    package var line: Int
    /// `[Project Name]`: a place for one.
    package var isPlaceholder: Bool
}

extension Roadmap {
    /// In the order of the file. `**rhythm** - active - tools` is rhythm.
    package var projects: [RoadmapProject] {
        items.compactMap { item in
            guard let section = item.section, item.parent == nil else { return nil }
            let stage: ProjectStage
            switch sections[section].kind {
            case .projects(let named): stage = named
            case .tracker: stage = item.box == .ticked ? .completed : .current
            default: return nil
            }
            let name = [" - ", " – ", " — ", ": "].reduce(item.text) { text, mark in
                text.firstRange(of: mark).map { String(text[..<$0.lowerBound]) } ?? text
            }
            return RoadmapProject(
                name: name, stage: stage, line: item.line, isPlaceholder: name.hasPrefix("[") && name.hasSuffix("]"))
        }
    }
}
