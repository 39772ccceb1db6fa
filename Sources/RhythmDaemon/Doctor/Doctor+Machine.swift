import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport
import RhythmStore

// What the daemon stands on.

extension Doctor {
    /// The file as it is now, which need not be what is in force.
    func configFile() -> [Diagnosis] {
        do {
            let file = try Config.load(path: setup.paths.config, home: setup.home)
            let missing = file.roots.compactMap { atHome($0, home: setup.home) }.filter { access($0, F_OK) != 0 }
                .map {
                    Diagnosis(
                        "config", .warning, "\($0), a root under [repositories], is not there",
                        remedy: "mkdir -p \(shellWord($0))")
                }
            guard file != config else { return missing }
            return missing + [
                Diagnosis(
                    "config", .warning, "\(setup.paths.config) was changed and is not in force",
                    remedy: "rhythmctl reload")
            ]
        } catch {
            let findings = (error as? ConfigError)?.findings.map(\.description) ?? ["\(error)"]
            return findings.map { Diagnosis("config", .error, $0, remedy: "rhythmctl check") }
        }
    }

    /// Folders that others could write to.
    func folders() -> [Diagnosis] {
        let folders: [String] = [setup.paths.state, setup.paths.runtime]
        return folders.filter { access($0, F_OK) == 0 }.compactMap { path -> Diagnosis? in
            do {
                try PrivateFolder.check(path)
                return nil
            } catch {
                return Diagnosis("folders", .error, "\(error)", remedy: (error as? NotPrivate)?.command)
            }
        }
    }

    func database() -> [Diagnosis] {
        do {
            switch try StoreFile(setup.paths.database).condition(.tables) {
            case .good: return recovery()
            case .absent where isLive:
                return [
                    Diagnosis(
                        "database", .error, "\(setup.paths.database) is gone, and what is noted now will be lost",
                        remedy: restart)
                ]
            case .absent:
                return [
                    Diagnosis("database", .note, "nothing is stored yet; rhythmd makes the database", remedy: restart)
                ]
            case .damaged(let reason):
                return [
                    Diagnosis(
                        "database", .error,
                        "\(setup.paths.database) is damaged: \(reason); rhythmd builds it again when it starts",
                        remedy: restart)
                ]
            }
        } catch {
            return [Diagnosis("database", .error, "\(error)")]
        }
    }

    private func recovery() -> [Diagnosis] {
        guard let recovery = snapshot.recovery, setup.now() - recovery.at < 14 * 86_400 else { return [] }
        return [
            Diagnosis(
                "database", .note,
                "it was put together again on \(minute(recovery.at)), as rhythmctl status tells")
        ]
    }

    func disk() -> [Diagnosis] {
        var state = setup.paths.state
        // Before the first start there is nothing of it yet.
        while access(state, F_OK) != 0, let slash = state.lastIndex(of: "/"), slash != state.startIndex {
            state = String(state[..<slash])
        }
        var room = statvfs()
        guard statvfs(state, &room) == 0 else { return [] }
        if access(state, W_OK) != 0 {
            return [
                Diagnosis(
                    "disk", .error, "\(state) cannot be written to: \(String(cString: strerror(errno)))",
                    remedy: "ls -ld \(shellWord(state))")
            ]
        }
        var status = stat()
        let size = stat(setup.paths.database, &status) == 0 ? UInt64(status.st_size) : 0
        let free = UInt64(room.f_bavail) * UInt64(room.f_frsize)
        let remedy = "df -h \(shellWord(state)); df -i \(shellWord(state))"
        // Some file systems do not count files, and say 0 of 0.
        if free < 8 << 20 || room.f_files > 0 && room.f_favail < 16 {
            return [Diagnosis("disk", .error, "no room is left in \(state)", remedy: remedy)]
        }
        // A backup is as large as the database, and a new one comes before the oldest goes.
        guard free < max(64 << 20, 2 * size) else { return [] }
        return [
            Diagnosis(
                "disk", .warning,
                "\(free >> 20) MiB are left in \(state), and a backup of the database takes \(max(1, size >> 20))",
                remedy: remedy)
        ]
    }

