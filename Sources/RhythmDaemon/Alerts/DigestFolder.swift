import RhythmAPI
import RhythmCore
import RhythmReport

/// The folder of digests: one Markdown file for each week, month and quarter that closed since the first day here.
struct DigestFolder: Sendable {
    let path: String

    /// Older ones stay as they are.
    private static let days = 130

    /// Writes the digests of what closed lately, where they do not say so already.
    ///
    /// - Throws: ``SystemError``.
    func sync(_ assessment: Assessment, since installedAt: Timestamp) throws {
        let calendar = assessment.calendar
        let earliest = max(calendar.day(of: installedAt), assessment.today - Self.days)
        var digests: [String: [(Wire.PeriodResult, Wire.PeriodResult?)]] = [:]
        // Those that were taken out since belong to it as well, and in an order that no config changes.
        for evaluation in (assessment.rhythms + assessment.ended).sorted(by: { $0.id < $1.id }) {
            let declared = calendar.day(of: evaluation.declaredAt)
            for (index, result) in evaluation.periods.enumerated()
            where [.week, .month, .quarter].contains(result.period.cadence) && !result.isOpen
                && result.period.last >= max(earliest, declared)
            {
                let before = index > 0 ? evaluation.periods[index - 1] : nil
                digests[result.period.id, default: []].append(
                    (
                        Wire.PeriodResult(result, of: evaluation, calendar: calendar),
                        before.map { Wire.PeriodResult($0, of: evaluation, calendar: calendar) }
                    ))
            }
        }
        guard !digests.isEmpty else { return }
        try AtomicFile.makeFolder(path)
        for (period, results) in digests.sorted(by: { $0.key < $1.key }) {
            try AtomicFile.write(DigestDocument.markdown(results), to: "\(path)/\(period).md")
        }
    }
}
