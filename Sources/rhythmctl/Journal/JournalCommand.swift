import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Lists the entries of your journal, changes them, and shares them with your other machines.",
        discussion: """
            An entry is named by a part of its file's name that no other has, such as the mark that the list shows. You may \
            as well edit or write the files by hand; they count once they are committed.

            Examples:
              rhythmctl journal
              rhythmctl journal list --kind win --since 2026-11
              cd "$(rhythmctl journal where)"
            """,
        subcommands: [
            ListEntries.self, ShowEntry.self, EditEntry.self, RemoveEntry.self, SyncJournal.self, WhereJournal.self,
        ],
        defaultSubcommand: ListEntries.self)
}

struct ListEntries: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the entries, and the files that are not committed or cannot be read.",
        discussion: """
            Examples:
              rhythmctl journal list --kind win
              rhythmctl journal list --since 2026-W47 --json
            """)

    @OptionGroup var options: CommonOptions
    @Option(help: "Entries of this kind alone.", completion: .kinds) var kind: String?
    @Option(help: "From this day or period on, such as 2026-11.") var since: String?

    struct Listing: Encodable {
        var path: String
        var entries: [Wire.Entry]
        /// Files elsewhere, of entries that could not be written.
        var unsaved: [String]
        var uncommitted: [String]
        var unreadable: [Wire.Finding]
    }

    func run() throws {
        let home = try JournalHome.find(options)
        let journal = Journal(at: home.path)
        var uncommitted: [String] = []
        home.mend(journal, options)
        if journal.isThere {
            uncommitted = ((try? journal.workTree())?.files ?? []).map(\.path).filter(JournalEntry.isMarkdown)
        }
        let reply = try options.client().ask(Wire.Entries.self, .init(kind: kind, since: since))
        let listing = Listing(
            path: home.path, entries: reply.entries, unsaved: KeptEntry.all.map(\.file), uncommitted: uncommitted,
            unreadable: reply.unreadable)
        try options.show(listing) { listing in
            var text = JournalText.list(listing.entries, on: options.terminal)
            if text.isEmpty {
                text =
                    journal.isThere
                    ? "No entries.\n" : "There is no journal yet; the first entry begins it: rhythmctl log win \"…\"\n"
            }
            if !listing.unsaved.isEmpty {
                text += "\nNot in the journal yet, since it could not be written:\n"
                text += listing.unsaved.map { "  \(harmless($0))\n" }.joined()
            }
            if !uncommitted.isEmpty {
                let files = uncommitted.map(shellWord).joined(separator: " ")
                text += "\nNot committed, and so not counted:\n"
                text += uncommitted.map { "  \(harmless($0))\n" }.joined()
                text +=
                    "  To commit: \(journal.git.command("add --all -- \(harmless(files))")) && \(journal.git.command("commit"))\n"
            }
            if !listing.unreadable.isEmpty {
                text += "\nCannot be read, and so not counted:\n"
                text += listing.unreadable.map { "  \($0.words)\n" }.joined()
            }
            return text
        }
    }
}

extension Wire.Finding {
    /// `entries/2026/11/note.md:3: why`.
    var words: String { "\(harmless(file))\(line.map { ":\($0)" } ?? ""): \(harmless(message))" }
}

/// A journal that is there, and a file in it.
struct NamedEntry: ParsableArguments {
    @OptionGroup var options: CommonOptions
    @Argument(help: "A part of its file's name.", completion: .entries) var name: String

    func find() throws -> (home: JournalHome, journal: Journal, path: String) {
        let (home, journal) = try JournalHome.there(options)
        let listed = try journal.git.run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        let files = Set(listed.output.split(separator: "\0").map(String.init)).filter { path in
            JournalEntry.isMarkdown(path) && !path.split(separator: "/").contains { $0.hasPrefix(".") }
                && path != "README.md"
                && access("\(home.path)/\(path)", F_OK) == 0
        }
        func last(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
        let exact = files.filter { path in
            path == name || ["", ".md", ".markdown"].contains { last(path) == name + $0 }
        }
        let found = exact.count == 1 ? exact : files.filter { $0.lowercased().contains(name.lowercased()) }
        guard let path = found.first, found.count == 1 else {
            let some = found.sorted().prefix(10).map { "\n  \(harmless($0))" }.joined()
            throw Failure(
                code: EX_NOINPUT,
                message: found.isEmpty
                    ? "there is no entry \"\(harmless(name))\"; rhythmctl journal lists them"
                    : "\"\(harmless(name))\" is a part of \(found.count) names:\(some)")
        }
        return (home, journal, path)
    }
}

struct ShowEntry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows an entry as it is written.",
        discussion: """
            Example:
              rhythmctl journal show shared-the-demo
            """)

    @OptionGroup var entry: NamedEntry

    private struct Shown: Encodable {
        var file: String
        var text: String
    }

    func run() throws {
        let (home, journal, path) = try entry.find()
        let shown = Shown(file: "\(home.path)/\(path)", text: journal.text(of: path) ?? "")
        try entry.options.show(shown) { shown in
            let lines = shown.text.split(separator: "\n", omittingEmptySubsequences: false).map { harmless(String($0)) }
            return lines.joined(separator: "\n") + (shown.text.hasSuffix("\n") ? "" : "\n")
        }
    }
}

struct EditEntry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Opens an entry in your editor, and commits what you changed.",
        discussion: """
            Exit status: 0 it is as you left it; 65 it is committed, and cannot be read as it is.

            Example:
              EDITOR="sed -i s/demo/talk/" rhythmctl journal edit shared-the-demo
            """)

    @OptionGroup var entry: NamedEntry

    func run() throws {
        let (home, journal, path) = try entry.find()
        let before = journal.text(of: path)
        try Editor(askingGit: journal.git).open("\(home.path)/\(path)")
        guard journal.text(of: path) != before else { return put("Nothing changed.\n", to: 1) }
        let name = path.split(separator: "/").last ?? ""
        let fault = journal.fault(of: path)
        try home.commit([path], "Edit \(name)", in: journal, entry.options, unreadable: fault) {
            "Changed \(harmless(path))."
        }
        guard let fault else { return }
        throw Failure(
            code: EX_DATAERR,
            message: "\(fault.words)\nIt is committed, and does not count until that is mended: rhythmctl journal edit "
                + shellWord(String(name)))
    }
}

struct RemoveEntry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Removes an entry; the journal's history keeps it.",
        discussion: """
            Example:
              rhythmctl journal rm latency-80-ms
            """)

    @OptionGroup var entry: NamedEntry

    func run() throws {
        let (home, journal, path) = try entry.find()
        try home.commit(
            [path], "Remove \(path.split(separator: "/").last ?? "")", areGone: true, in: journal, entry.options
        ) { "Removed \(harmless(path)). To have it back: \(journal.git.command("revert --no-edit HEAD"))" }
    }
}

struct WhereJournal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "where", abstract: "Prints the folder of the journal, be it there or not.",
        discussion: """
            Example:
              ls "$(rhythmctl journal where)"
            """)

    @OptionGroup var options: CommonOptions

    private struct Place: Encodable { var path: String }

    func run() throws {
        try options.show(Place(path: JournalHome.find(options).path)) { $0.path + "\n" }
    }
}
