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
        let cells = 20
        let filled = progress.total == 0 ? 0 : min(cells, progress.done * cells / progress.total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: cells - filled)
        let head = "\(bar) \(progress.done)/\(progress.total)  \(progress.commitsRead) commits  "
        let name = progress.repository.map(harmless) ?? ""
        put("\r\u{1B}[K" + fitted(head + name, to: width - 1), to: 2)
    }

    func clear() {
        put("\r\u{1B}[K", to: 2)
    }
}
