import ArgumentParser
import Glibc
import RhythmReport

struct SyncJournal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Fetches what your other machines logged, and sends what this one did.",
        discussion: """
            It pulls with rebase and pushes, with your own git, to the remote that the journal has. To give it one:

              git -C "$(rhythmctl journal where)" remote add origin URL

            Each entry is a file of its own, so that machines that logged apart come together without a conflict. Should \
            both have changed the same entry, nothing is touched and you are told what to do.

            Exit status: 0 both have all; 73 something stands in the way.

            Example:
              rhythmctl journal sync
            """)

    @OptionGroup var options: CommonOptions

    private struct Outcome: Encodable {
        var remote: String
        var branch: String
        var pulled: Int
        var pushed: Int
        var trouble: String?
    }

    func run() throws {
        let (home, journal) = try JournalHome.there(options)
        let outcome = try journal.alone { try sync(journal) }
        let trouble = outcome.pulled > 0 ? home.count(options) : nil
        try options.show(
            Outcome(
                remote: outcome.target.remote, branch: outcome.target.branch, pulled: outcome.pulled,
                pushed: outcome.pushed, trouble: trouble)
        ) { outcome in
            "\(outcome.pulled) received, \(outcome.pushed) sent (\(harmless(outcome.remote)))\n"
                + (trouble.map { $0 + "\n" } ?? "")
        }
    }

    /// A branch of a remote.
    private struct Target {
        var remote: String
        var branch: String
        /// It is there already.
        var exists: Bool

        var tracking: String { "refs/remotes/\(remote)/\(branch)" }
    }

    private func sync(_ journal: Journal) throws -> (target: Target, pulled: Int, pushed: Int) {
        if let obstacle = try journal.obstacle(journal.gitDir()) { throw obstacle }
        let git = journal.git
        let tree = try journal.workTree()
        if let changed = tree.files.first(where: { $0.state != .untracked }) {
            throw Journal.Obstacle(
                "\(harmless(changed.path)) has changes that are not committed",
                .init("to commit them", git.command("commit --all")))
        }
        guard let branch = tree.branch else { throw Journal.Obstacle("no branch is checked out") }
        guard try git.answer("rev-parse", "--quiet", "--verify", "HEAD") != nil else {
            throw Journal.Obstacle("the journal has no entry yet, so there is nothing to send")
        }
        var target = try target(of: branch, git)
        var pulled = 0
        // Another machine may be sending at the same time.
        for attempt in 1...5 {
            if target.exists { pulled += try pull(target, git) }
            let isAhead = try count("\(target.tracking)..HEAD", git)
            let pushed = target.exists ? isAhead : try count("HEAD", git)
            if target.exists && pushed == 0 { return (target, pulled, 0) }
            let push = try git.run(
                "push", "--quiet", "--set-upstream", target.remote, "HEAD:refs/heads/\(target.branch)")
            if push.status == 0 { return (target, pulled, pushed) }
            target.exists = try exists(target, git)
            if target.exists { try fetch(target, git) }
            guard target.exists, try count("HEAD..\(target.tracking)", git) > 0, attempt < 5 else {
                throw Journal.Obstacle(
                    "\(harmless(target.remote)) did not take it:\n\(push.complaint)\nYour entries are safe here",
                    .init("to try again", "rhythmctl journal sync"))
            }
        }
        return (target, pulled, 0)
    }

    /// The upstream that the user set; or the remote's own branch, which on a machine with other defaults may have
    /// another name.
    private func target(of branch: String, _ git: Git) throws -> Target {
        if let remote = try git.answer("config", "branch.\(branch).remote"),
            let merge = try git.answer("config", "branch.\(branch).merge"), merge.hasPrefix("refs/heads/")
        {
            var target = Target(remote: remote, branch: String(merge.dropFirst(11)), exists: true)
            target.exists = try exists(target, git)
            return target
        }
        let remotes = (try git.answer("remote") ?? "").split(separator: "\n").map(String.init)
        guard let remote = remotes.count == 1 ? remotes[0] : remotes.first(where: { $0 == "origin" }) else {
            throw Journal.Obstacle(
                remotes.isEmpty
                    ? "the journal has no remote to share it by"
                    : "the journal has \(remotes.count) remotes, and none is called origin",
                remotes.isEmpty
                    ? .init("make an empty repository somewhere, then", git.command("remote add origin URL"))
                    : .init(
                        "to choose one",
                        git.command("push --set-upstream \(shellWord(remotes[0])) \(shellWord(branch))")))
        }
        let branches = try branches(of: remote, git)
        let name = branches.count == 1 ? branches[0] : branch
        return Target(remote: remote, branch: name, exists: branches.contains(name))
    }

    private func exists(_ target: Target, _ git: Git) throws -> Bool {
        try branches(of: target.remote, git).contains(target.branch)
    }

    private func branches(of remote: String, _ git: Git) throws -> [String] {
        let listed = try git.run("ls-remote", "--heads", remote)
        guard listed.status == 0 else { throw unreachable(remote, listed) }
        return listed.output.split(separator: "\n").compactMap { line in
            line.split(separator: "\t").last.flatMap { $0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : nil }
        }
    }

    private func fetch(_ target: Target, _ git: Git) throws {
        let fetched = try git.run(
            "fetch", "--quiet", target.remote, "+refs/heads/\(target.branch):\(target.tracking)")
        guard fetched.status == 0 else { throw unreachable(target.remote, fetched) }
    }

    private func unreachable(_ remote: String, _ outcome: ProgramOutcome) -> Journal.Obstacle {
        Journal.Obstacle(
            "\(harmless(remote)) cannot be reached:\n\(outcome.complaint)\nYour entries are safe here",
            .init("to try again", "rhythmctl journal sync"))
    }

    private func pull(_ target: Target, _ git: Git) throws -> Int {
        try fetch(target, git)
        let missing = try count("HEAD..\(target.tracking)", git)
        guard missing > 0 else { return 0 }
        let rebase = try git.run("rebase", "--quiet", target.tracking)
        guard rebase.status != 0 else { return missing }
        let conflicts = WorkTree(try git.run("status", "--porcelain=v2", "-z").output).conflicts
        // Back to what it was, so that logging goes on.
        _ = try git.run("rebase", "--abort")
        guard let file = conflicts.first else {
            throw Journal.Obstacle("git could not bring the two together:\n\(rebase.complaint)")
        }
        let others = conflicts.count > 1 ? " and \(conflicts.count - 1) more" : ""
        throw Journal.Obstacle(
            "another machine changed \(harmless(file))\(others) as well; both versions are safe, yours here and the "
                + "other in \(target.tracking). To bring them together: "
                + git.command("rebase \(shellWord(target.tracking))")
                + "\nEdit \(harmless(file)), then: \(git.command("add --all")) && \(git.command("rebase --continue"))"
                + "\nAnd then: rhythmctl journal sync")
    }

    private func count(_ range: String, _ git: Git) throws -> Int {
        try git.answer("rev-list", "--count", range).flatMap { Int($0) } ?? 0
    }
}
