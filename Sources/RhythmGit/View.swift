/// Everything but the refs that decides what a scan says. Two scans with the same view differ in their tips alone.
struct View {
    /// Raised whenever the readers come to answer differently.
    private static let version = "4"

    private var digest = Digest()

    init(_ request: ScanRequest, emails: [String], reader: OpenedRepository.Reader) {
        digest.add(field: Self.version)
        digest.add(field: reader.rawValue)
        for email in emails { digest.add(field: email) }
        digest.add(field: "names")
        for name in request.identity.names.sorted() { digest.add(field: name) }
        digest.add(field: "co-authored \(request.identity.coAuthored), everyone \(request.identity.everyone)")
        for glob in request.devlogGlobs.sorted() { digest.add(field: glob) }
        // Without path globs the view is what it was before there were any, and nothing is read again for them.
        if !request.pathGlobs.isEmpty {
            digest.add(field: "paths \(request.pathGlobs.count)")
            for glob in request.pathGlobs.sorted() { digest.add(field: glob) }
        }
    }

    /// A mailmap's text, or what changes the history that git shows.
    mutating func add(_ name: String, _ content: [UInt8]?) {
        digest.add(field: name)
        digest.add(content ?? [])
        digest.add(field: content == nil ? "absent" : "present")
    }

    var hex: String { digest.hex }
}
