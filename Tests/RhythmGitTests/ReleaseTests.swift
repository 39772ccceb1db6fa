import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct ReleaseTests {
    private static let readers: [OpenedRepository.Reader] = [.libgit2, .git]

    private static func request(_ globs: String..., by email: String = "ann@example.org") -> RhythmGit.ScanRequest {
        var request = RhythmGit.ScanRequest.of(email)
        request.releaseGlobs = globs
        return request
    }

    /// What git says of the user's tags: of an annotated one its tagger, of another its commit's author.
    private static func gitTags(_ repository: TestRepository, _ pattern: String, email: String) throws -> [String] {
        let format = ["refname:short", "objectname", "taggeremail", "taggerdate:raw", "authoremail", "authordate:raw"]
            .map { "%(\($0))" }.joined(separator: "%00")
        let text = try repository.git("for-each-ref", "--format=\(format)", "refs/tags/\(pattern)")
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
            let (who, when) = fields[2].isEmpty ? (fields[4], fields[5]) : (fields[2], fields[3])
            return who == "<\(email)>" ? "\(fields[0]) \(fields[1]) \(when)" : nil
        }.sorted()
    }

    private static func lines(_ scan: Scan) -> [String] {
        scan.items.filter { $0.kind == .release }.map { item in
            let sign = item.offsetMinutes < 0 ? "-" : "+"
            let minutes = item.offsetMinutes.magnitude
            let zone = padded(minutes / 60, to: 2) + padded(minutes % 60, to: 2)
            return "\(item.name) \(item.object) \(item.at?.seconds ?? 0) \(sign)\(zone)"
        }.sorted()
    }

    private func repository() throws -> TestRepository {
        let repository = try TestRepository()
        try repository.commit("one", at: "1600000000 -0330")
        try repository.git("tag", "v1.0")
        try repository.git("tag", "not-a-release")
        try repository.commit("by Bob", email: "bob@x", name: "Bob")
        try repository.git("tag", "v1.1")
        try repository.git(
            "tag", "-a", "-m", "Version two\n\nbody", "v2.0",
            environment: ["GIT_COMMITTER_DATE": "1700000500 +0200", "GIT_COMMITTER_EMAIL": "ANN@example.org"])
        try repository.git(
            "tag", "-a", "-m", "theirs", "v2.1",
            environment: ["GIT_COMMITTER_EMAIL": "bob@x", "GIT_COMMITTER_NAME": "Bob"])
        try repository.git("tag", "-a", "-m", "of a tag", "v3.0", "v2.1")
        try repository.git("tag", "v4.0", "HEAD^{tree}")
        return repository
    }

    @Test("releases are what git says of the tags that match", arguments: readers)
    func oracle(reader: OpenedRepository.Reader) throws {
        let repository = try repository()
        try repository.write("Ann <ann@example.org> <ANN@example.org>\n", to: ".mailmap")
        let scan = try Scan.of(repository.path, Self.request("v*"), reader: reader)
        let expected =
            try Self.gitTags(repository, "v*", email: "ann@example.org")
            + Self.gitTags(repository, "v*", email: "ANN@example.org")
        #expect(Self.lines(scan) == expected.sorted())
        #expect(scan.items.map(\.name).sorted() == ["v1.0", "v2.0", "v3.0"])
        #expect(scan.items.first { $0.name == "v2.0" }?.title == "Version two")
        #expect(scan.items.first { $0.name == "v1.0" }?.title == "one")
        #expect(scan.items.allSatisfy { $0.email == "ann@example.org" && $0.key == "\($0.name) \($0.object)" })
        #expect(try Scan.of(repository.path, .of("ann@example.org"), reader: reader).items.isEmpty)
        #expect(try Scan.of(repository.path, Self.request("V?.0", "9*"), reader: reader).items.count == 3)
    }

    @Test("a tag made, moved or deleted is noticed without a new commit", arguments: readers)
    func changes(reader: OpenedRepository.Reader) throws {
        let repository = try repository()
        var last = try Scan.of(repository.path, Self.request("v*"), reader: reader)
        func again(_ globs: String = "v*") throws -> Scan {
            try Scan.of(repository.path, Self.request(globs).since(last), reader: reader)
        }
        func next() throws -> Scan {
            last = try again()
            return last
        }
        let same = try again()
        #expect(same.repository?.releases == nil && same.items.isEmpty)
        try repository.git("pack-refs", "--all")
        #expect(try again().repository?.releases == nil)
        for change in [
            ["tag", "v5.0"], ["tag", "-f", "v5.0", "HEAD~1"], ["tag", "-d", "v5.0"], ["tag", "-d", "v1.0"],
        ] {
            try repository.git(change)
            let scan = try next()
            #expect(scan.repository?.isDelta == true && scan.repository?.releases != nil && scan.commits.isEmpty)
            #expect(
                Self.lines(scan)
                    == (try Self.gitTags(repository, "v*", email: "ann@example.org")
                    + Self.gitTags(repository, "v*", email: "ANN@example.org")).sorted())
        }
        try repository.commit("next")
        #expect(try again().repository?.releases == nil)
        #expect(try again("v2*").items.map(\.name) == ["v2.0"])
    }

    @Test("a recent look tells of all releases", arguments: readers)
    func recent(reader: OpenedRepository.Reader) throws {
        let repository = try repository()
        var request = Self.request("v*")
        request.horizon = Timestamp(1_650_000_000)
        #expect(try Scan.of(repository.path, request, reader: reader).items.count == 3)
    }

    @Test("an old tag without a tagger is its commit's author's", arguments: readers)
    func noTagger(reader: OpenedRepository.Reader) throws {
        let repository = try TestRepository()
        let commit = try repository.commit("one", at: "1600000000 +0000")
        let tag = try repository.git(
            ["hash-object", "-t", "tag", "-w", "--literally", "--stdin"],
            input: Data("object \(commit)\ntype commit\ntag v0.99\n\nOld\n".utf8))
        try repository.git("update-ref", "refs/tags/v0.99", tag)
        let scan = try Scan.of(repository.path, Self.request("v*"), reader: reader)
        #expect(scan.items.map(\.at) == [Timestamp(1_600_000_000)])
        #expect(scan.items.map { $0.object.hex } == [tag])
    }
}
