import Glibc
import NIOCore
import RhythmCore

/// Sees at once when refs move in the known repositories, and when repositories come and go beside them.
///
/// It lives on an event loop of its own: to watch a thousand repositories is tens of thousands of calls, and a disk may
/// take its time for each. Nothing here opens what lies on a file system of another machine.
actor RepositoryWatcher {
    nonisolated let executor: LoopExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    struct Limits: Sendable {
        /// Watches in all, where the kernel would allow more.
        var watches = Int.max
        /// Of these, folders without a repository that may get one.
        var waiting = 1000
    }

    /// Whom a watch belongs to. There are tens of thousands of these.
    struct Watch {
        var owner: Int32
        /// Nil for a folder that is in no git dir.
        var folder: GitFolder?
    }

    struct Repository {
        enum State: Equatable {
            case watched
            /// It is not where it was. A watch on the nearest folder that is there tells when it comes back.
            case absent
            case unwatched(Unwatched)
        }

        var gitDir: String
        var place: String
        /// Else it is one that nobody has read yet.
        var isKnown: Bool
        var state: State?
    }

    let limits: Limits
    private let report: @Sendable (WatchEvent) -> Void
    private var inotify: Inotify?
    private var failure: CInt = 0
    private var channel: (any Channel)?
    private var stopped = false

    var scope = WatchScope()
    var roots: [String] = []
    var excludes = FolderExcludes([])
    var mounts: MountTable?
    private var watches: [CInt: Watch] = [:]
    var repositories: [Int32: Repository] = [:]
    var ids: [String: Int32] = [:]
    var folders = FolderTable()
    private var lastID: Int32 = 0
    /// The kernel gave no more watches; to be tried again at the next update.
    private var isFull = false
    private var reported: [String: Unwatched]?

    var settling = Settling()
    /// Paths at which there seem to be new repositories, whose git dir lies elsewhere or cannot be watched.
    var arrivals: Set<String> = []
    private var timer: Scheduled<Void>?
    private var timerDue = NIODeadline.distantFuture

    /// - Parameter report: called on this watcher's loop.
    init(loop: any EventLoop, limits: Limits, report: @escaping @Sendable (WatchEvent) -> Void) {
        executor = LoopExecutor(loop)
        self.limits = limits
        self.report = report
    }

    /// Does something here, after all that was asked before.
    nonisolated func perform(_ body: @escaping @Sendable (isolated RepositoryWatcher) -> Void) {
        executor.loop.execute { self.assumeIsolated { body($0) } }
    }

    func start() {
        do {
            let inotify = try Inotify()
            let opening = inotify.listen(
                on: executor.loop, onEvents: { [self] events in assumeIsolated { $0.take(events) } },
                onClose: { [self] in assumeIsolated { $0.fail(EIO) } })
            self.inotify = inotify
            opening.assumeIsolated().whenSuccess { [self] channel in assumeIsolated { $0.channel = channel } }
        } catch {
            failure = (error as? SystemError)?.code ?? EIO
        }
    }

    func stop() {
        stopped = true
        timer?.cancel()
        channel?.close(promise: nil)
        inotify = nil
    }

    /// Watches this from now on, and says what is new about it.
    func update(_ scope: WatchScope) {
        guard !stopped else { return }
        self.scope = scope
        excludes = FolderExcludes(scope.excludes)
        mounts = MountTable()
        isFull = false
        let wanted = Set(scope.repositories.map(\.gitDir))
        forget(
            repositories.filter {
                $0.value.isKnown && !wanted.contains($0.value.gitDir) || scope.ignored.contains($0.value.gitDir)
            }.keys)
        var new: [String] = []
        for repository in scope.repositories {
            let id = insert(repository.gitDir, place: repository.place)
            repositories[id]?.isKnown = true
            repositories[id]?.place = repository.place
            if repositories[id]?.state != .watched, watch(id) { new.append(repository.gitDir) }
        }
        watchFolders()
        reportUnwatched()
        report(.watching(new))
        settle()
    }

    // MARK: Repositories

    func insert(_ gitDir: String, place: String) -> Int32 {
        if let id = ids[gitDir] { return id }
        let id = nextID()
        ids[gitDir] = id
        repositories[id] = Repository(gitDir: gitDir, place: place, isKnown: false)
        return id
    }

    func nextID() -> Int32 {
        lastID += 1
        return lastID
    }

    func forget(_ ids: some Sequence<Int32>) {
        let ids = Set(ids)
        unwatch(ids)
        for id in ids {
            if let repository = repositories.removeValue(forKey: id) { self.ids[repository.gitDir] = nil }
        }
    }

    /// Watches all folders of a repository that are there by now, or none.
    ///
    /// - Returns: whether it is watched.
    @discardableResult
    func watch(_ id: Int32) -> Bool {
        guard let repository = repositories[id] else { return false }
        do {
            guard mounts?.tellsAll(repository.gitDir) ?? false else {
                throw Unwatched.fileSystem(mounts?.type(of: repository.gitDir) ?? "of an unknown type")
            }
            if isFull && repository.state != .watched { throw Unwatched.limit }
            var rivals: Set<Int32> = []
            try GitFolder.each(in: repository.gitDir) { path, folder in
                let number = try add(path, Inotify.contents)
                switch number {
                case .some(let number):
                    if let rival = watches[number], rival.owner != id {
                        if rival.folder == nil { folders.remove(rival.owner) } else { rivals.insert(rival.owner) }
                    }
                    watches[number] = Watch(owner: id, folder: folder)
                // Gone since it was listed, which there will be an event about.
                case nil where folder != .gitDir: break
                case nil: throw Absent()
                }
            }
            repositories[id]?.state = .watched
            giveUp(rivals, because: .shared)
            return true
        } catch is Absent {
            unwatch([id])
            repositories[id]?.state = .absent
            awaitReturn(of: id)
        } catch {
            giveUp([id], because: error as? Unwatched ?? .failed(EIO))
        }
        return false
    }

    private struct Absent: Error {}

    private func giveUp(_ ids: Set<Int32>, because reason: Unwatched) {
        guard !ids.isEmpty else { return }
        unwatch(ids)
        for id in ids { repositories[id]?.state = .unwatched(reason) }
    }

    func unwatch(_ ids: Set<Int32>) {
        guard !ids.isEmpty else { return }
        for (number, watch) in watches where watch.folder != nil && ids.contains(watch.owner) {
            inotify?.remove(number)
            watches[number] = nil
        }
    }

    /// - Returns: nil if there is no such folder.
    /// - Throws: ``Unwatched``.
    private func add(_ path: [UInt8], _ mask: UInt32) throws -> CInt? {
        guard let inotify else { throw Unwatched.unavailable(failure) }
        let number = inotify.add(path, mask)
        if number >= 0 {
            if watches.count < limits.watches || watches[number] != nil { return number }
            inotify.remove(number)
            errno = ENOSPC
        }
        switch errno {
        case ENOENT, ENOTDIR: return nil
        case ENOSPC:
            isFull = true
            throw Unwatched.limit
        case let code: throw Unwatched.failed(code)
        }
    }

    // MARK: Folders on the way

    /// - Returns: whether it is watched now.
    func watchFolder(_ path: String, isPassage: Bool) -> Bool {
        if let id = folders.id(of: path) {
            if isPassage { folders.setPassage(id) }
            return true
        }
        guard mounts?.tellsAll(path) ?? false,
            let number = try? add(FolderListing.bytes(path), Inotify.names)
        else { return false }
        if let other = watches[number] {
            // Its old path, if it was moved; the folder of a repository has its own events.
            if other.folder != nil {
                _ = inotify?.add(FolderListing.bytes(path), Inotify.contents)
                return false
            }
            folders.remove(other.owner)
        }
        let id = nextID()
        folders.insert(id, .init(watch: number, path: path, isPassage: isPassage))
        watches[number] = Watch(owner: id, folder: nil)
        if !isPassage, let oldest = folders.oldestWaiting(over: limits.waiting) { unwatchFolder(oldest) }
        return true
    }

    func unwatchFolder(_ id: Int32) {
        guard let folder = folders.remove(id) else { return }
        inotify?.remove(folder.watch)
        watches[folder.watch] = nil
    }

    // MARK: Events

    private func take(_ events: [Inotify.Event]) {
        guard !stopped else { return }
        let now = NIODeadline.now()
        var rebuilt: Set<Int32> = []
        var isLost = false
        for event in events {
            if event.has(IN_Q_OVERFLOW) { isLost = true }
            guard let watch = watches[event.watch] else { continue }
            if event.has(IN_IGNORED) { watches[event.watch] = nil }
            guard let folder = watch.folder else {
                takeFolderEvent(event, of: watch.owner)
                continue
            }
            let meaning = folder.meaning(of: event)
            guard meaning != .nothing else { continue }
            settling.note(watch.owner, at: now)
            guard meaning == .rebuilt else { continue }
            // What was moved elsewhere is still watched there.
            if folder == .gitDir, event.isEnd { unwatch([watch.owner]) }
            rebuilt.insert(watch.owner)
        }
        if isLost {
            lookAgain()
        } else {
            for id in rebuilt { watch(id) }
        }
        reportUnwatched()
        if isLost { report(.lost) }
        settle()
    }

    private func lookAgain() {
        for id in repositories.keys where !watch(id) { continue }
        for id in folders.all { unwatchFolder(id) }
        watchFolders()
    }

    private func fail(_ code: CInt) {
        guard !stopped else { return }
        inotify = nil
        failure = code
        watches = [:]
        folders = FolderTable()
        for id in repositories.keys { repositories[id]?.state = .unwatched(.unavailable(code)) }
        reportUnwatched()
    }

    private func reportUnwatched() {
        var unwatched: [String: Unwatched] = [:]
        for repository in repositories.values where repository.isKnown {
            if case .unwatched(let reason) = repository.state { unwatched[repository.gitDir] = reason }
        }
        if unwatched != reported { report(.unwatched(unwatched)) }
        reported = unwatched
    }

    /// Reports what has settled, and sets the timer for what has not.
    private func settle() {
        let now = NIODeadline.now()
        let due = settling.take(at: now)
        var changed: Set<String> = []
        var new = arrivals
        arrivals = []
        for id in due {
            guard let repository = repositories[id] else { continue }
            if repository.isKnown {
                changed.insert(repository.gitDir)
            } else if GitFolder.isComplete(repository.gitDir), GitFolder.hasRefs(repository.gitDir) {
                new.insert(repository.place)
            }
        }
        if !changed.isEmpty || !new.isEmpty { report(.changed(changed, new: new.sorted())) }
        guard let next = settling.next, timer == nil || next < timerDue else { return }
        timer?.cancel()
        timerDue = next
        timer = executor.loop.assumeIsolated().scheduleTask(deadline: next) { [self] in
            assumeIsolated {
                $0.timer = nil
                $0.settle()
            }
        }
    }
}
