import Foundation

/// Runs programs for tests.
package enum Program {
    package struct Result: Sendable {
        package var status: Int32
        package var output: String
        package var errors: String
    }

    package struct Failed: Error, CustomStringConvertible {
        package var description: String
    }

    /// The folder that the build put this package's programs into.
    package static var folder: String {
        // The test runner is a bundle beside them, or lies below the folder that holds them.
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            if FileManager.default.isExecutableFile(atPath: folder.path + "/rhythm-scan") { return folder.path }
        }
        return "."
    }

    /// An environment that no setting of this machine reaches.
    package static func environment(home: String) -> [String: String] {
        [
            "HOME": home, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "TZ": "UTC",
            "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "XDG_CONFIG_HOME": home + "/.config",
            "XDG_STATE_HOME": home + "/.state", "XDG_RUNTIME_DIR": home + "/run",
        ]
    }

    /// Runs to the end.
    @discardableResult
    package static func run(
        _ program: String, _ arguments: [String], in folder: String = "/", environment: [String: String],
        input: String = "", expecting status: Int32? = 0
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program.hasPrefix("/") ? program : "/usr/bin/env")
        process.arguments = program.hasPrefix("/") ? arguments : [program] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = environment
        let files = try TemporaryFolder()
        try files.write(input, to: "in")
        for name in ["out", "err"] { try files.write("", to: name) }
        process.standardInput = FileHandle(forReadingAtPath: files.path + "/in")
        process.standardOutput = FileHandle(forWritingAtPath: files.path + "/out")
        process.standardError = FileHandle(forWritingAtPath: files.path + "/err")
        try process.run()
        process.waitUntilExit()
        let result = Result(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: files.path + "/out")), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: files.path + "/err")), as: UTF8.self))
        if let status, result.status != status {
            throw Failed(description: "\(program) \(arguments) ended with \(result.status): \(result.errors)")
        }
        return result
    }
}
