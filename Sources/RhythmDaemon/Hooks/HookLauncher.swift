import Glibc

/// The one place that decides how hooks are started.
///
/// Under systemd the daemon is confined, and what it starts is confined with it, while a hook may want the network or
/// the whole home folder. So there hooks run as transient units of the user's manager.
enum HookLauncher: Equatable, Sendable {
    /// As children of the daemon.
    case child
    /// As units, by the `systemd-run` at this path.
    case unit(systemdRun: String)

    /// How it is done here and now.
    ///
    /// - Parameter environment: the daemon's.
    static func detect(_ environment: [String: String]) -> HookLauncher {
        // `systemd-run --wait` speaks to the manager over the bus only, and the bus alone may be another's.
        guard let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/"),
            access(runtime + "/systemd/private", F_OK) == 0, access(runtime + "/bus", F_OK) == 0,
            let systemdRun = programPath("systemd-run", environment)
        else { return .child }
        return .unit(systemdRun: systemdRun)
    }

    /// What the daemon starts to have a program run.
    struct Command: Equatable {
        var program: String
        var arguments: [String]
        var environment: [String: String]
        /// The unit's name; nil for a child.
        var unit: String?
    }

    /// - Parameters:
    ///   - argv: an absolute path and its arguments.
    ///   - environment: the whole of it.
    ///   - timeout: in seconds.
    ///   - number: another one for each run of this process.
    func command(_ argv: [String], environment: [String: String], timeout: Int64, number: Int) -> Command {
        switch self {
        case .child:
            return Command(program: argv[0], arguments: Array(argv.dropFirst()), environment: environment)
        case .unit(let systemdRun):
            let unit = "rhythm-hook-\(getpid())-\(number).service"
            var arguments = [
                "--user", "--quiet", "--collect", "--pipe", "--wait", "--unit=\(unit)",
                // Else the journal gets the arguments, which may hold what is nobody's business.
                "--description=Rhythm hook \(argv[0])",
                "--property=RuntimeMaxSec=\(timeout)s", "--property=TimeoutStopSec=\(Self.stopSeconds)s",
            ]
            arguments += environment.sorted { $0.key < $1.key }.map { "--setenv=\($0.key)=\($0.value)" }
            // systemd expands variables in arguments, though not in the program; this is how it is told a plain $.
            arguments += ["--", argv[0]] + argv.dropFirst().map { $0.replacing("$", with: "$$") }
            // The manager is on the bus of the runtime folder, whichever one the hook is to use.
            let own = environment.filter { $0.key != "DBUS_SESSION_BUS_ADDRESS" }
            return Command(program: systemdRun, arguments: arguments, environment: own, unit: unit)
        }
    }

    /// Seconds that a unit is given to end by itself before it is killed.
    static let stopSeconds: Int64 = 2
}
