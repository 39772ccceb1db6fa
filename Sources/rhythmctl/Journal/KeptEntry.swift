import Glibc
import RhythmReport

/// An entry that could not be written to the journal, in a file elsewhere until it can: by the name and with the text that
/// it has to get there.
struct KeptEntry {
    let file: String

    /// The state folder; and the runtime folder, which is another file system, so that one may have room where the other
    /// has none.
    private static var folders: [String] {
        let folders = [stateFolder, runtimeFolder].compactMap { $0 }.map { $0 + "/unsaved" }
        return folders.count == 2 && folders[0] == folders[1] ? [folders[0]] : folders
    }

    /// - Returns: nil where nothing can be written.
    static func keep(_ entry: JournalEntry.File) -> KeptEntry? {
        for folder in folders {
            let file = "\(folder)/\(entry.path.split(separator: "/").last ?? "")"
            if (try? writeNewFile(entry.text, at: file, isPrivate: true)) != nil { return KeptEntry(file: file) }
        }
        return nil
    }

    static var all: [KeptEntry] {
        folders.flatMap { folder in
            ((try? names(in: folder)) ?? []).map { KeptEntry(file: "\(folder)/\($0)") }.filter { $0.path != nil }
        }
    }

    /// Where it belongs in the journal; nil for a file that somebody else put there.
    private var path: String? {
        let name = file.split(separator: "/").last ?? ""
        let path = "\(JournalEntry.folder)\(name.prefix(4))/\(name.dropFirst(4).prefix(2))/\(name)"
        return JournalEntry.isOwn(path) ? path : nil
    }

    /// Moves it to the journal, which its caller has for itself alone.
    ///
    /// - Throws: ``Failure``.
    func move(to journal: Journal) throws {
        guard let path else { return }
        // It is there if an earlier command was ended before it could remove this one.
        if access("\(journal.path)/\(path)", F_OK) != 0 {
            try journal.write(try textOfFile(file, limit: .max), to: path)
        }
        unlink(file)
    }

    /// Where it is, and what is to become of it.
    var words: String {
        let isLasting = stateFolder.map { file.hasPrefix($0 + "/") } ?? false
        return "Your entry is kept in \(harmless(file))"
            + (isLasting ? "" : ", which is lost when the machine is turned off")
            + ".\nThe next rhythmctl log or journal takes it in, once the journal can be written."
    }
}
