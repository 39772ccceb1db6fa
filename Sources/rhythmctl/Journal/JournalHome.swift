import ArgumentParser
import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport

/// Where the journal is, and who counts what is in it.
struct JournalHome {
    let path: String
    /// The config names it.
    let isNamed: Bool
    let kinds: [String]

    /// - Throws: ``Failure`` where nobody can tell.
    static func find(_ options: CommonOptions) throws -> JournalHome {
        let reply: Wire.Journal.Reply
        do {
            let client = try options.client(quietly: true)
            client.patience = .seconds(5)
            reply = try client.ask(Wire.Journal.self, .init())
        } catch let failure as Failure where failure.code == EX_UNAVAILABLE {
            // One that hangs keeps nobody from logging.
            reply = try Client.ofOwn().ask(Wire.Journal.self, .init())
        }
        return JournalHome(path: reply.path, isNamed: reply.named, kinds: reply.kinds)
    }

    /// A journal that somebody began.
    static func there(_ options: CommonOptions) throws -> (home: JournalHome, journal: Journal) {
        let home = try find(options)
        let journal = Journal(at: home.path)
        home.mend(journal, options)
        guard journal.isThere else {
            throw Failure(
                code: EX_NOINPUT, message: "there is no journal yet; the first entry begins it: rhythmctl log win \"…\""
            )
        }
        return (home, journal)
    }

    /// Takes in and commits what earlier calls left. What stands in the way is said, and keeps nobody from looking at the
    /// rest.
    func mend(_ journal: Journal, _ options: CommonOptions) {
        do {
            let kept = !KeptEntry.all.isEmpty
            guard journal.isThere || kept else { return }
            if kept { try makeFolder(path, mode: 0o700) }
            let isMended = try journal.alone {
                do { try journal.takeIn() } catch { Self.say(error) }
                if let obstacle = try journal.obstacle(journal.gitDir()) { throw obstacle }
                return try journal.mend()
            }
            if isMended { _ = count(options) }
        } catch {
            Self.say(error)
        }
        for entry in KeptEntry.all { put("rhythmctl: kept until then: \(harmless(entry.file))\n", to: 2) }
    }

    private static func say(_ error: any Error) { put("rhythmctl: \(words(of: error))\n", to: 2) }

    /// Commits what was changed in some files, and tells what came of it.
    func commit(
        _ paths: [String], _ subject: String, areGone: Bool = false, in journal: Journal, _ options: CommonOptions,
        unreadable: Wire.Finding? = nil, _ done: () -> String
    ) throws {
        try journal.alone {
            if let obstacle = try journal.obstacle(journal.gitDir()) { throw obstacle }
            if areGone { try journal.remove(paths) }
            _ = try journal.commit(paths, subject, areGone: areGone)
        }
        let trouble = count(options)
        try options.show(Changed(file: paths[0], unreadable: unreadable, trouble: trouble)) { changed in
            ([done()] + (changed.trouble.map { [$0] } ?? [])).joined(separator: "\n") + "\n"
        }
    }

    private struct Changed: Encodable {
        var file: String
        /// Why it does not count as it is now.
        var unreadable: Wire.Finding?
        /// Why it is not counted yet.
        var trouble: String?
    }

    /// Has the daemon look at what was committed.
    ///
    /// - Returns: why it is not counted yet; nil where it is.
    func count(_ options: CommonOptions) -> String? {
        do {
            let client = try options.client(quietly: true)
            guard !client.isStored else { return "It is counted when rhythmd runs again" }
            client.patience = .seconds(20)
            // Who asks while everything is being read is answered behind that, which may take minutes the first time. What
            // was asked for is done all the same.
            let freshness = try client.ask(Wire.Status.self, .init()).freshness
            let reply: Wire.Scan.Reply
            do {
                if !freshness.complete || freshness.scanning { client.patience = .seconds(1) }
                reply = try client.ask(Wire.Scan.self, .init(repository: path))
            } catch let failure as Failure where failure.code == EX_UNAVAILABLE && client.patience == .seconds(1) {
                return "It is saved, and counts once rhythmd has read all repositories"
                    + (freshness.complete ? "" : " for the first time") + ", which rhythmctl status tells"
            }
            return reply.trouble ?? (reply.problems == 0 ? nil : "rhythmd cannot read it: rhythmctl repos says why")
        } catch {
            return "rhythmd has not counted it yet: \(words(of: error))"
        }
    }

    /// What an entry may bear on.
    struct Standing {
        var periods: [Wire.PeriodResult]
        var goals: [Wire.Goal]
    }

    /// The periods that hold a day, or those that are open; and all goals.
    func standing(on day: CalendarDay?, _ options: CommonOptions) throws -> Standing {
        let client = try options.client(quietly: true)
        guard let day else {
            let status = try client.ask(Wire.Status.self, .init())
            return Standing(periods: status.rhythms, goals: status.goals)
        }
        // There are none where no rhythm had begun, or the day is still to come.
        let periods = try? client.ask(Wire.Report.self, .init(period: day.description)).rhythms
        return Standing(periods: periods ?? [], goals: try client.ask(Wire.Goals.self, .init()).goals)
    }
}

/// An error for the user.
func words(of error: any Error) -> String {
    switch error {
    case let failure as Failure: failure.message
    case let obstacle as Journal.Obstacle: obstacle.message
    default: "\(error)"
    }
}
