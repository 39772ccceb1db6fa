import GRDB

/// Somebody whose commits are in the repositories and do not count.
package struct OtherAuthor: Hashable, Sendable {
    package var email: String
    package var name: String
    /// Of all repositories that are read; what is in two of them counts twice.
    package var commits: Int
    package var repositories: Int
}

extension Store {
    /// By their emails, the ones with the most commits first.
    package func otherAuthors() throws -> [OtherAuthor] {
        try read { db in
            // The name comes from the row with the most commits.
            try Row.fetchAll(
                db,
                sql: """
                    SELECT o.email, o.name, max(o.commits), sum(o.commits), count(*)
                    FROM other_author o JOIN repository r ON r.id = o.repository
                    WHERE r.standing = 'tracked' GROUP BY o.email ORDER BY 4 DESC, 1
                    """
            ).map { OtherAuthor(email: $0[0], name: $0[1], commits: $0[3], repositories: $0[4]) }
        }
    }

    /// What the user is called in commits that are theirs.
    package func ownNames() throws -> Set<String> {
        try read { db in
            try Set(
                String.fetchAll(
                    db,
                    sql: "SELECT name FROM author WHERE id IN (SELECT author FROM sighting WHERE NOT disowned)"))
        }
    }
}
