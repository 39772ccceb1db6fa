import Foundation
import NIOCore
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// Hooks as the user's programs meet them.
@Suite(.timeLimit(.minutes(2))) struct HookTests {
    private typealias Told = HookBench.Told
    private let folder: TemporaryFolder
    /// Open until the test ends: what nobody has read yet is lost when the last one closes.
    private let fifos = Fifos()

    private final class Fifos {
        var all: [Fifo] = []
    }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func fifo(_ name: String, watching: Bool = false) throws -> Fifo {
        let fifo = try Fifo("\(folder.path)/\(name)", watching: watching)
        fifos.all.append(fifo)
        return fifo
    }

    @Test func theEventArrivesWholeOnStandardInput() async throws {
        // More than a pipe holds, and all that has a meaning to JSON, to a shell or to a terminal.
        let text = "\"quoted\" $HOME `id` \\ \u{1b}[31m\n… 🦆 " + String(repeating: "x", count: 300_000)
        let event = HookBench.event(name: "Co\"mmits", text: text)
        let bench = try await HookBench([.sh("cat > \"$0\"", folder.path + "/out")], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(event)
        #expect(await outcomes.next() == Told(event.id, .due, .done))
        let line = try folder.read("out")
        #expect(line.hasSuffix("}\n") && line.count { $0 == "\n" } == 1)
        #expect(try JSONDecoder().decode(HookEvent.self, from: Data(line.utf8)) == event)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "id", "rhythm", "name", "period", "state", "since", "have", "target", "need", "demand", "file", "text",
                "last_safe_moment",
            ])
        #expect(object["have"] as? Int == 3 && object["state"] as? String == "due")
        try await bench.stop()
    }

    @Test func argumentsArriveAsTheyAreWrittenSinceThereIsNoShell() async throws {
        let arguments = ["a b; touch oops", "$HOME", "`id`", "*", "", "'\"", "--", "é\n2"]
        let script = "printf '%s\\0' \"$@\" > \"$0\""
        let hook = Hook(on: [.due], run: ["sh", "-c", script, folder.path + "/o t"] + arguments)
        let bench = try await HookBench([hook], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        #expect(await outcomes.next()?.outcome == .done)
        #expect(try folder.read("o t") == arguments.map { $0 + "\0" }.joined())
        try await bench.stop()
    }

    @Test func ofTheDaemonsVariablesAHookSeesThoseThatItNeeds() async throws {
        let bench = try await HookBench(
            [.sh("env > \"$0\"", folder.path + "/out")], folder: folder,
            environment: ["DBUS_SESSION_BUS_ADDRESS": "unix:path=/none", "LANG": "cs_CZ.UTF-8", "GIT_DIR": "/x"])
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        #expect(await outcomes.next()?.outcome == .done)
        let lines = try folder.read("out").split(separator: "\n")
        let names = Set(lines.compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(
            names.subtracting(["PWD", "SHLVL", "_"]) == [
                "HOME", "PATH", "TZ", "LANG", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
                "DBUS_SESSION_BUS_ADDRESS", "RHYTHM_ALERT_ID", "RHYTHM_STATE", "RHYTHM_FILE",
            ])
        for line in [
            "RHYTHM_ALERT_ID=2026-W47-commits", "RHYTHM_STATE=due", "RHYTHM_FILE=/state/alerts/2026-W47-commits.md",
            "LANG=cs_CZ.UTF-8",
        ] { #expect(lines.contains(Substring(line)), "\(line)") }
        #expect(hookEnvironment([:], HookBench.event())["LANG"] == "C.UTF-8")
        try await bench.stop()
    }

    @Test func aHookHasNoneOfTheDaemonsFiles() async throws {
        let leaky = dup(2)
        defer { close(leaky) }
        let bench = try await HookBench([.sh("[ ! -e /proc/self/fd/\(leaky) ]")], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        #expect(await outcomes.next()?.outcome == .done)
        try await bench.stop()
    }

    @Test func aHookRunsForTheStatesAndRhythmsThatItNames() async throws {
        let script = "echo $RHYTHM_ALERT_ID $RHYTHM_STATE >> \"$0\""
        let bench = try await HookBench(
            [.sh(script, folder.path + "/out", on: [.missed, .resolved], rhythms: ["blog"])], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(
            HookBench.event("a", .due, rhythm: "blog"), HookBench.event("b", .missed),
            HookBench.event("c", .missed, rhythm: "blog"), HookBench.event("c", .resolved, rhythm: "blog"))
        #expect(await outcomes.next() == Told("c", .missed, .done))
        #expect(await outcomes.next() == Told("c", .resolved, .done))
        #expect(try folder.read("out") == "c missed\nc resolved\n")
        try await bench.stop()
    }

    @Test func whatTakesTooLongIsKilledWithItsChildrensChildren() async throws {
        let alive = try fifo("alive", watching: true)
        let script = "exec 3> \"$0\"; sh -c 'sh -c \"sleep 1000; :\" & sleep 1000; :' & trap '' TERM; sleep 1000; :"
        let bench = try await HookBench(
            [.sh(script, alive.path, timeout: 1)], folder: folder, limits: .init(delays: [.hours(1)]))
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        #expect(
            await outcomes.next()
                == Told("2026-W47-commits", .due, .failed("it took longer than 1 s", again: .hours(1))))
        #expect(await alive.lines(1) == [])
        try await bench.stop()
    }

    @Test func whatALeftProcessHoldsOpenCostsTimeButNoSuccess() async throws {
        let bench = try await HookBench([.sh("setsid sleep 20 & exit 0", timeout: 1)], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        #expect(await outcomes.next()?.outcome == .done)
        #expect(bench.log.all.contains { $0.contains("left something running") })
        try await bench.stop()
    }

    @Test func whatFailsIsTriedAgainUntilItDoesNot() async throws {
        let script = "read n < \"$0\"; echo $((n + 1)) > \"$0\"; echo no >&2; [ $n -ge 2 ]"
        try folder.write("0\n", to: "count")
        let bench = try await HookBench(
            [.sh(script, folder.path + "/count")], folder: folder,
            limits: .init(delays: [.milliseconds(1), .milliseconds(2), .milliseconds(3)]))
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        let reason = "it ended with exit status 1"
        #expect(await outcomes.next()?.outcome == .failed(reason, again: .milliseconds(1)))
        #expect(await outcomes.next()?.outcome == .failed(reason, again: .milliseconds(2)))
        #expect(await outcomes.next()?.outcome == .done)
        #expect(try folder.read("count") == "3\n")
        #expect(try await bench.on { $0.failing.isEmpty && $0.load == (0, 0) })
        let line = "warning a hook failed again=in 0 s alert=2026-W47-commits errors=no"
        #expect(bench.log.all.first?.hasPrefix(line) == true, "\(bench.log.all)")
        try await bench.stop()
    }

    @Test func whatGoesOnFailingIsGivenUpAndListed() async throws {
        let hook = Hook.sh("kill -USR1 $$")
        let bench = try await HookBench(
            [.sh("true"), hook], folder: folder, limits: .init(delays: [.milliseconds(1), .milliseconds(1)]))
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        var failures: [HookRunner.Outcome] = []
        while failures.count < 3, let told = await outcomes.next() {
            if told.outcome != .done { failures.append(told.outcome) }
        }
        let reason = "it ended with signal 10 (User defined signal 1)"
        #expect(failures.last == .failed(reason, again: nil))
        let failing = try await bench.on { $0.failing }
        #expect(failing == [FailingHook(argv: hook.run, lastError: reason, since: Timestamp(1_000), tries: 3)])
        #expect(try await bench.on { $0.load == (0, 0) })
        // Nobody asks for it any more.
        try await bench.on { $0.adopt(hooks: [], notify: .init()) }
        #expect(try await bench.on { $0.failing.isEmpty })
        try await bench.stop()
    }

    @Test func aNewerEventTakesThePlaceOfOneThatWaitsForAnotherTry() async throws {
        let bench = try await HookBench(
            [.sh("[ $RHYTHM_STATE = missed ]", on: [.due, .missed])], folder: folder,
            limits: .init(delays: [.hours(1)]))
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event(), HookBench.event("other"))
        for _ in 0..<2 {
            #expect(await outcomes.next()?.outcome == .failed("it ended with exit status 1", again: .hours(1)))
        }
        try await bench.take(HookBench.event("2026-W47-commits", .missed, before: .due))
        #expect(await outcomes.next() == Told("2026-W47-commits", .due, .outdated))
        #expect(await outcomes.next() == Told("2026-W47-commits", .missed, .done))
        #expect(try await bench.on { $0.load == (0, 1) })
        // Also one that nobody wants to hear of: there is no nagging about what is done.
        try await bench.take(HookBench.event("other", .resolved))
        #expect(await outcomes.next() == Told("other", .due, .outdated))
        #expect(try await bench.on { $0.load == (0, 0) })
        try await bench.stop()
    }

    @Test func whatFailsAfterItsAlertChangedIsNotTriedAgain() async throws {
        let up = try fifo("up")
        let gate = try fifo("gate")
        let script = "echo $RHYTHM_STATE > \"$0\"; read x < \"$1\"; exit 3"
        let bench = try await HookBench([.sh(script, up.path, gate.path)], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        #expect(await up.lines(1) == ["due"])
        try await bench.take(HookBench.event("2026-W47-commits", .missed))
        // The one for the newer event waits for its turn.
        #expect(try await bench.on { $0.load == (1, 1) })
        gate.release()
        #expect(await outcomes.next() == Told("2026-W47-commits", .due, .outdated))
        #expect(await up.lines(1) == ["missed"])
        gate.release()
        #expect(await outcomes.next()?.outcome == .failed("it ended with exit status 3", again: .minutes(1)))
        try await bench.stop()
        #expect(await outcomes.next() == Told("2026-W47-commits", .missed, .outdated))
    }

    @Test func fourRunAtOnceAndTheOthersWait() async throws {
        let up = try fifo("up")
        let gate = try fifo("gate")
        let bench = try await HookBench(
            [.sh("echo $RHYTHM_ALERT_ID > \"$0\"; read x < \"$1\"", up.path, gate.path)], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        for number in 1...6 { try await bench.take(HookBench.event("\(number)")) }
        #expect(Set(await up.lines(4)) == ["1", "2", "3", "4"])
        #expect(try await bench.on { $0.load == (4, 2) })
        gate.release(4)
        #expect(Set(await up.lines(2)) == ["5", "6"])
        gate.release(2)
        for _ in 1...6 { #expect(await outcomes.next()?.outcome == .done) }
        try await bench.stop()
    }

    @Test func ofTooManyThatWaitTheOldestIsDropped() async throws {
        let gate = try fifo("gate")
        let bench = try await HookBench(
            [.sh("read x < \"$0\"", gate.path, rhythms: ["gate"]), .sh("true", rhythms: ["commits"])], folder: folder,
            limits: .init(runs: 1, pending: 3))
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event("0", rhythm: "gate"))
        for number in 1...5 { try await bench.take(HookBench.event("\(number)")) }
        #expect(await outcomes.next() == Told("1", .due, .dropped))
        #expect(await outcomes.next() == Told("2", .due, .dropped))
        #expect(bench.log.all.count { $0.hasPrefix("warning a hook will not run: too many wait") } == 2)
        gate.release()
        for id in ["0", "3", "4", "5"] { #expect(await outcomes.next() == Told(id, .due, .done)) }
        try await bench.stop()
    }

    @Test func hostileOutputIsCutAndHarmless() async throws {
        let script =
            "printf 'one\\n\\033[31mtwo\\r\\0\\377\\342\\200\\256x\\n'; head -c 3000000 /dev/zero; "
            + "printf '\\033c' >&2"
        let bench = try await HookBench([.sh(script)], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event(name: "\u{1b}"))
        #expect(await outcomes.next()?.outcome == .done)
        let line = try #require(bench.log.all.last)
        #expect(line.contains("errors=\\u{1b}c "))
        #expect(line.contains("output=one | \\u{1b}[31mtwo | \\u{0}\u{FFFD}\\u{202e}x | \\u{0}\\u{0}"))
        #expect(line.utf8.count < 4096 * 6)
        #expect(!line.unicodeScalars.contains { $0.value < 32 || $0.value == 127 })
        try await bench.stop()
    }

    @Test(arguments: [
        (["no-such-program"], "there is no no-such-program in PATH"),
        (["/no/such program"], "/no/such program: No such file or directory (posix_spawn)"),
        (["/tmp"], "/tmp: Permission denied (posix_spawn)"),
        (["~script"], "there is no ~script in PATH"),
    ])
    func whatCannotBeStartedIsToldAndTriedAgain(run: [String], reason: String) async throws {
        let bench = try await HookBench(
            [Hook(on: [.due], run: run)], folder: folder, limits: .init(delays: [.milliseconds(1)]))
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        let whole = "it cannot be started: \(reason)"
        #expect(await outcomes.next()?.outcome == .failed(whole, again: .milliseconds(1)))
        #expect(await outcomes.next()?.outcome == .failed(whole, again: nil))
        #expect(try await bench.on { $0.failing.map(\.tries) } == [2])
        try await bench.stop()
    }

    @Test func aScriptThatNamesNoInterpreterIsNotHandedToAShell() async throws {
        let bench = try await HookBench([Hook(on: [.due], run: ["plain"])], folder: folder)
        try bench.install("plain", "echo oops\n")
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event())
        let whole = "it cannot be started: \(folder.path)/bin/plain: Exec format error (posix_spawn)"
        #expect(await outcomes.next()?.outcome == .failed(whole, again: .minutes(1)))
        try await bench.stop()
    }

    @Test(arguments: ["true", "exec 0<&-; exec sleep 0", "read line; exit 0", "head -c 1 > /dev/null"])
    func whatDoesNotReadTheEventToItsEndIsNoFailure(script: String) async throws {
        let bench = try await HookBench([.sh(script)], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event(text: String(repeating: "x", count: 1_000_000)))
        #expect(await outcomes.next()?.outcome == .done)
        try await bench.stop()
    }

    @Test func stoppingAsksWhatRunsToEndAndDropsWhatWaits() async throws {
        let up = try fifo("up")
        let polite = "trap 'echo ended > \"$1\"; exit 0' TERM; echo up > \"$0\"; while :; do sleep 1000 & wait; done"
        let bench = try await HookBench(
            [
                .sh(polite, up.path, folder.path + "/out", rhythms: ["polite"]),
                .sh("exit 1", rhythms: ["failing"]),
            ], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event("failing", rhythm: "failing"))
        #expect(await outcomes.next()?.outcome == .failed("it ended with exit status 1", again: .minutes(1)))
        try await bench.take(HookBench.event("polite", rhythm: "polite"))
        #expect(await up.lines(1) == ["up"])
        try await bench.stop()
        #expect(try folder.read("out") == "ended\n")
        #expect(await outcomes.next() == Told("failing", .due, .outdated))
        #expect(await outcomes.next() == Told("polite", .due, .done))
        #expect(try await bench.on { $0.load == (0, 0) })
        // Whatever comes now comes too late.
        try await bench.take(HookBench.event("polite", .missed, rhythm: "polite"))
        #expect(try await bench.on { $0.load == (0, 0) })
    }

    @Test func whatDoesNotEndWhenAskedIsKilled() async throws {
        let up = try fifo("up")
        let alive = try fifo("alive", watching: true)
        let stubborn = "trap '' TERM; exec 3> \"$1\"; echo up > \"$0\"; (sleep 1000; :) & sleep 1000; :"
        let bench = try await HookBench(
            [.sh(stubborn, up.path, alive.path)], folder: folder, limits: .init(grace: .milliseconds(20)))
        try await bench.take(HookBench.event())
        #expect(await up.lines(1) == ["up"])
        try await bench.stop()
        #expect(await alive.lines(1) == [])
    }

    @Test func afterTimeOffEachHookIsToldOnceOfWhatItWants() async throws {
        let script = "printf '%s ' $RHYTHM_ALERT_ID $RHYTHM_STATE >> \"$0\""
        let bench = try await HookBench(
            [
                .sh(script, folder.path + "/all", on: [.due, .missed]),
                .sh(script, folder.path + "/blog", on: [.missed], rhythms: ["blog"]),
                .sh(script, folder.path + "/none", on: [.resolved]),
                .sh("cat > \"$0\"", folder.path + "/json", on: [.due, .missed]),
            ], folder: folder)
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.on {
            $0.take(together: [
                HookBench.event("a", .due), HookBench.event("b", .missed),
                HookBench.event("c", .missed, rhythm: "blog"),
            ])
        }
        for _ in 1...3 { #expect(await outcomes.next()?.outcome == .done) }
        #expect(try folder.read("all") == "catch-up missed ")
        #expect(try folder.read("blog") == "c missed ")
        let told = try JSONDecoder().decode(HookEvent.self, from: Data(folder.read("json").utf8))
        #expect(told.alerts == ["a", "b", "c"] && told.rhythm == "commits,blog")
        #expect(told.file == "/state/alerts/alerts.json")
        try await bench.stop()
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
    }

    // MARK: Units

    @Test func aUnitIsNamedLimitedAndToldItsVariables() {
        let launcher = HookLauncher.unit(systemdRun: "/bin/systemd-run")
        let environment = ["A": "1 $x %h", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/other"]
        let command = launcher.command(
            ["/usr/bin/curl", "-d", "$HOME ${A}"], environment: environment, timeout: 7, number: 3)
        let unit = "rhythm-hook-\(getpid())-3.service"
        #expect(
            command
                == .init(
                    program: "/bin/systemd-run",
                    arguments: [
                        "--user", "--quiet", "--collect", "--pipe", "--wait", "--unit=\(unit)",
                        "--description=Rhythm hook /usr/bin/curl",
                        "--property=RuntimeMaxSec=7s", "--property=TimeoutStopSec=2s", "--setenv=A=1 $x %h",
                        "--setenv=DBUS_SESSION_BUS_ADDRESS=unix:path=/other", "--", "/usr/bin/curl", "-d",
                        "$$HOME $${A}",
                    ], environment: ["A": "1 $x %h"], unit: unit))
        let child = HookLauncher.child.command(["/bin/a", "$b"], environment: environment, timeout: 7, number: 3)
        #expect(child == .init(program: "/bin/a", arguments: ["$b"], environment: environment, unit: nil))
    }

    @Test func unitsAreUsedWhereTheUsersManagerIsOnTheBus() async throws {
        let bench = try await HookBench(folder: folder)
        try bench.install("systemd-run", "#!/bin/sh\n")
        let environment = ["PATH": folder.path + "/bin", "XDG_RUNTIME_DIR": folder.path + "/run"]
        #expect(HookLauncher.detect(environment) == .child)
        try folder.write("", to: "run/bus")
        #expect(HookLauncher.detect(environment) == .child)
        try folder.write("", to: "run/systemd/private")
        #expect(HookLauncher.detect(environment) == .unit(systemdRun: folder.path + "/bin/systemd-run"))
        #expect(HookLauncher.detect(["PATH": "/none", "XDG_RUNTIME_DIR": folder.path + "/run"]) == .child)
        #expect(HookLauncher.detect(["PATH": folder.path + "/bin"]) == .child)
        try await bench.stop()
    }

    /// With programs in place of systemd's.
    @Test func aUnitGetsTheEventAndIsStoppedByItsName() async throws {
        let up = try fifo("up")
        let gate = try fifo("gate")
        let bench = try await HookBench(
            [Hook(on: [.due], run: ["tell"])], folder: folder,
            launcher: .unit(systemdRun: folder.path + "/bin/systemd-run"))
        try bench.install("systemd-run", "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"\n")
        try bench.install(
            "systemctl", "#!/bin/sh\necho \"$@\" > '\(folder.path)/asked'; echo > '\(gate.path)'\n")
        var outcomes = bench.outcomes.makeAsyncIterator()
        let event = HookBench.event()
        try bench.install(
            "tell", "#!/bin/sh\ncat > '\(folder.path)/out'; echo up > '\(up.path)'; read x < '\(gate.path)'\n")
        try await bench.take(event)
        #expect(await up.lines(1) == ["up"])
        try await bench.stop()
        #expect(await outcomes.next()?.outcome == .done)
        #expect(try JSONDecoder().decode(HookEvent.self, from: Data(folder.read("out").utf8)) == event)
        #expect(try folder.read("asked") == "--user --quiet --no-block stop rhythm-hook-\(getpid())-1.service\n")
    }

    /// With systemd's own, where a session of this user has them.
    @Test(.enabled(if: HookLauncher.detect(processEnvironment()) != .child))
    func aUnitOfTheUsersManagerIsAHookLikeAnyOther() async throws {
        let alive = try fifo("alive", watching: true)
        let up = try fifo("up")
        let arguments = ["$HOME", "${HOME}x$$", "%h", "a b;c", "\\x\n\"'"]
        let own = processEnvironment()
        let bench = try await HookBench(
            [
                .sh(
                    "cat > \"$0\"; printf '%s\\0' \"$RHYTHM_ALERT_ID\" \"$A_SECRET\" \"$@\"; cat /proc/self/cgroup >&2",
                    folder.path + "/out", arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                    on: [.atRisk]),
                .sh("exec 3> \"$0\"; trap '' TERM; sleep 1000 & sleep 1000; :", alive.path, on: [.due], timeout: 1),
                .sh(
                    "trap 'echo ended > \"$1\"; exit 0' TERM; echo up > \"$0\"; while :; do sleep 1000 & wait; done",
                    up.path, folder.path + "/ended", on: [.missed]),
            ], folder: folder,
            environment: own.filter { ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"].contains($0.key) },
            launcher: nil)
        var outcomes = bench.outcomes.makeAsyncIterator()
        let event = HookBench.event("%h $x", .atRisk)
        try await bench.take(event)
        #expect(await outcomes.next()?.outcome == .done)
        #expect(try JSONDecoder().decode(HookEvent.self, from: Data(folder.read("out").utf8)) == event)
        let log = try #require(bench.log.all.last)
        #expect(log.contains("/rhythm-hook-\(getpid())-1.service"), "\(log)")
        let told = (["%h $x", ""] + arguments).joined(separator: "\0") + "\0"
        let shown = told.replacing("\0", with: "\\u{0}").replacing("\n", with: " | ")
        #expect(log.contains("output=\(shown)"), "\(log)")
        try await bench.take(HookBench.event("slow", .due))
        #expect(await outcomes.next()?.outcome == .failed("it took longer than 1 s", again: .minutes(1)))
        #expect(await alive.lines(1) == [])
        try await bench.take(HookBench.event("stopped", .missed))
        #expect(await up.lines(1) == ["up"])
        try await bench.stop()
        #expect(try folder.read("ended") == "ended\n")
    }

    // MARK: Desktop

    private var onTheDesktop: DesktopNotification {
        var notify = DesktopNotification()
        notify.desktop = true
        return notify
    }

    @Test func aNotificationWaitsForASessionAndIsAskedForAgain() async throws {
        let bench = try await HookBench(
            notify: onTheDesktop, folder: folder, environment: ["PATH": folder.path + "/bin"],
            limits: .init(delays: [.milliseconds(1), .milliseconds(1)]))
        try bench.install("notify-send", "#!/bin/sh\nprintf '%s|' \"$@\" >> '\(folder.path)/out'\n")
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event("a", .atRisk), HookBench.event("b", text: "<b> & \\n\u{7}"))
        for _ in 1...6 { #expect(await outcomes.next()?.outcome == .postponed) }
        // Now nothing looks any more until there is something to tell.
        #expect(try await bench.on { $0.load == (0, 2) && $0.failing.isEmpty })
        try await bench.take(HookBench.event("a", .resolved))
        #expect(await outcomes.next() == Told("a", .atRisk, .outdated))
        try folder.write("", to: "run/bus")
        try await bench.take(HookBench.event("c", .missed))
        #expect(Set([await outcomes.next()?.id, await outcomes.next()?.id]) == ["b", "c"])
        let out = try folder.read("out")
        let told = #"--app-name=Rhythm|--urgency=normal|--|Commits: due|&lt;b&gt; &amp; \\n\\u{7}|"#
        #expect(out.contains(told), "\(out)")
        #expect(out.contains("|Commits: missed|Commits: 2 commits to go by Sun 22 Nov|"))
        try await bench.stop()
    }

    @Test func withoutNotifySendThatIsSaidOnce() async throws {
        let bench = try await HookBench(
            notify: onTheDesktop, folder: folder, environment: ["PATH": folder.path + "/bin"])
        var outcomes = bench.outcomes.makeAsyncIterator()
        try await bench.take(HookBench.event("a"), HookBench.event("b"), HookBench.event("c", .resolved))
        #expect(await outcomes.next() == Told("a", .due, .impossible))
        #expect(await outcomes.next() == Told("b", .due, .impossible))
        #expect(bench.log.all.count == 1 && bench.log.all.first?.contains("there is no notify-send") == true)
        #expect(try await bench.on { $0.load == (0, 0) })
        try await bench.stop()
    }

    @Test func thereIsASessionWhereItsBusIs() throws {
        try folder.write("", to: "bus")
        #expect(!hasSessionBus([:]))
        #expect(hasSessionBus(["XDG_RUNTIME_DIR": folder.path]))
        #expect(hasSessionBus(["DBUS_SESSION_BUS_ADDRESS": "unix:path=\(folder.path)/bus,guid=1"]))
        #expect(!hasSessionBus(["DBUS_SESSION_BUS_ADDRESS": "unix:path=/none", "XDG_RUNTIME_DIR": "/none"]))
        #expect(hasSessionBus(["DBUS_SESSION_BUS_ADDRESS": "unix:abstract=/tmp/dbus-x"]))
    }
}
