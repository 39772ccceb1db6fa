import RhythmCore

/// Who the user is, before any repository has a say.
package struct Identity: Sendable {
    package var emails: [String]
    package var names: [String]
    package var coAuthored: Bool
    package var everyone: Bool

    package init(emails: [String], names: [String] = [], coAuthored: Bool = false, everyone: Bool = false) {
        self.emails = emails
        self.names = names
        self.coAuthored = coAuthored
        self.everyone = everyone
    }
}

/// An author after the mailmap, and whether that is the user.
struct Author {
    /// Lower case, valid UTF-8.
    let email: String
    let name: String
    let isUser: Bool
}

/// The user in one repository: both sides have gone through its mailmap.
struct LocalIdentity {
    /// Canonical, lower case, sorted, each once.
    let emails: [String]
    let everyone: Bool
    let coAuthored: Bool
    private let emailSet: Set<[UInt8]>
    private let names: Set<[UInt8]>
    private let mailmap: Mailmap

    init(_ identity: Identity, repositoryEmail: String?, mailmap: Mailmap) {
        self.mailmap = mailmap
        everyone = identity.everyone
        coAuthored = identity.coAuthored
        var set: Set<[UInt8]> = []
        for email in identity.emails + (repositoryEmail.map { [$0] } ?? []) {
            let trimmed = Array(trimmingSpace(ArraySlice(email.utf8)))
            // An empty email would claim every commit whose author left it out.
            guard !trimmed.isEmpty else { continue }
            set.insert(asciiLower(mailmap.canonical(name: [], email: trimmed).email))
        }
        emailSet = set
        emails = set.map { String(decoding: $0, as: UTF8.self) }.sorted()
        names = Set(identity.names.filter { !$0.isEmpty }.map { asciiLower($0.utf8) })
    }

    func author(name: [UInt8], email: [UInt8]) -> Author {
        let canonical = mailmap.canonical(name: name, email: email)
        let lowerEmail = asciiLower(canonical.email)
        let lowerName = asciiLower(canonical.name)
        let claimed = emailSet.contains(lowerEmail) || names.contains(lowerName)
        let isBot = Self.isBot(name, email) || Self.isBot(lowerName, lowerEmail)
        return Author(
            email: String(decoding: lowerEmail, as: UTF8.self), name: String(decoding: canonical.name, as: UTF8.self),
            isUser: everyone || (claimed && !isBot))
    }

    /// The forges' convention: `dependabot[bot]`, `49699333+dependabot[bot]@users.noreply.github.com`.
    private static func isBot(_ name: [UInt8], _ email: [UInt8]) -> Bool {
        let mark = Array("[bot]".utf8)
        let local = email.prefix { $0 != UInt8(ascii: "@") }
        return asciiLower(name).suffix(mark.count) == mark[...] || asciiLower(local).suffix(mark.count) == mark[...]
    }
}
