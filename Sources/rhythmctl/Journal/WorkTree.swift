/// What `git status` says of a repository.
struct WorkTree {
    struct File {
        enum State {
            case untracked, added, changed, removed
        }
        var path: String
        var state: State
    }

    enum Head {
        case branch(String)
        /// A branch without a commit.
        case begun(String)
        /// It leads to no commit, though it should.
        case damaged
        /// No branch is checked out.
        case none
    }

    var head = Head.none
    /// Nil where no branch is checked out.
    var branch: String? {
        switch head {
        case .branch(let name), .begun(let name): name
        case .damaged, .none: nil
        }
    }
    /// What is not as it was committed.
    var files: [File] = []
    var conflicts: [String] = []

    /// - Parameter text: the output of `git status --porcelain=v2 --branch -z`.
    init(_ text: String) {
        var isOldName = false
        var isBegun = false
        for record in text.split(separator: "\0") {
            if isOldName {
                isOldName = false
                continue
            }
            func path(after fields: Int) -> String {
                record.split(separator: " ", maxSplits: fields, omittingEmptySubsequences: false).last.map(String.init)
                    ?? ""
            }
            let states = record.dropFirst(2).prefix(2)
            let state: File.State = states.contains("D") ? .removed : states.first == "A" ? .added : .changed
            switch record.first {
            case "#":
                let words = record.split(separator: " ")
                guard words.count == 3 else { continue }
                if words[1] == "branch.oid" { isBegun = words[2] == "(initial)" }
                if words[1] == "branch.head", words[2] != "(detached)" {
                    head =
                        words[2] == "(unknown)"
                        ? .damaged : isBegun ? .begun(String(words[2])) : .branch(String(words[2]))
                }
            case "?": files.append(File(path: path(after: 1), state: .untracked))
            case "1": files.append(File(path: path(after: 8), state: state))
            case "2":
                files.append(File(path: path(after: 9), state: .changed))
                isOldName = true
            case "u": conflicts.append(path(after: 10))
            default: break
            }
        }
    }
}
