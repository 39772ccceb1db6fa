package import RhythmCore
import RhythmStore
import RhythmFacts

/// What the user declared, with the defaults for what they did not. Without a config file it is all defaults.
package struct Config: Equatable, Sendable {
    /// The user's emails besides each repository's own `user.email`.
    package var emails: [String] = []
    /// Author names that are the user's whatever the email.
    package var names: [String] = []
    package var coAuthored = false

    /// Folders searched for repositories; `~` is the home folder.
    package var roots = ["~"]
    /// Folders below a root that are looked into.
    package var depth = 4
    package var exclude = ["node_modules", "vendor", "target", "Library", "snap"]

    package var devlog = [
        "devlog/**", "devlogs/**", "docs/devlog/**", "DEVLOG.md", "DEV_LOG.md", "DEVLOG.txt", "docs/DEVLOG.md",
    ]

    /// Folders of notes outside git, whose dated files are dev log entries; `~` is the home folder.
    package var devlogFolders: [String] = []

    /// Globs of the tags that are releases.
    package var releases = ["v*"] + (0...9).map { "\($0)*" }

    /// The journal's folder where it is not the usual one; `~` is the home folder.
    package var journal: String?

    package var evidenceZone = EvidenceZone.author
    /// The file that is the roadmap; `~` is the home folder.
    package var roadmap: String?
    /// The first day of the roadmap's first month, where the file does not say so.
    package var roadmapStart: CalendarDay?
    package var roadmapWords = RoadmapWords()
    /// The repository of each project that the roadmap's tracker names; `~` is the home folder.
    package var roadmapProjects: [String: String] = [:]

    /// Minutes after midnight.
    package var dayStartsAt = 0
    package var weekStart = Weekday.monday
    package var merges = false
    package var credit = EvidenceRules.Credit.kept

    /// Seconds between looks at the repositories that cannot be watched.
    package var scanEvery: Int64 = 5 * 60
    /// Seconds between searches of the roots for new repositories, which look at all known ones as well.
    package var discoverEvery: Int64 = 60 * 60

    /// The metrics file for a collector, if there is to be one; `~` is the home folder.
    package var prometheus: String?

    /// On these nothing is asked, unless a rhythm names others.
    package var restDays: Set<Weekday> = []
    package var rhythms = RhythmDefinition.defaults
    package var goals: [Goal] = []
    package var vacations: [Excuse] = []
    /// Those that are declared; any other is a gauge.
    package var metrics: [String: MetricKind] = [:]

    /// Programs to run when an alert changes.
    package var hooks: [Hook] = []
    package var notify = DesktopNotification()

    package enum EvidenceZone: Equatable, Sendable {
        case author
        /// The machine's.
        case local
        case named(Zone)
    }

    /// When alerts speak up.
    package var nagPolicy = NagPolicy()

    package init() {}

    var identity: Job.Identity {
        Job.Identity(emails: emails, names: names, coAuthored: coAuthored)
    }

    /// The globs of all path filters, which the worker has to look for.
    var pathGlobs: [String] {
        let sources = rhythms.flatMap(\.parts).map(\.source) + goals.map(\.source)
        return Set(sources.filter { $0.measure != .devlog && $0.measure != .roadmapTicks }.flatMap(\.paths)).sorted()
    }

    /// The kinds of journal entries that it asks for, and those that are usual.
    var entryKinds: [String] {
        let asked = (rhythms.flatMap(\.parts).map(\.source) + goals.map(\.source)).compactMap { source -> String? in
            switch source.measure {
            case .entries(let kind), .minutes(let kind): kind
            default: nil
            }
        }
        return Set(asked).union(Self.usualKinds).sorted()
    }

    private static let usualKinds = ["question", "win", "sync", "retrospective", "blog", "demo", "devlog", "metric"]

    /// The day rules that it asks for on a machine in a zone.
    func calendar(machine: Zone) -> CalendarRecord {
        let zone: String? =
            switch evidenceZone {
            case .author: nil
            case .local: machine.name
            case .named(let zone): zone.name
            }
        return CalendarRecord(zone: machine.name, evidenceZone: zone, startsAt: dayStartsAt * 60)
    }
}

extension CalendarRecord {
    /// - Parameter machine: the machine's zone, which need not have a name that the database knows, and stands for those
    ///   that it no longer does.
    func rule(machine: Zone) -> DayRule {
        func zone(_ name: String) -> Zone { name == machine.name ? machine : Zone(iana: name) ?? machine }
        return DayRule(
            zone: zone(self.zone), evidenceZone: evidenceZone.map { .zone(zone($0)) } ?? .author, startsAt: startsAt)
    }
}

/// A path with the home folder for its `~`; nil where there is no home.
func atHome(_ path: String, home: String?) -> String? {
    path == "~" || path.hasPrefix("~/") ? home.map { $0 + path.dropFirst() } : path
}
