import Foundation
import GRDB
import Glibc

/// A database as lines of JSON, which can be kept, compared, searched, and made a database again.
///
/// The first line says what the rest is: `{"rhythm":"database","format":1,"schema":["1 ledger", …]}`. Then every row of
/// every table stands on a line of its own, `{"table":"author","id":1,"email":"me@example.org",…}`: tables by name, rows
/// by primary key, columns as the schema names them, BLOBs in hexadecimal digits. So equal databases give equal lines. The
/// last one, `{"rhythm":"end","rows":1200}`, says that nothing is missing.
package enum DatabaseLines {
    private static let format = 1

    // MARK: Writing

    /// Writes all that a database holds at this moment, while others may change it.
    ///
    /// - Parameter write: is handed each line, without its newline.
    /// - Throws: ``StoreError``, or what `write` throws.
    package static func write(_ file: StoreFile, to write: (String) throws -> Void) throws {
        try Store.inWords(file.path) {
            try file.read { queue in
                try queue.read { db in
                    let schema = try Schema.migrator.appliedIdentifiers(db)
                    let known = Schema.migrator.migrations.filter(schema.contains)
                    guard known.count == schema.count else { throw StoreError.newerSchema(path: file.path) }
                    try write(
                        try String.fetchOne(
                            db, sql: "SELECT json_object('rhythm', 'database', 'format', ?, 'schema', json(?))",
                            arguments: [format, String(decoding: JSONEncoder().encode(known), as: UTF8.self)]) ?? "")
                    var rows = 0
                    for table in try tables(in: db) {
                        let lines = try String.fetchCursor(db, sql: table.linesQuery)
                        while let line = try lines.next() {
                            try write(line)
                            rows += 1
                        }
                    }
                    try write("{\"rhythm\":\"end\",\"rows\":\(rows)}")
                }
            }
        }
    }

    // MARK: Reading

    /// Makes a database of such lines.
    ///
    /// - Parameters:
    ///   - source: the file of lines.
    ///   - target: the path of the database, where nothing is yet. What an error leaves there is of no use.
    /// - Throws: ``DatabaseLinesError`` of what is wrong with the lines, ``StoreError`` when the target cannot be written.
    package static func read(_ source: String, into target: StoreFile) throws {
        let lines = try Lines(source)
        try target.create()
        try Store.inWords(target.path) {
            try ClosedConnections.open(target.path) { queue in
                // It can be made again, and is not there before it is whole.
                try queue.inDatabase { db in
                    try db.execute(
                        sql: """
                            PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000;
                            PRAGMA foreign_keys = OFF
                            """)
                }
                guard let last = try schema(lines).last else {
                    throw lines.error("this names no schema, so it is no export of a database")
                }
                try Schema.migrator.migrate(queue, upTo: last)
                try queue.inDatabase { db in
                    try db.inTransaction {
                        try fill(db, lines)
                        return .commit
                    }
                }
            }
        }
        try target.bringUpToDate()
    }

    private static func schema(_ lines: Lines) throws -> [String] {
        guard let head = try lines.next(as: Head.self), head.rhythm == "database" else {
            throw lines.error("this is no export of a database by rhythmctl export --to ndjson")
        }
        guard head.format <= Self.format, Schema.migrator.migrations.starts(with: head.schema) else {
            throw lines.error("this was written by a newer Rhythm than this one")
        }
        return head.schema
    }

    private static func fill(_ db: Database, _ lines: Lines) throws {
        let tables = Dictionary(uniqueKeysWithValues: try tables(in: db).map { ($0.name, $0) })
        // What the migrations put there.
        for table in tables.keys { try db.execute(sql: "DELETE FROM \(StoreFile.quoted(table))") }
        var rows = 0
        var isWhole = false
        while var row = try lines.next(as: [String: Cell].self) {
            guard !isWhole else { throw lines.error("this stands behind the end") }
            if row["table"] == nil, case .text("end")? = row["rhythm"] {
                guard row["rows"]?.value(isBlob: false) == rows.databaseValue else {
                    throw lines.error("there were \(rows) rows before this, and it speaks of another number")
                }
                isWhole = true
                continue
            }
            rows += 1
            guard case .text(let name)? = row.removeValue(forKey: "table") else { throw lines.error("names no table") }
            guard let table = tables[name] else { throw lines.error("there is no table \"\(name)\"") }
            let columns = row.keys.sorted()
            let values = try columns.map { column in
                guard let type = table.types[column] else {
                    throw lines.error("the table \(name) has no column \"\(column)\"")
                }
                guard let value = row[column]?.value(isBlob: type == "BLOB") else {
                    throw lines.error("\(column) is nothing that the table \(name) can hold")
                }
                return value
            }
            do {
                let names = columns.map(StoreFile.quoted).joined(separator: ", ")
                let marks = columns.map { _ in "?" }.joined(separator: ", ")
                try db.cachedStatement(
                    sql: "INSERT INTO \(StoreFile.quoted(name)) (\(names)) VALUES (\(marks))"
                ).execute(arguments: StatementArguments(values))
            } catch let error as DatabaseError where error.resultCode != .SQLITE_FULL {
                throw lines.error(error.message ?? "the row does not fit the table \(name)")
            }
        }
        guard isWhole else {
            throw lines.error("the export ends here, and not with the line that says that it is whole")
        }
        if let row = try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") {
            throw lines.error("a row of \(row[0] as String? ?? "a table") refers to one that is not there")
        }
    }

    private struct Head: Decodable {
        var rhythm: String
        var format: Int
        var schema: [String]
    }

    /// What stands in a column.
    private enum Cell: Decodable {
        case null
        case integer(Int64)
        case real(Double)
        case text(String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let number = try? value.decode(Int64.self) {
                self = .integer(number)
            } else {
                self = .real(try value.decode(Double.self))
            }
        }

        /// - Returns: nil for what such a column does not hold.
        func value(isBlob: Bool) -> DatabaseValue? {
            switch self {
            case .null: .null
            case .text(let digits) where isBlob: bytes(digits)?.databaseValue
            case .text(let text): text.databaseValue
            case .integer(let number): isBlob ? nil : number.databaseValue
            case .real(let number): isBlob ? nil : number.databaseValue
            }
        }
    }

    private static func bytes(_ digits: String) -> Data? {
        let digits = Array(digits.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var data = Data(capacity: digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            data.append(byte)
        }
        return data
    }

    // MARK: Tables

    private struct Table {
        var name: String
        var types: [String: String] = [:]
        /// Its rows as lines, by primary key.
        var linesQuery: String
    }

    private static func tables(in db: Database) throws -> [Table] {
        let names = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
                    AND name <> 'grdb_migrations' ORDER BY name
                """)
        return try names.map { name in
            let columns = try Row.fetchAll(
                db, sql: "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", arguments: [name]
            ).map { (name: $0[0] as String, type: $0[1] as String, key: $0[2] as Int) }
            let fields = columns.map { column in
                let quoted = StoreFile.quoted(column.name)
                let value =
                    switch column.type {
                    case "BLOB": "CASE WHEN \(quoted) IS NOT NULL THEN lower(hex(\(quoted))) END"
                    // All digits of it: SQLite's JSON has fifteen, and a number may need two more.
                    case "REAL": "json(CASE WHEN \(quoted) IS NULL THEN 'null' ELSE printf('%!.17g', \(quoted)) END)"
                    default: quoted
                    }
                return "'\(column.name)', \(value)"
            }
            let key = columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map { StoreFile.quoted($0.name) }
            return Table(
                name: name, types: Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.type) }),
                linesQuery: """
                    SELECT json_object('table', '\(name)', \(fields.joined(separator: ", ")))
                    FROM \(StoreFile.quoted(name)) ORDER BY \(key.isEmpty ? "rowid" : key.joined(separator: ", "))
                    """)
        }
    }
}

/// What is wrong with a file of lines, and where.
package struct DatabaseLinesError: Error, Equatable, CustomStringConvertible {
    package var path: String
    /// From 1; 0 for the file as a whole.
    package var line: Int
    package var message: String

    package var description: String { line > 0 ? "\(path):\(line): \(message)" : "\(path): \(message)" }
}

/// A file's lines, an object each.
private final class Lines {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var size = 0
    private var number = 0
    private let decoder = JSONDecoder()

    init(_ path: String) throws {
        guard let file = fopen(path, "re") else {
            throw DatabaseLinesError(path: path, line: 0, message: String(cString: strerror(errno)))
        }
        self.path = path
        self.file = file
    }

    deinit {
        free(buffer)
        fclose(file)
    }

    func error(_ message: String) -> DatabaseLinesError {
        DatabaseLinesError(path: path, line: number, message: message)
    }

    /// - Returns: nil at the end.
    func next<Object: Decodable>(as type: Object.Type) throws -> Object? {
        number += 1
        let count = getline(&buffer, &size, file)
        guard count > 0, let buffer else {
            if ferror(file) != 0 { throw error(String(cString: strerror(errno))) }
            return nil
        }
        let bytes = Data(bytesNoCopy: buffer, count: count, deallocator: .none)
        do {
            return try decoder.decode(type, from: bytes)
        } catch {
            throw self.error("this line is no JSON object of the kind that stands here")
        }
    }
}
