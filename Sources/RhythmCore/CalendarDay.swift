/// A day of the proleptic Gregorian calendar, in no zone: the number of days since 1970-01-01.
package struct CalendarDay: Hashable, Sendable, Comparable {
    package let number: Int

    package init(number: Int) {
        self.number = number
    }

    /// - Parameters: a year, a month 1...12 and a day of that month; nil where the calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1 else { return nil }
        self.init(firstOf: month, year: year)
        guard day <= Self(firstOf: month % 12 + 1, year: month == 12 ? year + 1 : year) - self else { return nil }
        self = self + (day - 1)
    }

    // Counts in years that begin in March, so that the leap day is the last of its year, and in eras of 400 years.
    private init(firstOf month: Int, year: Int) {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.floorDivided(by: 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468
    }

    package var components: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1
        )
    }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let index = (number + 3) - (number + 3).floorDivided(by: 7) * 7
        return Weekday.allCases[index]
    }

    /// The ISO 8601 week: the year is the one that holds the week's Thursday.
    package var isoWeek: (year: Int, week: Int) {
        let thursday = self + (3 - weekday.rawValue)
        let year = thursday.components.year
        let first = Self(firstOf: 1, year: year)
        return (year, (thursday - first) / 7 + 1)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.number < right.number
    }

    package static func + (left: Self, days: Int) -> Self {
        CalendarDay(number: left.number + days)
    }

    /// Days from `right` to `left`.
    package static func - (left: Self, right: Self) -> Int {
        left.number - right.number
    }

    package static func - (left: Self, days: Int) -> Self {
        CalendarDay(number: left.number - days)
    }
}

extension CalendarDay: CustomStringConvertible {
    /// `2026-11-23`.
    package var description: String {
        let (year, month, day) = components
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    /// Reads `2026-11-23`; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

package enum Weekday: Int, Sendable, CaseIterable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    package var name: String {
        switch self {
        case .monday: "monday"
        case .tuesday: "tuesday"
        case .wednesday: "wednesday"
        case .thursday: "thursday"
        case .friday: "friday"
        case .saturday: "saturday"
        case .sunday: "sunday"
        }
    }
}

extension FixedWidthInteger {
    /// Division that rounds towards negative infinity, which is what calendars before their epoch need.
    package func floorDivided(by divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}

/// A number with leading zeros: `padded(7, to: 2)` is `07`.
package func padded(_ number: some BinaryInteger, to width: Int) -> String {
    let digits = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
