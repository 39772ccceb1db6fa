package import RhythmAPI

/// An interface and what its methods do.
package struct VarlinkInterface: Sendable {
    package let text: VarlinkInterfaceText
    var methods: [String: VarlinkMethod]

    package var name: String { text.name }

    /// - Precondition: the description names its interface, and declares every method given. A method that is declared
    ///   and not given answers `MethodNotImplemented`.
    package init(description: String, methods: [String: VarlinkMethod]) {
        guard let text = VarlinkInterfaceText(description) else { preconditionFailure("an interface without a name") }
        let undeclared = methods.keys.filter { !text.methods.contains($0) }
        precondition(undeclared.isEmpty, "\(text.name) does not declare \(undeclared.sorted())")
        self.text = text
        self.methods = methods
    }
}
