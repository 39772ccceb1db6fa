package import RhythmCore

/// What a daemon takes from the world around it. Tests hand it a clock of their own and temporary folders.
package struct DaemonSetup: Sendable {
    package var paths: Paths
    /// The `rhythm-scan` program.
    package var scanner: String
    /// Handed to the worker, less what would make git look elsewhere.
    package var environment: [String: String]
    /// Who started the daemon and wants to hear of it.
    package var manager: ServiceManager?
    /// To listen on, in place of a socket of the daemon's own.
    package var socket: PassedSocket?
    package var now: @Sendable () -> Timestamp
    package var zone: @Sendable () -> Zone
    /// The file whose replacement means another zone.
    var localtime = Zone.localtime
    /// What the machine's own files are below: `/var`, `/proc`.
    var systemRoot = ""
    /// The kernel's release, as `uname -r` prints it.
    var kernel = kernelRelease()
    /// What the machine is called in the metrics file.
    var host = machineName()
    var scanLimits = ScanPass.Limits()
    var watchLimits = RepositoryWatcher.Limits()

    package init(
        paths: Paths, scanner: String, environment: [String: String] = processEnvironment(),
        now: @escaping @Sendable () -> Timestamp = { .now }, zone: @escaping @Sendable () -> Zone = { .system }
    ) {
        self.paths = paths
        self.scanner = scanner
        self.environment = environment
        self.now = now
        self.zone = zone
    }

    var home: String? { environment["HOME"] }
    func journal(_ config: Config) -> String { config.journal.flatMap { atHome($0, home: home) } ?? paths.journal }
    var alertFolder: AlertFolder { AlertFolder(path: paths.alerts) }
    var backupFolder: BackupFolder { BackupFolder(path: paths.backups) }
    var digestFolder: DigestFolder { DigestFolder(path: paths.reports) }
}
