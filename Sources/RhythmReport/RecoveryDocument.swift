package import RhythmAPI

/// What became of a damaged database, as a Markdown file.
package enum RecoveryDocument {
    package static func markdown(_ recovery: Wire.Recovery) -> String {
        var lines = [
            "---", "at: \(recovery.at)", "damaged: \(recovery.damaged)", "---", "",
            "# The database was damaged, and was put together again", "",
            "Found on \(time(recovery.at)): \(harmless(recovery.reason)).", "",
            "The damaged file is kept as `\(harmless(recovery.damaged))`; delete it when you need it no more.", "",
            "All that the repositories still hold was read from them again.", "",
        ]
        lines += section("Not recovered", missing(recovery))
        lines += section("Read from the damaged file", recovery.kept)
        if recovery.lost.isEmpty && recovery.fromBackup.isEmpty {
            lines += [
                "Nothing is known to be lost, but for what may have been told in the last moments before.", "",
            ]
        }
        if let backup = recovery.backup { lines += ["The last good backup: `\(harmless(backup))`", ""] }
        lines.removeLast()
        return lines.joined(separator: "\n") + "\n"
    }

    /// What is gone, and from when to when.
    static func missing(_ recovery: Wire.Recovery) -> [String] {
        recovery.lost.map { "from the beginning to \(time(recovery.at)): \($0)" }
            + recovery.fromBackup.map { what in
                "from \(recovery.backupAt.map(time) ?? "the backup") to \(time(recovery.at)): \(what)"
            }
    }

    static func time(_ instant: String) -> String {
        "\(instant.prefix(16).replacing("T", with: " "))"
    }

    private static func section(_ title: String, _ items: [String]) -> [String] {
        items.isEmpty ? [] : ["## \(title)", ""] + items.map { "- \($0)" } + [""]
    }
}
