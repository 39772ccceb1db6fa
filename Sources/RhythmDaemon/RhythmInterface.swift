import RhythmAPI
import RhythmStore

/// `dev.rhythm.Rhythm` on the wire: decode, ask ``Answers``, encode.
func rhythmInterface(_ answers: Answers, reload: @escaping @Sendable () async throws -> String) -> VarlinkInterface {
    VarlinkInterface(
        description: Wire.interfaceText,
        methods: [
            Wire.Status.name: method(Wire.Status.self) { travel, _ in try await answers.status(travel) },
            Wire.Report.name: method(Wire.Report.self) { parameters, _ in try await answers.report(parameters) },
            Wire.Explain.name: method(Wire.Explain.self) { parameters, _ in try await answers.explain(parameters) },
            Wire.Goals.name: method(Wire.Goals.self) { travel, _ in try await answers.goals(travel) },
            Wire.Roadmap.name: method(Wire.Roadmap.self) { parameters, _ in try await answers.roadmap(parameters) },
            Wire.RoadmapHistory.name: method(Wire.RoadmapHistory.self) { parameters, _ in
                try await answers.roadmapHistory(parameters)
            },
            Wire.Query.name: method(Wire.Query.self) { parameters, _ in try await answers.query(parameters) },
            Wire.Items.name: method(Wire.Items.self) { parameters, _ in try await answers.items(parameters) },
            Wire.Excuses.name: method(Wire.Excuses.self) { travel, _ in try await answers.excuses(travel) },
            Wire.AddExcuse.name: method(Wire.AddExcuse.self) { parameters, _ in
                try await answers.addExcuse(parameters)
            },
            Wire.RevokeExcuse.name: method(Wire.RevokeExcuse.self) { parameters, _ in
                try await answers.revokeExcuse(parameters)
            },
            Wire.Alerts.name: method(Wire.Alerts.self) { travel, _ in try await answers.alerts(travel) },
            Wire.ShowAlert.name: method(Wire.ShowAlert.self) { parameters, _ in
                try await answers.showAlert(parameters)
            },
            Wire.AckAlert.name: method(Wire.AckAlert.self) { parameters, _ in try await answers.ackAlert(parameters) },
            Wire.SnoozeAlert.name: method(Wire.SnoozeAlert.self) { parameters, _ in
                try await answers.snoozeAlert(parameters)
            },
            Wire.SilenceAlerts.name: method(Wire.SilenceAlerts.self) { parameters, _ in
                try await answers.silence(parameters)
            },
            Wire.EndSilence.name: method(Wire.EndSilence.self) { parameters, _ in
                try await answers.endSilence(parameters)
            },
            Wire.AlertHistory.name: method(Wire.AlertHistory.self) { parameters, _ in
                try answers.alertHistory(parameters)
            },
            Wire.Check.name: method(Wire.Check.self) { parameters, _ in try await answers.check(parameters) },
            Wire.Test.name: method(Wire.Test.self) { parameters, _ in try answers.test(parameters) },
            Wire.Doctor.name: method(Wire.Doctor.self) { _, _ in try await answers.doctor() },
            Wire.Repositories.name: method(Wire.Repositories.self) { travel, _ in
                try await answers.repositories(travel)
            },
            Wire.Journal.name: method(Wire.Journal.self) { _, _ in try await answers.journal() },
            Wire.Entries.name: method(Wire.Entries.self) { parameters, _ in try await answers.entries(parameters) },
            Wire.Scan.name: method(Wire.Scan.self) { parameters, call in
                try await scan(parameters, call: call, answers)
            },
            Wire.SetRepository.name: method(Wire.SetRepository.self) { parameters, _ in
                try await answers.setRepository(parameters)
            },
            Wire.Backup.name: method(Wire.Backup.self) { _, _ in try await answers.backUp() },
            Wire.Restore.name: method(Wire.Restore.self) { parameters, _ in try await answers.restore(parameters) },
            Wire.Reload.name: method(Wire.Reload.self) { _, _ in .init(config: try await reload()) },
        ])
}

extension VarlinkInterface {
    /// Lets a method fail.
    mutating func refuse(_ name: String, because reason: String) {
        methods[name] = VarlinkMethod { _ in throw WireError.unavailable(reason).varlink }
    }

    /// Lets all but some methods fail.
    mutating func restrict(to names: Set<String>, because reason: String) {
        for name in methods.keys where !names.contains(name) { refuse(name, because: reason) }
    }
}

private func method<Method: WireMethod>(
    _: Method.Type, _ run: @escaping @Sendable (Method.Parameters, VarlinkCall) async throws -> Method.Reply
) -> VarlinkMethod {
    .typed { (parameters: Method.Parameters, call: VarlinkCall) -> Method.Reply in
        do {
            return try await run(parameters, call)
        } catch let error as WireError {
            throw error.varlink
        } catch let error as ConfigError {
            throw WireError.invalidConfig("\(error)").varlink
        } catch let error as StoreError {
            throw WireError.unavailable("\(error)").varlink
        }
    }
}

/// With `more`, tells how far the scan is as often as the client takes it, and never slower than the scan goes.
private func scan(
    _ parameters: Wire.Scan.Parameters, call: VarlinkCall, _ answers: Answers
) async throws -> Wire.Scan.Reply {
    guard call.wantsMore else { return try await answers.scan(parameters) { _ in } }
    let (steps, feed) = AsyncStream.makeStream(of: Wire.Scan.Reply.self, bufferingPolicy: .bufferingNewest(1))
    async let outcome = {
        defer { feed.finish() }
        return try await answers.scan(parameters) { feed.yield($0) }
    }()
    for await step in steps { try await call.reply(encoding: step) }
    return try await outcome
}
