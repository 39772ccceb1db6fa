import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

/// Commits that no git of today would make, and that git reads all the same.
struct OddCommitTests {
    static let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    static let good = "author Ann <ann@x> 5 +0000\ncommitter Ann <ann@x> 6 +0000\n"

    static let odd: [String] = [
        "\nno author\n", "author Ann <ann@x>\ncommitter Ann <ann@x> 5 +0000\n\nno date\n",
        "author Ann <ann@x> -5 +0000\ncommitter Ann <ann@x> 5 +0000\n\nnegative\n",
        "author Ann <ann@x> 99999999999 +0000\ncommitter Ann <ann@x> 5 +0000\n\nhuge\n",
        "author Ann <ann@x> 5 +9999\ncommitter Ann <ann@x> 5 -0001\n\nodd zone\n",
        "author Ann <ann@x> 5\ncommitter Ann <ann@x> 5 +0000\n\nno zone\n",
        "author Ann <ann@x> x +0000\ncommitter Ann <ann@x> 5 +0000\n\nno number\n",
        "author Ann <a<n>n@x> 7 +0100\ncommitter Ann <ann@x> 5 +0000\n\nbrackets\n",
        "author <ann@x> 7 +0100\ncommitter Ann <ann@x> 5 +0000\n\nno name\n",
        "author Ann <> 7 +0100\ncommitter Ann <ann@x> 5 +0000\n\nno email\n",
        "author   Ann  B  <ann@x>   7   +0100\ncommitter Ann <ann@x> 5 +0000\n\nspaces\n",
        "author Ann ann@x 7 +0100\ncommitter Ann <ann@x> 5 +0000\n\nno brackets\n",
        "author A <a@x> 1 +0000\nauthor B <b@x> 2 +0000\ncommitter Ann <ann@x> 5 +0000\n\ntwice\n",
        good + "\n\n\n  leading blank lines  \nand more\t\n \nbody\n", good + "\nno newline at the end", good + "\n",
        good,
        good + "\nbefore\0after\n", good + "\n\rcarriage\rreturn\r\n",
        good + "gpgsig -----BEGIN\n  author X <x@x> 1 +0000\n -----END\n\nsigned\n",
        good + "\n\u{B}vertical\u{C}feed\n",
        good + "\nauthor in the body\n\nauthor Z <z@z> 3 +0000\n",
    ]

    @Test("reads odd commits as git does, with both readers")
    func oddCommits() throws {
        let repository = try TestRepository()
        for (index, rest) in Self.odd.enumerated() {
            let id = try repository.storeCommit(Data("tree \(Self.tree)\n\(rest)".utf8))
            try repository.git("update-ref", "refs/heads/odd\(index)", id)
        }
        let both = try [OpenedRepository.Reader.libgit2, .git].map { try Scan.of(repository.path, reader: $0) }
        let oracle = try repository.gitLog(revisions: ["--branches"])
        #expect(oracle.count == Self.odd.count)
        #expect(both[0].lines == oracle)
        #expect(both[1].lines == oracle)
        #expect(both[0].commits == both[1].commits)
    }

    @Test("invalid UTF-8 becomes the replacement character in both readers")
    func invalidText() throws {
        let repository = try TestRepository()
        var content = Data("tree \(Self.tree)\nauthor J".utf8)
        content.append(contentsOf: [0xF6, 0x72, 0x67])
        content.append(Data(" <j@x> 5 +0000\ncommitter J <j@x> 5 +0000\nencoding ISO-8859-1\n\ngr".utf8))
        content.append(contentsOf: [0xFC, 0x6E, 0x0A])
        try repository.git("update-ref", "refs/heads/main", repository.storeCommit(content))
        for reader in [OpenedRepository.Reader.libgit2, .git] {
            let commit = try #require(try Scan.of(repository.path, reader: reader).commits.first)
            #expect(commit.name == "J\u{FFFD}rg")
            #expect(commit.subject == "gr\u{FFFD}n")
        }
    }

    @Test("a long subject is cut and keeps its difference")
    func longSubject() {
        let long = String(repeating: "é", count: 400)
        let cut = Message.shortened(long + "a")
        #expect(cut.utf8.count <= 500)
        #expect(cut.hasPrefix("éé"))
        #expect(cut != Message.shortened(long + "b"))
        #expect(Message.shortened("short") == "short")
    }

    @Test("a bogus commit is corrupt, not skipped")
    func bogus() throws {
        let repository = try TestRepository()
        try repository.commit("good")
        let id = try repository.storeCommit(Data("tree nonsense\n\nx\n".utf8))
        try repository.write(id + "\n", to: ".git/refs/heads/bad")
        #expect(throws: GitError.self) { try Scan.of(repository.path) }
        #expect(throws: GitError.self) { try Scan.of(repository.path, reader: .git) }
    }
}
