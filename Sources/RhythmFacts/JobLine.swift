import RhythmCore

/// A job as lines, in any order and any number of each kind:
///
/// | kind | fields |
/// |---|---|
/// | `email` | an email of the user's |
/// | `name` | a name of the user's |
/// | `co-authored`, `everyone`, `one-at-a-time` | |
/// | `devlog` | glob |
/// | `path` | glob |
/// | `release` | glob |
/// | `journal` | path, whether to read it |
/// | `exclude` | glob |
/// | `root` | path, depth |
/// | `repository` | path, view of the last scan, its tips, its releases |
/// | `folder` | path, view of the last scan |
/// | `roadmap` | path, view of the last scan, its head, the file's path in the repository then |
/// | `horizon` | seconds since 1970 |
/// | `skip` | git dir |
package enum JobLine {
    package static func encode(_ job: Job) -> [UInt8] {
        var writer = LineWriter()
        func lines(_ kind: StaticString, _ values: [String]) {
            for value in values {
                writer.word(kind)
                writer.text(value)
                writer.endLine()
            }
        }
        lines("email", job.identity.emails)
        lines("name", job.identity.names)
        if job.identity.coAuthored {
            writer.word("co-authored")
            writer.endLine()
        }
        if job.identity.everyone {
            writer.word("everyone")
            writer.endLine()
        }
        if job.oneAtATime {
            writer.word("one-at-a-time")
            writer.endLine()
        }
        lines("devlog", job.devlogGlobs)
        lines("path", job.pathGlobs)
        lines("release", job.releaseGlobs)
        if let journal = job.journal {
            writer.word("journal")
            writer.text(journal.path)
            writer.flag(journal.isRead)
            writer.endLine()
        }
        lines("exclude", job.excludes)
        for root in job.roots {
            writer.word("root")
            writer.text(root.path)
            writer.number(root.depth)
            writer.endLine()
        }
        for repository in job.repositories {
            writer.word("repository")
            writer.text(repository.path)
            writer.text(repository.lastScan?.view)
            writer.list(repository.lastScan?.tips.map(\.hex) ?? [])
            writer.text(repository.lastScan?.releases)
            writer.endLine()
        }
        for folder in job.folders {
            writer.word("folder")
            writer.text(folder.path)
            writer.text(folder.view)
            writer.endLine()
        }
        if let roadmap = job.roadmap {
            writer.word("roadmap")
            writer.text(roadmap.path)
            writer.text(roadmap.last?.view)
            writer.objectID(roadmap.last?.head)
            writer.text(roadmap.last?.path)
            writer.endLine()
        }
        if let horizon = job.horizon {
            writer.word("horizon")
            writer.number(horizon.seconds)
            writer.endLine()
        }
        lines("skip", job.skip)
        return writer.bytes
    }

    /// - Parameter bytes: all lines; the last one's newline may be missing.
    package static func decode(_ bytes: ArraySlice<UInt8>) throws(LineError) -> Job {
        var job = Job()
        var line = 0
        for slice in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            guard !slice.isEmpty else { continue }
            var reader = LineReader(slice, line: line)
            switch try reader.word() {
            case "email": job.identity.emails.append(try reader.text())
            case "name": job.identity.names.append(try reader.text())
            case "co-authored": job.identity.coAuthored = true
            case "everyone": job.identity.everyone = true
            case "one-at-a-time": job.oneAtATime = true
            case "devlog": job.devlogGlobs.append(try reader.text())
            case "path": job.pathGlobs.append(try reader.text())
            case "release": job.releaseGlobs.append(try reader.text())
            case "journal": job.journal = Job.Journal(path: try reader.text(), isRead: try reader.flag())
            case "exclude": job.excludes.append(try reader.text())
            case "root": job.roots.append(Job.Root(path: try reader.text(), depth: try reader.count()))
            case "repository":
                let path = try reader.text()
                let view = try reader.optionalText()
                let tips = try reader.objectIDs()
                let releases = try reader.optionalText()
                guard view != nil || tips.isEmpty else { throw reader.failure("tips without a view") }
                job.repositories.append(
                    Job.Repository(
                        path: path, lastScan: view.map { Job.LastScan(view: $0, tips: tips, releases: releases) }))
            case "folder":
                job.folders.append(Job.Folder(path: try reader.text(), view: try reader.optionalText()))
            case "roadmap":
                let path = try reader.text()
                let view = try reader.optionalText()
                let head = try reader.optionalObjectID()
                let then = try reader.optionalText()
                job.roadmap = Job.Roadmap(
                    path: path, last: view.map { Job.Roadmap.Last(view: $0, head: head, path: then ?? "") })
            case "horizon": job.horizon = Timestamp(try reader.number())
            case "skip": job.skip.append(try reader.text())
            case let other: throw reader.failure("unknown kind “\(other)”")
            }
            try reader.finish()
        }
        return job
    }
}
