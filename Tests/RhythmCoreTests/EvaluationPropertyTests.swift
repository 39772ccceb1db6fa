import Glibc
import RhythmCore
import RhythmTestSupport
import Testing

/// A rhythm with its evidence, made at random.
private struct Life {
    static let first = day(of: "2025-11-03")
    static let span = 400

    var versions: [Version<RhythmDefinition>]
    var evidence: Evidence
    let calendar = CalendarHistory(DayRule(zone: .utc))

    init(_ random: inout SeededRandom, changing: Bool = true, limits: Bool = false) {
        let sources = [Source(.commits), Source(.entries("win")), Source(.minutes("sync")), Source(.gauge("level"))]
        let count = changing ? 1 + random.next(below: 3) : 1
        var at = Self.noon(random.next(below: 60))
        var versions: [Version<RhythmDefinition>] = []
        for _ in 0..<count {
            let definition = Self.definition(&random, sources, isLimit: limits)
            let isGone = !versions.isEmpty && random.next(below: 6) == 0
            versions.append(Version(definition: isGone ? nil : definition, recordedAt: at))
            at = at + Int64((1 + random.next(below: 120)) * 86_400 + random.next(below: 86_400))
        }
        self.versions = versions
        let excuses = (0..<random.next(below: 3)).map { _ in
            let from = Self.first + random.next(below: Self.span)
            return Excuse(first: from, last: from + random.next(below: 20), why: "off")
        }
        evidence = Evidence(
            series: Dictionary(uniqueKeysWithValues: sources.map { ($0, DailySeries(Self.entries(&random))) }),
            excuses: excuses)
    }

    static func entries(_ random: inout SeededRandom) -> [DailySeries.Entry] {
        (0..<random.next(below: 160)).map { _ in
            .init(day: first + random.next(below: span), quantity: Double(1 + random.next(below: 4)))
        }
    }

    static func definition(
        _ random: inout SeededRandom, _ sources: [Source], isLimit: Bool
    ) -> RhythmDefinition {
        func pick<T>(_ values: [T]) -> T { values[random.next(below: values.count)] }
        let partCount = isLimit || random.next(below: 3) > 0 ? 1 : 2
        let usable = isLimit ? Array(sources.prefix(2)) : sources
        let parts = (0..<partCount).map { _ in
            RhythmDefinition.Part(pick(usable), target: Double(1 + random.next(below: 12)))
        }
        var definition = RhythmDefinition(
            id: "r", name: "R", every: pick(Cadence.calendar + [.rolling(7), .rolling(30)]), parts: parts,
            combination: pick([.any, .all]), bound: isLimit ? .atMost : .atLeast, weekStart: pick(Weekday.allCases),
            restDays: pick([[], [], [.saturday, .sunday], [.wednesday]]))
        if random.next(below: 3) == 0 { definition.freezes = .init(count: 1 + random.next(below: 2), per: .month) }
        if random.next(below: 5) == 0 { definition.hard = true }
        return definition
    }

    static func noon(_ day: Int) -> Timestamp { Timestamp(Int64(first.number + day) * 86_400 + 43_200) }

    func judged(at day: Int, _ evidence: Evidence? = nil) -> RhythmEvaluation? {
        RhythmHistory(versions: versions).flatMap {
            evaluate($0, evidence: evidence ?? self.evidence, calendar: calendar, now: Self.noon(day))
        }
    }
}

@Suite struct EvaluationPropertyTests {
    @Test func theOrderOfEvidenceAndOfVersionsDoesNotMatter() {
        var random = SeededRandom(seed: 31)
        for _ in 0..<300 {
            var life = Life(&random)
            let today = random.next(below: Life.span + 30)
            let before = life.judged(at: today)
            life.versions.shuffle(using: &random)
            var shuffled = life.evidence
            for (source, series) in shuffled.series {
                // An entry of several arrives in pieces, in any order.
                let pieces = series.entries.flatMap { entry in
                    (0..<Int(entry.quantity)).map { _ in DailySeries.Entry(day: entry.day, quantity: 1) }
                }
                shuffled.series[source] = DailySeries(pieces.shuffled(using: &random))
            }
            #expect(life.judged(at: today, shuffled) == before)
        }
    }

