import Glibc
package import Logging

/// Writes a line per message to standard error, which keeps standard output for answers. Under a service manager that
/// reads `<N>` prefixes each line carries its syslog priority.
package struct StderrLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let withPriorities: Bool

    package init(level: Logger.Level, withPriorities: Bool) {
        logLevel = level
        self.withPriorities = withPriorities
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let text = "\(event.message)\(fields.isEmpty ? "" : "  ")\(fields)"
        // What a repository is called must not become a second line, or an escape sequence.
        let line = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : String($0) }
            .joined()
        let head = withPriorities ? "<\(event.level.syslogPriority)>" : "rhythmd: \(event.level): "
        var bytes = Array((head + line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

extension Logger.Level {
    /// As in syslog(3): 7 debug … 2 critical.
    package var syslogPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
