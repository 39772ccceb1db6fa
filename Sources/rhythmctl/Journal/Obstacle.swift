import Glibc
import RhythmReport

extension Journal {
    /// Why nothing can be committed here, and what mends it.
    struct Obstacle: Error {
        /// A command for the user to type.
        struct Remedy {
            /// What it is for, as it stands before a colon.
            var purpose: String
            var command: String

            init(_ purpose: String, _ command: String) {
                self.purpose = purpose
                self.command = command
            }
        }

        var problem: String
        /// Any one of them does.
        var remedies: [Remedy]

        init(_ problem: String, _ remedies: Remedy...) {
            self.problem = problem
            self.remedies = remedies
        }

        var message: String {
            guard let first = remedies.first else { return problem }
            // What git said stands on lines of its own.
            let start =
                problem.contains("\n") ? "\n" + first.purpose.prefix(1).uppercased() : "; " + first.purpose.prefix(1)
            return problem + start + first.purpose.dropFirst() + ": " + first.command
                + remedies.dropFirst().map { ", or \($0.purpose): \($0.command)" }.joined()
        }
    }

    /// - Throws: ``Obstacle`` where there is no repository with files of its own.
    func gitDir() throws -> String {
        guard access(path + "/.git", F_OK) == 0 else {
            guard access(path + "/HEAD", F_OK) == 0 && access(path + "/objects", F_OK) == 0 else {
                throw Obstacle(
                    "\(shown) is a folder with files, and no git repository",
                    .init("to make it one", git.command("init")))
            }
            throw Obstacle(
                "\(shown) is a bare repository, which holds no files",
                .init("name a clone of it as path under [journal] in the config, then", "rhythmctl reload"))
        }
        let probe = try git.run("rev-parse", "--absolute-git-dir")
        guard probe.status == 0, probe.output.last == "\n" else { throw ruin(probe) }
        return String(probe.output.dropLast())
    }

    /// What keeps git from committing: a merge, a rebase or another thing half done, or no branch to commit to.
    func obstacle(_ gitDir: String) throws -> Obstacle? {
        func isThere(_ name: String) -> Bool { access("\(gitDir)/\(name)", F_OK) == 0 }
        let tree = try workTree()
        let conflict = tree.conflicts.first.map { ", with a conflict in \(harmless($0))" } ?? ""
        for (name, files) in [
            ("rebase", ["rebase-merge", "rebase-apply"]), ("merge", ["MERGE_HEAD"]),
            ("cherry-pick", ["CHERRY_PICK_HEAD"]), ("revert", ["REVERT_HEAD"]),
        ] where files.contains(where: isThere) {
            return Obstacle(
                "a \(name) is under way in \(shown)\(conflict)",
                .init("to take it back", git.command("\(name) --abort")),
                .init("to finish it", git.command("\(name) --continue")))
        }
        if let file = tree.conflicts.first {
            return Obstacle(
                "\(harmless(file)) in \(shown) has a conflict",
                .init("edit it, then", git.command("add \(shellWord(file))")))
        }
        switch tree.head {
        case .branch: return nil
        case .begun(let name):
            // A repository that is new, or a branch that nobody meant to begin.
            let others = try branches().filter { $0 != name }
            return others.first.map { other in
                Obstacle(
                    "the branch \(harmless(name)) of \(shown) has no entry, and others have",
                    .init("to go back to one", git.command("symbolic-ref HEAD \(shellWord("refs/heads/" + other))")))
            }
        case .damaged: return try damagedBranch(gitDir)
        case .none:
            return Obstacle(
                "no branch is checked out in \(shown), so what is committed would get lost",
                .init("to go back to one", git.command("switch \(try branches().first.map(shellWord) ?? "-c main")")))
        }
    }

    /// The likeliest first.
    private func branches() throws -> [String] {
        let names =
            try git.answer("for-each-ref", "--format=%(refname:short)", "refs/heads")?.split(separator: "\n") ?? []
        return Self.likeliestFirst(names.map(String.init))
    }

    private static func likeliestFirst(_ branches: [String]) -> [String] {
        let usual = ["main", "master"].filter(branches.contains)
        return usual + branches.filter { !usual.contains($0) }
    }

