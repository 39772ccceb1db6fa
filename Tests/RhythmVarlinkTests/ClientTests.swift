import Glibc
import RhythmAPI
import Testing

/// The client against a far end that the test plays itself.
struct ClientTests {
    private func pair(timeout: Duration? = .seconds(60), limit: Int = 1 << 20) -> (client: VarlinkClient, far: Int32) {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        return (VarlinkClient(reading: ends[0], writing: ends[0], timeout: timeout, limit: limit), ends[1])
    }

    private func say(_ text: String, _ far: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { write(far, $0.baseAddress, $0.count) }
    }

    @Test func silenceTimesOut() {
        let (client, far) = pair(timeout: .milliseconds(20))
        #expect(throws: VarlinkClientError.timedOut) { try client.call("a.B") }
        // The answer may come yet; taking it for the next call's would be worse than no answer.
        #expect(throws: VarlinkClientError.closed) { try client.call("a.B") }
        close(far)
    }

    @Test func aFarEndThatDoesNotReadTimesOut() {
        let (client, far) = pair(timeout: .milliseconds(20))
        let text = String(repeating: "x", count: 10_000_000)
        #expect(throws: VarlinkClientError.timedOut) { try client.call("a.B", ["text": .string(text)]) }
        close(far)
    }

    @Test func aFarEndThatLeaves() {
        let (client, far) = pair()
        close(far)
        #expect(throws: VarlinkClientError.closed) { try client.call("a.B") }
    }

    @Test func aPipeThatNobodyReadsRaisesNoSignal() throws {
        let (replies, calls) = (try Pipe(), try Pipe())
        close(calls.reading)
        let client = VarlinkClient(reading: replies.reading, writing: calls.writing, timeout: .seconds(60))
        #expect(throws: VarlinkClientError.closed) { try client.call("a.B") }
        close(replies.writing)
    }

    @Test(arguments: [
        "x\0", "[]\0", "{\"continues\":true}\0", "{\"error\":1}\0", "{\"parameters\":1}\0",
        "{\"error\":\"a.B\",\"continues\":true}\0", String(repeating: "x", count: 2000),
    ])
    func rubbishIsNamed(text: String) throws {
        let (client, far) = pair(limit: 1000)
        say(text, far)
        let error = #expect(throws: VarlinkClientError.self) { try client.call("a.B") }
        guard case .protocolViolation? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        close(far)
    }

    @Test func errorsKeepTheConnection() throws {
        let (client, far) = pair()
        say("{\"error\":\"a.Wrong\",\"parameters\":{\"x\":1}}\0{}\0", far)
        #expect(throws: VarlinkError(name: "a.Wrong", parameters: ["x": 1])) { try client.call("a.B") }
        #expect(try client.call("a.B") == [:])
        say("{\"continues\":true}\0{\"error\":\"a.Wrong\"}\0{\"parameters\":null}\0", far)
        var replies = 0
        #expect(throws: VarlinkError(name: "a.Wrong")) { try client.callMore("a.B") { _ in replies += 1 } }
        #expect(replies == 1)
        #expect(try client.call("a.B") == [:])
        close(far)
    }
}
