import GRDB
import Synchronization

/// Connections that are no longer needed. What is left of a closed one is kept, some hundred bytes: see ``Store``.
enum ClosedConnections {
    private static let all = Mutex<[DatabaseQueue]>([])

    static func close(_ queue: DatabaseQueue) throws {
        all.withLock { $0.append(queue) }
        try queue.close()
    }

    /// Opens a file for as long as the body takes.
    static func open<T>(
        _ path: String, _ configuration: Configuration = Configuration(), _ body: (DatabaseQueue) throws -> T
    ) throws -> T {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let result: T
        do {
            result = try body(queue)
        } catch {
            try? close(queue)
            throw error
        }
        try close(queue)
        return result
    }
}
