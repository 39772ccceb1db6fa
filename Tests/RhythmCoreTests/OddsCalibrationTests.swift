import Glibc
import RhythmCore
import RhythmTestSupport
import Testing

/// Somebody made up, with habits of their own.
private struct Person {
    enum Habit: CaseIterable {
        /// So many a day, by the weekday.
        case steady
        /// Most days nothing, some days a lot.
        case zeroInflated
        /// Days on and days off come in runs.
        case bursty
    }

    static let weeks = 72
    static let monday = day(of: "2025-01-06")

    /// Seconds of the day at which each commit came, by days.
    var commits: [[Int]] = []
    var target = 1.0

    init(_ habit: Habit, _ random: inout SeededRandom) {
        let rates = (0..<7).map { $0 < 5 ? random.between(0.2, 3) : random.between(0, 1) }
        let factor = random.between(0.3, 1.5)
        let (active, staying) = (random.between(0.15, 0.8), random.between(0.6, 0.9))
        // People get up and stop at their hours.
        let from = 5 + random.next(below: 8)
        let hours = 6 + random.next(below: 6)
        var isOn = true
        for number in 0..<Self.weeks * 7 {
            let rate = rates[number % 7] * factor
            let count: Int
            switch habit {
            case .steady: count = random.poisson(rate)
            case .zeroInflated: count = random.between(0, 1) < active ? random.poisson(rate / active) : 0
            case .bursty:
                if random.between(0, 1) > staying { isOn.toggle() }
                count = isOn ? random.poisson(rate * 2) : 0
            }
            commits.append((0..<count).map { _ in from * 3600 + random.next(below: hours * 3600) }.sorted())
        }
        // What somebody asks of themselves: near to what they do.
        let mean = Double(commits.reduce(0) { $0 + $1.count }) / Double(Self.weeks)
        target = max(1, (mean * random.between(0.4, 1.2)).rounded())
    }

    func isMet(week: Int) -> Bool {
        Double(commits[week * 7..<week * 7 + 7].reduce(0) { $0 + $1.count }) >= target
    }

    /// As it is known at a time of a day.
    func odds(day number: Int, second: Int) -> Odds? {
        var entries = (0..<number).map {
            DailySeries.Entry(day: Self.monday + $0, quantity: Double(commits[$0].count))
        }
        let today = Self.monday + number
        entries.append(.init(day: today, quantity: Double(commits[number].count { $0 <= second })))
        let calendar = CalendarHistory(DayRule(zone: .utc))
        var definition = RhythmDefinition(id: "r", name: "R", every: .week, measure: .commits, target: target)
        definition.starts = today - 7
        let judged = evaluate(
            RhythmHistory(definition, recordedAt: calendar.start(of: Self.monday)),
            evidence: Evidence(series: [Source(.commits): DailySeries(entries)]), calendar: calendar,
            now: calendar.start(of: today) + Int64(second))
        return judged?.outlook?.odds
    }
}

extension SeededRandom {
    fileprivate mutating func between(_ low: Double, _ high: Double) -> Double {
        Double.random(in: low..<high, using: &self)
    }

    /// Knuth's way: uniform numbers are multiplied until they fall below e^-mean.
    fileprivate mutating func poisson(_ mean: Double) -> Int {
        var count = 0
        var product = between(0, 1)
        while product > exp(-mean) {
            count += 1
            product *= between(0, 1)
        }
        return count
    }
}

/// What is said to be likely comes true about as often as that is said, at any time of any day.
@Suite struct OddsCalibrationTests {
    struct Bins {
        var stated = [Double](repeating: 0, count: 5)
        var met = [Double](repeating: 0, count: 5)
        var count = [Double](repeating: 0, count: 5)

        mutating func add(_ odds: Double, isMet: Bool) {
            let bin = min(4, Int(odds * 5))
            stated[bin] += odds
            met[bin] += isMet ? 1 : 0
            count[bin] += 1
        }

        /// Off by so much at most, in each fifth.
        func expect(within allowance: Double, samples: Double, _ what: String) {
            for bin in 0..<5 {
                let line =
                    "\(what), \(bin * 20) to \(bin * 20 + 20) %: stated \(stated[bin] / count[bin]), "
                    + "came true \(met[bin] / count[bin]), of \(count[bin])"
                #expect(count[bin] >= samples, "\(line)")
                #expect((stated[bin] - met[bin]).magnitude <= allowance * count[bin], "\(line)")
            }
        }
    }

    @Test func whatIsLikelyComesTrueAsOftenAsThatIsSaid() {
        var random = SeededRandom(seed: 89)
        var all = Bins()
        var byTime = [Bins](repeating: Bins(), count: 2)
        for number in 0..<180 {
            let person = Person(Person.Habit.allCases[number % 3], &random)
            for _ in 0..<24 {
                let week = 32 + random.next(below: Person.weeks - 32)
                let isEarly = random.next(below: 2) == 0
                let second = isEarly ? 0 : random.next(below: 86_400)
                let day = week * 7 + random.next(below: 7)
                guard let odds = person.odds(day: day, second: second) else { continue }
                all.add(odds.probability, isMet: person.isMet(week: week))
                byTime[isEarly ? 0 : 1].add(odds.probability, isMet: person.isMet(week: week))
            }
        }
        all.expect(within: 0.06, samples: 300, "all")
        byTime[0].expect(within: 0.06, samples: 150, "as the day begins")
        // Of a day that is half over, all that it used to bring is still expected: a little too much.
        byTime[1].expect(within: 0.1, samples: 150, "in the middle of the day")
    }
}
