import Glibc
import Logging
import NIOCore
import NIOPosix
import RhythmAPI
import RhythmDaemon

/// A server in this process with an interface made for tests, in a folder of its own.
final class TestService: Sendable {
    static let description = """
        # What the tests call.
        interface dev.rhythm.Test

        # Returns what it was given.
        method Echo(text: string, count: ?int) -> (text: string, count: int)

        # Counts from one to a number, a reply each.
        method Count(to: int) -> (number: int)

        # Sends one reply, then nothing until it is cancelled.
        method Watch() -> (number: int)

        # Returns once the test says so.
        method Wait() -> ()

        # Returns a text of a size.
        method Large(bytes: int) -> (text: string)

        # Ends with an error of the kind.
        method Fail(kind: string) -> ()

        # Is declared only.
        method Later() -> ()

        error Refused (why: string)
        error InternalError (message: string)
        """

    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    /// For what has to go on beside a test that blocks: the pool of the test runner may have no thread left.
    let aside = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let folder: String
    let server: VarlinkServer
    /// What handlers report: "echo TEXT", "watching", "cancelled", "waiting".
    let events: AsyncStream<String>
    let release: AsyncStream<Void>.Continuation

    var path: String { folder + "/run/test.sock" }

    init(limits: VarlinkServer.Limits = .init(), user: uid_t = geteuid()) {
        var template = Array("/tmp/rhythm-varlink-XXXXXX".utf8CString)
        folder = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
        let (events, report) = AsyncStream.makeStream(of: String.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        self.events = events
        self.release = release
        let methods: [String: VarlinkMethod] = [
            "Echo": .typed { (input: Echo, _) in
                report.yield("echo \(input.text)")
                return EchoReply(text: input.text, count: input.count ?? 0)
            },
            "Count": .streaming { (input: Count, call) in
                for number in 1..<max(1, input.to) { try await call.reply(encoding: Number(number: number)) }
                return Number(number: input.to)
            },
            "Watch": .streaming { (_: VarlinkNothing, call) in
                try await call.reply(["number": 1])
                report.yield("watching")
                let (never, end) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                end.finish()
                report.yield("cancelled")
                return Number(number: 2)
            },
            "Wait": VarlinkMethod { _ in
                report.yield("waiting")
                for await _ in released { break }
                return [:]
            },
            "Large": .typed { (input: Large, _) in ["text": String(repeating: "x", count: input.bytes)] },
            "Fail": VarlinkMethod { call in
                switch call.parameters["kind"] {
                case "declared": throw VarlinkError(name: "dev.rhythm.Test.Refused", parameters: ["why": "asked to"])
                case "number": return 1
                default: throw Unexpected()
                }
            },
        ]
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        server = VarlinkServer(
            info: .init(vendor: "Rhythm", product: "test", version: "1", url: "https://example.org"),
            interfaces: [VarlinkInterface(description: Self.description, methods: methods)], group: group,
            logger: logger, limits: limits, user: user)
    }

    /// Runs `body` with a service that listens, and ends it whatever happens.
    static func run<Result>(
        limits: VarlinkServer.Limits = .init(), user: uid_t = geteuid(), listening: Bool = true,
        _ body: (TestService) async throws -> Result
    ) async throws -> Result {
        let service = TestService(limits: limits, user: user)
        let result: Swift.Result<Result, any Error>
        do {
            if listening { try await service.server.listen(at: service.path) }
            result = .success(try await body(service))
        } catch {
            result = .failure(error)
        }
        await service.server.stop(within: .milliseconds(100))
        try await service.group.shutdownGracefully()
        try await service.aside.shutdownGracefully()
        for name in ["run/test.sock", "run/other.sock", "run", "a/b/c.sock", "a/b", "a", ""] {
            remove(service.folder + "/" + name)
        }
        return try result.get()
    }

    func client(timeout: Duration? = .seconds(60)) throws -> VarlinkClient {
        try VarlinkClient.connect(path: path, timeout: timeout)
    }

    func raw() throws -> RawSocket { try RawSocket(path: path) }

    /// Waits until a handler reports this.
    func expect(_ event: String) async {
        for await reported in events where reported == event { return }
    }

    /// Whether a newcomer is served.
    func answers() throws -> Bool {
        try client().call("dev.rhythm.Test.Echo", ["text": "still here"])["text"] == "still here"
    }
}

struct Echo: Codable {
    var text: String
    var count: Int?
}
struct EchoReply: Codable, Equatable {
    var text: String
    var count: Int
}
struct Count: Codable { var to: Int }
struct Number: Codable, Equatable { var number: Int }
struct Large: Codable { var bytes: Int }
struct Unexpected: Error {}
