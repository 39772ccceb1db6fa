import Glibc
import RhythmFacts

/// Facts on their way to a descriptor, gathered so that a line costs no system call.
final class FactOutput {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
        buffer.reserveCapacity(1 << 17)
    }

    func write(_ fact: Fact) {
        FactLine.encode(fact, to: &buffer)
        switch fact {
        // Whoever listens learns what is being read before it is, and how it went at once.
        case .begin, .progress, .end, .problem, .done: flush()
        default: if buffer.count >= 1 << 16 { flush() }
        }
    }

    /// Nobody listening is the end of the work, and no error; anything else, as a full disk, is one.
    func flush() {
        buffer.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if count < 0 {
                    if errno == EINTR { continue }
                    if errno == EPIPE { exit(0) }
                    perror("rhythm-scan: cannot write")
                    exit(74)
                }
                done += count
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
