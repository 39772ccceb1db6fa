import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a config, and shows what it would change before it takes effect.",
        discussion: """
            Exit status: 0 the config is good; 78 it cannot be used, and why stands on standard error.

            Examples:
              rhythmctl check
              rhythmctl check new.toml --json
            """)

    @OptionGroup var options: CommonOptions
    @Argument(
        help: "The file; the config in its usual place by default, - for standard input.",
        completion: .file(extensions: ["toml"]))
    var file: String?

    func run() throws {
        let path =
            try file ?? environment("XDG_CONFIG_HOME").map { $0 + "/rhythm/rhythm.toml" }
            ?? environment("HOME").map { $0 + "/.config/rhythm/rhythm.toml" }
            ?? { throw Failure(code: 64, message: "HOME is not set; name the file") }()
        let text = try textOfFile(path, ifMissing: file == nil ? "" : nil)
        let reply = try options.client().ask(Wire.Check.self, .init(file: path, text: text))
        if options.json || reply.findings.isEmpty {
            try options.show(reply) { TrialText.check($0, on: options.terminal) }
        } else {
            put(TrialText.findings(reply.findings), to: 2)
        }
        if !reply.findings.isEmpty { throw ExitCode(EX_CONFIG) }
    }
}

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Judges fixtures of your own: a config, evidence, and what you expect when.",
        discussion: """
            A fixture is TOML:

              [config]                       # whatever the config may hold
              zone = "Europe/Prague"
              [[config.rhythm]]
              id = "commits"
              every = "week"
              measure = "commits"
              at_least = 5

              [[evidence]]
              at = "2026-11-17T10:00"
              commits = 3                    # or devlog, releases, roadmap-ticks = N; entries = "win";
                                             # minutes = 15, kind = "sync"; metric = "stars", value = 42
              [[expect]]
              at = "2026-11-22T18:00"
              rhythm = "commits"
              state = "due"                  # or have, target, need, streak, longest, strength, pace,
              need = 2                       # last_safe_day, due_day, at_risk_from; period = "2026-W46"

            [machine] zone is the machine's. recorded = a time is when the rhythms were first declared. [[reload]] with at \
            and [reload.config] puts another config in force. [[blind]] with from and to is a time in which a repository \
            could not be read. Give a repository and paths to an item for the filters.

            Exit status: 0 all hold; 1 some do not; 65 a file is no fixture.

            Example:
              rhythmctl test promises.toml
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "The fixtures.", completion: .file(extensions: ["toml"])) var files: [String]

    func run() throws {
        let client = try Client.ofOwn()
        var status: Int32 = 0
        for file in files {
            let reply = try client.ask(Wire.Test.self, .init(file: file, text: try textOfFile(file)))
            if options.json || reply.findings.isEmpty {
                try options.show(reply) { TrialText.fixture($0, file: file, on: options.terminal) }
            } else {
                put(TrialText.findings(reply.findings), to: 2)
            }
            let own: Int32 =
                !reply.findings.isEmpty ? EX_DATAERR : reply.expectations.allSatisfy(\.mismatches.isEmpty) ? 0 : 1
            status = max(status, own)
        }
        if status != 0 { throw ExitCode(status) }
    }
}

/// A file's text; standard input's for `-`.
///
/// - Parameter limit: bytes; by default more than any config has, and a call, in which some characters take two, may hold a
///   megabyte.
func textOfFile(_ path: String, ifMissing: String? = nil, limit: Int = 500_000) throws -> String {
    let descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        if errno == ENOENT, let ifMissing { return ifMissing }
        throw Failure(code: 66, message: "\(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw Failure(code: 66, message: "\(path): \(String(cString: strerror(errno)))") }
        if count == 0 { break }
        bytes += buffer[..<count]
        guard bytes.count <= limit else {
            throw Failure(code: 65, message: "\(path): is larger than \(limit / 1000) kB")
        }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Failure(code: 65, message: "\(path): is not UTF-8")
    }
    return text
}
