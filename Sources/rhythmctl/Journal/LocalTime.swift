import Glibc
import RhythmCore

/// The machine's clock and zone, by the C library.
enum LocalTime {
    static var now: Timestamp { Timestamp(Int64(time(nil))) }

    static func offset(at instant: Timestamp) -> UTCOffset {
        var seconds = time_t(instant.seconds)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return UTCOffset(minutes: 0) }
        return UTCOffset(minutes: parts.tm_gmtoff / 60)
    }

    /// The instant at which the clock shows a time of a day.
    static func instant(on day: CalendarDay, secondOfDay: Int) -> Timestamp {
        let (year, month, number) = day.components
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(number)
        parts.tm_sec = Int32(secondOfDay)
        parts.tm_isdst = -1
        return Timestamp(Int64(mktime(&parts)))
    }

    static var today: CalendarDay { JournalEntry.When.time(now, offset(at: now)).day }
}

extension JournalEntry.When {
    /// Now, or what a person writes for another time.
    ///
    /// - Parameter text: `yesterday`, `2026-11-20`, `2026-11-20T18:00` or the same with an offset.
    init?(_ text: String?) {
        switch text?.lowercased() {
        case nil, "now"?: self = .time(LocalTime.now, LocalTime.offset(at: LocalTime.now))
        case "today"?: self = .day(LocalTime.today)
        case "yesterday"?: self = .day(LocalTime.today - 1)
        default:
            switch text.flatMap(Moment.init) {
            case nil: return nil
            case .day(let day)?: self = .day(day)
            case .local(let day, let second)?:
                let instant = LocalTime.instant(on: day, secondOfDay: second)
                self = .time(instant, LocalTime.offset(at: instant))
            case .instant(let instant, let offset)?: self = .time(instant, offset)
            }
        }
    }
}
