import NIOCore
import RhythmCore
import RhythmStore

/// What the engine knows of the watch.
struct Watching {
    var watcher: RepositoryWatcher?
    /// As it was handed over last.
    var scope = WatchScope()
    /// The first pass waits until the known repositories are watched, so that nothing is missed in between; but no longer
    /// than this.
    var patience: Scheduled<Void>?
    /// It has said what it cannot watch. Until then it may not be there at all.
    var isUp = false
    /// Changed, and could not be read or stored since.
    var owed: Set<String> = []
    /// When the last pass ended that was at all the repositories which only the clock brings.
    var checkedAt: Timestamp?
}

/// When repositories are read: at once where something happened in them, by the clock where that cannot be seen.
///
/// A whole pass still comes first thing, when a day begins, and with each search of the roots. Only those move the instant
/// until which everything was seen: that the watch was silent is no proof that nothing happened.
extension Engine {
    /// Watches what is known by now, and then begins the first pass.
    func startWatching(on loop: any EventLoop) {
        let watcher = RepositoryWatcher(loop: loop, limits: setup.watchLimits) { [self] event in
            executor.loop.execute { self.assumeIsolated { $0.take(event) } }
        }
        watching.watcher = watcher
        watcher.perform { $0.start() }
        watching.patience = executor.loop.assumeIsolated().scheduleTask(in: .seconds(10)) { [self] in
            assumeIsolated { if $0.watching.patience != nil { $0.beginFirstPass() } }
        }
        watch()
    }

    func stopWatching() {
        watching.patience?.cancel()
        watching.watcher?.perform { $0.stop() }
        watching.watcher = nil
    }

    /// Hands over what is to be watched.
    ///
    /// - Parameter again: also if it is what is watched already, to try again what could not be.
    func watch(again: Bool = true) {
        guard let watcher = watching.watcher else { return }
        var scope = WatchScope(roots: roots, depth: config.depth, excludes: config.exclude)
        for repository in snapshot.repositories {
            if repository.standing == .tracked {
                let place =
                    repository.workDir
                    ?? (repository.gitDir.hasSuffix("/.git")
                        ? String(repository.gitDir.dropLast(5)) : repository.gitDir)
                scope.repositories.append(.init(gitDir: repository.gitDir, place: place))
            } else {
                scope.ignored.insert(repository.gitDir)
            }
        }
        guard again || scope != watching.scope else { return }
        watching.scope = scope
        watcher.perform { [scope] in $0.update(scope) }
    }

    private func take(_ event: WatchEvent) {
        switch event {
        case .watching(let gitDirs):
            watching.isUp = true
            if watching.patience != nil {
                beginFirstPass()
            } else if !gitDirs.isEmpty {
                scan(ScanRequest(only: Set(gitDirs)))
            }
        case .unwatched(let unwatched):
            setUnwatched(unwatched)
            setAlarm()
        case .changed(let gitDirs, let paths):
            var request = ScanRequest(only: gitDirs)
            for path in paths {
                // Another pass may have come upon it first.
                let known = watching.scope.repositories.first { $0.place == path }
                if let known { request.only.insert(known.gitDir) } else { request.paths.append(path) }
            }
            scan(request)
        case .lost: scan(ScanRequest(discover: true))
        }
    }

    /// Repositories of which no event tells: those that are not watched, and those of which the last reading failed.
    var unseen: Set<String> {
        let snapshot = snapshot
        let failing = snapshot.repositories.filter {
            $0.standing == .tracked && $0.problem.map { $0.code != "not-found" } ?? false
        }
        return watching.owed.union(snapshot.unwatched.keys).union(failing.map(\.gitDir))
    }

    /// Whether anything is read because time has passed. Folders of notes are: there may be any number of folders in them.
    private var asksClock: Bool { !config.devlogFolders.isEmpty || !unseen.isEmpty }

    /// Seconds from one whole pass to the next.
    var wholePassEvery: Int64 {
        lastWholeFailure == nil && watching.isUp ? config.discoverEvery : min(config.scanEvery, config.discoverEvery)
    }

    /// What the clock asks to be read by now.
    func dueScan(_ now: Timestamp) -> ScanRequest? {
        guard let last = passEndedAt else { return watching.patience == nil ? ScanRequest(discover: true) : nil }
        if now < last || now - last >= wholePassEvery || last < startOfToday(now) {
            let discover = discoveredAt.map { now - $0 >= config.discoverEvery || now < $0 } ?? true
            return ScanRequest(discover: discover)
        }
        guard asksClock, now - max(last, watching.checkedAt ?? last) >= config.scanEvery else { return nil }
        return ScanRequest(only: unseen, notes: true)
    }

    /// When the clock will ask for something to be read.
    func nextScan(_ now: Timestamp) -> Timestamp {
        let last = passEndedAt ?? now
        let whole = last + wholePassEvery
        return !asksClock ? whole : min(whole, max(last, watching.checkedAt ?? last) + config.scanEvery)
    }
}
