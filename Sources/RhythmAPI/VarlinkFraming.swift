/// Cuts a stream of bytes into messages at the NULs. Both ends use it.
///
/// Every byte is looked at once, however the stream was cut into reads, and no more than the limit plus one read is
/// ever held for an unfinished message.
package struct VarlinkFraming {
    /// More than any call needs; a server reads no further than this for one message.
    package static let serverLimit = 1 << 20
    /// A reply can carry years of evidence.
    package static let clientLimit = 256 << 20

    package struct MessageTooLarge: Error, Hashable, CustomStringConvertible {
        package let limit: Int
        package var description: String { "a message of more than \(limit) bytes" }
    }

    private let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    /// Bytes before this place are known to hold no NUL.
    private var scanned = 0

    package init(limit: Int) {
        self.limit = limit
    }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        if start == buffer.count {
            // Nothing left over. A buffer that one large message made is given back.
            if buffer.capacity > 1 << 16 { buffer = [] } else { buffer.removeAll(keepingCapacity: true) }
            start = 0
            scanned = 0
        } else if start > 1 << 16, start > buffer.count / 2 {
            buffer.removeSubrange(..<start)
            scanned -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message without its NUL, or nil while there is none.
    package mutating func next() throws(MessageTooLarge) -> [UInt8]? {
        guard let end = buffer[scanned...].firstIndex(of: 0) else {
            scanned = buffer.count
            guard buffer.count - start <= limit else { throw MessageTooLarge(limit: limit) }
            return nil
        }
        guard end - start <= limit else { throw MessageTooLarge(limit: limit) }
        let message = Array(buffer[start..<end])
        start = end + 1
        scanned = start
        return message
    }

    /// Whether a message has begun and not ended, once `next()` has returned nil.
    package var hasUnfinishedMessage: Bool { start < buffer.count }
}
