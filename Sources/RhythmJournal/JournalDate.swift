import Glibc
package import RhythmCore

/// What a file says of when something was: a day, or an instant.
package enum JournalDate: Equatable, Sendable {
    case day(CalendarDay)
    /// Seconds from the beginning of the day, and the offset from UTC in minutes, nil for the machine's zone.
    case time(CalendarDay, second: Int, offsetMinutes: Int?)

    /// Reads `2026-11-23`, `2026-11-23T15:40`, `2026-11-23 15:40:10.5 +01:00`, `…Z`; nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let day = Self.day(bytes[..<10]) else { return nil }
        guard bytes.count > 10 else {
            self = .day(day)
            return
        }
        guard "Tt ".utf8.contains(bytes[10]) else { return nil }
        var rest = bytes[11...]
        func number(below limit: Int) -> Int? {
            guard rest.count >= 2, let value = Self.digits(rest.prefix(2)), value < limit else { return nil }
            rest = rest.dropFirst(2)
            return value
        }
        func take(_ byte: Character) -> Bool {
            guard rest.first == byte.asciiValue else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let hour = number(below: 24), take(":"), let minute = number(below: 60) else { return nil }
        var second = 0
        if take(":") {
            // A leap second is the last of its minute.
            guard let value = number(below: 61) else { return nil }
            second = min(value, 59)
            if take(".") {
                guard let first = rest.first, Self.isDigit(first) else { return nil }
                rest = rest.drop(while: Self.isDigit)
            }
        }
        rest = rest.drop { $0 == 0x20 }
        let time = hour * 3600 + minute * 60 + second
        if rest.isEmpty {
            self = .time(day, second: time, offsetMinutes: nil)
        } else if take("Z") || take("z") {
            guard rest.isEmpty else { return nil }
            self = .time(day, second: time, offsetMinutes: 0)
        } else {
            let isWest = rest.first == UInt8(ascii: "-")
            guard take("+") || take("-"), let hours = number(below: 24) else { return nil }
            var minutes = 0
            if !rest.isEmpty {
                _ = take(":")
                guard let value = number(below: 60) else { return nil }
                minutes = value
            }
            guard rest.isEmpty else { return nil }
            self = .time(day, second: time, offsetMinutes: (isWest ? -1 : 1) * (hours * 60 + minutes))
        }
    }

    /// The date that a file's name begins with: `2026-11-22`, `20261122`.
    package init?(leading name: String) {
        let bytes = Array(name.utf8)
        func start(_ count: Int) -> ArraySlice<UInt8>? {
            bytes.count == count || bytes.count > count && !Self.isDigit(bytes[count]) ? bytes[..<count] : nil
        }
        let dash = [UInt8(ascii: "-")]
        let dashed = start(10).flatMap(Self.day)
        let plain = start(8).flatMap { Self.day($0[..<4] + dash + $0[4..<6] + dash + $0[6...]) }
        guard let found = dashed ?? plain else { return nil }
        self = .day(found)
    }

    /// The instant, of a day when it begins, and the offset from UTC then, in minutes.
    ///
    /// - Parameter zone: where no offset is written.
    package func instant(in zone: LocalZone) -> (at: Timestamp, offsetMinutes: Int) {
        switch self {
        case .day(let day): zone.instant(of: day, second: 0)
        case .time(let day, let second, nil): zone.instant(of: day, second: second)
        case .time(let day, let second, let offset?):
            (Timestamp(Int64(day.number) * 86_400 + Int64(second) - Int64(offset) * 60), offset)
        }
    }

    /// Before the year 1 nobody wrote a journal.
    private static func day(_ text: ArraySlice<UInt8>) -> CalendarDay? {
        CalendarDay(String(decoding: text, as: UTF8.self)).flatMap { $0.components.year > 0 ? $0 : nil }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.allSatisfy(isDigit) ? bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) } : nil
    }
}

/// A zone in which what is written without an offset is meant.
package struct LocalZone: Sendable {
    /// Tells two zones apart.
    package let name: String
    private let offset: @Sendable (CalendarDay, _ second: Int) -> Int

    /// The machine's, or the one that the environment names.
    package static var machine: LocalZone {
        var name = getenv("TZ").map { String(cString: $0) } ?? ""
        if name.isEmpty {
            var buffer = [CChar](repeating: 0, count: 4096)
            let length = readlink("/etc/localtime", &buffer, buffer.count)
            name = String(decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        return LocalZone(name: name) { day, second in
            let date = day.components
            var time = tm()
            time.tm_year = Int32(date.year - 1900)
            time.tm_mon = Int32(date.month - 1)
            time.tm_mday = Int32(date.day)
            time.tm_hour = Int32(second / 3600)
            time.tm_min = Int32(second / 60 % 60)
            time.tm_sec = Int32(second % 60)
            time.tm_isdst = -1
            mktime(&time)
            return time.tm_gmtoff / 60
        }
    }

    /// - Parameter offset: minutes east of UTC, always.
    package init(offset: Int) {
        self.init(name: "\(offset)") { _, _ in offset }
    }

    private init(name: String, offset: @escaping @Sendable (CalendarDay, Int) -> Int) {
        self.name = name
        self.offset = offset
    }

    func instant(of day: CalendarDay, second: Int) -> (at: Timestamp, offsetMinutes: Int) {
        let minutes = offset(day, second)
        return (Timestamp(Int64(day.number) * 86_400 + Int64(second) - Int64(minutes) * 60), minutes)
    }
}
