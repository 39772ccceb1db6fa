package import RhythmCore

/// The methods of `dev.rhythm.Rhythm`: their names, parameters and replies, defined once for both ends.
package protocol WireMethod {
    associatedtype Parameters: Codable & Sendable
    associatedtype Reply: Codable & Sendable
    static var name: String { get }
}

extension WireMethod {
    package static var qualifiedName: String { "\(Wire.interface).\(name)" }
}

extension Wire {
    package struct None: Codable, Hashable, Sendable {
        package init() {}
    }

    /// From when something is looked at: `2026-11-15`, as that day ended, or `2026-11-15T18:00`.
    package struct Travel: Codable, Hashable, Sendable {
        package var at: String?
        /// By what the daemon had recorded then.
        package var asKnown: Bool?

        package init(at: String? = nil, asKnown: Bool? = nil) {
            self.at = at
            self.asKnown = asKnown
        }
    }

    package enum Status: WireMethod {
        package static let name = "Status"
        package typealias Parameters = Travel

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var rhythms: [PeriodResult]
            package var activeDays: Streak
            package var goals: [Goal]
            package var alerts: [Alert]
            package var repositories: Int
            package var unreadable: [Repository]
            package var unwatched: [Unwatched]
            package var unreadableFolders: [Finding]
            package var unreadableEntries: Int
            package var failingHooks: [FailingHook]
            package var recovery: Recovery?

            package init(
                freshness: Freshness, rhythms: [PeriodResult], activeDays: Streak, goals: [Goal], alerts: [Alert],
                repositories: Int, unreadable: [Repository], unwatched: [Unwatched] = [],
                unreadableFolders: [Finding] = [], unreadableEntries: Int = 0, failingHooks: [FailingHook] = [],
                recovery: Recovery? = nil
            ) {
                self.freshness = freshness
                self.rhythms = rhythms
                self.activeDays = activeDays
                self.goals = goals
                self.alerts = alerts
                self.repositories = repositories
                self.unreadable = unreadable
                self.unwatched = unwatched
                self.unreadableFolders = unreadableFolders
                self.unreadableEntries = unreadableEntries
                self.failingHooks = failingHooks
                self.recovery = recovery
            }
        }
    }

    package enum Report: WireMethod {
        package static let name = "Report"

        package struct Parameters: Codable, Hashable, Sendable {
            package var last: Int?
            package var period: String?
            package var at: String?
            package var asKnown: Bool?

            package init(last: Int? = nil, period: String? = nil, travel: Travel = Travel()) {
                self.last = last
                self.period = period
                at = travel.at
                asKnown = travel.asKnown
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var rhythms: [PeriodResult]
            package var alerts: [Alert]

            package init(freshness: Freshness, rhythms: [PeriodResult], alerts: [Alert]) {
                self.freshness = freshness
                self.rhythms = rhythms
                self.alerts = alerts
            }
        }
    }

    package enum Explain: WireMethod {
        package static let name = "Explain"

        package struct Parameters: Codable, Hashable, Sendable {
            package var rhythm: String
            package var period: String?
            package var at: String?
            package var asKnown: Bool?

            package init(rhythm: String, period: String? = nil, travel: Travel = Travel()) {
                self.rhythm = rhythm
                self.period = period
                at = travel.at
                asKnown = travel.asKnown
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var result: PeriodResult
            package var rules: [String]
            package var items: [Item]

            package init(freshness: Freshness, result: PeriodResult, rules: [String], items: [Item]) {
                self.freshness = freshness
                self.result = result
                self.rules = rules
                self.items = items
            }
        }
    }

    package enum Repositories: WireMethod {
        package static let name = "Repositories"
        package typealias Parameters = Travel

        package struct Reply: Codable, Hashable, Sendable {
            package var repositories: [Repository]
            package var unreadableFolders: [Finding]

            package init(repositories: [Repository], unreadableFolders: [Finding] = []) {
                self.repositories = repositories
                self.unreadableFolders = unreadableFolders
            }
        }
    }

    package enum Scan: WireMethod {
        package static let name = "Scan"

        package struct Parameters: Codable, Hashable, Sendable {
            package var fresh: Bool?
            /// Its folder; all repositories where it is left out.
            package var repository: String?

            package init(fresh: Bool? = nil, repository: String? = nil) {
                self.fresh = fresh
                self.repository = repository
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var done: Int
            package var total: Int
            package var repository: String?
            package var commitsRead: Int
            package var new: Int
            package var problems: Int
            package var unreadableFolders: [Finding]
            package var trouble: String?

            package init(
                done: Int = 0, total: Int = 0, repository: String? = nil, commitsRead: Int = 0, new: Int = 0,
                problems: Int = 0, unreadableFolders: [Finding] = [], trouble: String? = nil
            ) {
                self.done = done
                self.total = total
                self.repository = repository
                self.commitsRead = commitsRead
                self.new = new
                self.problems = problems
                self.unreadableFolders = unreadableFolders
                self.trouble = trouble
            }
        }
    }

    package enum Journal: WireMethod {
        package static let name = "Journal"
        package typealias Parameters = None

        package struct Reply: Codable, Hashable, Sendable {
            package var path: String
            package var named: Bool
            package var kinds: [String]

            package init(path: String, named: Bool, kinds: [String]) {
                self.path = path
                self.named = named
                self.kinds = kinds
            }
        }
    }

    package enum Entries: WireMethod {
        package static let name = "Entries"

        package struct Parameters: Codable, Hashable, Sendable {
            package var kind: String?
            package var since: String?

            package init(kind: String? = nil, since: String? = nil) {
                self.kind = kind
                self.since = since
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var entries: [Entry]
            package var unreadable: [Finding]

            package init(freshness: Freshness, entries: [Entry], unreadable: [Finding]) {
                self.freshness = freshness
                self.entries = entries
                self.unreadable = unreadable
            }
        }
    }

    package enum SetRepository: WireMethod {
        package static let name = "SetRepository"

        package enum Action: String, Codable, Sendable, CaseIterable {
            case add, track, ignore, retire, forget
        }

        package struct Parameters: Codable, Hashable, Sendable {
            package var path: String
            package var action: Action

            package init(path: String, action: Action) {
                self.path = path
                self.action = action
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var repository: Repository?

            package init(repository: Repository?) {
                self.repository = repository
            }
        }
    }

    package enum Reload: WireMethod {
        package static let name = "Reload"
        package typealias Parameters = None

        package struct Reply: Codable, Hashable, Sendable {
            package var config: String

            package init(config: String) {
                self.config = config
            }
        }
    }

    package enum Goals: WireMethod {
        package static let name = "Goals"
        package typealias Parameters = Travel

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var goals: [Goal]

            package init(freshness: Freshness, goals: [Goal]) {
                self.freshness = freshness
                self.goals = goals
            }
        }
    }

    package enum Query: WireMethod {
        package static let name = "Query"

        package struct Parameters: Codable, Hashable, Sendable {
            package var measure: String
            package var by: String?
            package var since: String?
            package var until: String?
            package var repositories: [String]?
            package var paths: [String]?
            package var at: String?
            package var asKnown: Bool?

            package init(
                measure: String, by: String? = nil, since: String? = nil, until: String? = nil,
                repositories: [String]? = nil, paths: [String]? = nil, at: String? = nil, asKnown: Bool? = nil
            ) {
                self.measure = measure
                self.by = by
                self.since = since
                self.until = until
                self.repositories = repositories
                self.paths = paths
                self.at = at
                self.asKnown = asKnown
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var measure: Measure
            package var by: Cadence
            package var buckets: [Bucket]

            package init(freshness: Freshness, measure: Measure, by: Cadence, buckets: [Bucket]) {
                self.freshness = freshness
                self.measure = measure
                self.by = by
                self.buckets = buckets
            }
        }
    }

    package enum Items: WireMethod {
        package static let name = "Items"

        package struct Parameters: Codable, Hashable, Sendable {
            package var measure: String
            package var since: String?
            package var until: String?

            package init(measure: String, since: String? = nil, until: String? = nil) {
                self.measure = measure
                self.since = since
                self.until = until
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var items: [Item]

            package init(freshness: Freshness, items: [Item]) {
                self.freshness = freshness
                self.items = items
            }
        }
    }

    package enum Excuses: WireMethod {
        package static let name = "Excuses"
        package typealias Parameters = Travel

        package struct Reply: Codable, Hashable, Sendable {
            package var excuses: [Excuse]

            package init(excuses: [Excuse]) {
                self.excuses = excuses
            }
        }
    }

    package enum AddExcuse: WireMethod {
        package static let name = "AddExcuse"

        package struct Parameters: Codable, Hashable, Sendable {
            package var from: String
            package var to: String
            package var why: String
            package var rhythm: String?

            package init(from: String, to: String, why: String, rhythm: String? = nil) {
                self.from = from
                self.to = to
                self.why = why
                self.rhythm = rhythm
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var excuse: Wire.Excuse

            package init(excuse: Wire.Excuse) {
                self.excuse = excuse
            }
        }
    }

    package enum RevokeExcuse: WireMethod {
        package static let name = "RevokeExcuse"

        package struct Parameters: Codable, Hashable, Sendable {
            package var id: Int

            package init(id: Int) {
                self.id = id
            }
        }

        package typealias Reply = None
    }

    package enum Check: WireMethod {
        package static let name = "Check"

        package struct Parameters: Codable, Hashable, Sendable {
            package var file: String
            package var text: String

            package init(file: String, text: String) {
                self.file = file
                self.text = text
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var findings: [Finding]
            package var changes: [Change]

            package init(findings: [Finding], changes: [Change]) {
                self.findings = findings
                self.changes = changes
            }
        }
    }

    package enum Doctor: WireMethod {
        package static let name = "Doctor"
        package typealias Parameters = None

        package struct Reply: Codable, Hashable, Sendable {
            package var findings: [Diagnosis]

            package init(findings: [Diagnosis]) {
                self.findings = findings
            }
        }
    }

    package enum Test: WireMethod {
        package static let name = "Test"

        package struct Parameters: Codable, Hashable, Sendable {
            package var file: String
            package var text: String

            package init(file: String, text: String) {
                self.file = file
                self.text = text
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var findings: [Finding]
            package var expectations: [Expectation]

            package init(findings: [Finding], expectations: [Expectation]) {
                self.findings = findings
                self.expectations = expectations
            }
        }
    }

    package enum Alerts: WireMethod {
        package static let name = "Alerts"
        package typealias Parameters = Travel

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var alerts: [Alert]
            package var silences: [Silence]

            package init(freshness: Freshness, alerts: [Alert], silences: [Silence]) {
                self.freshness = freshness
                self.alerts = alerts
                self.silences = silences
            }
        }
    }

    package enum ShowAlert: WireMethod {
        package static let name = "ShowAlert"

        package struct Parameters: Codable, Hashable, Sendable {
            package var id: String

            package init(id: String) {
                self.id = id
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var alert: Alert
            package var text: String
            package var events: [AlertEvent]

            package init(alert: Alert, text: String, events: [AlertEvent]) {
                self.alert = alert
                self.text = text
                self.events = events
            }
        }
    }

    package enum AckAlert: WireMethod {
        package static let name = "AckAlert"

        package struct Parameters: Codable, Hashable, Sendable {
            package var id: String
            package var note: String?

            package init(id: String, note: String? = nil) {
                self.id = id
                self.note = note
            }
        }

        package typealias Reply = None
    }

    package enum SnoozeAlert: WireMethod {
        package static let name = "SnoozeAlert"

        package struct Parameters: Codable, Hashable, Sendable {
            package var id: String
            package var until: String

            package init(id: String, until: String) {
                self.id = id
                self.until = until
            }
        }

        package typealias Reply = None
    }

    package enum SilenceAlerts: WireMethod {
        package static let name = "SilenceAlerts"

        package struct Parameters: Codable, Hashable, Sendable {
            package var rhythm: String?
            package var why: String
            package var until: String

            package init(rhythm: String? = nil, why: String, until: String) {
                self.rhythm = rhythm
                self.why = why
                self.until = until
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var silence: Silence

            package init(silence: Silence) {
                self.silence = silence
            }
        }
    }

    package enum EndSilence: WireMethod {
        package static let name = "EndSilence"

        package struct Parameters: Codable, Hashable, Sendable {
            package var id: Int

            package init(id: Int) {
                self.id = id
            }
        }

        package typealias Reply = None
    }

    package enum AlertHistory: WireMethod {
        package static let name = "AlertHistory"

        package struct Parameters: Codable, Hashable, Sendable {
            package var since: String?

            package init(since: String? = nil) {
                self.since = since
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var events: [AlertEvent]

            package init(events: [AlertEvent]) {
                self.events = events
            }
        }
    }

    package enum Backup: WireMethod {
        package static let name = "Backup"
        package typealias Parameters = None

        package struct Reply: Codable, Hashable, Sendable {
            package var path: String
            package var bytes: Int

            package init(path: String, bytes: Int) {
                self.path = path
                self.bytes = bytes
            }
        }
    }

    package enum Restore: WireMethod {
        package static let name = "Restore"

        package struct Parameters: Codable, Hashable, Sendable {
            package var path: String?

            package init(path: String? = nil) {
                self.path = path
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var from: String
            package var before: String?

            package init(from: String, before: String?) {
                self.from = from
                self.before = before
            }
        }
    }
}
