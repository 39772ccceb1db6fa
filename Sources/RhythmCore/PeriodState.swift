/// How a period stands, closed or open.
package enum PeriodState: String, Sendable, Codable, CaseIterable {
    case met
    /// Closed with the target unmet.
    case missed
    /// Nothing was asked.
    case excused
    /// Closed with the target unmet as far as can be seen, and not all could be seen.
    case unverified
    /// Open, unmet, with time in hand.
    case onTrack = "on-track"
    /// Open, unmet, and from a day before the last moment at which the user's usual pace still does it.
    case atRisk = "at-risk"
    /// Open and unmet on its last day.
    case due
}
