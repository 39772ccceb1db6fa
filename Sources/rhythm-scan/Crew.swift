import Glibc

/// A few threads that do what there is to do: repositories, each by one of them, and pieces of a large one's reading, by
/// whichever is free.
// What changes in it is touched under its lock alone, which the compiler cannot see of a lock that threads wait at.
final class Crew: @unchecked Sendable {
    /// Work in numbered pieces, several of which may be done at once.
    private final class Shared {
        let rank: Int
        let work: (Int) -> Void
        let count: Int
        var next = 0
        var finished = 0

        init(_ count: Int, rank: Int, _ work: @escaping (Int) -> Void) {
            self.rank = rank
            self.count = count
            self.work = work
        }
    }

    let threads: Int
    // All that follows belongs to whoever holds the lock.
    private let lock = Lock()
    private var jobs: [@Sendable () -> Void] = []
    private var isClosed = false
    private var busy = 0
    /// With pieces that nobody has begun, the lowest rank first.
    private var shared: [Shared] = []

    /// - Parameter threads: one works on the calling thread alone.
    init(threads: Int) {
        self.threads = max(1, threads)
    }

    /// Lets a job be done by another thread, or does it at once where the others have enough to do.
    func add(_ job: @escaping @Sendable () -> Void) {
        let isLeftToOthers = lock.withLock {
            guard jobs.count < 2 * (threads - 1) else { return false }
            jobs.append(job)
            lock.wakeAll()
            return true
        }
        if !isLeftToOthers { job() }
    }

    /// Runs `source` once, which adds the jobs, on the calling thread, which works with the others once it is through. Returns
    /// when all jobs are done.
    func run(_ source: () -> Void) {
        guard threads > 1 else { return source() }
        var others: [pthread_t] = []
        for _ in 1..<threads {
            var thread = pthread_t()
            let me = Unmanaged.passRetained(self)
            let code = pthread_create(
                &thread, nil,
                { context in
                    Unmanaged<Crew>.fromOpaque(context!).takeRetainedValue().work()
                    return nil
                }, me.toOpaque())
            if code == 0 { others.append(thread) } else { me.release() }
        }
        source()
        lock.withLock {
            isClosed = true
            lock.wakeAll()
        }
        work()
        for thread in others { pthread_join(thread, nil) }
    }

    /// Does a piece of work after the other, together with those who have nothing else to do, and helps out with what is of a
    /// lower rank first.
    func perform(_ count: Int, rank: Int, _ work: @Sendable (Int) -> Void) {
        guard threads > 1, count > 1 else {
            for number in 0..<count { work(number) }
            return
        }
        withoutActuallyEscaping(work) { work in
            let mine = Shared(count, rank: rank, work)
            lock.withLock {
                shared.insert(mine, at: shared.firstIndex { $0.rank > rank } ?? shared.endIndex)
                lock.wakeAll()
                while mine.next < count, let first = shared.first, let number = take(from: first) {
                    doPiece(number, of: first)
                }
                while mine.finished < count { lock.wait() }
            }
        }
    }

    private func work() {
        lock.withLock {
            while true {
                // What somebody waits for comes before what is new.
                if let open = shared.first, let number = take(from: open) {
                    doPiece(number, of: open)
                } else if !jobs.isEmpty {
                    let job = jobs.removeFirst()
                    busy += 1
                    lock.wakeAll()
                    lock.withoutLock(job)
                    busy -= 1
                    lock.wakeAll()
                } else if isClosed, busy == 0 {
                    return
                } else {
                    lock.wait()
                }
            }
        }
    }

    private func take(from open: Shared) -> Int? {
        guard open.next < open.count else { return nil }
        open.next += 1
        if open.next == open.count { shared.removeAll { $0 === open } }
        return open.next - 1
    }

    private func doPiece(_ number: Int, of open: Shared) {
        lock.withoutLock { open.work(number) }
        open.finished += 1
        if open.finished == open.count { lock.wakeAll() }
    }
}

/// A mutex that threads can wait at.
// Two objects of pthread's, made for being shared. Swift's own `Mutex` has no condition to wait at.
final class Lock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Inside ``withLock(_:)``: lets others have it meanwhile.
    func withoutLock(_ body: () -> Void) {
        pthread_mutex_unlock(mutex)
        body()
        pthread_mutex_lock(mutex)
    }

    /// Inside ``withLock(_:)``: lets others have it until one of them wakes all.
    func wait() { pthread_cond_wait(condition, mutex) }

    func wakeAll() { pthread_cond_broadcast(condition) }
}
