/// A text without the names and passwords in the URLs that it holds: `https://me:secret@example.org/` becomes
/// `https://…@example.org/`. git's messages name remotes that way.
package func withoutPasswords(_ text: String) -> String {
    var rest = text[...]
    var out = ""
    while let scheme = rest.firstRange(of: "://") {
        out += rest[..<scheme.upperBound]
        rest = rest[scheme.upperBound...]
        // What stands before the host ends with the last @ before a slash.
        let authority = rest.prefix { !$0.isWhitespace && $0 != "/" }
        if let at = authority.lastIndex(of: "@") {
            out += "…"
            rest = rest[at...]
        }
    }
    return out + rest
}
