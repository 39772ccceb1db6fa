package import RhythmAPI
package import RhythmCore

/// A status in Prometheus's text format, for the textfile collector of node_exporter.
///
/// No value depends on the moment at which it is written, so that a text is another one only when the state is. Every
/// sample has the host's name, by which one Prometheus tells machines apart. Two machines that hold clones of the same
/// repository count the same work, so over hosts the greatest is to be taken, not the sum.
package enum PrometheusText {
    package struct Repository: Hashable, Sendable {
        package var path: String
        /// Commits of the user's that it holds or held.
        package var commits: Int
        package var isReadable: Bool

        package init(path: String, commits: Int, isReadable: Bool) {
            self.path = path
            self.commits = commits
            self.isReadable = isReadable
        }
    }

    /// - Parameters:
    ///   - repositories: those that are read.
    ///   - scannedAt: when the last good scan began; nil before there was one.
    package static func text(
        _ reply: Wire.Status.Reply, host: String, repositories: [Repository], scannedAt: Timestamp?
    ) -> String {
        func each(_ value: (Wire.PeriodResult) -> Double?) -> [Sample] {
            reply.rhythms.compactMap { result in value(result).map { Sample([("rhythm", result.id)], $0) } }
        }
        let families: [Family] = [
            Family(
                "rhythm_info", "The rhythms, and what each counts.",
                reply.rhythms.map {
                    Sample(
                        [
                            ("rhythm", $0.id), ("name", harmless($0.name)), ("measure", $0.measure.rawValue),
                            ("every", $0.every.rawValue),
                        ], 1)
                }),
            Family("rhythm_have", "What the newest period of a rhythm has.", each { $0.have }),
            Family("rhythm_target", "What the newest period of a rhythm asks for.", each { $0.target }),
            Family("rhythm_need", "What the newest period of a rhythm still misses.", each { $0.need }),
            Family(
                "rhythm_state", "1 for the state of the newest period of a rhythm, 0 for the others.",
                reply.rhythms.flatMap { result in
                    PeriodState.allCases.map {
                        Sample([("rhythm", result.id), ("state", $0.rawValue)], $0 == result.state ? 1 : 0)
                    }
                }),
            Family(
                "rhythm_streak_current", "Met periods of a rhythm in a row.", each { Double($0.streak.current) }),
            Family(
                "rhythm_streak_longest", "The most met periods of a rhythm in a row.",
                each { Double($0.streak.longest) }),
            Family(
                "rhythm_strength_ratio", "The strength of a rhythm, from 0 to 1.",
                each { $0.strength }),
            Family(
                "rhythm_odds_ratio", "The odds of meeting the open period of a rhythm, from 0 to 1, where known.",
                each { $0.outlook?.odds }),
            Family(
                "rhythm_active_day_streak_current", "Days with a commit in a row.",
                [Sample([], Double(reply.activeDays.current))]),
            Family(
                "rhythm_active_day_streak_longest", "The most days with a commit in a row.",
                [Sample([], Double(reply.activeDays.longest))]),
            Family("rhythm_alerts", "Alerts that are open.", [Sample([], Double(reply.alerts.count))]),
            Family("rhythm_repositories", "Repositories that are read.", [Sample([], Double(reply.repositories))]),
            Family(
                "rhythm_repositories_unreadable", "Repositories that cannot be read.",
                [Sample([], Double(reply.unreadable.count))]),
            Family(
                "rhythm_repository_commits",
                "Your commits that a repository holds or held. One that several hold is in each.",
                repositories.map { Sample([("repository", harmless($0.path))], Double($0.commits)) }),
            Family(
                "rhythm_repository_readable", "1 where a repository can be read, 0 where not.",
                repositories.map { Sample([("repository", harmless($0.path))], $0.isReadable ? 1 : 0) }),
            Family(
                "rhythm_repositories_unfinished", "Repositories whose older history is still to be read.",
                [Sample([], Double(reply.freshness.unfinished ?? 0))]),
            Family(
                "rhythm_last_scan_timestamp_seconds", "When the last good scan of the repositories began.",
                scannedAt.map { [Sample([], Double($0.seconds))] } ?? []),
        ]
        return families.map { $0.text(host: harmless(host)) }.joined()
    }

    private struct Family {
        var name: String
        var help: String
        var samples: [Sample]

        init(_ name: String, _ help: String, _ samples: [Sample]) {
            self.name = name
            self.help = help
            self.samples = samples
        }

        func text(host: String) -> String {
            guard !samples.isEmpty else { return "" }
            return "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
                + samples.map { "\(name)\($0.text(host: host))\n" }.joined()
        }
    }

    private struct Sample {
        var labels: [(String, String)]
        var value: Double

        init(_ labels: [(String, String)], _ value: Double) {
            self.labels = labels
            self.value = value
        }

        func text(host: String) -> String {
            let list = ([("host", host)] + labels).map { name, value in
                "\(name)=\"" + value.replacing(["\\": "\\\\", "\"": "\\\"", "\n": "\\n"]) + "\""
            }.joined(separator: ",")
            return "{\(list)} \(number)"
        }

        private var number: String {
            if let whole = Int64(exactly: value) { return "\(whole)" }
            return value.isNaN ? "NaN" : value.isInfinite ? (value > 0 ? "+Inf" : "-Inf") : "\(value)"
        }
    }
}
