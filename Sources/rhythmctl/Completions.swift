import ArgumentParser
import Glibc
import RhythmAPI

/// What a shell offers for an argument: what the running daemon knows. Where none runs, or it does not answer at once,
/// that is nothing.
extension CompletionKind {
    static let rhythms = asking { daemon, _ in try daemon.ask(Wire.Status.self, .init()).rhythms.map(\.id) }

    static let rhythmsAndDays = asking { daemon, _ in
        try daemon.ask(Wire.Status.self, .init()).rhythms.map(\.id) + ["active-days"]
    }

    static let rhythmsAndGoals = asking { daemon, _ in
        let status = try daemon.ask(Wire.Status.self, .init())
        return status.rhythms.map(\.id) + status.goals.map(\.id)
    }

    /// The last few of every rhythm, the newest first.
    static let periods = asking { daemon, _ in
        let rhythms = try daemon.ask(Wire.Report.self, .init(last: 8)).rhythms
        return Set(rhythms.map(\.period)).sorted(by: >)
    }

    static let alerts = asking { daemon, _ in try daemon.ask(Wire.Alerts.self, .init()).alerts.map(\.id) }

    static let silences = asking { daemon, _ in
        try daemon.ask(Wire.Alerts.self, .init()).silences.map { "\($0.id)" }
    }

    /// Those of the config have no id, and are not to be revoked.
    static let excuses = asking { daemon, _ in
        try daemon.ask(Wire.Excuses.self, .init()).excuses.compactMap { $0.id.map(String.init) }
    }

    static let repositories = asking { daemon, word in
        let folders = try daemon.ask(Wire.Repositories.self, .init()).repositories.map { $0.workDir ?? $0.gitDir }
        return folders.map { spelt($0, like: word) }
    }

    static let repositoryNames = asking { daemon, _ in
        let folders = try daemon.ask(Wire.Repositories.self, .init()).repositories.map { $0.workDir ?? $0.gitDir }
        return Set(folders.compactMap { $0.split(separator: "/").last.map(String.init) }).sorted()
    }

    static let kinds = asking { daemon, _ in try daemon.ask(Wire.Journal.self, .init()).kinds }

    static let entries = asking { daemon, _ in
        try daemon.ask(Wire.Entries.self, .init()).entries.compactMap {
            $0.file.split(separator: "/").last.map(String.init)
        }
    }

    static let measures = list(["commits", "active-days", "devlog", "releases", "roadmap-ticks", "samples"])

    static let steps = list(["day", "week", "month", "quarter", "year"])

    /// - Parameter words: what to offer, by the daemon and the word as far as it is typed.
    private static func asking(_ words: @escaping @Sendable (Client, String) throws -> [String]) -> CompletionKind {
        .custom { _, _, word in
            guard let daemon = Client.running(), let offered = try? words(daemon, word) else { return [] }
            return offered.compactMap { quoted($0, for: CompletionShell.requesting) }
        }
    }

    /// A folder as the user began to write it: from the home folder or from the working folder, where it lies below that.
    private static func spelt(_ folder: String, like word: String) -> String {
        func below(_ parent: String?) -> Substring? {
            parent.flatMap { folder.hasPrefix($0 + "/") ? folder.dropFirst($0.utf8.count + 1) : nil }
        }
        if word.hasPrefix("~/") { return below(environment("HOME")).map { "~/" + $0 } ?? folder }
        if word.isEmpty || word.hasPrefix("/") { return folder }
        guard let here = getcwd(nil, 0) else { return folder }
        defer { free(here) }
        return below(String(cString: here)).map { word.hasPrefix("./") ? "./" + $0 : String($0) } ?? folder
    }

    /// One line that the shell's script takes for this word and for nothing else. Folders are named by whoever made them:
    /// bash runs the commands in a list that it is offered, zsh and fish split a description off.
    ///
    /// - Returns: nil for what no line can hold.
    private static func quoted(_ word: String, for shell: CompletionShell?) -> String? {
        guard !word.isEmpty, word.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else { return nil }
        return switch shell {
        case .bash?: "'" + word.replacing("'", with: #"'\''"#) + "'"
        case .zsh?: word.replacing("\\", with: #"\\"#).replacing(":", with: #"\:"#)
        default: word
        }
    }
}
