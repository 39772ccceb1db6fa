import RhythmCore

/// Turns raw commits into events; the same for both readers, so that they can only differ in what they are handed.
final class CommitCollector {
    private var authors: AuthorTable
    private let identity: LocalIdentity
    private let emit: (ScanEvent) -> Void
    private(set) var totals = ScanTotals()

    init(_ identity: LocalIdentity, emit: @escaping (ScanEvent) -> Void) {
        self.identity = identity
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
        totals.commitsRead += 1
        if totals.commitsRead % 10_000 == 0 { emit(.progress(commitsRead: totals.commitsRead)) }
        let ident = Ident(bytes, line: raw.author)
        let index = authors.index(bytes, name: ident?.name ?? 0..<0, email: ident?.email ?? 0..<0)
        authors.count(index)
        let author = authors[index].author
        let coAuthored = !author.isUser && identity.coAuthored && namesUser(raw, bytes)
        guard author.isUser || coAuthored else { return false }
        totals.own += 1
        emit(
            .commit(
                Commit(
                    id: id(), authoredAt: ident?.seconds.map(Timestamp.init),
                    offsetMinutes: ident?.offsetMinutes ?? 0,
                    committedAt: Ident(bytes, line: raw.committer)?.seconds.map(Timestamp.init),
                    firstParent: firstParent(), parentCount: parentCount, email: author.email, name: author.name,
                    coAuthored: coAuthored, subject: Message.subject(bytes, raw.message))))
        return true
    }

    func finish() {
        for other in authors.others() { emit(.other(other)) }
    }

    private func namesUser(_ raw: RawCommit, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        Message.coAuthors(bytes, raw.message).contains { identity.author(name: $0.name, email: $0.email).isUser }
    }
}
