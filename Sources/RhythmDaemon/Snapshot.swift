import RhythmCore
import RhythmStore

/// All that `Status` and `Report` answer from: what was true at one moment, made anew whenever the evidence or the day
/// changes, and read without waiting for whatever is being written.
struct Snapshot: Sendable {
    var evaluations: [RhythmEvaluation] = []
    var activeDays = Streak()
    var episodes: [Episode] = []
    var repositories: [TrackedRepository] = []
    var today = CalendarDay(number: 0)
    /// A pass has been through all repositories since this database was made.
    var complete = false
    /// What happened after this was not looked at yet; nil once a scan of this process is through.
    var asOf: Timestamp?
    /// When the last pass ended.
    var scannedAt: Timestamp?
    var trouble: String?
    var scanning = false
    var rule = DayRule(zone: .utc)
    var weekStart = Weekday.monday
}
