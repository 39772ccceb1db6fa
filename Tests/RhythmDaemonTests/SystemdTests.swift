import Foundation
import RhythmTestSupport
import Testing

/// The units under a real systemd, as an ordinary user has them.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SystemdTests {
    private func with(_ body: (UserManager) throws -> Void) throws {
        do {
            try body(try UserManager())
        } catch let error as UserManager.Unavailable {
            print("skipped: \(error.why)")
        }
    }

    @Test func theUnitsAreAsTheyShouldBe() throws {
        try with { manager in
            let verify = "systemd-analyze --user --recursive-errors=no verify"
            let units = ".config/systemd/user/rhythmd.service .config/systemd/user/rhythmd.socket"
            #expect(try manager.run("\(verify) \(units)") == "")
            // What it says, and is not just able to say.
            try manager.run(
                "sed 's/^WatchdogSec=/WatchdogSecond=/' .config/systemd/user/rhythmd.service > wrong.service")
            #expect(try manager.run("\(verify) ./wrong.service", expecting: 1).contains("WatchdogSecond"))
            // In tenths. What remains is that it reads the home, and uses Unix sockets.
            let security = "systemd-analyze --user security --offline=yes"
            #expect(try manager.run("\(security) rhythmd.service | tail -n 1").contains("rhythmd.service: 0.7 SAFE"))
        }
    }

    @Test func aClientStartsItAndAfterAStopStartsItAgain() throws {
        try with { manager in
            try manager.run("systemctl --user start rhythmd.socket")
            #expect(
                try manager.run("stat -c %a $XDG_RUNTIME_DIR/rhythm $XDG_RUNTIME_DIR/rhythm/rhythmd.sock") == "700\n600"
            )
            #expect(try manager.property("ActiveState") == "inactive")
            #expect(try manager.run("rhythmctl scan").hasPrefix("1 repository read"))
            #expect(try manager.property("ActiveState") == "active")
            #expect(try manager.property("StatusText") == "watching 1 repository, no alerts")
            #expect(
                try manager.run("stat -c %a .local/state/rhythm .local/state .local/state/rhythm/rhythm.db")
                    == "700\n700\n600")

            let entry = try manager.journal("\"MESSAGE\":\"ready")
            #expect(entry["PRIORITY"] as? String == "5")
            #expect(entry["SYSLOG_IDENTIFIER"] as? String == "rhythmd")
            #expect(entry["RHYTHM_SOCKET"] as? String == "/run/user/47123/rhythm/rhythmd.sock")
            #expect(entry["_SYSTEMD_USER_UNIT"] as? String == "rhythmd.service")

            try manager.run("systemctl --user stop rhythmd.service")
            #expect(try manager.property("Result") == "success")
            #expect(try manager.run("rhythmctl status").contains("1 of 5"))
            #expect(try manager.property("ActiveState") == "active")

            try manager.run("systemctl --user stop rhythmd.socket")
            #expect(try manager.property("ActiveState") == "inactive")
            #expect(try manager.run("rhythmctl status").contains("rhythmd is not running"))
            #expect(try manager.run("ls $XDG_RUNTIME_DIR/rhythm") == "")
        }
    }

    @Test func theDoctorSeesUnitsThatDriftedAndItsCommandMendsThem() throws {
        try with { manager in
            try manager.enable()
            try manager.run("rhythmctl scan")
            // From within the sandbox as well nothing is amiss.
            let fine = try manager.run("rhythmctl doctor")
            #expect(fine.contains("· lingering: ") && fine.contains("units") && !fine.contains("! "), "\(fine)")
            try manager.run("echo '# changed' >> .config/systemd/user/rhythmd.service")
            let mend = "systemctl --user daemon-reload && systemctl --user restart rhythmd.service"
            #expect(try manager.run("rhythmctl doctor", expecting: 1).contains("    \(mend)"))
            try manager.run(mend)
            #expect(try !manager.run("rhythmctl doctor").contains("! "))
            try manager.run(
                "sed -i 's/^X-Rhythm-Version=.*/X-Rhythm-Version=0.0.1/' .config/systemd/user/rhythmd.socket")
            #expect(
                try manager.run("rhythmctl doctor", expecting: 1).contains("rhythmd.socket is of Rhythm 0.0.1"))
        }
    }

    @Test func aReloadIsOverWhenTheConfigIsInForce() throws {
        try with { manager in
            try manager.enable()
            try manager.run(
                "mkdir -p .config/rhythm; printf '[[rhythm]]\\nid = \"c\"\\nname = \"Changed\"\\nevery = \"week\"\\nmeasure = \"commits\"\\nat_least = 9\\n' > .config/rhythm/rhythm.toml"
            )
            let process = try manager.property("MainPID")
            try manager.run("systemctl --user reload rhythmd.service")
            #expect(try manager.run("rhythmctl status").contains("1 of 9"))
            // By the signal as well, which systemd hears of from the daemon.
            try manager.run("kill -HUP \(process)")
            try manager.journal("\"MESSAGE\":\"config reloaded")
            try manager.run("echo nonsense = 1 >> .config/rhythm/rhythm.toml")
            try manager.run("systemctl --user reload rhythmd.service", expecting: 1)
            #expect((try manager.journal("rhythm.toml:7: ")["MESSAGE"] as? String)?.contains("nonsense") == true)
            #expect(try manager.property("ActiveState") == "active")
            #expect(try manager.property("MainPID") == process)
            #expect(try manager.run("rhythmctl status").contains("1 of 9"))
        }
    }

    @Test func aDaemonThatHangsIsReplaced() throws {
        try with { manager in
            try manager.dropIn("hang", "[Service]\nWatchdogSec=1s\nRestartSec=100ms")
            try manager.enable()
            let process = try manager.property("MainPID")
            #expect(try manager.run("rhythmctl scan").hasPrefix("1 repository read"))
            try manager.run("kill -STOP \(process)")
            try manager.journal("Watchdog timeout")
            // It waits on the socket until there is one that answers.
            #expect(try manager.run("rhythmctl status").contains("1 of 5"))
            #expect(try manager.property("MainPID") != process)
            #expect(try manager.property("NRestarts") == "1")
        }
    }

    @Test func oneThatIsKilledIsReplacedAndItsClientsWait() throws {
        try with { manager in
            try manager.dropIn("quick", "[Service]\nRestartSec=100ms")
            try manager.enable()
            let socket = "stat -c %i $XDG_RUNTIME_DIR/rhythm/rhythmd.sock"
            let inode = try manager.run(socket)
            try manager.run("rhythmctl scan")
            for number in 1...3 {
                let process = try manager.property("MainPID")
                #expect(try manager.run("kill -KILL \(process); rhythmctl status").contains("1 of 5"))
                #expect(try manager.property("MainPID") != process)
                #expect(try manager.property("NRestarts") == "\(number)")
            }
            #expect(try manager.run(socket) == inode)
        }
    }

    @Test func anUpgradeTurnsNobodyAway() throws {
        try with { manager in
            try manager.enable()
            try manager.run("rhythmctl scan")
            let process = try manager.property("MainPID")
            try manager.run("cp .local/bin/rhythmd new && mv new .local/bin/rhythmd")
            #expect(try manager.run("readlink /proc/\(process)/exe") == "/home/a user/.local/bin/rhythmd (deleted)")
            #expect(
                try manager.run("git -C work commit -q --allow-empty -m two; rhythmctl scan").contains(
                    "1 repository read"))
            // Asked all the time from before until after.
            let asked = try manager.run(
                """
                while [ ! -e over ]; do rhythmctl status || echo failed; done > answers 2>&1 & asking=$!
                systemctl --user restart rhythmd.service && touch over && wait $asking
                grep --count --fixed-strings '2 of 5' answers
                grep --count -e failed -e rhythmctl: answers
                """, expecting: 1
            ).split(separator: "\n")
            #expect(asked.count == 2 && asked.last == "0" && asked.first.flatMap { Int($0) }.map { $0 > 0 } == true)
            let other = try manager.property("MainPID")
            #expect(other != process)
            #expect(try manager.run("readlink /proc/\(other)/exe") == "/home/a user/.local/bin/rhythmd")
            #expect(try manager.property("NRestarts") == "0")
        }
    }

    @Test func oneThatCannotStartIsNotTriedForEver() throws {
        try with { manager in
            try manager.enable()
            try manager.run("rhythmctl scan")
            try manager.run("mkdir -p .config/rhythm; echo nonsense = 1 > .config/rhythm/rhythm.toml")
            try manager.run("systemctl --user restart rhythmd.service", expecting: 1)
            #expect(try manager.property("Result") == "exit-code")
            #expect(try manager.property("ExecMainStatus") == "78")
            // Who asks is told what was stored, and that the daemon does not start.
            let answer = try manager.run("rhythmctl status")
            #expect(answer.contains("rhythmd ended before it answered") && answer.contains("1 of 5"), "\(answer)")
            #expect(try manager.property("NRestarts") == "0")
            #expect(try manager.run("systemctl --user is-active rhythmd.socket") == "active")
            try manager.run("rm .config/rhythm/rhythm.toml")
            #expect(!(try manager.run("rhythmctl status").contains("rhythmctl:")))
        }
    }

    @Test func hooksRunOutsideOfTheSandbox() throws {
        try with { manager in
            try manager.run(
                """
                mkdir -p .config/rhythm
                cat > hook <<'END'
                #!/bin/sh
                cat > ~/told
                grep -e NoNewPrivs -e Seccomp: /proc/self/status > ~/free
                echo > ~/done
                END
                chmod +x hook
                mkfifo done
                cat > .config/rhythm/rhythm.toml <<'END'
                [[rhythm]]
                id = "c"
                name = "C"
                every = "day"
                measure = "commits"
                at_least = 50
                [alerts]
                due_at = ["00:00"]
                quiet_hours = "none"
                [[hook]]
                on = ["due"]
                run = ["/home/a user/hook"]
                END
                """)
            try manager.enable()
            try manager.run("timeout 30 cat done")
            #expect(try manager.run("cat told").contains("\"id\":\""))
            #expect(try manager.run("cat free") == "NoNewPrivs:\t0\nSeccomp:\t0")
        }
    }

    /// Says what it could do, as a worker of the daemon's.
    private static let probe = """
        #!/bin/sh
        cat > /dev/null
        try() { if "$@" > /dev/null 2>&1; then echo "$*"; fi; }
        {
            try touch "$HOME/file"
            try touch "$HOME/work/file"
            try touch "$HOME/.config/rhythm/file"
            try touch "$HOME/.local/state/file"
            try touch "$HOME/.local/bin/rhythmd"
            try touch "$HOME/.local/state/rhythm/file"
            try touch "$XDG_RUNTIME_DIR/file"
            try touch "$XDG_RUNTIME_DIR/rhythm/file"
            try cat "$HOME/.ssh/key"
            try cat "$HOME/work/.git/HEAD"
            try test -e /tmp/other
            try python3 -c 'import socket; socket.socket()'
            try python3 -c 'import socket; socket.socket(socket.AF_UNIX)'
            try unshare --user true
            try strace -o /dev/null true
            try python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'
            try git -C "$HOME/work" log
        } > "$HOME/.local/state/rhythm/could.new"
        mv "$HOME/.local/state/rhythm/could.new" "$HOME/.local/state/rhythm/could"
        exit 1
        """

    @Test func theSandboxHolds() throws {
        try with { manager in
            try manager.run(
                "mkdir .ssh .config/rhythm; echo secret > .ssh/key; touch /tmp/other; mkdir -p .local/state/rhythm $XDG_RUNTIME_DIR/rhythm"
            )
            try manager.run(
                "cat > probe <<'END'\n\(Self.probe)\nEND\nchmod +x probe; ./probe < /dev/null", expecting: 1)
            let free = try manager.run("cat .local/state/rhythm/could").split(separator: "\n")
            #expect(free.count == 17, "what the user can do all the time: \(free)")

            try manager.run("rm -r file work/file .local/state $XDG_RUNTIME_DIR/rhythm")
            try manager.dropIn("probe", "[Service]\nExecStart=\nExecStart=%h/.local/bin/rhythmd --scanner \"%h/probe\"")
            try manager.enable()
            try manager.journal("a scan was given up")
            let confined = try manager.run("cat .local/state/rhythm/could").split(separator: "\n")
            #expect(
                confined == [
                    "touch /home/a user/.local/state/rhythm/file", "touch /run/user/47123/rhythm/file",
                    "cat /home/a user/work/.git/HEAD",
                    "python3 -c import socket; socket.socket(socket.AF_UNIX)", "git -C /home/a user/work log",
                ])
        }
    }

    @Test func withoutNamespacesTheRestOfTheSandboxHolds() throws {
        try with { manager in
            try manager.dropIn("no-namespaces", try manager.run("cat .config/systemd/user/no-namespaces.conf"))
            try manager.enable()
            #expect(try manager.run("rhythmctl scan").hasPrefix("1 repository read"))
            let process = try manager.property("MainPID")
            for namespace in ["user", "mnt", "net"] {
                let links = "readlink /proc/\(process)/ns/\(namespace) /proc/self/ns/\(namespace)"
                #expect(try manager.run("\(links) | uniq | wc -l") == "1", "\(namespace)")
            }
            let limits = try manager.run("grep -e NoNewPrivs -e Seccomp: /proc/\(process)/status")
            #expect(limits == "NoNewPrivs:\t1\nSeccomp:\t2")
        }
    }

    @Test func anotherStateFolderHasToBeNamed() throws {
        try with { manager in
            try manager.run("mkdir -p elsewhere; systemctl --user set-environment \"XDG_STATE_HOME=$PWD/elsewhere\"")
            try manager.run("systemctl --user start rhythmd.service", expecting: 1)
            let message = try manager.journal("Read-only file system")["MESSAGE"] as? String
            #expect(
                message?.contains("/home/a user/elsewhere/rhythm: Read-only file system") == true, "\(message ?? "")")
            #expect(message?.contains("ReadWritePaths=") == true)
            try manager.dropIn("elsewhere", "[Service]\nReadWritePaths=\"%h/elsewhere\"")
            try manager.run("systemctl --user restart rhythmd.service")
            #expect(try manager.run("ls elsewhere/rhythm").contains("rhythm.db"))
        }
    }
}
