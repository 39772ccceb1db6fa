import RhythmCore
import RhythmStore

/// The roadmap as it was last read, to be judged at any instant.
struct RoadmapSource: Sendable {
    let file: String
    let stored: StoredRoadmap
    private let current: Roadmap
    private let history: RoadmapHistory
    private let start: CalendarDay?
    private let store: Store

    /// Nil where the config names none, or it was never read.
    init?(_ file: String?, store: Store, config: Config, rules: EvidenceRules) throws {
        guard let file, let stored = try store.roadmap(file) else { return nil }
        self.file = file
        self.stored = stored
        self.store = store
        current = Roadmap(stored.outline, words: config.roadmapWords)
        history = RoadmapHistory(try store.roadmapEvents(rules: rules))
        start = config.roadmapStart
    }

    var sources: Set<Source> { RoadmapStanding.sources(of: current) }

    /// - Parameter isPast: the instant is one of before, so that what is committed by then is all there is.
    func judge(
        at now: Timestamp, today: CalendarDay, isPast: Bool, series: [Source: DailySeries], calendar: CalendarHistory
    ) throws -> RoadmapJudgement {
        let history = isPast ? history.upTo(now) : history
        let roadmap = isPast ? current.asCommitted(in: history) : current
        let standing = RoadmapStanding(
            roadmap, schedule: RoadmapSchedule(roadmap, declared: start), today: today,
            history: stored.gitDir == nil ? nil : history, series: series)
        let status = RoadmapStatus(standing, commits: series[Source(.commits)] ?? DailySeries())
        let reviewed = try store.roadmapReviewedAt(until: now).map { calendar.day(of: $0) }
        return RoadmapJudgement(
            file: file, stored: stored, isPast: isPast, standing: standing, history: history, status: status,
            drift: RoadmapDrift.all(standing, status, reviewed: reviewed))
    }
}

/// The roadmap judged at one instant.
struct RoadmapJudgement: Sendable {
    var file: String
    var stored: StoredRoadmap
    var isPast: Bool
    var standing: RoadmapStanding
    var history: RoadmapHistory
    var status: RoadmapStatus
    var drift: [RoadmapDrift]
}

extension Roadmap {
    /// With the boxes as they were committed by then; those that came later are not there.
    fileprivate func asCommitted(in history: RoadmapHistory) -> Roadmap {
        var then = self
        for index in items.indices where items[index].box != nil {
            guard let record = history.records[name(of: index)] else {
                then.items[index].box = nil
                continue
            }
            then.items[index].box = record.isTicked ? .ticked : .open
        }
        return then
    }
}
