import Glibc
import RhythmFacts

/// Where the facts of several repositories, read at once, become one stream: a repository's own stand together, and
/// between them at any place the lines that stand for themselves.
// The one thing that changes in it is touched under its lock alone.
final class FactOutput: @unchecked Sendable {
    /// Bytes that a repository gathers before it takes the stream for itself until its end; then the others' wait.
    static let largestBlock = 4 << 20

    private let descriptor: Int32
    private let lock = Lock()
    // Belongs to whoever holds the lock.
    private var isTaken = false

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes a line that stands for itself.
    func write(_ fact: Fact) {
        var bytes: [UInt8] = []
        FactLine.encode(fact, to: &bytes)
        lock.withLock { write(bytes) }
    }

    /// Waits until no other repository has the stream, and takes it.
    fileprivate func take() {
        lock.withLock {
            while isTaken { lock.wait() }
            isTaken = true
        }
    }

    fileprivate func leave() {
        lock.withLock {
            isTaken = false
            lock.wakeAll()
        }
    }

    fileprivate func append(_ bytes: [UInt8]) {
        lock.withLock { write(bytes) }
    }

    /// Nobody listening is the end of the work, and no error; anything else, as a full disk, is one.
    private func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
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
    }
}

/// One repository's facts on their way out. Used by one thread.
final class BlockOutput {
    private let output: FactOutput
    private var buffer: [UInt8] = []
    private var hasStream = false

    init(_ output: FactOutput) {
        self.output = output
    }

    func write(_ fact: Fact) {
        switch fact {
        case .begin, .progress: return output.write(fact)
        case .repository:
            // A reading that starts over makes what was said before void.
            if !hasStream { buffer.removeAll(keepingCapacity: true) }
        default: break
        }
        FactLine.encode(fact, to: &buffer)
        if buffer.count >= (hasStream ? 1 << 16 : FactOutput.largestBlock) { send() }
    }

    /// Writes the fact that ends the block.
    func end(_ fact: Fact) {
        // Of a repository that could not be read nothing counts.
        if case .problem = fact, !hasStream { buffer.removeAll() }
        FactLine.encode(fact, to: &buffer)
        send()
        output.leave()
        hasStream = false
    }

    private func send() {
        if !hasStream { output.take() }
        hasStream = true
        output.append(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
