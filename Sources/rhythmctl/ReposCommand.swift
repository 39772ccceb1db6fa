import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

struct ReposCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repos",
        abstract: "Lists the repositories: how each was read, or why it could not be.",
        discussion: """
            Examples:
              rhythmctl repos
              rhythmctl repos ignore ~/src/employer
              rhythmctl repos retire ~/src/old-laptop
            """,
        subcommands: [List.self, Add.self, Ignore.self, Track.self, Retire.self, Forget.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists the repositories.",
            discussion: """
                Example:
                  rhythmctl repos list --json
                """)
        @OptionGroup var options: CommonOptions
        @OptionGroup var travel: TravelOptions

        func run() throws {
            let reply = try options.client().ask(Wire.Repositories.self, travel.wire)
            try options.show(reply) { TextReport.repositories($0, on: options.terminal, home: options.home) }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Reads a repository that no root leads to.",
            discussion: """
                Example:
                  rhythmctl repos add ~/.dotfiles
                """)
        @OptionGroup var options: CommonOptions
        @Argument(help: "The repository's folder.", completion: .directory) var path: String

        func run() throws { try Target.set(.add, path, options) }
    }

    struct Ignore: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ignore", abstract: "Stops reading a repository; what it alone holds no longer counts.",
            discussion: """
                Example:
                  rhythmctl repos ignore ~/src/employer
                """)
        @OptionGroup var target: Target
        func run() throws { try target.set(.ignore) }
    }

    struct Track: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "track", abstract: "Takes back ignore or retire.",
            discussion: """
                Example:
                  rhythmctl repos track ~/src/employer
                """)
        @OptionGroup var target: Target
        func run() throws { try target.set(.track) }
    }

    struct Retire: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retire",
            abstract: "Stops looking for a repository that is gone for good; what it held keeps its credit.",
            discussion: """
                Example:
                  rhythmctl repos retire ~/src/old-laptop
                """)
        @OptionGroup var target: Target
        func run() throws { try target.set(.retire) }
    }

    struct Forget: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget",
            abstract: "Removes a repository from the ledger, with all that it alone holds.",
            discussion: """
                A repository that a root leads to is found again by the next scan; ignore it to keep it away. Backups made \
                before still hold it; delete those in backups/ in the state folder that must not.

                Example:
                  rhythmctl repos forget --purge ~/src/employer
                """)
        @OptionGroup var target: Target
        @Flag(help: "Needed: the evidence cannot be brought back unless the repository is there to be read again.")
        var purge = false

        func validate() throws {
            if !purge { throw ValidationError("forget removes evidence for good; add --purge if that is meant.") }
        }

        func run() throws { try target.set(.forget) }
    }

    struct Target: ParsableArguments {
        @OptionGroup var options: CommonOptions
        @Argument(help: "The repository's folder.", completion: .repositories) var path: String

        func set(_ action: Wire.SetRepository.Action) throws { try Self.set(action, path, options) }

        static func set(_ action: Wire.SetRepository.Action, _ path: String, _ options: CommonOptions) throws {
            let reply = try options.client()
                .ask(Wire.SetRepository.self, .init(path: absolute(path), action: action))
            try options.show(reply) { reply in
                guard let repository = reply.repository else { return "Forgotten.\n" }
                return TextReport.repositories(
                    .init(repositories: [repository]), on: options.terminal, home: options.home)
            }
        }

        /// The daemon has another working folder. Of a folder that is gone, the one it was in is resolved.
        static func absolute(_ path: String) -> String {
            if let found = resolved(path) { return found }
            // zsh quotes the ~ of a word that it completes.
            if path.hasPrefix("~/"), let home = environment("HOME") { return absolute(home + path.dropFirst()) }
            var parts = path.split(separator: "/", omittingEmptySubsequences: false)
            while parts.last?.isEmpty == true { parts.removeLast() }
            guard let name = parts.popLast() else { return path }
            let parent = parts.isEmpty ? "." : parts == [""] ? "/" : parts.joined(separator: "/")
            return resolved(parent).map { "\($0)/\(name)" } ?? path
        }

        private static func resolved(_ path: String) -> String? {
            guard let found = realpath(path, nil) else { return nil }
            defer { free(found) }
            return String(cString: found)
        }
    }
}
