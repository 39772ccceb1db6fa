/// What a server needs to know of an interface's description: its name and the methods it declares.
///
/// No full reader of the language: a line that starts with `interface` or `method` is all it looks for.
package struct VarlinkInterfaceText: Hashable, Sendable {
    package let text: String
    package let name: String
    package let methods: Set<String>

    package init?(_ text: String) {
        var name: String?
        var methods: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0.isWhitespace || $0 == "(" })
            guard words.count > 1 else { continue }
            if words[0] == "interface", name == nil { name = String(words[1]) }
            if words[0] == "method" { methods.insert(String(words[1])) }
        }
        guard let name else { return nil }
        self.text = text
        self.name = name
        self.methods = methods
    }

    /// The interface that every service has.
    package static let service = VarlinkInterfaceText(
        String(decoding: PackageResources.org_varlink_service_varlink, as: UTF8.self))!
}
