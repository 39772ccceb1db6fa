import RhythmAPI
import RhythmCore
import RhythmStore

/// What the daemon answers, as values; the wire is the handlers' affair.
struct Answers: Sendable {
    let engine: Engine
    let setup: DaemonSetup

    func status() -> Wire.Status.Reply {
        let snapshot = engine.snapshot
        return Wire.Status.Reply(
            freshness: Wire.Freshness(snapshot, now: setup.now()),
            rhythms: snapshot.evaluations.map { Wire.PeriodResult($0.open, of: $0) },
            activeDays: snapshot.activeDays, alerts: alerts(snapshot),
            repositories: snapshot.repositories.count { $0.standing == .tracked },
            unreadable: snapshot.repositories.filter { $0.problem != nil && $0.standing == .tracked }
                .map { Wire.Repository($0, rule: snapshot.rule) })
    }

    /// - Throws: ``WireError``.
    func report(_ parameters: Wire.Report.Parameters) throws -> Wire.Report.Reply {
        let snapshot = engine.snapshot
        let last = parameters.last ?? 1
        guard last >= 1 else { throw WireError.invalidParameter("last") }
        let named = try parameters.period.map { try period($0, snapshot) }
        let results = snapshot.evaluations.flatMap { evaluation in
            let periods = evaluation.periods.filter { result in
                named.map { $0.days.overlaps(result.period.days) } ?? true
            }
            return periods.suffix(named == nil ? last : periods.count).reversed()
                .map { Wire.PeriodResult($0, of: evaluation) }
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
        let snapshot = engine.snapshot
        guard let evaluation = snapshot.evaluations.first(where: { $0.id == parameters.rhythm }) else {
            throw WireError.unknownRhythm(parameters.rhythm, known: snapshot.evaluations.map(\.id))
        }
        var result = evaluation.open
        if let named = parameters.period {
            let period = try period(named, snapshot)
            guard let found = evaluation.periods.first(where: { $0.period == period }) else {
                throw WireError.unknownPeriod(
                    named,
                    expected: "\(evaluation.id) goes from \(evaluation.periods[0].period.id) to "
                        + evaluation.open.period.id)
            }
            result = found
        }
        let (items, rules) = try await engine.evidence(behind: result, isOpen: result.period == evaluation.open.period)
        return Wire.Explain.Reply(
            freshness: Wire.Freshness(snapshot, now: setup.now()),
            result: Wire.PeriodResult(result, of: evaluation), rules: rules,
            items: items.map { Wire.Item($0, rule: snapshot.rule) })
    }

    func repositories() -> Wire.Repositories.Reply {
        let snapshot = engine.snapshot
        return Wire.Repositories.Reply(
            repositories: snapshot.repositories.map { Wire.Repository($0, rule: snapshot.rule) })
    }

    func scan(
        _ parameters: Wire.Scan.Parameters, onProgress: @escaping @Sendable (Wire.Scan.Reply) -> Void
    ) async throws -> Wire.Scan.Reply {
        Wire.Scan.Reply(
            try await engine.scanNow(fresh: parameters.fresh ?? false) { onProgress(Wire.Scan.Reply($0)) })
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func setRepository(_ parameters: Wire.SetRepository.Parameters) async throws -> Wire.SetRepository.Reply {
        if parameters.action == .add {
            if let known = find(parameters.path) { try await engine.setStanding(.tracked, of: known.id) }
            try await engine.addRepository(parameters.path)
            guard let added = find(parameters.path) else { throw WireError.unknownRepository(parameters.path) }
            return .init(repository: Wire.Repository(added, rule: engine.snapshot.rule))
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
        return .init(repository: find(parameters.path).map { Wire.Repository($0, rule: engine.snapshot.rule) })
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

    private func alerts(_ snapshot: Snapshot) -> [Wire.Alert] {
        snapshot.episodes.map {
            Wire.Alert($0, file: setup.alertFolder.file(of: $0), rule: snapshot.rule)
        }
    }
}

extension Snapshot {
    fileprivate var week: String { Period(.week, holding: today, weekStart: weekStart).id }

    fileprivate var beginning: String {
        evaluations.compactMap(\.periods.first?.period.id).min().map { "in \($0)" } ?? "today"
    }
}

extension Wire.Scan.Reply {
    init(_ progress: ScanProgress) {
        self.init(
            done: progress.done, total: progress.total, repository: progress.repository,
            commitsRead: progress.commitsRead + progress.commitsInRepository, new: progress.new,
            problems: progress.problems, trouble: progress.failure)
    }
}

/// The errors that the interface declares.
enum WireError: Error {
    case invalidParameter(String)
    case unknownRhythm(String, known: [String])
    case unknownPeriod(String, expected: String)
    case unknownRepository(String)
    case invalidConfig(String)
    case unavailable(String)

    var varlink: VarlinkError {
        func error(_ name: String, _ parameters: [String: JSONValue]) -> VarlinkError {
            VarlinkError(name: "\(Wire.interface).\(name)", parameters: parameters)
        }
        return switch self {
        case .invalidParameter(let name): .invalidParameter(name)
        case .unknownRhythm(let id, let known):
            error("UnknownRhythm", ["rhythm": .string(id), "known": .array(known.map(JSONValue.string))])
        case .unknownPeriod(let id, let expected):
            error("UnknownPeriod", ["period": .string(id), "expected": .string(expected)])
        case .unknownRepository(let path): error("UnknownRepository", ["path": .string(path)])
        case .invalidConfig(let message): error("InvalidConfig", ["message": .string(message)])
        case .unavailable(let message): error("Unavailable", ["message": .string(message)])
        }
    }
}
