import Glibc
import CLinux
import Logging
import NIOCore
import RhythmAPI
import RhythmCore
import RhythmFacts
import RhythmReport
import RhythmStore
import Synchronization

/// The daemon's one writer: scans, stores, evaluates, and keeps the alert files.
///
/// It works on an event loop of its own, where the worker's output arrives too. Readers take the latest ``Snapshot`` and
/// do not wait for it.
actor Engine {
    nonisolated let executor: LoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated let store: Store
    nonisolated let published = Mutex(Snapshot())

    let setup: DaemonSetup
    /// Held while this lives. Without it this only reads what another daemon left, and changes nothing.
    let lock: InstanceLock?
    let log: Logger
    var config: Config
    var rules: EvidenceRules
    private var surfaces: Surfaces
    private var alarm: WallClockAlarm?
    private var zoneWatch: FileWatch?
    var pass: ScanPass?
    private var progress = ScanProgress()
    private var waiting = ScanRequest()
    private var running = ScanRequest()
    /// What the pass said of repositories and is not in the store yet.
    private var unstored: [FactBlock] = []
    private var lastStored = NIODeadline.uptimeNanoseconds(0)
    private var unchanged: [String] = []
    /// A pass over much was through, and what it needed is not given back.
    private var keepsMemory = false
    /// What went wrong since the pass began.
    private var failure: String?
    private var unreadableRoot: String?
    /// What went wrong in the last pass over all repositories.
    private(set) var lastWholeFailure: String?
    var discoveredAt: Timestamp?
    /// The beginning of the last good pass over all repositories, of this process or an earlier one. What happened since
    /// may not have been seen, so a period that closed since is not judged missed.
    var seenUntil: Timestamp?
    private var passBeganAt = Timestamp(0)
    /// When the last pass of this process over all repositories ended, however it went.
    private(set) var passEndedAt: Timestamp?
    /// A pass of this process over all repositories is through.
    var hasScanned = false
    private var lastPublished = NIODeadline.uptimeNanoseconds(0)
    private(set) var stopping = false
    private let hooks: HookRunner
    var watching = Watching()
    var upkeep = Upkeep()

    init(
        setup: DaemonSetup, config: Config, store: Store, lock: InstanceLock?, executor: LoopExecutor, log: Logger
    ) {
        self.lock = lock
        self.setup = setup
        self.config = config
        self.store = store
        self.executor = executor
        self.log = log
        hooks = HookRunner(
            hooks: config.hooks, notify: config.notify, environment: setup.environment,
            alertList: setup.alertFolder.list, loop: executor.loop, log: log, now: setup.now)
        surfaces = Surfaces(paths: setup.paths, host: setup.host, log: log)
        rules = EvidenceRules(
            calendar: CalendarHistory(config.calendar(machine: setup.zone()).rule(machine: setup.zone())),
            countMerges: config.merges, credit: config.credit)
    }

    /// Whether this is the daemon, and not what answers for one that is down.
    var isLive: Bool { lock != nil }

    nonisolated var snapshot: Snapshot { published.withLock { $0 } }

    /// Brings what is stored up to the rules in force, and publishes it: from then on there is something to answer.
    ///
    /// - Parameter trouble: what makes the answers less than they could be.
    func prepare(trouble: String? = nil) throws {
        seenUntil = try store.seenUntil()
        published.withLock { [seenUntil] in
            $0.scannedAt = seenUntil
            $0.trouble = trouble
        }
        guard lock != nil else {
            rules = try recordedRules(config)
            return try evaluate(alerting: false)
        }
        try adopt(config)
        try reportRecovery()
        try evaluate(alerting: false)
    }

    /// Begins the first scan, and from then on follows the clock and what happens in the repositories.
    ///
    /// - Parameter watch: the event loop of the watch.
    func start(watch: any EventLoop) {
        let alarm = NIOLoopBound(
            WallClockAlarm(loop: executor.loop) { [self] in assumeIsolated { $0.ring() } }, eventLoop: executor.loop)
        self.alarm = alarm.value
        watchZone()
        hooks.onOutcome = { [self] _, _ in
            assumeIsolated { engine in
                let failing = engine.hooks.failing
                engine.published.withLock { $0.failingHooks = failing }
            }
        }
        showSurfaces()
        followDamage()
        startWatching(on: watch)
    }

    /// Leaves the state folder to another daemon, once ``endWork()`` is through.
    func letGo() {
        guard let lock else { return }
        surfaces.remove()
        do {
            try store.close()
            lock.leave(keeper.mark())
        } catch {
            log.warning("the database was not closed well", metadata: ["reason": "\(error)"])
        }
        lock.release()
    }

    /// Ends the scan that may be running and those that wait for one; no other begins.
    func endWork() async {
        stopping = true
        stopWatching()
        alarm?.stop()
        alarm = nil
        zoneWatch?.stop()
        zoneWatch = nil
        finishWaiters(of: &waiting, with: ScanProgress())
        if let pass {
            pass.cancel()
            await endOfPass()
        }
        try? await hooks.stop().get()
        _ = try? await upkeep.backup?.get()
        try? await upkeep.replacement?.futureResult.get()
    }

    /// Takes on another config. Evidence that it judges differently is judged again, and the repositories are read again
    /// where the worker has to look at them differently.
    func reload(_ config: Config) throws {
        try requireLock()
        try adopt(config)
        self.config = config
        hooks.adopt(hooks: config.hooks, notify: config.notify)
        // What the new config lets count is seen first, before anything is called missed.
        try evaluate(alerting: false)
        scan(ScanRequest(discover: true))
    }

    private func adopt(_ config: Config) throws {
        let now = setup.now()
        try store.adopt(config.calendar(machine: setup.zone()), now: now)
        rules = try recordedRules(config)
        try store.adopt(rules, now: now)
        try store.adopt(config.rhythms, now: now)
    }

    /// A machine that is given another zone counts its days by that one from then on, and nags by it.
    private func watchZone() {
        do {
            zoneWatch = try FileWatch(path: setup.localtime, loop: executor.loop) { [self] in
                assumeIsolated { $0.zoneMayHaveChanged() }
            }
        } catch {
            log.warning(
                "a change of the machine's zone will be noticed at the next reload", metadata: ["reason": "\(error)"])
        }
    }

    private func zoneMayHaveChanged() {
        guard !stopping else { return }
        attempt("taking on the machine's zone") {
            try adopt(config)
            try evaluate(alerting: pass == nil)
        }
        setAlarm()
    }

    /// The rules with the day rules as they are recorded.
    private func recordedRules(_ config: Config) throws -> EvidenceRules {
        let records = try store.calendarRecords()
        let machine = setup.zone()
        let versions = records.map {
            CalendarHistory.Version(rule: $0.record.rule(machine: machine), recordedAt: $0.recordedAt)
        }
        let calendar =
            CalendarHistory(versions: versions)
            ?? CalendarHistory(config.calendar(machine: machine).rule(machine: machine))
        return EvidenceRules(calendar: calendar, countMerges: config.merges, credit: config.credit)
    }

    /// What the clock brings: a day begins, a dated item's time comes, the repositories are due for a look.
    private func ring() {
        guard !stopping else { return }
        let now = setup.now()
        let due = pass == nil ? dueScan(now) : nil
        // A commit made just before midnight must be seen before anything is called missed.
        attempt("evaluating") { try evaluate(alerting: pass == nil && due == nil) }
        if let due { scan(due) }
        setAlarm()
    }

    func startOfToday(_ now: Timestamp) -> Timestamp {
        rules.calendar.start(of: rules.calendar.day(of: now))
    }

    func setAlarm() {
        let now = setup.now()
        let nextDay = rules.calendar.start(of: rules.calendar.day(of: now) + 1)
        let nextItem = (try? store.nextFutureItem()) ?? nil
        let nextNag = (try? alertKeeper()?.nextNag(after: snapshot.assessment)) ?? nil
        // While a pass runs its end sets the alarm; a stuck one must not make this ring again and again.
        let next =
            [
                nextDay, pass == nil ? nextScan(now) : nextDay, nextItem.map { max($0, now + 60) } ?? nextDay,
                // One that is past could not be said; a disk that is full must not make this ring every second.
                nextNag.map { $0 > now ? $0 : now + 60 } ?? nextDay,
            ].min() ?? nextDay
        alarm?.set(to: max(next, now + 1))
    }

    // MARK: Scanning

    /// Reads the repositories once more, after the pass that may be running, and returns how that went.
    ///
    /// - Parameter onProgress: told of each step.
    func scanNow(fresh: Bool, onProgress: @escaping @Sendable (ScanProgress) -> Void) async throws -> ScanProgress {
        try requireLock()
        return await withCheckedContinuation { continuation in
            scan(ScanRequest(discover: true, fresh: fresh, listeners: [onProgress], waiters: [continuation]))
        }
    }

    func scan(_ request: ScanRequest) {
        waiting.merge(request)
        if stopping { return finishWaiters(of: &waiting, with: ScanProgress()) }
        // A client may ask before the start is over; it is answered after the first pass, like those who ask during it.
        if alarm != nil && pass == nil && watching.patience == nil { beginPass() }
    }

    /// Reads everything first, and only then what has been asked for by now.
    func beginFirstPass() {
        watching.patience?.cancel()
        watching.patience = nil
        let asked = waiting
        waiting = ScanRequest(discover: true, fresh: upkeep.readsAnew)
        beginPass()
        waiting.merge(asked)
    }

    func beginPass() {
        guard !stopping, upkeep.replacement == nil, pass == nil, !waiting.isEmpty else { return }
        running = waiting
        waiting = ScanRequest()
        if !running.finishing { progress = ScanProgress() }
        progress.begun = 0
        unchanged = []
        failure = nil
        passBeganAt = setup.now()
        if running.discover { unreadableRoot = nil }
        do {
            let job = try makeJob(running)
            progress.total = progress.done + job.repositories.count
            if !running.all, job.repositories.isEmpty, job.folders.isEmpty, running.paths.isEmpty,
                !running.notes || job.roadmap == nil
            {
                return endPass(trouble: nil)
            }
            let pass = ScanPass(
                job: job, program: setup.scanner, environment: setup.environment, loop: executor.loop,
                limits: setup.scanLimits
            ) { [self] event in assumeIsolated { $0.take(event) } }
            self.pass = pass
            showStatusLine()
            if running.all || running.finishing { published.withLock { $0.scanning = true } }
            pass.start()
        } catch {
            endPass(trouble: "\(error)")
        }
    }

    private func makeJob(_ request: ScanRequest) throws -> Job {
        var repositories = try store.scanTargets(request.all ? nil : request.only)
        if request.fresh {
            for index in repositories.indices { repositories[index].lastScan = nil }
        }
        let now = setup.now()
        if request.discover { discoveredAt = now }
        let recent = RecentWeeks.firstDay(before: rules.calendar.day(of: now), weekStart: config.weekStart)
        repositories += request.paths.map { .init(path: $0) }
        var job = Job(
            identity: config.identity, devlogGlobs: config.devlog, pathGlobs: config.pathGlobs,
            roots: request.discover ? roots.map { .init(path: $0, depth: config.depth) } : [],
            excludes: config.exclude, repositories: repositories,
            horizon: request.finishing || request.fresh ? nil : rules.calendar.start(of: recent),
            skip: try store.unwatchedGitDirs().sorted())
        if request.notes {
            job.folders = try store.noteFolders(
                config.devlogFolders.compactMap { atHome($0, home: setup.home) }, rules: rules, now: now)
            if request.fresh { for index in job.folders.indices { job.folders[index].view = nil } }
        }
        job.roadmap = try store.roadmapJob(roadmapFile)
        if request.fresh { job.roadmap?.last = nil }
        job.releaseGlobs = config.releases
        job.journal = .init(path: setup.journal(config), isRead: request.discover)
        return job
    }

    private func take(_ event: ScanPass.Event) {
        switch event {
        case .reading(let gitDir, let commits):
            progress.repository = gitDir
            progress.commitsInRepository = commits
        case .repository(let block):
            if block.repository?.extent == .recent { progress.begun += 1 } else { progress.done += 1 }
            if block.repository.map({ !$0.gitDir.hasPrefix("/") }) ?? false { progress.others += 1 }
            progress.commitsRead += block.summary?.commitsRead ?? 0
            progress.commitsInRepository = 0
            attempt("storing a scan") { try take(block) }
        case .problem(let problem, let isRepository):
            attempt("storing a problem") { try note(problem, isRepository: isRepository) }
        case .complaint(let line):
            log.warning("scan worker", metadata: ["message": "\(line)"])
        case .finished(let trouble):
            attempt("storing a scan") { try storeTaken() }
            return endPass(trouble: trouble)
        }
        progress.total = max(progress.total, progress.done + progress.begun)
        // Those who wait for the next pass see this one go by first.
        for listener in running.listeners + (running.all || running.finishing ? waiting.listeners : []) {
            listener(progress)
        }
    }

    private func take(_ block: FactBlock) throws {
        guard let repository = block.repository else { return }
        if repository.extent == .delta && block.count == 0 && !repository.rewritten && repository.releases == nil {
            unchanged.append(repository.gitDir)
            return
        }
        unstored.append(block)
        let size = unstored.reduce(0) { $0 + $1.size }
        if size > Self.largestPortion || .now() - lastStored > .milliseconds(100) { try storeTaken() }
        // A first scan of a thousand repositories shows what it has, without evaluating after each.
        if .now() - lastPublished > .milliseconds(500) { try evaluate(alerting: false) }
    }

    /// Bytes of facts, at most about, that are stored at once: what a change of the ledger costs besides what it holds is
    /// paid once for all of them, and there are thousands of repositories in a first scan.
    private static let largestPortion = 4 << 20

    private func storeTaken() throws {
        let blocks = unstored
        unstored = []
        defer { lastStored = .now() }
        do {
            try store(blocks)
        } catch  where blocks.count > 1 {
            if case StoreError.full = error { throw error }
            // Whose facts cannot be stored must not keep the others' from it.
            for block in blocks { attempt("storing a scan") { try store([block]) } }
        }
    }

    private func store(_ blocks: [FactBlock]) throws {
        let scans = blocks.compactMap { block in
            block.repository.map { ScannedRepository($0) { try block.forEach($0) } }
        }
        guard !scans.isEmpty else { return }
        let outcomes = try store.record(scans, identity: config.identity, rules: rules, now: setup.now())
        for (scan, outcome) in zip(scans, outcomes) {
            progress.new += outcome.new
            log.debug("stored", metadata: ["repository": "\(scan.repository.gitDir)", "new": "\(outcome.new)"])
            if scan.repository.rewritten {
                log.info("history was rewritten", metadata: ["repository": "\(scan.repository.gitDir)"])
            }
        }
    }

    private func note(_ problem: ProblemFact, isRepository: Bool) throws {
        let details: Logger.Metadata = [
            "path": "\(problem.path)", "code": "\(problem.code)", "message": "\(problem.message)",
        ]
        if running.paths.contains(problem.path) { progress.refusals[problem.path] = problem.message }
        if try store.recordProblem(problem, isRepository: isRepository, now: setup.now()) {
            progress.done += 1
            progress.problems += 1
            if !problem.path.hasPrefix("/") { progress.others += 1 }
            if let folder = RepositoryFact.notesFolder(problem.path) {
                progress.unreadableFolders.append(NotesProblem(folder: folder, message: problem.message))
            }
            if let file = RepositoryFact.roadmapFile(problem.path) {
                progress.unreadableFolders.append(NotesProblem(roadmap: file, message: problem.message))
            }
            log.notice("cannot read a repository", metadata: details)
        } else if roots.contains(problem.path) {
            unreadableRoot = "cannot look for repositories in \(problem.path): \(problem.message)"
            log.warning("cannot read a root", metadata: details)
        } else {
            // A folder on the way, such as another user's; there are always some.
            log.log(
                level: problem.code == "unsupported" ? .warning : .debug, "cannot look into a folder",
                metadata: details)
        }
    }

    var roadmapFile: String? { config.roadmap.flatMap { atHome($0, home: setup.home) } }

    var roots: [String] { config.roots.compactMap { atHome($0, home: setup.home) } }

    private func endPass(trouble: String?) {
        pass = nil
        if let trouble, !stopping { log.error("a scan was given up", metadata: ["reason": "\(trouble)"]) }
        failure = failure ?? trouble
        let now = setup.now()
        keepsMemory = keepsMemory || running.all || running.finishing
        // One that midnight overtook may have missed the last commits of the day, so another follows at once.
        let overtaken = passBeganAt < startOfToday(now)
        // One that was at a few repositories, and found nothing, changed nothing that could be told.
        let isIdle =
            !running.all && failure == nil && progress.done + progress.begun == unchanged.count
            && progress.problems == 0
            && !snapshot.repositories.contains { $0.problem != nil && unchanged.contains($0.gitDir) }
            && snapshot.unreadableFolders.isEmpty
        var rest: ScanRequest?
        attempt("ending a scan") {
            try store.recordUnchanged(gitDirs: unchanged, now: now)
            if failure == nil && running.all {
                // This process went on looking in between; before it, another may have ended any time after its last pass.
                let interval = hasScanned ? max(config.scanEvery, config.discoverEvery) : config.scanEvery
                try store.cover(passBeganAt, slack: 2 * interval)
                seenUntil = passBeganAt
                hasScanned = true
                if running.discover { try store.recordSurvey(now: now) }
            }
            if failure == nil && !running.finishing && !stopping {
                rest = try store.unfinishedHistory().map { running.rest(only: $0.gitDirs) }
            }
            if !isIdle { try evaluate(alerting: !overtaken) }
        }
        if failure == nil && rest == nil && (running.all || running.finishing) { backUpIfDue(now) }
        if overtaken && !stopping { waiting.merge(ScanRequest(discover: false)) }
        settle(now)
        let trouble = failure ?? lastWholeFailure ?? unreadableRoot ?? nothingToCount
        progress.failure = failure
        let seen = unseen.isEmpty && hasScanned ? passBeganAt : seenUntil
        published.withLock {
            $0.scanning = false
            $0.scannedAt = seen
            $0.trouble = trouble
        }
        showStatusLine()
        if let rest {
            waiting.merge(rest)
            running = ScanRequest()
            log.debug("looked at the recent weeks", metadata: ["repositories": "\(progress.begun)"])
        } else {
            // One that was asked for by two of its paths answers once.
            if failure == nil { progress.total = progress.done }
            let finished = progress
            finishWaiters(of: &running, with: finished)
            log.debug("scanned", metadata: ["repositories": "\(finished.done)", "new": "\(finished.new)"])
        }
        setAlarm()
        beginPass()
        if keepsMemory && pass == nil { giveBackMemory() }
    }

    /// What a scan of all history needed is no measure of what an idle daemon needs.
    private func giveBackMemory() {
        keepsMemory = false
        attempt("tidying up") { try store.tidyUp() }
        malloc_trim(0)
        clinux_forget_program_text()
    }

    /// Takes note of what the pass that ended was at.
    private func settle(_ now: Timestamp) {
        if running.all {
            passEndedAt = now
            lastWholeFailure = failure
            if failure == nil { watching.owed = [] }
        } else if failure == nil {
            watching.owed.subtract(running.only)
        } else {
            watching.owed.formUnion(running.only)
        }
        let sawNotes = running.notes || config.devlogFolders.isEmpty
        if running.all || sawNotes && running.only.isSuperset(of: unseen) { watching.checkedAt = now }
        if running.all && !snapshot.unwatched.isEmpty { watch() }
    }

    /// Why nothing can count: there is no repository, or nobody ever said who the user is.
    private var nothingToCount: String? {
        let repositories = snapshot.repositories.filter { $0.problem == nil }
        if repositories.isEmpty {
            return "no repository was found under \(roots.joined(separator: ", ")), \(config.depth) folders deep; "
                + "name other folders as roots under [repositories] in \(setup.paths.config)"
        }
        guard config.emails.isEmpty, config.names.isEmpty, repositories.allSatisfy(\.emails.isEmpty) else {
            return nil
        }
        return "no email is known to be yours, so nothing counts; set user.email in git, or emails under [identity] in "
            + setup.paths.config
    }

    private func finishWaiters(of request: inout ScanRequest, with progress: ScanProgress) {
        let waiters = request.waiters
        request = ScanRequest()
        for waiter in waiters { waiter.resume(returning: progress) }
    }

    func setUnwatched(_ unwatched: [String: Unwatched]) {
        published.withLock { $0.unwatched = unwatched }
    }

    // MARK: Evaluating

    /// Judges everything at this moment, publishes it, and brings the alerts in line.
    ///
    /// - Parameter alerting: false in the middle of a scan, when what is missing may just not be read yet.
    func evaluate(alerting: Bool = true) throws {
        let now = setup.now()
        if lock != nil { _ = try store.promoteFuture(rules: rules, now: now) }
        let assessor = try assessor()
        let assessment = try assessor.assess(now: now, seenUntil: seenUntil)
        let repositories = try store.repositories()
        var unreadableFolders = try store.noteFolderProblems().map {
            NotesProblem(folder: $0.path, message: $0.message)
        }
        if let file = roadmapFile, let problem = try store.roadmap(file)?.problem {
            unreadableFolders.append(NotesProblem(roadmap: file, message: problem))
        }
        let unreadableEntries = try store.unreadableFiles().count
        // Before all history is read, missing evidence says nothing; nor does that of a day's last hours before a pass went
        // over everything since, unless none gets through.
        let hasSeenYesterday = seenUntil.map { $0 >= startOfToday(now) } ?? false || lastWholeFailure != nil
        if alerting && hasScanned && hasSeenYesterday && assessment.completeSince == nil { try alert(assessment) }
        let alerts = try alerts(try store.episodes(), assessment)
        published.withLock {
            $0.assessment = assessment
            $0.unfinished = assessor.isSurveyed ? assessor.unfinished?.gitDirs.count : nil
            $0.alerts = alerts
            $0.repositories = repositories
            $0.unreadableFolders = unreadableFolders
            $0.unreadableEntries = unreadableEntries
            $0.asOf = hasScanned ? nil : seenUntil
            $0.weekStart = config.weekStart
        }
        lastPublished = .now()
        watch(again: false)
        // Only a daemon that can be talked to has something to show.
        if alarm != nil {
            showSurfaces()
            showStatusLine()
        }
    }

    private func showStatusLine() {
        let isReading = pass != nil && (running.all || running.finishing)
        setup.manager?.show(snapshot.statusLine(reading: isReading ? progress : nil))
    }

    private func showSurfaces() {
        surfaces.show(
            Wire.Status.Reply(snapshot, setup: setup), until: rules.calendar.start(of: snapshot.today + 1),
            scannedAt: seenUntil, metrics: config.prometheus.flatMap { atHome($0, home: setup.home) },
            repositories: snapshot.repositories.filter { $0.standing == .tracked }.map {
                .init(path: $0.workDir ?? $0.gitDir, commits: $0.own, isReadable: $0.problem == nil)
            })
    }

    func assessor() throws -> Assessor {
        try Assessor(store: store, config: config, rules: rules, roadmap: roadmapFile)
    }

    private func alert(_ assessment: Assessment) throws {
        guard let keeper = try alertKeeper() else { return }
        let assessor = try assessor()
        let outcome = try keeper.look(at: assessment) { instant in
            try assessor.assess(now: instant, seenUntil: nil, from: Vantage(at: instant))
        }
        for transition in outcome.transitions {
            log.notice(
                "alert",
                metadata: [
                    "id": "\(transition.period)-\(transition.rhythm)", "state": "\(transition.to.rawValue)",
                    "at": "\(rules.calendar.text(transition.at))",
                ])
        }
        // Before the hooks, so that what they are told of is there; a folder that cannot be written keeps none of them quiet.
        attempt("writing alerts") {
            try writeAlerts(assessment, changed: outcome.changed)
            try setup.digestFolder.sync(assessment, since: keeper.installedAt)
        }
        let events = try AlertEvents(
            outcome, assessment: assessment, folder: setup.alertFolder, policy: config.nagPolicy, store: store)
        // What is over first: it takes back what may wait to be said.
        for event in events.over { hooks.take(event) }
        if outcome.isCatchUp { hooks.take(together: events.nags) } else { events.nags.forEach(hooks.take) }
    }

    func alertKeeper() throws -> AlertKeeper? {
        try store.installedAt().map {
            AlertKeeper(store: store, policy: config.nagPolicy, installedAt: $0, log: log)
        }
    }

    /// Brings the alert files in line with the episodes.
    func writeAlerts(_ assessment: Assessment, changed: [Episode] = []) throws {
        let episodes = try store.episodes(ids: setup.alertFolder.files.union(changed.map(\.id)))
        try setup.alertFolder.sync(alerts(episodes, assessment), assessment: assessment)
    }

    // MARK: Repositories

    func setStanding(_ standing: TrackedRepository.Standing, of id: Int64) throws {
        try requireLock()
        try store.setStanding(standing, of: id, rules: rules, now: setup.now())
        // One that is tracked again has to be read first.
        try evaluate(alerting: standing != .tracked)
    }

    func forget(_ id: Int64) async throws {
        try requireLock()
        // A pass that is at this repository would bring it back.
        while pass != nil { await endOfPass() }
        try store.forget(id, rules: rules, now: setup.now())
        try evaluate()
    }

    /// Reads a repository that no root need lead to; from then on it is known and read like the others.
    func addRepository(_ path: String) async throws {
        try requireLock()
        _ = try await outcome(of: ScanRequest(discover: false, paths: [path]), at: path)
    }

    /// Reads one repository, known or not, and returns when what it holds is judged.
    func look(at path: String, known: TrackedRepository?) async throws -> ScanProgress {
        try requireLock()
        if let known, known.standing != .tracked {
            throw WireError.unavailable("\(path) is \(known.standing.rawValue), so it is not read")
        }
        return try await outcome(
            of: known.map { ScanRequest(only: [$0.gitDir]) } ?? ScanRequest(only: [], paths: [path]), at: path)
    }

    private func outcome(of request: ScanRequest, at path: String) async throws -> ScanProgress {
        let outcome: ScanProgress = await withCheckedContinuation { continuation in
            var request = request
            request.waiters = [continuation]
            scan(request)
        }
        if let refusal = outcome.refusals[path] { throw WireError.unavailable("\(path): \(refusal)") }
        return outcome
    }

    /// Returns when the pass that is running is over.
    func endOfPass() async {
        _ = await withCheckedContinuation { (ended: CheckedContinuation<ScanProgress, Never>) in
            running.waiters.append(ended)
        }
    }

    func requireLock() throws {
        if lock == nil { throw WireError.unavailable("rhythmd is not running, and this needs it") }
    }

    func attempt(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            log.error("trouble while \(what)", metadata: ["error": "\(error)"])
            failure = "\(error)"
            published.withLock { $0.trouble = "\(error)" }
        }
    }
}
