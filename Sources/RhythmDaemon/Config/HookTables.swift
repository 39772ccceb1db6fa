import RhythmCore
import TOMLKit

// Where alerts go besides their files: the user's own programs, and the desktop.

extension TOMLReader {
    /// Comes after ``promises(_:_:)``, whose rhythms it refers to.
    mutating func outlets(_ top: inout Section, _ config: inout Config) {
        // A rhythm with a finding of its own is there all the same.
        let declared = top.table["rhythm"]?.array?.compactMap { $0.table?["id"]?.string }
        let known = declared ?? config.rhythms.map(\.id)
        if let hooks = sections(&top, "hook", { $0.hook(&$1, known) }) { config.hooks = hooks }
        section(&top, "notify") { reader, section in
            if let value = reader.bool(&section, "desktop") { config.notify.desktop = value }
            if let value = reader.states(&section, ifEmpty: "is empty; for no notifications write desktop = false") {
                config.notify.on = value
            }
        }
    }

    private mutating func hook(_ section: inout Section, _ known: [String]) -> Hook? {
        let on = states(&section, ifEmpty: "is empty; name one state at least, or take the hook out")
        let run = argv(&section)
        let timeout = duration(
            &section, "timeout", in: Hook.timeouts, expected: "a time such as \"30s\", from \"1s\" to \"10m\"")
        let rhythms = rhythms(&section, known)
        let missing = [
            ("on", "the states that it is for, such as [\"due\", \"missed\"]"),
            ("run", "a program and its arguments, such as [\"notify-send\", \"Rhythm\"]"),
        ]
        for (key, what) in missing where !section.has(key) { report(section, nil, "needs \(key) = \(what)") }
        guard let on, let run else { return nil }
        return Hook(on: on, run: run, timeout: timeout ?? Hook.defaultTimeout, rhythms: rhythms)
    }

    private mutating func states(_ section: inout Section, ifEmpty: String) -> Set<HookEvent.State>? {
        guard let states = choices(&section, "on", HookEvent.State.allCases.map { ($0.rawValue, $0) }) else {
            return nil
        }
        if section.table["on"]?.array?.isEmpty == true { report(section, "on", ifEmpty) }
        return Set(states)
    }

    private mutating func argv(_ section: inout Section) -> [String]? {
        if let line = section.table["run"]?.string {
            section.known.append("run")
            let words = line.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ", ")
            report(section, "run", "is a list, since no shell reads it: write run = [\(words)]")
            return nil
        }
        guard let run = strings(&section, "run") else { return nil }
        guard let program = run.first, !program.isEmpty else {
            report(section, "run", "must begin with a program")
            return nil
        }
        // Where the daemon was started decides nothing.
        if program.contains("/") && !program.hasPrefix("/") && !program.hasPrefix("~/") {
            report(section, "run", "\"\(program)\" must be a name, an absolute path, or one that begins with ~/")
            return nil
        }
        return [atHome(program, home: home) ?? program] + run.dropFirst()
    }
}