    @Test func moreEvidenceNeverTurnsMetIntoAnythingElse() {
        var random = SeededRandom(seed: 37)
        var compared = 0
        for _ in 0..<200 {
            var life = Life(&random)
            // A level may fall with more evidence, and a rhythm may begin earlier by it; neither is meant here.
            for index in life.versions.indices {
                life.versions[index].definition?.parts.removeAll { $0.source.measure.isLevel }
                if life.versions[index].definition?.parts.isEmpty == true {
                    life.versions[index].definition?.parts = [.init(Source(.commits), target: 3)]
                }
                life.versions[index].definition?.starts = Life.first
            }
            let today = 100 + random.next(below: 300)
            guard let before = life.judged(at: today) else { continue }
            var more = life.evidence
            let source = before.definitions[0].parts[0].source
            let extra = DailySeries.Entry(day: Life.first + random.next(below: today), quantity: 1)
            more.series[source] = DailySeries((more.series[source]?.entries ?? []) + [extra])
            guard let after = life.judged(at: today, more) else {
                Issue.record("evidence took a rhythm away")
                continue
            }
            #expect(before.periods.map(\.period) == after.periods.map(\.period))
            for (old, new) in zip(before.periods, after.periods) where old.state == .met {
                compared += 1
                #expect(new.state == .met, "\(old.period.id)")
            }
            #expect(after.streak.longest >= before.streak.longest || before.definitions.contains { $0.freezes != nil })
        }
        #expect(compared > 800)
    }

    @Test func everyDayOfARhythmsLifeIsInOnePeriod() {
        var random = SeededRandom(seed: 41)
        for _ in 0..<200 {
            let life = Life(&random)
            let today = random.next(below: Life.span + 30)
            guard let found = life.judged(at: today) else { continue }
            let calendar = found.periods.filter { !$0.period.cadence.isDaily }
            for (before, after) in zip(found.periods, found.periods.dropFirst()) {
                let isWindow = { (period: Period) in period.cadence.isDaily && period.cadence != .day }
                guard !isWindow(before.period), !isWindow(after.period) else {
                    #expect(after.period.last > before.period.last)
                    continue
                }
                #expect(after.period.first == before.period.last + 1)
            }
            #expect(Set(calendar.map(\.period.id)).count == calendar.count)
            #expect(found.periods.dropLast().allSatisfy { !$0.isOpen })
        }
    }

    @Test func theSumOverTheDaysIsTheWeek() {
        var random = SeededRandom(seed: 43)
        for _ in 0..<200 {
            let series = DailySeries(Life.entries(&random))
            var definition = RhythmDefinition(id: "r", name: "R", every: .week, measure: .commits, target: 3)
            definition.weekStart = Weekday.allCases[random.next(below: 7)]
            definition.starts = Life.first
            let history = RhythmHistory(definition, recordedAt: Life.noon(0))
            let calendar = CalendarHistory(DayRule(zone: .utc))
            let evidence = Evidence(series: [Source(.commits): series])
            let now = Life.noon(random.next(below: Life.span))
            guard let weeks = evaluate(history, evidence: evidence, calendar: calendar, now: now) else { continue }
            definition.every = .day
            let daily = RhythmHistory(definition, recordedAt: Life.noon(0))
            guard let days = evaluate(daily, evidence: evidence, calendar: calendar, now: now) else { continue }
            let byDay = Dictionary(uniqueKeysWithValues: days.periods.map { ($0.period.first, $0.have) })
            for week in weeks.periods where !week.isOpen {
                let sum = (0..<7).reduce(0.0) { $0 + (byDay[week.period.first + $1] ?? 0) }
                // The first week may begin before the rhythm did, and evidence of then counts in it.
                if week.period.first >= Life.first { #expect(sum == week.have) }
            }
        }
    }

    @Test func laterEvidenceAndALaterLookLeaveClosedPeriodsAsTheyWere() {
        var random = SeededRandom(seed: 47)
        for _ in 0..<300 {
            var life = Life(&random)
            for index in life.versions.indices { life.versions[index].definition?.starts = Life.first }
            let today = 60 + random.next(below: 200)
            let later = today + 1 + random.next(below: 120)
            let known = life.versions.filter { $0.recordedAt <= Life.noon(today) }
            var then = life
            then.versions = known
            guard let before = then.judged(at: today), let after = life.judged(at: later) else { continue }
            for old in before.periods where !old.isOpen {
                let new = after.periods.first { $0.period == old.period }
                #expect(
                    new?.state == old.state && new?.have == old.have && new?.target == old.target, "\(old.period.id)")
            }
            var more = then.evidence
            for (source, series) in more.series {
                more.series[source] = DailySeries(
                    series.entries + [.init(day: Life.first + today + 1 + random.next(below: 30), quantity: 2)])
            }
            let unchanged = then.judged(at: today, more)
            #expect(unchanged?.periods.filter { !$0.isOpen } == before.periods.filter { !$0.isOpen })
        }
    }

