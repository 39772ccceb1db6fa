import RhythmAPI
import RhythmCore
import RhythmStore

// From what the daemon knows to what it says: days and instants become text in the machine's zone here, so that the
// client needs no calendar.

extension Wire.PeriodResult {
    init(_ result: PeriodResult, of evaluation: RhythmEvaluation) {
        let isOpen = result.period == evaluation.open.period
        self.init(
            id: evaluation.id, name: result.name, measure: result.measure, every: result.period.cadence,
            period: result.period.id, firstDay: result.period.first.description,
            lastDay: result.period.last.description, open: isOpen, state: result.state, have: result.have,
            target: result.target, need: result.need, streak: evaluation.streak,
            outlook: isOpen ? evaluation.outlook.map(Wire.Outlook.init) : nil)
    }
}

extension Wire.Outlook {
    init(_ outlook: Outlook) {
        self.init(
            pace: outlook.pace, atRiskFrom: outlook.atRiskFrom.description,
            lastSafeDay: outlook.lastSafeDay.description, dueDay: outlook.dueDay.description,
            daysLeft: outlook.daysLeft)
    }
}

extension Wire.Alert {
    init(_ episode: Episode, file: String, rule: DayRule) {
        self.init(
            id: episode.id, rhythm: episode.rhythm, period: episode.period, state: episode.state.rawValue,
            since: rule.text(episode.since), file: file)
    }
}

extension Wire.Repository {
    init(_ repository: TrackedRepository, rule: DayRule) {
        self.init(
            gitDir: repository.gitDir, workDir: repository.workDir, standing: repository.standing.rawValue,
            reader: repository.reader, scannedAt: repository.scannedAt.map(rule.text), own: repository.own,
            emails: repository.emails,
            problem: repository.problem.map {
                Wire.Problem(code: $0.code, message: $0.message, since: rule.text($0.since))
            })
    }
}

extension Wire.Item {
    init(_ item: EvidenceItem, rule: DayRule) {
        let reason: String? =
            switch item.verdict {
            case .counted: nil
            case .folded:
                item.path == nil
                    ? "the same work as \(item.foldedInto?.hex.prefix(10) ?? "another commit")"
                    : "the file has its entry of that day from \(item.foldedInto?.hex.prefix(10) ?? "another commit")"
            case .rejected(let rejection): rejection.text
            }
        self.init(
            object: item.object.hex, path: item.path, day: item.day?.description,
            at: item.at.map { DayRule.text($0, offset: item.offset.plausible) }, subject: item.subject,
            email: item.email, coAuthored: item.coAuthored, verdict: item.verdict.name, reason: reason,
            foldedInto: item.foldedInto?.hex, repositories: item.repositories,
            unreachableSince: item.unreachableSince.map(rule.text))
    }
}

extension Wire.Freshness {
    init(_ snapshot: Snapshot, now: Timestamp) {
        self.init(
            now: snapshot.rule.text(now), today: snapshot.today.description, complete: snapshot.complete,
            scanning: snapshot.scanning, scannedAt: snapshot.scannedAt.map(snapshot.rule.text),
            asOf: snapshot.asOf.map(snapshot.rule.text), trouble: snapshot.trouble)
    }
}
