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
