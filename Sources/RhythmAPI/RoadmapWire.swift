package import RhythmCore

/// The roadmap on the wire.
extension Wire {
    package enum RoadmapHistory: WireMethod {
        package static let name = "RoadmapHistory"

        package struct Parameters: Codable, Hashable, Sendable {
            /// A day or a period.
            package var since: String?
            package var at: String?

            package init(since: String? = nil, at: String? = nil) {
                self.since = since
                self.at = at
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            /// Parents before children; what is not committed comes last.
            package var events: [Event]

            package init(freshness: Freshness, events: [Event]) {
                self.freshness = freshness
                self.events = events
            }
        }

        package struct Event: Codable, Hashable, Sendable {
            /// `added`, `dropped`, `ticked`, `unticked` or `renamed`.
            package var kind: String
            /// Nil for what is not committed, and so are the next two.
            package var at: String?
            package var day: String?
            package var commit: String?
            package var own: Bool
            /// The titles above the item, the outermost first.
            package var path: [String]
            package var text: String
            package var textBefore: String?
            package var pathBefore: [String]?

            package init(
                kind: String, at: String?, day: String?, commit: String?, own: Bool, path: [String], text: String,
                textBefore: String?, pathBefore: [String]?
            ) {
                self.kind = kind
                self.at = at
                self.day = day
                self.commit = commit
                self.own = own
                self.path = path
                self.text = text
                self.textBefore = textBefore
                self.pathBefore = pathBefore
            }
        }
    }

    package enum Roadmap: WireMethod {
        package static let name = "Roadmap"

        package struct Parameters: Codable, Hashable, Sendable {
            /// Read the file first.
            package var look: Bool?
            package var at: String?
            package var asKnown: Bool?

            package init(look: Bool? = nil, travel: Travel = Travel()) {
                self.look = look
                at = travel.at
                asKnown = travel.asKnown
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var file: String
            /// The worktree that holds it.
            package var repository: String?
            /// Why the file cannot be read now.
            package var problem: String?
            package var start: String?
            package var today: String
            package var done: Int
            package var total: Int
            package var sections: [Section]
            package var items: [Item]
            package var phases: [Phase]
            /// The index in `phases` of the one that should be running.
            package var current: Int?
            package var weeksAhead: Double?
            /// Ticks a week in the last eight weeks.
            package var velocity: Double
            /// The indices of the items to go for, the first first.
            package var next: [Int]
            package var criteria: [Criterion]
            package var status: [StatusValue]
            package var drift: [Drift]
            package var projects: [Project]

            package init(
                freshness: Freshness, file: String, repository: String?, problem: String?, start: String?,
                today: String,
                done: Int, total: Int, sections: [Section], items: [Item], phases: [Phase], current: Int?,
                weeksAhead: Double?, velocity: Double, next: [Int], criteria: [Criterion], status: [StatusValue],
                drift: [Drift], projects: [Project]
            ) {
                self.freshness = freshness
                self.file = file
                self.repository = repository
                self.problem = problem
                self.start = start
                self.today = today
                self.done = done
                self.total = total
                self.sections = sections
                self.items = items
                self.phases = phases
                self.current = current
                self.weeksAhead = weeksAhead
                self.velocity = velocity
                self.next = next
                self.criteria = criteria
                self.status = status
                self.drift = drift
                self.projects = projects
            }
        }

        package struct Section: Codable, Hashable, Sendable {
            /// `year`, `phase`, `demo`, `criteria`, … or `group`.
            package var kind: String
            package var title: String
            package var depth: Int
            package var parent: Int?
            package var line: Int
            package var done: Int
            package var total: Int

            package init(
                kind: String, title: String, depth: Int, parent: Int?, line: Int, done: Int, total: Int
            ) {
                self.kind = kind
                self.title = title
                self.depth = depth
                self.parent = parent
                self.line = line
                self.done = done
                self.total = total
            }
        }

        package struct Item: Codable, Hashable, Sendable {
            package var text: String
            package var section: Int?
            package var parent: Int?
            package var line: Int
            /// `open` or `ticked`; nil where there is no box.
            package var box: String?
            /// When it was ticked, and by which commit; nil for what was ticked in the first version, and for what is not
            /// committed.
            package var ticked: String?
            package var commit: String?
            /// What is not committed about it: `ticked`, `unticked`, `added` or `renamed`.
            package var uncommitted: String?

            package init(
                text: String, section: Int?, parent: Int?, line: Int, box: String?, ticked: String?, commit: String?,
                uncommitted: String?
            ) {
                self.text = text
                self.section = section
                self.parent = parent
                self.line = line
                self.box = box
                self.ticked = ticked
                self.commit = commit
                self.uncommitted = uncommitted
            }
        }

        package struct Phase: Codable, Hashable, Sendable {
            package var section: Int
            package var number: Int
            package var firstDay: String?
            package var lastDay: String?
            /// The share of its days that has passed.
            package var elapsed: Double
            package var done: Int
            package var total: Int
            /// Where the pace of the last eight weeks leads, and between which days in four cases of five.
            package var finish: String?
            package var earliest: String?
            package var latest: String?
            /// The boxes ticked by the end of each day on which that changed, and how many there were.
            package var burnUp: [BurnUp]

            package init(
                section: Int, number: Int, firstDay: String?, lastDay: String?, elapsed: Double, done: Int, total: Int,
                finish: String?, earliest: String?, latest: String?, burnUp: [BurnUp]
            ) {
                self.section = section
                self.number = number
                self.firstDay = firstDay
                self.lastDay = lastDay
                self.elapsed = elapsed
                self.done = done
                self.total = total
                self.finish = finish
                self.earliest = earliest
                self.latest = latest
                self.burnUp = burnUp
            }
        }

        package struct BurnUp: Codable, Hashable, Sendable {
            package var day: String
            package var done: Int
            package var total: Int

            package init(day: String, done: Int, total: Int) {
                self.day = day
                self.done = done
                self.total = total
            }
        }

        package struct Criterion: Codable, Hashable, Sendable {
            package var item: Int
            /// `met`, `open`, `missed`, `box` or `unread`.
            package var state: String
            /// The days that count; nil for all.
            package var from: String?
            package var by: String?
            package var readings: [Reading]

            package init(item: Int, state: String, from: String?, by: String?, readings: [Reading]) {
                self.item = item
                self.state = state
                self.from = from
                self.by = by
                self.readings = readings
            }
        }

        package struct Reading: Codable, Hashable, Sendable {
            package var text: String
            package var measure: Measure
            /// `≥`, `>`, `≤` or `<`.
            package var comparison: String
            package var target: Double
            package var unit: String
            /// Nil where no reading of the metric was logged.
            package var have: Double?
            package var met: Bool

            package init(
                text: String, measure: Measure, comparison: String, target: Double, unit: String, have: Double?,
                met: Bool
            ) {
                self.text = text
                self.measure = measure
                self.comparison = comparison
                self.target = target
                self.unit = unit
                self.have = have
                self.met = met
            }
        }

        package struct StatusValue: Codable, Hashable, Sendable {
            /// `phase`, `active_days`, `total_commits`, `skills_acquired` or `next_milestone`.
            package var name: String
            /// As the file has it, and on which line; nil where it has no such line.
            package var stated: String?
            package var line: Int?
            package var value: String
            package var contradiction: String?

            package init(name: String, stated: String?, line: Int?, value: String, contradiction: String?) {
                self.name = name
                self.stated = stated
                self.line = line
                self.value = value
                self.contradiction = contradiction
            }
        }

        package struct Drift: Codable, Hashable, Sendable {
            /// `status`, `criterion` or `review`.
            package var kind: String
            package var line: Int
            package var text: String

            package init(kind: String, line: Int, text: String) {
                self.kind = kind
                self.line = line
                self.text = text
            }
        }

        package struct Project: Codable, Hashable, Sendable {
            package var name: String
            /// Where the file has it: `current`, `planned` or `completed`.
            package var stage: String
            package var line: Int
            /// `active`, `dormant` or `done`; nil where no repository was found.
            package var state: String?
            package var repository: String?
            package var lastActive: String?
            package var commitsThisMonth: Int
            package var placeholder: Bool

            package init(
                name: String, stage: String, line: Int, state: String?, repository: String?, lastActive: String?,
                commitsThisMonth: Int, placeholder: Bool
            ) {
                self.name = name
                self.stage = stage
                self.line = line
                self.state = state
                self.repository = repository
                self.lastActive = lastActive
                self.commitsThisMonth = commitsThisMonth
                self.placeholder = placeholder
            }
        }
    }
}
