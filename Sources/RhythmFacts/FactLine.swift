import RhythmCore

/// Facts as lines: the kind, then its fields, with a tab between. What is absent is `-`; control characters,
/// backslashes and, inside a list, spaces are escaped, so a line can be shown to a person and split by `cut`.
///
/// | kind | fields |
/// |---|---|
/// | `begin` | git dir |
/// | `progress` | git dir, commits read |
/// | `repository` | git dir, worktree, reader, extent, rewritten, view, tips, emails, horizon, releases, journal |
/// | `commit` | id, authored at, offset in minutes, committed at, first parent, parents, email, name, co-authored, subject |
/// | `devlog` | commit, path, heading, day |
/// | `touch` | commit, glob |
/// | `item` | kind, name, key, object, commit, path, email, name, at, offset in minutes, day, quantity, unit, title, url, tags |
/// | `item-gone` | key |
/// | `unreadable` | path, line, message |
/// | `roadmap` | git dir, path |
/// | `version` | commit, at, offset in minutes, own |
/// | `change` | kind, path, text, path before, text before, ticked |
/// | `outline` | kind, depth, text, value, box, line |
/// | `gone` | id |
/// | `other` | email, name, commits |
/// | `whole` | |
/// | `end` | commits read, own |
/// | `problem` | path, code, message |
/// | `done` | |
package enum FactLine {
    /// Appends the line, its newline included.
    package static func encode(_ fact: Fact, to bytes: inout [UInt8]) {
        var writer = LineWriter(appendingTo: bytes.taken())
        switch fact {
        case .begin(let gitDir):
            writer.word("begin")
            writer.text(gitDir)
        case .progress(let gitDir, let commitsRead):
            writer.word("progress")
            writer.text(gitDir)
            writer.number(commitsRead)
        case .repository(let repository): encode(repository, to: &writer)
        case .commit(let commit): encode(commit, to: &writer)
        case .devlog(let devlog):
            writer.word("devlog")
            writer.objectID(devlog.commit)
            writer.text(devlog.path)
            writer.text(devlog.heading)
            writer.text(devlog.day.map { "\($0)" })
        case .touch(let touch):
            writer.word("touch")
            writer.objectID(touch.commit)
            writer.text(touch.glob)
        case .item(let item): item.encode(to: &writer)
        case .itemGone(let key):
            writer.word("item-gone")
            writer.text(key)
        case .unreadable(let file):
            writer.word("unreadable")
            writer.text(file.path)
            writer.number(file.line)
            writer.text(file.message)
        case .roadmap(let roadmap): writer.roadmap(roadmap)
        case .version(let version): writer.version(version)
        case .change(let change): writer.change(change)
        case .outline(let node): writer.node(node)
        case .gone(let id):
            writer.word("gone")
            writer.objectID(id)
        case .other(let author):
            writer.word("other")
            writer.text(author.email)
            writer.text(author.name)
            writer.number(author.commits)
        case .whole: writer.word("whole")
        case .end(let summary):
            writer.word("end")
            writer.number(summary.commitsRead)
            writer.number(summary.own)
        case .problem(let problem):
            writer.word("problem")
            writer.text(problem.path)
            writer.text(problem.code)
            writer.text(problem.message)
        case .done: writer.word("done")
        }
        writer.endLine()
        bytes = writer.bytes
    }

    /// - Parameters:
    ///   - bytes: one line without its newline.
    ///   - line: its number, for the error.
    package static func decode(_ bytes: ArraySlice<UInt8>, line: Int = 0) throws(LineError) -> Fact {
        var reader = LineReader(bytes, line: line)
        let fact: Fact
        switch try reader.word() {
        case "begin": fact = .begin(gitDir: try reader.text())
        case "progress": fact = .progress(gitDir: try reader.text(), commitsRead: try reader.count())
        case "repository": fact = .repository(try repository(from: &reader))
        case "commit": fact = .commit(try commit(from: &reader))
        case "devlog":
            fact = .devlog(
                DevlogFact(
                    commit: try reader.objectID(), path: try reader.text(), heading: try reader.text(),
                    day: try reader.day()))
        case "touch": fact = .touch(TouchFact(commit: try reader.objectID(), glob: try reader.text()))
        case "item": fact = .item(try ItemFact(from: &reader))
        case "item-gone": fact = .itemGone(key: try reader.text())
        case "unreadable":
            fact = .unreadable(
                UnreadableFact(path: try reader.text(), line: try reader.count(), message: try reader.text()))
        case "roadmap": fact = .roadmap(try reader.roadmap())
        case "version": fact = .version(try reader.version())
        case "change": fact = .change(try reader.change())
        case "outline": fact = .outline(try reader.node())
        case "gone": fact = .gone(try reader.objectID())
        case "other":
            fact = .other(AuthorFact(email: try reader.text(), name: try reader.text(), commits: try reader.count()))
        case "whole": fact = .whole
        case "end": fact = .end(ScanSummary(commitsRead: try reader.count(), own: try reader.count()))
        case "problem":
            fact = .problem(
                ProblemFact(path: try reader.text(), code: try reader.text(), message: try reader.text()))
        case "done": fact = .done
        case let other: throw reader.failure("unknown kind “\(other)”")
        }
        try reader.finish()
        return fact
    }

    private static func encode(_ repository: RepositoryFact, to writer: inout LineWriter) {
        writer.word("repository")
        writer.text(repository.gitDir)
        writer.text(repository.workDir)
        writer.text(repository.reader.rawValue)
        writer.text(repository.extent.rawValue)
        writer.flag(repository.rewritten)
        writer.text(repository.view)
        writer.list(repository.tips.map(\.hex))
        writer.list(repository.emails)
        writer.timestamp(repository.horizon)
        writer.text(repository.releases)
        writer.flag(repository.isJournal)
    }

    private static func repository(from reader: inout LineReader) throws(LineError) -> RepositoryFact {
        let gitDir = try reader.text()
        let workDir = try reader.optionalText()
        guard let how = RepositoryFact.Reader(rawValue: try reader.word()) else {
            throw reader.failure("unknown reader")
        }
        guard let extent = RepositoryFact.Extent(rawValue: try reader.word()) else {
            throw reader.failure("unknown extent")
        }
        return RepositoryFact(
            gitDir: gitDir, workDir: workDir, reader: how, extent: extent, rewritten: try reader.flag(),
            view: try reader.text(), tips: try reader.objectIDs(), emails: try reader.list(),
            horizon: try reader.timestamp(), releases: try reader.optionalText(), isJournal: try reader.flag())
    }

    private static func encode(_ commit: CommitFact, to writer: inout LineWriter) {
        writer.word("commit")
        writer.objectID(commit.id)
        writer.timestamp(commit.authoredAt)
        writer.number(commit.offsetMinutes)
        writer.timestamp(commit.committedAt)
        writer.objectID(commit.firstParent)
        writer.number(commit.parentCount)
        writer.text(commit.email)
        writer.text(commit.name)
        writer.flag(commit.coAuthored)
        writer.text(commit.subject)
    }

    private static func commit(from reader: inout LineReader) throws(LineError) -> CommitFact {
        CommitFact(
            id: try reader.objectID(), authoredAt: try reader.timestamp(), offsetMinutes: Int(try reader.number()),
            committedAt: try reader.timestamp(), firstParent: try reader.optionalObjectID(),
            parentCount: try reader.count(), email: try reader.text(), name: try reader.text(),
            coAuthored: try reader.flag(), subject: try reader.text())
    }
}

extension LineWriter {
    mutating func timestamp(_ timestamp: Timestamp?) {
        if let timestamp { number(timestamp.seconds) } else { word("-") }
    }
}

extension [UInt8] {
    /// Moves the bytes out, so that appending to them does not copy what is there.
    mutating func taken() -> [UInt8] {
        var out: [UInt8] = []
        swap(&out, &self)
        return out
    }
}
