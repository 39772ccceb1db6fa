import RhythmStore

/// How the daemon is, in the one line that a service manager shows of it.
extension Snapshot {
    /// - Parameter reading: how far the pass is that goes over all repositories, while one does.
    func statusLine(reading: ScanProgress?) -> String {
        if let reading {
            let done = reading.done + reading.begun
            return "reading repositories" + (reading.total > 0 ? ": \(done) of \(max(done, reading.total))" : "")
        }
        if let trouble { return trouble }
        let tracked = repositories.filter { $0.standing == .tracked }
        let unreadable = tracked.count { $0.problem != nil }
        let open = alerts.count { !$0.isQuiet }
        var parts = ["watching \(tracked.count) \(tracked.count == 1 ? "repository" : "repositories")"]
        if unreadable > 0 { parts.append("\(unreadable) unreadable") }
        parts.append(open == 1 ? "1 alert" : open == 0 ? "no alerts" : "\(open) alerts")
        return parts.joined(separator: ", ")
    }
}
