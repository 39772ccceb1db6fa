/// How a roadmap stands on a day.
package struct RoadmapStanding: Sendable {
    package struct Progress: Hashable, Sendable {
        package var done = 0
        package var total = 0

        package var share: Double { total == 0 ? 0 : Double(done) / Double(total) }
        package var isDone: Bool { total > 0 && done == total }
    }

    package struct Phase: Hashable, Sendable {
        /// The index of its section.
        package var section: Int
        package var number: Int
        /// Nil where the file gives no months, or nobody says when they began.
        package var days: ClosedRange<CalendarDay>?
        package var progress: Progress
        /// The share of its days that has passed.
        package var elapsed: Double
        /// When it is through if all that is open up to its end goes on as in the last eight weeks; nil where nothing was
        /// ticked in them, or it is through.
        package var finish: Finish?
    }

    /// - likely: at the pace of the last eight weeks.
    /// - earliest, latest: four times out of five it lies between; no latest where it may take for ever.
    package struct Finish: Hashable, Sendable {
        package var earliest: CalendarDay
        package var likely: CalendarDay
        package var latest: CalendarDay?
    }

    /// A success criterion or a goal by a date.
    package struct Criterion: Hashable, Sendable {
        package enum State: String, Sendable {
            case met, open, missed
            /// There is nothing in it that could be measured: it has to be ticked.
            case box
            /// It compares a metric of which there is no reading.
            case unread
        }

        package struct Reading: Hashable, Sendable {
            package var claim: RoadmapClaim
            package var have: Double?
            package var isMet: Bool
        }

        /// The index of its item.
        package var item: Int
        /// The days that count; nil for all.
        package var days: ClosedRange<CalendarDay>?
        package var readings: [Reading]
        package var state: State
    }

    package var roadmap: Roadmap
    package var schedule: RoadmapSchedule?
    package var today: CalendarDay
    /// By section, rhythms left out: what is asked again and again is never done.
    package var progress: [Progress]
    /// Of all sections at the top.
    package var overall: Progress
    package var phases: [Phase]
    /// The index in `phases` of the one that should be running: by the calendar, else the first that is not done.
    package var current: Int?
    /// Weeks of work by which it is ahead of the calendar, negative behind; nil without one.
    package var weeksAhead: Double?
    /// Ticks a week in the last eight weeks.
    package var velocity: Double
    /// The indices of the first items to go for.
    package var next: [Int]
    package var criteria: [Criterion]

    /// The sources that ``init(_:schedule:today:history:series:)`` asks for.
    package static func sources(of roadmap: Roadmap) -> Set<Source> {
        Set(roadmap.criteria.flatMap { RoadmapClaim.all(in: roadmap.items[$0].text) }.map { Source($0.measure) })
            .union([Source(.commits)])
    }

    /// - Parameters:
    ///   - history: nil where the file is in no repository.
    ///   - series: of the sources above.
    package init(
        _ roadmap: Roadmap, schedule: RoadmapSchedule?, today: CalendarDay, history: RoadmapHistory?,
        series: [Source: DailySeries]
    ) {
        self.roadmap = roadmap
        self.schedule = schedule
        self.today = today
        progress = Self.progress(of: roadmap)
        overall = zip(roadmap.sections, progress).reduce(into: Progress()) { sum, section in
            guard section.0.parent == nil else { return }
            sum.done += section.1.done
            sum.total += section.1.total
        }
        for item in roadmap.items where item.section == nil && item.box != nil {
            overall.total += 1
            overall.done += item.box == .ticked ? 1 : 0
        }
        let pace = Self.pace(of: history, today: today)
        velocity = pace.map { Double($0.ticks) / $0.weeks } ?? 0
        var open = 0
        var phases: [Phase] = []
        for phase in roadmap.phases {
            let progress = progress[phase.index]
            open += progress.total - progress.done
            let days = schedule.flatMap { schedule in phase.months.map { schedule.days(of: $0) } }
            phases.append(
                Phase(
                    section: phase.index, number: phase.number, days: days, progress: progress,
                    elapsed: days.map { Self.elapsed($0, today) } ?? 0,
                    finish: progress.isDone ? nil : pace.flatMap { Self.finish(of: open, $0, today) }))
        }
        self.phases = phases
        current = Self.current(phases, today)
        let dated = phases.filter { $0.days != nil && $0.progress.total > 0 }
        weeksAhead =
            dated.isEmpty
            ? nil
            : dated.reduce(0) { sum, phase in
                let days = phase.days.map { $0.upperBound - $0.lowerBound + 1 } ?? 0
                return sum + (phase.progress.share - phase.elapsed) * Double(days) / 7
            }
        let at = current.map { phases[$0].section }
        next = roadmap.items.indices.filter { index in
            let item = roadmap.items[index]
            guard item.box == .open, let section = item.section, !roadmap.isRecurring(section) else { return false }
            return at.map { roadmap.contains($0, section) && roadmap.sections[section].kind != .criteria } ?? true
        }
        criteria = roadmap.criteria.map {
            Criterion($0, roadmap, schedule: schedule, today: today, series: series)
        }
    }

    private static func progress(of roadmap: Roadmap) -> [Progress] {
        var progress = [Progress](repeating: Progress(), count: roadmap.sections.count)
        for item in roadmap.items where item.box != nil {
            let path = roadmap.lineage(of: item.section)
            // Of what recurs its own sections alone know.
            let recurring = path.first { roadmap.isRecurring($0) }
            for section in path where recurring.map({ section >= $0 }) ?? true {
                progress[section].total += 1
                progress[section].done += item.box == .ticked ? 1 : 0
            }
        }
        return progress
    }

    private static func elapsed(_ days: ClosedRange<CalendarDay>, _ today: CalendarDay) -> Double {
        let length = days.upperBound - days.lowerBound + 1
        return min(1, max(0, Double(today - days.lowerBound) / Double(length)))
    }

    private static func current(_ phases: [Phase], _ today: CalendarDay) -> Int? {
        if let running = phases.firstIndex(where: { $0.days?.contains(today) ?? false }) { return running }
        let isDated = phases.contains { $0.days != nil }
        let ahead = phases.firstIndex { $0.days.map { today < $0.lowerBound } ?? !isDated && !$0.progress.isDone }
        return ahead ?? phases.lastIndex { !$0.progress.isDone }
    }

    // MARK: Pace

    private static let window = 56

    private static func pace(of history: RoadmapHistory?, today: CalendarDay) -> (ticks: Int, weeks: Double)? {
        guard let history, let first = history.events.map(\.day).min() else { return nil }
        let ticks = history.records.values.filter { record in
            record.ticked.map { $0.day > today - window && $0.day <= today } ?? false
        }.count
        // What exists for less than a week has shown no pace of a week.
        return ticks == 0 ? nil : (ticks, Double(min(window, max(7, today - first + 1))) / 7)
    }

    /// How long the open items take, if ticks come at random at a steady pace of which the last weeks are a sample.
    private static func finish(
        of open: Int, _ pace: (ticks: Int, weeks: Double), _ today: CalendarDay
    ) -> Finish? {
        // Anscombe's root makes the spread of a count the same whatever the count; 1.28 of it is one in ten on each side.
        let root = (Double(pace.ticks) + 0.375).squareRoot()
        let few = max(0, root - 0.64)
        let least = max(0, few * few - 0.375)
        let most = (root + 0.64) * (root + 0.64) - 0.375
        func day(_ ticks: Double) -> CalendarDay? {
            let days = ticks > 0 ? (Double(open) / ticks * pace.weeks * 7).rounded(.up) : .infinity
            // A guess beyond a hundred years is none.
            return days < 36_525 ? today + Int(days) : nil
        }
        guard let likely = day(Double(pace.ticks)), let earliest = day(most) else { return nil }
        return Finish(earliest: earliest, likely: likely, latest: day(least))
    }
}

