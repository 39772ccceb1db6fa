import CLinux
import Glibc
import NIOCore
import NIOPosix

/// A program started with pipes on its standard streams, in a process group of its own.
///
/// swift-subprocess would do, but it leaves libdispatch's thread pool running, whose monitor wakes the daemon once a
/// second for ever after (`strace -f` of an idle process that ran `/bin/echo` once shows it). This costs three
/// pipes on the event loop instead. All of it happens on that loop.
final class ChildProcess {
    enum Exit: Equatable, CustomStringConvertible {
        case code(CInt)
        case signal(CInt)

        var description: String {
            switch self {
            case .code(let code): "exit status \(code)"
            case .signal(let signal): "signal \(signal) (\(String(cString: strsignal(signal))))"
            }
        }
    }

    private let pid: pid_t
    private let loop: any EventLoop
    private var stdin: (any Channel)?
    private var openStreams = 2
    private var isOver = false
    private let onExit: (Exit) -> Void

    /// - Parameters:
    ///   - input: written to its standard input, which is closed after it.
    ///   - onOutput: gets its standard output as it comes.
    ///   - onError: gets its standard error as it comes.
    ///   - onExit: called once, after the last byte of both.
    /// - Throws: ``SystemError`` when it cannot be started.
    init(
        program: String, arguments: [String], environment: [String: String], input: ByteBuffer, loop: any EventLoop,
        onOutput: @escaping (ByteBuffer) -> Void, onError: @escaping (ByteBuffer) -> Void,
        onExit: @escaping (Exit) -> Void
    ) throws {
        loop.preconditionInEventLoop()
        self.loop = loop
        self.onExit = onExit
        let pipes = try Pipes()
        pid = try Self.spawn(program, arguments, environment, pipes)
        pipes.closeChildEnds()

        _ = loop.read(from: pipes.output.read, onBytes: onOutput, onClose: { [self] in streamClosed() })
        _ = loop.read(from: pipes.error.read, onBytes: onError, onClose: { [self] in streamClosed() })
        let writer = NIOPipeBootstrap(group: loop).takingOwnershipOfDescriptor(output: pipes.input.write)
        writer.assumeIsolated().whenSuccess { [self] channel in
            stdin = channel
            channel.writeAndFlush(input).assumeIsolated().whenComplete { _ in channel.close(promise: nil) }
        }
    }

    /// Ends it and whatever it started. One that the kernel cannot end, since it waits for a device that does not
    /// answer, is given up after a while.
    func kill() {
        guard !isOver else { return }
        Glibc.kill(-pid, SIGKILL)
        loop.assumeIsolated().scheduleTask(in: .seconds(5)) { [self] in
            // It may have ended long ago, while a child that left its group holds its streams open.
            if !isOver { finish(reaped() ?? .signal(SIGKILL)) }
        }
    }

    /// Asks it and whatever it started to end.
    func terminate() {
        if !isOver { Glibc.kill(-pid, SIGTERM) }
    }

    private func streamClosed() {
        openStreams -= 1
        if openStreams == 0 { reap(after: .milliseconds(1)) }
    }

    /// With its streams closed it is at its end, or at the next look.
    private func reap(after wait: TimeAmount) {
        guard let exit = reaped() else {
            loop.assumeIsolated().scheduleTask(in: wait) { [self] in
                if !isOver { reap(after: min(wait * 2, .seconds(1))) }
            }
            return
        }
        finish(exit)
    }

    /// How it ended; nil while it runs. Once it is over, its number may be another process's.
    private func reaped() -> Exit? {
        var status: CInt = 0
        guard !isOver, waitpid(pid, &status, WNOHANG) == pid else { return nil }
        // Its own children have no business after it.
        Glibc.kill(-pid, SIGKILL)
        let signal = status & 0x7f
        return signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
    }

    private func finish(_ exit: Exit) {
        guard !isOver else { return }
        isOver = true
        stdin?.close(promise: nil)
        onExit(exit)
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], _ pipes: Pipes
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes.input.read, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes.output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes.error.write, 2)
        // A library may have opened something without the flag that closes it here.
        clinux_spawn_closes_from(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The daemon blocks signals to take them from a signalfd; the child starts with none blocked or ignored.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, argv, envp)
        guard code == 0 else {
            pipes.closeAll()
            throw SystemError(call: "posix_spawn", path: program, code: code)
        }
        return pid
    }

    private struct Pipes {
        let input, output, error: (read: CInt, write: CInt)

        init() throws {
            var made: [(read: CInt, write: CInt)] = []
            for _ in 0..<3 {
                var ends: [CInt] = [0, 0]
                guard clinux_pipe(&ends) == 0 else {
                    let error = SystemError(call: "pipe2", path: "pipe")
                    for pipe in made {
                        close(pipe.read)
                        close(pipe.write)
                    }
                    throw error
                }
                made.append((ends[0], ends[1]))
            }
            (input, output, error) = (made[0], made[1], made[2])
        }

        func closeChildEnds() {
            for end in [input.read, output.write, error.write] { close(end) }
        }

        func closeAll() {
            closeChildEnds()
            for end in [input.write, output.read, error.read] { close(end) }
        }
    }
}
