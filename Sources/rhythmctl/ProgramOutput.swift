import Glibc

/// How a program ended that ran to its end, and what it said.
struct ProgramOutcome {
    /// Its exit status; 128 and more for the signal that ended it.
    var status: Int32
    var output: String
    var errors: String
}

/// What a program prints; nil where it cannot be started or does not succeed.
///
/// - Parameters:
///   - seconds: how long it has.
///   - sharesTerminal: it reads our standard input, and its errors are ours.
func output(
    of program: String, _ arguments: String..., within seconds: Int = 5, sharesTerminal: Bool = false
) -> String? {
    let outcome = outcome(
        of: ["timeout", "--foreground", "\(seconds)", program] + arguments, readsInput: sharesTerminal,
        keepsErrors: !sharesTerminal)
    return outcome?.status == 0 ? outcome?.output : nil
}

/// Runs a program that PATH leads to, and waits for its end.
///
/// - Parameters:
///   - readsInput: our standard input is its own, as a program needs it that asks for a passphrase.
///   - keepsErrors: what it complains of is kept for us; otherwise it goes where ours goes.
/// - Returns: nil where it cannot be started.
func outcome(of words: [String], readsInput: Bool = true, keepsErrors: Bool = true) -> ProgramOutcome? {
    // Files rather than pipes: they take all that is said, and what a hook left running holds nobody up.
    let files = (0..<2).map { _ in unnamedFile() }
    defer { for file in files { close(file) } }
    guard files.allSatisfy({ $0 >= 0 }) else { return nil }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if !readsInput { posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) }
    posix_spawn_file_actions_adddup2(&actions, files[0], 1)
    if keepsErrors { posix_spawn_file_actions_adddup2(&actions, files[1], 2) }
    guard let pid = spawn(words, &actions) else { return nil }
    let status = end(of: pid)
    let said = files.map { String(decoding: wholeFile($0), as: UTF8.self) }
    return ProgramOutcome(status: status, output: said[0], errors: said[1])
}

/// Runs a program on our terminal, and waits for its end. What is typed to interrupt it is its affair alone.
///
/// - Returns: its status; nil where it cannot be started.
func statusOnTerminal(of words: [String]) -> Int32? {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var interrupts = sigset_t()
    sigemptyset(&interrupts)
    for number in [SIGINT, SIGQUIT] { sigaddset(&interrupts, number) }
    posix_spawnattr_setsigdefault(&attributes, &interrupts)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    let before = [SIGINT, SIGQUIT].map { signal($0, SIG_IGN) }
    defer { for (number, action) in zip([SIGINT, SIGQUIT], before) { signal(number, action) } }
    return spawn(words, nil, &attributes).map(end)
}

private func spawn(
    _ words: [String], _ actions: UnsafePointer<posix_spawn_file_actions_t>?,
    _ attributes: UnsafePointer<posix_spawnattr_t>? = nil
) -> pid_t? {
    let arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var pid: pid_t = 0
    return posix_spawnp(&pid, words[0], actions, attributes, arguments, environ) == 0 ? pid : nil
}

private func end(of pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
}

/// - Returns: a descriptor of a file that nobody else can open.
private func unnamedFile() -> Int32 {
    // In memory first: a disk that is full would cut short what is said.
    for folder in ["/dev/shm", environment("TMPDIR") ?? "/tmp"] {
        var path = Array("\(folder)/rhythmctl.XXXXXX".utf8CString)
        let file = mkstemp(&path)
        guard file >= 0 else { continue }
        unlink(path)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        return file
    }
    return -1
}

func wholeFile(_ file: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = pread(file, &buffer, buffer.count, off_t(bytes.count))
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
    }
}
