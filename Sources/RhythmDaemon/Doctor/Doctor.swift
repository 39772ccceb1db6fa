import Glibc
import NIOCore
import RhythmAPI
import RhythmCore
import RhythmStore

/// Looks for what keeps Rhythm from counting, or from being heard, and says for each the command that mends it.
///
/// It changes nothing, and reads files: it runs on a thread where nobody waits for it.
struct Doctor: Sendable {
    let setup: DaemonSetup
    let snapshot: Snapshot
    /// The config in force.
    let config: Config
    let store: Store
    /// Whether it is the running daemon that asks.
    let isLive: Bool

    typealias Diagnosis = Wire.Diagnosis

    /// What there is to say of each topic: what is wrong, or that nothing is.
    func findings() -> [Diagnosis] {
        let config = configFile()
        let database = database()
        var findings =
            topic("config", fine: "the config is good", config)
            + topic("folders", fine: "no other user can write to them", folders())
            + topic("database", fine: "no damage was found", database)
            + topic("disk", fine: "there is room", disk())
        if !database.contains(where: { $0.severity == .error }), snapshot.scannedAt != nil {
            findings += topic("scan", fine: "all repositories were looked at", scan())
            findings += topic("identity", fine: "nobody else's commits look like yours", identity())
            findings += topic("repositories", fine: "each one can be read", repositories())
            if !self.config.devlogFolders.isEmpty {
                findings += topic("notes", fine: "each folder can be read", notes())
            }
            if self.config.roadmap != nil {
                findings += topic("roadmap", fine: "it can be read, with its history", roadmap())
            }
            findings += topic("safe.directory", fine: "each one is trusted", safeDirectories())
        }
        if isLive {
            findings += topic("watch", fine: "all repositories are watched", watch())
            findings += topic("program", fine: "the program that runs is the one that is installed", program())
            if setup.manager != nil {
                findings += topic("lingering", fine: "it goes on when you log out", lingering())
            }
        }
        // One that cannot be read has no hooks in force but the daemon's.
        if isLive || !config.contains(where: { $0.severity == .error }) {
            findings += topic("hooks", fine: "each one can be run", hooks())
        }
        findings += topic("zone", fine: "the zone is known", zone())
        return findings + windows()
    }

    private func topic(_ topic: String, fine: String, _ found: [Diagnosis]) -> [Diagnosis] {
        found.isEmpty ? [Diagnosis(topic, .ok, fine)] : found
    }

    /// `2026-11-23 18:00`.
    func minute(_ instant: Timestamp) -> String {
        String(snapshot.calendar.text(instant).prefix(16).replacing("T", with: " "))
    }

    /// The command that makes the daemon begin anew.
    var restart: String {
        if setup.manager != nil { return "systemctl --user restart rhythmd" }
        return isLive ? "kill \(getpid()) && rhythmd" : "rhythmd"
    }
}

extension Engine {
    func doctor() async throws -> [Wire.Diagnosis] {
        let doctor = Doctor(setup: setup, snapshot: snapshot, config: config, store: store, isLive: isLive)
        return try await onOwnThread(executor.loop) { doctor.findings() }.get()
    }
}
