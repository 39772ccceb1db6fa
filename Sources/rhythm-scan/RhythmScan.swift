import ArgumentParser
import CLinux
import Glibc
import RhythmFacts
import RhythmGit

/// Reads repositories and says on standard output what it found, one fact a line.
@main
struct RhythmScan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rhythm-scan",
        abstract: "Read git repositories and print facts about the user's commits, one a line.",
        discussion: """
            Fields are separated by tabs, so `cut` can split them: the second example lists id, email and subject. What is \
            absent is `-`.

            Exit status: 0 all was read; 1 something could not be, which a `problem` line names; 64 wrong usage.

            Examples:
              rhythm-scan --email me@example.org ~/src/work
              rhythm-scan --everyone ~/src/work | grep ^commit | cut -f2,8,11
              rhythm-scan --journal ~/notes entries/talk.md
            """)

    @Option(name: .long, help: "An email of the user's, in addition to each repository's own user.email.")
    var email: [String] = []

    @Option(name: .long, help: "An author name that is the user's whatever the email.")
    var name: [String] = []

    @Flag(name: .long, help: "Take everybody's commits as the user's.")
    var everyone = false

    @Flag(name: .long, help: "Count commits that name the user in a Co-authored-by trailer.")
    var coAuthored = false

    @Option(name: .long, help: "A glob of dev log files, such as 'devlog/**'.")
    var devlog: [String] = []

    @Option(name: .long, help: "A glob of tags that are releases, such as 'v*'.")
    var release: [String] = []

    @Option(name: .long, help: "A glob of files, such as 'src/**': say which commits touch one of them.")
    var path: [String] = []

    @Option(name: .long, help: "A glob of folders not to look into.")
    var exclude: [String] = []

    @Option(name: .long, help: "How many folders deep to look below each root.")
    var depth = 4

    @Option(name: .long, help: "A folder to look for repositories in.", completion: .directory)
    var root: [String] = []

    @Option(
        name: .long, help: "A journal: say which files of it cannot be read, of those that are named.",
        completion: .directory)
    var journal: String?

    @Flag(name: .long, help: "Read the job from standard input, as the daemon hands it over.")
    var job = false

    @Argument(help: "Repositories to read; with --journal, files in it.", completion: .directory)
    var repositories: [String] = []

    func validate() throws {
        let lists = [repositories, root, email, name, devlog, release, path]
        if job, everyone || journal != nil || !lists.allSatisfy(\.isEmpty) {
            throw ValidationError("--job takes everything from standard input.")
        }
        if journal != nil, everyone || lists.dropFirst().contains(where: { !$0.isEmpty }) || repositories.isEmpty {
            throw ValidationError("--journal takes files alone.")
        }
        if !job, repositories.isEmpty, root.isEmpty {
            throw ValidationError("Name a repository, or a --root to look for some in.")
        }
        if depth < 0 { throw ValidationError("--depth cannot be negative.") }
    }

    func run() throws {
        // A reader that goes away ends this program without a word: by EPIPE, see ``FactOutput``.
        signal(SIGPIPE, SIG_IGN)
        let output = FactOutput(descriptor: STDOUT_FILENO)
        if job {
            limitMemory()
            // A daemon that was killed must not leave a worker behind that hangs on some file system.
            _ = clinux_die_with_parent()
            let job = try readJob()
            _ = Worker(job: job, output: output, crew: Crew(threads: job.oneAtATime ? 1 : threads)).run()
        } else if let journal {
            var isRead = true
            for file in repositories {
                guard let fault = JournalCheck.fault(of: file, in: journal) else { continue }
                output.write(.unreadable(UnreadableFact(path: file, line: fault.line, message: fault.message)))
                isRead = false
            }
            if !isRead { throw ExitCode(1) }
        } else {
            let problems = Worker(job: jobFromArguments, output: output, crew: Crew(threads: threads)).run()
            if problems > 0 { throw ExitCode(1) }
        }
    }

    /// More would not come out of the disk any faster, and each needs memory of its own.
    private var threads: Int { min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private var jobFromArguments: Job {
        var job = Job(
            identity: Job.Identity(emails: email, names: name, coAuthored: coAuthored, everyone: everyone),
            devlogGlobs: devlog, pathGlobs: path, roots: root.map { Job.Root(path: $0, depth: depth) },
            excludes: exclude, repositories: repositories.map { Job.Repository(path: $0) })
        job.releaseGlobs = release
        return job
    }

    private func readJob() throws -> Job {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0, errno != EINTR {
                throw ValidationError("cannot read the job: \(String(cString: strerror(errno)))")
            }
            if count > 0 { bytes.append(contentsOf: buffer[..<count]) }
        }
        do {
            return try JobLine.decode(bytes[...])
        } catch {
            throw ValidationError("the job's \(error)")
        }
    }

    /// A repository made to eat memory ends this process, not the machine. Mapped pack files do not count.
    private func limitMemory() {
        var limit = rlimit()
        limit.rlim_cur = 512 << 20
        limit.rlim_max = 512 << 20
        setrlimit(__rlimit_resource_t(2), &limit)
    }
}
