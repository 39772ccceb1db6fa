import Logging
import NIOCore
package import RhythmCore
import RhythmReport

/// Tells the user's programs and desktop what happens to alerts, and never makes anybody wait for them.
///
/// Each event is one run of each hook that wants it. A run that fails is repeated after a while, unless its alert has
/// changed by then: nobody is told what is no longer so. Runs for one alert by one hook keep their order. A timer exists
/// only while a run goes on or waits. All of it happens on the event loop, where nothing is waited for; what is pending
/// does not outlive the process.
final class HookRunner {
    struct Limits: Sendable {
        /// At the same time.
        var runs = 4
        /// Runs that wait for their turn or for another try; when there are more, the oldest is dropped.
        var pending = 1000
        /// Before the second try, the third, and so on; after the last it is given up.
        var delays: [TimeAmount] = [.minutes(1), .minutes(5), .minutes(30)]
        /// For what runs when the daemon stops.
        var grace = TimeAmount.seconds(3)
        /// Bytes of a run's output that are logged, and of its errors.
        var kept = 4096
    }

    /// What became of a run that was asked for.
    enum Outcome: Equatable, Sendable {
        case done
        /// It is tried again after a while, or given up where there is none.
        case failed(String, again: TimeAmount?)
        /// It failed, and what it had to tell is no longer so.
        case outdated
        /// It waits for a session to be there.
        case postponed
        /// Too many others came after it.
        case dropped
        /// There is no program that could do it, and nobody named one.
        case impossible
    }

    private let environment: [String: String]
    private let alertList: String
    private let loop: any EventLoop
    private let log: Logger
    private let limits: Limits
    /// Nil where the machine decides.
    private let launcher: HookLauncher?
    private let now: () -> Timestamp
    /// Told of each run that is over, or will not be.
    var onOutcome: (HookEvent, Outcome) -> Void

    private var hooks: [Hook]
    private var notify: DesktopNotification
    /// The oldest first; one that failed goes to the end.
    private var pending: [Job] = []
    private var running: [Int: Job] = [:]
    private var started = 0
    private var troubles: [Target: FailingHook] = [:]
    private var saidThatNotifySendIsMissing = false
    private var stopped: EventLoopPromise<Void>?

    /// - Parameters:
    ///   - environment: the daemon's.
    ///   - alertList: the file that lists all alerts.
    ///   - launcher: how programs are started; nil to find out at each start.
    ///   - now: the wall clock, by which failures are dated.
    init(
        hooks: [Hook], notify: DesktopNotification, environment: [String: String], alertList: String,
        loop: any EventLoop, log: Logger, limits: Limits = Limits(), launcher: HookLauncher? = nil,
        now: @escaping () -> Timestamp,
        onOutcome: @escaping (HookEvent, Outcome) -> Void = { _, _ in }
    ) {
        self.hooks = hooks
        self.notify = notify
        self.environment = environment
        self.alertList = alertList
        self.loop = loop
        self.log = log
        self.limits = limits
        self.launcher = launcher
        self.now = now
        self.onOutcome = onOutcome
    }

    /// The hooks whose last run failed, in the order of the config.
    var failing: [FailingHook] {
        (hooks.map(Target.hook) + [.desktop]).compactMap { troubles[$0] }
    }

    /// Runs that go on, and those that wait.
    var load: (running: Int, pending: Int) { (running.count, pending.count) }

    /// Takes on another config. What waits for a hook that is not in it is dropped.
    func adopt(hooks: [Hook], notify: DesktopNotification) {
        loop.preconditionInEventLoop()
        self.hooks = hooks
        self.notify = notify
        let targets = Set(hooks.map(Target.hook) + (notify.desktop ? [.desktop] : []))
        troubles = troubles.filter { targets.contains($0.key) }
        discard { !targets.contains($0.target) }
    }

    /// Has every hook run that wants an event. Events of one alert come in their order.
    func take(_ event: HookEvent) {
        take(together: [event])
    }

