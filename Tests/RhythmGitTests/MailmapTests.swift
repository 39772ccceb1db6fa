import Foundation
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct MailmapTests {
    /// Random maps of pieces that matter to the parser, put to `git check-mailmap`.
    @Test("answers as git check-mailmap does", arguments: [1, 2, 3, 4, 5, 6] as [UInt64], [false, true])
    func checkMailmap(seed: UInt64, asBlob: Bool) throws {
        print("seed \(seed)")
        var random = SeededRandom(seed: seed)
        func pick(_ from: [String]) -> String { from[Int.random(in: 0..<from.count, using: &random)] }
        let names = [
            "Ann", "ann", "Bob B.", "  Bob B.  ", "", "Jö", "#x", "A\tB", String(repeating: "long ", count: 230),
        ]
        let emails = ["a@x", "A@X", "b@x", " b@x ", "", "c@y", "a@x<", "d#@z"]
        func line() -> String {
            switch Int.random(in: 0..<10, using: &random) {
            case 0: return pick(["# comment <a@x>", "", "   ", "no email", "<>", "Name <unclosed"])
            case 1...4: return "\(pick(names)) <\(pick(emails))>\(pick(["", " ", " # why", "\r"]))"
            case 5...8:
                return "\(pick(names)) <\(pick(emails))> \(pick(names)) <\(pick(emails))>\(pick(["", " trailing"]))"
            default: return "<\(pick(emails))> <\(pick(emails))>"
            }
        }
        let text = (0..<25).map { _ in line() }.joined(separator: "\n") + pick(["", "\n"])
        let repository = try TestRepository()
        var config: [String] = []
        var mailmap = Mailmap()
        if asBlob {
            let id = try repository.git(["hash-object", "-w", "--stdin"], input: Data(text.utf8))
            config = ["-c", "mailmap.blob=\(id)"]
            mailmap.add(blob: Array(text.utf8))
        } else {
            try repository.write(text, to: ".mailmap")
            mailmap.add(file: Array(text.utf8))
        }
        var people: [(String, String)] = []
        for name in ["Ann", "ANN", "Bob B.", "jö", "A\tB", "Nobody"] {
            for email in ["a@x", "A@x", "b@x", "c@y", "d#@z", "q@q"] { people.append((name, email)) }
        }
        let asked = people.map { "\($0) <\($1)>\n" }.joined()
        let answers = try repository.git(config + ["check-mailmap", "--stdin"], input: Data(asked.utf8))
        for (person, answer) in zip(people, answers.split(separator: "\n")) {
            let ours = mailmap.canonical(name: Array(person.0.utf8), email: Array(person.1.utf8))
            let shown = "\(String(decoding: ours.name, as: UTF8.self)) <\(String(decoding: ours.email, as: UTF8.self))>"
            #expect(shown == answer, "\(person) in \(text.debugDescription)")
        }
    }

    @Test("a scan maps both sides, whatever the case")
    func bothSides() throws {
        let repository = try TestRepository()
        try repository.commit("mine", email: "OLD@example.org", name: "ann")
        try repository.commit("theirs", email: "bob@example.org", name: "Bob")
        try repository.write("Ann Proper <New@Example.org> <old@EXAMPLE.org>\n", to: ".mailmap")
        for email in ["old@example.org", "new@example.org"] {
            let scan = try Scan.of(repository.path, .of(email))
            #expect(scan.commits.map(\.subject) == ["mine"])
            #expect(scan.commits.first?.email == "new@example.org")
            #expect(scan.commits.first?.name == "Ann Proper")
            #expect(scan.repository?.emails == ["new@example.org"])
            #expect(scan.others == [OtherAuthor(email: "bob@example.org", name: "Bob", commits: 1)])
        }
    }

    @Test(
        "a bare repository has HEAD's mailmap, and config names more",
        arguments: [OpenedRepository.Reader.libgit2, .git])
    func bare(reader: OpenedRepository.Reader) throws {
        let work = try TestRepository()
        try work.commit("mine", files: [".mailmap": "<new@x> <old@x>\n"], email: "old@x")
        let bare = try TestRepository("--bare")
        try work.git("push", "-q", bare.path, "main")
        #expect(try Scan.of(bare.path, .of("new@x"), reader: reader).commits.count == 1)
        try bare.write("<newest@x> <old@x>\n", to: "more")
        try bare.git("config", "mailmap.file", bare.path + "/more")
        #expect(try Scan.of(bare.path, .of("newest@x"), reader: reader).commits.map(\.email) == ["newest@x"])
        #expect(try Scan.of(bare.path, .of("newest@x"), reader: reader).lines == bare.gitLog())
    }
}
