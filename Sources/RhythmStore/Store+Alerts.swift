import GRDB
package import RhythmCore

/// Something that happened to an episode.
package struct EpisodeEvent: Hashable, Sendable {
    package var rhythm: String
    package var period: String
    /// A state, or `ack`, `snooze` or `nag`.
    package var what: String
    /// When it happened.
    package var at: Timestamp
    /// When it was noticed.
    package var recordedAt: Timestamp
    package var note: String?

    package init(
        rhythm: String, period: String, what: String, at: Timestamp, recordedAt: Timestamp, note: String? = nil
    ) {
        self.rhythm = rhythm
        self.period = period
        self.what = what
        self.at = at
        self.recordedAt = recordedAt
        self.note = note
    }
}

extension Store {
    /// All episodes that are not over, and of those that are the ones with the given ids.
    package func episodes(ids: Set<String> = []) throws -> [Episode] {
        try allEpisodes().filter { !$0.isOver || ids.contains($0.id) }
    }

    /// All episodes that there ever were, as they stand.
    package func allEpisodes() throws -> [Episode] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT rhythm, period, state, since, acknowledged_at, snoozed_until, nagged_at, late FROM episode
                    ORDER BY period, rhythm
                    """
            ).compactMap { row -> Episode? in
                guard let state = Episode.State(rawValue: row[2]) else { return nil }
                let acknowledged: Int64? = row[4]
                let snoozed: Int64? = row[5]
                let nagged: Int64? = row[6]
                return Episode(
                    rhythm: row[0], period: row[1], state: state, since: Timestamp(row[3]),
                    acknowledgedAt: acknowledged.map(Timestamp.init), snoozedUntil: snoozed.map(Timestamp.init),
                    naggedAt: nagged.map(Timestamp.init), isLate: row[7])
            }
        }
    }

    /// The episodes that were not over at an instant, as they were then.
    package func episodes(at vantage: Vantage) throws -> [Episode] {
        let known = vantage.asKnown ? " AND recorded_at <= ?1" : ""
        return try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT rhythm, period, what, at FROM episode_event e
                    WHERE at <= ?1\(known) AND what NOT IN ('ack', 'snooze', 'nag')
                        AND id = (SELECT id FROM episode_event o WHERE o.rhythm = e.rhythm AND o.period = e.period
                            AND o.at <= ?1\(known.replacing("recorded_at", with: "o.recorded_at")) AND o.what NOT IN ('ack', 'snooze', 'nag') ORDER BY o.at DESC, o.id DESC LIMIT 1)
                    ORDER BY period, rhythm
                    """, arguments: [vantage.at.seconds]
            ).compactMap { row in
                guard let state = Episode.State(rawValue: row[2]), !state.isOver else { return nil }
                return Episode(rhythm: row[0], period: row[1], state: state, since: Timestamp(row[3]))
            }
        }
    }

    /// Keeps changed episodes, and what happened to them.
    package func save(_ episodes: [Episode], events: [EpisodeEvent]) throws {
        guard !episodes.isEmpty || !events.isEmpty else { return }
        try write { db in
            for episode in episodes {
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO episode
                            (rhythm, period, state, since, acknowledged_at, snoozed_until, nagged_at, late)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        episode.rhythm, episode.period, episode.state.rawValue, episode.since.seconds,
                        episode.acknowledgedAt?.seconds, episode.snoozedUntil?.seconds, episode.naggedAt?.seconds,
                        episode.isLate,
                    ])
            }
            for event in events {
                try db.execute(
                    sql: """
                        INSERT INTO episode_event (rhythm, period, what, at, recorded_at, note) VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        event.rhythm, event.period, event.what, event.at.seconds, event.recordedAt.seconds, event.note,
                    ])
            }
        }
    }

    /// What happened to episodes since an instant, oldest first.
    package func episodeEvents(since: Timestamp, limit: Int = 10_000) throws -> [EpisodeEvent] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM (SELECT rhythm, period, what, at, recorded_at, note, id FROM episode_event WHERE at >= ?
                        ORDER BY at DESC, id DESC LIMIT ?) ORDER BY at, id
                    """, arguments: [since.seconds, limit]
            ).map(EpisodeEvent.init)
        }
    }

    /// All that happened to one episode, oldest first.
    package func events(of episode: Episode) throws -> [EpisodeEvent] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT rhythm, period, what, at, recorded_at, note FROM episode_event
                    WHERE rhythm = ? AND period = ? ORDER BY at, id
                    """, arguments: [episode.rhythm, episode.period]
            ).map(EpisodeEvent.init)
        }
    }

    // MARK: Silences

    /// Those that have not ended by an instant.
    package func silences(at now: Timestamp) throws -> [Silence] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, rhythm, why, since, until FROM silence WHERE until > ? ORDER BY until, id",
                arguments: [now.seconds]
            ).map {
                Silence(id: $0[0], rhythm: $0[1], why: $0[2], from: Timestamp($0[3]), until: Timestamp($0[4]))
            }
        }
    }

    /// - Returns: its id.
    package func silence(rhythm: String?, why: String, from: Timestamp, until: Timestamp) throws -> Int64 {
        try write { db in
            try db.execute(
                sql: "INSERT INTO silence (rhythm, why, since, until) VALUES (?, ?, ?, ?)",
                arguments: [rhythm, why, from.seconds, until.seconds])
            return db.lastInsertedRowID
        }
    }

    /// - Returns: whether there was one with this id that had not ended.
    package func endSilence(_ id: Int64, now: Timestamp) throws -> Bool {
        try write { db in
            try db.execute(
                sql: "UPDATE silence SET until = max(since, ?1) WHERE id = ?2 AND until > ?1",
                arguments: [now.seconds, id])
            return db.changesCount > 0
        }
    }

    /// The instants of counted items of git within a time, ascending: when something can have been met.
    package func evidenceInstants(after first: Timestamp, until last: Timestamp, limit: Int) throws -> [Timestamp] {
        let utc = DayRule(zone: .utc)
        return try read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT at FROM evidence WHERE kind IN (1, 2) AND day BETWEEN ? AND ? AND verdict = 0
                        AND at > ? AND at <= ? ORDER BY at DESC LIMIT ?
                    """,
                arguments: [
                    (utc.day(of: first) - Self.mostDaysOff).number, (utc.day(of: last) + Self.mostDaysOff).number,
                    first.seconds, last.seconds, limit,
                ]
            ).reversed().map(Timestamp.init)
        }
    }
}

extension EpisodeEvent {
    /// Of a row with its properties in their order.
    fileprivate init(row: Row) {
        self.init(
            rhythm: row[0], period: row[1], what: row[2], at: Timestamp(row[3]), recordedAt: Timestamp(row[4]),
            note: row[5])
    }
}
