import RhythmAPI
import RhythmCore
import RhythmStore

/// What the journal holds.
extension Answers {
    /// - Throws: ``StoreError``.
    func journal() async throws -> Wire.Journal.Reply {
        let config = await engine.configInForce
        return .init(
            path: setup.journal(config), named: config.journal != nil,
            kinds: Set(config.entryKinds).union(try engine.store.entryKinds()).sorted())
    }

    /// - Throws: ``WireError``, ``StoreError``.
    func entries(_ parameters: Wire.Entries.Parameters) async throws -> Wire.Entries.Reply {
        let snapshot = engine.snapshot
        let since = try days("since", parameters.since, snapshot)?.lowerBound
        let entries = try engine.store.journalItems(limit: .max).compactMap { item in
            if let since, item.day.map({ $0 < since }) ?? true { return nil as Wire.Entry? }
            let entry = Wire.Entry(item)
            return parameters.kind.map { $0 == entry.kind } ?? true ? entry : nil
        }
        return .init(
            freshness: Wire.Freshness(snapshot, now: setup.now()), entries: entries,
            unreadable: try engine.store.unreadableFiles().map {
                Wire.Finding(file: "\($0.folder)/\($0.path)", line: $0.line > 0 ? $0.line : nil, message: $0.message)
            })
    }
}

extension Wire.Entry {
    init(_ item: StoredItem) {
        var reason: String?
        if case .rejected(let rejection) = item.verdict { reason = rejection.text }
        self.init(
            file: item.path ?? "", kind: item.name, day: item.day?.description,
            at: item.isWholeDay ? nil : item.at.map { DayRule.text($0, offset: item.offset.plausible) },
            title: item.title, url: item.url, tags: item.tags, verdict: item.verdict.name, reason: reason)
        if case .entries = item.measure {
            minutes = item.quantity
        } else {
            (kind, metric, value, unit) = ("metric", item.name, item.quantity, item.unit)
        }
    }
}