extension RoadmapStanding.Criterion {
    fileprivate init(
        _ index: Int, _ roadmap: Roadmap, schedule: RoadmapSchedule?, today: CalendarDay, series: [Source: DailySeries]
    ) {
        let item = roadmap.items[index]
        let days = schedule.flatMap { roadmap.days(of: item, $0) }
        let isOver = days.map { today > $0.upperBound } ?? false
        let end = days.map { min(today, $0.upperBound) } ?? today
        readings = RoadmapClaim.all(in: item.text).map { claim in
            let series = series[Source(claim.measure)] ?? DailySeries()
            var have: Double?
            if claim.measure.isLevel {
                have = series.level(on: end)
            } else {
                let from = days?.lowerBound ?? series.firstDay ?? end
                have = from <= end ? series.total(in: from...end) : 0
            }
            return Reading(
                claim: claim, have: have, isMet: have.map { claim.comparison.holds($0, claim.target) } ?? false)
        }
        self.item = index
        self.days = days
        state =
            item.box == .ticked
            ? .met
            : readings.isEmpty
                ? .box
                : readings.allSatisfy(\.isMet)
                    ? .met : readings.contains { $0.have == nil } ? .unread : isOver ? .missed : .open
    }
}

extension Roadmap {
    /// The items that say when a phase was a success, or what is to be reached by a date.
    package var criteria: [Int] {
        items.indices.filter { index in
            guard let section = items[index].section else { return false }
            switch sections[section].kind {
            case .criteria, .goalsBy: return true
            default: return false
            }
        }
    }

    package func isRecurring(_ section: Int) -> Bool {
        if case .rhythms = sections[section].kind { true } else { false }
    }

    /// The days in which what an item asks for counts.
    fileprivate func days(of item: Item, _ schedule: RoadmapSchedule) -> ClosedRange<CalendarDay>? {
        for section in lineage(of: item.section).reversed() {
            switch sections[section].kind {
            case .phase(_, let months?): return schedule.days(of: months)
            case .goalsBy(let month?, _): return schedule.days(of: 1...month)
            case .goalsBy(_, let year?):
                guard let end = CalendarDay(year: year, month: 12, day: 31), end >= schedule.start else { return nil }
                return schedule.start...end
            default: break
            }
        }
        return nil
    }

    /// Everything that shows a skill: the boxes of the skill tree, or where it has none, those of the phases' groups.
    package var skillItems: [Item] {
        let inTree = items.filter { item in
            item.box != nil && lineage(of: item.section).contains { sections[$0].kind == .skills }
        }
        if !inTree.isEmpty { return inTree }
        return items.filter { item in
            guard item.box != nil, let section = item.section, sections[section].kind == .group else { return false }
            return phases.contains { contains($0.index, section) }
        }
    }
}
