import ArgumentParser
import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Writes an entry into your journal: a win, a question, a sync, a number.",
        discussion: """
            The journal is a git repository with one Markdown file for each entry, which this commits with your own git. \
            Without a text your editor opens; for a devlog on what you did this week. An empty text logs nothing.

            The kinds are question, win, sync, retrospective, blog, demo, devlog, metric, those that a rhythm or a goal in \
            your config asks for, and those that are in the journal already. --new-kind begins another. A metric takes a \
            name and a value, and maybe a text.

            Exit status: 0 it is logged; 1 nothing was; 73 it is kept, and could not be committed, or \
            not be written to the journal. The next command that can does that.

            Examples:
              rhythmctl log win "Shared the demo" --url https://example.org/talk --tag talk
              rhythmctl log sync "Pairing with Ann" --minutes 15 --at yesterday
              rhythmctl log metric latency 80 --unit ms
              git -C ~/src/rhythm log -5 --format="- %s" | rhythmctl log devlog -
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "What it is, such as win.", completion: .kinds) var kind: String
    @Argument(help: "What happened, with a title as its first line; - reads it from standard input.") var text:
        [String] = []
    @Option(help: "How many minutes it took.") var minutes: Double?
    @Option(help: "Where there is more.") var url: String?
    @Option(help: "When it was: yesterday, 2026-11-20, or 2026-11-20T18:00. Now by default.") var at: String?
    @Option(name: .customLong("tag"), help: "A word to find it by; may be given several times.") var tags: [String] = []
    @Option(help: "What a metric is measured in, such as ms.") var unit: String?
    @Flag(help: "The kind is a new one, and no slip of the pen.") var newKind = false

    func validate() throws {
        if let minutes, !(minutes > 0 && minutes <= 1_000_000) { throw ValidationError("--minutes must be above 0.") }
        if at != nil && JournalEntry.When(at) == nil {
            throw ValidationError("--at is a day such as 2026-11-20 or yesterday, or a time such as 2026-11-20T18:00.")
        }
        if unit != nil && kind.lowercased() != "metric" { throw ValidationError("--unit is for a metric.") }
        guard kind.lowercased() == "metric" else { return }
        guard text.count >= 2, Self.isNumber(text[1]), !text[0].isEmpty else {
            throw ValidationError("A metric takes a name and a number: rhythmctl log metric latency 80 --unit ms")
        }
        if minutes != nil { throw ValidationError("--minutes is not for a metric.") }
    }

    func run() throws {
        let home = try JournalHome.find(options)
        let kind = try known(home.kinds)
        guard let when = JournalEntry.When(at) else { return }
        var entry = JournalEntry(kind: kind, when: when, minutes: minutes, url: url, tags: tags, text: "")
        if entry.kind == "metric" {
            entry.sample = JournalEntry.Sample(metric: text[0], value: Self.decimal(text[1]), unit: unit)
        }
        let journal = Journal(at: home.path)
        let given = entry.sample == nil ? text : Array(text.dropFirst(2))
        var draft: Editor.Draft?
        if given == ["-"] {
            entry.text = trimmed(try textOfFile("-"))
        } else if given.isEmpty && entry.sample == nil {
            draft = try written(entry.kind, journal)
            entry.text = draft?.text ?? ""
        } else {
            entry.text = trimmed(given.joined(separator: " "))
        }
        guard !entry.text.isEmpty || entry.sample != nil else {
            throw Failure(code: 1, message: "the text is empty, so nothing was logged")
        }
        let before = at == nil ? nil : try? home.standing(on: entry.when.day, options)
        let added = try add(entry, draft, to: journal)
        let trouble = home.count(options)
        let after = trouble == nil ? try? home.standing(on: at == nil ? nil : entry.when.day, options) : nil
        let logged = Logged(entry, added, in: journal, before: before?.periods ?? [], after: after, trouble: trouble)
        try options.show(logged) { $0.line }
    }

    /// Has it in the journal, or else where it is kept until it can be.
    private func add(_ entry: JournalEntry, _ draft: Editor.Draft?, to journal: Journal) throws -> Journal.Added {
        let file = entry.newFile
        do {
            let added = try journal.add([file], "\(entry.kind): \(entry.title.prefix(100))")
            draft?.discard()
            return added
        } catch let left as Journal.Uncommitted {
            draft?.discard()
            throw left
        } catch {
            // What was typed may be in no other place.
            var words = words(of: error) + "\n"
            if let kept = KeptEntry.keep(file) {
                draft?.discard()
                words += kept.words
            } else if let draft {
                words += "Your text is kept in \(harmless(draft.file))"
            } else {
                let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
                words += "It can be kept nowhere else, so this is all of it:\n\n"
                words += lines.map { harmless(String($0)) }.joined(separator: "\n")
            }
            throw Failure(code: EX_CANTCREAT, message: words)
        }
    }

    // MARK: The kind

    private func known(_ kinds: [String]) throws -> String {
        if kinds.contains(kind) { return kind }
        if kinds.contains(kind.lowercased()) { return kind.lowercased() }
        guard !kind.isEmpty, !kind.contains(where: { $0.isWhitespace || $0 == ":" || $0.isNewline }) else {
            throw Failure(code: EX_USAGE, message: "a kind is one word without a colon, such as win\(again(as: "win"))")
        }
        if newKind { return kind }
        let guess = nearest(to: kind, among: kinds)
        throw Failure(
            code: 1,
            message: "there is no kind \"\(harmless(kind))\""
                + (guess.map { "; did you mean \($0)?\(again(as: $0))" }
                    ?? "; there are \(kinds.joined(separator: ", "))")
                + "\nTo begin a new kind:\(again(as: kind, isNew: true))")
    }

    /// The command as it was typed, with another kind.
    private func again(as kind: String, isNew: Bool = false) -> String {
        var words = Array(CommandLine.arguments.dropFirst())
        if let index = words.indices.dropFirst().first(where: { words[$0] == self.kind }) { words[index] = kind }
        if isNew { words.insert("--new-kind", at: min(1, words.count)) }
        return "\n  rhythmctl " + words.map { shellWord(harmless($0)) }.joined(separator: " ")
    }

    // MARK: The text

    private func written(_ kind: String, _ journal: Journal) throws -> Editor.Draft? {
        let facts = kind == "devlog" ? (try? WeekFacts(asking: options.client(quietly: true)).text) ?? "" : ""
        let gitDir = journal.path + "/.git"
        let folders =
            (access(gitDir + "/HEAD", W_OK) == 0 ? [gitDir] : [])
            + [environment("TMPDIR") ?? "/tmp", runtimeFolder ?? "/dev/shm", "/dev/shm"]
        var notes = ["Write \(article(kind)) for your journal above this line. The first line is the title."]
        notes +=
            facts.isEmpty
            ? ["Without a text nothing is logged."]
            : ["What you did in the last seven days is there to begin with; unless you change it nothing is logged."]
        return try Editor(askingGit: Git(in: access(gitDir, F_OK) == 0 ? journal.path : ".")).draft(
            facts, notes: notes, in: folders)
    }

    private static func isNumber(_ text: String) -> Bool {
        Double(text).map(\.isFinite) == true && text.allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
    }

    /// A number as YAML has it: `.5` and `5.` are none there.
    private static func decimal(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isNumber || "-.".contains($0) } && text.last != "."
        return isPlain && !text.hasPrefix(".") && !text.hasPrefix("-.") ? text : "\(Double(text) ?? 0)"
    }
}

/// `a win`, `an hour`.
func article(_ noun: String) -> String {
    "\("aeiou".contains(noun.first?.lowercased().first ?? "x") ? "an" : "a") \(harmless(noun))"
}
