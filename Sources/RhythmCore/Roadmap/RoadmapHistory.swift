/// What happened to a roadmap's items, from all that was committed.
package struct RoadmapHistory: Sendable {
    /// A change, and the commit that made it.
    package struct Event: Hashable, Sendable {
        package var change: RoadmapChange
        package var commit: ObjectID
        package var at: Timestamp
        package var day: CalendarDay
        /// The user's own.
        package var isOwn: Bool

        package init(change: RoadmapChange, commit: ObjectID, at: Timestamp, day: CalendarDay, isOwn: Bool) {
            self.change = change
            self.commit = commit
            self.at = at
            self.day = day
            self.isOwn = isOwn
        }
    }

    /// One item, followed through its names.
    package struct Record: Hashable, Sendable {
        package var name: RoadmapChange.Name
        package var added: Event
        /// The tick that stands; nil while it is open, and for what was ticked in the first version.
        package var ticked: Event?
        package var isTicked: Bool
    }

    package private(set) var records: [RoadmapChange.Name: Record] = [:]
    /// Those that are gone.
    package private(set) var dropped: [Record] = []
    package let events: [Event]

    /// - Parameter events: parents before children.
    package init(_ events: [Event]) {
        self.events = events
        for event in events { take(event) }
    }

    private mutating func take(_ event: Event) {
        let change = event.change
        switch change.kind {
        case .added:
            records[change.name] = Record(name: change.name, added: event, ticked: nil, isTicked: change.isTicked)
        case .dropped:
            if let record = records.removeValue(forKey: change.name) { dropped.append(record) }
        case .ticked:
            records[change.name]?.ticked = event
            records[change.name]?.isTicked = true
        case .unticked:
            records[change.name]?.ticked = nil
            records[change.name]?.isTicked = false
        case .renamed:
            guard let before = change.before, var record = records.removeValue(forKey: before) else { return }
            record.name = change.name
            records[change.name] = record
        }
    }

    /// As it was at an instant.
    package func upTo(_ instant: Timestamp) -> RoadmapHistory {
        RoadmapHistory(events.filter { $0.at <= instant })
    }
}

extension RoadmapHistory {
    /// What a phase had come to by the end of a day.
    package struct BurnUp: Hashable, Sendable {
        package var day: CalendarDay
        package var done: Int
        package var total: Int
    }

    /// For each phase, by its section's index, the days on which its boxes changed. What was in a phase then counts for the
    /// one of that title, or else of that number, now.
    package func burnUps(of roadmap: Roadmap) -> [Int: [BurnUp]] {
        let phases = roadmap.phases
        let byTitle = Dictionary(
            phases.map { (roadmap.sections[$0.index].title, $0.index) }, uniquingKeysWith: { a, _ in a })
        let byNumber = Dictionary(phases.map { ($0.number, $0.index) }, uniquingKeysWith: { a, _ in a })
        func phase(_ name: RoadmapChange.Name) -> Int? {
            name.path.lazy.compactMap { title in
                byTitle[title]
                    ?? roadmap.words.number(of: .phase, in: plainWords(of: title)).flatMap { byNumber[$0] }
            }.first
        }
        var isTicked: [RoadmapChange.Name: Bool] = [:]
        var now: [Int: (done: Int, total: Int)] = [:]
        var series: [Int: [BurnUp]] = [:]
        func put(_ name: RoadmapChange.Name, _ ticked: Bool?, _ day: CalendarDay) {
            let before = isTicked[name]
            isTicked[name] = ticked
            guard let phase = phase(name) else { return }
            now[phase, default: (0, 0)].total += (ticked == nil ? 0 : 1) - (before == nil ? 0 : 1)
            now[phase, default: (0, 0)].done += (ticked == true ? 1 : 0) - (before == true ? 1 : 0)
            let point = now[phase].map { BurnUp(day: day, done: $0.done, total: $0.total) }
            if let last = series[phase]?.last, last.day >= day { series[phase]?.removeLast() }
            // A commit whose author dates it before its parent's is part of that day.
            point.map { series[phase, default: []].append($0) }
        }
        for event in events {
            let change = event.change
            switch change.kind {
            case .added: put(change.name, change.isTicked, event.day)
            case .dropped: put(change.name, nil, event.day)
            case .ticked: put(change.name, true, event.day)
            case .unticked: put(change.name, false, event.day)
            case .renamed:
                guard let before = change.before else { continue }
                let ticked = isTicked[before] ?? false
                put(before, nil, event.day)
                put(change.name, ticked, event.day)
            }
        }
        return series
    }
}
