/// What is counted.
package enum Measure: Hashable, Sendable {
    /// The user's commits.
    case commits
    /// Days with a commit of the user's.
    case activeDays
    /// Dev log entries: one for each dev log file and day, and the journal's of that kind.
    case devlog
    case releases
    case roadmapTicks
    /// Readings of any metric: that somebody looked, whatever it showed.
    case samples
    /// Journal entries of a kind.
    case entries(String)
    /// Minutes that journal entries of a kind name.
    case minutes(String)
    /// A metric that is a level, such as a latency: its last reading is what holds.
    case gauge(String)
    /// A metric that only grows, such as a number of downloads: what it grew by is what counts.
    case counter(String)

    /// Those that go without a name.
    package static let plain: [Measure] = [.commits, .activeDays, .devlog, .releases, .roadmapTicks, .samples]

    /// A level is read, not added up.
    package var isLevel: Bool {
        if case .gauge = self { true } else { false }
    }

    /// Whether its items lie in repositories, so that it can be narrowed down to some.
    package var isInRepositories: Bool {
        self != .samples && Self.plain.contains(self)
    }

    /// Whether it can be narrowed down by paths: of the files that its items touch, of the titles that ticks stand under.
    package var hasPaths: Bool {
        [.commits, .activeDays, .devlog, .roadmapTicks].contains(self)
    }

    /// What the user does on a usual active day while there is no history to tell; nil for all that is needed at once.
    var unprovenPace: Double? {
        switch self {
        case .commits, .activeDays, .devlog, .releases, .roadmapTicks, .samples, .entries: 1
        case .minutes, .gauge, .counter: nil
        }
    }

    /// `1 commit`, `3 dev log entries`, `15 minutes of sync`, `latency 80`.
    package func phrase(_ quantity: Double) -> String {
        let number = text(of: quantity)
        func counted(_ one: String, _ many: String) -> String { quantity == 1 ? "1 \(one)" : "\(number) \(many)" }
        return switch self {
        case .commits: counted("commit", "commits")
        case .activeDays: counted("active day", "active days")
        case .devlog: counted("dev log entry", "dev log entries")
        case .releases: counted("release", "releases")
        case .roadmapTicks: counted("roadmap item", "roadmap items")
        case .samples: counted("reading of a metric", "readings of metrics")
        case .entries(let kind): counted(kind + " entry", kind + " entries")
        case .minutes(let kind): counted("minute of \(kind)", "minutes of \(kind)")
        case .gauge(let name): "\(name) \(number)"
        case .counter(let name): "\(number) more \(name)"
        }
    }
}

extension Measure: RawRepresentable, Codable {
    /// `commits`, `active-days`, `entries:win`, `minutes:sync`, `gauge:latency`, `counter:stars`.
    package var rawValue: String {
        switch self {
        case .commits: "commits"
        case .activeDays: "active-days"
        case .devlog: "devlog"
        case .releases: "releases"
        case .roadmapTicks: "roadmap-ticks"
        case .samples: "samples"
        case .entries(let kind): "entries:\(kind)"
        case .minutes(let kind): "minutes:\(kind)"
        case .gauge(let name): "gauge:\(name)"
        case .counter(let name): "counter:\(name)"
        }
    }

    package init?(rawValue: String) {
        if let plain = Self.plain.first(where: { $0.rawValue == rawValue }) {
            self = plain
            return
        }
        let parts = rawValue.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "entries": self = .entries(parts[1])
        case "minutes": self = .minutes(parts[1])
        case "gauge": self = .gauge(parts[1])
        case "counter": self = .counter(parts[1])
        default: return nil
        }
    }
}

/// A measure, and where it is taken.
package struct Source: Hashable, Sendable, Codable {
    package var measure: Measure
    /// Globs on a repository's name or path; none for all repositories.
    package var repositories: [String]
    /// Globs on the paths that an item touches, of a tick on the titles above it with a slash between; none for all.
    package var paths: [String]

    package init(_ measure: Measure, repositories: [String] = [], paths: [String] = []) {
        self.measure = measure
        self.repositories = repositories
        self.paths = paths
    }
}

/// A quantity as people write it: whole where it is whole, else with two digits at most.
package func text(of quantity: Double) -> String {
    guard quantity.magnitude < 1e15 else { return "\(quantity)" }
    let hundredths = Int((quantity * 100).rounded())
    let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
    let sign = hundredths < 0 ? "-" : ""
    guard rest != 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole)." + (rest % 10 == 0 ? "\(rest / 10)" : padded(rest, to: 2))
}
