package import RhythmCore

/// The types of `dev.rhythm.Rhythm`, named and documented in its interface file. Both ends use these.
package enum Wire {
    package static let interface = "dev.rhythm.Rhythm"
    /// The interface file.
    package static var interfaceText: String {
        String(decoding: PackageResources.dev_rhythm_Rhythm_varlink, as: UTF8.self)
    }

    package struct Outlook: Codable, Hashable, Sendable {
        package var pace: Double
        package var atRiskFrom: String
        package var lastSafeDay: String
        package var dueDay: String
        package var daysLeft: Int

        package init(pace: Double, atRiskFrom: String, lastSafeDay: String, dueDay: String, daysLeft: Int) {
            self.pace = pace
            self.atRiskFrom = atRiskFrom
            self.lastSafeDay = lastSafeDay
            self.dueDay = dueDay
            self.daysLeft = daysLeft
        }
    }

    package struct PeriodResult: Codable, Hashable, Sendable {
        package var id: String
        package var name: String
        package var measure: Measure
        package var every: Cadence
        package var period: String
        package var firstDay: String
        package var lastDay: String
        package var open: Bool
        package var state: PeriodState
        package var have: Int
        package var target: Int
        package var need: Int
        package var streak: Streak
        package var outlook: Outlook?

        package init(
            id: String, name: String, measure: Measure, every: Cadence, period: String, firstDay: String,
            lastDay: String, open: Bool, state: PeriodState, have: Int, target: Int, need: Int, streak: Streak,
            outlook: Outlook?
        ) {
            self.id = id
            self.name = name
            self.measure = measure
            self.every = every
            self.period = period
            self.firstDay = firstDay
            self.lastDay = lastDay
            self.open = open
            self.state = state
            self.have = have
            self.target = target
            self.need = need
            self.streak = streak
            self.outlook = outlook
        }
    }

    package struct Alert: Codable, Hashable, Sendable {
        package var id: String
        package var rhythm: String
        package var period: String
        package var state: String
        package var since: String
        package var file: String

        package init(id: String, rhythm: String, period: String, state: String, since: String, file: String) {
            self.id = id
            self.rhythm = rhythm
            self.period = period
            self.state = state
            self.since = since
            self.file = file
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
        package var own: Int
        package var emails: [String]
        package var problem: Problem?

        package init(
            gitDir: String, workDir: String?, standing: String, reader: String?, scannedAt: String?, own: Int,
            emails: [String], problem: Problem?
        ) {
            self.gitDir = gitDir
            self.workDir = workDir
            self.standing = standing
            self.reader = reader
            self.scannedAt = scannedAt
            self.own = own
            self.emails = emails
            self.problem = problem
        }
    }

    package struct Freshness: Codable, Hashable, Sendable {
        package var now: String
        package var today: String
        package var complete: Bool
        package var scanning: Bool
        package var scannedAt: String?
        package var asOf: String?
        package var trouble: String?

        package init(
            now: String, today: String, complete: Bool, scanning: Bool, scannedAt: String?, asOf: String?,
            trouble: String?
        ) {
            self.now = now
            self.today = today
            self.complete = complete
            self.scanning = scanning
            self.scannedAt = scannedAt
            self.asOf = asOf
            self.trouble = trouble
        }
    }

    package struct Item: Codable, Hashable, Sendable {
        package var object: String
        package var path: String?
        package var day: String?
        package var at: String?
        package var subject: String
        package var email: String
        package var coAuthored: Bool
        package var verdict: String
        package var reason: String?
        package var foldedInto: String?
        package var repositories: [String]
        package var unreachableSince: String?

        package init(
            object: String, path: String?, day: String?, at: String?, subject: String, email: String,
            coAuthored: Bool, verdict: String, reason: String?, foldedInto: String?, repositories: [String],
            unreachableSince: String?
        ) {
            self.object = object
            self.path = path
            self.day = day
            self.at = at
            self.subject = subject
            self.email = email
            self.coAuthored = coAuthored
            self.verdict = verdict
            self.reason = reason
            self.foldedInto = foldedInto
            self.repositories = repositories
            self.unreachableSince = unreachableSince
        }
    }
}
