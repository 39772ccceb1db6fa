extension JSONValue {
    /// What to do with members that the type has no key for.
    package enum UnknownKeys: Sendable {
        /// A client must understand a newer server.
        case ignored
        /// A misspelt parameter must not be taken for an absent one.
        case refused
    }

    /// A member that the type has no key for.
    package struct UnknownKey: Error, Hashable, CustomStringConvertible {
        package let path: [String]

        package init(path: [String]) {
            self.path = path
        }

        package var description: String { "unknown key \(path.joined(separator: "."))" }
    }

    /// Makes a Codable value of this one. Throws `DecodingError`, or `UnknownKey` where those are refused.
    package func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, unknownKeys: UnknownKeys = .ignored
    ) throws -> Value {
        try JSONValueDecoder(value: self, codingPath: [], unknownKeys: unknownKeys).decode(type)
    }
}

/// Reads a Codable type straight from a `JSONValue`.
///
/// A class only because it must know afterwards whether the type asked for keys at all: one without properties never
/// does, and would let unknown ones pass.
final class JSONValueDecoder: Decoder {
    let value: JSONValue
    let codingPath: [any CodingKey]
    let unknownKeys: JSONValue.UnknownKeys
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    private var wasAsked = false

    init(value: JSONValue, codingPath: [any CodingKey], unknownKeys: JSONValue.UnknownKeys) {
        self.value = value
        self.codingPath = codingPath
        self.unknownKeys = unknownKeys
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        // The comparison just said that it is one.
        if type == JSONValue.self { return value as! Value }
        let result = try type.init(from: self)
        if !wasAsked, unknownKeys == .refused, let key = value.object?.keys.min() { throw unknown(key) }
        return result
    }

    private func unknown(_ key: String) -> JSONValue.UnknownKey {
        JSONValue.UnknownKey(path: codingPath.map(\.stringValue) + [key])
    }

    func mismatch(_ type: Any.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "\(type) expected"))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        wasAsked = true
        guard case .object(let members) = value else { throw mismatch([String: JSONValue].self) }
        if unknownKeys == .refused, let key = members.keys.filter({ Key(stringValue: $0) == nil }).min() {
            throw unknown(key)
        }
        return KeyedDecodingContainer(Keyed<Key>(decoder: self, members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        wasAsked = true
        guard case .array(let elements) = value else { throw mismatch([JSONValue].self) }
        return Unkeyed(decoder: self, elements: elements)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        wasAsked = true
        return Single(decoder: self)
    }

    func child(_ value: JSONValue, _ key: any CodingKey) -> JSONValueDecoder {
        JSONValueDecoder(value: value, codingPath: codingPath + [key], unknownKeys: unknownKeys)
    }
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: JSONValueDecoder
    let members: [String: JSONValue]
    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { members.keys.compactMap(Key.init(stringValue:)) }

    private func child(_ key: any CodingKey) throws -> JSONValueDecoder {
        guard let value = members[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "\(key.stringValue) is missing"))
        }
        return decoder.child(value, key)
    }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try child(key).value.isNull }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try child(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try child(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try child(JSONKey("super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }
}

private struct Unkeyed: UnkeyedDecodingContainer {
    let decoder: JSONValueDecoder
    let elements: [JSONValue]
    var currentIndex = 0
    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    init(decoder: JSONValueDecoder, elements: [JSONValue]) {
        self.decoder = decoder
        self.elements = elements
    }

    /// The next element; the place moves on only when `body` succeeds, as the protocol wants it.
    private mutating func next<Value>(_ type: Value.Type, _ body: (JSONValueDecoder) throws -> Value) throws -> Value {
        let key = JSONKey(index: currentIndex)
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                type, .init(codingPath: codingPath + [key], debugDescription: "the array is too short"))
        }
        let value = try body(decoder.child(elements[currentIndex], key))
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try next(type) { try $0.decode(type) }
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next(KeyedDecodingContainer<Nested>.self) { try $0.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next((any UnkeyedDecodingContainer).self) { try $0.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next((any Decoder).self) { $0 } }
}

private struct Single: SingleValueDecodingContainer {
    let decoder: JSONValueDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.value.isNull }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard let flag = decoder.value.bool else { throw decoder.mismatch(type) }
        return flag
    }

    func decode(_ type: String.Type) throws -> String {
        guard let text = decoder.value.string else { throw decoder.mismatch(type) }
        return text
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard let number = decoder.value.double else { throw decoder.mismatch(type) }
        return number
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }

    /// A fraction of zero is a whole number too: some writers know no other kind.
    private func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        let number: Number? =
            switch decoder.value {
            case .int(let number): Number(exactly: number)
            case .double(let number): Number(exactly: number)
            default: nil
            }
        guard let number else { throw decoder.mismatch(type) }
        return number
    }

    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        // The comparison just said that it is one.
        if type == JSONValue.self { return decoder.value as! Value }
        return try type.init(from: decoder)
    }
}
