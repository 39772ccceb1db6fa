import Glibc
import Logging
import RhythmAPI
import RhythmCore
import RhythmReport

/// The files where people and programs look without asking the daemon: the prompt, waybar's module, and metrics.
struct Surfaces {
    private let paths: Paths
    private let host: String
    private let log: Logger
    /// The metrics file that was last written; one that the config names no more is taken away.
    private var metrics: String?
    /// What could not be written the last time, and was logged.
    private var failing: Set<String> = []

    init(paths: Paths, host: String, log: Logger) {
        self.paths = paths
        self.host = host
        self.log = log
    }

    /// Makes the files say how things stand. One that already does is not written again; one that cannot be written is
    /// logged once.
    ///
    /// - Parameters:
    ///   - until: the next day's start.
    ///   - scannedAt: when the last good scan began.
    ///   - metrics: the path of the metrics file, if there is to be one.
    ///   - repositories: those that are read.
    mutating func show(
        _ reply: Wire.Status.Reply, until: Timestamp, scannedAt: Timestamp?, metrics path: String?,
        repositories: @autoclosure () -> [PrometheusText.Repository]
    ) {
        write(PromptLine(reply, until: until).file, to: paths.prompt)
        write(WaybarText.json(reply), to: paths.waybar)
        if let old = metrics, old != path { unlink(old) }
        metrics = path
        // Another user's collector may be let in by the group; everything else is for this user alone.
        guard let path else { return }
        let text = PrometheusText.text(reply, host: host, repositories: repositories(), scannedAt: scannedAt)
        write(text, to: path, mode: 0o640)
    }

    /// Takes away what nobody is left to keep true. The metrics stay: they say when they were true.
    func remove() {
        unlink(paths.prompt)
        unlink(paths.waybar)
    }

    private mutating func write(_ text: String, to path: String, mode: mode_t = 0o600) {
        do {
            try AtomicFile.write(text, to: path, mode: mode)
            failing.remove(path)
        } catch {
            guard failing.insert(path).inserted else { return }
            log.warning("cannot write a file", metadata: ["path": "\(path)", "reason": "\(error)"])
        }
    }
}