    @Test func streaksAreWhatCountingByHandGives() {
        var random = SeededRandom(seed: 53)
        for _ in 0..<300 {
            let states = (0..<random.next(below: 30)).map { _ in
                PeriodState.allCases[random.next(below: PeriodState.allCases.count)]
            }
            // The longest run of "met" once all that changes nothing is taken out and misses cut.
            let runs = states.filter { $0 == .met || $0 == .missed }.split(
                separator: .missed, omittingEmptySubsequences: false)
            let streak = Streak(states: states)
            #expect(streak.longest == runs.map(\.count).max() ?? 0)
            #expect(streak.current == runs.last?.count ?? 0)
        }
    }

    @Test func activeDaysAreTheStreakOfADailyRhythm() {
        var random = SeededRandom(seed: 59)
        for _ in 0..<200 {
            var life = Life(&random, changing: false)
            let rest: Set<Weekday> = random.next(below: 2) == 0 ? [] : [.saturday, .sunday]
            var daily = RhythmDefinition(id: "r", name: "R", every: .day, measure: .commits, target: 1)
            daily.restDays = rest
            life.versions = [Version(definition: daily, recordedAt: Life.noon(Life.span + 60))]
            let today = 50 + random.next(below: Life.span)
            guard let found = life.judged(at: today), let commits = life.evidence.series[Source(.commits)] else {
                continue
            }
            let streak = Streak(activeDays: commits.activeDays, today: Life.first + today) { day in
                rest.contains(day.weekday)
                    || life.evidence.excuses.contains { $0.first <= day && day <= $0.last }
            }
            // A vacation day with a commit is active, and for a rhythm an excused day: those are left out.
            let isClean = !life.evidence.excuses.contains { excuse in
                !commits.entries(in: excuse.first...excuse.last).isEmpty
            }
            if isClean { #expect(streak == found.streak) }
        }
    }

    @Test func totalsAreSums() {
        var random = SeededRandom(seed: 61)
        for round in 0..<200 {
            let part = round.isMultiple(of: 2) ? 1.0 : 0.3
            let entries = Life.entries(&random).map { DailySeries.Entry(day: $0.day, quantity: $0.quantity * part) }
            let series = DailySeries(entries)
            let from = Life.first + random.next(below: Life.span) - 20
            let days = from...from + random.next(below: 90)
            let sum = entries.filter { days.contains($0.day) }.reduce(0) { $0 + $1.quantity }
            #expect((series.total(in: days) - sum).magnitude < 1e-9)
            let buckets = series.buckets(
                by: Cadence.calendar[random.next(below: 5)], in: days, weekStart: .sunday, isLevel: false)
            #expect((buckets.compactMap(\.quantity).reduce(0, +) - sum).magnitude < 1e-9)
            #expect(((buckets.last?.running ?? 0) - sum).magnitude < 1e-9)
            #expect(!buckets.contains { $0.quantity == nil })
            for (before, after) in zip(buckets, buckets.dropFirst()) {
                #expect(after.period.first == before.period.last + 1)
            }
        }
    }

    /// The score as Loop Habit Tracker computes it for a habit with a number, transcribed from its description: a rolling
    /// sum over the interval, and the multiplier 0.5^(√frequency/13) for each day.
    @Test(arguments: [Cadence.day, .week, .rolling(10)])
    func strengthIsTheLoopScore(every: Cadence) throws {
        var random = SeededRandom(seed: 67)
        let interval = every == .day ? 1 : every == .week ? 7 : 10
        for _ in 0..<20 {
            let series = DailySeries(Life.entries(&random))
            let target = Double(1 + random.next(below: 9))
            for bound in [RhythmDefinition.Bound.atLeast, .atMost] {
                var definition = RhythmDefinition(id: "r", name: "R", every: every, measure: .commits, target: target)
                definition.bound = bound
                definition.starts = Life.first
                let today = 30 + random.next(below: 300)
                let found = try #require(
                    evaluate(
                        RhythmHistory(definition, recordedAt: Life.noon(0)),
                        evidence: Evidence(series: [Source(.commits): series]),
                        calendar: CalendarHistory(DayRule(zone: .utc)), now: Life.noon(today)))
                let multiplier = pow(0.5, (1.0 / Double(interval)).squareRoot() / 13)
                var score = bound == .atMost ? 1.0 : 0.0
                for number in 0...today {
                    let sum = (0..<interval).reduce(0.0) { sum, back in
                        sum + series.total(in: Life.first + (number - back)...Life.first + (number - back))
                    }
                    let value =
                        bound == .atLeast ? min(1, sum / target) : min(1, max(0, 1 - (sum - target) / target))
                    let next = score * multiplier + value * (1 - multiplier)
                    score = number == today ? max(score, next) : next
                }
                #expect((found.strength - score).magnitude < 1e-9)
            }
        }
    }
}
