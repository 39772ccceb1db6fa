private import CLibgit2
import RhythmCore

/// Why a repository could not be read. The code is a short stable word, the message what the reader said.
package struct GitError: Error, Equatable, Sendable {
    package enum Code: String, Sendable {
        case notFound = "not-found"
        case notARepository = "not-a-repository"
        case corrupt
        case unsupported
        case dubiousOwnership = "dubious-ownership"
        case permissionDenied = "permission-denied"
        case ioError = "io-error"
        case gitFailed = "git-failed"
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = withoutPasswords(message)
    }

    /// The error of the libgit2 call that just returned `result`. Its text belongs to the calling thread and to the last
    /// call only, so nothing may come between.
    static func libgit2(_ result: Int32, _ doing: String) -> GitError {
        let error = git_error_last()?.pointee
        let text = error?.message.map { String(cString: $0) } ?? "error \(result)"
        let code: Code =
            switch result {
            case GIT_EOWNER.rawValue: .dubiousOwnership
            case GIT_ENOTFOUND.rawValue: .corrupt
            default:
                if text.contains("ermission denied") {
                    .permissionDenied
                } else if text.hasPrefix("unsupported") {
                    .unsupported
                } else if error?.klass == Int32(GIT_ERROR_OS.rawValue) {
                    .ioError
                } else {
                    .corrupt
                }
            }
        return GitError(code, "\(doing): \(text)")
    }
}
