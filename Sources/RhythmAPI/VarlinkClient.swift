import Glibc

/// A blocking Varlink client on plain file descriptors, for programs that do one thing and exit.
///
/// It sleeps in `poll` and needs no event loop, no thread and no Foundation. One call at a time, from one thread.
/// After any error but a `VarlinkError` the connection is closed, since the place in the stream is lost.
package final class VarlinkClient {
    private let input: Int32
    private let output: Int32
    /// How long to wait for one reply, or for the other end to take more of a call; nil waits for ever, which is what a
    /// stream of events wants.
    package var timeout: Duration?
    private var framing: VarlinkFraming
    private var isOpen = true

    /// Takes over two descriptors, such as the ends of a child's standard output and input. They may be the same one.
    package init(
        reading input: Int32, writing output: Int32, timeout: Duration? = nil, limit: Int = VarlinkFraming.clientLimit
    ) {
        self.input = input
        self.output = output
        self.timeout = timeout
        framing = VarlinkFraming(limit: limit)
    }

    deinit {
        close()
    }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        _ = closeDescriptor(input)
        if output != input { _ = closeDescriptor(output) }
    }

    // MARK: Calls

    /// Calls a method and returns its reply. Throws `VarlinkError` if that is what the service answers.
    package func call(_ method: String, _ parameters: JSONValue = [:]) throws -> JSONValue {
        let reply = try keepingInStep {
            try send(.init(method: method, parameters: Self.members(parameters)))
            let reply = try receive()
            guard !reply.continues else {
                throw VarlinkClientError.protocolViolation("more replies than were asked for")
            }
            return reply
        }
        return .object(try Self.parameters(reply))
    }

    package func call<Output: Decodable>(
        _ method: String, _ parameters: some Encodable, as type: Output.Type = Output.self
    ) throws -> Output {
        try Self.decode(type, try call(method, JSONValue(encoding: parameters)))
    }

    /// Calls a method with `more` and gives every reply, the last one included, to `body` as it comes. A `body` that
    /// throws ends the stream by closing the connection, there being no other way in Varlink.
    package func callMore(
        _ method: String, _ parameters: JSONValue = [:], body: (JSONValue) throws -> Void
    ) throws {
        let last = try keepingInStep {
            try send(.init(method: method, parameters: Self.members(parameters), more: true))
            while true {
                let reply = try receive()
                guard reply.continues else { return reply }
                try body(.object(reply.parameters))
            }
        }
        try body(.object(try Self.parameters(last)))
    }

    package func callMore<Output: Decodable>(
        _ method: String, _ parameters: some Encodable, as type: Output.Type = Output.self,
        body: (Output) throws -> Void
    ) throws {
        try callMore(method, JSONValue(encoding: parameters)) { try body(Self.decode(type, $0)) }
    }

    /// Calls a method and wants no reply, nor learns of an error.
    package func callOneway(_ method: String, _ parameters: JSONValue = [:]) throws {
        try keepingInStep { try send(.init(method: method, parameters: Self.members(parameters), oneway: true)) }
    }

    private func keepingInStep<Value>(_ body: () throws -> Value) throws -> Value {
        guard isOpen else { throw VarlinkClientError.closed }
        do {
            return try body()
        } catch {
            close()
            throw error
        }
    }

    private static func members(_ parameters: JSONValue) throws -> [String: JSONValue] {
        switch parameters {
        case .null: return [:]
        case .object(let members): return members
        default: throw VarlinkClientError.protocolViolation("parameters that are no object")
        }
    }

    private static func parameters(_ reply: VarlinkMessage.Reply) throws -> [String: JSONValue] {
        if let error = reply.error { throw VarlinkError(name: error, parameters: reply.parameters) }
        return reply.parameters
    }

    private static func decode<Output: Decodable>(_ type: Output.Type, _ reply: JSONValue) throws -> Output {
        do {
            return try reply.decode(type)
        } catch {
            throw VarlinkClientError.protocolViolation("a reply of another shape: \(error)")
        }
    }

    // MARK: Bytes

    private func send(_ call: VarlinkMessage.Call) throws {
        let bytes = call.serialized()
        var sent = 0
        while sent < bytes.count {
            let deadline = timeout.map { monotonicTime() + $0 }
            sent += try bytes.withUnsafeBytes { try write(UnsafeRawBufferPointer(rebasing: $0[sent...]), by: deadline) }
        }
    }

    private func receive() throws -> VarlinkMessage.Reply {
        let deadline = timeout.map { monotonicTime() + $0 }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let message: [UInt8]?
            do {
                message = try framing.next()
            } catch {
                throw VarlinkClientError.protocolViolation("\(error)")
            }
            if let message {
                do {
                    return try VarlinkMessage.Reply(parsing: message)
                } catch {
                    throw VarlinkClientError.protocolViolation("\(error)")
                }
            }
            let count = try retrying("read", input, POLLIN, by: deadline) {
                chunk.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
            }
            guard count > 0 else { throw VarlinkClientError.closed }
            framing.append(chunk[..<count])
        }
    }

    /// Writes what fits. Sockets say without blocking when nothing does; a pipe that `poll` calls writable takes
    /// `PIPE_BUF` bytes without blocking, and may send the signal that would end the program.
    private func write(_ bytes: UnsafeRawBufferPointer, by deadline: Duration?) throws -> Int {
        try retrying("write", output, POLLOUT, by: deadline) {
            let flags = Int32(truncatingIfNeeded: Int(MSG_NOSIGNAL) | Int(MSG_DONTWAIT))
            let sent = sendBytes(output, bytes.baseAddress, bytes.count, flags)
            guard sent < 0, errno == ENOTSOCK else { return sent }
            return withoutBrokenPipeSignal { writeBytes(output, bytes.baseAddress, min(bytes.count, 4096)) }
        }
    }

    /// Waits until the descriptor is ready, then tries, until something other than "not now" comes of it.
    private func retrying(
        _ operation: String, _ descriptor: Int32, _ events: Int32, by deadline: Duration?, _ attempt: () -> Int
    ) throws -> Int {
        while true {
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            var wait: Int32 = -1
            if let deadline {
                let left = deadline - monotonicTime()
                guard left > .zero else { throw VarlinkClientError.timedOut }
                // Rounded up: a wait of nothing would turn the last millisecond into a spin.
                wait = Int32(
                    clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
                wait = wait == .max ? wait : wait + 1
            }
            let ready = poll(&entry, 1, wait)
            if ready < 0, errno != EINTR { throw VarlinkClientError.system("poll", errno) }
            guard ready > 0 else { continue }
            let count = attempt()
            if count >= 0 { return count }
            switch errno {
            case EINTR, EAGAIN: continue
            case EPIPE, ECONNRESET: throw VarlinkClientError.closed
            default: throw VarlinkClientError.system(operation, errno)
            }
        }
    }
}

// The names that the class has methods of its own for; spelt without the C library's, which is not the same everywhere.
private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
private let sendBytes = send(_:_:_:_:)
private let writeBytes = write(_:_:_:)

private func monotonicTime() -> Duration {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
}

/// Runs `body` with SIGPIPE held back in this thread, and takes the signal it caused off the queue.
private func withoutBrokenPipeSignal(_ body: () -> Int) -> Int {
    var brokenPipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    sigemptyset(&brokenPipe)
    sigaddset(&brokenPipe, SIGPIPE)
    sigpending(&pending)
    pthread_sigmask(SIG_BLOCK, &brokenPipe, &before)
    let result = body()
    let code = errno
    if result < 0, code == EPIPE, sigismember(&pending, SIGPIPE) == 0 {
        var now = timespec()
        while sigtimedwait(&brokenPipe, nil, &now) < 0, errno == EINTR {}
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = code
    return result
}
