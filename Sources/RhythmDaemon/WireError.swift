import RhythmAPI

/// The errors that the interface declares.
enum WireError: Error {
    case invalidParameter(String)
    case unknownRhythm(String, known: [String])
    case unknownPeriod(String, expected: String)
    case unknownRepository(String)
    case unknownExcuse(Int)
    case unknownAlert(String, known: [String])
    case unknownSilence(Int)
    case notUnderstood(String, String, expected: [String])
    case invalidConfig(String)
    case unavailable(String)

    var varlink: VarlinkError {
        func error(_ name: String, _ parameters: [String: JSONValue]) -> VarlinkError {
            VarlinkError(name: "\(Wire.interface).\(name)", parameters: parameters)
        }
        return switch self {
        case .invalidParameter(let name): .invalidParameter(name)
        case .unknownRhythm(let id, let known):
            error("UnknownRhythm", ["rhythm": .string(id), "known": .array(known.map(JSONValue.string))])
        case .unknownPeriod(let id, let expected):
            error("UnknownPeriod", ["period": .string(id), "expected": .string(expected)])
        case .unknownRepository(let path): error("UnknownRepository", ["path": .string(path)])
        case .unknownAlert(let id, let known):
            error("UnknownAlert", ["id": .string(id), "known": .array(known.map(JSONValue.string))])
        case .unknownSilence(let id): error("UnknownSilence", ["id": .int(Int64(id))])
        case .unknownExcuse(let id): error("UnknownExcuse", ["id": .int(Int64(id))])
        case .notUnderstood(let parameter, let value, let expected):
            error(
                "NotUnderstood",
                [
                    "parameter": .string(parameter), "value": .string(value),
                    "expected": .string(expected.joined(separator: ", ")),
                ])
        case .invalidConfig(let message): error("InvalidConfig", ["message": .string(message)])
        case .unavailable(let message): error("Unavailable", ["message": .string(message)])
        }
    }
}
