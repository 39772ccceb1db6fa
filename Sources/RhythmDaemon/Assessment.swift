import RhythmCore
import RhythmStore

/// Everything judged at one instant.
struct Assessment: Sendable {
    var now = Timestamp(0)
    var calendar = CalendarHistory(DayRule(zone: .utc))
    /// Those in force, in the config's order.
    var rhythms: [RhythmEvaluation] = []
    /// Those that were taken out or have ended, by id.
    var ended: [RhythmEvaluation] = []
    var goals: [GoalResult] = []
    var activeDays = Streak()
    /// The first day from which on the history of all repositories is read; nil where all of it is. Before they had a
    /// first look that is tomorrow.
    var completeSince: CalendarDay?
    /// Nil where none is followed.
    var roadmap: RoadmapJudgement?
    /// What happened after this was not seen by then.
    var seenUntil: Timestamp?

    var today: CalendarDay { calendar.day(of: now) }

    func rhythm(_ id: String) -> RhythmEvaluation? {
        rhythms.first { $0.id == id } ?? ended.first { $0.id == id }
    }
}

/// What an assessment goes by.
struct Assessor {
    let store: Store
    let config: Config
    let rules: EvidenceRules
    /// The definitions as recorded, or as they would be.
    var histories: [String: RhythmHistory]
    /// All repositories had a first look at least.
    let isSurveyed: Bool
    let unfinished: UnfinishedHistory?
    private let roadmap: RoadmapSource?

    /// - Parameter roadmap: its file; nil where none is followed.
    init(store: Store, config: Config, rules: EvidenceRules, roadmap: String? = nil) throws {
        self.roadmap = try RoadmapSource(roadmap, store: store, config: config, rules: rules)
        self.store = store
        self.config = config
        self.rules = rules
        histories = try store.histories()
        isSurveyed = try store.isSurveyed()
        unfinished = try store.unfinishedHistory()
    }

    /// - Parameters:
    ///   - seenUntil: what happened after it is not known; nil where all was seen.
    ///   - vantage: nil for now.
    func assess(now: Timestamp, seenUntil: Timestamp?, from vantage: Vantage? = nil) throws -> Assessment {
        let known = vantage?.knownAt
        let seenUntil = try known.map { try store.seenUntil(asKnownAt: $0) } ?? seenUntil
        let calendar = rules.calendar
        let histories = known.map { known in self.histories.compactMapValues { $0.known(at: known) } } ?? self.histories
        let sources = Set(histories.values.flatMap(\.sources) + config.goals.map(\.source) + [Source(.commits)])
            .union(roadmap?.sources ?? [])
        let excuses = try config.excuses(with: store, asKnownAt: known)
        var blindSince: [[String]: CalendarDay] = [:]
        for repositories in Set(sources.map(\.repositories)) {
            let since = [try store.blindSince(in: repositories, asKnownAt: known), seenUntil].compactMap { $0 }.min()
            blindSince[repositories] = since.map { calendar.day(of: $0) }
        }
        let completeSince =
            isSurveyed ? unfinished.map { calendar.day(of: $0.completeSince) } : calendar.day(of: now) + 1
        let evidence = Evidence(
            series: try store.series(of: sources, rules: rules, from: vantage), blindSince: blindSince,
            completeSince: completeSince, excuses: excuses)

        var assessment = Assessment(
            now: now, calendar: calendar, completeSince: completeSince, seenUntil: seenUntil)
        let today = assessment.today
        let order = config.rhythms.map(\.id)
        let evaluations = histories.values.compactMap { history -> RhythmEvaluation? in
            let found = evaluate(history, evidence: evidence, calendar: calendar, now: now)
            // One that is of later days is none of these.
            let exists = history.firstRecordedAt <= now || found.map { $0.newest.target > 0 } ?? false
            return exists ? found : nil
        }
        let places = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        assessment.rhythms = evaluations.filter { !$0.isOver(on: today) }.sorted {
            (places[$0.id] ?? .max, $0.id) < (places[$1.id] ?? .max, $1.id)
        }
        assessment.ended = evaluations.filter { $0.isOver(on: today) }.sorted { $0.id < $1.id }
        // Before anything was recorded no goal was known either.
        assessment.goals = (known != nil && histories.isEmpty ? [] : config.goals).map {
            evaluate($0, series: evidence[$0.source], today: today, completeSince: completeSince)
        }
        assessment.roadmap = try roadmap?.judge(
            at: now, today: today, isPast: vantage != nil, series: evidence.series, calendar: calendar)
        let off = excuses.filter { $0.rhythms == nil }
        assessment.activeDays = Streak(
            activeDays: evidence[Source(.commits)].activeDays, today: today, completeSince: completeSince
        ) { day in
            config.restDays.contains(day.weekday) || off.contains { $0.first <= day && day <= $0.last }
        }
        return assessment
    }
}

extension Config {
    /// All days off: those that it declares, and those that were set by command.
    ///
    /// - Parameter known: as they were in force then.
    func excuses(with store: Store, asKnownAt known: Timestamp? = nil) throws -> [Excuse] {
        vacations + (try store.excuses(asKnownAt: known)).map(\.excuse)
    }
}

extension Assessor {
    /// The same with another config.
    init(_ other: Assessor, config: Config) {
        store = other.store
        self.config = config
        rules = other.rules
        histories = other.histories
        isSurveyed = other.isSurveyed
        unfinished = other.unfinished
        roadmap = other.roadmap
    }
}

extension RhythmEvaluation {
    /// Taken out, or past its last day for long enough that its last period was heard of.
    fileprivate func isOver(on today: CalendarDay) -> Bool {
        isRemoved || !newest.isOpen && newest.period.last + 7 < today
    }
}
