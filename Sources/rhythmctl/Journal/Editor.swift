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
    ///   - folders: where to keep it meanwhile, in the first of them that takes it.
    /// - Returns: nil where nothing was written, or nothing changed.
    func draft(_ start: String, notes: [String], in folders: [String]) throws -> Draft? {
        let template = start + "\n\n" + ([Self.scissors] + notes.map { "# " + $0 }).joined(separator: "\n") + "\n"
        let name = try file(holding: template, in: folders)
        do {
            try open(name)
        } catch let failure as Failure {
            guard let text = try? textOfFile(name), text != template else {
                unlink(name)
                throw failure
            }
            throw Failure(code: failure.code, message: "\(failure.message); what it saved is in \(harmless(name))")
        }
        let text: String
        do {
            text = Self.text(of: try textOfFile(name))
        } catch let failure as Failure {
            throw Failure(code: failure.code, message: "\(failure.message); nothing was logged, and it is left there")
        }
        guard !text.isEmpty, text != start else {
            unlink(name)
            return nil
        }
        return Draft(text: text, file: name)
    }

    private func file(holding text: String, in folders: [String]) throws -> String {
        var failures: [Failure] = []
        for folder in folders {
            var path = Array("\(folder)/RHYTHM_EDITMSG.XXXXXX.md".utf8CString)
            let file = mkstemps(&path, 3)
            let name = String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            if file >= 0 {
                defer { close(file) }
                // On a disk that is full a file can be made, and takes nothing.
                if write(text, to: file) { return name }
            }
            failures.append(failure(at: file >= 0 ? name : folder))
            if file >= 0 { unlink(name) }
        }
        throw failures.first ?? Failure(code: EX_CANTCREAT, message: "there is no folder to write in")
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