    /// Has every hook run once for those of the events that it wants: for several it is told of all of them in one.
    func take(together events: [HookEvent]) {
        loop.preconditionInEventLoop()
        guard stopped == nil, !events.isEmpty else { return }
        // An older one that failed would now tell what is no longer so, and so would one on the desktop.
        let ids = Set(events.map(\.id))
        discard { ids.contains($0.event.id) && ($0.tries > 0 || $0.target == .desktop) }
        for job in running.values where ids.contains(job.event.id) { job.isOutdated = true }
        for hook in hooks {
            guard let event = one(of: events.filter(hook.wants)) else { continue }
            do {
                append(Job(.hook(hook), event, input: ByteBuffer(bytes: try event.line())))
            } catch {
                log.error("an event cannot be told to hooks", metadata: ["alert": "\(event.id)", "error": "\(error)"])
            }
        }
        if notify.desktop, let event = one(of: events.filter { notify.on.contains($0.state) }) {
            append(Job(.desktop, event, input: ByteBuffer()))
        }
        if hasSessionBus(environment) {
            for job in pending where job.wait == .session { job.wait = nil }
        }
        runNext()
    }

    private func one(of events: [HookEvent]) -> HookEvent? {
        events.count > 1 ? .together(events, file: alertList) : events.first
    }

    /// Asks what runs to end, kills what does not within a grace, and drops what waits.
    ///
    /// - Returns: succeeds when nothing runs any more.
    func stop() -> EventLoopFuture<Void> {
        loop.preconditionInEventLoop()
        if let stopped { return stopped.futureResult }
        let stopped = loop.makePromise(of: Void.self)
        self.stopped = stopped
        if !pending.isEmpty { log.notice("hooks will not run any more", metadata: ["runs": "\(pending.count)"]) }
        discard { _ in true }
        guard !running.isEmpty else {
            stopped.succeed()
            return stopped.futureResult
        }
        for job in running.values { job.run?.terminate() }
        let killing = loop.assumeIsolated().scheduleTask(in: limits.grace) { [self] in
            for job in running.values { job.run?.kill() }
        }
        stopped.futureResult.assumeIsolated().whenComplete { _ in killing.cancel() }
        return stopped.futureResult
    }

    // MARK: Pending

    private func append(_ job: Job) {
        pending.append(job)
        while pending.count > limits.pending {
            let dropped = pending.removeFirst()
            dropped.timer?.cancel()
            log.warning("a hook will not run: too many wait", metadata: details(of: dropped))
            onOutcome(dropped.event, .dropped)
        }
    }

    private func discard(_ isOver: (Job) -> Bool) {
        for job in pending where isOver(job) {
            job.timer?.cancel()
            onOutcome(job.event, .outdated)
        }
        pending.removeAll(where: isOver)
    }

    private func runNext() {
        while stopped == nil, running.count < limits.runs,
            let index = pending.firstIndex(where: { job in
                job.wait == nil && !running.values.contains { $0.target == job.target && $0.event.id == job.event.id }
            })
        {
            start(pending.remove(at: index))
        }
    }

    /// - Parameter delay: nil for ever, or until something else ends it.
    private func wait(_ job: Job, for reason: Job.Wait, delay: TimeAmount?) {
        job.wait = reason
        job.timer = delay.map { delay in
            loop.assumeIsolated().scheduleTask(in: delay) { [self] in
                job.wait = nil
                runNext()
            }
        }
        append(job)
    }

    // MARK: Running

    private func start(_ job: Job) {
        job.timer?.cancel()
        job.timer = nil
        guard let (argv, timeout) = program(for: job) else { return }
        job.tries += 1
        guard let path = programPath(argv[0], environment) else {
            return failed(job, "it cannot be started: there is no \(argv[0]) in PATH")
        }
        started += 1
        let number = started
        let command = (launcher ?? .detect(environment)).command(
            [path] + argv.dropFirst(), environment: hookEnvironment(environment, job.event), timeout: timeout,
            number: number)
        do {
            job.run = try HookRun(command, input: job.input, timeout: timeout, kept: limits.kept, loop: loop) {
                [self] in ended(job, number, $0)
            }
            running[number] = job
        } catch {
            failed(job, "it cannot be started: \(error)")
        }
    }

