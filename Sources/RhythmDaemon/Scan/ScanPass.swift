import NIOCore
import RhythmCore
import RhythmFacts

/// One pass of workers over a job: starts `rhythm-scan`, cuts what it says into blocks of one repository each, and
/// starts another for the rest when one crashes or hangs. All on the event loop, where whoever takes the blocks works
/// as well, so that a slow taker slows the worker down instead of filling memory.
final class ScanPass {
    /// What the pass tells, in order; `finished` comes last and once.
    enum Event {
        /// A repository is being read, or so many commits of it have been.
        case reading(gitDir: String, commitsRead: Int)
        case repository(FactBlock)
        /// Something cannot be read: a repository, or else a root, or a folder or path that led to none.
        case problem(ProblemFact, isRepository: Bool)
        /// A line of the worker's standard error.
        case complaint(String)
        /// Nil when the job was answered for whole, else why it was given up.
        case finished(String?)
    }

    struct Limits: Sendable {
        /// A worker that says nothing for so long is ended, and the repository it was at is blamed.
        var silence = TimeAmount.seconds(60)
        /// Workers of one pass that may die before it is given up.
        var deaths = 50
        /// Bytes of one repository's facts: three million commits' worth. A worker that says more has gone astray.
        var blockSize = 512 << 20
    }

    private let program: String
    private let environment: [String: String]
    private let loop: any EventLoop
    private let limits: Limits
    private let onEvent: (Event) -> Void
    private var job: Job
    private var child: ChildProcess?
    private var lines = LineSplitter()
    private var block = FactBlock()
    /// Repositories begun and not yet answered for, in that order.
    private var reading: [String] = []
    private var answered: Set<String> = []
    private var isDone = false
    private var isCancelled = false
    private var deaths = 0
    private var verdict: String?
    private var watchdog: Scheduled<Void>?
    private var lastHeard = NIODeadline.now()
    private var complaints = 0

    init(
        job: Job, program: String, environment: [String: String], loop: any EventLoop, limits: Limits = Limits(),
        onEvent: @escaping (Event) -> Void
    ) {
        self.job = job
        self.program = program
        self.environment = environment.filter { !$0.key.hasPrefix("GIT_") }
        self.loop = loop
        self.limits = limits
        self.onEvent = onEvent
    }

    func start() {
        loop.preconditionInEventLoop()
        lines = LineSplitter()
        reading = []
        verdict = nil
        lastHeard = .now()
        do {
            child = try ChildProcess(
                program: program, arguments: ["--job"], environment: environment,
                input: ByteBuffer(bytes: JobLine.encode(job)), loop: loop,
                onOutput: { [self] in hear($0) },
                onError: { [self] in complain(String(buffer: $0)) },
                onExit: { [self] in ended($0) })
            watch()
        } catch {
            onEvent(.finished("the scan worker cannot be started: \(error)"))
        }
    }

    /// Ends the worker. The pass finishes as given up.
    func cancel() {
        isCancelled = true
        child?.kill()
    }

    private func hear(_ bytes: ByteBuffer) {
        lastHeard = .now()
        lines.append(bytes.readableBytesView)
        do {
            while let line = lines.next() { try take(line) }
            guard block.size + lines.pending <= limits.blockSize else { throw TooMuch() }
        } catch {
            // Half of what it says cannot be trusted more than the rest.
            verdict = "it said something unintelligible: \(error)"
            child?.kill()
        }
    }

    private func take(_ line: ArraySlice<UInt8>) throws {
        guard verdict == nil, !isCancelled else { return }
        switch FactLine.kind(of: line) {
        case .begin:
            guard case .begin(let gitDir) = try FactLine.decode(line) else { return }
            reading.append(gitDir)
            onEvent(.reading(gitDir: gitDir, commitsRead: 0))
        case .progress:
            guard case .progress(let gitDir, let count) = try FactLine.decode(line) else { return }
            onEvent(.reading(gitDir: gitDir, commitsRead: count))
        case .end:
            try block.append(line)
            if let gitDir = block.repository?.gitDir { answer(gitDir) }
            onEvent(.repository(block))
            block = FactBlock()
        case .problem:
            guard case .problem(let problem) = try FactLine.decode(line) else { return }
            let isRepository = reading.contains(problem.path)
            answer(problem.path)
            // What came of it before is void. A problem of another path may stand in the middle of a repository's facts.
            if block.repository?.gitDir == problem.path { block = FactBlock() }
            onEvent(.problem(problem, isRepository: isRepository))
        case .done: isDone = true
        default: try block.append(line)
        }
    }

    private func answer(_ path: String) {
        answered.insert(path)
        reading.removeAll { $0 == path }
    }

    private func complain(_ text: String) {
        for line in text.split(separator: "\n") where complaints < 100 {
            complaints += 1
            onEvent(.complaint(withoutPasswords(String(line.prefix(500)))))
        }
    }

    private func ended(_ exit: ChildProcess.Exit) {
        watchdog?.cancel()
        child = nil
        if isDone && verdict == nil { return onEvent(.finished(nil)) }
        if isCancelled { return onEvent(.finished("cancelled")) }
        let cause = verdict ?? "the worker ended with \(exit)"
        deaths += 1
        block = FactBlock()
        let suspects = reading
        reading = []
        if suspects.count > 1 {
            // Any of them may be to blame, so they are read again first, and one at a time.
            let known = Dictionary(job.repositories.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
            job.repositories.removeAll { suspects.contains($0.path) }
            job.repositories.insert(contentsOf: suspects.map { known[$0] ?? .init(path: $0) }, at: 0)
        } else if let gitDir = suspects.first {
            // This one is to blame; the others are still to be read.
            answer(gitDir)
            let code = verdict == nil ? "crashed" : verdict == Self.silent ? "timeout" : "worker-failed"
            onEvent(.problem(ProblemFact(path: gitDir, code: code, message: cause), isRepository: true))
        } else if answered.isEmpty || deaths >= limits.deaths {
            return onEvent(.finished(cause))
        }
        guard deaths < limits.deaths else { return onEvent(.finished(cause)) }
        job.skip = Set(job.skip).union(answered).sorted()
        job.repositories.removeAll { answered.contains($0.path) }
        job.oneAtATime = suspects.count > 1
        start()
    }

    private func watch() {
        watchdog = loop.assumeIsolated().scheduleTask(in: limits.silence) { [self] in
            if .now() - lastHeard >= limits.silence {
                verdict = Self.silent
                child?.kill()
            } else {
                watch()
            }
        }
    }

    private static let silent = "it gave no sign of life for too long"
}

/// One repository's facts without an end.
private struct TooMuch: Error, CustomStringConvertible {
    var description: String { "more facts of one repository than there can be" }
}

/// Cuts a stream of bytes into lines, without their ends.
private struct LineSplitter {
    private var buffer: [UInt8] = []
    private var start = 0

    /// Bytes of the line that has not ended yet.
    var pending: Int { buffer.count - start }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { start = end + 1 }
        return buffer[start..<end]
    }
}
