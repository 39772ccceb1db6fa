package import RhythmAPI

/// What a method does: the last reply is what it returns, an error what it throws.
package struct VarlinkMethod: Sendable {
    let run: @Sendable (VarlinkCall) async throws -> JSONValue

    package init(_ run: @escaping @Sendable (VarlinkCall) async throws -> JSONValue) {
        self.run = run
    }

    /// A method between Codable types, with wrong parameters refused before it runs.
    package static func typed<Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        _ run: @escaping @Sendable (Input, VarlinkCall) async throws -> Output
    ) -> VarlinkMethod {
        VarlinkMethod { call in try JSONValue(encoding: try await run(call.parameters(as: Input.self), call)) }
    }

    /// A method that makes no sense without `more`; a call without it is answered `ExpectedMore`.
    package static func streaming<Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        _ run: @escaping @Sendable (Input, VarlinkCall) async throws -> Output
    ) -> VarlinkMethod {
        VarlinkMethod { call in
            guard call.wantsMore else { throw VarlinkError.expectedMore }
            return try JSONValue(encoding: try await run(call.parameters(as: Input.self), call))
        }
    }
}

/// Parameters or a reply without members.
package struct VarlinkNothing: Codable, Hashable, Sendable {
    package init() {}
}
