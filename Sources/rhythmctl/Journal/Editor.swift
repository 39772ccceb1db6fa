import Glibc
import RhythmReport

/// A text that the user writes in their editor, as for a commit's message.
struct Editor {
    /// What stands below it is for the user alone.
    private static let scissors = "# ------------------------ >8 ------------------------"

    private let program: String

    /// - Parameter git: is asked where neither VISUAL nor EDITOR is set.
    init(askingGit git: Git) throws {
        guard let program = try environment("VISUAL") ?? environment("EDITOR") ?? git.answer("var", "GIT_EDITOR") else {
            throw Failure(
                code: EX_USAGE,
                message:
                    "there is no editor to write in; set EDITOR, or give the text: rhythmctl log win \"Shared the demo\""
            )
        }
        self.program = program
    }

    /// Opens a file, and returns when the editor is closed.
    func open(_ file: String) throws {
        // As git does it: the variable may hold arguments.
        let status = statusOnTerminal(of: ["sh", "-c", "\(program) \"$@\"", program, file])
        guard status == 0 else {
            throw Failure(
                code: 1, message: "the editor \(harmless(program)) ended with \(status ?? 127); nothing was logged")
        }
    }

    /// A text somebody is about to write, and the file that keeps it until it is safe elsewhere.
    struct Draft {
        var text: String
        var file: String

        func discard() { unlink(file) }
    }

    /// - Parameters:
    ///   - start: what the text begins as.
    ///   - notes: lines for the user, which are no part of the text.
    ///   - folder: where to keep it meanwhile.
    /// - Returns: nil where nothing was written, or nothing changed.
    func draft(_ start: String, notes: [String], in folder: String) throws -> Draft? {
        var path = Array("\(folder)/RHYTHM_EDITMSG.XXXXXX.md".utf8CString)
        let file = mkstemps(&path, 3)
        let name = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard file >= 0 else {
            throw Failure(code: EX_CANTCREAT, message: "\(harmless(name)): \(String(cString: strerror(errno)))")
        }
        put(start + "\n\n" + ([Self.scissors] + notes.map { "# " + $0 }).joined(separator: "\n") + "\n", to: file)
        close(file)
        do {
            try open(name)
        } catch {
            unlink(name)
            throw error
        }
        let text = Self.text(of: try textOfFile(name))
        guard !text.isEmpty, text != start else {
            unlink(name)
            return nil
        }
        return Draft(text: text, file: name)
    }

    private static func text(of file: String) -> String {
        var lines = file.split(separator: "\n", omittingEmptySubsequences: false)
        if let end = lines.firstIndex(where: { $0 == scissors }) { lines.removeSubrange(end...) }
        return trimmed(lines.joined(separator: "\n"))
    }
}

/// A text without empty lines before and after it.
func trimmed(_ text: String) -> String {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
    while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.joined(separator: "\n")
}
