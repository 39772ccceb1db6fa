/// What an item of evidence came to.
package enum Verdict: Hashable, Sendable {
    case counted
    /// The same work counts already, as another item.
    case folded
    case rejected(Rejection)

    package var name: String {
        switch self {
        case .counted: "counted"
        case .folded: "folded"
        case .rejected: "rejected"
        }
    }
}

/// Why an item does not count. The raw values stand in the database; never give one to another reason.
package enum Rejection: Int, Sendable, CaseIterable {
    case merge = 2
    case future = 3
    case impossibleDate = 4
    case notYours = 5
    case unreachable = 6
    case ignored = 7

    /// In words a person reads after "rejected:".
    package var text: String {
        switch self {
        case .merge: "a merge commit"
        case .future: "dated in the future, counts when its time comes"
        case .impossibleDate: "its author date cannot be read or is outside the years 1 to 9999"
        case .notYours: "the author is not you by the identities in force"
        case .unreachable: "no branch or tag leads to it any more, and credit = \"reachable\""
        case .ignored: "its repository is ignored"
        }
    }
}

extension Verdict: RawRepresentable {
    package init?(rawValue: Int) {
        switch rawValue {
        case 0: self = .counted
        case 1: self = .folded
        default:
            guard let reason = Rejection(rawValue: rawValue) else { return nil }
            self = .rejected(reason)
        }
    }

    package var rawValue: Int {
        switch self {
        case .counted: 0
        case .folded: 1
        case .rejected(let reason): reason.rawValue
        }
    }
}

/// What the config says of how evidence counts.
package struct EvidenceRules: Sendable {
    package enum Credit: String, Sendable, CaseIterable {
        /// A commit once seen counts for ever.
        case kept
        /// A commit counts while something leads to it.
        case reachable
    }

    package var calendar: CalendarHistory
    package var countMerges: Bool
    package var credit: Credit

    package init(calendar: CalendarHistory, countMerges: Bool = false, credit: Credit = .kept) {
        self.calendar = calendar
        self.countMerges = countMerges
        self.credit = credit
    }

    /// Whether a date can be the date of work at all: the years 1 to 9999.
    package static func isPossible(_ instant: Timestamp) -> Bool {
        (-62_135_596_800..<253_402_300_800).contains(instant.seconds)
    }

    /// A digest of what verdicts and days depend on; when it changes they are derived afresh.
    package var signature: String {
        return "2 \(calendar.signature) \(countMerges) \(credit.rawValue)"
    }
}
