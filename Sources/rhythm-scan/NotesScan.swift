import RhythmFacts
import RhythmGit

extension Worker {
    /// Reads a folder of notes outside git.
    ///
    /// - Returns: whether it could be read.
    func scan(_ folder: Job.Folder) -> Bool {
        let name = RepositoryFact.notes(folder.path)
        let block = BlockOutput(output)
        block.write(.begin(gitDir: name))
        do {
            let content = try NotesFolder.read(
                folder.path, last: folder.view, devlogs: job.devlogGlobs, ignored: Set(job.skip))
            block.write(
                .repository(
                    RepositoryFact(
                        gitDir: name, workDir: folder.path, reader: .git,
                        extent: content.entries == nil ? .delta : .full, rewritten: false, view: content.view, tips: [],
                        emails: [])))
            for entry in content.entries ?? [] {
                block.write(
                    .item(
                        ItemFact(
                            kind: .entry, name: "devlog", key: "\(name)\n\(entry.path)\n\(entry.heading)", object: nil,
                            path: entry.path, at: nil, day: entry.day,
                            title: entry.path.split(separator: "/").last.map(String.init) ?? "")))
            }
            block.end(.end(ScanSummary(commitsRead: 0, own: 0)))
            return true
        } catch {
            block.end(.problem(ProblemFact(path: name, code: error.code.rawValue, message: error.message)))
            return false
        }
    }
}
