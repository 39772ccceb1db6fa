import RhythmCore

/// What git itself makes of a repository, and where to run it.
struct GitSetup {
    let location: Location
    /// The worktree where it leads to the repository, so that git checks the owner of both; else the git dir.
    let directory: String
    let workDir: String?
    let isBare: Bool
    /// Hexadecimal digits of an id.
    let digits: Int
    let usesReftable: Bool

    init(_ location: Location) throws(GitError) {
        self.location = location
        let common = location.commonDir
        let arguments = ["rev-parse", "--show-object-format", "--is-bare-repository"]
        var found: String?
        do throws(GitError) {
            let parent = common.hasSuffix("/.git") ? String(common.dropLast(5)) : nil
            if let parent, (try? Location(parent).commonDir) == common { found = parent }
            // Run from the git dir, git says whether there is a worktree; a submodule's is in its config.
            let words = try GitCommand.output(arguments, in: found ?? common).bytes
                .split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            guard words.count == 2 else { throw GitError(.gitFailed, "rev-parse: unexpected answer") }
            digits = words[0] == "sha256" ? 64 : 40
            isBare = words[1] == "true"
        } catch {
            throw Self.explained(error, common)
        }
        if found == nil, !isBare, let configured = GitReader.configValue("core.worktree", common) {
            found = Files.canonical(Files.join(common, configured))
        }
        workDir = isBare ? nil : found
        directory = found ?? common
        usesReftable = GitReader.configValue("extensions.refstorage", directory) == "reftable"
    }

    /// Says which extension it was, in words that do not depend on git's version.
    private static func explained(_ error: GitError, _ commonDir: String) -> GitError {
        guard error.code != .dubiousOwnership, let config = LibGit2Config(file: commonDir + "/config") else {
            return error
        }
        let known = ["noop", "partialclone", "preciousobjects", "worktreeconfig"]
        for name in config.names(startingWith: "extensions.") {
            let key = String(name.dropFirst("extensions.".count))
            let value = config.string(name) ?? ""
            if known.contains(key) || (key == "objectformat" && ["sha1", "sha256"].contains(value)) { continue }
            return GitError(.unsupported, "\(key) \(value)")
        }
        if let version = config.string("core.repositoryformatversion"), Int(version).map({ $0 > 1 }) ?? true {
            return GitError(.unsupported, "repositoryformatversion \(version)")
        }
        return error
    }
}

/// What a scan walks from, read through git.
struct GitRefs {
    let tips: [ObjectID]
    /// Names and targets of replace refs, as text.
    let replacements: [UInt8]
    /// Names behind `refs/tags/`, and what they name.
    let tags: [(name: String, object: ObjectID)]

    init(_ setup: GitSetup) throws(GitError) {
        let output = try GitCommand.output(
            ["for-each-ref", "--format=%(refname)%00%(objectname)"], in: setup.directory)
        try Self.checkWarnings(output.errors, setup)
        var byName: [String: String] = [:]
        var start: [String] = []
        var replaced: [UInt8] = []
        var tags: [(name: String, object: ObjectID)] = []
        for line in output.bytes.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: 0)
            guard parts.count == 2 else { throw GitError(.gitFailed, "for-each-ref: unexpected answer") }
            let name = String(decoding: parts[0], as: UTF8.self)
            let id = String(decoding: parts[1], as: UTF8.self)
            byName[name] = id
            if ScannedRefs.includes(name) { start.append(id) }
            if name.hasPrefix(ScannedRefs.tags), let object = ObjectID(hex: id) {
                tags.append((String(name.dropFirst(ScannedRefs.tags.count)), object))
            }
            if name.hasPrefix("refs/replace/") { replaced += line + [UInt8(ascii: "\n")] }
        }
        replacements = replaced
        self.tags = tags
        start += try Self.heads(setup, byName)
        tips = try Self.peel(start, setup.directory)
    }

    static func areCommits(_ ids: [ObjectID], _ directory: String) throws(GitError) -> Bool {
        let input = ids.map { $0.hex + "\n" }.joined()
        let output = try GitCommand.output(["cat-file", "--batch-check"], in: directory, input: Array(input.utf8))
        let lines = output.bytes.split(separator: UInt8(ascii: "\n"))
        return lines.allSatisfy {
            String(decoding: $0, as: UTF8.self).split(separator: " ").dropFirst().first == "commit"
        }
    }

    /// git warns of broken refs and leaves them out. One that is symbolic and leads nowhere is an everyday thing; any
    /// other would make the count too small.
    private static func checkWarnings(_ text: String, _ setup: GitSetup) throws(GitError) {
        for line in text.split(separator: "\n") where line.contains("broken ref ") {
            let name = line.split(separator: " ").last.map(String.init) ?? ""
            guard ScannedRefs.includes(name),
                let content = Files.read("\(setup.location.commonDir)/\(name)"), !content.starts(with: "ref:".utf8)
            else { continue }
            throw GitError(.corrupt, "\(name): \(line)")
        }
    }

    private static func heads(_ setup: GitSetup, _ byName: [String: String]) throws(GitError) -> [String] {
        if setup.usesReftable {
            // HEAD is a stub file there.
            let list = try GitCommand.output(["worktree", "list", "--porcelain"], in: setup.directory).bytes
            let lines = list.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
            let main = try? GitCommand.output(["rev-parse", "-q", "--verify", "HEAD"], in: setup.directory).bytes
            let linked = lines.filter { $0.hasPrefix("HEAD ") }.map { String($0.dropFirst(5)) }
            return linked.filter { $0.contains { $0 != "0" } } + (main.map { [Files.firstLine($0)] } ?? [])
        }
        return try WorktreeHead.all(commonDir: setup.location.commonDir).compactMap { head in
            switch head.target {
            case .object(let digits): digits
            case .ref(let name): byName[name]
            }
        }
    }

    private static func peel(_ ids: [String], _ directory: String) throws(GitError) -> [ObjectID] {
        let unique = Array(Set(ids)).sorted()
        let input = unique.map { "\($0)^{}\n" }.joined()
        let output = try GitCommand.output(["cat-file", "--batch-check"], in: directory, input: Array(input.utf8))
        let lines = output.bytes.split(separator: UInt8(ascii: "\n"))
        guard lines.count == unique.count else { throw GitError(.gitFailed, "cat-file: unexpected answer") }
        var tips: Set<ObjectID> = []
        for line in lines {
            let words = line.split(separator: UInt8(ascii: " "))
            guard words.count == 3, let id = ObjectID(hexDigits: words[0]) else {
                throw GitError(.corrupt, "a ref names \(String(decoding: line, as: UTF8.self))")
            }
            if words[1].elementsEqual("commit".utf8) { tips.insert(id) }
        }
        return tips.sorted()
    }
}
