import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in what was written elsewhere.",
        discussion: """
            With --from ndjson it is what `rhythmctl export --to ndjson` wrote, and takes the place of all that is stored; \
            the database of before is kept beside it. The daemon, if it runs, reads the repositories again.

            The others become entries of your journal, all in one commit; to do it again adds only what is new. What is not \
            taken is named with its file and line. At the end stand the rhythms for your config that ask for the same.

              harsh  its habits and log files. Each y is an entry; its kind is the habit's name as one word.
              loop   the folder of an unpacked CSV export of Loop Habit Tracker. Each day on which something was done is an \
            entry; what is measured in minutes or hours has its minutes, and any other number is a metric.
              csv    a table whose first row names its columns: date, kind, text, minutes, value, unit, url and tags. A row \
            with a value is a reading of the metric that its kind names.

            Examples:
              rhythmctl import --from harsh --dry-run ~/.config/harsh/habits ~/.config/harsh/log
              rhythmctl import --from loop ~/loop
              rhythmctl import --from csv done.csv
              rhythmctl import --from ndjson rhythm.ndjson
              gzip -c rhythm.ndjson | zcat | rhythmctl import --from ndjson -
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case ndjson, harsh, loop, csv }

    @OptionGroup var options: CommonOptions
    @Option(help: "What FILE holds: ndjson, harsh, loop or csv.") var from: Format
    @Flag(help: "Say what it would do, and do nothing.") var dryRun = false
    @Argument(help: "The files; - for standard input, loop's folder.", completion: .file()) var files: [String]

    func validate() throws {
        guard from == .ndjson else { return }
        if files.count != 1 { throw ValidationError("--from ndjson takes one file.") }
        if dryRun { throw ValidationError("--dry-run does not go with ndjson.") }
    }

    func run() throws {
        switch from {
        case .ndjson: try replaceDatabase(by: files[0])
        case .harsh: try add(HarshFiles.read(texts()))
        case .csv:
            var all = Harvest()
            for file in try texts() { all.join(try EntryTable.read(file.path, file.text)) }
            try add(all)
        case .loop:
            var all = Harvest()
            for folder in try folders() { all.join(try LoopExport.read(folder)) }
            try add(all)
        }
    }

    private func replaceDatabase(by file: String) throws {
        let source = file == "-" ? "/dev/stdin" : file
        guard
            let path = output(
                of: programBeside("rhythmd"), "--import", source, within: 3600, sharesTerminal: true)?
                .split(separator: "\n").last.map(String.init)
        else { throw Failure(code: 65, message: "nothing was changed") }
        defer { unlink(path) }
        let reply = try options.client().ask(Wire.Restore.self, .init(path: path))
        try options.show(reply) { reply in
            "Took in \(file == "-" ? "standard input" : harmless(file))\n"
                + (reply.before.map { "The database of before is \(harmless($0))\n" } ?? "")
        }
    }

    // MARK: Files

    private func texts() throws -> [(path: String, text: String)] {
        try files.map { ($0, try textOfFile($0, limit: 100_000_000)) }
    }

    /// The folders that hold a `Habits.csv`, however the user names what is in them.
    private func folders() throws -> [String] {
        var folders: [String] = []
        for file in files {
            guard !file.hasSuffix(".zip") else {
                throw Failure(
                    code: EX_USAGE,
                    message: "\(harmless(file)) has to be unpacked first: unzip \(shellWord(file)) -d loop && "
                        + "rhythmctl import --from loop loop")
            }
            let folder = file.hasSuffix("/Habits.csv") ? String(file.dropLast(11)) : file == "Habits.csv" ? "." : file
            guard access(folder + "/Habits.csv", F_OK) == 0 else {
                throw Failure(
                    code: EX_NOINPUT,
                    message: "\(harmless(folder)) holds no Habits.csv; name the folder of an unpacked export")
            }
            if !folders.contains(folder) { folders.append(folder) }
        }
        return folders
    }

    // MARK: Entries

    private struct Outcome: Encodable {
        var entries: Int
        var alreadyThere: Int
        var notDone: Int
        var skipped: Int
        var findings: [Harvest.Finding]
        var rhythms: String
        var commit: String?
        var trouble: String?
    }

    private func add(_ harvest: Harvest) throws {
        let home = try JournalHome.find(options)
        let journal = Journal(at: home.path)
        var paths: Set<String> = []
        let items = harvest.items.map { (path: Harvest.path(of: $0), text: $0.entry.file) }
            .filter { paths.insert($0.path).inserted }
        let new = items.filter { access("\(home.path)/\($0.path)", F_OK) != 0 }
        var outcome = Outcome(
            entries: new.count, alreadyThere: items.count - new.count, notDone: harvest.notDone,
            skipped: harvest.skipped,
            findings: harvest.findings, rhythms: harvest.rhythms)
        if !dryRun && !new.isEmpty {
            let subject = "Import \(new.count == 1 ? "1 entry" : "\(new.count) entries") from \(from.rawValue)"
            outcome.commit = try journal.add(new, subject, haste: true).commit
            outcome.trouble = home.count(options)
        }
        try options.show(outcome) { outcome in
            let did = dryRun ? "Would add" : "Added"
            var text = "\(did) \(outcome.entries == 1 ? "1 entry" : "\(outcome.entries) entries")"
            if outcome.alreadyThere > 0 { text += "; \(outcome.alreadyThere) are there already" }
            text += "\n"
            if outcome.notDone > 0 { text += "\(outcome.notDone) say that it was not done, and are no entries\n" }
            if outcome.skipped > 0 {
                text += "\(outcome.skipped) say that it was skipped or not known, and are no entries\n"
            }
            if let trouble = outcome.trouble { text += trouble + "\n" }
            if !outcome.findings.isEmpty {
                text += "\nNot taken:\n"
                text += outcome.findings.map { "  \(harmless($0.file)):\($0.line): \(harmless($0.message))\n" }.joined()
            }
            if !outcome.rhythms.isEmpty { text += "\nTo ask for the same, add to your config:\n\n" + outcome.rhythms }
            return text
        }
    }
}
