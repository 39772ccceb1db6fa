package import RhythmCore

/// The types of `dev.rhythm.Rhythm`, named and documented in its interface file. Both ends use these.
package enum Wire {
    package static let interface = "dev.rhythm.Rhythm"
    /// The interface file.
    package static var interfaceText: String {
        String(decoding: PackageResources.dev_rhythm_Rhythm_varlink, as: UTF8.self)
    }

    package struct Outlook: Codable, Hashable, Sendable {
        package var pace: Double?
        package var atRiskFrom: String
        package var lastSafeDay: String
        package var lastSafeMoment: String
        package var dueDay: String
        package var daysLeft: Int
        package var safeDays: Int
        package var late: Bool
        package var neededPerDay: Double?
        package var odds: Double?
        package var oddsFrom: Int?

        package init(
            pace: Double? = nil, atRiskFrom: String, lastSafeDay: String, lastSafeMoment: String, dueDay: String,
            daysLeft: Int, safeDays: Int, late: Bool, neededPerDay: Double? = nil, odds: Double? = nil,
            oddsFrom: Int? = nil
        ) {
            self.pace = pace
            self.atRiskFrom = atRiskFrom
            self.lastSafeDay = lastSafeDay
            self.lastSafeMoment = lastSafeMoment
            self.dueDay = dueDay
            self.daysLeft = daysLeft
            self.safeDays = safeDays
            self.late = late
            self.neededPerDay = neededPerDay
            self.odds = odds
            self.oddsFrom = oddsFrom
        }
    }

    package struct Part: Codable, Hashable, Sendable {
        package var measure: Measure
        package var have: Double
        package var target: Double
        package var met: Bool

        package init(measure: Measure, have: Double, target: Double, met: Bool) {
            self.measure = measure
            self.have = have
            self.target = target
            self.met = met
        }
    }

    package struct Freeze: Codable, Hashable, Sendable {
        package var spent: Int
        package var budget: Int
        package var per: Cadence

        package init(spent: Int, budget: Int, per: Cadence) {
            self.spent = spent
            self.budget = budget
            self.per = per
        }
    }

    package struct PeriodResult: Codable, Hashable, Sendable {
        package var id: String
        package var name: String
        package var measure: Measure
        package var every: Cadence
        package var demand: String
        package var limit: Bool
        package var hard: Bool
        package var period: String
        package var firstDay: String
        package var lastDay: String
        package var open: Bool
        package var state: PeriodState
        package var have: Double
        package var target: Double
        package var need: Double
        package var parts: [Part]
        package var anyPart: Bool
        package var freeze: Freeze?
        package var streak: Streak
        package var strength: Double
        package var outlook: Outlook?
        package var ended: Bool
        package var provisional: Bool

        package init(
            id: String, name: String, measure: Measure, every: Cadence, demand: String, limit: Bool, hard: Bool,
            period: String, firstDay: String, lastDay: String, open: Bool, state: PeriodState, have: Double,
            target: Double, need: Double, parts: [Part], anyPart: Bool, freeze: Freeze? = nil, streak: Streak,
            strength: Double,
            outlook: Outlook? = nil, ended: Bool, provisional: Bool = false
        ) {
            self.id = id
            self.name = name
            self.measure = measure
            self.every = every
            self.demand = demand
            self.limit = limit
            self.hard = hard
            self.period = period
            self.firstDay = firstDay
            self.lastDay = lastDay
            self.open = open
            self.state = state
            self.have = have
            self.target = target
            self.need = need
            self.parts = parts
            self.anyPart = anyPart
            self.freeze = freeze
            self.streak = streak
            self.strength = strength
            self.outlook = outlook
            self.ended = ended
            self.provisional = provisional
        }
    }

    package struct Alert: Codable, Hashable, Sendable {
        package var id: String
        package var rhythm: String
        package var name: String
        package var period: String
        package var state: String
        package var since: String
        package var file: String
        package var have: Double
        package var target: Double
        package var need: Double
        package var lastSafeMoment: String?
        package var nextNag: String?
        package var acknowledged: String?
        package var snoozedUntil: String?
        package var silenced: String?
        package var silencedUntil: String?
        package var inhibitedBy: String?
        package var late: Bool

        package init(
            id: String, rhythm: String, name: String, period: String, state: String, since: String, file: String,
            have: Double, target: Double, need: Double, lastSafeMoment: String? = nil, nextNag: String? = nil,
            acknowledged: String? = nil, snoozedUntil: String? = nil, silenced: String? = nil,
            silencedUntil: String? = nil, inhibitedBy: String? = nil, late: Bool
        ) {
            self.id = id
            self.rhythm = rhythm
            self.name = name
            self.period = period
            self.state = state
            self.since = since
            self.file = file
            self.have = have
            self.target = target
            self.need = need
            self.lastSafeMoment = lastSafeMoment
            self.nextNag = nextNag
            self.acknowledged = acknowledged
            self.snoozedUntil = snoozedUntil
            self.silenced = silenced
            self.silencedUntil = silencedUntil
            self.inhibitedBy = inhibitedBy
            self.late = late
        }
    }

    package struct AlertEvent: Codable, Hashable, Sendable {
        package var id: String
        package var what: String
        package var at: String
        package var recordedAt: String
        package var note: String?

        package init(
            id: String, what: String, at: String, recordedAt: String, note: String? = nil
        ) {
            self.id = id
            self.what = what
            self.at = at
            self.recordedAt = recordedAt
            self.note = note
        }
    }

    package struct Silence: Codable, Hashable, Sendable {
        package var id: Int
        package var rhythm: String?
        package var why: String
        package var from: String
        package var until: String

        package init(
            id: Int, rhythm: String? = nil, why: String, from: String, until: String
        ) {
            self.id = id
            self.rhythm = rhythm
            self.why = why
            self.from = from
            self.until = until
        }
    }

    package struct Problem: Codable, Hashable, Sendable {
        package var code: String
        package var message: String
        package var since: String

        package init(code: String, message: String, since: String) {
            self.code = code
            self.message = message
            self.since = since
        }
    }

    package struct Repository: Codable, Hashable, Sendable {
        package var gitDir: String
        package var workDir: String?
        package var standing: String
        package var reader: String?
        package var scannedAt: String?
        package var completeSince: String?
        package var own: Int
        package var emails: [String]
        package var problem: Problem?
        package var unwatched: String?

        package init(
            gitDir: String, workDir: String?, standing: String, reader: String?, scannedAt: String?,
            completeSince: String? = nil, own: Int, emails: [String], problem: Problem?, unwatched: String? = nil
        ) {
            self.gitDir = gitDir
            self.workDir = workDir
            self.standing = standing
            self.reader = reader
            self.scannedAt = scannedAt
            self.completeSince = completeSince
            self.own = own
            self.emails = emails
            self.problem = problem
            self.unwatched = unwatched
        }
    }

    package struct Unwatched: Codable, Hashable, Sendable {
        package var why: String
        package var repositories: Int

        package init(why: String, repositories: Int) {
            self.why = why
            self.repositories = repositories
        }
    }

    /// How the database was put together again after it was found damaged.
    package struct Recovery: Codable, Hashable, Sendable {
        package var at: String
        package var reason: String
        package var damaged: String
        package var backup: String?
        package var backupAt: String?
        package var kept: [String]
        package var fromBackup: [String]
        package var lost: [String]
        package var report: String

        package init(
            at: String, reason: String, damaged: String, backup: String?, backupAt: String?, kept: [String],
            fromBackup: [String], lost: [String], report: String
        ) {
            self.at = at
            self.reason = reason
            self.damaged = damaged
            self.backup = backup
            self.backupAt = backupAt
            self.kept = kept
            self.fromBackup = fromBackup
            self.lost = lost
            self.report = report
        }
    }

    package struct FailingHook: Codable, Hashable, Sendable {
        package var run: [String]
        package var error: String
        package var since: String
        package var tries: Int

        package init(run: [String], error: String, since: String, tries: Int) {
            self.run = run
            self.error = error
            self.since = since
            self.tries = tries
        }
    }

    package struct Freshness: Codable, Hashable, Sendable {
        package var now: String
        package var today: String
        package var complete: Bool
        package var completeSince: String?
        package var unfinished: Int?
        package var scanning: Bool
        package var scannedAt: String?
        package var asOf: String?
        package var trouble: String?
        package var vantage: String?

        package init(
            now: String, today: String, complete: Bool, completeSince: String? = nil, unfinished: Int? = nil,
            scanning: Bool, scannedAt: String?, asOf: String?, trouble: String?, vantage: String? = nil
        ) {
            self.now = now
            self.today = today
            self.complete = complete
            self.completeSince = completeSince
            self.unfinished = unfinished
            self.scanning = scanning
            self.scannedAt = scannedAt
            self.asOf = asOf
            self.trouble = trouble
            self.vantage = vantage
        }
    }

    package struct Item: Codable, Hashable, Sendable {
        package enum Kind: String, Codable, Sendable { case commit, devlog, release, entry, sample, tick }

        package var kind: Kind
        package var name: String?
        package var object: String?
        package var path: String?
        package var heading: String?
        package var day: String?
        package var at: String?
        package var subject: String
        package var quantity: Double?
        package var unit: String?
        package var url: String?
        package var tags: [String]
        package var email: String
        package var coAuthored: Bool
        package var verdict: String
        package var reason: String?
        package var foldedInto: String?
        package var repositories: [String]
        package var unreachableSince: String?

        package init(
            kind: Kind, name: String? = nil, object: String?, path: String? = nil, heading: String? = nil, day: String?,
            at: String?, subject: String, quantity: Double? = nil, unit: String? = nil, url: String? = nil,
            tags: [String] = [], email: String = "", coAuthored: Bool = false, verdict: String, reason: String? = nil,
            foldedInto: String? = nil, repositories: [String], unreachableSince: String? = nil
        ) {
            self.kind = kind
            self.name = name
            self.object = object
            self.path = path
            self.heading = heading
            self.day = day
            self.at = at
            self.subject = subject
            self.quantity = quantity
            self.unit = unit
            self.url = url
            self.tags = tags
            self.email = email
            self.coAuthored = coAuthored
            self.verdict = verdict
            self.reason = reason
            self.foldedInto = foldedInto
            self.repositories = repositories
            self.unreachableSince = unreachableSince
        }
    }

    /// An entry of the journal, or a sample, whose kind is `metric`.
    package struct Entry: Codable, Hashable, Sendable {
        package var file: String
        package var kind: String
        package var day: String?
        package var at: String?
        package var title: String
        package var minutes: Double?
        package var url: String?
        package var tags: [String]
        package var metric: String?
        package var value: Double?
        package var unit: String?
        package var verdict: String
        package var reason: String?

        package init(
            file: String, kind: String, day: String?, at: String? = nil, title: String, minutes: Double? = nil,
            url: String? = nil, tags: [String] = [], metric: String? = nil, value: Double? = nil, unit: String? = nil,
            verdict: String, reason: String? = nil
        ) {
            self.file = file
            self.kind = kind
            self.day = day
            self.at = at
            self.title = title
            self.minutes = minutes
            self.url = url
            self.tags = tags
            self.metric = metric
            self.value = value
            self.unit = unit
            self.verdict = verdict
            self.reason = reason
        }
    }

    package struct Goal: Codable, Hashable, Sendable {
        package var id: String
        package var name: String
        package var measure: Measure
        package var demand: String
        package var limit: Bool
        package var from: String
        package var by: String
        package var state: String
        package var have: Double?
        package var target: Double
        package var need: Double
        package var perDay: Double
        package var neededPerDay: Double?
        package var finish: String?
        package var projected: Double?
        package var provisional: Bool

        package init(
            id: String, name: String, measure: Measure, demand: String, limit: Bool, from: String, by: String,
            state: String, have: Double? = nil, target: Double, need: Double, perDay: Double,
            neededPerDay: Double? = nil, finish: String? = nil, projected: Double? = nil, provisional: Bool = false
        ) {
            self.id = id
            self.name = name
            self.measure = measure
            self.demand = demand
            self.limit = limit
            self.from = from
            self.by = by
            self.state = state
            self.have = have
            self.target = target
            self.need = need
            self.perDay = perDay
            self.neededPerDay = neededPerDay
            self.finish = finish
            self.projected = projected
            self.provisional = provisional
        }
    }

    package struct Bucket: Codable, Hashable, Sendable {
        package var period: String
        package var firstDay: String
        package var lastDay: String
        package var quantity: Double?
        package var running: Double?

        package init(
            period: String, firstDay: String, lastDay: String, quantity: Double? = nil, running: Double? = nil
        ) {
            self.period = period
            self.firstDay = firstDay
            self.lastDay = lastDay
            self.quantity = quantity
            self.running = running
        }
    }

    package struct Excuse: Codable, Hashable, Sendable {
        package var id: Int?
        package var from: String
        package var to: String
        package var why: String
        package var rhythm: String?

        package init(id: Int? = nil, from: String, to: String, why: String, rhythm: String? = nil) {
            self.id = id
            self.from = from
            self.to = to
            self.why = why
            self.rhythm = rhythm
        }
    }

    package struct Finding: Codable, Hashable, Sendable {
        package var file: String
        package var line: Int?
        package var key: String?
        package var message: String

        package init(file: String, line: Int? = nil, key: String? = nil, message: String) {
            self.file = file
            self.line = line
            self.key = key
            self.message = message
        }
    }

    package struct Diagnosis: Codable, Hashable, Sendable {
        package enum Severity: String, Codable, Sendable, CaseIterable {
            case ok, note, warning, error
        }

        package var topic: String
        package var severity: Severity
        package var text: String
        /// A command line for a shell.
        package var remedy: String?

        package init(_ topic: String, _ severity: Severity, _ text: String, remedy: String? = nil) {
            self.topic = topic
            self.severity = severity
            self.text = text
            self.remedy = remedy
        }
    }

    package struct Change: Codable, Hashable, Sendable {
        package var what: String
        package var before: String?
        package var after: String?
        package var effect: String?

        package init(what: String, before: String? = nil, after: String? = nil, effect: String? = nil) {
            self.what = what
            self.before = before
            self.after = after
            self.effect = effect
        }
    }

    package struct Mismatch: Codable, Hashable, Sendable {
        package var field: String
        package var want: String
        package var have: String

        package init(field: String, want: String, have: String) {
            self.field = field
            self.want = want
            self.have = have
        }
    }

    package struct Expectation: Codable, Hashable, Sendable {
        package var line: Int?
        package var at: String
        package var rhythm: String
        package var period: String?
        package var result: PeriodResult?
        package var mismatches: [Mismatch]

        package init(
            line: Int? = nil, at: String, rhythm: String, period: String? = nil, result: PeriodResult? = nil,
            mismatches: [Mismatch]
        ) {
            self.line = line
            self.at = at
            self.rhythm = rhythm
            self.period = period
            self.result = result
            self.mismatches = mismatches
        }
    }
}
