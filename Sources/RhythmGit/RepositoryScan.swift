/// Reads one repository: through libgit2, and through git where libgit2 cannot, or would answer differently.
package enum RepositoryScan {
    /// - Parameters:
    ///   - parallel: what a large repository may spread its work with.
    ///   - emit: called with each statement as it is found, on the calling thread. A second `repository` event means that
    ///     the reading started over and what was said before is void.
    package static func run(
        _ location: Location, _ request: ScanRequest, reader: OpenedRepository.Reader? = nil,
        parallel: Parallel = { count, work in for number in 0..<count { work(number) } },
        emit: @escaping (ScanEvent) -> Void
    ) throws(GitError) -> ScanTotals {
        if let role = request.journalRole {
            return try JournalReader.scan(location, request, role, reader: reader, emit: emit)
        }
        guard reader != .git else { return try GitReader.scan(location, request, emit: emit) }
        do {
            if let totals = try LibGit2Reader.scan(location, request, parallel: parallel, emit: emit) { return totals }
        } catch {
            return try retry(location, request, after: error, emit)
        }
        return try GitReader.scan(location, request, emit: emit)
    }

    /// git's answer stands, unless there is no git to ask.
    private static func retry(
        _ location: Location, _ request: ScanRequest, after first: GitError, _ emit: @escaping (ScanEvent) -> Void
    ) throws(GitError) -> ScanTotals {
        do {
            return try GitReader.scan(location, request, emit: emit)
        } catch {
            if error.message.hasPrefix("cannot run git") || error.code == .gitFailed { throw first }
            throw error
        }
    }
}
