/// What of a commit decides whether it carries the same work as another.
package struct FoldingCandidate: Sendable {
    package var id: ObjectID
    /// Nil when it cannot be read; such a commit comes first, as git sorts it.
    package var committedAt: Timestamp?
    package var firstParent: ObjectID?
    package var subject: String
    /// Only a link in the ancestry: a merge, which carries no work of its own.
    package var linkOnly: Bool

    package init(
        id: ObjectID, committedAt: Timestamp?, firstParent: ObjectID?, subject: String, linkOnly: Bool = false
    ) {
        self.id = id
        self.committedAt = committedAt
        self.firstParent = firstParent
        self.subject = subject
        self.linkOnly = linkOnly
    }
}

/// Finds the commits that are another's work under a new id: amended, rebased, cherry-picked.
///
/// In the order of committer date and id, each commit joins the earliest group that holds a match (the same subject or
/// the same first parent) and none of its ancestors or descendants. The result does not depend on the order in which
/// the candidates were seen.
///
/// - Parameter candidates: all stored commits of one author and one author time.
/// - Returns: for each commit that is folded, the first carrier of its work.
package func foldedInto(_ candidates: [FoldingCandidate]) -> [ObjectID: ObjectID] {
    guard candidates.count > 1 else { return [:] }
    let ancestry = FirstParentForest(candidates)

    struct Group {
        var leader: ObjectID
        var members: [ObjectID]
    }
    var groups: [Group] = []
    var groupsBySubject: [String: Set<Int>] = [:]
    var groupsByParent: [ObjectID: Set<Int>] = [:]
    var folded: [ObjectID: ObjectID] = [:]
    let order = candidates.filter { !$0.linkOnly }.sorted {
        ($0.committedAt?.seconds ?? .min, $0.id) < ($1.committedAt?.seconds ?? .min, $1.id)
    }
    for commit in order {
        let matches = groupsBySubject[commit.subject, default: []]
            .union(commit.firstParent.flatMap { groupsByParent[$0] } ?? [])
        let home = matches.sorted().first { index in
            !groups[index].members.contains { ancestry.related($0, commit.id) }
        }
        if let home {
            groups[home].members.append(commit.id)
            folded[commit.id] = groups[home].leader
        } else {
            groups.append(Group(leader: commit.id, members: [commit.id]))
        }
        let joined = home ?? groups.count - 1
        groupsBySubject[commit.subject, default: []].insert(joined)
        if let parent = commit.firstParent { groupsByParent[parent, default: []].insert(joined) }
    }
    return folded
}

/// The first-parent links among some commits: trees, in which each commit gets the interval that holds those of all its
/// descendants, so that ancestry is a comparison of numbers.
private struct FirstParentForest {
    private var intervals: [ObjectID: Range<Int>] = [:]

    init(_ commits: [FoldingCandidate]) {
        let known = Set(commits.map(\.id))
        var children: [ObjectID: [ObjectID]] = [:]
        var stack: [(id: ObjectID, entered: Int?)] = []
        for commit in commits {
            if let parent = commit.firstParent, known.contains(parent) {
                children[parent, default: []].append(commit.id)
            } else {
                stack.append((commit.id, nil))
            }
        }
        var clock = 0
        while let (id, entered) = stack.popLast() {
            if let entered {
                intervals[id] = entered..<clock
            } else {
                stack.append((id, clock))
                clock += 1
                stack += children[id, default: []].map { ($0, nil) }
            }
        }
    }

    /// Whether one is an ancestor of the other.
    func related(_ one: ObjectID, _ other: ObjectID) -> Bool {
        // Replace refs can close a circle; what is in one was reached from no root and is related to nothing.
        guard let first = intervals[one], let second = intervals[other] else { return false }
        return first.contains(second.lowerBound) || second.contains(first.lowerBound)
    }
}
