import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport
import RhythmRoadmap

/// The roadmap's file, as the user edits it.
struct RoadmapFile {
    let path: String
    let bytes: [UInt8]

    /// - Parameter path: nil for the one that the daemon follows.
    /// - Throws: ``Failure`` where it cannot be read.
    init(_ path: String?, _ options: CommonOptions) throws {
        let named = try path ?? options.client().ask(Wire.Roadmap.self, .init()).file
        guard let real = realpath(named, nil) else { throw Self.failure("cannot read", named) }
        defer { free(real) }
        self.path = String(cString: real)
        bytes = try Self.read(self.path)
    }

    private static func read(_ path: String) throws -> [UInt8] {
        // Not blocking, or a FIFO would keep us waiting for somebody to write.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("cannot read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            guard count > 0 else { throw failure("cannot read", path) }
            bytes += buffer[..<count]
            // The worker reads no larger one either.
            guard bytes.count <= 8 << 20 else {
                throw Failure(code: EX_DATAERR, message: "\(path) has more than 8 MB, so it is no roadmap")
            }
        }
    }

    private static func failure(_ what: String, _ path: String) -> Failure {
        Failure(code: EX_NOINPUT, message: "\(what) \(path): \(String(cString: strerror(errno)))")
    }

    /// - Throws: ``Failure`` where it is no Markdown.
    func roadmap() throws -> Roadmap {
        do {
            return Roadmap(try Outline(markdown: bytes))
        } catch let error as NoRoadmap {
            throw Failure(code: EX_DATAERR, message: "\(path) \(error)")
        }
    }

    /// Puts other bytes in its place at once, with the same permissions.
    ///
    /// - Throws: ``Failure`` where that fails, or somebody changed the file meanwhile; then it is as it was.
    func replace(with new: [UInt8]) throws {
        guard try Self.read(path) == bytes else {
            throw Failure(code: EX_TEMPFAIL, message: "\(path) was changed meanwhile, and is left alone; try again")
        }
        var status = stat()
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard descriptor >= 0 else { throw Self.failure("cannot write beside", path) }
        var isWritten = stat(path, &status) == 0 && fchmod(descriptor, status.st_mode & 0o7777) == 0
        var rest = new[...]
        while isWritten, !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            isWritten = count > 0
            rest = rest.dropFirst(max(0, count))
        }
        isWritten = isWritten && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            let failure = Self.failure("cannot write", path)
            unlink(temporary)
            throw failure
        }
    }

    /// In its repository; nil where no repository holds it.
    var git: (git: Git, name: String)? {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last else { return nil }
        let git = Git(in: "/" + parts.dropLast().joined(separator: "/"))
        guard (try? git.answer("rev-parse", "--is-inside-work-tree")) == "true" else { return nil }
        return (git, name)
    }

    /// What git has to say of it besides what is committed; nil where it is as committed.
    func dirt() throws -> String? {
        guard let (git, name) = git else { return "no git repository holds it" }
        let outcome = try git.run(["status", "--porcelain", "--ignored", "--", name])
        guard outcome.status == 0 else { return outcome.complaint }
        if outcome.output.hasPrefix("??") || outcome.output.hasPrefix("!!") { return "it is not committed" }
        return outcome.output.isEmpty ? nil : "it has changes that are not committed"
    }

    /// How to commit it.
    func commitCommand(_ message: String) -> String? {
        git.map { $0.git.command("commit -m \(shellWord(message)) -- \(shellWord($0.name))") }
    }
}
