import RhythmAPI
import RhythmCore
import RhythmStore

// From what the daemon knows to what it says: days and instants become text in the machine's zone here, so that the
// client needs no calendar.

extension Episode {
    var isDrift: Bool { rhythm == AlertSubject.drift.id && period == AlertSubject.drift.period }
}

extension Wire.PeriodResult {
    /// A roadmap's drift as the one period that it has: as many are missing as there are contradictions.
    fileprivate init(drift: [RoadmapDrift], today: CalendarDay) {
        self.init(
            id: AlertSubject.drift.id, name: "Roadmap drift", measure: .roadmapTicks, every: .day,
            demand: "a roadmap that agrees with the evidence", limit: false, hard: false,
            period: AlertSubject.drift.period, firstDay: today.description, lastDay: today.description, open: true,
            state: drift.isEmpty ? .onTrack : .atRisk, have: 0, target: 0, need: Double(drift.count), parts: [],
            anyPart: false, streak: Streak(), strength: 0, outlook: nil, ended: false, provisional: false)
    }

    init(_ result: PeriodResult, of evaluation: RhythmEvaluation, calendar: CalendarHistory) {
        let definition = evaluation.definition(of: result)
        let isNewest = result.period == evaluation.newest.period
        self.init(
            id: evaluation.id, name: evaluation.definition.name, measure: definition.parts[0].source.measure,
            every: result.period.cadence, demand: definition.demand, limit: definition.bound == .atMost,
            hard: definition.hard, period: result.period.id, firstDay: result.period.first.description,
            lastDay: result.period.last.description, open: result.isOpen, state: result.state, have: result.have,
            target: result.target, need: result.need,
            parts: zip(definition.parts, result.parts).map { part, result in
                Wire.Part(
                    measure: part.source.measure, have: result.have, target: result.target,
                    met: result.have >= result.target && !result.isUnread)
            },
            anyPart: definition.isCompound && definition.combination == .any,
            freeze: result.freeze.flatMap { spent in
                definition.freezes.map { Wire.Freeze(spent: spent, budget: $0.count, per: $0.per) }
            },
            streak: evaluation.streak, strength: evaluation.strength,
            outlook: isNewest && result.isOpen
                ? evaluation.outlook.map { Wire.Outlook($0, calendar: calendar) } : nil,
            ended: evaluation.isRemoved || !evaluation.newest.isOpen, provisional: result.isProvisional)
    }
}

extension Wire.Outlook {
    init(_ outlook: Outlook, calendar: CalendarHistory) {
        self.init(
            pace: outlook.pace, atRiskFrom: outlook.atRiskFrom.description,
            lastSafeDay: outlook.lastSafeDay.description,
            lastSafeMoment: calendar.text(calendar.start(of: outlook.lastSafeDay)),
            dueDay: outlook.dueDay.description, daysLeft: outlook.daysLeft, safeDays: outlook.safeDays,
            late: outlook.isLate,
            neededPerDay: outlook.neededPerDay, odds: outlook.odds?.probability, oddsFrom: outlook.odds?.stretches)
    }
}

extension Wire.Goal {
    init(_ result: GoalResult) {
        let goal = result.goal
        let phrase = goal.source.measure.phrase(goal.target)
        self.init(
            id: goal.id, name: goal.name, measure: goal.source.measure,
            demand: goal.bound == .atMost ? "at most \(phrase)" : phrase, limit: goal.bound == .atMost,
            from: goal.from.description, by: goal.by.description, state: result.state.rawValue, have: result.have,
            target: goal.target, need: result.need, perDay: result.perDay, neededPerDay: result.neededPerDay,
            finish: result.finish?.description, projected: result.projected, provisional: result.isProvisional)
    }
}

extension Wire.Bucket {
    init(_ bucket: Bucket, days: ClosedRange<CalendarDay>) {
        self.init(
            period: bucket.period.id, firstDay: max(bucket.period.first, days.lowerBound).description,
            lastDay: min(bucket.period.last, days.upperBound).description, quantity: bucket.quantity,
            running: bucket.running)
    }
}

extension Wire.Excuse {
    init(_ excuse: RecordedExcuse) {
        self.init(
            id: Int(excuse.id), from: excuse.first.description, to: excuse.last.description, why: excuse.why,
            rhythm: excuse.rhythm)
    }

