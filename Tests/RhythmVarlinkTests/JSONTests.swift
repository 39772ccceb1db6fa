import RhythmAPI
import Testing

struct JSONTests {
    @Test(
        arguments: [
            ("null", .null), (" [ ] ", []), ("{}", [:]), ("-0", 0), ("9223372036854775807", .int(.max)),
            ("9223372036854775808", 9223372036854775808.0), ("1e-3", 0.001), ("-1.5E-2", -0.015),
            (#""\u00e9\ud83d\ude00\n\/""#, "é😀\n/"), (#"{"a":1,"a":2}"#, ["a": 2]), (#""\u0000""#, "\0"),
            (#"[true,false,{"k":[null]}]"#, [true, false, ["k": [nil]]]),
        ] as [(String, JSONValue)])
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text.utf8) == value)
        #expect(try JSONValue(parsing: value.serialized()) == value)
    }

    @Test(arguments: [(5.0, "5"), (-2.0, "-2"), (0.5, "0.5"), (1e3, "1000"), (1e300, "1e+300"), (-0.0, "0")])
    func wholeNumbersAreWrittenWithoutAPoint(number: Double, text: String) throws {
        #expect(String(decoding: try JSONValue.double(number).serialized(), as: UTF8.self) == text)
    }

    @Test(arguments: [
        "", " ", "nul", "[1,]", "{\"a\":}", "{a:1}", "01", "+1", "1.", ".5", "1e", "-", "\"", "\"\\x\"", "\"\\ud800\"",
        "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\u12g4\"", "\"a\nb\"", "1 2", "1e999", "NaN", "Infinity", "'a'",
        "[1 2]",
        "{\"a\" 1}", "{\"a\":1", "[", "\u{FEFF}1", "{\"a\":1,}", "tru", "\"\\",
    ])
    func refuses(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text.utf8) }
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0x5C, 0x6E] + bytes + [0x22]) }
    }

    @Test func depthIsBounded() throws {
        let depth = JSONValue.maximumDepth
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(depth).utf8)
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(depth + 1).utf8) }
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: "[", count: 1 << 20).utf8) }
        let objects = String(repeating: #"{"a":"#, count: 100_000)
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: objects.utf8) }
    }

    @Test func writesSortedAndWithoutControlCharacters() {
        let value: JSONValue = ["b": 1, "a": "\u{1}\0\"\\\u{7F}", "c": .double(.nan), "d": 1e300]
        #expect(value.description == #"{"a":"\u0001\u0000\"\\\u007f","b":1,"c":null,"d":1e+300}"#)
    }

    struct Sample: Codable, Equatable {
        enum Kind: String, Codable { case one, two }
        struct Inner: Codable, Equatable { var flags: [Bool?] }
        var name: String
        var kind: Kind
        var number: Int?
        var ratio: Double
        var small: UInt8
        var inner: Inner
        var map: [String: [Int]]
        var raw: JSONValue
    }

    let sample = Sample(
        name: "é", kind: .two, number: nil, ratio: 2, small: 255, inner: .init(flags: [true, nil, false]),
        map: ["a": [1, 2], "b": []], raw: ["x": [1, 2.5, nil]])

    @Test func codableRoundTrip() throws {
        let value = try JSONValue(encoding: sample)
        #expect(value["number"] == nil)
        #expect(value["inner"] == ["flags": [true, nil, false]])
        #expect(try value.decode(Sample.self, unknownKeys: .refused) == sample)
        #expect(try JSONValue(parsing: value.serialized()).decode(Sample.self) == sample)
        #expect(try JSONValue(encoding: [value]) == [value])
        #expect(try JSONValue(encoding: Int64.min).decode(Int64.self) == .min)
    }

    @Test func unknownKeysAreRefusedOnRequest() throws {
        struct Empty: Codable {}
        #expect(throws: JSONValue.UnknownKey(path: ["x"])) {
            try JSONValue.object(["x": 1]).decode(Empty.self, unknownKeys: .refused)
        }
        _ = try JSONValue.object(["x": 1]).decode(Empty.self)
        var members = try #require(JSONValue(encoding: sample).object)
        members["inner"] = ["flags": [], "flgas": []]
        #expect(throws: JSONValue.UnknownKey(path: ["inner", "flgas"])) {
            try JSONValue.object(members).decode(Sample.self, unknownKeys: .refused)
        }
    }

    @Test func numbersMustFit() {
        #expect(throws: DecodingError.self) { try JSONValue.int(256).decode(UInt8.self) }
        #expect(throws: DecodingError.self) { try JSONValue.double(1.5).decode(Int.self) }
        #expect(throws: DecodingError.self) { try JSONValue.double(1e300).decode(Int.self) }
        #expect(throws: DecodingError.self) { try JSONValue.string("1").decode(Int.self) }
        #expect(throws: DecodingError.self) { try JSONValue.int(1).decode(Bool.self) }
        #expect(throws: EncodingError.self) { try JSONValue(encoding: UInt64.max) }
        #expect(throws: EncodingError.self) { try JSONValue(encoding: Double.infinity) }
    }
}
