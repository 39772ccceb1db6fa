import Foundation

/// Runs programs for tests.
package enum Program {
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

    /// Runs to the end, and throws if that is another one than expected.
    @discardableResult
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String], input: String = "",
        expecting status: Int32? = 0
    ) throws -> ProcessResult {
        let found = program.hasPrefix("/")
        let result = try ProcessResult.of(
            found ? program : "/usr/bin/env", found ? arguments : [program] + arguments, input: Data(input.utf8),
            environment: environment)
        if let status, result.status != status {
            throw TestFailure("\(program) \(arguments) ended with \(result.status): \(result.errorText)")
        }
        return result
    }
}
