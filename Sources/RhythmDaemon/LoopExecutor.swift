import NIOCore

/// Runs tasks and actors on an event loop.
///
/// Swift's global executor is libdispatch's thread pool, whose monitor, once woken by a single job, ticks once a second
/// for the life of the process. Everything asynchronous in the daemon prefers this instead.
package final class LoopExecutor: TaskExecutor, SerialExecutor {
    package let loop: any EventLoop

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute {
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    package func checkIsolated() {
        loop.preconditionInEventLoop()
    }
}
