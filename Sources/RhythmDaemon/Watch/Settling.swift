import NIOCore

/// When to read a repository in which something happened.
///
/// A commit is several events within a millisecond or two, and is read as soon as it is over. A repository that was read
/// within the last second gets a little longer, so that the steps of a rebase or a fetch come together. Where events never
/// cease it is read all the same, and each time after twice as long.
struct Settling {
    static let quiet = TimeAmount.milliseconds(5)
    static let quietAgain = TimeAmount.milliseconds(20)
    static let patience = TimeAmount.milliseconds(40)
    static let mostPatience = TimeAmount.seconds(2)
    static let memory = TimeAmount.seconds(1)

    private struct Burst {
        var began: NIODeadline
        var last: NIODeadline
        var quiet = Settling.quiet
        var patience = Settling.patience
        /// Nothing happened since it was read.
        var isRead = false

        var due: NIODeadline { min(last + quiet, began + patience) }
    }

    private var bursts: [Int32: Burst] = [:]

    /// Something happened in a repository.
    mutating func note(_ repository: Int32, at now: NIODeadline) {
        var burst = bursts[repository] ?? Burst(began: now, last: now)
        if burst.isRead {
            let goesOn = now - burst.last < Self.quietAgain
            burst = Burst(
                began: now, last: now, quiet: now - burst.last < Self.memory ? Self.quietAgain : Self.quiet,
                patience: goesOn ? min(burst.patience * 2, Self.mostPatience) : Self.patience)
        }
        burst.last = now
        bursts[repository] = burst
    }

    /// Those to read now; each is named once for what happened so far.
    mutating func take(at now: NIODeadline) -> [Int32] {
        bursts = bursts.filter { !$0.value.isRead || now - $0.value.last < Self.memory }
        var due: [Int32] = []
        for (repository, burst) in bursts where !burst.isRead && burst.due <= now {
            due.append(repository)
            bursts[repository]?.isRead = true
        }
        return due
    }

    /// When there will be some to read.
    var next: NIODeadline? {
        bursts.values.lazy.filter { !$0.isRead }.map(\.due).min()
    }
}
