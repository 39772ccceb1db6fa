import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport

/// What `rhythmctl doctor` has to say of the journal, which it sees with the user's own git. It changes nothing.
enum JournalCheck {
    static func findings(_ options: CommonOptions) -> [Wire.Diagnosis] {
        // Who cannot be asked is named by others.
        guard let home = try? JournalHome.find(options) else { return [] }
        let journal = Journal(at: home.path)
        var findings = kept()
        guard journal.isThere || isLink(home.path) else {
            guard home.isNamed else { return findings }
            return findings + [
                finding(
                    .note, "\(journal.shown), named as path under [journal] in the config, is not there yet",
                    "rhythmctl log win \"…\"")
            ]
        }
        findings += state(of: journal) + unreadable(options)
        return findings.isEmpty ? [finding(.ok, "it can be written, and all of it is read")] : findings
    }

    private static func finding(
        _ severity: Wire.Diagnosis.Severity, _ text: String, _ remedy: String? = nil
    ) -> Wire.Diagnosis {
        Wire.Diagnosis("journal", severity, text, remedy: remedy)
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    private static func kept() -> [Wire.Diagnosis] {
        let kept = KeptEntry.all
        guard let first = kept.first else { return [] }
        let what = kept.count == 1 ? "1 entry waits" : "\(kept.count) entries wait"
        return [
            finding(
                .warning, "\(what) to be written to the journal: \(first.file)\(others(kept.count))",
                "rhythmctl journal")
        ]
    }

    private static func others(_ count: Int) -> String { count > 1 ? " and \(count - 1) more" : "" }

    private static func state(of journal: Journal) -> [Wire.Diagnosis] {
        do {
            if access(journal.path, W_OK) != 0, [EACCES, EROFS].contains(errno) { throw failure(at: journal.path) }
            if let obstacle = try journal.alone({ try journal.obstacle(journal.gitDir()) }) { throw obstacle }
            return try uncommitted(journal) + neverShared(journal)
        } catch let obstacle as Journal.Obstacle {
            let more = obstacle.remedies.dropFirst().map { "; or \($0.purpose): \($0.command)" }.joined()
            return [
                finding(
                    .warning, "nothing can be committed: \(obstacle.problem)\(more)", obstacle.remedies.first?.command)
            ]
        } catch {
            return [finding(.warning, words(of: error))]
        }
    }

    private static func uncommitted(_ journal: Journal) throws -> [Wire.Diagnosis] {
        let files = try journal.workTree().files.filter { file in
            guard JournalEntry.isMarkdown(file.path) else { return false }
            return file.path.hasPrefix(JournalEntry.folder) || hasKind(journal.text(of: file.path) ?? "")
        }
        guard let first = files.first else { return [] }
        let what = files.count == 1 ? "1 entry is" : "\(files.count) entries are"
        return [
            finding(
                .warning, "\(what) not committed, and so not counted: \(first.path)\(others(files.count))",
                "rhythmctl journal")
        ]
    }

    /// Whether a note looks like an entry; most in a vault are none.
    private static func hasKind(_ text: String) -> Bool {
        let lines = text.prefix(4096).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first?.hasPrefix("---") == true else { return false }
        return lines.dropFirst().prefix { !$0.hasPrefix("---") }.contains { $0.hasPrefix("kind:") }
    }

    private static func neverShared(_ journal: Journal) throws -> [Wire.Diagnosis] {
        let git = journal.git
        guard let remote = try git.answer("remote")?.split(separator: "\n").first,
            try git.answer("rev-parse", "--quiet", "--verify", "HEAD") != nil,
            try git.answer("for-each-ref", "--count=1", "refs/remotes") == ""
        else { return [] }
        return [
            finding(
                .note, "it was never shared with its remote \(remote), and is on this machine alone",
                "rhythmctl journal sync")
        ]
    }

    private static func unreadable(_ options: CommonOptions) -> [Wire.Diagnosis] {
        // Of the entries those of today will do.
        guard let client = try? options.client(quietly: true),
            let reply = try? client.ask(Wire.Entries.self, .init(since: LocalTime.today.description))
        else { return [] }
        let most = 5
        var findings = reply.unreadable.prefix(most).map { file in
            let name = file.file.split(separator: "/").last.map(String.init) ?? file.file
            return finding(
                .warning, "\(file.file)\(file.line.map { ":\($0)" } ?? ""): \(file.message)",
                JournalEntry.isMarkdown(name) ? "rhythmctl journal edit \(shellWord(name))" : "rhythmctl journal")
        }
        let more = reply.unreadable.count - most
        if more > 0 { findings.append(finding(.warning, "\(more) more cannot be read", "rhythmctl journal")) }
        return findings
    }
}
