/// The texts that a repository's mailmap is made of, in git's order; a later one beats an earlier one.
struct MailmapSources {
    var worktreeFile: [UInt8]?
    var blob: [UInt8]?
    var configuredFile: [UInt8]?

    /// - Parameters:
    ///   - base: what a relative `mailmap.file` is relative to.
    ///   - isBare: a repository without a worktree has HEAD's, unless the config names another blob.
    ///   - readBlob: the blob that a revision names.
    init(
        workDir: String?, gitDir: String, isBare: Bool, configuredBlob: String?, configuredFile: String?,
        readBlob: (String) -> [UInt8]?
    ) {
        if !isBare, let workDir {
            // git does not follow a link here, for whoever wrote the repository could point it anywhere.
            worktreeFile = Files.read(workDir + "/.mailmap", followingLinks: false)
        }
        if let revision = configuredBlob ?? (isBare ? "HEAD:.mailmap" : nil) { blob = readBlob(revision) }
        if let path = configuredFile, !path.isEmpty {
            self.configuredFile = Files.read(Files.join(workDir ?? gitDir, path))
        }
    }

    var mailmap: Mailmap {
        var mailmap = Mailmap()
        if let worktreeFile { mailmap.add(file: worktreeFile) }
        if let blob { mailmap.add(blob: blob) }
        if let configuredFile { mailmap.add(file: configuredFile) }
        return mailmap
    }

    func add(to view: inout View) {
        view.add(".mailmap", worktreeFile)
        view.add("mailmap.blob", blob)
        view.add("mailmap.file", configuredFile)
    }
}
