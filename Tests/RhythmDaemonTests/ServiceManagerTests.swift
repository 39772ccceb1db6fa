import Foundation
import Glibc
import NIOCore
import NIOPosix
import RhythmTestSupport
import Testing

@testable import RhythmDaemon

/// What the daemon and the manager that started it have to do with each other, without a systemd.
@Suite(.timeLimit(.minutes(3))) struct ServiceManagerTests {
    private let home: TemporaryFolder
    private let environment: [String: String]

    init() throws {
        home = try TemporaryFolder()
        environment = Program.environment(home: home.path)
        try HomeRepository(at: home.path + "/work", home: home.path)
            .commit("one", at: "@\(Int(Date().timeIntervalSince1970)) +0000")
    }

    private func environment(_ manager: ListeningManager, _ more: [String: String] = [:]) -> [String: String] {
        environment.merging(["NOTIFY_SOCKET": manager.address]) { $1 }.merging(more) { $1 }
    }

    private func writeProgram(_ script: String, to name: String) throws {
        try home.write("#!/bin/sh\n" + script, to: name)
        try Program.run("chmod", ["+x", "\(home.path)/\(name)"], environment: environment)
    }

    // MARK: What it tells

    @Test(arguments: [false, true]) func itTellsHowItFares(abstract: Bool) throws {
        let manager = try ListeningManager(at: abstract ? "@rhythm-test-\(getpid())" : home.path + "/manager")
        let environment = environment(manager)
        let daemon = try RunningDaemon(environment: environment)
        #expect(try manager.next() == "STATUS=opening the database")
        try manager.wait(for: "READY=1")
        try manager.wait(for: "STATUS=watching 1 repository, no alerts")

        try home.write("nonsense = 1\n", to: ".config/rhythm/rhythm.toml")
        daemon.signal(SIGHUP)
        let began = try #require(try manager.wait(for: "READY=1").first { $0.hasPrefix("RELOADING=1\n") })
        let time = try #require(began.split(separator: "=").last.flatMap { Int($0) })
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        #expect((now.tv_sec - 60...now.tv_sec).contains(time / 1_000_000))
        try home.write("", to: ".config/rhythm/rhythm.toml")
        try Program.run(Program.folder + "/rhythmctl", ["reload"], environment: environment)
        // Both ends of it are told before rhythmctl ends.
        let told = manager.rest()
        #expect(told.contains { $0.hasPrefix("RELOADING=1\n") })
        #expect(told.contains("READY=1"))

        #expect(daemon.end(with: SIGTERM) == 0)
        let last = manager.rest()
        #expect(last.contains("STOPPING=1"))
        #expect(!(told + last).contains("WATCHDOG=1"), "nobody asked for it")
    }

    @Test func whyItCannotStartIsTold() throws {
        try home.write("nonsense = 1\nworse = 2\n", to: ".config/rhythm/rhythm.toml")
        let manager = try ListeningManager(at: home.path + "/manager")
        try Program.run(Program.folder + "/rhythmd", [], environment: environment(manager), expecting: 78)
        let told = manager.rest()
        let last = try #require(told.last)
        #expect(last.hasPrefix("STATUS=") && last.contains("rhythm.toml:1: nonsense: no such key"))
        #expect(!last.contains("\n"))
        #expect(!told.contains("READY=1"))
    }

    @Test(
        arguments: [
            // Not asked for, asked of another process, and nonsense.
            (nil, nil, nil), ("200000", "1", nil), ("0", nil, nil), ("soon", nil, nil),
            ("200000", nil, 200), ("200000", "self", 200),
        ] as [(String?, String?, Int64?)])
    func theWatchIsForWhomeverItIsMeant(interval: String?, process: String?, milliseconds: Int64?) throws {
        var variables = ["NOTIFY_SOCKET": "/none", "HOME": "/"]
        variables["WATCHDOG_USEC"] = interval
        variables["WATCHDOG_PID"] = process == "self" ? "\(getpid())" : process
        let manager = try #require(ServiceManager(from: &variables))
        #expect(manager.watchdog == milliseconds.map { .milliseconds($0) })
        #expect(variables == ["HOME": "/"])
    }

    @Test(arguments: ["", "@", "relative", "vsock:2:1234", "/" + String(repeating: "x", count: 107)])
    func anAddressThatIsNoneMeansNobody(address: String) {
        var variables = ["NOTIFY_SOCKET": address]
        #expect(ServiceManager(from: &variables) == nil)
        #expect(variables.isEmpty)
    }

    // MARK: The watchdog

    @Test func itIsAliveWhileAScanTakesLong() throws {
        try writeProgram("cat > /dev/null\nexec sleep 600\n", to: ".worker")
        let manager = try ListeningManager(at: home.path + "/manager")
        let daemon = try RunningDaemon(
            environment: environment(manager, ["WATCHDOG_USEC": "400000"]),
            arguments: ["--scanner", home.path + "/.worker"])
        try manager.wait(for: "STATUS=reading repositories")
        var told: [String] = []
        for _ in 0..<3 { told += try manager.wait(for: "WATCHDOG=1") }
        #expect(!told.contains { $0.hasPrefix("STATUS=watching") })
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test func whileTheEngineHangsItSaysNothing() async throws {
        let watched = try await WatchedDaemon()
        let (manager, loops) = (watched.manager, watched.loops)
        let end = DispatchSemaphore(value: 0)
        loops[0].execute { end.wait() }
        // A loop's timers ring in the order in which they are due, so after this one no answer from before is on its way.
        try await loops[1].scheduleTask(in: .milliseconds(150)) {}.futureResult.get()
        _ = manager.rest()
        try await loops[1].scheduleTask(in: .milliseconds(500)) {}.futureResult.get()
        #expect(manager.rest() == [])
        #expect(watched.log.all.contains { $0.contains("does not answer itself") })
        end.signal()
        try manager.wait(for: "WATCHDOG=1")
        try await watched.stop()
    }

    @Test func aSocketThatLeadsNowhereIsSaidAndNotOverlooked() async throws {
        let watched = try await WatchedDaemon()
        let (manager, loops, socket) = (watched.manager, watched.loops, watched.test.setup.paths.socket)
        #expect(unlink(socket) == 0)
        try await loops[1].scheduleTask(in: .milliseconds(150)) {}.futureResult.get()
        _ = manager.rest()
        try await loops[1].scheduleTask(in: .milliseconds(250)) {}.futureResult.get()
        #expect(!manager.rest().contains("WATCHDOG=1"))
        #expect(watched.log.all.contains { $0.contains("cannot be reached") && $0.contains(socket) })
        try await watched.stop()
    }

    @Test func withAWatchdogOnlyItsCallsBreakTheSilence() throws {
        let trace = home.path + "/.state/trace"
        let manager = try ListeningManager(at: home.path + "/manager")
        let daemon = try RunningDaemon(environment: environment(manager, ["WATCHDOG_USEC": "3000000"]))
        for _ in 0..<2 {
            try Program.run(Program.folder + "/rhythmctl", ["scan"], environment: environment)
        }
        try manager.wait(for: "WATCHDOG=1")
        _ = try Program.run(
            "timeout",
            ["-k", "2", "5", "strace", "-f", "-ttt", "-o", trace, "-p", "\(daemon.process.processIdentifier)"],
            environment: environment, expecting: nil)
        let pings = manager.rest()
        #expect((2...4).contains(pings.count) && Set(pings) == ["WATCHDOG=1"], "\(pings)")
        // Each thread shows the call that it waits in; only one that came back from it has a result.
        let woken = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
            .filter { $0.contains(" = ") && !$0.contains("detached") }
        let times = try woken.map { try #require(Double($0.split(separator: " ")[1])) }
        var bursts: [(from: Double, to: Double)] = []
        for time in times.sorted() {
            if let last = bursts.last, time - last.to < 0.5 {
                bursts[bursts.count - 1].to = time
            } else {
                bursts.append((time, time))
            }
        }
        #expect(!bursts.isEmpty && bursts.count <= pings.count + 1, "\(bursts)")
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    // MARK: The socket that is passed in

    /// Becomes the daemon, with sockets as a service manager passes them.
    private static let passing = """
        import fcntl, os, socket, sys
        kind, path, program = sys.argv[1], sys.argv[2], sys.argv[3:]
        def bound(name=path, family=socket.AF_UNIX, type=socket.SOCK_STREAM, listening=True):
            made = socket.socket(family, type)
            made.bind(name)
            if listening: made.listen()
            return made
        sockets = {
            "good": lambda: [bound()],
            "another's": lambda: [bound()],
            "deaf": lambda: [bound(listening=False)],
            "datagram": lambda: [bound(type=socket.SOCK_DGRAM, listening=False)],
            "tcp": lambda: [bound(("127.0.0.1", 0), socket.AF_INET)],
            "abstract": lambda: [bound("\\0" + path)],
            "file": lambda: [open("/dev/null")],
            "two": lambda: [bound(), bound(path + "2")],
        }[kind]()
        # First out of the way of the numbers that they are to have.
        copies = [fcntl.fcntl(made.fileno(), fcntl.F_DUPFD, 20) for made in sockets]
        for number, copy in enumerate(copies): os.dup2(copy, 3 + number)
        os.closerange(20, 30)
        os.environ.update(
            LISTEN_FDS=str(len(sockets)), LISTEN_PID=str(os.getpid() + (kind == "another's")), LISTEN_FDNAMES="varlink")
        os.execv(program[0], program)
        """

    @Test func thePassedSocketIsServedAndLeftWhereItIs() throws {
        // Not where a daemon would look for its own.
        let socket = home.path + "/passed.sock"
        try writeProgram("env > \"$HOME/.seen\"\nexec '\(Program.folder)/rhythm-scan' \"$@\"\n", to: ".worker")
        let manager = try ListeningManager(at: home.path + "/manager")
        let daemon = try RunningDaemon(
            environment: environment(manager, ["WATCHDOG_USEC": "400000"]),
            wrapper: ["/usr/bin/python3", "-c", Self.passing, "good", socket],
            arguments: ["--scanner", home.path + "/.worker"])
        #expect(daemon.lines.last?.contains(socket) == true)
        #expect(
            try Program.run(Program.folder + "/rhythmctl", ["scan", "--socket", socket], environment: environment)
                .text.hasPrefix("1 repository read"))
        #expect(!FileManager.default.fileExists(atPath: home.path + "/run/rhythm/rhythmd.sock"))
        // The call to itself takes the same way.
        try manager.wait(for: "WATCHDOG=1")
        let seen = try home.read(".seen")
        #expect(seen.contains("HOME="))
        for name in ["LISTEN_", "NOTIFY_SOCKET", "WATCHDOG_"] { #expect(!seen.contains("\n\(name)"), "\(name)") }
        #expect(daemon.end(with: SIGTERM) == 0)
        #expect(FileManager.default.fileExists(atPath: socket))
    }

    @Test func whatIsMeantForAnotherProcessIsNotTaken() throws {
        let daemon = try RunningDaemon(
            environment: environment,
            wrapper: ["/usr/bin/python3", "-c", Self.passing, "another's", home.path + "/passed.sock"])
        #expect(daemon.lines.last?.contains("/run/rhythm/rhythmd.sock") == true)
        #expect(daemon.end(with: SIGTERM) == 0)
    }

    @Test(arguments: [
        ("deaf", "no Unix stream socket that listens"), ("datagram", "no Unix stream socket that listens"),
        ("tcp", "no Unix stream socket that listens"), ("file", "no Unix stream socket that listens"),
        ("abstract", "has no path"), ("two", "2 sockets were passed in"),
    ])
    func whatCannotBeServedOnIsRefused(kind: String, words: String) throws {
        let result = try Program.run(
            "/usr/bin/python3", ["-c", Self.passing, kind, home.path + "/passed.sock", Program.folder + "/rhythmd"],
            environment: environment, expecting: 78)
        #expect(result.errorText.contains(words), "\(result.errorText)")
        #expect(result.errorText.contains("rhythmd.socket"))
    }
}

/// A daemon in this process that a manager wants to hear of five times a second, and has heard of once.
private struct WatchedDaemon {
    let test: TestDaemon
    let manager: ListeningManager
    /// The first is the engine's, the second answers clients and has the watchdog's timer.
    let loops: [any EventLoop]
    let log = LogLines()
    private let group: MultiThreadedEventLoopGroup
    private let daemon: Daemon

    init() async throws {
        test = try TestDaemon()
        manager = try ListeningManager(at: test.home.path + "/manager")
        var variables = ["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "200000"]
        var setup = test.setup
        setup.manager = ServiceManager(from: &variables)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        loops = Array(group.makeIterator())
        daemon = try await Daemon.start(setup, group: group, log: log.logger)
        try manager.wait(for: "WATCHDOG=1")
    }

    func stop() async throws {
        await daemon.stop()
        try await group.shutdownGracefully()
    }
}
