import Foundation
import RhythmTestSupport
import Testing

/// What the programs say about themselves, as the parser has it.
struct CommandHelp: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            var name: String
        }
        var names: [Name]?
    }
    private struct Tool: Decodable {
        var command: CommandHelp
    }

    var commandName: String
    var discussion: String?
    var arguments: [Argument]?
    private var subcommands: [CommandHelp]?

    static let programs = ["rhythmd", "rhythmctl", "rhythm-scan"]

    /// A program and its commands, by their whole names and in the order of the help text.
    static func all(of program: String) throws -> [(name: String, help: CommandHelp)] {
        let dump = try Program.run(
            Program.folder + "/" + program, ["--experimental-dump-help"], environment: Program.environment(home: "/"))
        return try JSONDecoder().decode(Tool.self, from: Data(dump.text.utf8)).command.all(below: "")
    }

    private func all(below parent: String) -> [(name: String, help: CommandHelp)] {
        let name = parent + commandName
        return [(name, self)]
            + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap { $0.all(below: name + " ") }
    }

    var examples: [String] {
        let lines = (discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0 == "Example:" || $0 == "Examples:" }) else { return [] }
        return lines[(start + 1)...].prefix { $0.hasPrefix("  ") }.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}

@Suite struct HelpTests {
    /// As a user would who types them one after another, on a Saturday on which nothing was done yet.
    @Test func everyExampleWorks() async throws {
        let daemon = try TestDaemon(
            today: "2026-11-28", config: "[roadmap]\npath = \"~/notes/roadmap.md\"\n")
        for name in ["src/work", "src/rhythm", "src/employer", "src/old-laptop", ".dotfiles"] {
            try daemon.repository(name).commit("one", at: "2026-11-10 10:00 +0000", file: "DEVLOG.md")
        }
        try daemon.home.write("zone = \"local\"\n", to: "new.toml")
        try daemon.home.write(
            """
            [[config.rhythm]]
            id = "commits"
            every = "week"
            measure = "commits"
            [[expect]]
            at = "2026-11-22T18:00"
            rhythm = "commits"
            have = 0
            """, to: "promises.toml")
        try daemon.home.write("[user]\nname = Me\nemail = me@example.org\n", to: ".gitconfig")
        let journal = try daemon.repository(".local/share/rhythm/journal")
        try journal.commit("Begin", at: "2026-11-10 10:00 +0000", file: "README.md")
        try journal.git("init", "-q", "--bare", "../remote.git")
        try journal.git("remote", "add", "origin", "../remote.git")
        let notes = try daemon.repository("notes")
        try notes.commit(
            "Plan", at: "2026-11-10 10:00 +0000", file: "roadmap.md",
            text: SampleRoadmap.text.replacing("Fuzzer running", with: "Docker basics"))
        try daemon.home.write("Gym: 3/7\n", to: ".config/harsh/habits")
        try daemon.home.write("2026-11-20 : Gym : y : : \n", to: ".config/harsh/log")
        try daemon.home.write(
            "Position,Name,Type,FrequencyNumerator,FrequencyDenominator\n001,Read,YES_NO,1,1\n", to: "loop/Habits.csv")
        try daemon.home.write("2026-11-20,YES_MANUAL,\n", to: "loop/001 Read/Checkmarks.csv")
        try daemon.home.write("date,kind\n2026-11-20,win\n", to: "done.csv")
        try daemon.home.write("---\nkind: win\ndate: 2026-11-20\n---\nTalk\n", to: "notes/entries/talk.md")
        var environment = Program.environment(home: daemon.home.path)
        environment["PATH"] = Program.folder + ":" + (environment["PATH"] ?? "")
        let typed = environment
        // What is logged may end the alerts that other examples speak of.
        let all = try CommandHelp.programs.flatMap(CommandHelp.all(of:))
        let logs = ["rhythmctl log", "rhythmctl journal", "rhythmctl import"]
        let commands =
            all.filter { command in !logs.contains { command.name.hasPrefix($0) } }
            + all.filter { command in logs.contains { command.name.hasPrefix($0) } }
        #expect(commands.count > 25)
        try await daemon.run { _ async throws in
            for (name, help) in commands {
                #expect(!help.examples.isEmpty, "rhythm: \(name) has no example")
                for example in help.examples {
                    #expect(example.contains(name.prefix { $0 != " " }), "\(name): \(example)")
                    // What an example ticks is committed before the next.
                    try notes.git("commit", "-qa", "--allow-empty", "-m", "Go on", date: "2026-11-10 11:00 +0000")
                    let result = try Program.run(
                        "bash", ["-o", "pipefail", "-c", "cd && { \(example); } | cat"], environment: typed,
                        expecting: nil)
                    // One daemon runs already, which the other finds out after it understood its arguments.
                    let expected: Int32 = example.hasPrefix("rhythmd") ? 75 : 0
                    #expect(result.status == expected, "\(example): \(result.text)\(result.errorText)")
                    if expected == 0 { #expect(result.errorText == "", "\(example)") }
                }
            }
        }
    }
}
