import ArgumentParser
import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport
import RhythmRoadmap

struct TickItem: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tick", abstract: "Ticks an item of the roadmap, and leaves the commit to you.",
        discussion: """
            The item is named by its beginning, by words of it, or by its line. One character of the file changes.

            Examples:
              rhythmctl roadmap tick "Docker basics"
              rhythmctl roadmap tick --line 12
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var naming: ItemNaming

    func run() throws { try naming.set(.ticked, options) }
}

struct UntickItem: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "untick", abstract: "Clears an item's box, and leaves the commit to you.",
        discussion: """
            Examples:
              rhythmctl roadmap untick "Docker basics"
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var naming: ItemNaming

    func run() throws { try naming.set(.open, options) }
}

struct ItemNaming: ParsableArguments {
    @Argument(help: "How the item begins, or words of it.") var item: String?
    @Option(help: "The line that it stands on.") var line: Int?
    @Option(help: "The roadmap, where it is not the one that the config names.", completion: .file()) var file: String?

    func validate() throws {
        if (item == nil) == (line == nil) { throw ValidationError("Name the item by its words, or by --line.") }
    }

    fileprivate func set(_ box: Outline.Node.Box, _ options: CommonOptions) throws {
        let file = try RoadmapFile(self.file, options)
        let roadmap = try file.roadmap()
        let found = try choose(roadmap, box, file)
        let text = harmless(found.text)
        let word = box == .ticked ? "ticked" : "open"
        guard found.box != box else { return put("It is \(word) already: \(text)\n", to: 1) }
        var edit = RoadmapEdit(file.bytes)
        guard edit.setBox(box, line: found.line) else {
            throw Failure(code: EX_DATAERR, message: "\(file.path):\(found.line) has no box that could be changed")
        }
        try file.replace(with: edit.bytes)
        let titles = roadmap.path(of: found.section).suffix(2).map(harmless).joined(separator: ", ")
        var lines = ["\(box == .ticked ? "Ticked" : "Cleared"): \(text)" + (titles.isEmpty ? "" : "\n  in \(titles)")]
        if let command = file.commitCommand((box == .ticked ? "Tick " : "Untick ") + found.text) {
            lines += ["To commit it:", "  " + command]
        }
        put(lines.joined(separator: "\n") + "\n", to: 1)
    }

    private func choose(_ roadmap: Roadmap, _ box: Outline.Node.Box, _ file: RoadmapFile) throws -> Roadmap.Item {
        let items = roadmap.items.filter { $0.box != nil }
        if let line {
            guard let item = items.first(where: { $0.line == line }) else {
                throw Failure(code: EX_USAGE, message: "\(file.path):\(line) is no item with a box")
            }
            return item
        }
        let candidates = ItemSearch(items).find(item ?? "", preferring: box == .ticked ? .open : .ticked)
        guard candidates.count != 1 else { return candidates[0] }
        let name = harmless(item ?? "")
        guard !candidates.isEmpty else {
            throw Failure(
                code: EX_USAGE, message: "no item is called “\(name)”; rhythmctl roadmap items lists them all")
        }
        if isatty(0) == 1, isatty(2) == 1, let chosen = ask(candidates, roadmap) { return chosen }
        throw Failure(
            code: EX_USAGE,
            message: "“\(name)” may be any of these; name one by --line:\n"
                + candidates.prefix(9).map { describe($0, roadmap) }.joined(separator: "\n"))
    }

    private func describe(_ item: Roadmap.Item, _ roadmap: Roadmap) -> String {
        let title = roadmap.path(of: item.section).last.map { "  (\(harmless($0)))" } ?? ""
        return "  --line \(item.line)  \(item.box == .ticked ? "☑" : "☐") \(harmless(item.text))\(title)"
    }

    private func ask(_ candidates: [Roadmap.Item], _ roadmap: Roadmap) -> Roadmap.Item? {
        let shown = candidates.prefix(9)
        for (number, item) in shown.enumerated() {
            put("\(number + 1). \(describe(item, roadmap).drop { $0 == " " })\n", to: 2)
        }
        put("Which one? [1-\(shown.count)] ", to: 2)
        guard let line = readLine(), let number = Int(line.filter { !$0.isWhitespace }),
            shown.indices.contains(number - 1)
        else { return nil }
        return candidates[number - 1]
    }
}

/// Finds items by what somebody typed of them.
struct ItemSearch {
    private let items: [(item: Roadmap.Item, words: [String])]

    init(_ items: [Roadmap.Item]) {
        self.items = items.map { ($0, plainWords(of: $0.text)) }
    }

    /// - Parameter box: of several that fit alike, those that have it.
    func find(_ typed: String, preferring box: Outline.Node.Box) -> [Roadmap.Item] {
        let words = plainWords(of: typed)
        guard !words.isEmpty else { return [] }
        let ways: [([String]) -> Bool] = [
            { $0 == words },
            {
                $0.starts(with: words.dropLast())
                    && $0.dropFirst(words.count - 1).first?.hasPrefix(words.last ?? "") ?? false
            },
            { text in words.allSatisfy { word in text.contains { $0.hasPrefix(word) } } },
            { text in words.allSatisfy { word in text.contains { $0 == word || nearest(to: word, among: [$0]) != nil } }
            },
        ]
        for fits in ways {
            let found = items.filter { fits($0.words) }.map(\.item)
            if found.isEmpty { continue }
            let preferred = found.filter { $0.box == box }
            return preferred.isEmpty ? found : preferred
        }
        return []
    }
}
