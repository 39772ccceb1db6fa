import Glibc

/// Where Rhythm's files lie, by the XDG base directory rules.
package struct Paths: Sendable {
    package var config: String
    package var state: String
    package var socket: String
    /// The journal, unless the config names another folder.
    package var journal: String

    package var database: String { state + "/rhythm.db" }
    package var alerts: String { state + "/alerts" }
    package var reports: String { state + "/reports" }
    package var backups: String { state + "/backups" }
    package var lock: String { state + "/rhythmd.lock" }
    package var prompt: String { runtime + "/prompt" }
    package var waybar: String { runtime + "/waybar.json" }
    /// The socket's folder.
    package var runtime: String { String(socket[..<(socket.lastIndex(of: "/") ?? socket.startIndex)]) }

    /// - Parameter environment: variables; those that are empty or hold a relative path count as unset, as XDG says.
    /// - Throws: ``PathsError`` when neither a home nor the variables in its place are there.
    package init(environment: [String: String]) throws {
        func folder(_ name: String, or fallback: String) throws -> String {
            if let path = environment[name], path.hasPrefix("/") { return path }
            guard let home = environment["HOME"], home.hasPrefix("/") else { throw PathsError.noHome(variable: name) }
            return home + fallback
        }
        config = try folder("XDG_CONFIG_HOME", or: "/.config") + "/rhythm/rhythm.toml"
        state = try folder("XDG_STATE_HOME", or: "/.local/state") + "/rhythm"
        journal = try folder("XDG_DATA_HOME", or: "/.local/share") + "/rhythm/journal"
        // Without a runtime folder (a cron job, a bare su) the state folder is the one private place there is.
        let runtime = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? $0 + "/rhythm" : nil }
        socket = (runtime ?? state) + "/rhythmd.sock"
    }
}

package enum PathsError: Error, CustomStringConvertible {
    case noHome(variable: String)

    package var description: String {
        switch self {
        case .noHome(let variable):
            "neither HOME nor \(variable) is set to an absolute path, so there is nowhere to keep data"
        }
    }
}

/// The process's environment.
package func processEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    return variables
}
