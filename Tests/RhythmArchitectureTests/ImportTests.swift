import Foundation
import Testing

/// Which modules each target may import, and why. Standard ones (Swift's own, Glibc, Testing) go without saying.
private let allowed: [String: (modules: Set<String>, why: String)] = [
    "RhythmCore": ([], "it is values and pure functions: no clock, no file, no Foundation to read them with"),
    "RhythmFacts": (["RhythmCore"], "it is the line between worker and daemon, and both must be able to load it"),
    "RhythmJournal": (
        ["CYAML", "RhythmCore"], "the worker loads it, which is started for each commit, and nobody else reads YAML"
    ),
    "RhythmGit": (
        ["CLibgit2", "CDeflate", "RhythmCore", "RhythmJournal", "Synchronization"],
        "it is the only one to link libgit2, and only values leave it"
    ),
    "RhythmRoadmap": (
        ["CCmarkGFM", "RhythmCore", "Synchronization"],
        "it turns Markdown into values, for the worker and the client; the daemon has no C parser"
    ),
    "RhythmStore": (
        ["GRDB", "GRDBSQLite", "RhythmCore", "RhythmFacts", "Foundation", "Synchronization"],
        "it is the only one to speak SQL"
    ),
    "RhythmAPI": (["RhythmCore", "FoundationEssentials"], "the client loads it, and has to start in milliseconds"),
    "RhythmReport": (["RhythmCore", "RhythmAPI"], "it renders what the API says, and reads nothing"),
    "RhythmDaemon": (
        [
            "CLinux", "RhythmCore", "RhythmFacts", "RhythmStore", "RhythmAPI", "RhythmReport", "TOMLKit", "Logging",
            "NIOCore", "NIOPosix", "ServiceLifecycle", "Synchronization", "Foundation",
        ], "a repository that crashes libgit2 must not crash the daemon"
    ),
    "rhythmd": (["RhythmDaemon", "ArgumentParser"], "an executable is flags and wiring"),
    "rhythm-scan": (
        ["CLinux", "RhythmCore", "RhythmGit", "RhythmFacts", "RhythmRoadmap", "ArgumentParser", "Synchronization"],
        "the worker has no store and no socket"
    ),
    "rhythmctl": (
        ["RhythmCore", "RhythmAPI", "RhythmReport", "RhythmRoadmap", "ArgumentParser", "FoundationEssentials"],
        "the client has no NIO, no GRDB and no ICU to load"
    ),
    "rhythm-bench": (
        ["RhythmCore", "RhythmGit", "RhythmAPI", "RhythmReport", "RhythmRoadmap", "ArgumentParser"],
        "it measures functions, not programs: those scripts/bench runs as a user would"
    ),
    "RhythmTestSupport": (["RhythmCore", "Foundation"], "tests of every module load it"),
]

private let standard: Set<String> = ["Swift", "Glibc", "Testing"]

@Suite struct ImportTests {
    @Test func everyModuleImportsOnlyWhatItsRowAllows() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let targets = try FileManager.default.contentsOfDirectory(atPath: sources.path())
            .filter { !$0.hasPrefix("C") && !$0.hasPrefix(".") }
        #expect(Set(targets) == Set(allowed.keys), "a module without a row, or a row without a module")
        for target in targets {
            guard let row = allowed[target] else { continue }
            let files = try #require(FileManager.default.enumerator(atPath: sources.appending(path: target).path()))
            for case let file as String in files where file.hasSuffix(".swift") {
                let text = try String(contentsOf: sources.appending(path: "\(target)/\(file)"), encoding: .utf8)
                for module in imports(in: text) where !standard.contains(module) {
                    #expect(row.modules.contains(module), "\(target)/\(file) imports \(module), but \(row.why)")
                }
            }
        }
    }

    @Test func importsAreFoundHoweverTheyAreSpelt() {
        let text =
            "import A\npackage import B\n  @preconcurrency import C\nimport struct D.E\nlet x = 1 // import F\nimport G.H\n"
        #expect(imports(in: text) == ["A", "B", "C", "D", "G"])
    }

    private func imports(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let at = words.firstIndex(of: "import"), words.count > at + 1,
                words[..<at].allSatisfy({
                    $0.hasPrefix("@") || ["package", "public", "internal", "private", "fileprivate"].contains($0)
                })
            else { return nil }
            let kinds: Set<String> = ["struct", "class", "enum", "func", "protocol", "typealias", "let", "var"]
            let name = kinds.contains(words[at + 1]) ? words.dropFirst(at + 2).first : words[at + 1]
            return name.map { String($0.prefix { $0 != "." }) }
        }
    }
}