    // MARK: Damage

    /// What looks like a repository, and git does not take for one.
    private func ruin(_ outcome: ProgramOutcome) -> Obstacle {
        let head = text(of: ".git/HEAD") ?? ""
        let isGood = head.hasPrefix("ref: refs/") || head.count > 40 && head.dropLast().allSatisfy(\.isHexDigit)
        guard (try? names(in: path + "/.git")) != nil, !isGood || access(path + "/.git/objects", F_OK) != 0 else {
            return Obstacle(
                "git does not take \(shown) for a repository:\n\(outcome.complaint)",
                .init("to ask it again", git.command("status")))
        }
        guard let branch = branchesOnDisk().first else {
            return Obstacle("the repository in \(shown) is not whole", .init("to make it whole", git.command("init")))
        }
        return Obstacle(
            "\(shown)/.git/HEAD, which names the branch, is damaged",
            .init("to mend it", "echo \(shellWord("ref: refs/heads/" + branch)) > \(shellWord(path + "/.git/HEAD"))"))
    }

    /// What git knows of branches, for when it does not tell.
    private func branchesOnDisk() -> [String] {
        func below(_ folder: String) -> [String] {
            ((try? names(in: "\(path)/.git/refs/heads/\(folder)")) ?? []).flatMap { name in
                (try? names(in: "\(path)/.git/refs/heads/\(folder)\(name)")) == nil
                    ? [folder + name] : below("\(folder)\(name)/")
            }
        }
        let packed = (text(of: ".git/packed-refs") ?? "").split(separator: "\n").compactMap { line in
            line.split(separator: " ").last.flatMap { $0.hasPrefix("refs/heads/") ? String($0.dropFirst(11)) : nil }
        }
        return Self.likeliestFirst(below("") + packed)
    }

    /// Why git cannot say how the files stand.
    func damage(_ status: ProgramOutcome) throws -> Obstacle {
        let gitDir = try gitDir()
        guard try git.answer("rev-parse", "--quiet", "--verify", "HEAD^{tree}") != nil || isBegun() else {
            return try damagedBranch(gitDir)
        }
        setenv("GIT_INDEX_FILE", gitDir + "/RHYTHM_NO_INDEX", 1)
        defer { unsetenv("GIT_INDEX_FILE") }
        guard try git.run("status", "--porcelain").status == 0 else {
            return Obstacle(
                "git cannot read \(shown):\n\(status.complaint)",
                .init("to see all that is wrong", git.command("fsck --full")))
        }
        return Obstacle(
            "the index of \(shown), in which git keeps what is to be committed, is damaged",
            .init(
                "to make it anew, with no file touched",
                "rm \(shellWord(gitDir + "/index")) && \(git.command("reset --quiet"))"))
    }

    /// The branch that is checked out has no commit yet.
    private func isBegun() throws -> Bool {
        guard let name = try git.answer("symbolic-ref", "--quiet", "HEAD") else { return false }
        return try git.run("show-ref", "--quiet", "--verify", name).status != 0
            && access(path + "/.git/" + name, F_OK) != 0
    }

    /// The branch does not lead to a commit that can be read. The last one that can is in what git noted of its moves.
    private func damagedBranch(_ gitDir: String) throws -> Obstacle {
        let head = text(of: ".git/HEAD") ?? ""
        let name = head.hasPrefix("ref: ") ? trimmed(String(head.dropFirst(5))) : "HEAD"
        let moves = (text(of: ".git/logs/\(name)") ?? "").split(separator: "\n").reversed()
        let good = try moves.lazy.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
            .first { try git.answer("rev-parse", "--quiet", "--verify", $0 + "^{tree}") != nil }
        let shortName = name.hasPrefix("refs/heads/") ? String(name.dropFirst(11)) : name
        return Obstacle(
            "the branch \(harmless(shortName)) of \(shown) is damaged, and leads to no commit",
            good.map {
                .init(
                    "to go back to the last good one, with no file touched",
                    "echo \($0) > \(shellWord("\(gitDir)/\(name)")) && \(git.command("reset --quiet"))")
            } ?? .init("to see all that is wrong", git.command("fsck --full")))
    }
}
