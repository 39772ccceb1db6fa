import NIOCore
import RhythmAPI
import RhythmDaemon
import Testing

struct HostileTests {
    private func limits(_ change: (inout VarlinkServer.Limits) -> Void) -> VarlinkServer.Limits {
        var limits = VarlinkServer.Limits()
        change(&limits)
        return limits
    }

    @Test func malformedCallsCloseWithoutAReply() async throws {
        try await TestService.run { service in
            let bystander = try service.client()
            for text in MessageTests.malformed {
                let raw = try service.raw()
                // What came before is answered, what comes after is not.
                raw.send("{\"method\":\"dev.rhythm.Test.Echo\",\"parameters\":{\"text\":\"1\"}}\0")
                raw.send(text + "\0{\"method\":\"org.varlink.service.GetInfo\"}\0")
                let end = raw.readToEnd()
                #expect(end.messages == [#"{"parameters":{"count":0,"text":"1"}}"#], "\(text.prefix(60))")
                #expect(end.closed)
                #expect(try bystander.call("dev.rhythm.Test.Echo", ["text": "b"])["text"] == "b")
            }
        }
    }

    @Test func aHundredMegabytesWithoutEndAreNotRead() async throws {
        try await TestService.run { service in
            let raw = try service.raw()
            let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            var sent = 0
            while sent < 100, raw.send(chunk) { sent += 1 }
            #expect(sent < 10)
            #expect(raw.readToEnd() == ([], true))
            #expect(try service.answers())
        }
    }

    @Test func aCallOfTheLargestSizeIsRead() async throws {
        try await TestService.run { service in
            let client = try service.client()
            let text = String(repeating: "é", count: 500_000)
            #expect(try client.call("dev.rhythm.Test.Echo", ["text": .string(text)])["text"] == .string(text))
            #expect(throws: VarlinkClientError.closed) {
                try client.call("dev.rhythm.Test.Echo", ["text": .string(text + text)])
            }
            #expect(try service.answers())
        }
    }

    @Test func halfAMessageIsNotWaitedForForEver() async throws {
        try await TestService.run(limits: limits { $0.unfinishedMessage = .milliseconds(50) }) { service in
            let silent = try service.raw()
            let half = try service.raw()
            half.send("{\"method\":\"org.varlink.serv")
            #expect(half.readToEnd() == ([], true))
            // Who has begun nothing may stay.
            silent.send("{\"method\":\"dev.rhythm.Test.Nothing\"}\0")
            #expect(silent.readMessage() != nil)
        }
    }

    @Test func aMessageInManyPiecesIsRead() async throws {
        try await TestService.run { service in
            let raw = try service.raw()
            for byte in Array("{\"method\":\"dev.rhythm.Test.Echo\",\"parameters\":{\"text\":\"p\"}}\0".utf8) {
                raw.send([byte])
            }
            #expect(raw.readMessage() == #"{"parameters":{"count":0,"text":"p"}}"#)
        }
    }

    @Test func aClientThatNeverReadsIsClosed() async throws {
        try await TestService.run(limits: limits { $0.writeStall = .milliseconds(50) }) { service in
            let stuck = try service.raw()
            let stream = try service.raw()
            stuck.send("{\"method\":\"dev.rhythm.Test.Large\",\"parameters\":{\"bytes\":20000000}}\0")
            stream.send("{\"method\":\"dev.rhythm.Test.Count\",\"parameters\":{\"to\":100000000},\"more\":true}\0")
            // Neither is read from; the server itself has to notice, and closing is what removes them from its count.
            while try await service.server.connectionCount() > 0 { await Task.yield() }
            #expect(try service.answers())
        }
    }

    @Test func requestsFromAClientThatNeverReadsAreNotHoarded() async throws {
        try await TestService.run(limits: limits { $0.writeStall = .milliseconds(50) }) { service in
            let raw = try service.raw()
            let calls = Array("{\"method\":\"no.such.interface.Method\"}\0".utf8)
            let chunk = Array(repeatElement(calls, count: 10_000).joined())
            var sent = 0
            while sent < 300, raw.send(chunk) { sent += 1 }
            #expect(sent < 300)
            #expect(try service.answers())
        }
    }

    @Test func theLongestIdleMakesRoom() async throws {
        try await TestService.run(limits: limits { $0.connections = 3 }) { service in
            let first = try service.raw()
            let second = try service.raw()
            for raw in [first, second] {
                raw.send("{\"method\":\"dev.rhythm.Test.Echo\",\"parameters\":{\"text\":\"x\"}}\0")
                _ = raw.readMessage()
            }
            let busy = try service.raw()
            busy.send("{\"method\":\"dev.rhythm.Test.Wait\"}\0")
            await service.expect("waiting")
            #expect(try service.answers())
            #expect(first.readToEnd().closed)
            second.send("{\"method\":\"dev.rhythm.Test.Wait\"}\0")
            await service.expect("waiting")
            let third = try service.raw()
            third.send("{\"method\":\"dev.rhythm.Test.Watch\",\"more\":true}\0")
            await service.expect("watching")
            // Nobody is idle now: the newcomer has to go.
            #expect(try service.raw().readToEnd() == ([], true))
            service.release.yield()
            #expect(busy.readMessage() == #"{"parameters":{}}"#)
        }
    }

    /// Valid messages, damaged at random, cut at random, and a good client after each.
    @Test func damagedMessagesNeverHarmOthers() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let valid = [
            VarlinkMessage.Call(method: "org.varlink.service.GetInfo"),
            VarlinkMessage.Call(method: "dev.rhythm.Test.Echo", parameters: ["text": "é\u{1F600}\\\"", "count": 7]),
            VarlinkMessage.Call(method: "dev.rhythm.Test.Count", parameters: ["to": 3], more: true),
            VarlinkMessage.Call(method: "dev.rhythm.Test.Echo", parameters: ["text": "x"], oneway: true),
            VarlinkMessage.Call(
                method: "dev.rhythm.Test.Fail", parameters: ["kind": "declared", "x": [1.5, nil, [:]]]),
        ].map { $0.serialized() }
        let pieces = ["\0", "{", "}", "[", "\"", "\\u", "\\ud800", "1e999", "-", "null", "\u{FEFF}", ",", ":", "true"]
        try await TestService.run { service in
            let good = try service.client()
            for round in 0..<400 {
                var bytes: [UInt8] = []
                for _ in 0..<Int.random(in: 1...4, using: &random) { bytes += valid.randomElement(using: &random)! }
                for _ in 0..<Int.random(in: 0...6, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: place)
                    case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random)!.utf8, at: place)
                    case 3: bytes.insert(contentsOf: bytes[place...].prefix(20), at: place)
                    default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                let raw = try service.raw()
                var rest = bytes[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...max(1, rest.count), using: &random))
                    rest = rest.dropFirst(piece.count)
                    raw.send(piece)
                }
                // Some wait for the end, some leave at once.
                if Bool.random(using: &random) {
                    raw.endInput()
                    let end = raw.readToEnd()
                    #expect(end.closed, "seed \(seed), round \(round)")
                    for message in end.messages {
                        #expect(throws: Never.self, "seed \(seed), round \(round)") {
                            try VarlinkMessage.Reply(parsing: message.utf8)
                        }
                    }
                }
                #expect(try good.call("dev.rhythm.Test.Echo", ["text": "ok"])["text"] == "ok", "seed \(seed), \(round)")
            }
            #expect(try service.answers())
        }
    }
}

/// A random source that can be run again from the seed that a failure names.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
