import RhythmAPI
import RhythmCore
import RhythmStore

/// What the daemon answers, as values; the wire is the handlers' affair.
struct Answers: Sendable {
    let engine: Engine
    let setup: DaemonSetup

    /// - Throws: ``WireError``, ``StoreError``.
    func status(_ travel: Wire.Travel) async throws -> Wire.Status.Reply {
        Wire.Status.Reply(try await snapshot(travel), setup: setup)
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func report(_ parameters: Wire.Report.Parameters) async throws -> Wire.Report.Reply {
        let snapshot = try await snapshot(.init(at: parameters.at, asKnown: parameters.asKnown))
        let last = parameters.last ?? 1
        guard last >= 1 else { throw WireError.invalidParameter("last") }
        let named = try parameters.period.map { try period($0, snapshot) }
        // One that ended is part of the past that a period names.
        let rhythms = snapshot.assessment.rhythms + (named == nil ? [] : snapshot.assessment.ended)
        let results = rhythms.flatMap { evaluation in
            let periods = evaluation.periods.filter { result in
                guard let named else { return true }
                // A window belongs to the day that it is judged on.
                return result.period.cadence.isDaily
                    ? named.days.contains(result.period.last) : named.days.overlaps(result.period.days)
            }
            return periods.suffix(named == nil ? last : periods.count).reversed()
                .map { wire($0, of: evaluation, snapshot) }
        }
        if let named, results.isEmpty {
            throw WireError.unknownPeriod(
                named.id, expected: "the rhythms began \(snapshot.beginning) and the open period is the last")
        }
        return Wire.Report.Reply(
            freshness: Wire.Freshness(snapshot, now: setup.now()), rhythms: results, alerts: alerts(snapshot))
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func explain(_ parameters: Wire.Explain.Parameters) async throws -> Wire.Explain.Reply {
        let snapshot = try await snapshot(.init(at: parameters.at, asKnown: parameters.asKnown))
        var found = snapshot.assessment.rhythm(parameters.rhythm)
        if found == nil, parameters.rhythm == "active-days" {
            found = try await engine.activeDays(from: snapshot.vantage)
        }
        guard let evaluation = found else {
            throw WireError.unknownRhythm(
                parameters.rhythm, known: (snapshot.assessment.rhythms + snapshot.assessment.ended).map(\.id))
        }
        var result = evaluation.newest
        if let named = parameters.period {
            guard let period = evaluation.periods.first(where: { $0.period.id == named }) else {
                throw WireError.unknownPeriod(
                    named,
                    expected: "\(evaluation.id) goes from \(evaluation.periods[0].period.id) to "
                        + evaluation.newest.period.id)
            }
            result = period
        }
        let (items, rules) = try await engine.evidence(
            behind: result, of: evaluation, from: snapshot.vantage)
        return Wire.Explain.Reply(
            freshness: Wire.Freshness(snapshot, now: setup.now()), result: wire(result, of: evaluation, snapshot),
            rules: rules, items: items)
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func goals(_ travel: Wire.Travel) async throws -> Wire.Goals.Reply {
        let snapshot = try await snapshot(travel)
        return Wire.Goals.Reply(
            freshness: Wire.Freshness(snapshot, now: setup.now()),
            goals: snapshot.assessment.goals.map(Wire.Goal.init))
    }

    // MARK: Excuses

    func excuses(_ travel: Wire.Travel) async throws -> Wire.Excuses.Reply {
        .init(excuses: try await engine.excuses(from: try await snapshot(travel).vantage))
    }

    func addExcuse(_ parameters: Wire.AddExcuse.Parameters) async throws -> Wire.AddExcuse.Reply {
        func day(_ name: String, _ text: String) throws -> CalendarDay {
            guard let day = CalendarDay(text) else {
                throw WireError.notUnderstood(name, text, expected: ["a day such as 2026-11-23"])
            }
            return day
        }
        let first = try day("from", parameters.from)
        let last = try day("to", parameters.to)
        guard first <= last else {
            throw WireError.notUnderstood("to", parameters.to, expected: ["a day from \(first) on"])
        }
        let known = engine.snapshot.assessment.rhythms.map(\.id)
        if let rhythm = parameters.rhythm, !known.contains(rhythm) {
            throw WireError.unknownRhythm(rhythm, known: known)
        }
        let excuse = Excuse(first: first, last: last, why: parameters.why, rhythms: parameters.rhythm.map { [$0] })
        let id = try await engine.excuse(excuse, rhythm: parameters.rhythm)
        return .init(
            excuse: Wire.Excuse(
                id: Int(id), from: first.description, to: last.description, why: parameters.why,
                rhythm: parameters.rhythm))
    }

    func revokeExcuse(_ parameters: Wire.RevokeExcuse.Parameters) async throws -> Wire.None {
        guard try await engine.revokeExcuse(Int64(parameters.id)) else { throw WireError.unknownExcuse(parameters.id) }
        return .init()
    }

    // MARK: Trying out

    func check(_ parameters: Wire.Check.Parameters) async throws -> Wire.Check.Reply {
        do {
            let config = try Config.parse(parameters.text, file: parameters.file, home: setup.home)
            return .init(findings: [], changes: try await engine.changes(by: config))
        } catch let error as ConfigError {
            return .init(findings: error.findings.map(Wire.Finding.init), changes: [])
        }
    }

    func test(_ parameters: Wire.Test.Parameters) throws -> Wire.Test.Reply {
        do {
            let fixture = try Fixture.parse(parameters.text, file: parameters.file, home: setup.home)
            return .init(findings: [], expectations: fixture.run())
        } catch let error as ConfigError {
            return .init(findings: error.findings.map(Wire.Finding.init), expectations: [])
        }
    }

    func doctor() async throws -> Wire.Doctor.Reply {
        .init(findings: try await engine.doctor())
    }

    // MARK: The database

    /// - Throws: ``WireError``, ``StoreError``.
    func backUp() async throws -> Wire.Backup.Reply {
        let backup = try await engine.backUp(.manual)
        return .init(path: backup.path, bytes: backup.bytes)
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func restore(_ parameters: Wire.Restore.Parameters) async throws -> Wire.Restore.Reply {
        let (from, before) = try await engine.restore(parameters.path)
        return .init(from: from, before: before)
    }

    func repositories(_ travel: Wire.Travel) async throws -> Wire.Repositories.Reply {
        let snapshot = try await snapshot(travel)
        return Wire.Repositories.Reply(
            repositories: snapshot.repositories.map { Wire.Repository($0, in: snapshot) },
            unreadableFolders: snapshot.unreadableFolders.map(Wire.Finding.init))
    }

    func scan(
        _ parameters: Wire.Scan.Parameters, onProgress: @escaping @Sendable (Wire.Scan.Reply) -> Void
    ) async throws -> Wire.Scan.Reply {
        let fresh = parameters.fresh ?? false
        guard let path = parameters.repository else {
            return Wire.Scan.Reply(try await engine.scanNow(fresh: fresh) { onProgress(Wire.Scan.Reply($0)) })
        }
        guard !fresh else { throw WireError.notUnderstood("fresh", "true", expected: ["no repository beside it"]) }
        return Wire.Scan.Reply(try await engine.look(at: path, known: find(path)))
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func setRepository(_ parameters: Wire.SetRepository.Parameters) async throws -> Wire.SetRepository.Reply {
        if parameters.action == .add {
            if let known = find(parameters.path) { try await engine.setStanding(.tracked, of: known.id) }
            try await engine.addRepository(parameters.path)
            guard let added = find(parameters.path) else { throw WireError.unknownRepository(parameters.path) }
            return .init(repository: Wire.Repository(added, in: engine.snapshot))
        }
        guard let repository = find(parameters.path) else { throw WireError.unknownRepository(parameters.path) }
        switch parameters.action {
        case .add: break
        case .track:
            try await engine.setStanding(.tracked, of: repository.id)
            _ = try await engine.scanNow(fresh: false) { _ in }
        case .ignore: try await engine.setStanding(.ignored, of: repository.id)
        case .retire: try await engine.setStanding(.retired, of: repository.id)
        case .forget: try await engine.forget(repository.id)
        }
        return .init(repository: find(parameters.path).map { Wire.Repository($0, in: engine.snapshot) })
    }

    private func find(_ path: String) -> TrackedRepository? {
        let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        return engine.snapshot.repositories.first {
            [$0.workDir, $0.gitDir, $0.workDir.map { $0 + "/.git" }].contains(folder)
        }
    }

    private func period(_ id: String, _ snapshot: Snapshot) throws -> Period {
        guard let period = Period(id: id, weekStart: snapshot.weekStart) else {
            throw WireError.unknownPeriod(id, expected: "write a week as \(snapshot.week)")
        }
        return period
    }

    func alerts(_ snapshot: Snapshot) -> [Wire.Alert] {
        snapshot.alerts(in: setup.alertFolder)
    }

    private func wire(
        _ result: PeriodResult, of evaluation: RhythmEvaluation, _ snapshot: Snapshot
    ) -> Wire.PeriodResult {
        Wire.PeriodResult(result, of: evaluation, calendar: snapshot.calendar)
    }

    /// How things are, or were when `travel` says.
    func snapshot(_ travel: Wire.Travel) async throws -> Snapshot {
        guard let text = travel.at else {
            if travel.asKnown == true {
                throw WireError.notUnderstood("asKnown", "true", expected: ["at beside it, to say when"])
            }
            return engine.snapshot
        }
        guard let moment = Moment(text) else {
            throw WireError.notUnderstood(
                "at", text, expected: ["a day such as 2026-11-15", "or a time such as 2026-11-15T18:00"])
        }
        let now = setup.now()
        var at = moment.instant(by: engine.snapshot.calendar)
        // Today is as far as it has come.
        if case .day(let day) = moment, day == engine.snapshot.today { at = min(at, now) }
        guard at <= now else { throw WireError.notUnderstood("at", text, expected: ["a time that has come"]) }
        return try await engine.snapshot(from: Vantage(at: at, asKnown: travel.asKnown ?? false))
    }
}

extension Snapshot {
    fileprivate func alerts(in folder: AlertFolder) -> [Wire.Alert] {
        alerts.map { Wire.Alert($0, file: folder.file(of: $0.episode), in: assessment) }
    }

    fileprivate var week: String { Period(.week, holding: today, weekStart: weekStart).id }

    fileprivate var beginning: String {
        assessment.rhythms.compactMap(\.periods.first?.period.id).min().map { "in \($0)" } ?? "today"
    }
}

extension Wire.Status.Reply {
    init(_ snapshot: Snapshot, setup: DaemonSetup) {
        let calendar = snapshot.calendar
        let tracked = snapshot.repositories.filter { $0.standing == .tracked }
        self.init(
            freshness: Wire.Freshness(snapshot, now: setup.now()),
            rhythms: snapshot.assessment.rhythms.map { Wire.PeriodResult($0.newest, of: $0, calendar: calendar) },
            activeDays: snapshot.assessment.activeDays,
            goals: snapshot.assessment.goals.filter { !$0.goal.isQuiet }.map(Wire.Goal.init),
            alerts: snapshot.alerts(in: setup.alertFolder), repositories: tracked.count,
            unreadable: tracked.filter { $0.problem != nil }.map { Wire.Repository($0, in: snapshot) },
            unwatched: Dictionary(grouping: snapshot.unwatched.values, by: \.description)
                .map { Wire.Unwatched(why: $0, repositories: $1.count) }
                .sorted { ($1.repositories, $0.why) < ($0.repositories, $1.why) },
            unreadableFolders: snapshot.unreadableFolders.map(Wire.Finding.init),
            unreadableEntries: snapshot.unreadableEntries,
            failingHooks: snapshot.failingHooks.map { hook in
                Wire.FailingHook(
                    run: hook.argv, error: hook.lastError, since: calendar.text(hook.since), tries: hook.tries)
            },
            recovery: snapshot.recovery.flatMap {
                setup.now() - $0.at < 14 * 86_400 ? Wire.Recovery($0, setup: setup, calendar: calendar) : nil
            })
    }
}

extension Wire.Scan.Reply {
    init(_ progress: ScanProgress) {
        self.init(
            done: progress.done - progress.others,
            total: progress.total - (progress.total == progress.done ? progress.others : 0),
            repository: progress.repository,
            commitsRead: progress.commitsRead + progress.commitsInRepository, new: progress.new,
            problems: progress.problems, unreadableFolders: progress.unreadableFolders.map(Wire.Finding.init),
            trouble: progress.failure)
    }
}
