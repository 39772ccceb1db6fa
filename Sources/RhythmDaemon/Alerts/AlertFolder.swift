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
    /// - Parameter alerts: all that are not over, and those that are and still have a file, or changed.
    /// - Throws: ``SystemError`` of the first file that could not be written; the others were.
    func sync(_ alerts: [AlertView], assessment: Assessment) throws {
        try AtomicFile.makeFolder(path)
        var failure: (any Error)?
        for alert in alerts {
            do { try sync(alert, assessment) } catch { failure = failure ?? error }
        }
        let open = alerts.filter { !$0.episode.isOver }.map {
            Wire.Alert($0, file: file(of: $0.episode), in: assessment)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(["alerts": open]), as: UTF8.self) + "\n"
        try AtomicFile.write(json, to: list)
        if let failure { throw failure }
    }

    private func sync(_ alert: AlertView, _ assessment: Assessment) throws {
        let episode = alert.episode
        let open = "\(path)/\(episode.id).md"
        let isOpen = access(open, F_OK) == 0
        // One that ended before it ever had a file gets none.
        if episode.isOver, !isOpen, access(file(of: episode), F_OK) != 0 { return }
        try AtomicFile.write(document(of: alert, assessment), to: episode.isOver && !isOpen ? file(of: episode) : open)
        if episode.isOver && isOpen {
            try AtomicFile.makeFolder(archive(of: episode))
            try AtomicFile.move(open, to: file(of: episode))
        }
    }

    func document(of alert: AlertView, _ assessment: Assessment) -> String {
        if alert.episode.isDrift, let roadmap = assessment.roadmap {
            return AlertDocument.drift(
                Wire.Alert(alert, file: file(of: alert.episode), in: assessment), roadmap: roadmap.file,
                roadmap.drift.map { ($0.line, $0.text) })
        }
        return AlertDocument.markdown(
            alert: Wire.Alert(alert, file: file(of: alert.episode), in: assessment),
            result: assessment.result(of: alert.episode))
    }
}
