package import RhythmCore

/// An item of evidence that is neither a commit nor a dev log file: a release, an entry of the journal or of a commit's
/// trailer, a sample of a metric.
package struct ItemFact: Equatable, Sendable {
    package struct Author: Equatable, Sendable {
        package var email: String
        package var name: String

        package init(email: String, name: String) {
            self.email = email
            self.name = name
        }
    }

    package enum Kind: String, Sendable, CaseIterable {
        case release, entry, sample
    }

    package var kind: Kind
    /// A release's tag; an entry's kind, such as `win`; a sample's metric.
    package var name: String
    /// What makes it the same item in every clone: a release's tag and object, a trailer's commit and position, a file's
    /// path in the journal.
    package var key: String
    /// The object that it was read from: an annotated tag, else the commit; a journal file's blob. Nil outside git.
    package var object: ObjectID?
    /// The commit that a release was made of, or that carries a trailer. A trailer's has its own fact before this one.
    package var commit: ObjectID?
    /// The journal's file, in the journal; or the note, its whole path.
    package var path: String?
    /// Who made a release, after the mailmap, the email in lower case; nil for what is the user's by where it stands.
    package var author: Author?
    /// Nil where only a day is stated, or where there is no usable date.
    package var at: Timestamp?
    /// Of the one who dated it, in minutes, east positive.
    package var offsetMinutes: Int
    /// A day stated without a time.
    package var day: CalendarDay?
    /// An entry's minutes, a sample's value.
    package var quantity: Double?
    package var unit: String?
    package var title: String
    package var url: String?
    package var tags: [String]

    package init(
        kind: Kind, name: String, key: String, object: ObjectID?, commit: ObjectID? = nil, path: String? = nil,
        author: Author? = nil, at: Timestamp?, offsetMinutes: Int = 0, day: CalendarDay? = nil, quantity: Double? = nil,
        unit: String? = nil,
        title: String = "", url: String? = nil, tags: [String] = []
    ) {
        self.kind = kind
        self.name = name
        self.key = key
        self.object = object
        self.commit = commit
        self.path = path
        self.author = author
        self.at = at
        self.offsetMinutes = offsetMinutes
        self.day = day
        self.quantity = quantity
        self.unit = unit
        self.title = title
        self.url = url
        self.tags = tags
    }
}

/// A file of the journal, or of a folder of notes, that should be an entry and is none.
package struct UnreadableFact: Equatable, Sendable {
    /// In the journal, or absolute.
    package var path: String
    /// From 1; 0 for the file as a whole.
    package var line: Int
    /// For a person.
    package var message: String

    package init(path: String, line: Int, message: String) {
        self.path = path
        self.line = line
        self.message = message
    }
}

extension ItemFact {
    func encode(to writer: inout LineWriter) {
        writer.word("item")
        writer.text(kind.rawValue)
        writer.text(name)
        writer.text(key)
        writer.objectID(object)
        writer.objectID(commit)
        writer.text(path)
        writer.text(author?.email)
        writer.text(author?.name)
        writer.timestamp(at)
        writer.number(offsetMinutes)
        writer.text(day.map { "\($0)" })
        writer.text(quantity.map { "\($0)" })
        writer.text(unit)
        writer.text(title)
        writer.text(url)
        writer.list(tags)
    }

    init(from reader: inout LineReader) throws(LineError) {
        guard let kind = Kind(rawValue: try reader.word()) else { throw reader.failure("unknown kind of item") }
        self.kind = kind
        name = try reader.text()
        key = try reader.text()
        object = try reader.optionalObjectID()
        commit = try reader.optionalObjectID()
        path = try reader.optionalText()
        let email = try reader.optionalText()
        let person = try reader.optionalText()
        author = email.map { Author(email: $0, name: person ?? "") }
        at = try reader.timestamp()
        offsetMinutes = Int(try reader.number())
        day = try reader.day()
        if let text = try reader.optionalText() {
            guard let number = Double(text), number.isFinite else { throw reader.failure("not a number") }
            quantity = number
        }
        unit = try reader.optionalText()
        title = try reader.text()
        url = try reader.optionalText()
        tags = try reader.list()
    }
}
