import Foundation

/// A repository in a home folder of a test, whose user is its own `user.email`. See ``TestRepository`` for one by itself.
package struct HomeRepository: Sendable {
    package let path: String
    private let home: String

    /// - Parameters:
    ///   - path: where to make it.
    ///   - home: the home folder that git is run with.
    package init(at path: String, home: String, email: String = "me@example.org", name: String = "Me") throws {
        self.path = path
        self.home = home
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try git("init", "-q", "-b", "main")
        try git("config", "user.email", email)
        try git("config", "user.name", name)
    }

    /// One that is there already.
    package init(existing path: String, home: String) {
        self.path = path
        self.home = home
    }

    @discardableResult
    package func git(_ arguments: String..., date: String? = nil) throws -> String {
        var environment = Program.environment(home: home)
        if let date {
            environment["GIT_AUTHOR_DATE"] = date
            environment["GIT_COMMITTER_DATE"] = date
        }
        return try Program.run("git", ["-C", path] + arguments, environment: environment).text
    }

    /// Commits a file's new text.
    ///
    /// - Parameter date: as git reads it, such as `2026-11-20 12:00 +0100`.
    package func commit(_ subject: String, at date: String, file: String = "file", text: String? = nil) throws {
        let target = URL(fileURLWithPath: "\(path)/\(file)")
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        let old = (try? String(contentsOf: target, encoding: .utf8)) ?? ""
        try Data((old + (text ?? subject) + "\n").utf8).write(to: target)
        try git("add", "-A")
        try git("commit", "-q", "-m", subject, date: date)
    }
}
