import ArgumentParser
import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport
import RhythmRoadmap

struct RoadmapStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows what the roadmap's status block should say, and writes it there if you like.",
        discussion: """
            --write changes the values of the block that differ, and Last Updated, and no other byte of the file. It does so \
            only where git has the file as it is, unless you --force it, and leaves the commit to you.

            Examples:
              rhythmctl roadmap status
              rhythmctl roadmap status --write
              rhythmctl roadmap status --write --projects
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var travel: TravelOptions
    @Flag(help: "Write the values into the file.") var write = false
    @Flag(help: "With --write: also where the file has changes that are not committed.") var force = false
    @Flag(help: "With --write: put the repositories that you are active in into the tracker's empty places.")
    var projects = false

    func validate() throws {
        if write && travel.at != nil { throw ValidationError("--write goes by today, so it does not go with --at.") }
        if !write && (force || projects) { throw ValidationError("--force and --projects go with --write.") }
    }

    func run() throws {
        let client = try options.client()
        let reply = try client.ask(Wire.Roadmap.self, .init(look: travel.at == nil, travel: travel.wire))
        guard write else {
            return try options.show(reply) { RoadmapText.status($0, on: options.terminal) }
        }
        let file = try RoadmapFile(reply.file, options)
        if !force, let dirt = try file.dirt() {
            throw Failure(
                code: EX_DATAERR,
                message: "\(file.path) is left as it is: \(dirt). Commit it first, or say --force.")
        }
        var writing = StatusWriting(file, try file.roadmap())
        for value in reply.status { try writing.put(value) }
        writing.putDate(reply.today)
        if projects {
            let active = try client.ask(Wire.Repositories.self, .init()).repositories
            writing.fill(reply.projects, with: active.map { $0.workDir ?? $0.gitDir })
        }
        guard !writing.changes.isEmpty else { return put("The file says all of it already.\n", to: 1) }
        try file.replace(with: writing.edit.bytes)
        var lines = writing.changes.map { "  line \($0.line): \(harmless($0.before)) → \(harmless($0.after))" }
        if let command = file.commitCommand("Update the roadmap's status") {
            lines += ["To commit it:", "  " + command]
        }
        put("Written to \(harmless(file.path)):\n" + lines.joined(separator: "\n") + "\n", to: 1)
    }
}

/// Changes of the status block, gathered before any of them is written.
private struct StatusWriting {
    struct Change {
        var line: Int
        var before: String
        var after: String
    }

    private(set) var edit: RoadmapEdit
    private(set) var changes: [Change] = []
    private let roadmap: Roadmap
    private let path: String

    init(_ file: RoadmapFile, _ roadmap: Roadmap) {
        edit = RoadmapEdit(file.bytes)
        self.roadmap = roadmap
        path = file.path
    }

    /// - Throws: ``Failure`` where the file is not the one that the daemon read.
    mutating func put(_ value: Wire.Roadmap.StatusValue) throws {
        guard let line = value.line, let stated = value.stated, stated != value.value else { return }
        guard roadmap.fields.contains(where: { $0.line == line && $0.value == stated }) else {
            throw Failure(code: EX_TEMPFAIL, message: "\(path) was changed meanwhile, and is left alone; try again")
        }
        write(value.value, over: stated, line: line)
    }

    /// Of an entry without a date of its own the last commit tells; the file's own line is as of today.
    mutating func putDate(_ today: String) {
        guard let field = roadmap.field(.lastUpdated), field.value != today else { return }
        write(today, over: field.value, line: field.line)
    }

    private mutating func write(_ value: String, over stated: String, line: Int) {
        if edit.setValue(value, line: line) { changes.append(Change(line: line, before: stated, after: value)) }
    }

    /// The names of the repositories that no project stands for yet.
    mutating func fill(_ projects: [Wire.Roadmap.Project], with folders: [String]) {
        let named = Set(projects.compactMap(\.repository))
        var names = folders.filter { !named.contains($0) }.compactMap {
            $0.split(separator: "/").last.map(String.init)
        }[...]
        for project in projects where project.placeholder && project.stage == "current" {
            guard let name = names.popFirst() else { return }
            if edit.fillPlaceholder(name, line: project.line) {
                changes.append(Change(line: project.line, before: project.name, after: name))
            }
        }
    }
}
