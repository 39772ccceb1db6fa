import Foundation
import RhythmTestSupport
import Testing

@Suite struct ManualTests {
    private static let top = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        .path

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Program.run(
            Self.top + "/scripts/manual", [Program.folder, folder.path],
            environment: Program.environment(home: folder.path).merging(["SOURCE_DATE_EPOCH": "1795435200"]) { $1 })
    }

    @Test(arguments: ["man1/rhythmctl.1", "man1/rhythmd.1", "man1/rhythm-scan.1", "man5/rhythm.toml.5"])
    func aPageIsWellFormed(_ page: String) throws {
        let environment = Program.environment(home: folder.path)
        let path = folder.path + "/" + page
        let lint = try Program.run(
            "mandoc", ["-T", "lint", "-W", "warning", path], environment: environment, expecting: nil)
        #expect(lint.status == 0 && lint.text == "", "\(lint.text)\(lint.errorText)")
        let shown = try Program.run("man", ["--warnings", "-l", path], environment: environment)
        #expect(shown.errorText == "")
        #expect(shown.text.contains("November 23, 2026"))
    }

    @Test func everyCommandAndOptionIsThere() throws {
        for program in CommandHelp.programs {
            let page = try shown("man1/\(program).1")
            for (name, help) in try CommandHelp.all(of: program) {
                #expect(page.contains(name), "\(name)")
                for option in (help.arguments ?? []).flatMap({ $0.names ?? [] }) {
                    #expect(page.contains("-" + option.name) || option.name == "h", "\(name) \(option.name)")
                }
                for example in help.examples { #expect(page.contains(example)) }
            }
        }
    }

    @Test func everyKeyIsThere() throws {
        let page = try shown("man5/rhythm.toml.5")
        let config = try String(contentsOfFile: Self.top + "/config/rhythm.toml", encoding: .utf8)
        let keys = config.matches(of: /(?m)^(?:#   )?([a-z_]+ = |\[+[a-z.]+\]+)/).map(\.1)
        #expect(keys.count > 50)
        for key in keys { #expect(page.contains(key), "\(key)") }
    }

    /// As a terminal of many columns shows it, without hyphenation.
    private func shown(_ page: String) throws -> String {
        var environment = Program.environment(home: folder.path)
        environment["MANWIDTH"] = "200"
        return try Program.run("man", ["--nh", "-l", folder.path + "/" + page], environment: environment).text
    }
}
