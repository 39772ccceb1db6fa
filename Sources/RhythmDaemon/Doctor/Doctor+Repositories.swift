import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport
import RhythmStore

// What is read, and whose it is.

extension Doctor {
    func scan() -> [Diagnosis] {
        var findings: [Diagnosis] = []
        if isLive, let trouble = snapshot.trouble {
            findings.append(Diagnosis("scan", .warning, trouble, remedy: "rhythmctl scan"))
        }
        // The clocks of two machines that share a folder differ by less.
        if let scannedAt = snapshot.scannedAt, scannedAt > setup.now() + 120 {
            findings.append(
                Diagnosis(
                    "scan", .warning,
                    "the last scan is dated \(minute(scannedAt)), which is to come: the clock was wrong "
                        + "then, or is now",
                    remedy: "timedatectl"))
        }
        return findings
    }

    /// Authors who look like the user, and whose commits do not count.
    func identity() -> [Diagnosis] {
        let emails = config.emails + snapshot.repositories.flatMap(\.emails)
        guard !emails.isEmpty || !config.names.isEmpty, let others = try? store.otherAuthors(),
            let own = try? store.ownNames()
        else { return [] }
        let names = Set((own + config.names).map(Self.folded))
        let accounts = Set(emails.compactMap(Self.account))
        return others.filter { !$0.name.hasSuffix("[bot]") }.compactMap { other in
            let isNamesake = names.contains(Self.folded(other.name))
            guard isNamesake || Self.account(other.email).map(accounts.contains) == true else { return nil }
            // What two repositories share counts in both.
            let count = other.repositories == 1 ? "\(other.commits)" : "up to \(other.commits)"
            return Diagnosis(
                "identity", isNamesake ? .warning : .note,
                "\(count) \(other.commits == 1 ? "commit" : "commits") by \(other.name) <\(other.email)> in "
                    + (other.repositories == 1 ? "1 repository" : "\(other.repositories) repositories")
                    + " do not count; if they are yours, add \"\(other.email)\" to emails under [identity] in "
                    + setup.paths.config,
                remedy: "rhythmctl reload")
        }
    }

    private static func folded(_ name: String) -> String {
        name.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// What stands before the @ of an address, where that is a person's. GitHub puts a number before it.
    private static func account(_ email: String) -> String? {
        let parts = email.lowercased().split(separator: "@", maxSplits: 1)
        guard parts.count == 2, var account = parts.first else { return nil }
        if parts[1] == "users.noreply.github.com" { account = account.split(separator: "+").last ?? account }
        let common: Set<Substring> = [
            "admin", "contact", "dev", "git", "github", "hello", "hi", "info", "mail", "me", "no-reply", "noreply",
            "root", "user",
        ]
        return common.contains(account) ? nil : String(account)
    }

    private var unreadable: [(path: String, problem: TrackedRepository.Problem)] {
        snapshot.repositories.filter { $0.standing == .tracked }.compactMap { repository in
            repository.problem.map { (repository.workDir ?? repository.gitDir, $0) }
        }
    }

    func repositories() -> [Diagnosis] {
        unreadable.filter { $0.problem.code != "dubious-ownership" }.map { path, problem in
            let word = shellWord(path)
            let remedy =
                switch problem.code {
                case "not-found": "rhythmctl repos retire \(word)"
                case "corrupt": "git -C \(word) fsck --full"
                case "permission-denied": "ls -ld \(word)"
                default: "git -C \(word) log -1"
                }
            let advice =
                problem.code == "not-found" ? "; if it is gone for good, retire it, which keeps what counted" : ""
            return Diagnosis("repositories", .warning, "\(path): \(problem.message)\(advice)", remedy: remedy)
        }
    }

    /// Folders of notes that cannot be read.
    func notes() -> [Diagnosis] {
        let problems = (try? store.noteFolderProblems()) ?? []
        return problems.map { path, message in
            Diagnosis("notes", .warning, message, remedy: "ls -ld \(shellWord(path))")
        }
    }

    /// A roadmap that cannot be read, or of whose ticks nobody can tell when they were made.
    func roadmap() -> [Diagnosis] {
        guard let file = config.roadmap.flatMap({ atHome($0, home: setup.home) }),
            let stored = try? store.roadmap(file)
        else { return [] }
        let folder = file.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        if let problem = stored.problem {
            return [Diagnosis("roadmap", .warning, problem, remedy: "ls -l \(shellWord(file))")]
        }
        guard stored.gitDir == nil else { return [] }
        return [
            Diagnosis(
                "roadmap", .warning,
                "no git repository holds \(file), so nobody can tell when its boxes were ticked",
                remedy: "git -C \(shellWord(folder)) init && git -C \(shellWord(folder)) add \(shellWord(file))")
        ]
    }

    /// Repositories of other users, which git reads only when it is told that they are trusted.
    func safeDirectories() -> [Diagnosis] {
        unreadable.filter { $0.problem.code == "dubious-ownership" }.map { path, _ in
            // What was never read is known by its git dir, and git goes by the folder around it.
            let folder = path.hasSuffix("/.git") ? String(path.dropLast(5)) : path
            return Diagnosis(
                "safe.directory", .warning, "\(folder) belongs to another user, so it is not read; if you trust it:",
                remedy: "git config --global --add safe.directory \(shellWord(folder)) && rhythmctl scan")
        }
    }

    /// Repositories where a commit does not show at once.
    func watch() -> [Diagnosis] {
        let every = "looked at every \(config.scanEvery / 60) min instead"
        let groups = Dictionary(grouping: snapshot.unwatched.values, by: \.self).map { ($0, $1.count) }
        return groups.sorted { ($1.1, $0.0.description) < ($0.1, $1.0.description) }.map { why, count in
            let text = "\(count == 1 ? "1 repository is" : "\(count) repositories are") \(every): \(why)"
            switch why {
            case .limit:
                return Diagnosis("watch", .warning, text, remedy: raise("max_user_watches", from: 524_288))
            case .unavailable(let code) where code == EMFILE:
                return Diagnosis("watch", .warning, text, remedy: raise("max_user_instances", from: 1024))
            case .unavailable, .failed: return Diagnosis("watch", .warning, text)
            case .fileSystem, .link, .shared: return Diagnosis("watch", .note, text)
            }
        }
    }

    /// Twice the limit there is, for good; a confined daemon may not see which that is.
    private func raise(_ limit: String, from usual: Int) -> String {
        let file = "\(setup.systemRoot)/proc/sys/fs/inotify/\(limit)"
        let bytes = (try? AtomicFile.read(file)) ?? []
        let current = Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) ?? 0
        return "echo fs.inotify.\(limit)=\(max(usual, 2 * current)) | sudo tee /etc/sysctl.d/60-rhythm.conf"
            + " && sudo sysctl --system"
    }
}
