/// Why a file cannot be read, and where.
package struct JournalError: Error, Equatable, Sendable {
    /// Counted from 1; nil for the file as a whole.
    package var line: Int?
    /// For a person: what is wrong, and what would be right.
    package var message: String

    package init(line: Int? = nil, _ message: String) {
        self.line = line
        self.message = message
    }
}
