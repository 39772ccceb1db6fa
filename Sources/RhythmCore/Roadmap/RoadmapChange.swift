/// What a commit did to an item that can be ticked.
package struct RoadmapChange: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case added, dropped, ticked, unticked
        /// Reworded, or moved to another section.
        case renamed
    }

    /// By what an item is told from others: where it stands, and what it says.
    package struct Name: Hashable, Sendable {
        /// The titles above it, and the items that it stands under, the outermost first.
        package var path: [String]
        package var text: String

        package init(path: [String], text: String) {
            self.path = path
            self.text = text
        }
    }

    package var kind: Kind
    package var name: Name
    /// Before it was renamed.
    package var before: Name?
    /// Of one added or dropped: its box at that time.
    package var isTicked: Bool

    package init(kind: Kind, name: Name, before: Name? = nil, isTicked: Bool = false) {
        self.kind = kind
        self.name = name
        self.before = before
        self.isTicked = isTicked
    }

    /// What one version made of another.
    ///
    /// - Parameter old: nil where there was no file: what is ticked in its first version was done before.
    package static func between(_ old: Roadmap?, _ new: Roadmap) -> [RoadmapChange] {
        let after = new.boxes
        guard let old else {
            return after.map { RoadmapChange(kind: .added, name: $0.name, isTicked: $0.isTicked) }
        }
        let before = old.boxes
        var pairing = Pairing(before, after)
        pairing.pairEqual(by: \.name)
        pairing.pairEqual(by: \.name.text)
        pairing.pairSimilar()
        var changes: [RoadmapChange] = []
        for (index, item) in before.enumerated() where pairing.partner[index] == nil {
            changes.append(RoadmapChange(kind: .dropped, name: item.name, isTicked: item.isTicked))
        }
        let origin = Dictionary(uniqueKeysWithValues: pairing.partner.map { ($1, $0) })
        for (index, item) in after.enumerated() {
            guard let was = origin[index].map({ before[$0] }) else {
                changes.append(RoadmapChange(kind: .added, name: item.name))
                if item.isTicked { changes.append(RoadmapChange(kind: .ticked, name: item.name)) }
                continue
            }
            if was.name != item.name {
                changes.append(RoadmapChange(kind: .renamed, name: item.name, before: was.name))
            }
            if was.isTicked != item.isTicked {
                changes.append(RoadmapChange(kind: item.isTicked ? .ticked : .unticked, name: item.name))
            }
        }
        return changes
    }
}

extension Roadmap {
    fileprivate struct BoxState {
        var name: RoadmapChange.Name
        var isTicked: Bool
    }

    fileprivate var boxes: [BoxState] {
        items.indices.compactMap { index in
            items[index].box.map { BoxState(name: name(of: index), isTicked: $0 == .ticked) }
        }
    }

    /// - Parameter item: its index.
    package func name(of item: Int) -> RoadmapChange.Name {
        var above: [String] = []
        var parent = items[item].parent
        while let index = parent {
            above.append(items[index].text)
            parent = items[index].parent
        }
        return .init(path: path(of: items[item].section) + above.reversed(), text: items[item].text)
    }
}

/// Finds what became of each item.
private struct Pairing {
    private let old: [Roadmap.BoxState]
    private let new: [Roadmap.BoxState]
    /// The new item's index by the old one's.
    private(set) var partner: [Int: Int] = [:]
    private var isTaken: Set<Int> = []

    init(_ old: [Roadmap.BoxState], _ new: [Roadmap.BoxState]) {
        self.old = old
        self.new = new
    }

    /// Of several that are equal the first is the first's partner.
    mutating func pairEqual(by key: (Roadmap.BoxState) -> some Hashable) {
        let open = Dictionary(grouping: new.indices.filter { !isTaken.contains($0) }) { key(new[$0]) }
        var next: [AnyHashable: Int] = [:]
        for index in old.indices where partner[index] == nil {
            let name = key(old[index])
            guard let candidates = open[name] else { continue }
            let position = next[name, default: 0]
            guard position < candidates.count else { continue }
            next[name] = position + 1
            pair(index, candidates[position])
        }
    }

    /// Within a section those that have half of their words in common.
    mutating func pairSimilar() {
        let open = Dictionary(grouping: new.indices.filter { !isTaken.contains($0) }) { new[$0].name.path }
        for index in old.indices where partner[index] == nil {
            let candidates = (open[old[index].name.path] ?? []).filter { !isTaken.contains($0) }
            // More at once is another list, and not one that was reworded.
            guard candidates.count <= 200 else { continue }
            let words = Set(plainWords(of: old[index].name.text))
            let scored = candidates.map { candidate in
                let others = Set(plainWords(of: new[candidate].name.text))
                return (candidate, 2 * words.intersection(others).count, words.union(others).count)
            }
            guard let best = scored.max(by: { $0.1 * $1.2 < $1.1 * $0.2 }), best.1 >= best.2 else { continue }
            pair(index, best.0)
        }
    }

    private mutating func pair(_ one: Int, _ other: Int) {
        partner[one] = other
        isTaken.insert(other)
    }
}
