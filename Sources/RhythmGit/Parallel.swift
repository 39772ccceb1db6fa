/// Does so many pieces of work, numbered from 0, on whatever threads are free, and returns when all are done.
package typealias Parallel = @Sendable (_ count: Int, _ work: @Sendable (Int) -> Void) -> Void
