import ArgumentParser
import Glibc
import RhythmAPI
import RhythmReport

/// The daemon's methods, with its errors in words.
final class Client {
    private var varlink: VarlinkClient
    /// No daemon runs; a process of ours answers from what one left.
    private(set) var isStored: Bool
    private var hasAnswered = false
    /// Where there may be a daemon to ask again.
    private let path: String?

    /// - Parameter quietly: without a word where no daemon runs.
    init(path: String, quietly: Bool = false) throws {
        self.path = path
        do {
            varlink = try VarlinkClient.connect(path: path)
            isStored = false
        } catch VarlinkClientError.noSocket, VarlinkClientError.refused {
            if !quietly { put("rhythmctl: rhythmd is not running; this is what it last stored\n", to: 2) }
            varlink = try StoredAnswers.client()
            isStored = true
        } catch {
            throw Failure(code: 69, message: "\(error)")
        }
    }

    private init(varlink: VarlinkClient, isStored: Bool) {
        path = nil
        self.varlink = varlink
        self.isStored = isStored
    }

    /// The running daemon and no other, for somebody who waits at a keyboard; nil where there is none.
    static func running() -> Client? {
        guard let path = try? CommonOptions.socketPath(),
            let varlink = try? VarlinkClient.connect(path: path, timeout: .seconds(1))
        else { return nil }
        return Client(varlink: varlink, isStored: false)
    }

    /// One of our own, for what no running daemon has to be bothered with.
    static func ofOwn() throws -> Client { Client(varlink: try StoredAnswers.client(), isStored: true) }

    /// How long to wait for a reply; nil waits for ever.
    var patience: Duration? {
        get { varlink.timeout }
        set { varlink.timeout = newValue }
    }

    func ask<Method: WireMethod>(_ method: Method.Type, _ parameters: Method.Parameters) throws -> Method.Reply {
        try inWords { try $0.call(Method.qualifiedName, parameters, as: Method.Reply.self) }
    }

    /// Calls with `more`, and hands on each reply.
    func follow<Method: WireMethod>(
        _ method: Method.Type, _ parameters: Method.Parameters, _ body: (Method.Reply) throws -> Void
    ) throws {
        try inWords {
            try $0.callMore(Method.qualifiedName, parameters, as: Method.Reply.self) { reply in
                hasAnswered = true
                try body(reply)
            }
        }
    }

    /// Asks the daemon; one that ended meanwhile, and that its manager starts again for us, a second time; and where it
    /// cannot start, what it left.
    private func answer<T>(_ body: (VarlinkClient) throws -> T) throws -> T {
        do {
            return try answered(body)
        } catch VarlinkClientError.closed where !isStored && !hasAnswered {
            if let path, let again = try? VarlinkClient.connect(path: path) {
                varlink = again
                do {
                    return try answered(body)
                } catch VarlinkClientError.closed where !hasAnswered {}
            }
            put(
                "rhythmctl: rhythmd ended before it answered, systemctl --user status rhythmd says why; "
                    + "this is what it last stored\n", to: 2)
            varlink = try StoredAnswers.client()
            isStored = true
            return try answered(body)
        }
    }

    private func answered<T>(_ body: (VarlinkClient) throws -> T) throws -> T {
        let answer = try body(varlink)
        hasAnswered = true
        return answer
    }

    private func inWords<T>(_ body: (VarlinkClient) throws -> T) throws -> T {
        do {
            return try answer(body)
        } catch let error as VarlinkError {
            let code: Int32 =
                switch error.name {
                case "\(Wire.interface).NotUnderstood": 64
                case "\(Wire.interface).Unavailable" where isStored: 69
                default: 70
                }
            throw Failure(code: code, message: Self.message(of: error))
        } catch VarlinkClientError.closed where isStored {
            throw Failure(code: 69, message: "what it stored could not be read")
        } catch let error as VarlinkClientError {
            throw Failure(code: 69, message: "\(error)")
        }
    }

    private static func message(of error: VarlinkError) -> String {
        func text(_ name: String) -> String {
            guard case .string(let value)? = error.parameters[name] else { return "" }
            return value.split(separator: "\n").map { harmless(String($0)) }.joined(separator: "\n")
        }
        switch error.name {
        case "\(Wire.interface).UnknownRhythm":
            var known: [String] = []
            if case .array(let values)? = error.parameters["known"] {
                known = values.compactMap { if case .string(let id) = $0 { id } else { nil } }
            }
            return "there is no rhythm \"\(text("rhythm"))\"; known: \(known.joined(separator: ", "))"
        case "\(Wire.interface).UnknownPeriod":
            return "\"\(text("period"))\" is no period that can be shown; \(text("expected"))"
        case "\(Wire.interface).UnknownRepository":
            return "\(text("path")): no repository known by that folder; rhythmctl repos lists them"
        case "\(Wire.interface).UnknownAlert":
            var known: [String] = []
            if case .array(let values)? = error.parameters["known"] {
                known = values.compactMap { if case .string(let id) = $0 { id } else { nil } }
            }
            let open = known.isEmpty ? "none is open" : "open: \(known.joined(separator: ", "))"
            return "there is no alert \"\(text("id"))\"; \(open)"
        case "\(Wire.interface).UnknownSilence": return "there is no silence in force with that id"
        case "\(Wire.interface).UnknownExcuse":
            var id = ""
            if case .int(let number)? = error.parameters["id"] { id = "\(number)" }
            return "there are no days off with the id \(id); rhythmctl excuse lists them"
        case "\(Wire.interface).NotUnderstood":
            return "\(text("parameter")): \"\(text("value"))\" is not understood; expected: \(text("expected"))"
        case "\(Wire.interface).InvalidConfig":
            return "the config cannot be used, the one before it stays in force\n\(text("message"))"
        case "\(Wire.interface).Unavailable": return text("message")
        default: return "the daemon answered \(error)"
        }
    }
}

/// Ends the program with a message and a status.
struct Failure: Error {
    var code: Int32
    var message: String
}
