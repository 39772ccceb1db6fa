/// One repository's facts as they came over the line. Kept as bytes until they are taken in, which for a large
/// repository is a tenth of what the values would need.
package struct FactBlock: Sendable {
    private var bytes: [UInt8] = []
    /// The `repository` fact, once it came. A recent look that turned out to be whole is a full reading.
    package private(set) var repository: RepositoryFact?
    /// The `end` fact, once it came.
    package private(set) var summary: ScanSummary?
    /// Bytes of the lines besides these.
    package var size: Int { bytes.count }
    /// Lines besides these.
    package private(set) var count = 0

    package init() {}

    /// - Parameter line: without its line feed.
    /// - Throws: what ``FactLine/decode(_:)`` throws, for the facts that are read at once.
    package mutating func append(_ line: ArraySlice<UInt8>) throws {
        switch FactLine.kind(of: line) {
        case .repository:
            // A reading that starts over makes what was said before void.
            self = FactBlock()
            if case .repository(let fact) = try FactLine.decode(line) { repository = fact }
        case .whole:
            repository?.extent = .full
            repository?.horizon = nil
        case .end:
            if case .end(let fact) = try FactLine.decode(line) { summary = fact }
        default:
            bytes.append(contentsOf: line)
            bytes.append(UInt8(ascii: "\n"))
            count += 1
        }
    }

    /// Reads the other facts one after another.
    package func forEach(_ body: (Fact) throws -> Void) throws {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            try body(FactLine.decode(bytes[start..<end]))
            start = end + 1
        }
    }
}

extension FactLine {
    /// A line's first field.
    package enum Kind: String {
        case begin, progress, repository, commit, devlog, touch, item, unreadable, roadmap, version, change, outline,
            gone, other, whole, end, problem, done
        case itemGone = "item-gone"
    }

    /// What a line is about, without decoding the rest; nil for an unknown kind.
    package static func kind(of line: ArraySlice<UInt8>) -> Kind? {
        // Nearly all lines are these.
        if line.starts(with: "commit\t".utf8) { return .commit }
        return Kind(rawValue: String(decoding: line.prefix { $0 != UInt8(ascii: "\t") }, as: UTF8.self))
    }
}
