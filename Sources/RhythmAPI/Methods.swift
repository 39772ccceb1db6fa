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

    package enum Status: WireMethod {
        package static let name = "Status"
        package typealias Parameters = None

        package struct Reply: Codable, Hashable, Sendable {
            package var freshness: Freshness
            package var rhythms: [PeriodResult]
            package var activeDays: Streak
            package var alerts: [Alert]
            package var repositories: Int
            package var unreadable: [Repository]

            package init(
                freshness: Freshness, rhythms: [PeriodResult], activeDays: Streak, alerts: [Alert],
                repositories: Int, unreadable: [Repository]
            ) {
                self.freshness = freshness
                self.rhythms = rhythms
                self.activeDays = activeDays
                self.alerts = alerts
                self.repositories = repositories
                self.unreadable = unreadable
            }
        }
    }

    package enum Report: WireMethod {
        package static let name = "Report"

        package struct Parameters: Codable, Hashable, Sendable {
            package var last: Int?
            package var period: String?

            package init(last: Int? = nil, period: String? = nil) {
                self.last = last
                self.period = period
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

            package init(rhythm: String, period: String? = nil) {
                self.rhythm = rhythm
                self.period = period
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
        package typealias Parameters = None

        package struct Reply: Codable, Hashable, Sendable {
            package var repositories: [Repository]

            package init(repositories: [Repository]) {
                self.repositories = repositories
            }
        }
    }

    package enum Scan: WireMethod {
        package static let name = "Scan"

        package struct Parameters: Codable, Hashable, Sendable {
            package var fresh: Bool?

            package init(fresh: Bool? = nil) {
                self.fresh = fresh
            }
        }

        package struct Reply: Codable, Hashable, Sendable {
            package var done: Int
            package var total: Int
            package var repository: String?
            package var commitsRead: Int
            package var new: Int
            package var problems: Int
            package var trouble: String?

            package init(
                done: Int = 0, total: Int = 0, repository: String? = nil, commitsRead: Int = 0, new: Int = 0,
                problems: Int = 0, trouble: String? = nil
            ) {
                self.done = done
                self.total = total
                self.repository = repository
                self.commitsRead = commitsRead
                self.new = new
                self.problems = problems
                self.trouble = trouble
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
}
