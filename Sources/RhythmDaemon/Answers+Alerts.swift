import RhythmAPI
import RhythmCore
import RhythmReport
import RhythmStore

/// What is asked about alerts, and what the user says of them.
extension Answers {
    func alerts(_ travel: Wire.Travel) async throws -> Wire.Alerts.Reply {
        let snapshot = try await snapshot(travel)
        let now = snapshot.vantage?.at ?? setup.now()
        return .init(
            freshness: Wire.Freshness(snapshot, now: setup.now()), alerts: alerts(snapshot),
            silences: try engine.store.silences(at: now).filter { $0.from <= now }
                .map { Wire.Silence($0, calendar: snapshot.calendar) })
    }

    func showAlert(_ parameters: Wire.ShowAlert.Parameters) async throws -> Wire.ShowAlert.Reply {
        let snapshot = engine.snapshot
        let found = try engine.store.episodes(ids: [parameters.id])
        guard let episode = found.first(where: { $0.id == parameters.id }),
            let view = try await engine.alerts([episode], snapshot.assessment).first
        else { throw WireError.unknownAlert(parameters.id, known: snapshot.alerts.map(\.episode.id)) }
        let alert = Wire.Alert(view, file: setup.alertFolder.file(of: episode), in: snapshot.assessment)
        let events = try engine.store.events(of: episode)
        return .init(
            alert: alert, text: setup.alertFolder.document(of: view, snapshot.assessment),
            events: events.map { Wire.AlertEvent($0, calendar: snapshot.calendar) })
    }

    func ackAlert(_ parameters: Wire.AckAlert.Parameters) async throws -> Wire.None {
        let now = setup.now()
        try await engine.changeAlert(parameters.id, what: "ack", note: parameters.note) {
            $0.acknowledgedAt = now
            $0.snoozedUntil = nil
        }
        return .init()
    }

    func snoozeAlert(_ parameters: Wire.SnoozeAlert.Parameters) async throws -> Wire.None {
        let until = try future(parameters.until)
        let text = engine.snapshot.calendar.text(until)
        try await engine.changeAlert(parameters.id, what: "snooze", note: "until \(text)") {
            $0.snoozedUntil = until
            $0.acknowledgedAt = nil
        }
        return .init()
    }

    func silence(_ parameters: Wire.SilenceAlerts.Parameters) async throws -> Wire.SilenceAlerts.Reply {
        let until = try future(parameters.until)
        let assessment = engine.snapshot.assessment
        let known = assessment.rhythms.map(\.id) + assessment.goals.map(\.goal.id)
        if let rhythm = parameters.rhythm, !known.contains(rhythm) {
            throw WireError.unknownRhythm(rhythm, known: known)
        }
        let id = try await engine.silence(rhythm: parameters.rhythm, why: parameters.why, until: until)
        let silence = Silence(
            id: id, rhythm: parameters.rhythm, why: parameters.why, from: setup.now(), until: until)
        return .init(silence: Wire.Silence(silence, calendar: engine.snapshot.calendar))
    }

    func endSilence(_ parameters: Wire.EndSilence.Parameters) async throws -> Wire.None {
        guard try await engine.endSilence(Int64(parameters.id)) else { throw WireError.unknownSilence(parameters.id) }
        return .init()
    }

    func alertHistory(_ parameters: Wire.AlertHistory.Parameters) throws -> Wire.AlertHistory.Reply {
        let calendar = engine.snapshot.calendar
        var since = setup.now() + -28 * 86_400
        if let text = parameters.since {
            guard let period = Period(id: text, weekStart: engine.snapshot.weekStart) else {
                throw WireError.notUnderstood("since", text, expected: ["a day or a period, such as 2026-11"])
            }
            since = calendar.start(of: period.first)
        }
        return .init(
            events: try engine.store.episodeEvents(since: since).map { Wire.AlertEvent($0, calendar: calendar) })
    }

    /// A time to come: a day as it begins, a time of it, or so many hours or days from now.
    private func future(_ text: String) throws -> Timestamp {
        let now = setup.now()
        let calendar = engine.snapshot.calendar
        let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400]
        var found: Timestamp?
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), (1...10_000).contains(count)
        {
            found = now + count * unit
        } else if let moment = Moment(text) {
            if case .day(let day) = moment {
                found = calendar.start(of: day)
            } else {
                found = moment.instant(by: calendar)
            }
        }
        guard let found, found > now else {
            throw WireError.notUnderstood(
                "until", text, expected: ["a time to come such as 2h, 3d, 2026-11-24 or 2026-11-24T09:00"])
        }
        return found
    }
}
