package import RhythmCore

/// The file that is the roadmap. It stands for what the worker says of it, as a git dir does for a repository's facts.
package struct RoadmapFact: Equatable, Sendable {
    /// Of the repository that holds it; nil where none does.
    package var gitDir: String?
    /// In the repository, else absolute.
    package var path: String

    package init(gitDir: String?, path: String) {
        self.gitDir = gitDir
        self.path = path
    }
}

/// A commit that changed the roadmap, or the working file where that differs from what is committed. The changes that it
/// made follow.
package struct RoadmapVersionFact: Equatable, Sendable {
    /// Nil for the working file.
    package var commit: ObjectID?
    /// The author date; nil where there is none that can be read.
    package var at: Timestamp?
    package var offsetMinutes: Int
    package var isOwn: Bool

    package init(commit: ObjectID?, at: Timestamp?, offsetMinutes: Int, isOwn: Bool) {
        self.commit = commit
        self.at = at
        self.offsetMinutes = offsetMinutes
        self.isOwn = isOwn
    }
}

extension RepositoryFact {
    /// How the roadmap stands among repositories. No git dir begins like this.
    package static func roadmap(_ path: String) -> String { roadmapPrefix + path }
    package static let roadmapPrefix = "roadmap:"
}

extension Job {
    package struct Roadmap: Equatable, Sendable {
        /// Absolute.
        package var path: String
        /// Nil when it was never read, or is to be read afresh.
        package var last: Last?

        package init(path: String, last: Last? = nil) {
            self.path = path
            self.last = last
        }

        package struct Last: Equatable, Sendable {
            package var view: String
            /// The commit that was checked out; nil where there was none.
            package var head: ObjectID?
            /// In the repository, where the file was then.
            package var path: String

            package init(view: String, head: ObjectID?, path: String) {
                self.view = view
                self.head = head
                self.path = path
            }
        }
    }
}

extension LineWriter {
    mutating func roadmap(_ fact: RoadmapFact) {
        word("roadmap")
        text(fact.gitDir)
        text(fact.path)
    }

    mutating func node(_ node: Outline.Node) {
        word("outline")
        text(node.kind.rawValue)
        number(node.depth)
        text(node.text)
        text(node.value)
        text(node.box?.rawValue)
        number(node.line)
    }

    mutating func version(_ version: RoadmapVersionFact) {
        word("version")
        objectID(version.commit)
        timestamp(version.at)
        number(version.offsetMinutes)
        flag(version.isOwn)
    }

    mutating func change(_ change: RoadmapChange) {
        word("change")
        text(change.kind.rawValue)
        list(change.name.path)
        text(change.name.text)
        list(change.before?.path ?? [])
        text(change.before?.text)
        flag(change.isTicked)
    }
}

extension LineReader {
    mutating func roadmap() throws(LineError) -> RoadmapFact {
        RoadmapFact(gitDir: try optionalText(), path: try text())
    }

    mutating func node() throws(LineError) -> Outline.Node {
        guard let kind = Outline.Node.Kind(rawValue: try text()) else { throw failure("unknown kind of node") }
        let depth = try count()
        let said = try text()
        let value = try text()
        var box: Outline.Node.Box?
        if let name = try optionalText() {
            guard let known = Outline.Node.Box(rawValue: name) else { throw failure("unknown box") }
            box = known
        }
        return Outline.Node(kind: kind, depth: depth, text: said, value: value, box: box, line: try count())
    }

    mutating func version() throws(LineError) -> RoadmapVersionFact {
        RoadmapVersionFact(
            commit: try optionalObjectID(), at: try timestamp(), offsetMinutes: Int(try number()), isOwn: try flag())
    }

    mutating func change() throws(LineError) -> RoadmapChange {
        guard let kind = RoadmapChange.Kind(rawValue: try text()) else { throw failure("unknown kind of change") }
        let name = RoadmapChange.Name(path: try list(), text: try text())
        let path = try list()
        let before = try optionalText().map { RoadmapChange.Name(path: path, text: $0) }
        return RoadmapChange(kind: kind, name: name, before: before, isTicked: try flag())
    }
}
