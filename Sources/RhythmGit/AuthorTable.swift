/// Every distinct author of a walk, resolved once: a history of a million commits has some thousand authors.
struct AuthorTable {
    struct Entry {
        fileprivate let key: [UInt8]
        fileprivate let hash: UInt64
        let author: Author
        var commits = 0
    }

    private(set) var entries: [Entry] = []
    private var slots = [UInt32](repeating: 0, count: 1024)
    private let identity: LocalIdentity

    init(_ identity: LocalIdentity) {
        self.identity = identity
    }

    subscript(index: Int) -> Entry { entries[index] }

    mutating func count(_ index: Int) {
        entries[index].commits += 1
    }

    /// - Parameters:
    ///   - bytes: what `name` and `email` are offsets into.
    mutating func index(_ bytes: UnsafeBufferPointer<UInt8>, name: Range<Int>, email: Range<Int>) -> Int {
        // Both ends of the key are the ident's own, so the bytes between them tell idents apart.
        let key = UnsafeBufferPointer(rebasing: bytes[name.lowerBound..<max(email.upperBound, name.upperBound)])
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & mask
        while slots[slot] != 0 {
            let found = Int(slots[slot]) - 1
            if entries[found].hash == hash, entries[found].key.elementsEqual(key) { return found }
            slot = (slot + 1) & mask
        }
        let author = identity.author(name: Array(bytes[name]), email: Array(bytes[email]))
        entries.append(Entry(key: Array(key), hash: hash, author: author))
        slots[slot] = UInt32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return entries.count - 1
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash ^ entry.hash >> 32) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(index + 1)
        }
    }

    /// The author of a commit, and whether it is the user's: by authorship, or by a trailer where those count.
    @inline(__always)
    mutating func author(of raw: RawCommit, _ bytes: UnsafeBufferPointer<UInt8>) -> (index: Int, isOwn: Bool) {
        let person = Ident.person(bytes, line: raw.author)
        let found = index(bytes, name: person?.name ?? 0..<0, email: person?.email ?? 0..<0)
        return (found, entries[found].author.isUser || identity.coAuthored && namesUser(raw, bytes))
    }

    private func namesUser(_ raw: RawCommit, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        Message.coAuthors(bytes, raw.message(bytes)).contains { identity.author(name: $0.name, email: $0.email).isUser }
    }

    /// Other people's commits by canonical email, with the name that most of them carry, sorted by email.
    static func others(_ tables: [AuthorTable]) -> [OtherAuthor] {
        var names: [String: [String: Int]] = [:]
        for entry in tables.lazy.flatMap(\.entries) where !entry.author.isUser && entry.commits > 0 {
            names[entry.author.email, default: [:]][entry.author.name, default: 0] += entry.commits
        }
        return names.map { email, counts in
            let name = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
            return OtherAuthor(email: email, name: name, commits: counts.values.reduce(0, +))
        }.sorted { $0.email < $1.email }
    }
}
