import CLibgit2
import Glibc

/// A run of the `git` program: no shell, nothing of the caller's environment that would point it elsewhere, and
/// nothing that a repository's config could make it start.
struct GitCommand: ~Copyable {
    private let process: pid_t
    private let output: Int32
    /// Where the program's standard input is a pipe; -1 where it is a finished text.
    private let input: Int32
    private let errors: Int32
    private var isReaped = false

    /// - Parameters:
    ///   - directory: where git looks for the repository, and nowhere above it.
    ///   - input: all of its standard input; nil for a pipe, see ``write(_:)``.
    init(_ arguments: [String], in directory: String, input text: [UInt8]? = []) throws(GitError) {
        (process, input, output, errors) = try Self.spawn(arguments, directory, text)
    }

    deinit {
        if input >= 0 { close(input) }
        close(output)
        close(errors)
        if !isReaped {
            var status: Int32 = 0
            // It may still be writing; its pipe is closed, but it may also hang in a file system.
            kill(process, SIGKILL)
            waitpid(process, &status, 0)
        }
    }

    private static func spawn(
        _ arguments: [String], _ directory: String, _ text: [UInt8]?
    ) throws(GitError) -> (process: pid_t, input: Int32, output: Int32, errors: Int32) {
        var inputPipe: [Int32] = [-1, -1]
        var outputPipe: [Int32] = [-1, -1]
        let errors = memfd_create("git-stderr", 1)
        var isReady = errors >= 0 && pipe2(&outputPipe, O_CLOEXEC) == 0
        if let text {
            // A file and not a pipe: git may answer before it has read all, and neither side may wait for the other.
            inputPipe[0] = memfd_create("git-stdin", 1)
            isReady = isReady && writeAll(inputPipe[0], text) && lseek(inputPipe[0], 0, SEEK_SET) == 0
        } else {
            isReady = isReady && pipe2(&inputPipe, O_CLOEXEC) == 0
        }
        guard isReady else {
            let error = Files.error(path: "git")
            for descriptor in inputPipe + outputPipe + [errors] where descriptor >= 0 { close(descriptor) }
            throw error
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputPipe[0], 0)
        posix_spawn_file_actions_adddup2(&actions, outputPipe[1], 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var child: pid_t = 0
        let argv = ["git", "-C", directory] + safeConfig.flatMap { ["-c", $0] } + arguments
        let result = withCStrings(argv) { argv in
            withCStrings(environment(directory)) { posix_spawnp(&child, "git", &actions, nil, argv, $0) }
        }
        close(inputPipe[0])
        close(outputPipe[1])
        guard result == 0 else {
            for descriptor in [inputPipe[1], outputPipe[0], errors] where descriptor >= 0 { close(descriptor) }
            throw GitError(.unsupported, "cannot run git: \(String(cString: strerror(result)))")
        }
        return (child, inputPipe[1], outputPipe[0], errors)
    }

    /// Config beats files; what is set here is what could run a program, ask, fetch or write.
    private static let safeConfig = [
        "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "core.askPass=false",
        "log.showSignature=false", "gc.auto=0", "maintenance.auto=false",
        "credential.helper=", "diff.external=", "safe.bareRepository=all",
    ]

    private static func environment(_ directory: String) -> [String] {
        var out: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            let dropped = ["GIT_", "LC_", "LANG=", "LANGUAGE=", "PAGER=", "SSH_ASKPASS="]
            if !dropped.contains(where: variable.hasPrefix) { out.append(variable) }
            entry += 1
        }
        let above = directory.split(separator: "/").dropLast().joined(separator: "/")
        return out + [
            "LC_ALL=C", "PAGER=cat", "GIT_PAGER=cat", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
            "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_ASKPASS=false", "SSH_ASKPASS=false",
            "GIT_EDITOR=false", "GIT_CEILING_DIRECTORIES=/\(above)",
        ]
    }

    func write(_ bytes: [UInt8]) -> Bool {
        Self.writeAll(input, bytes)
    }

    func readSome(into buffer: inout [UInt8]) throws(GitError) -> Int {
        while true {
            let count = read(output, &buffer, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw Files.error(path: "git") }
        }
    }

    /// Hands over each record of the output, then waits.
    mutating func records(
        endingIn separator: UInt8, _ body: (UnsafeBufferPointer<UInt8>) throws(GitError) -> Void
    ) throws(GitError) {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try readSome(into: &buffer)
            if count == 0 { break }
            pending.append(contentsOf: buffer[..<count])
            var start = 0
            while let end = pending[start...].firstIndex(of: separator) {
                let record = pending[start..<end]
                try record.withUnsafeBufferPointer { bytes throws(GitError) in try body(bytes) }
                start = end + 1
            }
            pending.removeFirst(start)
        }
        try finish()
        guard pending.isEmpty else { throw GitError(.gitFailed, "git ended in the middle of a record") }
    }

    /// - Throws: when git did not exit with 0; classified by what it said.
    mutating func finish() throws(GitError) {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        isReaped = true
        guard status != 0 else { return }
        throw Self.classified(errorText, status: status)
    }

    var errorText: String {
        lseek(errors, 0, SEEK_SET)
        return String(decoding: trimmingSpace(ArraySlice(Files.readAll(errors) ?? [])), as: UTF8.self)
    }

    private static func classified(_ text: String, status: Int32) -> GitError {
        let code: GitError.Code =
            if text.contains("dubious ownership") {
                .dubiousOwnership
            } else if text.contains("ermission denied") {
                .permissionDenied
            } else if text.contains("extension") || text.contains("git repo version") {
                .unsupported
            } else if text.contains("not a git repository") {
                .notARepository
            } else if text.contains("bad object") || text.contains("missing") || text.contains("corrupt")
                || text.contains("could not parse") || text.contains("parse commit") || text.contains("bad tree")
                || text.contains("bogus") || text.contains("unable to read") || text.contains("bad parents")
                || text.contains("Failed to traverse")
            {
                .corrupt
            } else {
                .gitFailed
            }
        return GitError(code, text.isEmpty ? "git ended with status \(status)" : text)
    }

    private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { raw in
            var done = 0
            while done < raw.count {
                let count = Glibc.write(descriptor, raw.baseAddress! + done, raw.count - done)
                if count < 0 {
                    if errno == EINTR { continue }
                    return false
                }
                done += count
            }
            return true
        }
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { pointers.forEach { free($0) } }
        return body(pointers + [nil])
    }
}

extension GitCommand {
    /// Runs git to its end.
    static func output(
        _ arguments: [String], in directory: String, input: [UInt8] = []
    ) throws(GitError) -> (bytes: [UInt8], errors: String) {
        var command = try GitCommand(arguments, in: directory, input: input)
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try command.readSome(into: &buffer)
            if count == 0 { break }
            out.append(contentsOf: buffer[..<count])
        }
        try command.finish()
        return (out, command.errorText)
    }
}
