import RhythmAPI
import RhythmCore
import RhythmReport
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
            rules: rules,
            items: items.map { Wire.Item($0, calendar: snapshot.calendar) })
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func goals(_ travel: Wire.Travel) async throws -> Wire.Goals.Reply {
        let snapshot = try await snapshot(travel)
        return Wire.Goals.Reply(
            freshness: Wire.Freshness(snapshot, now: setup.now()),
            goals: snapshot.assessment.goals.map(Wire.Goal.init))
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func query(_ parameters: Wire.Query.Parameters) async throws -> Wire.Query.Reply {
        let snapshot = try await snapshot(.init(at: parameters.at, asKnown: parameters.asKnown))
        let source = try await source(parameters)
        let by =
            try parameters.by.map { name in
                guard let cadence = Cadence.calendar.first(where: { $0.rawValue == name }) else {
                    throw WireError.notUnderstood("by", name, expected: Cadence.calendar.map(\.rawValue))
                }
                return cadence
            } ?? .week
        let weekStart = snapshot.weekStart
        func edge(_ name: String, _ text: String?) throws -> ClosedRange<CalendarDay>? {
            try text.map { text in
                guard let period = Period(id: text, weekStart: weekStart) else {
                    throw WireError.notUnderstood(
                        name, text, expected: ["2026", "2026-Q4", "2026-11", "2026-W47", "2026-11-23"])
                }
                return period.days
            }
        }
        let until = try edge("until", parameters.until)?.upperBound ?? snapshot.today
        // Twelve steps where nobody says since when.
        let twelve = (1..<12).reduce(Period(by, holding: until, weekStart: weekStart)) { period, _ in
            period.previous(weekStart: weekStart)
        }
        let since = try edge("since", parameters.since)?.lowerBound ?? twelve.first
        guard since <= until else {
            throw WireError.notUnderstood("since", since.description, expected: ["a day until \(until)"])
        }
        guard until - since < 36_600 else {
            throw WireError.notUnderstood(
                "since", since.description, expected: ["a day at most a century before \(until)"])
        }
        let series = try await engine.series(of: source, from: snapshot.vantage)
        let buckets = series.buckets(
            by: by, in: since...until, weekStart: weekStart, isLevel: source.measure.isLevel)
        return Wire.Query.Reply(
            freshness: Wire.Freshness(snapshot, now: setup.now()), measure: source.measure, by: by,
            buckets: buckets.map { Wire.Bucket($0, days: since...until) })
    }

    private func source(_ parameters: Wire.Query.Parameters) async throws -> Source {
        let config = await engine.configInForce
        var name = parameters.measure
        if name.hasPrefix("metric:") {
            let metric = String(name.dropFirst(7))
            name = "\((config.metrics[metric] ?? .gauge).rawValue):\(metric)"
        }
        guard let measure = Measure(rawValue: name) else {
            throw WireError.notUnderstood(
                "measure", parameters.measure,
                expected: Measure.plain.map(\.rawValue) + ["entries:KIND", "minutes:KIND", "metric:NAME"])
        }
        let paths = parameters.paths ?? []
        if !paths.isEmpty && !measure.touchesFiles {
            throw WireError.notUnderstood("paths", paths[0], expected: ["none, since \(name) touches no files"])
        }
        if !(parameters.repositories ?? []).isEmpty && !measure.isInRepositories {
            throw WireError.notUnderstood(
                "repositories", parameters.repositories?.first ?? "", expected: ["none, since \(name) is in none"])
        }
        if measure != .devlog, let unknown = paths.first(where: { !config.pathGlobs.contains($0) }) {
            throw WireError.notUnderstood(
                "paths", unknown, expected: config.pathGlobs + ["one that a rhythm or a goal in the config names"])
        }
        let repositories = (parameters.repositories ?? []).map { atHome($0, home: setup.home) ?? $0 }
        let globs = RepositoryGlobs(repositories)
        let known = engine.snapshot.repositories.map { $0.workDir ?? $0.gitDir }
        if !repositories.isEmpty && !known.contains(where: globs.match) {
            throw WireError.notUnderstood(
                "repositories", repositories.joined(separator: ", "),
                expected: ["a glob that matches one of those that rhythmctl repos lists"])
        }
        return Source(measure, repositories: repositories, paths: paths)
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

    // MARK: Alerts

    func alerts(_ travel: Wire.Travel) async throws -> Wire.Alerts.Reply {
        let snapshot = try await snapshot(travel)
        let now = snapshot.vantage?.at ?? setup.now()
        return .init(
            freshness: Wire.Freshness(snapshot, now: setup.now()), alerts: alerts(snapshot),
            silences: try engine.store.silences(at: now).filter { $0.from <= now }
                .map { Wire.Silence($0, calendar: snapshot.calendar) })
    }

    func showAlert(_ parameters: Wire.ShowAlert.Parameters) async throws -> Wire.ShowAlert.Reply {
        let snapshot = engine.snapshot
        let found = try engine.store.episodes(ids: [parameters.id])
        guard let episode = found.first(where: { $0.id == parameters.id }),
            let result = snapshot.assessment.result(of: episode),
            let view = try await engine.alerts([episode], snapshot.assessment).first
        else { throw WireError.unknownAlert(parameters.id, known: snapshot.alerts.map(\.episode.id)) }
        let alert = Wire.Alert(view, file: setup.alertFolder.file(of: episode), in: snapshot.assessment)
        let events = try engine.store.episodeEvents(since: Timestamp(0)).filter {
            $0.rhythm == episode.rhythm && $0.period == episode.period
        }
        return .init(
            alert: alert, text: AlertDocument.markdown(alert: alert, result: result),
            events: events.map { Wire.AlertEvent($0, calendar: snapshot.calendar) })
    }

    func ackAlert(_ parameters: Wire.AckAlert.Parameters) async throws -> Wire.None {
        let now = setup.now()
        try await engine.changeAlert(parameters.id, what: "ack", note: parameters.note) { $0.acknowledgedAt = now }
        return .init()
    }

    func snoozeAlert(_ parameters: Wire.SnoozeAlert.Parameters) async throws -> Wire.None {
        let until = try future(parameters.until)
        let text = engine.snapshot.calendar.text(until)
        try await engine.changeAlert(parameters.id, what: "snooze", note: "until \(text)") { $0.snoozedUntil = until }
        return .init()
    }

    func silence(_ parameters: Wire.SilenceAlerts.Parameters) async throws -> Wire.SilenceAlerts.Reply {
        let until = try future(parameters.until)
        let assessment = engine.snapshot.assessment
        let known = assessment.rhythms.map(\.id) + assessment.goals.map(\.goal.id)
        if let rhythm = parameters.rhythm, !known.contains(rhythm) {
            throw WireError.unknownRhythm(rhythm, known: known)
        }
        let id = try await engine.silence(rhythm: parameters.rhythm, why: parameters.why, until: until)
        let silence = Silence(
            id: id, rhythm: parameters.rhythm, why: parameters.why, from: setup.now(), until: until)
        return .init(silence: Wire.Silence(silence, calendar: engine.snapshot.calendar))
    }

    func endSilence(_ parameters: Wire.EndSilence.Parameters) async throws -> Wire.None {
        guard try await engine.endSilence(Int64(parameters.id)) else { throw WireError.unknownSilence(parameters.id) }
        return .init()
    }

    func alertHistory(_ parameters: Wire.AlertHistory.Parameters) throws -> Wire.AlertHistory.Reply {
        let calendar = engine.snapshot.calendar
        var since = setup.now() + -28 * 86_400
        if let text = parameters.since {
            guard let period = Period(id: text, weekStart: engine.snapshot.weekStart) else {
                throw WireError.notUnderstood("since", text, expected: ["a day or a period, such as 2026-11"])
            }
            since = calendar.start(of: period.first)
        }
        return .init(
            events: try engine.store.episodeEvents(since: since).map { Wire.AlertEvent($0, calendar: calendar) })
    }

    /// A time to come: a day as it begins, a time of it, or so many hours or days from now.
    private func future(_ text: String) throws -> Timestamp {
        let now = setup.now()
        let calendar = engine.snapshot.calendar
        let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400]
        var found: Timestamp?
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), (1...10_000).contains(count)
        {
            found = now + count * unit
        } else if let moment = Moment(text) {
            if case .day(let day) = moment {
                found = calendar.start(of: day)
            } else {
                found = moment.instant(by: calendar)
            }
        }
        guard let found, found > now else {
            throw WireError.notUnderstood(
                "until", text, expected: ["a time to come such as 2h, 3d, 2026-11-24 or 2026-11-24T09:00"])
        }
        return found
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

    func repositories(_ travel: Wire.Travel) async throws -> Wire.Repositories.Reply {
        let snapshot = try await snapshot(travel)
        return Wire.Repositories.Reply(
            repositories: snapshot.repositories.map { Wire.Repository($0, calendar: snapshot.calendar) })
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
            return .init(repository: Wire.Repository(added, calendar: engine.snapshot.calendar))
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
        return .init(repository: find(parameters.path).map { Wire.Repository($0, calendar: engine.snapshot.calendar) })
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
        snapshot.alerts(in: setup.alertFolder)
    }

    private func wire(
        _ result: PeriodResult, of evaluation: RhythmEvaluation, _ snapshot: Snapshot
    ) -> Wire.PeriodResult {
        Wire.PeriodResult(result, of: evaluation, calendar: snapshot.calendar)
    }

    /// How things are, or were when `travel` says.
    private func snapshot(_ travel: Wire.Travel) async throws -> Snapshot {
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
            activeDays: snapshot.assessment.activeDays, goals: snapshot.assessment.goals.map(Wire.Goal.init),
            alerts: snapshot.alerts(in: setup.alertFolder), repositories: tracked.count,
            unreadable: tracked.filter { $0.problem != nil }.map { Wire.Repository($0, calendar: calendar) })
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
    case unknownExcuse(Int)
    case unknownAlert(String, known: [String])
    case unknownSilence(Int)
    case notUnderstood(String, String, expected: [String])
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
        case .unknownAlert(let id, let known):
            error("UnknownAlert", ["id": .string(id), "known": .array(known.map(JSONValue.string))])
        case .unknownSilence(let id): error("UnknownSilence", ["id": .int(Int64(id))])
        case .unknownExcuse(let id): error("UnknownExcuse", ["id": .int(Int64(id))])
        case .notUnderstood(let parameter, let value, let expected):
            error(
                "NotUnderstood",
                [
                    "parameter": .string(parameter), "value": .string(value),
                    "expected": .string(expected.joined(separator: ", ")),
                ])
        case .invalidConfig(let message): error("InvalidConfig", ["message": .string(message)])
        case .unavailable(let message): error("Unavailable", ["message": .string(message)])
        }
    }
}
