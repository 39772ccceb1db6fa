/// A time zone as a value: its name and its offsets. Where the offsets come from is its maker's affair.
package struct Zone: Sendable {
    package let name: String
    /// Seconds east of UTC at an instant.
    package let offset: @Sendable (Timestamp) -> Int

    package init(name: String, offset: @escaping @Sendable (Timestamp) -> Int) {
        self.name = name
        self.offset = offset
    }

    package static let utc = fixed(minutes: 0)

    package static func fixed(minutes: Int) -> Zone {
        Zone(name: "UTC" + UTCOffset(minutes: minutes).description) { _ in minutes * 60 }
    }
}

extension Zone: Equatable {
    /// Zones go by their names.
    package static func == (left: Zone, right: Zone) -> Bool { left.name == right.name }
}

/// An offset from UTC, in minutes, east positive.
package struct UTCOffset: Hashable, Sendable, CustomStringConvertible {
    package var minutes: Int

    package init(minutes: Int) {
        self.minutes = minutes
    }

    /// The offset as a commit's author wrote it, or UTC where no clock on earth could have shown it: a day or more.
    package var plausible: UTCOffset {
        abs(minutes) < 24 * 60 ? self : UTCOffset(minutes: 0)
    }

    /// `+02:00`.
    package var description: String {
        "\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60, to: 2)):\(padded(abs(minutes) % 60, to: 2))"
    }
}

/// How instants become days: in which zone, and when a day begins.
package struct DayRule: Sendable {
    /// The machine's zone: `now`, the edges of periods, and whatever has no offset of its own.
    package var zone: Zone
    /// In which zone the day of an item of evidence is read.
    package var evidenceZone: EvidenceZone
    /// Seconds after midnight at which a day begins. Earlier hours belong to the day before.
    package var startsAt: Int

    package enum EvidenceZone: Sendable {
        /// In the item's own offset.
        case author
        case zone(Zone)
    }

    package init(zone: Zone, evidenceZone: EvidenceZone = .author, startsAt: Int = 0) {
        self.zone = zone
        self.evidenceZone = evidenceZone
        self.startsAt = startsAt
    }

    /// The day that an instant belongs to in the machine's zone.
    package func day(of instant: Timestamp) -> CalendarDay {
        day(of: instant, offset: zone.offset(instant))
    }

    /// The day that an item of evidence belongs to.
    package func day(of instant: Timestamp, authorOffset: UTCOffset) -> CalendarDay {
        switch evidenceZone {
        case .author: day(of: instant, offset: authorOffset.plausible.minutes * 60)
        case .zone(let zone): day(of: instant, offset: zone.offset(instant))
        }
    }

    private func day(of instant: Timestamp, offset: Int) -> CalendarDay {
        CalendarDay(number: Int((instant.seconds + Int64(offset - startsAt)).floorDivided(by: 86_400)))
    }

    /// The instant at which a day begins: the last one before which the clock still showed an earlier day. Where the
    /// clock leaps over the day's first hour, that is the leap; a day that a zone left out begins where it ends.
    package func start(of day: CalendarDay) -> Timestamp {
        // An hour that repeats begins the day once more only if it was put back into the day before.
        if let start = instants(showing: startsAt, on: day).last(where: { self.day(of: $0 + -1) < day }) {
            return start
        }
        let local = Int64(day.number) * 86_400 + Int64(startsAt)
        let (earliest, latest) = around(local)
        // The clock never showed it: find the leap.
        var before = earliest - 1
        var after = latest
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if self.day(of: Timestamp(middle)) < day { before = middle } else { after = middle }
        }
        return Timestamp(after)
    }

    /// When the clock showed so many seconds after midnight on a day: twice where it was put back, never where it leapt.
    func instants(showing second: Int, on day: CalendarDay) -> [Timestamp] {
        let local = Int64(day.number) * 86_400 + Int64(second)
        let (earliest, latest) = around(local)
        return (earliest == latest ? [earliest] : [earliest, latest]).map { Timestamp($0) }
            .filter { $0.seconds + Int64(zone.offset($0)) == local }
    }

    /// The first and the last instant at which the clock can have shown a local time, told in seconds as if it were UTC.
    private func around(_ local: Int64) -> (earliest: Int64, latest: Int64) {
        // No zone is further than a day from UTC, so the offsets in force around then are among these.
        let offsets = [-2, -1, 0, 1, 2].map { zone.offset(Timestamp(local + $0 * 86_400)) }
        return (local - Int64(offsets.max() ?? 0), local - Int64(offsets.min() ?? 0))
    }

    /// `2026-11-23T14:05:00+01:00`, in the machine's zone.
    package func text(_ instant: Timestamp) -> String {
        Self.text(instant, offset: UTCOffset(minutes: zone.offset(instant) / 60))
    }

    /// The same in a given offset.
    package static func text(_ instant: Timestamp, offset: UTCOffset) -> String {
        let local = instant.seconds + Int64(offset.minutes * 60)
        let day = local.floorDivided(by: 86_400)
        let second = local - day * 86_400
        let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, to: 2) }.joined(separator: ":")
        return "\(CalendarDay(number: Int(day)))T\(clock)\(offset)"
    }
}
