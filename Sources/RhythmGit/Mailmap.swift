import RhythmCore

/// Maps an author as written to the author as known. Our own because libgit2's compares emails and names with regard to
/// case, which git does not; it answers as `git check-mailmap` does, in every corner that the tests could find.
package struct Mailmap: Sendable {
    private struct Replacement {
        var name: [UInt8]?
        var email: [UInt8]?
    }

    private struct Entry {
        var simple = Replacement()
        var byName: [[UInt8]: Replacement] = [:]
    }

    /// Keys in lower case.
    private var entries: [[UInt8]: Entry] = [:]

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// Adds a mailmap file as git reads one from disk: in pieces of at most 1,023 bytes, each up to its first NUL.
    package mutating func add(file: [UInt8]) {
        var start = 0
        while start < file.count {
            let limit = min(start + 1023, file.count)
            var end = start
            while end < limit, file[end] != UInt8(ascii: "\n") { end += 1 }
            if end < limit { end += 1 }
            let piece = file[start..<end]
            add(line: piece[..<(piece.firstIndex(of: 0) ?? end)])
            start = end
        }
    }

    /// Adds a mailmap blob, which git reads as one string: whole lines, up to the first NUL of all.
    package mutating func add(blob: [UInt8]) {
        let text = blob[..<(blob.firstIndex(of: 0) ?? blob.endIndex)]
        for line in text.split(separator: UInt8(ascii: "\n")) { add(line: line) }
    }

    package func canonical(name: [UInt8], email: [UInt8]) -> (name: [UInt8], email: [UInt8]) {
        guard let entry = entries[asciiLower(email)] else { return (name, email) }
        let found = entry.byName.isEmpty ? entry.simple : entry.byName[asciiLower(name)] ?? entry.simple
        return (found.name ?? name, found.email ?? email)
    }

    private mutating func add(line: ArraySlice<UInt8>) {
        guard line.first != UInt8(ascii: "#"), let first = Self.person(in: line, emptyEmail: false) else { return }
        // A newline that ends the line is part of the rest, as it is in git's buffer.
        let second = first.rest.isEmpty ? nil : Self.person(in: first.rest, emptyEmail: true)
        var old = first.email
        var replacement = Replacement(name: first.name, email: nil)
        if let second {
            replacement.email = first.email
            old = second.email
        }
        let key = asciiLower(old)
        if let oldName = second?.name {
            entries[key, default: Entry()].byName[asciiLower(oldName)] = replacement
        } else {
            if let name = replacement.name { entries[key, default: Entry()].simple.name = name }
            if let email = replacement.email { entries[key, default: Entry()].simple.email = email }
        }
    }

    private static func person(
        in text: ArraySlice<UInt8>, emptyEmail: Bool
    ) -> (name: [UInt8]?, email: [UInt8], rest: ArraySlice<UInt8>)? {
        guard let open = text.firstIndex(of: UInt8(ascii: "<")),
            let close = text[(open + 1)...].firstIndex(of: UInt8(ascii: ">")),
            emptyEmail || close > open + 1
        else { return nil }
        let name = trimmingSpace(text[..<open])
        return (name.isEmpty ? nil : Array(name), Array(text[(open + 1)..<close]), text[(close + 1)...])
    }
}
