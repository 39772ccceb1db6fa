import ArgumentParser
import Glibc
import RhythmAPI
import RhythmCore
import RhythmReport

/// Where the journal is, and who counts what is in it.
struct JournalHome {
    let path: String
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
        return JournalHome(path: reply.path, kinds: reply.kinds)
    }

    /// Has the daemon look at what was committed.
    ///
    /// - Returns: why it is not counted yet; nil where it is.
    func count(_ options: CommonOptions) -> String? {
        do {
            let client = try options.client(quietly: true)
            guard !client.isStored else { return "It is counted when rhythmd runs again" }
            // A first reading of everything may go on for longer than anybody wants to wait.
            client.patience = .seconds(20)
            let reply = try client.ask(Wire.Scan.self, .init(repository: path))
            return reply.trouble ?? (reply.problems == 0 ? nil : "rhythmd cannot read it: rhythmctl repos says why")
        } catch {
            return "rhythmd has not counted it yet: \(words(of: error))"
        }
    }

    /// The periods that hold a day, or those that are open.
    func periods(of day: CalendarDay?, _ options: CommonOptions) throws -> [Wire.PeriodResult] {
        let client = try options.client(quietly: true)
        do {
            guard let day else { return try client.ask(Wire.Status.self, .init()).rhythms }
            return try client.ask(Wire.Report.self, .init(period: day.description)).rhythms
        } catch is Failure {
            // No rhythm had begun, or the day is still to come.
            return []
        }
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
