import RhythmAPI
import RhythmCore
import RhythmStore

/// What takes more than a look at the newest ``Snapshot``.
extension Engine {
    /// How things were at another time.
    func snapshot(from vantage: Vantage) throws -> Snapshot {
        var snapshot = self.snapshot
        let assessment = try assessor().assess(
            now: vantage.at, seenUntil: seenUntil.flatMap { $0 < vantage.at ? $0 : nil }, from: vantage)
        snapshot.assessment = assessment
        let subjects = Set(assessment.subjects.map(\.id))
        let episodes = try store.episodes(at: vantage).filter { subjects.contains($0.rhythm) }
        snapshot.alerts = try alerts(episodes, assessment)
        snapshot.vantage = vantage
        snapshot.asOf = assessment.seenUntil.flatMap { $0 < vantage.at && vantage.asKnown ? $0 : nil }
        snapshot.scannedAt = nil
        snapshot.scanning = false
        snapshot.unwatched = [:]
        snapshot.unreadableFolders = []
        snapshot.unreadableEntries = 0
        snapshot.repositories = try store.repositories(from: vantage)
        for index in snapshot.repositories.indices { snapshot.repositories[index].scannedAt = nil }
        return snapshot
    }

    var configInForce: Config { config }

    /// The time series of a source.
    func series(of source: Source, from vantage: Vantage?) throws -> DailySeries {
        try store.series(of: [source], rules: rules, from: vantage)[source] ?? DailySeries()
    }

    /// Every item of a source dated within some days, whatever its verdict, by date; and those without a usable date when
    /// `undated`.
    func items(
        of source: Source, days: ClosedRange<CalendarDay>, undated: Bool = false, from vantage: Vantage? = nil
    ) throws -> [Wire.Item] {
        let commits = try store.items(of: source, days: days, undated: undated, from: vantage)
        let others = try store.storedItems(of: source, days: days, undated: undated, from: vantage)
        let ticks =
            source.measure == .roadmapTicks
            ? try store.storedTicks(of: source, days: days, rules: rules, from: vantage) : []
        // All come in their order already.
        let all =
            commits.map { ($0.at, Wire.Item($0, calendar: rules.calendar)) }
            + others.map { ($0.at, Wire.Item($0, calendar: rules.calendar)) }
            + ticks.map { ($0.at, Wire.Item($0, file: roadmapFile, calendar: rules.calendar)) }
        return all.enumerated().sorted {
            ($0.element.0?.seconds ?? .min, $0.offset) < ($1.element.0?.seconds ?? .min, $1.offset)
        }.map(\.element.1)
    }

    /// Days judged one by one, by whether they have a commit: what the active-day streak is made of.
    func activeDays(from vantage: Vantage?) throws -> RhythmEvaluation? {
        let now = vantage?.at ?? setup.now()
        var daily = RhythmDefinition(id: "active-days", name: "Active days", every: .day, measure: .commits, target: 1)
        daily.restDays = config.restDays
        let source = daily.parts[0].source
        let series = try series(of: source, from: vantage)
        // A day off on which something was done is an active day all the same.
        let excuses = try config.excuses(with: store, asKnownAt: vantage?.knownAt).filter { $0.rhythms == nil }
        let idle = excuses.flatMap { excuse in
            stride(from: excuse.first.number, through: min(excuse.last, rules.calendar.day(of: now)).number, by: 1)
                .map(CalendarDay.init(number:)).filter { series.total(in: $0...$0) == 0 }
                .map { Excuse(first: $0, last: $0, why: excuse.why) }
        }
        let evidence = Evidence(series: [source: series], excuses: idle)
        return RhythmCore.evaluate(
            RhythmHistory(daily, recordedAt: now), evidence: evidence, calendar: rules.calendar, now: now)
    }

    /// What another config would change.
    func changes(by other: Config) throws -> [Wire.Change] {
        let before = try assessor()
        var after = Assessor(before, config: other)
        let now = setup.now()
        after.histories = RhythmHistory.histories(before.histories, adopting: other.rhythms, at: now)
        return try ConfigComparison(
            before: config, after: other, rhythmsBefore: before.assess(now: now, seenUntil: seenUntil),
            rhythmsAfter: after.assess(now: now, seenUntil: seenUntil)
        ).changes
    }