    /// One of the config, for each rhythm that it names.
    static func inConfig(_ excuse: Excuse) -> [Wire.Excuse] {
        (excuse.rhythms.map { $0.map(Optional.some) } ?? [nil]).map {
            Wire.Excuse(
                from: excuse.first.description, to: excuse.last.description, why: excuse.why, rhythm: $0)
        }
    }
}

extension Wire.Finding {
    init(_ finding: ConfigFinding) {
        self.init(file: finding.file, line: finding.line, key: finding.key, message: finding.message)
    }
}

extension Wire.Finding {
    init(_ problem: NotesProblem) {
        self.init(file: problem.folder, key: problem.isRoadmap ? "roadmap" : nil, message: problem.reason)
    }
}

extension Wire.Alert {
    init(_ alert: AlertView, file: String, in assessment: Assessment) {
        let episode = alert.episode
        let calendar = assessment.calendar
        let result = assessment.result(of: episode)
        self.init(
            id: episode.id, rhythm: episode.rhythm, name: result?.name ?? episode.rhythm, period: episode.period,
            state: episode.state.rawValue, since: calendar.text(episode.since), file: file, have: result?.have ?? 0,
            target: result?.target ?? 0, need: result?.need ?? 0, lastSafeMoment: result?.outlook?.lastSafeMoment,
            nextNag: alert.nextNag.map(calendar.text), acknowledged: episode.acknowledgedAt.map(calendar.text),
            snoozedUntil: episode.snoozedUntil.map(calendar.text), silenced: alert.silence?.why,
            silencedUntil: alert.silence.map { calendar.text($0.until) }, inhibitedBy: alert.inhibitor,
            late: episode.isLate)
    }
}

extension Assessment {
    /// What an episode is about, as it stands; nil where it is no longer there.
    func result(of episode: Episode) -> Wire.PeriodResult? {
        if let roadmap, episode.isDrift { return Wire.PeriodResult(drift: roadmap.drift, today: today) }
        if let evaluation = rhythm(episode.rhythm) {
            return evaluation.periods.last { $0.period.id == episode.period }
                .map { Wire.PeriodResult($0, of: evaluation, calendar: calendar) }
        }
        return goals.first { $0.goal.id == episode.rhythm && $0.goal.by.description == episode.period }
            .map { Wire.PeriodResult($0, today: today, calendar: calendar) }
    }
}

extension Wire.PeriodResult {
    /// A goal as the one period that it has.
    init(_ result: GoalResult, today: CalendarDay, calendar: CalendarHistory) {
        let goal = result.goal
        let state = AlertSubject(result, today: today).stretches[0].state
        let left = max(0, goal.by - today + 1)
        self.init(
            id: goal.id, name: goal.name, measure: goal.source.measure, every: .year, demand: Wire.Goal(result).demand,
            limit: goal.bound == .atMost, hard: false, period: goal.by.description, firstDay: goal.from.description,
            lastDay: goal.by.description, open: today <= goal.by, state: state, have: result.have ?? 0,
            target: goal.target, need: result.need, parts: [], anyPart: false, streak: Streak(), strength: 0,
            outlook: Wire.Outlook(
                atRiskFrom: (result.lastSafeDay - 1).description, lastSafeDay: result.lastSafeDay.description,
                lastSafeMoment: calendar.text(calendar.start(of: result.lastSafeDay)),
                dueDay: goal.by.description, daysLeft: left, safeDays: max(0, result.lastSafeDay - today),
                late: result.lastSafeDay < today,
                neededPerDay: result.neededPerDay),
            ended: false, provisional: result.isProvisional)
    }
}

extension Wire.AlertEvent {
    init(_ event: EpisodeEvent, calendar: CalendarHistory) {
        self.init(
            id: "\(event.period)-\(event.rhythm)", what: event.what, at: calendar.text(event.at),
            recordedAt: calendar.text(event.recordedAt), note: event.note)
    }
}

extension Wire.Recovery {
    init(_ recovery: Recovery, setup: DaemonSetup, calendar: CalendarHistory) {
        self.init(
            at: calendar.text(recovery.at), reason: recovery.reason, damaged: recovery.damaged,
            backup: recovery.backup, backupAt: recovery.backupAt.map(calendar.text), kept: recovery.kept,
            fromBackup: recovery.fromBackup, lost: recovery.lost,
            report: "\(setup.paths.reports)/recovery-\(BackupFolder.text(of: recovery.at)).md")
    }
}

