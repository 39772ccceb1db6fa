import CLinux
package import Glibc
import NIOCore

/// Signals as events on the loop, by a signalfd: no handler that could run anywhere, and no libdispatch.
package enum SignalSource {
    /// To be called before any thread starts, since threads inherit what is blocked.
    package static func block(_ signals: [CInt]) {
        var set = mask(signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `onSignal` for each of the blocked signals that arrives. Must be called on the loop.
    static func listen(to signals: [CInt], on loop: any EventLoop, onSignal: @escaping (CInt) -> Void) {
        var set = mask(signals)
        let descriptor = clinux_signalfd(&set)
        _ = loop.read(
            from: descriptor,
            onBytes: { bytes in
                var bytes = bytes
                // Each is 128 bytes, the signal's number first.
                while let signal = bytes.readInteger(endianness: .host, as: UInt32.self) {
                    bytes.moveReaderIndex(forwardBy: min(124, bytes.readableBytes))
                    onSignal(CInt(signal))
                }
            })
    }

    private static func mask(_ signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }
}
