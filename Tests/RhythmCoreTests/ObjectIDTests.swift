import RhythmCore
import RhythmTestSupport
import Testing

@Suite struct ObjectIDTests {
    @Test func hexAndBytesAreTwoFormsOfOne() throws {
        var random = SeededRandom(seed: 1)
        for count in [20, 32] {
            for _ in 0..<100 {
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                let id = try #require(ObjectID(bytes: bytes))
                #expect(id.bytes == bytes)
                #expect(ObjectID(hex: id.hex) == id)
                #expect(ObjectID(hex: id.hex.uppercased()) == id)
                #expect(ObjectID(hexDigits: AnySequence(id.hex.utf8)) == id)
            }
        }
    }

    @Test func theyAreOrderedByteByByte() throws {
        var random = SeededRandom(seed: 2)
        let all = (0..<50).map { _ in (0..<20).map { _ in UInt8.random(in: 0...3, using: &random) } }
        let sorted = all.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(all.compactMap { ObjectID(bytes: $0) }.sorted().map(\.bytes) == sorted)
    }

    @Test(arguments: [
        "", "abc", String(repeating: "g", count: 40), String(repeating: "a", count: 39),
        String(repeating: "a", count: 41),
    ])
    func otherTextIsNone(text: String) {
        #expect(ObjectID(hex: text) == nil)
    }
}
