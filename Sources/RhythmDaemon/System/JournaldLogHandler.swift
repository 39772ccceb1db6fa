import Glibc
package import Logging

/// Sends each message to journald as an entry with fields of its own, so that `journalctl RHYTHM_REPOSITORY=…` finds it.
///
/// The native protocol is a datagram of `NAME=value` lines; a value with a line feed in it is written with its length.
package struct JournaldLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let socket: JournaldSocket
    /// Takes over what journald does not accept.
    private let fallback: StderrLogHandler

    /// Nil unless standard error leads to journald and its socket is there.
    ///
    /// - Parameter stream: the variable `JOURNAL_STREAM`, which names the device and inode of that stream.
    package init?(level: Logger.Level, stream: String?, path: String = "/run/systemd/journal/socket") {
        var status = stat()
        guard let stream, fstat(2, &status) == 0, stream == "\(status.st_dev):\(status.st_ino)",
            let socket = JournaldSocket(path: path)
        else { return nil }
        logLevel = level
        self.socket = socket
        fallback = StderrLogHandler(level: level, withPriorities: true)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        let datagram = Self.entry(event.message.description, level: event.level, fields: fields)
        if !socket.send(datagram) { fallback.log(event: event) }
    }

    /// The entry's bytes.
    static func entry(_ message: String, level: Logger.Level, fields: Logger.Metadata) -> [UInt8] {
        let details = fields.sorted { $0.key < $1.key }
        let shown = details.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        var bytes: [UInt8] = []
        append("MESSAGE", details.isEmpty ? message : "\(message)  \(shown)", to: &bytes)
        append("PRIORITY", "\(level.syslogPriority)", to: &bytes)
        append("SYSLOG_IDENTIFIER", "rhythmd", to: &bytes)
        for (key, value) in details {
            let name = key.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
            append("RHYTHM_" + String(name), "\(value)", to: &bytes)
        }
        return bytes
    }

    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes += Array(name.utf8)
        if value.utf8.contains(UInt8(ascii: "\n")) {
            bytes.append(UInt8(ascii: "\n"))
            withUnsafeBytes(of: UInt64(value.utf8.count).littleEndian) { bytes += Array($0) }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += Array(value.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }
}

/// A datagram socket to journald, kept for the life of the process.
private final class JournaldSocket: Sendable {
    private let descriptor: CInt

    init?(path: String) {
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8CString)
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.map(UInt8.init(bitPattern:))) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { return nil }
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            == bytes.count
    }
}
