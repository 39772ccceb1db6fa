import Glibc
package import RhythmCore

/// A folder of notes outside git, such as a vault's daily notes. A note is a dev log entry if a heading, its front matter
/// or its name states a day; other files are left alone.
package enum NotesFolder {
    package struct Entry: Hashable, Sendable {
        /// Absolute.
        package var path: String
        /// By which the file tells it from its others; empty where it has no dated headings.
        package var heading: String
        package var day: CalendarDay
    }

    package struct Content: Equatable, Sendable {
        /// A digest of names, sizes and times: what has another one is to be read again.
        package var view: String
        /// Nil where the view is that of the last scan.
        package var entries: [Entry]?
    }

    private static let largestFile = 8 << 20
    private static let deepest = 8

    /// - Parameters:
    ///   - folder: canonical.
    ///   - last: the view of the last scan.
    package static func read(_ folder: String, last: String?) throws(GitError) -> Content {
        var digest = Digest()
        digest.add(field: "1")
        var files: [(path: String, status: stat)] = []
        try collect(folder, depth: deepest, into: &files)
        for file in files {
            digest.add(field: file.path)
            digest.add(field: "\(file.status.st_size) \(file.status.st_mtim.tv_sec) \(file.status.st_mtim.tv_nsec)")
        }
        guard digest.hex != last else { return Content(view: digest.hex) }
        var entries: [Entry] = []
        for file in files {
            guard let text = Files.read(file.path), text.contains(where: { $0 > 0x20 }) else { continue }
            let changed = CalendarDay(number: file.status.st_mtim.tv_sec / 86_400)
            let headings = DatedHeading.new(in: text, since: [], near: changed) ?? []
            let dated = headings.compactMap { heading in
                heading.day.map { Entry(path: file.path, heading: heading.key, day: $0) }
            }
            if !dated.isEmpty {
                entries += dated
            } else if let day = DatedHeading.frontMatterDay(of: text) ?? DatedHeading.day(ofFile: file.path) {
                entries.append(Entry(path: file.path, heading: "", day: day))
            }
        }
        return Content(view: digest.hex, entries: entries)
    }

    private static func collect(
        _ folder: String, depth: Int, into files: inout [(path: String, status: stat)]
    ) throws(GitError) {
        guard let names = Files.names(in: folder) else { throw Files.error(path: folder) }
        for name in names where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where depth > 0: try collect(path, depth: depth - 1, into: &files)
            case S_IFREG where isText(name) && status.st_size > 0 && status.st_size <= largestFile:
                files.append((path, status))
            default: break
            }
        }
    }

    private static func isText(_ name: String) -> Bool {
        [".md", ".markdown", ".txt", ".org", ".adoc"].contains { asciiLower(name).hasSuffix($0) }
    }
}
