import Glibc
import RhythmReport

/// The user's own `git` in one folder: with their identity, hooks, signing and credentials.
struct Git {
    let folder: String

    /// - Parameter folder: where git looks; no variable of the environment points it elsewhere, as those do that a hook is
    ///   run with.
    init(in folder: String) {
        self.folder = folder
        for name in [
            "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
            "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_NAMESPACE",
            "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
        ] { unsetenv(name) }
    }

    /// - Throws: ``Failure`` where there is no git.
    func run(_ arguments: String...) throws -> ProgramOutcome { try run(arguments) }

    func run(_ arguments: [String]) throws -> ProgramOutcome {
        let words = ["git", "--no-optional-locks", "--literal-pathspecs", "-C", folder] + arguments
        guard let outcome = outcome(of: words) else {
            throw Failure(code: EX_UNAVAILABLE, message: "git cannot be started; install it, or see to PATH")
        }
        return outcome
    }

    /// What a command prints, without the end of its last line; nil where it fails.
    func answer(_ arguments: String...) throws -> String? {
        let outcome = try run(arguments)
        guard outcome.status == 0 else { return nil }
        return outcome.output.last == "\n" ? String(outcome.output.dropLast()) : outcome.output
    }

    /// A command line for the user to type.
    func command(_ arguments: String) -> String { "git -C \(shellWord(folder)) \(arguments)" }
}

extension ProgramOutcome {
    /// What it complained of, as harmless lines.
    var complaint: String {
        let lines = (errors.isEmpty ? output : errors).split(separator: "\n").map { "  " + harmless(String($0)) }
        return lines.isEmpty ? "  (it said nothing, and ended with \(status))" : lines.joined(separator: "\n")
    }
}
