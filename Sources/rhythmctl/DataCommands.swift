import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Makes a copy of the database, while the daemon goes on.",
        discussion: """
            It goes into backups/ in the state folder, where the daemon keeps the newest 3 made by this command, the \
            newest 3 of those it makes once a week, and the newest 2 made before an update. A FILE of your own is kept \
            until you delete it, and replaces an older copy of that name.

            The repositories are no part of it; what git no longer tells is: credit for commits that are gone, \
            acknowledgements, snoozes, silences, days off, earlier definitions.

            Examples:
              rhythmctl backup
              rhythmctl backup ~/rhythm-copy.db
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "Where to put a copy as well; or a folder for it.", completion: .file()) var file: String?

    func run() throws {
        if let file { try refuse(file) }
        var reply = try options.client().ask(Wire.Backup.self, .init())
        if let file { reply.path = try copy(reply.path, to: file) }
        try options.show(reply) { "\(harmless($0.path))  \(Self.size($0.bytes))\n" }
    }

    /// Something that is no copy of a database is not written over.
    private func refuse(_ file: String) throws {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR, status.st_size > 0 else { return }
        var start = [UInt8](repeating: 0, count: 16)
        _ = start.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if start != Array("SQLite format 3\0".utf8) {
            throw Failure(code: 73, message: "\(harmless(file)) is there and is no backup; name another file")
        }
    }

    /// This program's own work: the daemon may be kept from writing where the user can.
    private func copy(_ source: String, to file: String) throws -> String {
        func failure(_ what: String) -> Failure {
            Failure(code: 73, message: "\(harmless(what)): \(String(cString: strerror(errno)))")
        }
        var status = stat()
        let isFolder = stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        let target = isFolder ? "\(file)/\(source.split(separator: "/").last ?? "rhythm.db")" : file
        let temporary = "\(target).\(getpid()).tmp"
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw failure(source) }
        defer { close(input) }
        let output = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw failure(target) }
        defer { close(output) }
        do {
            var chunk = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = chunk.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
                guard count >= 0 else { throw failure(source) }
                if count == 0 { break }
                var rest = chunk[..<count]
                while !rest.isEmpty {
                    let written = rest.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
                    guard written > 0 else { throw failure(target) }
                    rest = rest.dropFirst(written)
                }
            }
            guard fchmod(output, 0o600) == 0, fsync(output) == 0, rename(temporary, target) == 0 else {
                throw failure(target)
            }
        } catch {
            unlink(temporary)
            throw error
        }
        return target
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 1_000_000 ? "\((bytes + 999) / 1000) kB" : "\((bytes + 500_000) / 1_000_000) MB"
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Goes back to a backup; the database of now is kept beside it.",
        discussion: """
            The daemon, if it runs, takes it on at once and reads the repositories again, so what they hold is soon as \
            it was. What you told Rhythm since the backup is only in the database that was put aside.

            Example:
              rhythmctl restore --latest
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "A copy of the database.", completion: .file(extensions: ["db"])) var file: String?
    @Flag(help: "The newest one in backups/ that can be used.") var latest = false

    func validate() throws {
        if (file == nil) != latest { throw ValidationError("Name a FILE, or --latest; not both.") }
    }

    func run() throws {
        var path: String?
        if let file {
            guard let resolved = realpath(file, nil) else {
                throw Failure(code: 66, message: "\(harmless(file)): \(String(cString: strerror(errno)))")
            }
            defer { free(resolved) }
            path = String(cString: resolved)
        }
        let reply = try options.client().ask(Wire.Restore.self, .init(path: path))
        try options.show(reply) { reply in
            "Went back to \(harmless(reply.from))\n"
                + (reply.before.map { "The database of before is \(harmless($0))\n" } ?? "")
        }
    }
}
