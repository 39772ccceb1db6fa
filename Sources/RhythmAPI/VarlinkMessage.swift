/// The two kinds of message on a Varlink connection.
package enum VarlinkMessage {
    /// A message that breaks the protocol. There is no reply to it: whoever receives one closes the connection, since it
    /// can no longer know what the other end means.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let reason: String
        package var description: String { reason }
    }

    package struct Call: Hashable, Sendable {
        package var method: String
        package var parameters: [String: JSONValue]
        /// The client wants no reply, not even an error.
        package var oneway: Bool
        /// The client accepts several replies.
        package var more: Bool
        /// The client asks that the connection leave Varlink after the reply.
        package var upgrade: Bool

        package init(
            method: String, parameters: [String: JSONValue] = [:], oneway: Bool = false, more: Bool = false,
            upgrade: Bool = false
        ) {
            self.method = method
            self.parameters = parameters
            self.oneway = oneway
            self.more = more
            self.upgrade = upgrade
        }
    }

    package struct Reply: Hashable, Sendable {
        package var parameters: [String: JSONValue]
        /// Another reply to the same call follows.
        package var continues: Bool
        package var error: String?

        package init(parameters: [String: JSONValue] = [:], continues: Bool = false, error: String? = nil) {
            self.parameters = parameters
            self.continues = continues
            self.error = error
        }

        package init(_ error: VarlinkError) {
            self.init(parameters: error.parameters, error: error.name)
        }
    }
}

extension VarlinkMessage.Call {
    /// Reads a call, without its NUL. Keys that the protocol does not know are ignored; its own must be right.
    package init(parsing bytes: some Collection<UInt8>) throws(VarlinkMessage.Malformed) {
        let members = try VarlinkMessage.members(bytes)
        guard case .string(let method)? = members["method"], !method.isEmpty else {
            throw VarlinkMessage.Malformed(reason: "a call without a method")
        }
        self.init(
            method: method, parameters: try VarlinkMessage.parameters(members),
            oneway: try VarlinkMessage.flag("oneway", members), more: try VarlinkMessage.flag("more", members),
            upgrade: try VarlinkMessage.flag("upgrade", members))
        guard [oneway, more, upgrade].count(where: { $0 }) <= 1 else {
            throw VarlinkMessage.Malformed(reason: "more than one of oneway, more and upgrade")
        }
    }

    /// The bytes to send, NUL included.
    package func serialized() -> [UInt8] {
        var members: [String: JSONValue] = ["method": .string(method)]
        if !parameters.isEmpty { members["parameters"] = .object(parameters) }
        if oneway { members["oneway"] = true }
        if more { members["more"] = true }
        if upgrade { members["upgrade"] = true }
        return JSONValue.object(members).serialized() + [0]
    }
}

extension VarlinkMessage.Reply {
    package init(parsing bytes: some Collection<UInt8>) throws(VarlinkMessage.Malformed) {
        let members = try VarlinkMessage.members(bytes)
        var error: String?
        switch members["error"] {
        case nil, .null: error = nil
        case .string(let name): error = name
        default: throw VarlinkMessage.Malformed(reason: "an error whose name is no string")
        }
        self.init(
            parameters: try VarlinkMessage.parameters(members),
            continues: try VarlinkMessage.flag("continues", members), error: error)
        guard !(continues && error != nil) else {
            throw VarlinkMessage.Malformed(reason: "an error that says more will follow")
        }
    }

    /// The bytes to send, NUL included. Parameters are always there, as some clients index them unasked.
    package func serialized() -> [UInt8] {
        var members: [String: JSONValue] = ["parameters": .object(parameters)]
        if continues { members["continues"] = true }
        if let error { members["error"] = .string(error) }
        return JSONValue.object(members).serialized() + [0]
    }
}

extension VarlinkMessage {
    private static func members(_ bytes: some Collection<UInt8>) throws(Malformed) -> [String: JSONValue] {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw Malformed(reason: "bad JSON: \(error)")
        }
        guard case .object(let members) = value else { throw Malformed(reason: "a message that is no object") }
        return members
    }

    /// Absent, null and empty parameters are the same.
    private static func parameters(_ members: [String: JSONValue]) throws(Malformed) -> [String: JSONValue] {
        switch members["parameters"] {
        case nil, .null: return [:]
        case .object(let parameters): return parameters
        default: throw Malformed(reason: "parameters that are no object")
        }
    }

    private static func flag(_ name: String, _ members: [String: JSONValue]) throws(Malformed) -> Bool {
        switch members[name] {
        case nil: return false
        case .bool(let flag): return flag
        default: throw Malformed(reason: "\(name) is not a boolean")
        }
    }
}
