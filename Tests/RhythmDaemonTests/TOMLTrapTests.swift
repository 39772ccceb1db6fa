import RhythmTestSupport
import Testing

@testable import RhythmDaemon

@Suite struct TOMLTrapTests {
    @Test(arguments: [
        "[", "[\n", "[[\n", "[.a]", "[[.a]]", "[ ]", "[[ ]]", "a = 1\n[\nb = 2", "b = ]", "b =", "b = # c",
    ])
    func whatHasNoNameOrNoValueIsSaid(_ text: String) {
        #expect(throws: ConfigError.self) { try TOMLReader.table(of: text, file: "rhythm.toml") }
        #expect(tomlTrap(in: text)?.line == (text.hasPrefix("a") ? 2 : 1))
    }

    @Test(
        arguments: [
            "", "[a]", "[[a]]\nb = 1", "[ \"a b\" ]", "['a'.b]", "a = [\n[\n1\n],\n[2]\n]", "a = \"[\"\n",
            "a = '''\n[\n'''",
            "a = \"\"\"\n[.\n\\\"\"\"\"\n[b]", "# [\n[b]", "a = { b = [\n[1]] }\n[c]",
        ]) func whatIsATableOrNoneIsLeftAlone(_ text: String) throws
    {
        #expect(tomlTrap(in: text) == nil)
        _ = try TOMLReader.table(of: text, file: "rhythm.toml")
    }

    /// A crash would end the tests.
    @Test func noTextEndsTheProcess() {
        var random = SeededRandom(seed: 3)
        let pieces = [
            "[", "[[", "]", "]]", ".", "a", "=", " = ", "1", "\"", "'", "\n", "\n[", " ", "{", "}", ",", "#", "-", "\\",
            "\"\"\"",
        ]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random)! }
            _ = try? TOMLReader.table(of: text.joined(), file: "rhythm.toml")
        }
    }
}
