import Foundation
import RhythmAPI
import RhythmTestSupport
import Testing

/// The completions, as real shells make them of what somebody types.
@Suite struct CompletionTests {
    /// How a shell is started, set up, and made to say its command line when Control-O is typed.
    struct Shell: CustomStringConvertible, Sendable {
        var name: String
        var start: String
        var setup: [String]
        var description: String { name }

        static let all = [
            Shell(
                name: "bash", start: "bash --norc --noprofile -i",
                setup: [
                    "source <(rhythmctl --generate-completion-script bash)",
                    #"bind -x '"\C-o": echo "LINE<$READLINE_LINE>END"'"#,
                ]),
            Shell(
                name: "zsh", start: "zsh -f -i",
                setup: [
                    "mkdir fpath; rhythmctl --generate-completion-script zsh > fpath/_rhythmctl; fpath+=($PWD/fpath)",
                    "autoload -Uz compinit; compinit -u -D",
                    #"tell() { print -r -- "LINE<$BUFFER>END" }; zle -N tell; bindkey '^O' tell"#,
                ]),
            Shell(
                name: "fish", start: "fish --no-config -i",
                setup: [
                    "rhythmctl --generate-completion-script fish | source",
                    #"bind \co 'echo "LINE<"(commandline)">END"'"#,
                ]),
        ]
    }

    /// Types lines in a terminal of their own, and prints what each has become. Reads until what it waits for is there.
    private static let typist = #"""
        zmodload zsh/zpty
        zpty shell "$1"
        shift
        for line in "${(@f)1}"; do zpty -w shell "$line"; done
        zpty -w shell "echo REA''DY"
        zpty -r shell seen '*READY*'
        shift
        for line; do
            zpty -w -n shell "$line"$'\t\x0f'
            zpty -r shell seen '*LINE<*>END*'
            print -r -- "${${seen##*LINE<}%%>END*}"
            zpty -w -n shell $'\x15'
        done
        """#

    @Test(arguments: Shell.all) func aShellOffersWhatThereIs(_ shell: Shell) async throws {
        let daemon = try TestDaemon(today: "2026-11-28")
        for name in ["src/plain", "src/it's here", "src/$(touch pwned)", "src/a:b"] {
            try daemon.repository(name).commit(name, at: "2026-11-10 10:00 +0000")
        }
        try daemon.repository(".local/share/rhythm/journal").commit(
            "x", at: "2026-11-20 10:00 +0000", file: "entries/2026/11/20261120-win-x-0a0a0a.md",
            text: "---\nkind: win\ndate: 2026-11-20\n---\nx")
        var environment = Program.environment(home: daemon.home.path)
        environment["PATH"] = Program.folder + ":" + (environment["PATH"] ?? "")
        environment["TERM"] = "dumb"
        for program in ["zsh", shell.name] {
            try #require(
                try Program.run("which", [program], environment: environment, expecting: nil).status == 0,
                "\(program) is missing: scripts/test installs it")
        }
        let typed = environment
        let lines = try await daemon.run { client async throws in
            _ = try await client.ask(Wire.AddExcuse.self, .init(from: "2026-12-24", to: "2026-12-31", why: "Holidays"))
            return try Program.run(
                "timeout",
                [
                    "60", "zsh", "-fc", "cd; " + Self.typist, "typist", shell.start,
                    shell.setup.joined(separator: "\n"), "rhythmctl expl", "rhythmctl explain d", "rhythmctl log ret",
                    "rhythmctl journal show 20261120",
                    "rhythmctl alerts ack 2026-W48-c", "rhythmctl report --week 2026-W4",
                    "rhythmctl query commits --by q",
                    "rhythmctl repos ignore src/p", "rhythmctl repos ignore src/it", #"rhythmctl repos ignore src/\$"#,
                    "rhythmctl repos ignore src/a", "rhythmctl excuse --remove ",
                ], environment: typed
            ).text.split(separator: "\n").map(String.init)
        }
        let expected = [
            "rhythmctl explain", "rhythmctl explain devlog", "rhythmctl log retrospective",
            "rhythmctl journal show 20261120-win-x-0a0a0a.md",
            "rhythmctl alerts ack 2026-W48-commits",
            "rhythmctl report --week 2026-W4", "rhythmctl query commits --by quarter",
            "rhythmctl repos ignore src/plain",
            #"rhythmctl repos ignore src/it\'s\ here"#, #"rhythmctl repos ignore src/\$\(touch\ pwned\)"#,
            "rhythmctl repos ignore src/a:b", "rhythmctl excuse --remove 1",
        ]
        try #require(lines.count == expected.count)
        for (line, expected) in zip(lines, expected) {
            // bash ends a folder with a slash, and quotes a colon.
            let plain = line.replacing(#"\:"#, with: ":").trimmingCharacters(in: CharacterSet(charactersIn: " /"))
            #expect(plain == expected)
        }
        #expect(!FileManager.default.fileExists(atPath: daemon.home.path + "/pwned"))
    }
}
