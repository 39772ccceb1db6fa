import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes what is stored to standard output, while the daemon goes on.",
        discussion: """
            As ndjson it is all of the database, a row of a table on each line, and `rhythmctl import --from ndjson` makes \
            the same database of it again. As csv it is the evidence alone, an item a row, for a spreadsheet.

            Examples:
              rhythmctl export --to ndjson > rhythm.ndjson
              rhythmctl export --to csv > evidence.csv
              rhythmctl export --to ndjson | jq -r 'select(.table == "excuse") | .why'
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case ndjson, csv }

    @Option(help: "ndjson, which can be imported again, or csv.") var to: Format

    func run() throws {
        let program = programBeside("rhythmd")
        let words: [String] = [program, "--export", to.rawValue]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        execvp(program, arguments)
        throw Failure(code: 69, message: "\(harmless(program)): \(String(cString: strerror(errno)))")
    }
}

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in what was written elsewhere.",
        discussion: """
            With --from ndjson it is what `rhythmctl export --to ndjson` wrote, and takes the place of all that is stored; \
            the database of before is kept beside it. The daemon, if it runs, reads the repositories again.

            Examples:
              rhythmctl import --from ndjson rhythm.ndjson
              gzip -c rhythm.ndjson | zcat | rhythmctl import --from ndjson -
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case ndjson }

    @OptionGroup var options: CommonOptions
    @Option(help: "What FILE holds: ndjson.") var from: Format
    @Argument(help: "The file, or - for standard input.", completion: .file()) var file: String

    func run() throws {
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
}
