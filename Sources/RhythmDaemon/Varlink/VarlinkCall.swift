package import RhythmAPI

/// One call as its handler sees it.
package struct VarlinkCall: Sendable {
    /// The full name, interface included.
    package let method: String
    package let parameters: [String: JSONValue]
    /// The client accepts several replies.
    package let wantsMore: Bool
    /// Nobody will see the reply.
    package let isOneway: Bool
    /// The process at the other end; nil on pipes.
    package let peer: VarlinkPeer?

    let send: @Sendable (JSONValue) async throws -> Void

    /// Sends a reply that says another one follows, and returns once the system has taken all of it, so that a client
    /// that reads slowly slows its stream down and nothing piles up here.
    ///
    /// Throws `VarlinkError.expectedMore` where the client did not ask for a stream, and `CancellationError` once the
    /// client has gone or the server is stopping; the handler's task is cancelled then too.
    package func reply(_ parameters: JSONValue) async throws {
        guard wantsMore else { throw VarlinkError.expectedMore }
        try Task.checkCancellation()
        try await send(parameters)
    }

    package func reply(encoding parameters: some Encodable) async throws {
        try await reply(JSONValue(encoding: parameters))
    }

    /// The parameters as a Codable type. An unknown key, a missing one and a value of the wrong type are
    /// `InvalidParameter` with the parameter's name.
    package func parameters<Parameters: Decodable>(as type: Parameters.Type = Parameters.self) throws -> Parameters {
        do {
            return try JSONValue.object(parameters).decode(type, unknownKeys: .refused)
        } catch let error as JSONValue.UnknownKey {
            throw VarlinkError.invalidParameter(error.path[0])
        } catch let error as DecodingError {
            throw VarlinkError.invalidParameter(Self.parameter(error))
        }
    }

    /// The outermost name on the way to what was wrong: the parameter's.
    private static func parameter(_ error: DecodingError) -> String {
        let path: [any CodingKey] =
            switch error {
            case .keyNotFound(let key, let context): context.codingPath + [key]
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                context.codingPath
            @unknown default: []
            }
        return path.first?.stringValue ?? "parameters"
    }
}

/// The process at the other end of a socket, as the kernel saw it connect.
package struct VarlinkPeer: Hashable, Sendable {
    package let processID: Int32
    package let userID: UInt32
}
