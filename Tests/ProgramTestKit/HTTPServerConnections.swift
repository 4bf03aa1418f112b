import Foundation

/// The threads of an `HTTPServer`: one that accepts, and one for each connection.
final class HTTPServerConnections: @unchecked Sendable {
    // Unchecked: `condition` guards `state`.
    /// What the test and the threads share.
    struct State {
        var received: [HTTPServer.Request] = []
        /// The connections so far.
        var accepted = 0
        var open: Set<Int32> = []
        var isClosed = false
    }

    private let listener: Int32
    private let reply: @Sendable (HTTPServer.Request) -> HTTPServer.Reply
    private let condition = NSCondition()
    private var state = State()

    /// Accepts what comes to `listener`, and closes it in the end.
    init(of listener: Int32, _ reply: @escaping @Sendable (HTTPServer.Request) -> HTTPServer.Reply) {
        self.listener = listener
        self.reply = reply
        Thread { self.accept() }.start()
    }

    /// Looks at the state.
    func withLock<Answer>(_ body: (State) -> Answer) -> Answer {
        condition.withLock { body(state) }
    }

    /// Waits until a condition holds; false when it does not in time.
    func wait(until isTrue: (State) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: patience)
        condition.lock()
        defer { condition.unlock() }
        while !isTrue(state) {
            if !condition.wait(until: deadline) { return false }
        }
        return true
    }

    /// Ends the connections that are open.
    func endAll() {
        // What waits in read returns; a closed descriptor alone would leave it waiting.
        condition.withLock { for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) } }
    }

    /// Accepts no more, and ends the connections.
    func close() {
        let isFirst = condition.withLock {
            defer { state.isClosed = true }
            condition.broadcast()
            return !state.isClosed
        }
        guard isFirst else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        endAll()
    }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else {
                // A test that takes all descriptors gives them back.
                guard errno == EMFILE, withLock({ !$0.isClosed }) else { return }
                usleep(1000)
                continue
            }
            let number: Int? = condition.withLock {
                guard !state.isClosed else { return nil }
                state.open.insert(descriptor)
                state.accepted += 1
                condition.broadcast()
                return state.accepted
            }
            guard let number else {
                Glibc.close(descriptor)
                return
            }
            Thread { self.serve(HTTPServerConnection(descriptor, number: number)) }.start()
        }
    }

    private func serve(_ connection: HTTPServerConnection) {
        while let request = connection.readRequest() {
            condition.withLock {
                state.received.append(request)
                condition.broadcast()
            }
            guard connection.send(reply(request), isLast: Self.isLast(request)) else { break }
        }
        if connection.isToStayOpen { waitForClose() }
        condition.withLock {
            state.open.remove(connection.descriptor)
            // Closed under the lock: nobody may shut down another connection that got its number.
            Glibc.close(connection.descriptor)
            condition.broadcast()
        }
    }

    private func waitForClose() {
        condition.lock()
        while !state.isClosed { condition.wait() }
        condition.unlock()
    }

    private static func isLast(_ request: HTTPServer.Request) -> Bool {
        request.headers["connection"]?.lowercased() == "close"
    }
}
