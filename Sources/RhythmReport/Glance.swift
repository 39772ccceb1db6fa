import RhythmAPI
import RhythmCore

/// What a status comes to in a few words, for the places with no room for more.
struct Glance {
    /// A rhythm that there is something to say about.
    struct Item {
        var result: Wire.PeriodResult
        /// The worst of its open period and of what earlier ones left behind.
        var state: PeriodState
        /// Its open period asks for something.
        var isOpen: Bool
    }

    /// The most pressing first, those of equal weight in the config's order.
    private(set) var items: [Item] = []
    /// Met, or nothing is asked, where no rhythm has anything to say.
    private(set) var state = PeriodState.met
    /// Not all that lately happened was looked at yet, so that what looks unmet may be met.
    let isUncertain: Bool
    private let isOneOfMany: Bool

    init(_ reply: Wire.Status.Reply) {
        isUncertain = reply.freshness.asOf != nil || !reply.freshness.hasRecentWeeks
        isOneOfMany = reply.rhythms.count > 1
        for result in reply.rhythms {
            let left = reply.alerts.filter { $0.rhythm == result.id }.compactMap { PeriodState(rawValue: $0.state) }
                .filter { $0 == .missed || $0 == .unverified }
            let isOpen = result.open && result.asks
            let state = result.provisional ? .unverified : result.state
            guard let worst = (left + (isOpen ? [state] : [])).min(by: { $0.weight < $1.weight }) else {
                continue
            }
            items.append(Item(result: result, state: worst, isOpen: isOpen))
        }
        items = Dictionary(grouping: items, by: \.state.weight).sorted { $0.key < $1.key }.flatMap(\.value)
        if let first = items.first { state = isUncertain ? .unverified : first.state }
    }

    /// `3/5`; of several rhythms `Commits 3/5, Dev log 0/1`; `?` as long as it is not certain; nothing where there is
    /// nothing to say.
    var text: String {
        guard !items.isEmpty else { return "" }
        guard !isUncertain else { return "?" }
        let shown = items.prefix(3).map { item in
            let amount = item.isOpen ? item.result.ratio : item.state.words
            guard isOneOfMany else { return amount }
            let name = harmless(item.result.name)
            return "\(columns(name) <= 16 ? name : fitted(name, to: 16)) \(amount)"
        }
        return shown.joined(separator: ", ") + (items.count > 3 ? " +\(items.count - 3)" : "")
    }
}

extension Wire.Freshness {
    /// What happened in the last weeks is known, whether or not the history before them is.
    package var hasRecentWeeks: Bool { complete || completeSince != nil }
}

extension Wire.PeriodResult {
    /// There is something left to do, or a limit is reached.
    var asks: Bool {
        switch state {
        case .met, .excused: false
        case .onTrack: !limit || measure.isLevel
        case .missed, .unverified, .atRisk, .due: true
        }
    }
}

extension PeriodState {
    /// How pressing it is, the most pressing lowest.
    fileprivate var weight: Int {
        switch self {
        case .missed: 0
        case .due: 1
        case .atRisk: 2
        case .unverified: 3
        case .onTrack: 4
        case .excused: 5
        case .met: 6
        }
    }
}
