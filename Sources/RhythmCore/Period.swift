/// The lengths of time that a rhythm may repeat in.
package enum Cadence: Hashable, Sendable {
    case day, week, month, quarter, year
    /// Each day anew, looking back over this many days, that day included.
    case rolling(Int)

    package static let calendar: [Cadence] = [.day, .week, .month, .quarter, .year]

    /// Whether it is judged every day, so that a day is all the time there is.
    package var isDaily: Bool {
        switch self {
        case .day, .rolling: true
        case .week, .month, .quarter, .year: false
        }
    }

    /// What a streak counts: `week`; days where it is judged every day.
    package var step: String {
        isDaily ? "day" : rawValue
    }

    /// `week`; `any 7 days`.
    package var noun: String {
        if case .rolling(let days) = self { "any \(days) days" } else { rawValue }
    }
}

extension Cadence: RawRepresentable, Codable {
    /// `day`, `week`, `month`, `quarter`, `year` or `rolling-7`.
    package var rawValue: String {
        switch self {
        case .day: "day"
        case .week: "week"
        case .month: "month"
        case .quarter: "quarter"
        case .year: "year"
        case .rolling(let days): "rolling-\(days)"
        }
    }

    package init?(rawValue: String) {
        if let found = Self.calendar.first(where: { $0.rawValue == rawValue }) {
            self = found
        } else if rawValue.hasPrefix("rolling-"), let days = Int(rawValue.dropFirst(8)), days >= 1 {
            self = .rolling(days)
        } else {
            return nil
        }
    }
}

/// One stretch of whole days that a rhythm asks something of.
package struct Period: Hashable, Sendable {
    package let cadence: Cadence
    /// Where the calendar begins it.
    private let nominalFirst: CalendarDay
    /// Where it begins: elsewhere than the calendar says only where the rhythm or the week changed.
    package private(set) var first: CalendarDay
    package let last: CalendarDay

    package var days: ClosedRange<CalendarDay> { first...last }
    package var dayCount: Int { last - first + 1 }
    /// How many days the calendar gives it.
    package var nominalDayCount: Int { last - nominalFirst + 1 }

    /// The period that holds a day.
    package init(_ cadence: Cadence, holding day: CalendarDay, weekStart: Weekday = .monday) {
        self.cadence = cadence
        let (year, month, _) = day.components
        switch cadence {
        case .day:
            first = day
            last = day
        case .week:
            first = day - ((day.weekday.rawValue - weekStart.rawValue + 7) % 7)
            last = first + 6
        case .month:
            first = Self.first(of: month, year)
            last = Self.first(of: month + 1, year) - 1
        case .quarter:
            let opening = (month - 1) / 3 * 3 + 1
            first = Self.first(of: opening, year)
            last = Self.first(of: opening + 3, year) - 1
        case .year:
            first = Self.first(of: 1, year)
            last = Self.first(of: 13, year) - 1
        case .rolling(let days):
            first = day - (days - 1)
            last = day
        }
        nominalFirst = first
    }

    /// The same with another first day. A rolling one always looks back as far as it does.
    func beginning(on day: CalendarDay) -> Period {
        guard cadence == .day || !cadence.isDaily else { return self }
        var period = self
        period.first = day
        return period
    }

    package func previous(weekStart: Weekday = .monday) -> Period {
        Period(cadence, holding: first - 1, weekStart: weekStart)
    }

    /// `2026-11-23`, also for the days that end with it, `2026-W48`, `2026-11`, `2026-Q4` or `2026`. A week that does not
    /// begin on Monday goes by the ISO week that holds its fourth day, so that each label is used once.
    package var id: String {
        let (year, month, _) = nominalFirst.components
        switch cadence {
        case .day, .rolling: return last.description
        case .week:
            let week = (nominalFirst + 3).isoWeek
            return "\(padded(week.year, to: 4))-W\(padded(week.week, to: 2))"
        case .month: return "\(padded(year, to: 4))-\(padded(month, to: 2))"
        case .quarter: return "\(padded(year, to: 4))-Q\((month + 2) / 3)"
        case .year: return padded(year, to: 4)
        }
    }

    /// Reads what ``id`` writes; nil for anything else.
    package init?(id: some StringProtocol, weekStart: Weekday = .monday) {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, first.count == 4, let year = Int(first), year >= 1 else { return nil }
        let found: Period? =
            switch parts.count {
            case 1: CalendarDay(year: year, month: 1, day: 1).map { Period(.year, holding: $0) }
            case 2 where parts[1].first == "W":
                // The fourth of January is always in the first ISO week.
                if let week = Int(parts[1].dropFirst()), (1...53).contains(week),
                    let anchor = CalendarDay(year: year, month: 1, day: 4)
                {
                    Period(.week, holding: anchor - anchor.weekday.rawValue + 7 * (week - 1) + 3, weekStart: weekStart)
                } else {
                    nil
                }
            case 2 where parts[1].first == "Q":
                Int(parts[1].dropFirst()).flatMap {
                    (1...4).contains($0) ? CalendarDay(year: year, month: 3 * $0 - 2, day: 1) : nil
                }
                .map { Period(.quarter, holding: $0) }
            case 2:
                Int(parts[1]).flatMap { CalendarDay(year: year, month: $0, day: 1) }.map { Period(.month, holding: $0) }
            case 3: CalendarDay(id).map { Period(.day, holding: $0) }
            default: nil
            }
        guard let found, found.id == id else { return nil }
        self = found
    }

    private static func first(of month: Int, _ year: Int) -> CalendarDay {
        // A month of 13 and more is one of the years after.
        let index = month - 1
        guard let day = CalendarDay(year: year + index / 12, month: index % 12 + 1, day: 1) else {
            preconditionFailure("the first of a month exists")
        }
        return day
    }
}
