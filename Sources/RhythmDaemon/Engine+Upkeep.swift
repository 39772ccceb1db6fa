import Logging
import NIOCore
import RhythmAPI
import RhythmCore
import RhythmReport
import RhythmStore
import Synchronization

/// What the engine knows of the care for its database.
struct Upkeep {
    /// The one that is being made.
    var backup: EventLoopFuture<BackupFolder.Backup>?
    /// Kept once another file is in place of the database; nil while none is on the way. No pass begins before.
    var replacement: EventLoopPromise<Void>?
    /// When it was last put together again, by this process.
    var mendedAt: NIODeadline?
    /// The next whole pass reads all repositories as if it had never seen them.
    var readsAnew = false
}

/// Backups, going back to one, and what is done when the database turns out to be damaged.
extension Engine {
    nonisolated var keeper: DatabaseKeeper {
        DatabaseKeeper(paths: setup.paths, backups: setup.backupFolder, log: log, now: setup.now)
    }

    // MARK: Backups

    /// Makes one, while everything else goes on.
    func backUp(_ kind: BackupFolder.Kind) async throws -> BackupFolder.Backup {
        try requireQuiet()
        return try await startBackup(kind).get()
    }

    /// The clock needs no alarm of its own for this: a pass over all repositories ends once a day at least.
    func backUpIfDue(_ now: Timestamp) {
        guard !stopping, upkeep.backup == nil, upkeep.replacement == nil else { return }
        // Passes end at about the same time each day, but not to the second.
        let week: Int64 = 7 * 86_400 - 43_200
        let last = setup.backupFolder.all.first { $0.kind == .weekly }
        if let last, (0..<week).contains(now - last.at) { return }
        startBackup(.weekly).whenComplete { [log] result in
            switch result {
            case .success(let backup): log.info("backed up", metadata: ["backup": "\(backup.path)"])
            case .failure(let error): log.warning("no backup was made", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func startBackup(_ kind: BackupFolder.Kind) -> EventLoopFuture<BackupFolder.Backup> {
        // What a backup holds, the file itself holds then, whatever becomes of its log.
        if lock != nil { attempt("bringing the database into one file") { try store.checkpoint() } }
        let folder = setup.backupFolder
        let database = setup.paths.database
        let now = setup.now()
        let backup = onOwnThread(executor.loop) { try folder.make(kind, of: database, now: now) }
        upkeep.backup = backup
        backup.whenComplete { [self] result in
            assumeIsolated { engine in
                engine.upkeep.backup = nil
                if case .failure(StoreError.notADatabase) = result, engine.lock != nil { engine.mend() }
            }
        }
        return backup
    }

    // MARK: Going back

    /// Goes back to a backup, and reads the repositories again.
    ///
    /// - Parameter path: nil for the newest that can be used.
    /// - Returns: the backup, and where the database of before is now.
    func restore(_ path: String?) async throws -> (from: String, before: String?) {
        let keeper = keeper
        if lock == nil {
            try AtomicFile.makeFolder(setup.paths.state)
            let lock: InstanceLock
            do {
                lock = try InstanceLock(path: setup.paths.lock)
            } catch let error as AlreadyRunning {
                throw WireError.unavailable("\(error)")
            }
            defer { lock.release() }
            let prepared = try keeper.prepare(path)
            return (prepared.from, try keeper.put(prepared))
        }
        try requireQuiet()
        beginReplacing()
        defer { endReplacing() }
        let prepared = try await onOwnThread(executor.loop) { try keeper.prepare(path) }.get()
        await endPasses()
        try store.close()
        let before: String?
        do {
            before = try keeper.put(prepared)
        } catch {
            try store.reopen()
            throw error
        }
        try store.reopen()
        log.notice("went back to a backup", metadata: ["backup": "\(prepared.from)", "before": "\(before ?? "none")"])
        try goOn()
        return (prepared.from, before)
    }

    private func requireQuiet() throws {
        if upkeep.backup != nil || upkeep.replacement != nil {
            throw WireError.unavailable("the database is being copied already; try again in a moment")
        }
    }

    private func beginReplacing() {
        upkeep.replacement = executor.loop.makePromise()
    }

    private func endReplacing() {
        upkeep.replacement?.succeed()
        upkeep.replacement = nil
        followDamage()
        if watching.patience == nil { beginPass() }
    }

    private func endPasses() async {
        while let pass {
            pass.cancel()
            await endOfPass()
        }
    }

    /// Takes on what another file holds.
    private func goOn() throws {
        hasScanned = false
        try prepare()
        scan(ScanRequest(discover: true, fresh: upkeep.readsAnew))
        upkeep.readsAnew = false
        setAlarm()
    }

    // MARK: Damage

    /// ``prepare(trouble:)``, putting the database together again where that comes upon damage.
    func prepareMending() async throws {
        do {
            try prepare()
        } catch StoreError.notADatabase {
            try await putTogether()
            try prepare()
        }
    }

    /// From now on the database is put together again as soon as anything comes upon damage.
    func followDamage() {
        store.whenDamaged { [self] in executor.loop.execute { self.assumeIsolated { $0.mend() } } }
    }

    private func mend() {
        guard !stopping, upkeep.replacement == nil else { return }
        if let last = upkeep.mendedAt, .now() - last < .minutes(10) {
            let trouble = "\(setup.paths.database) is damaged again so soon that the disk or the memory may be failing"
            log.critical("\(trouble)")
            return published.withLock { $0.trouble = trouble }
        }
        beginReplacing()
        Task(executorPreference: executor) { await self.mendNow() }
    }

    private func mendNow() async {
        defer { endReplacing() }
        do {
            await endPasses()
            try await putTogether()
            try goOn()
        } catch {
            log.critical("the database could not be put together again", metadata: ["reason": "\(error)"])
            published.withLock { $0.trouble = "\(error)" }
        }
    }

    private func putTogether() async throws {
        upkeep.mendedAt = .now()
        // What cannot be brought into a damaged file stays in the log beside it.
        try? store.close()
        let keeper = keeper
        defer { try? store.reopen() }
        _ = try await onOwnThread(executor.loop) {
            try keeper.rebuild(because: "SQLite came upon damage at work")
        }.get()
    }

    /// Tells of the database having been put together again, once.
    func reportRecovery() throws {
        guard let recovery = try store.recovery() else { return }
        published.withLock { $0.recovery = recovery }
        guard try !store.isReported(recovery) else { return }
        let told = Wire.Recovery(recovery, setup: setup, calendar: rules.calendar)
        log.error(
            "the database was put together again",
            metadata: [
                "report": "\(told.report)", "lost": "\(recovery.lost.joined(separator: "; "))",
                "as-of-backup": "\(recovery.fromBackup.joined(separator: "; "))",
            ])
        // Where nothing is known there is nothing to know anew, and the recent weeks come first.
        upkeep.readsAnew = try !store.repositories().isEmpty
        attempt("writing a report") {
            try AtomicFile.makeFolder(setup.paths.reports)
            try AtomicFile.write(RecoveryDocument.markdown(told), to: told.report)
            try store.noteReported(recovery)
        }
    }
}
