import RhythmAPI
import Testing

struct MessageTests {
    @Test(arguments: [
        #"{"method":"a.B"}"#, #"{"method":"a.B","parameters":null}"#, #"{"parameters":{},"method":"a.B","more":false}"#,
        #"{"method":"a.B","oneway":false,"more":false,"upgrade":false,"future":[1]}"#,
    ])
    func absentNullAndEmptyAreTheSame(text: String) throws {
        #expect(try VarlinkMessage.Call(parsing: text.utf8) == .init(method: "a.B"))
    }

    static let malformed = [
        "", "x", "[]", "1", "null", "{}", #"{"method":1}"#, #"{"method":null}"#, #"{"method":""}"#,
        #"{"method":"a.B","more":1}"#, #"{"method":"a.B","oneway":"true"}"#, #"{"method":"a.B","upgrade":null}"#,
        #"{"method":"a.B","more":true,"oneway":true}"#, #"{"method":"a.B","more":true,"upgrade":true}"#,
        #"{"method":"a.B","oneway":true,"upgrade":true}"#, #"{"method":"a.B","parameters":[]}"#,
        #"{"method":"a.B","parameters":"x"}"#, #"{"method":"a.B"} x"#, #"{"method":"a.B""#,
        #"{"method":"\ud800"}"#,
    ]

    @Test(arguments: malformed)
    func malformedCallsAreRefused(text: String) {
        #expect(throws: VarlinkMessage.Malformed.self) { try VarlinkMessage.Call(parsing: text.utf8) }
    }

    @Test func nestingWithoutEndIsRefused() {
        let text = "{\"method\":\"a.B\",\"parameters\":" + String(repeating: "[", count: 100_000)
        #expect(throws: VarlinkMessage.Malformed.self) { try VarlinkMessage.Call(parsing: text.utf8) }
    }

    @Test func callsAndRepliesSurviveTheWire() throws {
        let call = VarlinkMessage.Call(method: "a.b.C", parameters: ["x": "a\0b"], more: true)
        #expect(call.serialized().last == 0)
        #expect(call.serialized().filter { $0 == 0 }.count == 1)
        #expect(try VarlinkMessage.Call(parsing: call.serialized().dropLast()) == call)
        let reply = VarlinkMessage.Reply(parameters: ["y": [1]], continues: true)
        #expect(try VarlinkMessage.Reply(parsing: reply.serialized().dropLast()) == reply)
        let error = VarlinkMessage.Reply(.invalidParameter("z"))
        #expect(try VarlinkMessage.Reply(parsing: error.serialized().dropLast()) == error)
        #expect(throws: VarlinkMessage.Malformed.self) {
            try VarlinkMessage.Reply(parsing: #"{"error":"a.B","continues":true}"#.utf8)
        }
    }

    @Test func framingDoesNotMindWhereReadsEnd() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let messages: [[UInt8]] = (0..<20).map { _ in
                [UInt8](repeating: UInt8.random(in: 1...255), count: Int.random(in: 0...64))
            }
            var stream: ArraySlice<UInt8> = messages.flatMap { $0 + [0] }[...]
            var framing = VarlinkFraming(limit: 64)
            var received: [[UInt8]] = []
            while !stream.isEmpty {
                let piece = stream.prefix(Int.random(in: 1...100, using: &generator))
                stream = stream.dropFirst(piece.count)
                framing.append(piece)
                while let message = try framing.next() { received.append(message) }
            }
            #expect(received == messages)
            #expect(!framing.hasUnfinishedMessage)
        }
    }

    @Test func framingHoldsItsLimit() throws {
        var framing = VarlinkFraming(limit: 4)
        framing.append([1, 2, 3, 4])
        #expect(try framing.next() == nil)
        #expect(framing.hasUnfinishedMessage)
        framing.append([0])
        #expect(try framing.next() == [1, 2, 3, 4])
        framing.append([1, 2, 3, 4, 5])
        #expect(throws: VarlinkFraming.MessageTooLarge.self) { try framing.next() }
        framing = VarlinkFraming(limit: 4)
        framing.append([1, 2, 3, 4, 5, 0])
        #expect(throws: VarlinkFraming.MessageTooLarge.self) { try framing.next() }
    }

    @Test func interfaceTextNamesItsMethods() throws {
        let service = VarlinkInterfaceText.service
        #expect(service.name == "org.varlink.service")
        #expect(service.methods == ["GetInfo", "GetInterfaceDescription"])
        #expect(VarlinkInterfaceText("# interface none\n") == nil)
        let text = try #require(
            VarlinkInterfaceText("interface a.b\n# method No()\nmethod Yes (a: int)->()\nmethod\tTab()->()"))
        #expect(text.methods == ["Yes", "Tab"])
    }
}
