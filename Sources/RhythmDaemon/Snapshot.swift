import RhythmCore
import RhythmStore

/// A folder of notes, or the roadmap, that cannot be read.
struct NotesProblem: Hashable, Sendable {
    var folder: String
    var reason: String
    var isRoadmap = false

    /// - Parameter message: as the worker says it, which may begin with the path.
    init(folder: String, message: String) {
        self.folder = folder
        reason = message.hasPrefix(folder + ": ") ? String(message.dropFirst(folder.count + 2)) : message
    }

    /// - Parameter message: a sentence that begins with the path.
    init(roadmap: String, message: String) {
        folder = roadmap
        reason = message.hasPrefix(roadmap + " ") ? "it " + message.dropFirst(roadmap.count + 1) : message
        isRoadmap = true
    }
}

/// All that the daemon answers from: what was true at one moment, made anew whenever the evidence or the day changes, and
/// read without waiting for whatever is being written.
struct Snapshot: Sendable {
    var assessment = Assessment()
    /// Those that are not over.
    var alerts: [AlertView] = []
    var repositories: [TrackedRepository] = []
    /// How many repositories have history that is still to be read; nil where none has, or not all had a first look.
    var unfinished: Int?
    /// What happened after this was not looked at yet; nil once a scan of this process is through.
    var asOf: Timestamp?
    /// When the last pass ended.
    var scannedAt: Timestamp?
    var trouble: String?
    var scanning = false
    /// Why what happens in these repositories is not seen at once, by git dir.
    var unwatched: [String: Unwatched] = [:]
    var unreadableFolders: [NotesProblem] = []
    /// Files of the journal that should be entries.
    var unreadableEntries = 0
    var failingHooks: [FailingHook] = []
    /// The last one there was.
    var recovery: Recovery?
    /// Set for another time than now.
    var vantage: Vantage?
    var weekStart = Weekday.monday

    var calendar: CalendarHistory { assessment.calendar }
    var today: CalendarDay { assessment.today }
    /// All that the repositories hold has been read once.
    var complete: Bool { assessment.completeSince == nil }
}
