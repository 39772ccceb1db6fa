extension JSONValue {
    /// Makes a JSON value of a Codable one. Absent optionals are left out where the type leaves them out.
    package init(encoding value: some Encodable) throws {
        let encoder = JSONValueEncoder(codingPath: [])
        self = try encoder.encode(value)
    }
}

/// A value under construction. Containers share it by reference, since a nested one is filled after its parent got it.
private final class Node {
    enum Content {
        case value(JSONValue)
        case array([Node])
        case object([String: Node])
    }

    var content = Content.object([:])

    var value: JSONValue {
        switch content {
        case .value(let value): value
        case .array(let nodes): .array(nodes.map(\.value))
        case .object(let nodes): .object(nodes.mapValues(\.value))
        }
    }
}

private struct JSONValueEncoder: Encoder {
    let codingPath: [any CodingKey]
    let node = Node()
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func encode(_ value: some Encodable) throws -> JSONValue {
        if let value = value as? JSONValue { return value }
        try value.encode(to: self)
        return node.value
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(KeyedWriter<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = node.content {} else { node.content = .array([]) }
        return UnkeyedWriter(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleWriter(encoder: self) }

    /// An encoder for a part of this one's value.
    func child(_ key: any CodingKey) -> JSONValueEncoder { JSONValueEncoder(codingPath: codingPath + [key]) }
}

private struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    private func set(_ node: Node, _ key: any CodingKey) {
        guard case .object(var members) = encoder.node.content else { return }
        encoder.node.content = .object([:])
        members[key.stringValue] = node
        encoder.node.content = .object(members)
    }

    private func child(_ key: any CodingKey) -> JSONValueEncoder {
        let child = encoder.child(key)
        set(child.node, key)
        return child
    }

    func encodeNil(forKey key: Key) throws { child(key).node.content = .value(.null) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        let child = encoder.child(key)
        child.node.content = .value(try encoder.child(key).encode(value))
        set(child.node, key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { child(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { child(JSONKey("super")) }
    func superEncoder(forKey key: Key) -> any Encoder { child(key) }
}

private struct UnkeyedWriter: UnkeyedEncodingContainer {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }
    var count: Int { if case .array(let nodes) = encoder.node.content { nodes.count } else { 0 } }

    private func append(_ node: Node) {
        guard case .array(var nodes) = encoder.node.content else { return }
        encoder.node.content = .array([])
        nodes.append(node)
        encoder.node.content = .array(nodes)
    }

    private func child() -> JSONValueEncoder {
        let child = encoder.child(JSONKey(index: count))
        append(child.node)
        return child
    }

    func encodeNil() throws { child().node.content = .value(.null) }

    func encode<Value: Encodable>(_ value: Value) throws {
        let encoded = try encoder.child(JSONKey(index: count)).encode(value)
        child().node.content = .value(encoded)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        child().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { child().unkeyedContainer() }
    func superEncoder() -> any Encoder { child() }
}

private struct SingleWriter: SingleValueEncodingContainer {
    let encoder: JSONValueEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    private func set(_ value: JSONValue) { encoder.node.content = .value(value) }

    func encodeNil() throws { set(.null) }
    func encode(_ value: Bool) throws { set(.bool(value)) }
    func encode(_ value: String) throws { set(.string(value)) }
    func encode(_ value: Float) throws { try encode(Double(value)) }

    func encode(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "JSON knows finite numbers only"))
        }
        set(.double(value))
    }

    private func integer(_ value: some BinaryInteger) throws {
        guard let number = Int64(exactly: value) else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "beyond 64 bits with sign"))
        }
        set(.int(number))
    }

    func encode(_ value: Int) throws { try integer(value) }
    func encode(_ value: Int8) throws { try integer(value) }
    func encode(_ value: Int16) throws { try integer(value) }
    func encode(_ value: Int32) throws { try integer(value) }
    func encode(_ value: Int64) throws { try integer(value) }
    func encode(_ value: UInt) throws { try integer(value) }
    func encode(_ value: UInt8) throws { try integer(value) }
    func encode(_ value: UInt16) throws { try integer(value) }
    func encode(_ value: UInt32) throws { try integer(value) }
    func encode(_ value: UInt64) throws { try integer(value) }

    func encode<Value: Encodable>(_ value: Value) throws {
        set(try JSONValueEncoder(codingPath: codingPath).encode(value))
    }
}
