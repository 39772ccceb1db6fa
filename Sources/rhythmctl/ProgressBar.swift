import Glibc
import RhythmAPI
import RhythmReport

/// A line that is drawn over and over on standard error, where that is a terminal.
struct ProgressBar {
    private let width: Int

    /// Nil where nobody would see it.
    init?() {
        var size = winsize()
        guard isatty(2) == 1, ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return nil }
        width = Int(size.ws_col)
    }

    func draw(_ progress: Wire.Scan.Reply) {
        // While repositories are still being found nobody knows how many there will be.
        let share =
            progress.done < progress.total
            ? "\(bar(progress.done, of: progress.total)) \(progress.done)/\(progress.total)"
            : "\(progress.done) repositories"
        let head = "\(share)  \(progress.commitsRead) commits  "
        let name = progress.repository.map(harmless) ?? ""
        put("\r\u{1B}[K" + fitted(head + name, to: width - 1), to: 2)
    }

    private func bar(_ done: Int, of total: Int) -> String {
        let cells = 20
        let filled = done * cells / total
        return String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
    }

    func clear() {
        put("\r\u{1B}[K", to: 2)
    }
}
