import RhythmCore

/// Turns raw commits into events; the same for both readers, so that they can only differ in what they are handed.
final class CommitCollector {
    private var authors: AuthorTable
    private let emit: (ScanEvent) -> Void
    private(set) var totals = ScanTotals()

    init(_ identity: LocalIdentity, emit: @escaping (ScanEvent) -> Void) {
        self.emit = emit
        authors = AuthorTable(identity)
    }

    /// Counts a commit and, if it is the user's, says so.
    /// - Parameters:
    ///   - id, firstParent: asked for only when the commit is the user's, which most are not.
    /// - Returns: whether the user is its author.
    func take(
        _ raw: RawCommit, _ bytes: UnsafeBufferPointer<UInt8>, parentCount: Int, id: () -> ObjectID,
        firstParent: () -> ObjectID?
    ) -> Bool {
        count()
        let (index, isOwn) = authors.author(of: raw, bytes)
        authors.count(index)
        guard isOwn else { return false }
        totals.own += 1
        let author = authors[index].author
        let ident = Ident(bytes, line: raw.author)
        let message = raw.message(bytes)
        let commit = Commit(
            id: id(), authoredAt: ident?.seconds.map(Timestamp.init), offsetMinutes: ident?.offsetMinutes ?? 0,
            committedAt: Ident(bytes, line: raw.committer)?.seconds.map(Timestamp.init), firstParent: firstParent(),
            parentCount: parentCount, email: author.email, name: author.name, coAuthored: !author.isUser,
            subject: Message.subject(bytes, message))
        emit(.commit(commit))
        for (position, value) in Trailers.values(of: TrailerEntry.key, in: bytes, message).enumerated() {
            guard let entry = TrailerEntry(value) else { continue }
            emit(.item(FoundItem(entry, in: commit, at: position + 1)))
        }
        return true
    }

    /// Counts a commit that is not the user's, and whose author was counted elsewhere.
    func count() {
        totals.commitsRead += 1
        if totals.commitsRead % 10_000 == 0 { emit(.progress(commitsRead: totals.commitsRead)) }
    }

    /// - Parameter elsewhere: authors of commits that went by ``count()``.
    func finish(_ elsewhere: [AuthorTable] = []) {
        for other in AuthorTable.others([authors] + elsewhere) { emit(.other(other)) }
    }
}

extension FoundItem {
    fileprivate init(_ entry: TrailerEntry, in commit: Commit, at position: Int) {
        let reading = entry.reading
        self.init(
            kind: reading == nil ? .entry : .sample, name: reading?.metric ?? entry.kind,
            key: "\(commit.id)#\(position)",
            object: commit.id, commit: commit.id, at: commit.authoredAt, offsetMinutes: commit.offsetMinutes,
            quantity: reading?.value ?? entry.minutes, unit: reading?.unit,
            title: entry.title.isEmpty ? commit.subject : entry.title, url: entry.url)
    }
}
