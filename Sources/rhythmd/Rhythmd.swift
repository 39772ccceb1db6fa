import ArgumentParser
import RhythmDaemon

@main
struct Rhythmd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rhythmd",
        abstract: "Counts your commits against the rhythms you declared, and answers rhythmctl.",
        discussion: """
            Runs in the foreground until SIGTERM or SIGINT; SIGHUP reloads the config. Files are where the XDG \
            variables say: config in rhythm/rhythm.toml, state in rhythm/, the socket in rhythm/rhythmd.sock.

            Exit status: 0 stopped; 64 wrong usage; 73 the state cannot be written, or is a newer Rhythm's; 75 another rhythmd runs; \
            78 the config cannot be used.

            Examples:
              rhythmd --verbose
              printf '{"method":"dev.rhythm.Rhythm.Status"}\\0' | rhythmd --stdio
            """,
        version: "rhythmd \(Daemon.version)")

    @Flag(name: .shortAndLong, help: "Log what every scan did.") var verbose = false
    @Option(help: "The rhythm-scan program; the one beside rhythmd by default.", completion: .file())
    var scanner: String?

    @Flag(help: "Answer on standard input and output from what is stored, and change nothing.") var stdio = false
    @Option(help: "Write what is stored to standard output and end; rhythmctl export asks for it.")
    var export: ExportFormat?
    @Option(
        name: .customLong("import"),
        help: "Make a database of an export, say its path and end; rhythmctl import asks for it.", completion: .file())
    var importFile: String?

    func run() throws {
        do {
            if let export { return try exportData(export) }
            if let importFile { return print(try importData(importFile)) }
            try runDaemon(verbose: verbose, scanner: scanner, stdio: stdio)
        } catch let exit as DaemonExit {
            throw ExitCode(exit.status)
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
