import NIOCore
import RhythmReport

/// One run of a program for an event, from its start to its end. All on the event loop.
final class HookRun {
    struct Outcome {
        /// Why it failed; nil when it did not.
        var failure: String?
        /// What it printed, as far as it is kept: one line, harmless.
        var output: String
        var errors: String
        /// The program itself was through in time, but not what it had started.
        var leftSomething = false
    }

    private let command: HookLauncher.Command
    private let timeout: TimeAmount
    private let loop: any EventLoop
    private let onEnd: (Outcome) -> Void
    private let began = NIODeadline.now()
    private var child: ChildProcess?
    private var watchdog: Scheduled<Void>?
    private var output: Excerpt
    private var errors: Excerpt

    /// - Parameters:
    ///   - timeout: in seconds; after it the program is killed with whatever it started.
    ///   - kept: bytes of its output, and of its errors.
    ///   - onEnd: called once, later.
    /// - Throws: ``SystemError`` when it cannot be started.
    init(
        _ command: HookLauncher.Command, input: ByteBuffer, timeout: Int64, kept: Int, loop: any EventLoop,
        onEnd: @escaping (Outcome) -> Void
    ) throws {
        self.command = command
        self.timeout = .seconds(timeout)
        self.loop = loop
        self.onEnd = onEnd
        output = Excerpt(limit: kept)
        errors = Excerpt(limit: kept)
        child = try ChildProcess(
            program: command.program, arguments: command.arguments, environment: command.environment, input: input,
            loop: loop,
            onOutput: { [self] in output.append($0) },
            onError: { [self] in errors.append($0) },
            onExit: { [self] in ended($0) })
        // A unit is ended by systemd; this is for a systemd that does not answer.
        let patience = command.unit == nil ? 0 : HookLauncher.stopSeconds + 3
        watchdog = loop.assumeIsolated().scheduleTask(in: .seconds(timeout + patience)) { [self] in kill() }
    }

    /// Asks it to end.
    func terminate() {
        guard let unit = command.unit else {
            child?.terminate()
            return
        }
        // Were its client told, the unit would go on.
        guard let systemctl = programPath("systemctl", command.environment) else { return }
        _ = try? ChildProcess(
            program: systemctl, arguments: ["--user", "--quiet", "--no-block", "stop", unit],
            environment: command.environment, input: ByteBuffer(), loop: loop,
            onOutput: { _ in }, onError: { _ in }, onExit: { _ in })
    }

    func kill() {
        child?.kill()
    }

    private func ended(_ exit: ChildProcess.Exit) {
        watchdog?.cancel()
        child = nil
        let tookTooLong = .now() - began >= timeout
        var outcome = Outcome(output: output.line, errors: errors.line)
        if exit == .code(0) {
            outcome.leftSomething = tookTooLong
        } else if tookTooLong {
            outcome.failure = "it took longer than \(timeout.nanoseconds / 1_000_000_000) s"
        } else {
            outcome.failure = "it ended with \(exit)"
        }
        onEnd(outcome)
    }
}

/// The beginning of what a program prints.
private struct Excerpt {
    let limit: Int
    private var bytes: [UInt8] = []

    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ buffer: ByteBuffer) {
        bytes += buffer.readableBytesView.prefix(limit - bytes.count)
    }

    /// All of its lines in one.
    var line: String {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { harmless(String($0)) }
            .joined(separator: " | ")
    }
}