    /// A program that was replaced while it ran: the one that answers is the old one.
    func program() -> [Diagnosis] {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes -> Int in
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return -1 }
            return readlink("/proc/self/exe", start, bytes.count)
        }
        guard count > 0 else { return [] }
        let path = String(decoding: buffer.prefix(count), as: UTF8.self)
        guard path.hasSuffix(" (deleted)") else { return [] }
        return [
            Diagnosis(
                "program", .warning,
                "\(path.dropLast(" (deleted)".count)) was replaced or removed since rhythmd started; the old one still "
                    + "runs", remedy: restart)
        ]
    }

    func lingering() -> [Diagnosis] {
        guard let user = getpwuid(getuid())?.pointee.pw_name.map({ String(cString: $0) }),
            access("\(setup.systemRoot)/var/lib/systemd/linger/\(user)", F_OK) != 0
        else { return [] }
        return [
            Diagnosis(
                "lingering", .note, "rhythmd ends when you log out, and nobody nags until you are back",
                remedy: "loginctl enable-linger")
        ]
    }

    func hooks() -> [Diagnosis] {
        // The name alone: arguments may hold what is nobody's business.
        var findings = snapshot.failingHooks.map { hook in
            Diagnosis(
                "hooks", .warning,
                "\(hook.argv.first ?? "") failed \(hook.tries == 1 ? "once" : "\(hook.tries) times") since "
                    + "\(minute(hook.since)): \(hook.lastError)",
                remedy: "rhythmctl status")
        }
        let failing = Set(snapshot.failingHooks.compactMap(\.argv.first))
        for program in Set(config.hooks.compactMap(\.run.first)).subtracting(failing).sorted() {
            guard let path = programPath(program, setup.environment) else {
                findings.append(
                    Diagnosis(
                        "hooks", .error, "rhythmd's PATH leads to no program \(program); name it by its whole path",
                        remedy: "command -v \(shellWord(program))"))
                continue
            }
            if let fault = Self.fault(ofProgram: path) { findings.append(fault) }
        }
        if config.notify.desktop, programPath(NotifySend.name, setup.environment) == nil {
            findings.append(
                Diagnosis(
                    "hooks", .warning, "nothing appears on the desktop, since there is no \(NotifySend.name)",
                    remedy: "sudo apt install libnotify-bin"))
        }
        return findings
    }

    private static func fault(ofProgram path: String) -> Diagnosis? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return Diagnosis(
                "hooks", .error, "\(path): \(String(cString: strerror(errno)))", remedy: "ls -l \(shellWord(path))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return Diagnosis("hooks", .error, "\(path) is no program", remedy: "ls -ld \(shellWord(path))")
        }
        guard access(path, X_OK) == 0 else {
            return Diagnosis("hooks", .error, "\(path) is not executable", remedy: "chmod +x \(shellWord(path))")
        }
        return nil
    }

    /// Zones by which days are counted and that the zone database does not know.
    func zone() -> [Diagnosis] {
        var findings: [Diagnosis] = []
        if let name = setup.environment["TZ"], !name.isEmpty, name.first != ":", name.contains("/"), name.first != "/",
            Zone(iana: name) == nil
        {
            findings.append(
                Diagnosis(
                    "zone", .warning, "TZ is \"\(name)\", which is no known zone, so days begin at midnight UTC",
                    remedy: "timedatectl list-timezones"))
        }
        let machine = setup.zone()
        let record = (try? store.calendarRecords())?.last?.record
        for name in Set([record?.zone, record?.evidenceZone].compactMap(\.self)).sorted()
        where name != machine.name && Zone(iana: name) == nil {
            findings.append(
                Diagnosis(
                    "zone", .warning,
                    "the zone \(name), by which days were counted, is no longer known here; \(machine.name) stands in",
                    remedy: "sudo apt install --reinstall tzdata"))
        }
        return findings
    }

    /// What is otherwise than people expect in a Linux that runs under Windows.
    func windows() -> [Diagnosis] {
        guard setup.kernel.lowercased().contains("microsoft") else { return [] }
        var findings = [
            Diagnosis(
                "wsl", .note,
                "Windows ends this Linux a minute after its last window is closed, and rhythmd with it; "
                    + "vmIdleTimeout=-1 under [wsl2] in .wslconfig keeps it")
        ]
        let mounted = snapshot.repositories.filter { ($0.workDir ?? $0.gitDir).hasPrefix("/mnt/") }.count
        if mounted > 0 {
            findings.append(
                Diagnosis(
                    "wsl", .note,
                    "\(mounted == 1 ? "1 repository lies" : "\(mounted) repositories lie") in Windows's folders, of whose "
                        + "changes Linux is not told; each is read by the clock, and faster below your home folder"))
        }
        return findings
    }
}
