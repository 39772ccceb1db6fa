import RhythmAPI
import RhythmCore
import RhythmStore

extension Answers {
    /// - Throws: ``WireError`` where no roadmap is followed, ``StoreError``.
    func roadmap(_ parameters: Wire.Roadmap.Parameters) async throws -> Wire.Roadmap.Reply {
        let (judgement, snapshot) = try await judgement(
            look: parameters.look ?? false, .init(at: parameters.at, asKnown: parameters.asKnown))
        return Wire.Roadmap.Reply(
            judgement, snapshot, freshness: Wire.Freshness(snapshot, now: setup.now()),
            projects: try await engine.projects(of: judgement.standing.roadmap, snapshot))
    }

    /// - Throws: ``WireError`` where no roadmap is followed, ``StoreError``.
    func roadmapHistory(_ parameters: Wire.RoadmapHistory.Parameters) async throws -> Wire.RoadmapHistory.Reply {
        let (judgement, snapshot) = try await judgement(look: parameters.at == nil, .init(at: parameters.at))
        let since = try days("since", parameters.since, snapshot)?.lowerBound
        let committed = judgement.history.events.filter { event in since.map { $0 <= event.day } ?? true }
        return .init(
            freshness: Wire.Freshness(snapshot, now: setup.now()),
            events: committed.map { event in
                .init(event.change, event, calendar: snapshot.calendar)
            } + (judgement.isPast ? [] : judgement.stored.pending.map { .init($0, nil, calendar: snapshot.calendar) }))
    }

    private func judgement(
        look: Bool, _ travel: Wire.Travel
    ) async throws -> (judgement: RoadmapJudgement, snapshot: Snapshot) {
        let config = await engine.configInForce
        guard config.roadmap != nil else {
            throw WireError.unavailable(
                "no roadmap is followed; [roadmap] path = \"FILE\" in \(setup.paths.config) names one, and rhythmctl init "
                    + "--roadmap FILE writes a whole config for it")
        }
        if look, engine.lock != nil { _ = await engine.lookAtRoadmap() }
        let snapshot = try await snapshot(travel)
        guard let judgement = snapshot.assessment.roadmap else {
            throw WireError.unavailable("the roadmap was not read yet; rhythmctl scan reads it")
        }
        if let problem = judgement.stored.problem, judgement.stored.outline.nodes.isEmpty {
            throw WireError.unavailable(problem)
        }
        return (judgement, snapshot)
    }
}

extension Engine {
    /// Reads the roadmap's file, and returns when that is judged.
    func lookAtRoadmap() async -> ScanProgress {
        await withCheckedContinuation { continuation in
            var request = ScanRequest(only: [], notes: true)
            request.waiters = [continuation]
            scan(request)
        }
    }

    /// What the tracker's projects have come to, by the repositories of that name.
    func projects(of roadmap: Roadmap, _ snapshot: Snapshot) throws -> [Wire.Roadmap.Project] {
        let today = snapshot.today
        let (year, month, _) = today.components
        let first = CalendarDay(year: year, month: month, day: 1) ?? today
        return try roadmap.projects.map { project in
            let folder = clone(of: project.name, snapshot.repositories).map { $0.workDir ?? $0.gitDir }
            let commits = try folder.map {
                try series(of: Source(.commits, repositories: [$0]), from: snapshot.vantage)
            }
            let last = commits?.entries.last { $0.day <= today }?.day
            var state: String?
            if project.stage == .completed {
                state = "done"
            } else if commits != nil {
                state = last.map { today - $0 < 28 } ?? false ? "active" : "dormant"
            }
            return Wire.Roadmap.Project(
                name: project.name, stage: project.stage.rawValue, line: project.line, state: state,
                repository: folder, lastActive: last?.description,
                commitsThisMonth: commits.map { Int($0.total(in: first...today)) } ?? 0,
                placeholder: project.isPlaceholder)
        }
    }

    /// The one that the config names for a project, or else the only one whose folder has its name, with whatever between the
    /// words.
    private func clone(of project: String, _ repositories: [TrackedRepository]) -> TrackedRepository? {
        func folder(_ repository: TrackedRepository) -> String {
            var parts = (repository.workDir ?? repository.gitDir).split(separator: "/")
            if repository.workDir == nil, parts.last == ".git" { parts.removeLast() }
            return parts.last.map(String.init) ?? ""
        }
        if let named = config.roadmapProjects.first(where: { plainWords(of: $0.key) == plainWords(of: project) })?.value
        {
            let path = atHome(named, home: setup.home) ?? named
            return repositories.first { ($0.workDir ?? $0.gitDir) == path || folder($0) == named }
        }
        let name = plainWords(of: project).joined()
        let found = repositories.filter { !name.isEmpty && plainWords(of: folder($0)).joined() == name }
        return found.count == 1 ? found[0] : nil
    }
}

