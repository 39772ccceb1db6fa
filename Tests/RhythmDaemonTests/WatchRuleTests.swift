import NIOCore
import Testing

@testable import RhythmDaemon

/// What events mean, and when they lead to a reading.
struct WatchRuleTests {
    private func event(_ name: String, _ bits: UInt32 = 0x80, folder: Bool = false) -> Inotify.Event {
        // IN_MOVED_TO is 0x80, IN_ISDIR 0x4000_0000.
        Inotify.Event(watch: 1, mask: bits | (folder ? 0x4000_0000 : 0), name: Array(name.utf8)[...])
    }

    @Test func whatAShellPromptDoesMeansNothing() {
        for name in [
            "index.lock", "index", "HEAD.lock", "packed-refs.lock", "COMMIT_EDITMSG", "ORIG_HEAD", "FETCH_HEAD",
        ] {
            #expect(GitFolder.gitDir.meaning(of: event(name)) == .nothing, "\(name)")
        }
        #expect(GitFolder.gitDir.meaning(of: event("objects", folder: true)) == .nothing)
        #expect(GitFolder.names.meaning(of: event("main.lock")) == .nothing)
        #expect(GitFolder.refs.meaning(of: event("stash")) == .nothing)
        #expect(GitFolder.worktree.meaning(of: event("index")) == .nothing)
        #expect(GitFolder.logs.meaning(of: event("refs", folder: true)) == .nothing)
    }

    @Test func whatMovesRefsIsToldFromWhatChangesTheFolders() {
        for name in ["HEAD", "packed-refs", "config", "shallow"] {
            #expect(GitFolder.gitDir.meaning(of: event(name)) == .moved, "\(name)")
        }
        #expect(GitFolder.names.meaning(of: event("main")) == .moved)
        #expect(GitFolder.reftable.meaning(of: event("tables.list")) == .moved)
        #expect(GitFolder.reftable.meaning(of: event("0x1-0x2-ab.ref")) == .nothing)
        #expect(GitFolder.names.meaning(of: event("feature", folder: true)) == .rebuilt)
        #expect(GitFolder.worktrees.meaning(of: event("tree", folder: true)) == .rebuilt)
        #expect(GitFolder.gitDir.meaning(of: event("worktrees", folder: true)) == .rebuilt)
        // IN_IGNORED: it is watched no more.
        #expect(GitFolder.logs.meaning(of: event("", 0x8000)) == .rebuilt)
    }

    @Test func eventsAreReadAsTheKernelWritesThem() {
        var bytes = ByteBuffer()
        for (watch, name) in [(CInt(7), "main"), (8, "")] {
            let padded = name.isEmpty ? [] : Array(name.utf8) + [UInt8](repeating: 0, count: 16 - name.utf8.count)
            bytes.writeMultipleIntegers(watch, UInt32(0x80), UInt32(0), UInt32(padded.count), endianness: .host)
            bytes.writeBytes(padded)
        }
        #expect(
            Inotify.events(in: bytes) == [
                event("main").with(watch: 7), event("").with(watch: 8),
            ])
    }

    @Test func aCommitIsReadWhenItsEventsAreOver() {
        var settling = Settling()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        settling.note(1, at: start)
        settling.note(1, at: start + .milliseconds(2))
        #expect(settling.take(at: start + .milliseconds(6)).isEmpty)
        #expect(settling.next == start + .milliseconds(7))
        #expect(settling.take(at: start + .milliseconds(7)) == [1])
        #expect(settling.next == nil)
        // Minutes later it goes as fast.
        let later = start + .minutes(2)
        settling.note(1, at: later)
        #expect(settling.next == later + Settling.quiet)
    }

    @Test func eventsWithoutEndAreReadEverMoreRarelyButRead() {
        var settling = Settling()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var reads: [Int64] = []
        for step in 0..<15_000 {
            let now = start + .milliseconds(Int64(step))
            settling.note(1, at: now)
            // Another repository does not wait for it.
            if step == 5_000 { settling.note(2, at: now) }
            let due = settling.take(at: now)
            if due.contains(2) { #expect(step == 5_005) }
            if due.contains(1) { reads.append(Int64(step)) }
        }
        #expect(reads.first == 40)
        let gaps = zip(reads.dropFirst(), reads).map { $0 - $1 }
        #expect(gaps == gaps.sorted() && gaps.last == 2001)
    }

    @Test func theFileSystemOfAPathIsToldByTheMounts() throws {
        let mounts = MountTable(
            """
            22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            30 22 0:26 / /home/me/far\\040away rw shared:3 - nfs4 server:/x rw
            31 22 0:27 / /home/me/remote rw - fuse.sshfs me@host: rw
            32 22 0:28 / /mnt/c rw - 9p drvfs rw
            33 22 0:29 / /home rw master:1 - btrfs /dev/vdb rw
            """)
        #expect(mounts.type(of: "/home/me/far away/repo/.git") == "nfs4")
        #expect(mounts.type(of: "/home/me/far") == "btrfs")
        #expect(mounts.type(of: "/srv") == "ext4")
        #expect(mounts.isMountPoint("/mnt/c") && !mounts.isMountPoint("/mnt/c/x"))
        #expect(mounts.tellsAll("/home/me/code") && mounts.tellsAll("/"))
        for path in ["/home/me/far away", "/home/me/remote/a", "/mnt/c/Users"] { #expect(!mounts.tellsAll(path)) }
        // This machine's own table.
        let own = try #require(MountTable())
        #expect(own.type(of: "/proc/self") == "proc" && !own.tellsAll("/proc/self"))
    }
}

extension Inotify.Event {
    fileprivate func with(watch: CInt) -> Inotify.Event {
        var event = self
        event.watch = watch
        return event
    }
}
