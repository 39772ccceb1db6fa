import Foundation
import RhythmTestSupport

/// `rhythmd` as a process of its own, which its log says is ready.
final class RunningDaemon {
    let process = Process()
    private let log = Pipe()
    private var pending: [UInt8] = []
    /// What it logged so far.
    private(set) var lines: [String] = []

    /// - Parameter wrapper: a program and arguments to run it under.
    init(
        _ program: String = Program.folder + "/rhythmd", environment: [String: String], wrapper: [String] = [],
        arguments: [String] = []
    ) throws {
        let command = wrapper + [program] + arguments
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = environment
        process.standardError = log
        try process.run()
        try log.fileHandleForWriting.close()
        try wait(for: ": ready")
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Reads its log until a line says something.
    func wait(for text: String) throws {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + 1)
                lines.append(line)
                if line.contains(text) { return }
                continue
            }
            let more = log.fileHandleForReading.availableData
            guard !more.isEmpty else {
                process.waitUntilExit()
                throw TestFailure("ended with \(process.terminationStatus) before “\(text)”: \(lines)")
            }
            pending += more
        }
    }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// - Returns: its exit status.
    func end(with number: Int32) -> Int32 {
        signal(number)
        pending += (try? log.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        lines += String(decoding: pending, as: UTF8.self).split(separator: "\n").map(String.init)
        return process.terminationStatus
    }
}
