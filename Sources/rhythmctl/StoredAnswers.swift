import Glibc
import RhythmAPI

/// What answers while the daemon is down: a `rhythmd --stdio` of our own, which reads what the last one stored.
enum StoredAnswers {
    static func client() throws -> VarlinkClient {
        let program = programBeside("rhythmd")
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
            throw Failure(code: 71, message: "pipe: \(String(cString: strerror(errno)))")
        }
        for end in [toChild[1], fromChild[0]] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        posix_spawn_file_actions_addclose(&actions, toChild[0])
        posix_spawn_file_actions_addclose(&actions, fromChild[1])
        let arguments = [strdup(program), strdup("--stdio"), nil]
        defer { arguments.forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, program, &actions, nil, arguments, environ)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0 else {
            throw Failure(
                code: 69, message: "rhythmd is not running, and \(program) cannot be started to read what it stored")
        }
        return VarlinkClient(reading: fromChild[0], writing: toChild[1])
    }

}

/// A program installed together with this one, or by its name wherever PATH leads.
func programBeside(_ name: String) -> String {
    guard let path = realpath("/proc/self/exe", nil) else { return name }
    defer { free(path) }
    let own = String(cString: path)
    let candidate = String(own.prefix(through: own.lastIndex(of: "/") ?? own.startIndex)) + name
    return access(candidate, X_OK) == 0 ? candidate : name
}
