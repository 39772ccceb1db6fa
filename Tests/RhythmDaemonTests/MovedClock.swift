import Foundation
import RhythmTestSupport
import Testing

/// The wall clock of other processes, which a test moves while they run. It goes on by itself in between.
final class MovedClock {
    private let file: FileHandle
    private let told: Fifo
    /// What makes a process live by this clock.
    let environment: [String: String]

    init(in folder: String) throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "moved-clock.c").path
        let library = folder + "/moved-clock.so"
        try Program.run(
            "clang", ["-shared", "-fPIC", "-pthread", "-Wall", "-Werror", "-o", library, source],
            environment: ProcessInfo.processInfo.environment)
        let path = folder + "/moved"
        try Data(count: MemoryLayout<Int>.size).write(to: URL(filePath: path))
        file = try #require(FileHandle(forUpdatingAtPath: path))
        told = try Fifo(path + ".told")
        environment = ["LD_PRELOAD": library, "MOVED_CLOCK": path]
    }

    /// Sets it, as somebody with the right to would.
    ///
    /// - Parameter text: `2026-03-29T01:59:58+01:00`.
    func set(to text: String) throws {
        let instant = try #require(try? Date(text, strategy: .iso8601))
        var offset = Int(instant.timeIntervalSince1970) - time(nil)
        try file.seek(toOffset: 0)
        try file.write(contentsOf: Data(bytes: &offset, count: MemoryLayout<Int>.size))
        told.release()
    }
}
