import NIOCore
import RhythmCore

#if canImport(Glibc)
    import Glibc
#endif

/// Rings at an instant of the wall clock, also when the machine slept in between, and at once when somebody sets the
/// clock. It costs no wake-up before that.
final class WallClockAlarm {
    private let loop: any EventLoop
    private let onRing: () -> Void
    private var timer: CInt = -1
    private var due: Timestamp?
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

    private func open() {
        timer = timerfd_create(CLOCK_REALTIME, CInt(TFD_NONBLOCK.rawValue | TFD_CLOEXEC.rawValue))
        // When the clock is set, reading the timer fails with ECANCELED and its channel closes.
        _ = loop.read(
            from: timer, onBytes: { [self] _ in onRing() },
            onClose: { [self] in
                timer = -1
                if !stopped { onRing() }
            })
    }

    private func arm() {
        guard let due, timer >= 0 else { return }
        var setting = itimerspec()
        // Zero would disarm it; an instant that has passed rings at once.
        setting.it_value.tv_sec = Int(max(1, due.seconds))
        timerfd_settime(timer, CInt(1 << 0) | CInt(1 << 1), &setting, nil)  // TFD_TIMER_ABSTIME | _CANCEL_ON_SET
    }
}
