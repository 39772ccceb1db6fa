import Glibc
import RhythmAPI
import Testing

/// The reference implementation in Python as a client that nobody here wrote.
///
/// Its interpreter is `RHYTHM_TEST_PYTHON`, else `python3`; without the module `varlink` the tests are skipped.
@Suite(.enabled(if: Python.hasVarlink, "the Python module varlink is missing: pip install varlink"))
struct PythonTests {
    @Test func theLibrary() async throws {
        let script = """
            import sys, varlink
            client = varlink.Client.new_with_address("unix:" + sys.argv[1])
            info = client.get_service_info() if hasattr(client, "get_service_info") else None
            with client.open("dev.rhythm.Test", namespaced=False) as test:
                reply = test.Echo("h\\u00e9llo \\U0001F600", 4)
                assert reply == {"text": "h\\u00e9llo \\U0001F600", "count": 4}, reply
                numbers = [r["number"] for r in test.Count(5, _more=True)]
                assert numbers == [1, 2, 3, 4, 5], numbers
                for call, error, parameters in [
                    (lambda: test.Count(5), "org.varlink.service.ExpectedMore", {}),
                    (lambda: test.Later(), "org.varlink.service.MethodNotImplemented",
                     {"method": "dev.rhythm.Test.Later"}),
                    (lambda: test.Fail("declared"), "dev.rhythm.Test.Refused", {"why": "asked to"}),
                    (lambda: test.Fail("other"), "dev.rhythm.Test.InternalError", {"message": "Unexpected()"}),
                ]:
                    try:
                        call()
                        assert False, error
                    except varlink.VarlinkError as e:
                        assert e.error() == error, e.error()
                        assert (e.parameters() or {}) == parameters, e.parameters()
                test.Echo("oneway", _oneway=True)
                assert test.Echo("after", 0)["text"] == "after"
            print("fine")
            """
        try await TestService.run { service in
            let output = try Python.run(["-c", script, service.path])
            #expect(output.hasSuffix("fine\n"), "\(output)")
            await service.expect("echo oneway")
        }
    }

    @Test func theCommandLine() async throws {
        try await TestService.run { service in
            // It ends with 0 whatever happens, so its words are what counts.
            let address = "unix:\(service.path)"
            let info = try Python.run(["-m", "varlink.cli", "info", address])
            #expect(info.contains("Product: test") && info.contains("dev.rhythm.Test"), "\(info)")
            let help = try Python.run(["-m", "varlink.cli", "help", "\(address)/dev.rhythm.Test"])
            #expect(help.contains("method Count(to: int) -> (number: int)"), "\(help)")
            let echo = try Python.run([
                "-m", "varlink.cli", "call", "\(address)/dev.rhythm.Test.Echo", #"{"text":"from outside","count":2}"#,
            ])
            #expect(try JSONValue(parsing: echo.utf8) == ["text": "from outside", "count": 2], "\(echo)")
            let count = try Python.run([
                "-m", "varlink.cli", "call", "-m", "\(address)/dev.rhythm.Test.Count", #"{"to":3}"#,
            ])
            #expect(count.filter(\.isNumber) == "123", "\(count)")
            let wrong = try Python.run([
                "-m", "varlink.cli", "call", "\(address)/dev.rhythm.Test.Echo", #"{"txet":"x"}"#,
            ])
            #expect(wrong.contains("org.varlink.service.InvalidParameter"), "\(wrong)")
        }
    }
}

enum Python {
    static let hasVarlink = (try? run(["-c", "import varlink; print('here')"])) == "here\n"

    /// Runs the interpreter and returns what it writes to standard output and error.
    static func run(_ arguments: [String]) throws -> String {
        let program = getenv("RHYTHM_TEST_PYTHON").map { String(cString: $0) } ?? "python3"
        let output = try Pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, output.writing, 2)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, program, &actions, nil, &words, environ)
        output.closeWriting()
        let text = output.readToEnd()
        guard code == 0 else { throw VarlinkClientError.system("spawn", code) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return text
    }
}
