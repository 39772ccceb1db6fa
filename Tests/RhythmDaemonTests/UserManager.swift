import Foundation
import Glibc
import RhythmTestSupport

/// A `systemd --user` of a made-up user's, with Rhythm's programs and units, for one test. Commands run in that user's session.
final class UserManager {
    /// It cannot be had on this machine.
    struct Unavailable: Error {
        var why: String
    }

    private let process = Process()
    private let commands = Pipe()
    private let answers = Pipe()
    private let errors = Pipe()
    private var pending: [UInt8] = []

    /// - Throws: ``Unavailable`` where the rights or programs are missing.
    init() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let units = tests.appending(path: "../../systemd").standardizedFileURL
        process.executableURL = tests.appending(path: "user-manager.sh")
        process.arguments = [Program.folder, units.path()]
        process.standardInput = commands
        process.standardOutput = answers
        process.standardError = errors
        // A thread of libdispatch's blocks signals, and what it starts would have them blocked as well.
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
        for end in [commands.fileHandleForReading, answers.fileHandleForWriting, errors.fileHandleForWriting] {
            try end.close()
        }
        let state = try answer()
        guard state.status == 0 else { throw TestFailure("systemd --user is \(state.output)") }
        try run(
            """
            git config --global user.email me@example.org && git config --global user.name Me
            git init --quiet work && git -C work commit --quiet --allow-empty --message one
            """)
    }

    deinit {
        // Everything in it ends when nobody can ask it any more.
        try? commands.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Runs a command of bash's in the home folder.
    ///
    /// - Returns: what it printed, without the last line's end.
    @discardableResult
    func run(_ command: String, expecting status: Int32? = 0) throws -> String {
        try commands.fileHandleForWriting.write(contentsOf: Data(command.utf8) + [0])
        let (output, actual) = try answer()
        if let status, actual != status { throw TestFailure("\(command)\nended with \(actual): \(output)") }
        return output
    }

    /// Waits for a message in the user's journal. Of a process that ended right after it the journal may not know the unit.
    ///
    /// - Parameter pattern: of `grep`'s, for the entry as JSON.
    /// - Returns: the entry.
    @discardableResult
    func journal(_ pattern: String) throws -> [String: Any] {
        let follow = "journalctl --user --quiet --follow --lines=all --output=json"
        let entry = try run("timeout 30 grep --max-count=1 -e '\(pattern)' < <(exec \(follow) 2>/dev/null)")
        return try JSONSerialization.jsonObject(with: Data(entry.utf8)) as? [String: Any] ?? [:]
    }

    /// A property of the service, such as `MainPID`.
    func property(_ name: String) throws -> String {
        try run("systemctl --user show --property=\(name) --value rhythmd.service")
    }

    /// Changes the service as its user would.
    func dropIn(_ name: String, _ lines: String) throws {
        try run(
            """
            mkdir -p .config/systemd/user/rhythmd.service.d
            cat > .config/systemd/user/rhythmd.service.d/\(name).conf <<'END'
            \(lines)
            END
            systemctl --user daemon-reload
            """)
    }

    func enable() throws {
        try run("systemctl --user enable --quiet --now rhythmd.socket rhythmd.service")
    }

    private func answer() throws -> (output: String, status: Int32) {
        let output = try field()
        guard let status = Int32(try field()) else { throw TestFailure("no status after \(output)") }
        return (output, status)
    }

    private func field() throws -> String {
        while true {
            if let end = pending.firstIndex(of: 0) {
                defer { pending.removeFirst(end + 1) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            let more = answers.fileHandleForReading.availableData
            guard !more.isEmpty else {
                let why = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
                process.waitUntilExit()
                if process.terminationStatus == 77 { throw Unavailable(why: why) }
                throw TestFailure("user-manager.sh ended with \(process.terminationStatus): \(why)")
            }
            pending += more
        }
    }
}
