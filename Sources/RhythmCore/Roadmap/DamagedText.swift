/// Mends emoji, stars and dashes that went through a wrong encoding: UTF-8 that was read as Mac Roman or Windows-1252.
/// Letters are left alone: of those it cannot be told whether they were meant.
package func mendingSymbols(in text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    var mended = String.UnicodeScalarView()
    var run: [Unicode.Scalar] = []
    func close() {
        mended.append(contentsOf: symbols(of: run) ?? run)
        run = []
    }
    for scalar in text.unicodeScalars {
        if scalar.isASCII {
            close()
            mended.append(scalar)
        } else {
            run.append(scalar)
        }
    }
    close()
    return String(mended)
}

private func symbols(of run: [Unicode.Scalar]) -> [Unicode.Scalar]? {
    guard run.count > 1 else { return nil }
    for bytesOf in [macRoman, windows1252] {
        let bytes = run.compactMap { bytesOf[$0] }
        guard bytes.count == run.count else { continue }
        // The first byte of an emoji is a logo in Mac Roman, which some programs drop.
        for candidate in [bytes, [0xF0] + bytes] {
            guard let text = String(validating: candidate, as: UTF8.self) else { continue }
            let scalars = Array(text.unicodeScalars)
            if scalars.allSatisfy(isSymbol) { return scalars }
        }
    }
    return nil
}

private func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .otherSymbol, .mathSymbol, .modifierSymbol, .dashPunctuation, .initialPunctuation, .finalPunctuation,
        .otherPunctuation, .nonspacingMark, .format:
        true
    default: false
    }
}

/// The characters of the bytes from 0x80 on.
private let macRoman = upperHalf(
    "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ"
        + "\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ")
private let windows1252 = upperHalf(
    "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ"
        + String(String.UnicodeScalarView((0xA0...0xFF).compactMap(Unicode.Scalar.init(_:)))))

private func upperHalf(_ characters: String) -> [Unicode.Scalar: UInt8] {
    var bytes: [Unicode.Scalar: UInt8] = [:]
    for (offset, scalar) in characters.unicodeScalars.enumerated() { bytes[scalar] = UInt8(0x80 + offset) }
    return bytes
}
