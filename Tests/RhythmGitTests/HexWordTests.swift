import Testing

@testable import RhythmGit

@Suite struct HexWordTests {
    @Test func everyByteAtEveryPlaceIsADigitOrNot() {
        for place in 0..<8 {
            for byte in UInt8.min...UInt8.max {
                var digits = Array("90afAF1c".utf8)
                digits[place] = byte
                let isDigit = Character(UnicodeScalar(byte)).isHexDigit && byte < 0x80
                #expect(HexWord.isValid(digits) == isDigit, "\(byte) at \(place)")
                guard isDigit else { continue }
                let expected = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
                #expect(HexWord.value(digits).bigEndian == expected)
            }
        }
    }
}
