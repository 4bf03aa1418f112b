internal import SystemCalls
internal import SystemPackage

/// An HTTP server on 127.0.0.1 that takes every request, for the sinks that send.
///
/// It costs as little as it can, so that it does not disturb what is measured: a thread for each connection blocks in read,
/// takes the time before anything else, and answers before it looks at the body.
final class LoopbackServer: Sendable {
    /// What is to come.
    enum Expectation: Sendable {
        /// So many events in the wire server's XML.
        case events(Int)
        /// An event for each sequence number below the table's size (see ``ArrivalTable``).
        case arrivals(ArrivalTable)
        /// The server accepts connections and never reads from one.
        case nothing
    }

    /// What has come so far.
    struct Progress: Sendable {
        fileprivate(set) var requests = 0
        fileprivate(set) var bytes = 0
        fileprivate(set) var events = 0
        /// When the body arrived that brought the last expected event, on the monotonic clock.
        fileprivate(set) var completed: UInt64?
        /// Why the server does not understand its client.
        fileprivate var fault: BenchFailure?
    }

    let port: Int
    private let listener: Listener
    private let progress = Monitor(Progress())

    private static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
    /// So often a waiting bench looks whether the program that is to send has ended.
    private static let lookInterval: Duration = .milliseconds(200)

    init(expecting expected: Expectation) throws {
        do {
            let listener = Listener(try Kernel.listener())
            port = try Kernel.port(of: listener.descriptor)
            self.listener = listener
            let progress = progress
            try Thread(named: "server") { Self.accept(from: listener, expected, progress) }.detach()
        } catch {
            throw BenchFailure("No server can listen on 127.0.0.1: \(error)")
        }
    }

    deinit {
        Kernel.shutDown(listener.descriptor)
    }

    var soFar: Progress { progress.withLock { $0 } }

    /// Waits for all that is expected, and answers when it had come; nil when it does not come, or `program` ends before.
    func waitForAll(from program: RunningProgram, within seconds: UInt64) throws -> UInt64? {
        let deadline = Clocks.monotonicNanoseconds() + seconds * 1_000_000_000
        while true {
            // Looked at first: what an ended program has sent is in the socket's buffer at the latest.
            let isLast = program.lines.hasEnded || Clocks.monotonicNanoseconds() > deadline
            let completed = progress.wait(atMost: Self.lookInterval) { $0.completed ?? ($0.fault == nil ? nil : 0) }
            if let fault = progress.withLock({ $0.fault }) { throw fault }
            if completed != nil || isLast { return completed }
        }
    }

    // MARK: The server's threads

    /// Carries the descriptor into the thread, and closes it after the last use.
    private final class Listener: Sendable {
        let descriptor: OwnedDescriptor

        init(_ descriptor: consuming OwnedDescriptor) {
            self.descriptor = descriptor
        }
    }

    /// A connection, which its thread closes.
    private final class Connection: Sendable {
        let descriptor: OwnedDescriptor

        init(_ descriptor: consuming OwnedDescriptor) {
            self.descriptor = descriptor
        }
    }

    /// It ends when the server goes.
    private static func accept(from listener: Listener, _ expected: Expectation, _ progress: Monitor<Progress>) {
        var silent: [Connection] = []
        while let descriptor = try? Kernel.accept(from: listener.descriptor) {
            let connection = Connection(descriptor)
            if case .nothing = expected {
                // The latest ones stay open; what the client has given up may go.
                silent = silent.suffix(15) + [connection]
                continue
            }
            do {
                try Thread(named: "connection") {
                    do {
                        try serve(connection.descriptor, expected, progress)
                    } catch let fault as BenchFailure {
                        progress.withLock { $0.fault = fault }
                        progress.wake()
                    } catch {
                        // The client broke the connection off, as programs do that are stopped.
                    }
                }.detach()
            } catch {
                progress.withLock { $0.fault = BenchFailure("A connection gets no thread: \(error)") }
                progress.wake()
            }
        }
    }

    private static func serve(
        _ connection: borrowing OwnedDescriptor, _ expected: Expectation, _ progress: Monitor<Progress>
    ) throws {
        var requests = RequestReader()
        while let request = try requests.next(from: connection) {
            try connection.writeAll(answer)
            let isNews = progress.withLock { progress in
                progress.requests += 1
                progress.bytes += request.body.count
                let isComplete: Bool
                switch expected {
                case .events(let wanted):
                    progress.events += WireEvents.count(in: request.body)
                    isComplete = progress.events >= wanted
                case .arrivals(let table):
                    progress.events += table.note(request.body, at: request.arrived)
                    isComplete = table.isComplete
                case .nothing: isComplete = false
                }
                guard isComplete, progress.completed == nil else { return false }
                progress.completed = request.arrived
                return true
            }
            if isNews { progress.wake() }
        }
    }
}
