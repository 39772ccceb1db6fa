package import Foundation

/// A git repository in a temporary folder, made with the `git` command: dates and identity are pinned and the machine's
/// own config is switched off, so that a test says the same everywhere. Removed when it goes out of scope.
package final class TestRepository: Sendable {
    package let folder: URL
    private let ownsFolder: Bool

    package var path: String { folder.path }

    /// - Parameter arguments: more of `git init`, such as `--bare`.
    package convenience init(_ arguments: String...) throws {
        try self.init(initArguments: arguments)
    }

    private init(initArguments: [String]) throws {
        folder = try Self.temporaryFolder()
        ownsFolder = true
        try git(["init", "-q", "-b", "main"] + initArguments)
    }

    /// A repository that is there already and is not to be removed, such as a worktree of another.
    package init(at path: String) {
        folder = URL(fileURLWithPath: path)
        ownsFolder = false
    }

    deinit {
        if ownsFolder { try? FileManager.default.removeItem(at: folder) }
    }

    package static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("rhythm-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A home without any config, for every process that a test starts.
    package static let home: String = {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rhythm-test-home-\(getpid())")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }()

    /// - Parameter environment: over the pinned one.
    package static func environment(_ environment: [String: String] = [:]) -> [String: String] {
        [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": home,
            "XDG_CONFIG_HOME": home + "/.config", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ann Author", "GIT_AUTHOR_EMAIL": "ann@example.org",
            "GIT_AUTHOR_DATE": "1700000000 +0100", "GIT_COMMITTER_NAME": "Ann Author",
            "GIT_COMMITTER_EMAIL": "ann@example.org", "GIT_COMMITTER_DATE": "1700000000 +0100", "LC_ALL": "C",
            "TZ": "UTC", "GIT_ALLOW_PROTOCOL": "file",
        ].merging(environment) { $1 }
    }

    /// Runs `git` here and returns what it prints, without the last newline.
    @discardableResult
    package func git(
        _ arguments: [String], input: Data = Data(), environment: [String: String] = [:]
    ) throws -> String {
        let result = try ProcessResult.of(
            "/usr/bin/env", ["git", "-C", path, "-c", "protocol.file.allow=always"] + arguments, input: input,
            environment: Self.environment(environment))
        guard result.status == 0 else {
            throw TestFailure("git \(arguments.joined(separator: " ")): \(result.errorText)")
        }
        return result.text.hasSuffix("\n") ? String(result.text.dropLast()) : result.text
    }

    @discardableResult
    package func git(_ arguments: String..., environment: [String: String] = [:]) throws -> String {
        try git(arguments, environment: environment)
    }

    /// Writes files, commits all, and returns the commit's id.
    @discardableResult
    package func commit(
        _ subject: String, files: [String: String] = [:], email: String = "ann@example.org",
        name: String = "Ann Author", at date: String = "1700000000 +0100"
    ) throws -> String {
        for (file, content) in files { try write(content, to: file) }
        try git("add", "-A")
        try git(
            "commit", "-q", "--allow-empty", "-m", subject,
            environment: [
                "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": date,
                "GIT_COMMITTER_DATE": date,
            ])
        return try git("rev-parse", "HEAD")
    }

    package func write(_ content: String, to file: String) throws {
        let url = folder.appendingPathComponent(file)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: url)
    }

    /// Stores a commit object as it stands, however odd, and returns its id.
    package func storeCommit(_ content: Data) throws -> String {
        try git(["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], input: content)
    }
}

package struct TestFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// What a program printed and how it ended.
package struct ProcessResult: Sendable {
    package let status: Int32
    package let output: Data
    package let errorText: String

    package var text: String { String(decoding: output, as: UTF8.self) }

    /// Runs a program to its end. Input and errors go through files, so that no pipe can fill up.
    package static func of(
        _ program: String, _ arguments: [String], input: Data = Data(), environment: [String: String]
    ) throws -> ProcessResult {
        let folder = try TestRepository.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
        try input.write(to: files[0])
        for file in files[1...] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return ProcessResult(
            status: process.terminationStatus, output: try Data(contentsOf: files[1]),
            errorText: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }
}
