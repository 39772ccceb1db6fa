package import RhythmAPI
import RhythmCore

/// What is said at login.
package enum Motd {
    /// Three lines at most, for what is at risk, due, missed or not known; nothing when all is well.
    package static func text(_ reply: Wire.Status.Reply) -> String {
        let isUncertain = Glance(reply).isUncertain
        // The most pressing first. What is not certain will be known in a moment.
        let open = reply.rhythms.filter {
            $0.open && $0.asks && $0.state != .onTrack && !isUncertain && !$0.provisional
        }
        let pressing = [PeriodState.missed, .due, .atRisk, .unverified].flatMap { state in
            open.filter { $0.state == state }
        }
        var lines = pressing.map { "\(harmless($0.name)), \(harmless($0.amount)): \($0.standing)" }
        lines += left(reply) + unreadable(reply)
        if let trouble = reply.freshness.trouble { lines.append(harmless(trouble)) }
        if lines.count > 3 { lines[2...] = ["and \(lines.count - 2) more; rhythmctl status shows them"] }
        return lines.map { line in
            let line = "Rhythm: \(line)"
            return (columns(line) < 80 ? line : fitted(line, to: 79)) + "\n"
        }.joined()
    }

    /// What earlier periods left behind.
    static func left(_ reply: Wire.Status.Reply) -> [String] {
        reply.alerts.compactMap { alert in
            let name = harmless(reply.rhythms.first { $0.id == alert.rhythm }?.name ?? alert.rhythm)
            return switch PeriodState(rawValue: alert.state) {
            case .missed: "\(name): missed in \(harmless(alert.period))"
            case .unverified: "\(name): not known for \(harmless(alert.period))"
            default: nil
            }
        }
    }

    /// Repositories that matter and cannot be read.
    static func unreadable(_ reply: Wire.Status.Reply) -> [String] {
        let count = reply.unreadable.count { $0.own > 0 }
        guard count > 0 else { return [] }
        return [
            "\(count == 1 ? "1 repository" : "\(count) repositories") with work of yours cannot be read (rhythmctl repos)"
        ]
    }
}
