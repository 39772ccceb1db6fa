import ArgumentParser
import FoundationEssentials
import Glibc
import RhythmAPI
import RhythmReport

struct CommonOptions: ParsableArguments {
    @Flag(help: "Print the answer as JSON.") var json = false
    @Option(help: "The daemon's socket.", completion: .file()) var socket: String?

    var home: String? { environment("HOME") }

    /// Standard output as it is: colour only on a terminal that NO_COLOR does not forbid it.
    var terminal: Terminal {
        let isTerminal = isatty(1) == 1
        let plain = !(environment("NO_COLOR") ?? "").isEmpty || environment("TERM") == "dumb"
        var size = winsize()
        let known = isTerminal && ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Terminal(
            colour: isTerminal && !plain,
            width: known ? Int(size.ws_col) : environment("COLUMNS").flatMap(Int.init) ?? 80)
    }

    func client(quietly: Bool = false) throws -> Client {
        try Client(path: socket ?? Self.socketPath(), quietly: quietly)
    }

    static func socketPath() throws -> String {
        guard let folder = runtimeFolder else {
            throw Failure(
                code: 69, message: "neither HOME nor XDG_RUNTIME_DIR is set; name the socket with --socket")
        }
        return folder + "/rhythmd.sock"
    }

    /// Prints an answer as JSON, or as a person reads it.
    func show<Reply: Encodable>(_ reply: Reply, as text: (Reply) -> String) throws {
        put(json ? try Self.json(reply) : text(reply), to: 1)
    }

    static func json(_ reply: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(reply), as: UTF8.self) + "\n"
    }
}

/// When to look from, on every command that reads.
struct TravelOptions: ParsableArguments {
    @Option(help: "Show what was true then: 2026-11-15, as that day ended, or 2026-11-15T18:00.") var at: String?
    @Flag(help: "With --at: by what the daemon knew then, not by what it knows now.") var asKnown = false

    func validate() throws {
        if asKnown && at == nil { throw ValidationError("--as-known needs --at, to say when.") }
    }

    var wire: Wire.Travel { Wire.Travel(at: at, asKnown: asKnown ? true : nil) }
}

/// Where the daemon's socket and the prompt file lie; nil where the environment does not say. As everywhere by the XDG
/// rules, a variable that is no absolute path counts as unset.
var runtimeFolder: String? {
    folder("XDG_RUNTIME_DIR").map { $0 + "/rhythm" } ?? stateFolder
}

/// What the daemon keeps, and this program what it cannot put where it belongs; nil as above.
var stateFolder: String? {
    let parent = folder("XDG_STATE_HOME") ?? folder("HOME").map { $0 + "/.local/state" }
    return parent.map { $0 + "/rhythm" }
}

private func folder(_ name: String) -> String? { environment(name).flatMap { $0.hasPrefix("/") ? $0 : nil } }

/// Writes to a descriptor without a buffer.
func put(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }  // a pipe that closed has read enough
        bytes = bytes.dropFirst(count)
    }
}

func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
