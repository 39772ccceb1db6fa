package import NIOCore

/// Runs Swift's tasks on an event loop's thread.
///
/// The global executor is libdispatch's, whose pool wakes up every second for ever once it has run a single job. A
/// daemon that must not wake up keeps every task on its loop: `Task(executorPreference: LoopExecutor(loop)) { … }`, whose
/// children and default actors follow it there. What a job does, it does on the loop: long work belongs elsewhere.
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

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
    package func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }
    package func checkIsolated() { loop.preconditionInEventLoop() }
}
