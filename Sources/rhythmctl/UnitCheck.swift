import Glibc
import RhythmAPI
import RhythmReport

/// How it is with `rhythmd.service` and `rhythmd.socket`, where the user has a service manager.
enum UnitCheck {
    static var isThere: Bool {
        environment("XDG_RUNTIME_DIR").map { access($0 + "/systemd/private", F_OK) == 0 } ?? false
    }

    static func findings() -> [Wire.Diagnosis] {
        let names = ["rhythmd.service", "rhythmd.socket"]
        let properties = "Id,LoadState,NeedDaemonReload,FragmentPath,UnitFileState,ActiveState,Result,ExecStart"
        guard isThere,
            let shown = output(of: "systemctl", "--user", "show", names[0], names[1], "--property=" + properties)
        else { return [] }
        let units = shown.split(separator: "\n\n").map(Unit.init(showing:))
        if units.allSatisfy({ $0["LoadState"] == "not-found" }) {
            return [finding(.note, "rhythmd is no service yet, and does not start when you log in", "scripts/install")]
        }
        let findings = units.flatMap(findings)
        return findings.isEmpty ? [finding(.ok, "they are of this version, and loaded")] : findings
    }

    private static func finding(
        _ severity: Wire.Diagnosis.Severity, _ text: String, _ remedy: String? = nil
    ) -> Wire.Diagnosis {
        Wire.Diagnosis("units", severity, text, remedy: remedy)
    }

    private static func findings(of unit: Unit) -> [Wire.Diagnosis] {
        let name = unit["Id"]
        let path = unit["FragmentPath"]
        let install = path.hasPrefix("/usr/lib/") ? "sudo apt install --reinstall rhythm" : "scripts/install"
        switch unit["LoadState"] {
        case "loaded": break
        case "not-found": return [finding(.warning, "\(name) is missing", install)]
        case let state: return [finding(.error, "\(name) is \(state)", "systemctl --user status \(name)")]
        }
        var findings: [Wire.Diagnosis] = []
        let version = marker(of: path)
        if version != Rhythmctl.version {
            findings.append(
                finding(
                    .warning, "\(path) is of Rhythm \(version ?? "before 0.1.0"), and this is \(Rhythmctl.version)",
                    install))
        }
        if unit["NeedDaemonReload"] == "yes" {
            findings.append(
                finding(
                    .warning, "\(name) was changed since it was loaded",
                    "systemctl --user daemon-reload && systemctl --user restart \(name)"))
        }
        if let program = unit.program, access(program, X_OK) != 0 {
            findings.append(finding(.error, "\(name) starts \(program), which is no program", install))
        }
        if unit["ActiveState"] == "failed" {
            findings.append(
                finding(.error, "\(name) failed: \(unit["Result"])", "journalctl --user --unit=\(name) --lines=20"))
        }
        if name.hasSuffix(".socket"), unit["UnitFileState"] == "disabled" {
            findings.append(
                finding(
                    .note, "\(name) is not enabled, so rhythmd does not start by itself",
                    "systemctl --user enable --now \(name)"))
        }
        return findings
    }

    /// The version that a unit file was made for.
    private static func marker(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var size = 0
        defer { free(line) }
        while getline(&line, &size, file) > 0, let text = line.map({ String(cString: $0) }) {
            let key = "X-Rhythm-Version="
            if text.hasPrefix(key) { return String(text.dropFirst(key.count).prefix { !$0.isWhitespace }) }
        }
        return nil
    }

    /// What `systemctl show` says of a unit.
    private struct Unit {
        private var properties: [Substring: Substring] = [:]

        init(showing text: Substring) {
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2 { properties[parts[0]] = parts[1] }
            }
        }

        subscript(name: Substring) -> String { String(properties[name] ?? "") }

        /// From `{ path=/usr/bin/rhythmd ; argv[]=… }`.
        var program: String? {
            let words = self["ExecStart"].split(separator: "path=", maxSplits: 1)
            return words.count == 2 ? words[1].split(separator: " ; ", maxSplits: 1).first.map(String.init) : nil
        }
    }
}
