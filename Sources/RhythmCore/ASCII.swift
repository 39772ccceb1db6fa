@inline(__always)
package func asciiLower(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

/// Folds case as git does when it compares emails and names: ASCII letters only.
package func asciiLower(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map(asciiLower)
}

package func asciiLower(_ text: String) -> String {
    String(decoding: asciiLower(text.utf8), as: UTF8.self)
}
