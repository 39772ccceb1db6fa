import Glibc
import RhythmReport
import RhythmStore

/// In which form the data leaves the database.
package enum ExportFormat: String, CaseIterable, Sendable {
    /// All of the database, a row a line, to be read in again.
    case ndjson
    /// The evidence, for a spreadsheet.
    case csv
}

/// Writes what is stored to standard output, while a daemon may be at work.
///
/// - Throws: ``DaemonExit``, with the reason on standard error.
package func exportData(_ format: ExportFormat) throws {
    try tellingFailure {
        let file = StoreFile(try Paths(environment: processEnvironment()).database)
        guard try file.condition(.small) != .absent else {
            throw StoreError.failed(path: file.path, message: "nothing is stored yet; rhythmd makes it")
        }
        var output = BufferedOutput()
        switch format {
        case .ndjson: try DatabaseLines.write(file) { try output.write($0 + "\n") }
        case .csv:
            try output.write(CSV.row(EvidenceTable.head))
            try EvidenceTable.write(file) { try output.write(CSV.row($0)) }
        }
        try output.flush()
    }
}

/// Makes a database of an export, beside the backups. Whoever asked puts it in the place of the old one, as a backup that is
/// gone back to, and removes it.
///
/// - Returns: its path.
/// - Throws: ``DaemonExit``, with the reason on standard error.
package func importData(_ source: String) throws -> String {
    try tellingFailure {
        umask(0o077)
        let target = try BackupFolder(path: try Paths(environment: processEnvironment()).backups).placeForImport()
        do {
            try DatabaseLines.read(source, into: StoreFile(target))
        } catch {
            unlink(target)
            throw error
        }
        return target
    }
}

private func tellingFailure<Result>(_ body: () throws -> Result) throws -> Result {
    signal(SIGPIPE, SIG_DFL)
    do {
        return try body()
    } catch {
        let message = Array("rhythmd: \(error)\n".utf8)
        _ = Glibc.write(2, message, message.count)
        throw DaemonExit(error)
    }
}

/// Standard output, written in large pieces.
private struct BufferedOutput {
    private var bytes: [UInt8] = []

    mutating func write(_ text: String) throws {
        bytes += text.utf8
        if bytes.count > 1 << 16 { try flush() }
    }

    mutating func flush() throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw SystemError(call: "write", path: "standard output")
            }
            rest = rest.dropFirst(count)
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
