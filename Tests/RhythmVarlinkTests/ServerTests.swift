import RhythmAPI
import RhythmDaemon
import NIOPosix
import Testing

struct ServerTests {
    @Test func introducesItself() async throws {
        try await TestService.run { service in
            let client = try service.client()
            let info = try client.call("org.varlink.service.GetInfo")
            #expect(info["product"] == "test")
            #expect(info["interfaces"] == ["dev.rhythm.Test", "org.varlink.service"])
            for (name, text) in [
                ("dev.rhythm.Test", TestService.description),
                ("org.varlink.service", VarlinkInterfaceText.service.text),
            ] {
                let reply = try client.call(
                    "org.varlink.service.GetInterfaceDescription", ["interface": .string(name)])
                #expect(reply["description"] == .string(text))
            }
        }
    }

    @Test func typedCalls() async throws {
        try await TestService.run { service in
            let client = try service.client()
            let reply: EchoReply = try client.call("dev.rhythm.Test.Echo", Echo(text: "é\0", count: 3))
            #expect(reply == EchoReply(text: "é\0", count: 3))
            let large = try client.call("dev.rhythm.Test.Large", ["bytes": 5_000_000])
            #expect(large["text"]?.string?.utf8.count == 5_000_000)
        }
    }

    static let errors: [(String, JSONValue, VarlinkError)] = [
        ("dev.rhythm.Nobody.Echo", [:], .interfaceNotFound("dev.rhythm.Nobody")),
        ("Echo", [:], .interfaceNotFound("Echo")),
        ("dev.rhythm.Test.Nothing", [:], .methodNotFound("dev.rhythm.Test.Nothing")),
        ("dev.rhythm.Test.", [:], .methodNotFound("dev.rhythm.Test.")),
        ("dev.rhythm.Test.Later", [:], .methodNotImplemented("dev.rhythm.Test.Later")),
        ("dev.rhythm.Test.Echo", [:], .invalidParameter("text")),
        ("dev.rhythm.Test.Echo", ["text": 1], .invalidParameter("text")),
        ("dev.rhythm.Test.Echo", ["text": nil], .invalidParameter("text")),
        ("dev.rhythm.Test.Echo", ["text": "a", "count": "b"], .invalidParameter("count")),
        ("dev.rhythm.Test.Echo", ["text": "a", "txet": "b"], .invalidParameter("txet")),
        ("dev.rhythm.Test.Count", ["to": 3], .expectedMore),
        (
            "dev.rhythm.Test.Fail", ["kind": "declared"],
            VarlinkError(name: "dev.rhythm.Test.Refused", parameters: ["why": "asked to"])
        ),
        (
            "dev.rhythm.Test.Fail", ["kind": "x"],
            VarlinkError(name: "dev.rhythm.Test.InternalError", parameters: ["message": "Unexpected()"])
        ),
        ("org.varlink.service.GetInfo", ["x": 1], .invalidParameter("x")),
        ("org.varlink.service.GetInterfaceDescription", [:], .invalidParameter("interface")),
        ("org.varlink.service.GetInterfaceDescription", ["interface": "a.b"], .interfaceNotFound("a.b")),
    ]

    @Test func errorsAreTypedAndTheConnectionGoesOn() async throws {
        try await TestService.run { service in
            let client = try service.client()
            for (method, parameters, error) in Self.errors {
                #expect(throws: error, "\(method) \(parameters)") { try client.call(method, parameters) }
            }
            #expect(try client.call("dev.rhythm.Test.Echo", ["text": "after"])["text"] == "after")
        }
    }