    // MARK: Excuses

    func excuses(from vantage: Vantage?) throws -> [Wire.Excuse] {
        config.vacations.flatMap(Wire.Excuse.inConfig)
            + (try store.excuses(asKnownAt: vantage?.knownAt)).map(Wire.Excuse.init)
    }

    func excuse(_ excuse: Excuse, rhythm: String?) throws -> Int64 {
        try requireLock()
        let id = try store.excuse(excuse, rhythm: rhythm, now: setup.now())
        try evaluate(alerting: pass == nil)
        return id
    }

    func revokeExcuse(_ id: Int64) throws -> Bool {
        try requireLock()
        let found = try store.revokeExcuse(id, now: setup.now())
        try evaluate(alerting: pass == nil)
        return found
    }

    /// Every item dated within a period, with those of no usable date if it is the open one, and the rules by which they
    /// were judged, in words.
    func evidence(
        behind result: PeriodResult, of evaluation: RhythmEvaluation, from vantage: Vantage?
    ) throws -> (items: [Wire.Item], rules: [String]) {
        let definition = evaluation.definition(of: result)
        let sources = definition.parts.map(\.source).reduce(into: [Source]()) { if !$0.contains($1) { $0.append($1) } }
        let items = try sources.flatMap {
            try self.items(of: $0, days: result.period.days, undated: result.isOpen, from: vantage)
        }
        let words = evaluation.explanation(
            of: result, excuses: try config.excuses(with: store, asKnownAt: vantage?.knownAt),
            unreadable: snapshot.repositories.filter { $0.problem != nil && $0.standing == .tracked && $0.own > 0 }
                .map { $0.workDir ?? $0.gitDir })
        return (items, words + rules.explanation(of: definition, config: config))
    }

    // MARK: Alerts

    /// Episodes with all that is known of them.
    func alerts(_ episodes: [Episode], _ assessment: Assessment) throws -> [AlertView] {
        let silences = try store.silences(at: assessment.now)
        let subjects = assessment.subjects
        let heard = episodes.filter { $0.isHeard(at: assessment.now, silences: silences) }
        return episodes.map { episode in
            let silence = silences.filter { $0.covers(episode, at: assessment.now) }.max { $0.until < $1.until }
            let inhibitor = AlertSubject.inhibitor(of: episode, among: heard, subjects: subjects)
            let nextNag = config.nagPolicy.nextNag(
                of: episode, in: AlertSubject.stretch(of: episode, among: subjects),
                after: silence?.until ?? assessment.now, calendar: assessment.calendar)
            return AlertView(
                episode: episode, silence: silence, inhibitor: inhibitor?.id,
                nextNag: inhibitor == nil ? nextNag : nil)
        }
    }

    /// Changes one episode that is not over.
    ///
    /// - Throws: ``WireError`` for an id that no open episode has.
    func changeAlert(_ id: String, what: String, note: String?, _ change: (inout Episode) -> Void) throws {
        try requireLock()
        let open = try store.episodes()
        guard var episode = open.first(where: { $0.id == id }) else {
            throw WireError.unknownAlert(id, known: open.map(\.id))
        }
        change(&episode)
        let now = setup.now()
        try store.save(
            [episode],
            events: [
                EpisodeEvent(
                    rhythm: episode.rhythm, period: episode.period, what: what, at: now, recordedAt: now, note: note)
            ])
        try alertsChanged()
    }

    func silence(rhythm: String?, why: String, until: Timestamp) throws -> Int64 {
        try requireLock()
        let id = try store.silence(rhythm: rhythm, why: why, from: setup.now(), until: until)
        try alertsChanged()
        return id
    }

    func endSilence(_ id: Int64) throws -> Bool {
        try requireLock()
        let found = try store.endSilence(id, now: setup.now())
        try alertsChanged()
        return found
    }

    private func alertsChanged() throws {
        try evaluate(alerting: pass == nil)
        attempt("writing alerts") { try writeAlerts(snapshot.assessment) }
        setAlarm()
    }
}
