/// Something wrong in the config file: where it stands and what would be right.
package struct ConfigFinding: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// From 1; nil when it concerns the file as a whole.
    package var line: Int?
    /// The key from the top, such as `repositories.depth`; nil for a syntax error.
    package var key: String?
    package var message: String

    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return key.map { "\(place): \($0): \(message)" } ?? "\(place): \(message)"
    }
}

/// A config file that cannot be used, with every finding.
package struct ConfigError: Error, CustomStringConvertible {
    package var findings: [ConfigFinding]

    package var description: String {
        findings.map(\.description).joined(separator: "\n")
    }
}
