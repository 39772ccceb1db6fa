import ArgumentParser
import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport

extension PromptFormat: ExpressibleByArgument {}

struct PromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt",
        abstract: "Prints what is not met yet, as short as a shell's prompt wants it; nothing when all is met.",
        discussion: """
            It reads the one file that the daemon keeps for it, and asks nobody. Once the daemon was stopped, or the \
            day that the file is about is over, it prints nothing.

            bash and zsh take it as the value of PS1 or PROMPT, not as a $(…) within that. NO_COLOR leaves colours out.

            Examples:
              rhythmctl prompt
              rhythmctl prompt --format tmux
            """)

    @Option(help: "Where it is shown: plain, starship, tmux, bash, zsh or fish.") var format = PromptFormat.plain

    func run() { Self.show(format) }

    /// Does what `rhythmctl prompt` does, before anything is set up that takes its time: a shell waits for it.
    ///
    /// - Returns: false for any other command line, with an option that it does not know or with --help for instance.
    static func ran(_ arguments: [String]) -> Bool {
        guard arguments.count >= 2, arguments[1] == "prompt" else { return false }
        let format: PromptFormat? =
            switch arguments.count {
            case 2: .plain
            case 3 where arguments[2].hasPrefix("--format="): PromptFormat(rawValue: String(arguments[2].dropFirst(9)))
            case 4 where arguments[2] == "--format": PromptFormat(rawValue: arguments[3])
            default: nil
            }
        guard let format else { return false }
        show(format)
        return true
    }

    private static func show(_ format: PromptFormat) {
        guard let folder = runtimeFolder, let bytes = beginning(of: folder + "/prompt"),
            let line = PromptLine(parsing: bytes)
        else { return }
        let text = line.shown(
            as: format, now: Timestamp(Int64(time(nil))), colour: environment("NO_COLOR") == nil)
        if !text.isEmpty { put(text + "\n", to: 1) }
    }

    /// The first 4 KiB of a file; nil where there is none.
    private static func beginning(of path: String) -> ArraySlice<UInt8>? {
        // Without waiting for a writer, should it be a FIFO.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        // In a folder that others can write to it may be theirs.
        var status = stat()
        guard fstat(file, &status) == 0, status.st_uid == geteuid() else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        return count > 0 ? bytes[..<count] : nil
    }
}

struct MotdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "motd",
        abstract: "Prints three lines at most, for a login: what is at risk, due, missed or not known.",
        discussion: """
            It prints nothing when all is well, or when the daemon does not answer within a fifth of a second, and its \
            exit status is always 0.

            Example:
              rhythmctl motd
            """)

    @Option(help: "The daemon's socket.", completion: .file()) var socket: String?

    func run() {
        guard let path = socket ?? runtimeFolder.map({ $0 + "/rhythmd.sock" }),
            let reply = try? VarlinkClient.connect(path: path, timeout: .milliseconds(200))
                .call(Wire.Status.qualifiedName, Wire.Travel(), as: Wire.Status.Reply.self)
        else { return }
        put(Motd.text(reply), to: 1)
    }
}
