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
