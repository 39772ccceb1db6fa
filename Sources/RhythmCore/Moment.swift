/// A point in time as a person writes it.
package enum Moment: Hashable, Sendable {
    /// `2026-11-15`: as that day ended.
    case day(CalendarDay)
    /// `2026-11-15T18:00`, also with seconds, on the machine's clock.
    case local(CalendarDay, secondOfDay: Int)
    /// The same with `Z` or an offset such as `+01:00`.
    case instant(Timestamp, offset: UTCOffset)

    /// Nil for anything else.
    package init?(_ text: some StringProtocol) {
        let separator: Character = text.contains("T") ? "T" : " "
        let parts = text.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let day = CalendarDay(first) else { return nil }
        guard parts.count == 2 else {
            guard first.count == text.count else { return nil }
            self = .day(day)
            return
        }
        var clock = parts[1]
        var offset: UTCOffset?
        if clock.last == "Z" {
            offset = UTCOffset(minutes: 0)
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let found = Self.numbers(clock[clock.index(after: sign)...], 2...2), found[0] < 24, found[1] < 60
            else { return nil }
            offset = UTCOffset(minutes: (found[0] * 60 + found[1]) * (clock[sign] == "-" ? -1 : 1))
            clock = clock[..<sign]
        }
        guard let numbers = Self.numbers(clock, 2...3), numbers[0] < 24, numbers[1...].allSatisfy({ $0 < 60 }) else {
            return nil
        }
        let second: Int = numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
        if let offset {
            self = .instant(
                Timestamp(Int64(day.number) * 86_400 + Int64(second - offset.minutes * 60)), offset: offset)
        } else {
            self = .local(day, secondOfDay: second)
        }
    }

    /// A time that the clock showed twice is the second one; one that it leapt over, the leap.
    package func instant(by calendar: CalendarHistory) -> Timestamp {
        switch self {
        case .day(let day): calendar.start(of: day + 1) + -1
        case .local(let day, let second):
            calendar.current.instants(showing: second, on: day).last
                ?? DayRule(zone: calendar.current.zone, startsAt: second).start(of: day)
        case .instant(let instant, _): instant
        }
    }

    /// Two digits each, colons between.
    private static func numbers(_ text: some StringProtocol, _ count: ClosedRange<Int>) -> [Int]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.count == 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        return count.contains(parts.count) && numbers.count == parts.count ? numbers : nil
    }
}
