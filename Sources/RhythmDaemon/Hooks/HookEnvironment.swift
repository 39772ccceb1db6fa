import Glibc

// What hooks see of the world, and what they need of it.

/// The variables of a hook: those by which programs find their files, the user's session and language, and three of the
/// event's. Others of the daemon's are none of its business.
///
/// - Parameter daemon: the daemon's own.
func hookEnvironment(_ daemon: [String: String], _ event: HookEvent) -> [String: String] {
    let kept: Set<String> = [
        "HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "TZ", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
    ]
    var variables = daemon.filter { name, _ in
        kept.contains(name) || ["XDG_", "DBUS_", "LC_"].contains(where: name.hasPrefix)
    }
    if variables["PATH"] == nil { variables["PATH"] = defaultSearchPath }
    // Names and texts are UTF-8, which some programs refuse where no language is set.
    if ["LANG", "LC_ALL", "LC_CTYPE"].allSatisfy({ variables[$0] == nil }) { variables["LANG"] = "C.UTF-8" }
    variables["RHYTHM_ALERT_ID"] = event.id
    variables["RHYTHM_STATE"] = event.state.rawValue
    variables["RHYTHM_FILE"] = event.file
    return variables
}

private let defaultSearchPath = "/usr/local/bin:/usr/bin:/bin"

/// The program that a name stands for, by the environment's PATH; a path is taken as it is. Nil where there is none.
func programPath(_ name: String, _ environment: [String: String]) -> String? {
    if name.contains("/") { return name }
    return (environment["PATH"] ?? defaultSearchPath).split(separator: ":").map { "\($0)/\(name)" }
        .first { $0.hasPrefix("/") && isProgram($0) }
}

private func isProgram(_ path: String) -> Bool {
    var status = stat()
    return access(path, X_OK) == 0 && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// Whether the user's session has a bus, over which notifications go.
func hasSessionBus(_ environment: [String: String]) -> Bool {
    if let address = environment["DBUS_SESSION_BUS_ADDRESS"], !address.isEmpty {
        let prefix = "unix:path="
        // The variable is set for the user's services before there is a bus.
        guard address.hasPrefix(prefix), !address.contains(";") else { return true }
        return access(String(address.dropFirst(prefix.count).prefix { $0 != "," }), F_OK) == 0
    }
    guard let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") else { return false }
    return access(runtime + "/bus", F_OK) == 0
}
