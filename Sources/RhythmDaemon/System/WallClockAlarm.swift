import CLinux
import Glibc
import NIOCore
import RhythmCore

/// Rings at an instant of the wall clock, also when the machine slept in between, and at once when somebody sets the
/// clock. It costs no wake-up before that.
final class WallClockAlarm {
    private let loop: any EventLoop
    private let onRing: () -> Void
    private var timer: CInt = -1
    private var due: Timestamp?
    private var channel: (any Channel)?
    private var stopped = false

    init(loop: any EventLoop, onRing: @escaping () -> Void) {
        self.loop = loop
        self.onRing = onRing
    }

    /// Replaces the instant it was set to. Must be called on the loop.
    func set(to instant: Timestamp) {
        loop.preconditionInEventLoop()
        due = instant
        if timer < 0 { open() }
        arm()
    }

    /// Rings no more.
    func stop() {
        stopped = true
        _ = channel?.close()
        channel = nil
    }

    private func open() {
        timer = clinux_timerfd_realtime()
        // When the clock is set, reading the timer fails with ECANCELED and its channel closes.
        let opening = loop.read(
            from: timer, onBytes: { [self] _ in onRing() },
            onClose: { [self] in
                timer = -1
                if !stopped { onRing() }
            })
        opening.assumeIsolated().whenSuccess { [self] in channel = $0 }
    }

    private func arm() {
        guard let due, timer >= 0 else { return }
        // One that has rung and was not heard yet is left to be heard: the loop expects something to read.
        var state = pollfd(fd: timer, events: Int16(POLLIN), revents: 0)
        guard poll(&state, 1, 0) == 0 else { return }
        // Zero would disarm it; an instant that has passed rings at once.
        _ = clinux_timerfd_set(timer, Int(max(1, due.seconds)))
    }
}
