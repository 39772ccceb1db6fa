/// The day rules through time. A change of zone or of the hour at which days begin holds from the day on which it was
/// made; the days before it stay as they were, and so do the periods that closed on them.
package struct CalendarHistory: Sendable {
    package struct Version: Sendable {
        package var rule: DayRule
        package var recordedAt: Timestamp

        package init(rule: DayRule, recordedAt: Timestamp) {
            self.rule = rule
            self.recordedAt = recordedAt
        }
    }

    /// The rule in force.
    package let current: DayRule
    private let first: DayRule
    private var changes: [Change] = []

    private struct Change {
        var rule: DayRule
        var at: Timestamp
        /// The first day that is read by it.
        var from: CalendarDay
        /// When that day begins.
        var opening: Timestamp
    }

    /// - Parameter versions: oldest first; the first holds for all time before it.
    /// - Returns: nil where there is none.
    package init?(versions: [Version]) {
        guard let first = versions.first, let last = versions.last else { return nil }
        self.first = first.rule
        current = last.rule
        for version in versions.dropFirst() {
            let from = version.rule.day(of: version.recordedAt)
            let opening = min(start(of: from), version.recordedAt)
            changes.append(Change(rule: version.rule, at: version.recordedAt, from: from, opening: opening))
        }
    }

    /// One rule for all time.
    package init(_ rule: DayRule) {
        first = rule
        current = rule
    }

    /// The day that an instant belongs to in the machine's zone.
    package func day(of instant: Timestamp) -> CalendarDay {
        changes.reduce(first.day(of: instant)) { day, change in
            // What lay before a change stays there, and nothing after it moves to before it: so nothing counts twice.
            day < change.from && instant < change.at ? day : max(change.rule.day(of: instant), change.from)
        }
    }

    /// The day that an item of evidence belongs to.
    package func day(of instant: Timestamp, authorOffset: UTCOffset) -> CalendarDay {
        changes.reduce(first.day(of: instant, authorOffset: authorOffset)) { day, change in
            let changed = change.rule.day(of: instant, authorOffset: authorOffset)
            // An author may be a day behind the machine whenever the item was made.
            return day >= change.from ? max(changed, change.from) : instant < change.at ? day : changed
        }
    }

    /// Two histories with the same one date evidence alike.
    var signature: String {
        ([(first, "")] + changes.map { ($0.rule, "\($0.from) \($0.at.seconds) ") }).map { rule, since in
            let zone =
                switch rule.evidenceZone {
                case .author: "author"
                case .zone(let zone): zone.name
                }
            return "\(since)\(zone) \(rule.startsAt)"
        }.joined(separator: ", ")
    }

    /// The instant at which a day begins: the last one before which ``day(of:)`` still says an earlier one.
    package func start(of day: CalendarDay) -> Timestamp {
        // No day up to that of a change begins later than the change was made.
        var latest = Timestamp(.max)
        for change in changes.reversed() {
            if day > change.from { return min(latest, max(change.opening, change.rule.start(of: day))) }
            latest = min(latest, change.at)
        }
        return min(latest, first.start(of: day))
    }

    /// `2026-11-23T14:05:00+01:00`, in the machine's zone as it is now.
    package func text(_ instant: Timestamp) -> String {
        current.text(instant)
    }
}
