import RhythmCore
import RhythmTestSupport
import Testing

/// A commit id out of one letter.
private func id(_ letter: Character) -> ObjectID {
    guard let id = ObjectID(bytes: [UInt8](repeating: letter.asciiValue ?? 0, count: 20)) else { preconditionFailure() }
    return id
}

private func commit(
    _ letter: Character, on parent: Character?, at committed: Int64, _ subject: String, merge: Bool = false
) -> FoldingCandidate {
    FoldingCandidate(
        id: id(letter), committedAt: Timestamp(committed), firstParent: parent.map(id), subject: subject,
        linkOnly: merge)
}

private func folds(_ candidates: [FoldingCandidate]) -> [ObjectID: ObjectID] {
    foldedInto(candidates)
}

@Suite struct FoldingTests {
    @Test func anAmendedCommitFoldsByItsParent() {
        #expect(
            folds([commit("a", on: "p", at: 1, "one"), commit("b", on: "p", at: 2, "better")]) == [id("b"): id("a")])
    }

    @Test func aRebasedCommitFoldsByItsSubject() {
        #expect(folds([commit("a", on: "p", at: 1, "one"), commit("b", on: "q", at: 2, "one")]) == [id("b"): id("a")])
    }

    @Test func fiveQuickOnesAreFive() {
        let chain = [("a", "p"), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d")].map {
            commit(Character($0.0), on: Character($0.1), at: 1, "wip")
        }
        #expect(folds(chain).isEmpty)
        #expect(folds(chain.reversed()).isEmpty)
    }

    @Test func fiveQuickOnesRebasedAreStillFive() {
        let chain = "abcde".reduce(into: [commit("p", on: nil, at: 0, "base")]) {
            $0.append(commit($1, on: $0.last?.subject == "base" ? "p" : "abcde"[$1, -1], at: 1, "wip"))
        }.dropFirst()
        let rebased = "ABCDE".reduce(into: [FoldingCandidate]()) {
            $0.append(commit($1, on: $0.isEmpty ? "q" : "ABCDE"[$1, -1], at: 2, "wip"))
        }
        #expect(folds(Array(chain) + rebased).count == 5)
    }

    @Test func aMergeBetweenKeepsItsNeighboursApart() {
        #expect(
            folds([
                commit("a", on: "p", at: 1, "wip"), commit("m", on: "a", at: 1, "merge", merge: true),
                commit("b", on: "m", at: 1, "wip"),
            ]).isEmpty)
    }

    @Test func theFirstCarrierIsTheOneCommittedFirstWhateverCameFirst() {
        var random = SeededRandom(seed: 7)
        let same = [
            commit("c", on: "p", at: 3, "x"), commit("a", on: "q", at: 5, "x"), commit("b", on: "r", at: 3, "x"),
        ]
        for _ in 0..<10 {
            #expect(folds(same.shuffled(using: &random)) == [id("c"): id("b"), id("a"): id("b")])
        }
    }

    @Test func tenThousandInOneSecondTakeNoQuadraticTime() {
        let subjects = (0..<10_000).map { "step \($0)" }
        var candidates: [FoldingCandidate] = []
        for (index, subject) in subjects.enumerated() {
            let bytes = (0..<20).map { UInt8(truncatingIfNeeded: index >> (8 * ($0 % 4))) ^ UInt8($0) }
            guard let own = ObjectID(bytes: bytes) else { continue }
            candidates.append(
                FoldingCandidate(id: own, committedAt: Timestamp(1), firstParent: candidates.last?.id, subject: subject)
            )
        }
        #expect(foldedInto(candidates).isEmpty)
    }
}

extension String {
    /// The letter some places from another one.
    fileprivate subscript(_ letter: Character, _ offset: Int) -> Character {
        guard let at = firstIndex(of: letter) else { preconditionFailure() }
        return self[index(at, offsetBy: offset)]
    }
}
