import Testing

@testable import RhythmCore

struct GlobTests {
    @Test(
        "matches whole paths",
        arguments: [
            ("devlog/**", "devlog/a.md", true), ("devlog/**", "devlog/2026/11/a.md", true),
            ("devlog/**", "devlog", false), ("devlog/**", "src/devlog/a.md", false), ("devlog/", "Devlog/a", true),
            ("DEVLOG.md", "devlog.MD", true), ("DEVLOG.md", "docs/DEVLOG.md", false), ("/DEVLOG.md", "DEVLOG.md", true),
            ("**/DEVLOG.md", "DEVLOG.md", true), ("**/DEVLOG.md", "a/b/devlog.md", true),
            ("a/**/z", "a/z", true), ("a/**/z", "a/b/c/z", true), ("a/**/z", "a/b/c/zz", false),
            ("*.md", "a.md", true), ("*.md", "a/b.md", false), ("d?y/*", "day/x", true), ("d?y/*", "dy/x", false),
            ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false), ("**", "anything/at/all", true),
            ("", "a", false),
            ("a*", "a", true), ("[x]", "x", false),
        ])
    func matches(pattern: String, path: String, expected: Bool) {
        #expect(Glob(pattern, foldingCase: true).matches(path: path) == expected)
    }

    @Test("case counts where it is asked to")
    func foldsCase() {
        #expect(!Glob("Node_Modules", foldingCase: false).matches(path: "node_modules"))
        #expect(!Glob(String(repeating: "a/", count: 70), foldingCase: true).matches(path: "a"))
    }
}
