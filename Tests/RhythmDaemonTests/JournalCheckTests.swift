import Foundation
import RhythmAPI
import RhythmTestSupport
import Testing

/// What `rhythmctl doctor` and `status` say of the journal.
@Suite struct JournalCheckTests {
    private let desk: Desk
    private static let folder = ".local/share/rhythm/journal/"

    init() throws {
        desk = try Desk()
    }

    private func findings() throws -> [Wire.Diagnosis] {
        let result = try desk.ctl("doctor", "--json", expecting: nil)
        #expect(result.errorText == "")
        return try JSONDecoder().decode(Wire.Doctor.Reply.self, from: result.output).findings
            .filter { $0.topic == "journal" }
    }

    @Test func aJournalThatIsFineIsFine() throws {
        #expect(try findings() == [])
        try desk.ctl("log", "win", "one")
        // Notes of a vault that are no entries, and what is no Markdown.
        for name in ["daily.md", "notes/plan.md", "entries/photo.png"] {
            try desk.home.write("no entry\nkind: of\n", to: Self.folder + name)
        }
        let fine = try findings()
        #expect(fine.map(\.severity) == [.ok])
    }

    @Test func aFolderThatTheConfigNamesAndThatIsMissingIsNoted() throws {
        try desk.home.write("[journal]\npath = \"~/vault\"\n", to: ".config/rhythm/rhythm.toml")
        let found = try #require(try findings().first)
        #expect(found.severity == .note)
        #expect(found.text == "\(desk.home.path)/vault, named as path under [journal] in the config, is not there yet")
        try FileManager.default.createSymbolicLink(
            atPath: desk.home.path + "/vault", withDestinationPath: desk.home.path + "/unplugged")
        #expect(
            try findings().map(\.text) == [
                "nothing can be committed: \(desk.home.path)/vault is a link that leads nowhere"
            ])
    }

    @Test(arguments: ["detached", "rebase", "no repository", "index", "file"])
    func whatKeepsGitFromCommittingIsFound(_ what: String) throws {
        var remedy = ""
        if what == "no repository" {
            try desk.home.write("mine", to: Self.folder + "note.txt")
            remedy = "git -C \(desk.journal) init"
        } else if what == "file" {
            try desk.home.write("mine", to: String(Self.folder.dropLast()))
            remedy = "mv \(desk.journal) \(desk.journal).old"
        } else {
            try desk.ctl("log", "win", "one")
            let branch = try desk.git("branch", "--show-current").trimmingCharacters(in: .newlines)
            switch what {
            case "detached":
                try desk.git("checkout", "-q", "--detach")
                remedy = "git -C \(desk.journal) switch \(branch)"
            case "index":
                try desk.home.write("", to: Self.folder + ".git/index")
                remedy = "rm \(desk.journal)/.git/index && git -C \(desk.journal) reset --quiet"
            default:
                try desk.home.write("mine", to: Self.folder + "a.md")
                try desk.git("add", ".")
                try desk.git("commit", "-qm", "mine")
                try desk.git("switch", "-qc", "other", "HEAD~")
                try desk.home.write("theirs", to: Self.folder + "a.md")
                try desk.git("add", ".")
                try desk.git("commit", "-qm", "theirs")
                _ = try? desk.git("rebase", branch)
                remedy = "git -C \(desk.journal) rebase --abort"
            }
        }
        let found = try findings()
        #expect(found.map(\.severity) == [.warning])
        #expect(found.first?.text.hasPrefix("nothing can be committed: ") == true)
        #expect(found.first?.remedy == remedy)
        try Program.run("sh", ["-c", remedy], environment: desk.environment)
        #expect(try !findings().contains { $0.text.hasPrefix("nothing can be committed") })
    }

    @Test func whatWaitsIsFound() throws {
        try desk.ctl("log", "win", "one")
        try desk.home.write("---\nkind: win\n---\nMine\n", to: Self.folder + "notes/2026-11-20.md")
        try desk.home.write(
            "---\nkind: win\ndate: 2025-01-02\n---\nx\n", to: ".state/rhythm/unsaved/20250102-win-x-0a0a0a.md")
        #expect(
            try findings().map(\.text) == [
                "1 entry waits to be written to the journal: \(desk.home.path)/.state/rhythm/unsaved/20250102-win-x-0a0a0a.md",
                "1 entry is not committed, and so not counted: notes/2026-11-20.md",
            ])
        try desk.home.write("changed", to: Self.folder + (try desk.entries()[0]))
        #expect(try findings().last?.text.hasPrefix("2 entries are not committed") == true)
    }

    @Test func aRemoteThatNobodySharedItWithIsNoted() throws {
        let remote = desk.home.path + "/remote.git"
        try Program.run("git", ["init", "-q", "--bare", remote], environment: desk.environment)
        try desk.ctl("log", "win", "one")
        try desk.git("remote", "add", "origin", remote)
        let found = try findings()
        #expect(found.map(\.severity) == [.note] && found.map(\.remedy) == ["rhythmctl journal sync"])
        try desk.ctl("journal", "sync")
        #expect(try findings().map(\.severity) == [.ok])
    }

    @Test func entriesThatCannotBeReadAreNamed() throws {
        try desk.ctl("log", "win", "one")
        let daemon = try RunningDaemon(environment: desk.environment)
        try desk.ctl("scan")
        #expect(try !desk.ctl("status").text.contains("journal"))
        try desk.home.write(
            "---\nkind: win\nminutes: many\ndate: 2026-11-20\n---\n", to: Self.folder + "entries/bad.md")
        try desk.home.write("A win", to: Self.folder + "entries/bad.txt")
        try desk.git("add", ".")
        try desk.git("commit", "-qm", "by hand")
        try desk.ctl("scan")
        #expect(
            try desk.ctl("status").text.contains(
                "\nCannot read 2 entries of your journal, so nothing of them counts: rhythmctl journal\n"))
        #expect(
            try findings().map(\.text) == [
                "\(desk.journal)/entries/bad.md:3: minutes must be a number such as 15, and is “many”",
                "\(desk.journal)/entries/bad.txt: not read, since the name of an entry's file ends in .md",
            ])
        #expect(try findings().map(\.remedy) == ["rhythmctl journal edit bad.md", "rhythmctl journal"])
        #expect(
            try desk.ctl("journal").text.contains(
                "\(desk.journal)/entries/bad.txt: not read, since the name of an entry's file ends in .md\n"))
        try desk.git("rm", "-q", "entries/bad.md", "entries/bad.txt")
        try desk.git("commit", "-qm", "mended")
        try desk.ctl("scan")
        #expect(try findings().map(\.severity) == [.ok])
        #expect(try !desk.ctl("status").text.contains("journal"))
        #expect(daemon.end(with: SIGTERM) == 0)
    }
}
