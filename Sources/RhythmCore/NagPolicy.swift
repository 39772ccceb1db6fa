/// When alerts speak up. Their files say how things stand at all times; this is about notifications and hooks.
package struct NagPolicy: Hashable, Sendable {
    /// Seconds after midnight, on the day on which something is due.
    package var dueAt: [Int]
    /// Seconds after midnight, on the next working day after something was missed.
    package var missedAt: Int
    package var workingDays: Set<Weekday>
    /// Seconds after which what is at risk or missed speaks up again; nil for never.
    package var repeatEvery: Int64?
    /// Seconds after midnight between which nothing speaks; they may lie over midnight. Nil for none.
    package var quiet: QuietHours?
    /// On other days nothing speaks.
    package var nagDays: Set<Weekday>

    package struct QuietHours: Hashable, Sendable {
        package var from: Int
        package var to: Int

        package init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }
    }

    package init(
        dueAt: [Int] = [9 * 3600, 18 * 3600], missedAt: Int = 9 * 3600,
        workingDays: Set<Weekday> = [.monday, .tuesday, .wednesday, .thursday, .friday], repeatEvery: Int64? = nil,
        quiet: QuietHours? = QuietHours(from: 21 * 3600, to: 8 * 3600), nagDays: Set<Weekday> = Set(Weekday.allCases)
    ) {
        self.dueAt = dueAt
        self.missedAt = missedAt
        self.workingDays = workingDays
        self.repeatEvery = repeatEvery
        self.nagDays = nagDays
        self.quiet = quiet
    }

    /// When an episode speaks up next after an instant, if nothing is done; nil for never.
    ///
    /// - Parameter stretch: that the episode is about: what is at risk in it will be due, and speak again.
    package func nextNag(
        of episode: Episode, in stretch: AlertSubject.Stretch?, after instant: Timestamp, calendar: CalendarHistory
    ) -> Timestamp? {
        var coming = [episode]
        if episode.state == .atRisk, let dueDay = stretch?.dueDay {
            coming.append(episode)
            coming[1].state = .due
            coming[1].since = calendar.start(of: dueDay)
        }
        let next = coming.compactMap { nextNag(of: $0, after: instant, calendar: calendar) }.min()
        // Once the period has closed it is no longer at risk or due.
        guard let stretch, [.atRisk, .due].contains(episode.state) else { return next }
        return next.flatMap { $0 < calendar.start(of: stretch.days.upperBound + 1) ? $0 : nil }
    }

    /// When an episode speaks up next after an instant, if its state stays; nil for never.
    package func nextNag(of episode: Episode, after instant: Timestamp, calendar: CalendarHistory) -> Timestamp? {
        guard !episode.isOver, episode.acknowledgedAt == nil else { return nil }
        // The end of a snooze is told.
        if let snoozed = episode.snoozedUntil, snoozed > instant { return allowed(snoozed, calendar) }
        return nags(of: episode, until: instant + 400 * 86_400, calendar).first { $0 > instant }
    }

    /// Whether an episode has something to say at an instant that it has not said.
    ///
    /// - Parameter silences: those in force.
    package func isDue(
        _ episode: Episode, at now: Timestamp, silences: [Silence], calendar: CalendarHistory
    ) -> Bool {
        guard !episode.isOver, episode.isHeard(at: now, silences: silences), isAllowed(now, calendar) else {
            return false
        }
        if let snoozed = episode.snoozedUntil {
            if episode.naggedAt.map({ $0 < snoozed }) ?? true { return true }
        }
        // Several that passed while nobody was there are one.
        return nags(of: episode, until: now, calendar).contains { nag in
            nag <= now && episode.naggedAt.map { $0 < nag } ?? true
        }
    }

    /// The instants at which an episode's state speaks, ascending, up to one.
    private func nags(of episode: Episode, until end: Timestamp, _ calendar: CalendarHistory) -> [Timestamp] {
        let since = episode.since
        switch episode.state {
        case .resolved, .excused, .acknowledged: return []
        case .due:
            let day = calendar.day(of: since)
            return dueAt.sorted().map { allowed(max(since, clock($0, on: day, calendar)), calendar) }
        case .atRisk:
            guard let told = episode.naggedAt else {
                return repeated(from: allowed(since, calendar), until: end, calendar)
            }
            return repeatEvery.map { repeated(from: allowed(max(told + $0, since), calendar), until: end, calendar) }
                ?? []
        case .missed, .unverified:
            var day = calendar.day(of: since)
            var morning = clock(missedAt, on: day, calendar)
            for _ in 0..<14 where morning < since || !workingDays.contains(day.weekday) {
                day = day + 1
                morning = clock(missedAt, on: day, calendar)
            }
            return repeated(from: allowed(morning, calendar), until: end, calendar)
        }
    }

    private func repeated(from first: Timestamp, until end: Timestamp, _ calendar: CalendarHistory) -> [Timestamp] {
        guard let repeatEvery else { return [first] }
        var nags = [first]
        while let last = nags.last, last + repeatEvery <= end, nags.count < 10_000 {
            nags.append(allowed(last + repeatEvery, calendar))
        }
        return nags
    }

    /// The first instant from one on at which speaking is allowed.
    private func allowed(_ instant: Timestamp, _ calendar: CalendarHistory) -> Timestamp {
        var instant = instant
        for _ in 0..<16 where !isAllowed(instant, calendar) {
            let day = civilDay(instant, calendar)
            let morning = clock(quiet.map(\.to) ?? 0, on: day, calendar)
            instant = morning > instant ? morning : clock(quiet.map(\.to) ?? 0, on: day + 1, calendar)
        }
        return instant
    }

    private func isAllowed(_ instant: Timestamp, _ calendar: CalendarHistory) -> Bool {
        let day = civilDay(instant, calendar)
        guard nagDays.contains(day.weekday) else { return false }
        guard let quiet, quiet.from != quiet.to else { return true }
        let second = Int(instant - clock(0, on: day, calendar))
        return quiet.from < quiet.to
            ? !(quiet.from..<quiet.to).contains(second) : (quiet.to..<quiet.from).contains(second)
    }

    // Clocks on walls know nothing of days that begin at four.
    private func civilDay(_ instant: Timestamp, _ calendar: CalendarHistory) -> CalendarDay {
        DayRule(zone: calendar.current.zone).day(of: instant)
    }

    private func clock(_ second: Int, on day: CalendarDay, _ calendar: CalendarHistory) -> Timestamp {
        DayRule(zone: calendar.current.zone, startsAt: second).start(of: day)
    }
}
