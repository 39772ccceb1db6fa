import ArgumentParser
import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a config: the rhythms, goals, skills and milestones that your roadmap names.",
        discussion: """
            Each comes with the line of the roadmap that it is from. Without --output the config is written to its usual place, \
            unless there is one; it takes effect by rhythmctl reload, or when the daemon starts.

            Examples:
              rhythmctl init --roadmap ~/notes/roadmap.md --output mine.toml
              rhythmctl init --roadmap ~/notes/roadmap.md --start 2026-01-01 --output -
            """)

    @OptionGroup var options: CommonOptions
    @Option(help: "The roadmap, a Markdown file.", completion: .file(extensions: ["md", "markdown"])) var roadmap:
        String
    @Option(help: "The first day of its first month, where the file does not say.") var start: String?
    @Option(help: "The file to write; - for standard output.", completion: .file(extensions: ["toml"])) var output:
        String?
    @Flag(help: "Replace a config that is there.") var force = false

    func run() throws {
        var first: CalendarDay?
        if let start {
            guard let day = CalendarDay(start) else {
                throw ValidationError("--start \(start): write a day such as 2026-01-01.")
            }
            first = day
        }
        let file = try RoadmapFile(roadmap, options)
        let place = file.git.flatMap { git, name -> (folder: String, path: String)? in
            guard let folder = try? git.answer("rev-parse", "--show-toplevel"),
                let prefix = try? git.answer("rev-parse", "--show-prefix")
            else { return nil }
            return (folder, prefix + name)
        }
        var config = RoadmapConfig(
            path: file.path, place: place, roadmap: try file.roadmap(), start: first, today: LocalTime.today)
        let text = config.text()
        guard config.rhythms + config.goals > 0 else {
            throw Failure(
                code: EX_DATAERR,
                message:
                    "\(file.path) names no rhythms and no goals: looked for titles such as “Every Week” or “Weekly “, “Every "
                    + "Month”, “Portfolio Goals”, “By End of Year 1” with a list under them. [roadmap.titles] in the config "
                    + "gives the words of other languages")
        }
        if output == "-" { return put(text, to: 1) }
        let path = try output ?? Self.usualPlace()
        try Self.write(text, to: path, force: force)
        var lines = ["Written to \(harmless(path)): \(config.rhythms) rhythms and \(config.goals) goals."]
        if place == nil {
            lines.append("No git repository holds the roadmap, so nobody can tell when its boxes were ticked.")
        }
        lines.append("Look it over, then: rhythmctl check && rhythmctl reload")
        put(lines.joined(separator: "\n") + "\n", to: 1)
    }

    private static func usualPlace() throws -> String {
        let folder =
            environment("XDG_CONFIG_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? environment("HOME").map { $0 + "/.config" }
        guard let folder else { throw Failure(code: EX_USAGE, message: "HOME is not set; name the file with --output") }
        for path in [folder, folder + "/rhythm"] where mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw Failure(code: EX_CANTCREAT, message: "cannot make \(path): \(String(cString: strerror(errno)))")
        }
        return folder + "/rhythm/rhythm.toml"
    }

    private static func write(_ text: String, to path: String, force: Bool) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL), 0o600)
        guard descriptor >= 0 else {
            throw Failure(
                code: EX_CANTCREAT,
                message: errno == EEXIST
                    ? "\(path) is there already, and is left as it is; --output - shows what would be written, --force replaces it"
                    : "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                throw Failure(code: EX_IOERR, message: "cannot write \(path): \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
    }
}