// MARK: On the wire

extension Wire.RoadmapHistory.Event {
    fileprivate init(_ change: RoadmapChange, _ event: RoadmapHistory.Event?, calendar: CalendarHistory) {
        self.init(
            kind: change.kind.rawValue, at: event.map { calendar.text($0.at) }, day: event?.day.description,
            commit: event?.commit.hex, own: event?.isOwn ?? true, path: change.name.path, text: change.name.text,
            textBefore: change.before?.text, pathBefore: change.before?.path)
    }
}

extension Wire.Roadmap.Reply {
    fileprivate init(
        _ judgement: RoadmapJudgement, _ snapshot: Snapshot, freshness: Wire.Freshness, projects: [Wire.Roadmap.Project]
    ) {
        let standing = judgement.standing
        let roadmap = standing.roadmap
        let burnUps = judgement.history.burnUps(of: roadmap)
        let calendar = snapshot.calendar
        let pending = judgement.isPast ? [] : judgement.stored.pending
        let repository = judgement.stored.gitDir.map { gitDir in
            snapshot.repositories.first { $0.gitDir == gitDir }?.workDir ?? gitDir
        }
        self.init(
            freshness: freshness, file: judgement.file, repository: repository, problem: judgement.stored.problem,
            start: standing.schedule?.start.description, today: standing.today.description, done: standing.overall.done,
            total: standing.overall.total,
            sections: zip(roadmap.sections, standing.progress).map { section, progress in
                .init(
                    kind: section.kind.name, title: section.title, depth: section.depth, parent: section.parent,
                    line: section.line, done: progress.done, total: progress.total)
            },
            items: roadmap.items.enumerated().map { index, item in
                let name = roadmap.name(of: index)
                let ticked = judgement.history.records[name]?.ticked
                return .init(
                    text: item.text, section: item.section, parent: item.parent, line: item.line,
                    box: item.box?.rawValue, ticked: ticked.map { calendar.text($0.at) }, commit: ticked?.commit.hex,
                    uncommitted: pending.last { $0.name == name }?.kind.rawValue)
            },
            phases: standing.phases.map { phase in
                .init(
                    section: phase.section, number: phase.number, firstDay: phase.days?.lowerBound.description,
                    lastDay: phase.days?.upperBound.description, elapsed: phase.elapsed, done: phase.progress.done,
                    total: phase.progress.total, finish: phase.finish?.likely.description,
                    earliest: phase.finish?.earliest.description, latest: phase.finish?.latest?.description,
                    burnUp: (burnUps[phase.section] ?? []).map {
                        .init(day: $0.day.description, done: $0.done, total: $0.total)
                    })
            },
            current: standing.current, weeksAhead: standing.weeksAhead, velocity: standing.velocity,
            next: standing.next,
            criteria: standing.criteria.map { criterion in
                .init(
                    item: criterion.item, state: criterion.state.rawValue,
                    from: criterion.days?.lowerBound.description, by: criterion.days?.upperBound.description,
                    readings: criterion.readings.map {
                        .init(
                            text: $0.claim.text, measure: $0.claim.measure, comparison: $0.claim.comparison.rawValue,
                            target: $0.claim.target, unit: $0.claim.unit, have: $0.have, met: $0.isMet)
                    })
            },
            status: judgement.status.values.map {
                .init(
                    name: $0.part.rawValue, stated: $0.stated?.value, line: $0.stated?.line, value: $0.value,
                    contradiction: $0.contradiction)
            },
            drift: judgement.drift.map { .init(kind: $0.kind.rawValue, line: $0.line, text: $0.text) },
            projects: projects)
    }
}

extension Roadmap.Section.Kind {
    fileprivate var name: String {
        switch self {
        case .year: "year"
        case .phase: "phase"
        case .demo: "demo"
        case .criteria: "criteria"
        case .resources: "resources"
        case .skills: "skills"
        case .tier: "tier"
        case .goals: "goals"
        case .goalsBy: "goals-by"
        case .rhythms: "rhythms"
        case .milestones: "milestones"
        case .milestone: "milestone"
        case .tracker: "tracker"
        case .projects: "projects"
        case .status: "status"
        case .group: "group"
        }
    }
}