    /// What to run and for how many seconds; nil when that is nothing for now.
    private func program(for job: Job) -> (argv: [String], timeout: Int64)? {
        switch job.target {
        case .hook(let hook): return (hook.run, hook.timeout)
        case .desktop:
            guard let notifySend = programPath(NotifySend.name, environment) else {
                if !saidThatNotifySendIsMissing {
                    log.warning("no notifications appear on the desktop, since there is no \(NotifySend.name) in PATH")
                }
                saidThatNotifySendIsMissing = true
                onOutcome(job.event, .impossible)
                return nil
            }
            saidThatNotifySendIsMissing = false
            guard hasSessionBus(environment) else {
                let delay = limits.delays.dropFirst(job.looks).first
                job.looks += 1
                wait(job, for: .session, delay: delay)
                onOutcome(job.event, .postponed)
                return nil
            }
            return (NotifySend.argv(notifySend, job.event), NotifySend.timeout)
        }
    }

    private func ended(_ job: Job, _ number: Int, _ outcome: HookRun.Outcome) {
        running[number] = nil
        job.run = nil
        var details = details(of: job)
        if !outcome.output.isEmpty { details["output"] = "\(outcome.output)" }
        if !outcome.errors.isEmpty { details["errors"] = "\(outcome.errors)" }
        if let failure = outcome.failure {
            failed(job, failure, details)
        } else {
            if outcome.leftSomething {
                log.notice("a hook left something running, which was ended", metadata: details)
            } else {
                let isSilent = outcome.output.isEmpty && outcome.errors.isEmpty
                log.log(level: isSilent ? .debug : .info, "a hook ran", metadata: details)
            }
            troubles[job.target] = nil
            onOutcome(job.event, .done)
        }
        if running.isEmpty { stopped?.succeed() }
        runNext()
    }

    private func failed(_ job: Job, _ reason: String, _ details: Logger.Metadata? = nil) {
        var details = details ?? self.details(of: job)
        details["reason"] = "\(reason)"
        guard stopped == nil, isWanted(job.target) else { return onOutcome(job.event, .outdated) }
        let trouble = troubles[job.target]
        troubles[job.target] = FailingHook(
            argv: job.target.argv, lastError: reason, since: trouble?.since ?? now(), tries: (trouble?.tries ?? 0) + 1)
        guard !job.isOutdated else {
            log.warning("a hook failed", metadata: details)
            return onOutcome(job.event, .outdated)
        }
        guard let delay = limits.delays.dropFirst(job.tries - 1).first else {
            log.error("a hook failed and is given up", metadata: details)
            return onOutcome(job.event, .failed(reason, again: nil))
        }
        details["again"] = "in \(delay.nanoseconds / 1_000_000_000) s"
        log.warning("a hook failed", metadata: details)
        onOutcome(job.event, .failed(reason, again: delay))
        wait(job, for: .anotherTry, delay: delay)
    }

    private func isWanted(_ target: Target) -> Bool {
        switch target {
        case .hook(let hook): hooks.contains(hook)
        case .desktop: notify.desktop
        }
    }

    private func details(of job: Job) -> Logger.Metadata {
        [
            // Without its arguments, which may hold what is nobody's business.
            "hook": "\(harmless(job.target.argv[0]))",
            "alert": "\(harmless(job.event.id))", "state": "\(job.event.state.rawValue)",
        ]
    }

    /// Whom an event is told to.
    private enum Target: Hashable {
        case hook(Hook)
        case desktop

        var argv: [String] {
            switch self {
            case .hook(let hook): hook.run
            case .desktop: [NotifySend.name]
            }
        }
    }

    /// One event for one of them.
    private final class Job {
        enum Wait {
            case anotherTry
            case session
        }

        let target: Target
        let event: HookEvent
        let input: ByteBuffer
        var tries = 0
        /// Times that no session was there.
        var looks = 0
        /// Nil when it is ready to run, or runs.
        var wait: Wait?
        var timer: Scheduled<Void>?
        var run: HookRun?
        /// Its alert has changed since.
        var isOutdated = false

        init(_ target: Target, _ event: HookEvent, input: ByteBuffer) {
            self.target = target
            self.event = event
            self.input = input
        }
    }
}

/// A hook whose last run failed.
package struct FailingHook: Codable, Hashable, Sendable {
    package var argv: [String]
    /// Of its newest failure.
    package var lastError: String
    /// Of its first failure after the last run that was none.
    package var since: Timestamp
    /// Runs that failed since then.
    package var tries: Int
}
