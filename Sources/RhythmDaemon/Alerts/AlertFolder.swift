import Foundation
import RhythmAPI
import RhythmCore
import RhythmReport

/// The folder of alert files: one Markdown file for each episode that is not over, and `alerts.json` that lists them.
/// Those that are over move to `archive/YYYY/`.
struct AlertFolder: Sendable {
    let path: String

    /// The file that lists them.
    var list: String { "\(path)/alerts.json" }

    /// Where an episode's file is, or will be once it is over.
    func file(of episode: Episode) -> String {
        "\(episode.isOver ? archive(of: episode) : path)/\(episode.id).md"
    }

    private func archive(of episode: Episode) -> String { "\(path)/archive/\(episode.period.prefix(4))" }

    /// The ids of the alerts that have a file outside the archive.
    var files: Set<String> {
        Set(
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
                .filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) })
    }

    /// Makes the folder say what the episodes say. A file that already does is not written again, so that a restart
    /// changes nothing, and a crash between two files is made good by the next call.
    ///
    /// - Parameter alerts: all that are not over, and those that are and still have a file.
    /// - Throws: ``SystemError``.
    func sync(_ alerts: [AlertView], assessment: Assessment) throws {
        try AtomicFile.makeFolder(path)
        for alert in alerts {
            let episode = alert.episode
            let file = "\(path)/\(episode.id).md"
            if episode.isOver, access(file, F_OK) != 0 { continue }
            try AtomicFile.write(document(of: alert, assessment), to: file)
            if episode.isOver {
                try AtomicFile.makeFolder(archive(of: episode))
                try AtomicFile.move(file, to: self.file(of: episode))
            }
        }
        let open = alerts.filter { !$0.episode.isOver }.map {
            Wire.Alert($0, file: file(of: $0.episode), in: assessment)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(["alerts": open]), as: UTF8.self) + "\n"
        try AtomicFile.write(json, to: list)
    }

    func document(of alert: AlertView, _ assessment: Assessment) -> String {
        AlertDocument.markdown(
            alert: Wire.Alert(alert, file: file(of: alert.episode), in: assessment),
            result: assessment.result(of: alert.episode))
    }
}
