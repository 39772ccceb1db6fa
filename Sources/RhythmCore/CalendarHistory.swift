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
    private let changes: [(rule: DayRule, from: CalendarDay)]

    /// - Parameter versions: oldest first; the first holds for all time before it.
    /// - Returns: nil where there is none.
    package init?(versions: [Version]) {
        guard let first = versions.first, let last = versions.last else { return nil }
        self.first = first.rule
        current = last.rule
        changes = versions.dropFirst().map { ($0.rule, $0.rule.day(of: $0.recordedAt)) }
    }

    /// One rule for all time.
    package init(_ rule: DayRule) {
        first = rule
        current = rule
        changes = []
    }

    /// The day that an instant belongs to in the machine's zone.
    package func day(of instant: Timestamp) -> CalendarDay {
        day { $0.day(of: instant) }
    }

    /// The day that an item of evidence belongs to.
    package func day(of instant: Timestamp, authorOffset: UTCOffset) -> CalendarDay {
        day { $0.day(of: instant, authorOffset: authorOffset) }
    }

    // What lay before a change stays there, and nothing after it moves to before it: so nothing counts twice.
    private func day(by rule: (DayRule) -> CalendarDay) -> CalendarDay {
        changes.reduce(rule(first)) { day, change in
            day < change.from ? day : max(rule(change.rule), change.from)
        }
    }

    /// Two histories with the same one date evidence alike.
    var signature: String {
        ([(rule: first, from: nil)] + changes.map { (rule: $0.rule, from: Optional($0.from)) }).map { rule, from in
            let zone =
                switch rule.evidenceZone {
                case .author: "author"
                case .zone(let zone): zone.name
                }
            return "\(from.map { "\($0) " } ?? "")\(zone) \(rule.startsAt)"
        }.joined(separator: ", ")
    }

    /// The instant at which a day begins.
    package func start(of day: CalendarDay) -> Timestamp {
        (changes.last { $0.from <= day }?.rule ?? first).start(of: day)
    }

    /// `2026-11-23T14:05:00+01:00`, in the machine's zone as it is now.
    package func text(_ instant: Timestamp) -> String {
        current.text(instant)
    }
}
