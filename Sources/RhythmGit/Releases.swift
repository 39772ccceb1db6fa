import RhythmCore

/// Which tags are releases of the user's.
struct Releases {
    private let globs: [Glob]
    private var authors: AuthorTable
    private let digits: Int
    private var digest: Digest
    private var tags: UInt64 = 0

    /// - Parameters:
    ///   - view: the rest of what decides whose they are.
    ///   - digits: how many hexadecimal digits an id has in this repository.
    init(_ request: ScanRequest, _ identity: LocalIdentity, view: View, digits: Int) {
        globs = request.releaseGlobs.map { Glob($0, foldingCase: true) }
        authors = AuthorTable(identity)
        self.digits = digits
        digest = Digest()
        digest.add(field: view.hex)
        for glob in request.releaseGlobs.sorted() { digest.add(field: glob) }
    }

    /// Has a tag tell in ``state``, in whatever order they come.
    mutating func note(_ name: String, _ id: some Sequence<UInt8>) {
        var one = Digest()
        one.add(field: name)
        one.add(id)
        tags &+= one.value
    }

    /// A digest of all that decides which releases there are.
    var state: String {
        var all = digest
        withUnsafeBytes(of: tags) { all.add($0) }
        return all.hex
    }

    func isOne(_ name: String) -> Bool { globs.contains { $0.matches(path: name) } }

    /// A release, if it is the user's.
    ///
    /// - Parameters:
    ///   - object: what the ref names.
    ///   - tag: an annotated tag's content.
    ///   - commit: what it leads to, and its content.
    mutating func release(
        _ name: String, object: ObjectID, tag: [UInt8]?, commit: ObjectID,
        content: () throws(GitError) -> [UInt8]
    ) throws(GitError) -> FoundItem? {
        if let tag {
            let found = tag.withUnsafeBufferPointer { bytes -> FoundItem?? in
                let raw = RawTag(bytes)
                guard let tagger = raw.tagger else { return nil }
                return .some(item(name, object, commit, bytes, by: tagger, title: raw.message))
            }
            if let found { return found }
        }
        // One without a tagger is its commit's author's.
        return try content().withUnsafeBufferPointer { bytes throws(GitError) in
            guard let raw = RawCommit(bytes, digits: digits) else {
                throw GitError(.corrupt, "\(commit) is a bogus commit")
            }
            return item(name, object, commit, bytes, by: raw.author, title: raw.message(bytes))
        }
    }

    private mutating func item(
        _ name: String, _ object: ObjectID, _ commit: ObjectID, _ bytes: UnsafeBufferPointer<UInt8>,
        by line: Range<Int>, title: Range<Int>
    ) -> FoundItem? {
        let ident = Ident(bytes, line: line)
        let number = authors.index(bytes, name: ident?.name ?? 0..<0, email: ident?.email ?? 0..<0)
        let author = authors[number].author
        guard author.isUser else { return nil }
        return FoundItem(
            kind: .release, name: name, key: "\(name) \(object)", object: object, commit: commit, email: author.email,
            author: author.name, at: ident?.seconds.map(Timestamp.init), offsetMinutes: ident?.offsetMinutes ?? 0,
            title: Message.subject(bytes, title))
    }
}