extension Wire.Silence {
    init(_ silence: Silence, calendar: CalendarHistory) {
        self.init(
            id: Int(silence.id), rhythm: silence.rhythm, why: silence.why, from: calendar.text(silence.from),
            until: calendar.text(silence.until))
    }
}

extension Wire.Repository {
    init(_ repository: TrackedRepository, in snapshot: Snapshot) {
        let calendar = snapshot.calendar
        self.init(
            gitDir: repository.gitDir, workDir: repository.workDir, standing: repository.standing.rawValue,
            reader: repository.reader, scannedAt: repository.scannedAt.map(calendar.text),
            completeSince: repository.completeSince.map { calendar.day(of: $0).description }, own: repository.own,
            emails: repository.emails,
            problem: repository.problem.map {
                Wire.Problem(code: $0.code, message: $0.message, since: calendar.text($0.since))
            }, unwatched: snapshot.unwatched[repository.gitDir]?.description)
    }
}

extension Wire.Item {
    init(_ item: EvidenceItem, calendar: CalendarHistory) {
        let leader = item.foldedInto?.hex.prefix(10) ?? "another commit"
        let fold =
            item.path == nil
            ? "the same work as \(leader)"
            : item.heading.isEmpty
                ? "the file has its entry of that day from \(leader)" : "the file has that entry from \(leader)"
        self.init(
            kind: item.path == nil ? .commit : .devlog, object: item.object.hex, path: item.path,
            heading: item.heading.isEmpty ? nil : item.heading, day: item.day?.description,
            at: item.at.map { DayRule.text($0, offset: item.offset.plausible) }, subject: item.subject,
            email: item.email, coAuthored: item.coAuthored, verdict: item.verdict.name,
            reason: item.verdict.reason(folded: fold), foldedInto: item.foldedInto?.hex,
            repositories: item.repositories, unreachableSince: item.unreachableSince.map(calendar.text))
    }

    init(_ item: StoredItem, calendar: CalendarHistory) {
        let kind: Kind
        switch item.measure {
        case .releases: kind = .release
        case .gauge, .counter: kind = .sample
        default: kind = .entry
        }
        let leader = item.foldedInto?.hex.prefix(10) ?? "another one"
        self.init(
            kind: kind, name: item.name, object: item.object?.hex, path: item.path, day: item.day?.description,
            at: item.isWholeDay ? nil : item.at.map { DayRule.text($0, offset: item.offset.plausible) },
            subject: item.title, quantity: item.quantity, unit: item.unit, url: item.url, tags: item.tags,
            email: item.email ?? "", verdict: item.verdict.name,
            reason: item.verdict.reason(
                folded: kind == .release
                    ? "the tag was moved, and counts as it was first, at \(leader)" : "the same entry as in \(leader)"),
            foldedInto: item.foldedInto?.hex, repositories: item.repositories,
            unreachableSince: item.unreachableSince.map(calendar.text))
    }
}

extension Wire.Item {
    init(_ tick: RoadmapHistory.Event, file: String?, calendar: CalendarHistory) {
        let verdict: Verdict = tick.isOwn ? .counted : .rejected(.notYours)
        self.init(
            kind: .tick, name: tick.change.name.path.last, object: tick.commit.hex, path: file,
            day: tick.day.description, at: calendar.text(tick.at), subject: tick.change.name.text, email: "",
            verdict: verdict.name, reason: verdict.reason(folded: ""), repositories: [])
    }
}

extension Verdict {
    /// Why something does not count; nil where it does.
    fileprivate func reason(folded: String) -> String? {
        switch self {
        case .counted: nil
        case .folded: folded
        case .rejected(let rejection): rejection.text
        }
    }
}

extension Wire.Freshness {
    init(_ snapshot: Snapshot, now: Timestamp) {
        self.init(
            now: snapshot.calendar.text(snapshot.vantage?.at ?? now), today: snapshot.today.description,
            complete: snapshot.complete,
            completeSince: snapshot.unfinished == nil ? nil : snapshot.assessment.completeSince?.description,
            unfinished: snapshot.unfinished,
            scanning: snapshot.scanning, scannedAt: snapshot.scannedAt.map(snapshot.calendar.text),
            asOf: snapshot.asOf.map(snapshot.calendar.text), trouble: snapshot.trouble,
            vantage: snapshot.vantage.map { $0.asKnown ? "as-known" : "at" })
    }
}
