import RhythmAPI
import RhythmCore
import RhythmStore

/// The time series themselves.
extension Answers {
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
        let until = try days("until", parameters.until, snapshot)?.upperBound ?? snapshot.today
        // Twelve steps where nobody says since when.
        let twelve = (1..<12).reduce(Period(by, holding: until, weekStart: weekStart)) { period, _ in
            period.previous(weekStart: weekStart)
        }
        let since = try days("since", parameters.since, snapshot)?.lowerBound ?? twelve.first
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

    /// - Throws: ``WireError``, ``StoreError``.
    func items(_ parameters: Wire.Items.Parameters) async throws -> Wire.Items.Reply {
        let snapshot = engine.snapshot
        let source = try await source(.init(measure: parameters.measure))
        let since = try days("since", parameters.since, snapshot)?.lowerBound ?? snapshot.today
        let until = try days("until", parameters.until, snapshot)?.upperBound ?? snapshot.today
        guard since <= until else {
            throw WireError.notUnderstood("since", since.description, expected: ["a day until \(until)"])
        }
        let items = try await engine.items(of: source, days: since...until)
        return Wire.Items.Reply(
            freshness: Wire.Freshness(snapshot, now: setup.now()), items: items)
    }

    /// The days of a period by its id.
    func days(_ name: String, _ id: String?, _ snapshot: Snapshot) throws -> ClosedRange<CalendarDay>? {
        try id.map { id in
            guard let period = Period(id: id, weekStart: snapshot.weekStart) else {
                throw WireError.notUnderstood(
                    name, id, expected: ["2026", "2026-Q4", "2026-11", "2026-W47", "2026-11-23"])
            }
            return period.days
        }
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
        if !paths.isEmpty && !measure.hasPaths {
            throw WireError.notUnderstood("paths", paths[0], expected: ["none, since \(name) touches no files"])
        }
        if !(parameters.repositories ?? []).isEmpty && !measure.isInRepositories {
            throw WireError.notUnderstood(
                "repositories", parameters.repositories?.first ?? "", expected: ["none, since \(name) is in none"])
        }
        if measure != .devlog, measure != .roadmapTicks,
            let unknown = paths.first(where: { !config.pathGlobs.contains($0) })
        {
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
}
