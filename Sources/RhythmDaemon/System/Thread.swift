import Glibc
import NIOCore

/// Runs something that takes its time on a thread that ends with it: an event loop would keep others waiting, and a pool
/// of threads is one more thing to wake up for.
///
/// - Returns: its result, on the loop.
func onOwnThread<Result: Sendable>(
    _ loop: any EventLoop, _ body: @escaping @Sendable () throws -> Result
) -> EventLoopFuture<Result> {
    let promise = loop.makePromise(of: Result.self)
    let work = Unmanaged.passRetained(Work { promise.completeWith(.init(catching: body)) })
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let code = pthread_create(
        &thread, &attributes,
        { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, work.toOpaque())
    if code != 0 {
        work.release()
        promise.fail(SystemError(call: "pthread_create", path: "a thread", code: code))
    }
    return promise.futureResult
}

private final class Work {
    let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }
}
