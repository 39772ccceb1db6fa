import Glibc
import NIOCore
import NIOPosix
import RhythmAPI
import RhythmDaemon
import Testing

struct LifecycleTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// A listening socket made by somebody else.
    private func bound(_ path: String, listening: Bool = true) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #expect(VarlinkSocketPath.withAddress(path) { bind(descriptor, $0, $1) } == 0)
        if listening { #expect(listen(descriptor, 1) == 0) }
        return descriptor
    }

    /// Under other umasks a process of its own is tried: this one's is that of all tests beside it.
    @Test func theSocketIsItsOwnersAlone() async throws {
        try await TestService.run { service in
            #expect(mode(service.path) == 0o600)
            #expect(mode(service.folder + "/run") == 0o700)
            try await service.server.listen(at: service.folder + "/a/b/c.sock")
            #expect(mode(service.folder + "/a") == 0o700)
            #expect(mode(service.folder + "/a/b/c.sock") == 0o600)
        }
    }

    @Test func aLiveSocketIsNeverStolen() async throws {
        try await TestService.run { service in
            await #expect(throws: VarlinkServerError.alreadyRunning(service.path)) {
                try await service.server.listen(at: service.path)
            }
            let answers = try service.answers()
            #expect(answers)
        }
    }

    @Test func aLiveSocketWithAFullBacklogIsNotStolenEither() async throws {
        try await TestService.run(listening: false) { service in
            mkdir(service.folder + "/run", 0o700)
            let other = bound(service.path)
            var waiting: [RawSocket] = []
            for _ in 0..<2 { waiting.append(try service.raw()) }
            await #expect(throws: VarlinkServerError.alreadyRunning(service.path)) {
                try await service.server.listen(at: service.path)
            }
            withExtendedLifetime(waiting) { _ = close(other) }
        }
    }

    @Test func aDeadSocketMakesRoom() async throws {
        try await TestService.run(listening: false) { service in
            mkdir(service.folder + "/run", 0o700)
            close(bound(service.path))
            #expect(throws: VarlinkClientError.refused(service.path)) { try service.client() }
            try await service.server.listen(at: service.path)
            #expect(try service.answers())
        }
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        try await TestService.run(listening: false) { service in
            mkdir(service.folder + "/run", 0o700)
            close(open(service.path, O_CREAT | O_WRONLY, 0o600))
            await #expect(throws: VarlinkServerError.notASocket(service.path)) {
                try await service.server.listen(at: service.path)
            }
            #expect(exists(service.path))
        }
    }

    @Test func pathsThatNoSocketCanHave() async throws {
        try await TestService.run(listening: false) { service in
            let fits = service.folder + "/" + String(repeating: "x", count: 106 - service.folder.utf8.count)
            #expect(fits.utf8.count == 107)
            try await service.server.listen(at: fits)
            #expect(try VarlinkClient.connect(path: fits).call("org.varlink.service.GetInfo")["product"] == "test")
            await #expect(throws: VarlinkServerError.pathTooLong(fits + "y")) {
                try await service.server.listen(at: fits + "y")
            }
            #expect(throws: VarlinkClientError.pathTooLong(fits + "y")) { try VarlinkClient.connect(path: fits + "y") }
            #expect(throws: VarlinkClientError.noSocket(service.path)) { try service.client() }
            #expect("\(VarlinkClientError.pathTooLong("xy"))".contains("2 bytes"))
            await service.server.stop()
            #expect(!exists(fits))
        }
    }

    @Test func stoppingRemovesTheSocketOnlyIfItIsStillItsOwn() async throws {
        try await TestService.run { service in
            let (first, second) = (service.path, service.folder + "/run/other.sock")
            try await service.server.listen(at: second)
            unlink(second)
            let other = bound(second)
            await service.server.stop()
            #expect(!exists(first))
            #expect(exists(second))
            close(other)
            await #expect(throws: VarlinkServerError.stopped) { try await service.server.listen(at: first) }
        }
    }

    @Test func stoppingLetsTheRunningCallEnd() async throws {
        try await TestService.run { service in
            let raw = try service.raw()
            let idle = try service.raw()
            raw.send("{\"method\":\"dev.rhythm.Test.Wait\"}\0{\"method\":\"dev.rhythm.Test.Wait\"}\0")
            await service.expect("waiting")
            let server = service.server
            let stopping = Task(executorPreference: LoopExecutor(service.aside.next())) {
                await server.stop(within: .seconds(60))
            }
            // The idle client is closed as soon as stopping has begun.
            #expect(idle.readToEnd().closed)
            service.release.yield()
            #expect(raw.readToEnd().messages == [#"{"parameters":{}}"#])
            await stopping.value
        }
    }

    @Test func stoppingDoesNotWaitForStreamsNorForEver() async throws {
        try await TestService.run { service in
            let stream = try service.raw()
            stream.send("{\"method\":\"dev.rhythm.Test.Watch\",\"more\":true}\0")
            await service.expect("watching")
            let waiting = try service.raw()
            waiting.send("{\"method\":\"dev.rhythm.Test.Wait\"}\0")
            await service.expect("waiting")
            await service.server.stop(within: .milliseconds(50))
            #expect(
                stream.readToEnd().messages == [
                    #"{"continues":true,"parameters":{"number":1}}"#, #"{"parameters":{"number":2}}"#,
                ])
            #expect(waiting.readToEnd().closed)
        }
    }

    @Test func listensOnASocketThatWasPassedIn() async throws {
        try await TestService.run(listening: false) { service in
            mkdir(service.folder + "/run", 0o700)
            try await service.server.listen(on: bound(service.path))
            #expect(try service.answers())
            await service.server.stop()
            #expect(exists(service.path))
        }
    }

    @Test func whatCannotListenIsAnError() async throws {
        try await TestService.run(listening: false) { service in
            let pipe = try Pipe()
            close(pipe.writing)
            for descriptor in [
                pipe.reading, open("/dev/null", O_RDWR), socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0),
            ] {
                await #expect(throws: VarlinkServerError.notAStream(descriptor)) {
                    try await service.server.listen(on: descriptor)
                }
                close(descriptor)
            }
        }
    }

    @Test func aFileIsNoPlaceToServeOn() async throws {
        try await TestService.run(listening: false) { service in
            for flags in [O_RDONLY, O_WRONLY] {
                let null = open("/dev/null", flags)
                let other = try Pipe()
                await #expect(throws: VarlinkServerError.notAStream(null)) {
                    try await service.server.serve(
                        reading: flags == O_RDONLY ? null : other.reading,
                        writing: flags == O_WRONLY ? null : other.writing)
                }
            }
        }
    }

    @Test func otherUsersAreTurnedAway() async throws {
        try await TestService.run(user: geteuid() + 1) { service in
            let raw = try service.raw()
            raw.send("{\"method\":\"org.varlink.service.GetInfo\"}\0")
            let end = raw.readToEnd()
            #expect(end.messages.isEmpty && end.closed)
        }
    }
}
