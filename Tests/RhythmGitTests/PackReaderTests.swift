import Foundation
import RhythmCore
import RhythmTestSupport
import Testing

@testable import RhythmGit

struct PackReaderTests {
    /// A file that grows, shrinks and changes in the middle, and trees of some hundred names: all stored as differences.
    private func packed(deltaBaseOffset: Bool = true) throws -> TestRepository {
        let repository = try TestRepository("--bare")
        var random = SeededRandom(seed: 5)
        var lines = (0..<400).map { "line \($0) of a file that is long enough for a difference to be worth it" }
        var stream = ""
        for number in 1...300 {
            lines[Int.random(in: 0..<lines.count, using: &random)] = "changed by \(number)"
            if number % 3 == 0 {
                lines.insert("added by \(number)", at: Int.random(in: 0..<lines.count, using: &random))
            }
            if number % 7 == 0 { lines.removeSubrange(0..<2) }
            let text = lines.joined(separator: "\n")
            stream += "commit refs/heads/main\ncommitter Ann <ann@example.org> \(1_500_000_000 + number * 600) +0100\n"
            stream += "data 1\nx\nM 100644 inline DEVLOG.md\ndata \(text.utf8.count)\n\(text)\n"
            stream += "M 100644 inline folder\(number % 250)/file\ndata 3\n\(100 + number)\n"
        }
        try repository.git(["fast-import", "--quiet"], input: Data(stream.utf8))
        try repository.git("config", "repack.useDeltaBaseOffset", "\(deltaBaseOffset)")
        try repository.git("repack", "-q", "-a", "-d", "-f", "--depth=60", "--window=30")
        return repository
    }

    private func ids(_ repository: TestRepository) throws -> [ObjectID] {
        try repository.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split(separator: "\n")
            .compactMap { ObjectID(hex: $0) }
    }

    /// A base is said by how far back it lies, or by its name.
    @Test("every object comes out as git cat-file says", arguments: [true, false])
    func equalsGit(deltaBaseOffset: Bool) throws {
        let repository = try packed(deltaBaseOffset: deltaBaseOffset)
        var reader = try PackReader(PackFile.all(of: Location(repository.path)))
        var git = try GitObjects(in: repository.path)
        let all = try ids(repository)
        #expect(all.count > 1000)
        for id in all {
            let mine = try reader.read(#require(Key(id)))
            let theirs = try git.read(id)
            #expect(mine == theirs, "\(id)")
        }
        let deltas = try repository.git("cat-file", "--batch-all-objects", "--batch-check=%(deltabase)")
            .split(separator: "\n").filter { !$0.allSatisfy { $0 == "0" } }
        #expect(deltas.count > 500)
    }

    /// The lengths of both, then what makes the one of the other.
    @Test("a difference makes what it says it makes, or nothing")
    func differences() {
        let base = Array("0123456789".utf8)
        func apply(_ size: UInt8, _ rest: [UInt8]) -> [UInt8]? { PackReader.apply([10, size] + rest, to: base) }
        let last: [UInt8] = [0x91, 6, 4]
        #expect(apply(6, [2, 97, 98] + last) == Array("ab6789".utf8))
        #expect(apply(0, []) == [])
        // Too little, too much of the base, too much in all, more to add than there is, and a code that means nothing.
        #expect(apply(7, [2, 97, 98] + last) == nil)
        #expect(apply(6, [2, 97, 98, 0x91, 7, 4]) == nil)
        #expect(apply(6, last + last) == nil && apply(1, [2, 97, 98]) == nil)
        #expect(apply(6, last + [3, 97]) == nil)
        #expect(apply(4, last + [0]) == nil)
        #expect(PackReader.apply([9, 0], to: base) == nil && PackReader.apply([], to: base) == nil)
    }

    @Test("a damaged pack gives what is whole or nothing")
    func damage() throws {
        let repository = try packed()
        let folder = repository.path + "/objects/pack"
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".pack") })
        let path = "\(folder)/\(name)"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let good = try Data(contentsOf: URL(filePath: path))
        var whole: [ObjectID: [UInt8]] = [:]
        var git = try GitObjects(in: repository.path)
        for id in try ids(repository).prefix(400) { whole[id] = try git.read(id) }
        var random = SeededRandom(seed: 9)
        var (missing, right, wrong) = (0, 0, 0)
        for _ in 0..<20 {
            var bad = good
            for _ in 0..<40 {
                bad[Int.random(in: 12..<bad.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            try bad.write(to: URL(filePath: path))
            var reader = try PackReader(PackFile.all(of: Location(repository.path)))
            for (id, content) in whole {
                guard let found = try reader.read(#require(Key(id))) else {
                    missing += 1
                    continue
                }
                if found == content { right += 1 } else { wrong += 1 }
            }
        }
        // A changed distance may lead to another base that is as long: no checksum covers that, and git finds it only where
        // it is asked to hash what it read.
        #expect(missing > 100 && right > 100 && wrong < right / 20, "\(missing), \(right), \(wrong)")
    }
}
