import Logging
import NIOCore
import RhythmAPI

/// One client's connection: reads a call, runs it, writes its replies, and only then reads on.
///
/// Not reading is all the backpressure there is: what a client sends ahead stays in the kernel's buffer and slows down
/// that client alone. Everything here happens on the channel's event loop.
final class VarlinkConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Environment: Sendable {
        let service: VarlinkService
        let limits: VarlinkServer.Limits
        let executor: any TaskExecutor
        let unexpectedError: @Sendable (any Error, _ method: String) -> VarlinkError
        let logger: Logger
    }

    private struct Running {
        let call: VarlinkMessage.Call
        var task: Task<Void, Never>?
    }

    private let environment: Environment
    private let peer: VarlinkPeer?
    private let loop: any EventLoop
    private var context: ChannelHandlerContext?
    private var framing: VarlinkFraming
    private var running: Running?
    /// The client will send no more, but may still read.
    private var isInputClosed = false
    /// No further call is begun.
    private var isStopping = false
    private var isPumping = false
    private var isReading = false
    private var unfinishedTimeout: Scheduled<Void>?
    private var stallTimeout: Scheduled<Void>?
    private var unwrittenChunks = 0
    private var writtenChunks = 0
    /// Since when there has been nothing to do.
    private(set) var idleSince = NIODeadline.now()

    init(environment: Environment, peer: VarlinkPeer?, loop: any EventLoop) {
        self.environment = environment
        self.peer = peer
        self.loop = loop
        framing = VarlinkFraming(limit: environment.limits.messageSize)
    }

    /// Closing it now would disturb nobody's call.
    var isIdle: Bool { running == nil && !framing.hasUnfinishedMessage }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        readIfWanted()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        framing.append(unwrapInboundIn(data).readableBytesView)
        pump()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        isReading = false
        readIfWanted()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? ChannelEvent {
        case .inputClosed:
            isInputClosed = true
            pump()
        case .outputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isInputClosed = true
        unfinishedTimeout?.cancel()
        stallTimeout?.cancel()
        // A oneway call was never going to tell anyone; it is done all the same. Others have lost their reader.
        if let running, !running.call.oneway { running.task?.cancel() }
        pump()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        environment.logger.debug("varlink: connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    // MARK: Calls

    /// Begins the calls that have arrived, one after the other.
    ///
    /// A call that ends at once comes back here while this is still on the stack; the flag makes the outer round go on,
    /// so that a thousand pipelined calls do not make a thousand frames.
    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        while running == nil, !isStopping {
            let call: VarlinkMessage.Call
            do {
                guard let message = try framing.next() else { break }
                call = try VarlinkMessage.Call(parsing: message)
            } catch {
                environment.logger.info("varlink: closing a connection", metadata: ["reason": "\(error)"])
                framing = VarlinkFraming(limit: environment.limits.messageSize)
                isStopping = true
                break
            }
            // Whoever has gone can still have left oneway calls behind.
            if context?.channel.isActive == true || call.oneway { begin(call) }
        }
        if running == nil, isStopping || isInputClosed {
            context?.close(promise: nil)
        } else {
            superviseUnfinishedMessage()
            readIfWanted()
        }
    }

    private func begin(_ call: VarlinkMessage.Call) {
        running = Running(call: call)
        let method: VarlinkMethod
        do {
            method = try environment.service.method(call.method)
        } catch {
            finish(.failure(error))
            return
        }
        let bound = NIOLoopBound(self, eventLoop: loop)
        let loop = loop
        let handled = VarlinkCall(
            method: call.method, parameters: call.parameters, wantsMore: call.more, isOneway: call.oneway, peer: peer,
            send: { parameters in
                let sent = loop.makePromise(of: Void.self)
                loop.execute { bound.value.sendContinuing(parameters, promise: sent) }
                try await sent.futureResult.get()
            })
        let task = Task(executorPreference: environment.executor) {
            let result: Result<JSONValue, any Error>
            do {
                result = .success(try await method.run(handled))
            } catch {
                result = .failure(error)
            }
            loop.execute { bound.value.finish(result) }
        }
        running?.task = task
    }

    private func sendContinuing(_ parameters: JSONValue, promise: EventLoopPromise<Void>) {
        guard running?.call.more == true, context?.channel.isActive == true else {
            promise.fail(CancellationError())
            return
        }
        guard case .object(let members) = parameters else {
            promise.fail(EncodingError.invalidValue(parameters, .init(codingPath: [], debugDescription: "no object")))
            return
        }
        write(VarlinkMessage.Reply(parameters: members, continues: true), promise: promise)
        promise.futureResult.whenFailure { [bound = NIOLoopBound(self, eventLoop: loop)] _ in
            bound.value.running?.task?.cancel()
        }
    }

    private func finish(_ result: Result<JSONValue, any Error>) {
        guard let call = running?.call else { return }
        let reply = reply(to: call, result)
        guard !call.oneway, context?.channel.isActive == true else { return ended() }
        guard let reply else {
            isStopping = true
            return ended()
        }
        let written = loop.makePromise(of: Void.self)
        write(reply, promise: written)
        written.futureResult.assumeIsolated().whenComplete { _ in self.ended() }
    }

    private func ended() {
        running = nil
        idleSince = .now()
        pump()
    }

    /// The last reply; nil where the only honest end is to close the connection.
    private func reply(to call: VarlinkMessage.Call, _ result: Result<JSONValue, any Error>) -> VarlinkMessage.Reply? {
        switch result {
        case .success(.object(let members)): return VarlinkMessage.Reply(parameters: members)
        case .success(.null): return VarlinkMessage.Reply()
        case .success(let value):
            environment.logger.error(
                "varlink: a method returned no object", metadata: ["method": "\(call.method)", "value": "\(value)"])
            return nil
        case .failure(let error as VarlinkError): return VarlinkMessage.Reply(error)
        case .failure(is CancellationError): return nil
        case .failure(let error):
            environment.logger.error(
                "varlink: a method failed", metadata: ["method": "\(call.method)", "error": "\(error)"])
            return VarlinkMessage.Reply(environment.unexpectedError(error, call.method))
        }
    }

    // MARK: Stopping

    /// Begins no further call and closes once the running one has ended. A stream may have no end, so it is told.
    func stop() {
        isStopping = true
        if running?.call.more == true { running?.task?.cancel() }
        pump()
    }

    /// Waits for nothing.
    func abort() {
        running?.task?.cancel()
        context?.close(promise: nil)
    }

    // MARK: Reading

    private func readIfWanted() {
        guard running == nil, !isStopping, !isInputClosed, !isReading else { return }
        guard let context, context.channel.isActive else { return }
        isReading = true
        context.read()
    }

    /// A message once begun must end within the limit, however its bytes trickle in. Time in which we did not read is
    /// not held against the client.
    private func superviseUnfinishedMessage() {
        guard running == nil, framing.hasUnfinishedMessage, let context, context.channel.isActive else {
            unfinishedTimeout?.cancel()
            unfinishedTimeout = nil
            return
        }
        guard unfinishedTimeout == nil else { return }
        unfinishedTimeout = loop.assumeIsolated().scheduleTask(in: environment.limits.unfinishedMessage) {
            self.environment.logger.info("varlink: closing a connection", metadata: ["reason": "half a message"])
            self.context?.close(promise: nil)
        }
    }

    // MARK: Writing

    private func write(_ reply: VarlinkMessage.Reply, promise: EventLoopPromise<Void>) {
        guard let context else {
            promise.fail(ChannelError.ioOnClosedChannel)
            return
        }
        var bytes = context.channel.allocator.buffer(bytes: reply.serialized())
        // In pieces, so that a client that reads a large reply slowly can be told from one that does not read.
        while let chunk = bytes.readSlice(length: min(bytes.readableBytes, 1 << 16)), chunk.readableBytes > 0 {
            unwrittenChunks += 1
            let written = bytes.readableBytes == 0 ? promise : loop.makePromise(of: Void.self)
            written.futureResult.assumeIsolated().whenComplete { _ in self.chunkWritten() }
            context.write(wrapOutboundOut(chunk), promise: written)
        }
        context.flush()
        if unwrittenChunks > 0 { superviseWriting() }
    }

    private func chunkWritten() {
        unwrittenChunks -= 1
        writtenChunks &+= 1
        if unwrittenChunks == 0 {
            stallTimeout?.cancel()
            stallTimeout = nil
        }
    }

    private func superviseWriting() {
        guard stallTimeout == nil, context?.channel.isActive == true else { return }
        let before = writtenChunks
        stallTimeout = loop.assumeIsolated().scheduleTask(in: environment.limits.writeStall) {
            self.stallTimeout = nil
            if self.writtenChunks != before {
                self.superviseWriting()
            } else {
                self.environment.logger.info(
                    "varlink: closing a connection", metadata: ["reason": "the client does not read its replies"])
                self.context?.close(promise: nil)
            }
        }
    }
}
