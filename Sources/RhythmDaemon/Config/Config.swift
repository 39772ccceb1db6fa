package import RhythmCore
import RhythmFacts

/// What the user declared, with the defaults for what they did not. Without a config file it is all defaults.
package struct Config: Sendable {
    /// The user's emails besides each repository's own `user.email`.
    package var emails: [String] = []
    /// Author names that are the user's whatever the email.
    package var names: [String] = []
    package var coAuthored = false

    /// Folders searched for repositories; nil for the home folder.
    package var roots: [String]?
    /// Folders below a root that are looked into.
    package var depth = 4
    package var exclude = ["node_modules", "vendor", "target", "Library", "snap"]

    package var devlog = [
        "devlog/**", "devlogs/**", "docs/devlog/**", "DEVLOG.md", "DEV_LOG.md", "DEVLOG.txt", "docs/DEVLOG.md",
    ]

    package var evidenceZone = EvidenceZone.author
    /// Minutes after midnight.
    package var dayStartsAt = 0
    package var weekStart = Weekday.monday
    package var merges = false
    package var credit = EvidenceRules.Credit.kept

    /// Seconds between looks at the known repositories.
    package var scanEvery: Int64 = 5 * 60
    /// Seconds between searches of the roots for new repositories.
    package var discoverEvery: Int64 = 60 * 60

    package var rhythms = RhythmDefinition.defaults

    package enum EvidenceZone: Sendable {
        case author
        /// The machine's.
        case local
        case named(Zone)
    }

    package init() {}

    var identity: Job.Identity {
        Job.Identity(emails: emails, names: names, coAuthored: coAuthored)
    }

    /// The rules for a machine in a zone.
    package func rules(machine: Zone) -> EvidenceRules {
        let zone: DayRule.EvidenceZone =
            switch evidenceZone {
            case .author: .author
            case .local: .zone(machine)
            case .named(let zone): .zone(zone)
            }
        return EvidenceRules(
            day: DayRule(zone: machine, evidenceZone: zone, startsAt: dayStartsAt * 60), countMerges: merges,
            credit: credit)
    }
}