    @Test func streamsKeepTheirOrder() async throws {
        try await TestService.run { service in
            let client = try service.client()
            var numbers: [Int] = []
            try client.callMore("dev.rhythm.Test.Count", Count(to: 1000)) { (reply: Number) in
                numbers.append(reply.number)
            }
            #expect(numbers == Array(1...1000))
            // A method with one reply may be called with `more` as well.
            numbers = []
            try client.callMore("dev.rhythm.Test.Echo", ["text": "x"]) { _ in numbers.append(0) }
            #expect(numbers == [0])
            #expect(throws: VarlinkError.invalidParameter("to")) {
                try client.callMore("dev.rhythm.Test.Count") { _ in Issue.record("a reply") }
            }
        }
    }

    @Test func onlyTheLastReplyLacksContinues() async throws {
        try await TestService.run { service in
            let raw = try service.raw()
            raw.send("{\"method\":\"dev.rhythm.Test.Count\",\"parameters\":{\"to\":3},\"more\":true}\0")
            raw.endInput()
            #expect(
                raw.readToEnd().messages == [
                    #"{"continues":true,"parameters":{"number":1}}"#, #"{"continues":true,"parameters":{"number":2}}"#,
                    #"{"parameters":{"number":3}}"#,
                ])
        }
    }

    @Test func pipelinedCallsAreAnsweredInOrder() async throws {
        try await TestService.run { service in
            let raw = try service.raw()
            let number = 3000
            var bytes: [UInt8] = []
            for index in 0..<number {
                let method = index % 3 == 0 ? "dev.rhythm.Test.Nothing" : "dev.rhythm.Test.Echo"
                bytes += VarlinkMessage.Call(method: method, parameters: ["text": .string("\(index)")]).serialized()
            }
            let sender = Task(executorPreference: LoopExecutor(service.aside.next())) { [bytes] in
                raw.send(bytes)
                raw.endInput()
            }
            let replies = raw.readToEnd().messages
            await sender.value
            #expect(replies.count == number)
            for (index, reply) in replies.enumerated() {
                let value = try JSONValue(parsing: reply.utf8)
                if index % 3 == 0 {
                    #expect(value["error"] == "org.varlink.service.MethodNotFound")
                } else {
                    #expect(value["parameters"]?["text"] == .string("\(index)"))
                }
            }
        }
    }

    @Test func onewayCallsAreDoneAndNeverAnswered() async throws {
        try await TestService.run { service in
            let raw = try service.raw()
            for method in ["Echo", "Nothing", "Fail", "Count", "Later"] {
                raw.send("{\"method\":\"dev.rhythm.Test.\(method)\",\"oneway\":true,\"parameters\":{\"text\":\"1\"}}\0")
            }
            raw.send("{\"method\":\"no.such.Thing\",\"oneway\":true}\0")
            raw.send("{\"method\":\"dev.rhythm.Test.Echo\",\"parameters\":{\"text\":\"2\"}}\0")
            raw.endInput()
            #expect(raw.readToEnd().messages == [#"{"parameters":{"count":0,"text":"2"}}"#])
        }
    }

    @Test func onewayCallsOfSomebodyWhoLeftAreDone() async throws {
        try await TestService.run { service in
            let client = try service.client()
            try client.callOneway("dev.rhythm.Test.Echo", ["text": "first"])
            try client.callOneway("dev.rhythm.Test.Echo", ["text": "second"])
            client.close()
            await service.expect("echo second")
        }
    }

    /// As the reference implementations in Python and Go do: a method that knows nothing of upgrades just answers.
    @Test func upgradeIsAnsweredAsACall() async throws {
        try await TestService.run { service in
            let raw = try service.raw()
            raw.send("{\"method\":\"dev.rhythm.Test.Echo\",\"parameters\":{\"text\":\"u\"},\"upgrade\":true}\0")
            #expect(raw.readMessage() == #"{"parameters":{"count":0,"text":"u"}}"#)
            raw.send("{\"method\":\"dev.rhythm.Test.Echo\",\"parameters\":{\"text\":\"v\"}}\0")
            #expect(raw.readMessage() == #"{"parameters":{"count":0,"text":"v"}}"#)
        }
    }

    @Test func aClientThatLeavesCancelsItsStream() async throws {
        try await TestService.run { service in
            let client = try service.client()
            #expect(throws: Unexpected.self) {
                try client.callMore("dev.rhythm.Test.Watch") { _ in throw Unexpected() }
            }
            await service.expect("cancelled")
            #expect(try service.answers())
        }
    }

    @Test func servesOnPipesUntilInputEnds() async throws {
        try await TestService.run(listening: false) { service in
            let (input, output) = (try Pipe(), try Pipe())
            let server = service.server
            let serving = Task(executorPreference: LoopExecutor(service.aside.next())) {
                try await server.serve(reading: input.reading, writing: output.writing)
            }
            let client = VarlinkClient(reading: output.reading, writing: input.writing, timeout: .seconds(60))
            #expect(try client.call("dev.rhythm.Test.Echo", ["text": "piped"])["text"] == "piped")
            let text = String(repeating: "y", count: 500_000)
            #expect(try client.call("dev.rhythm.Test.Echo", ["text": .string(text)])["text"] == .string(text))
            #expect(try client.call("dev.rhythm.Test.Large", ["bytes": 3_000_000])["text"]?.string?.count == 3_000_000)
            client.close()
            try await serving.value
        }
    }

    @Test func callsSentBeforeInputEndedAreAnswered() async throws {
        try await TestService.run(listening: false) { service in
            let (input, output) = (try Pipe(), try Pipe())
            input.write("{\"method\":\"dev.rhythm.Test.Count\",\"parameters\":{\"to\":2},\"more\":true}\0")
            input.write("{\"method\":\"dev.rhythm.Test.Echo\",\"parameters\":{\"text\":\"end\"}}\0{\"half\"")
            input.closeWriting()
            try await service.server.serve(reading: input.reading, writing: output.writing)
            #expect(output.readToEnd().split(separator: "\0").count == 3)
        }
    }
}
