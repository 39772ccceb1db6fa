import RhythmCore

/// Objects one at a time from a `git cat-file --batch` that stays open.
struct GitObjects: ~Copyable {
    private let directory: String
    private var command: GitCommand
    private var buffer: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)

    init(in directory: String) throws(GitError) {
        self.directory = directory
        command = try GitCommand(["cat-file", "--batch"], in: directory, input: nil)
    }

    /// - Returns: nil when the object is not there. A git that dies over it, as an older one does over an object that
    ///   only the remote of a partial clone has, is started anew.
    mutating func read(_ id: ObjectID) throws(GitError) -> [UInt8]? {
        buffer.removeAll(keepingCapacity: true)
        guard command.write(Array("\(id.hex)\n".utf8)), let header = try line() else {
            command = try GitCommand(["cat-file", "--batch"], in: directory, input: nil)
            return nil
        }
        let words = header.split(separator: " ")
        if words.last == "missing" { return nil }
        guard words.count == 3, let size = Int(words[2]) else { throw GitError(.gitFailed, "cat-file: \(header)") }
        while buffer.count < size + 1 {
            guard try fill() else { throw GitError(.corrupt, "object \(id): \(command.errorText)") }
        }
        return Array(buffer[..<size])
    }

    private mutating func line() throws(GitError) -> String? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let text = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeFirst(end + 1)
                return text
            }
            guard try fill() else { return nil }
        }
    }

    private mutating func fill() throws(GitError) -> Bool {
        let count = try command.readSome(into: &chunk)
        buffer.append(contentsOf: chunk[..<count])
        return count > 0
    }
}
