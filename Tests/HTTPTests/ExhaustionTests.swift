import Foundation
import HTTP
import ProgramTestKit
import Testing

@Suite struct ExhaustionTests {
    @Test(arguments: [HTTPOrigin.Scheme.http, .https])
    func aServerThatAnswersNothingIsLeftAtTheTimeOfTheLimits(scheme: HTTPOrigin.Scheme) throws {
        try expectTimeout(from: MuteListener(queue: 16, clients: 0), by: scheme)
    }

    @Test func aServerThatTakesNoConnectionIsLeftAtTheTimeOfTheLimits() throws {
        // The kernel drops every attempt to connect while the queue is full.
        try expectTimeout(from: MuteListener(queue: 0, clients: 4), by: .http)
    }

    private func expectTimeout(from listener: MuteListener, by scheme: HTTPOrigin.Scheme) throws {
        defer { listener.close() }
        let others = try TCPTable.openConnections(to: listener.port)
        let session = HTTPSession(HTTPClient(), limits: .brief)
        let origin = HTTPOrigin(scheme: scheme, host: "127.0.0.1", port: listener.port)
        let failure = #expect(throws: HTTPFailure.self) { try session.exchange(HTTPRequest(to: origin, target: "/")) }
        #expect(failure == .timedOut(after: HTTPLimits.brief.time))
        #expect(try eventually { try TCPTable.openConnections(to: listener.port) == others })
    }

    @Test func withoutDescriptorsThereIsAFailureAndWithThemAnAnswer() async {
        await #expect(processExitsWith: .success) {
            let server = try HTTPServer { _ in .answer(body: "") }
            let client = HTTPClient()
            let session = HTTPSession(client, limits: .wide)
            let shortage = Result<HTTPAnswer, HTTPFailure>.failure(.cannotConnect(reason: "Too many open files"))
            try limitDescriptors(to: 3)
            #expect(throws: (any Error).self) { try client.start() }
            #expect(session.ask(server) == shortage)
            try limitDescriptors(to: 1024)
            #expect(try session.ask(server).get().status == 200)
            server.endConnections()
            #expect(try eventually { try TCPTable.openConnections(to: server.port) == 0 })
            try limitDescriptors(to: 3)
            #expect(session.ask(server) == shortage)
            try limitDescriptors(to: 1024)
            #expect(try session.ask(server).get().status == 200)
        }
    }
}

/// Sets how many descriptors this process may have; more than this number need not be closed.
private func limitDescriptors(to count: Int) throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = rlim_t(count)
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
}

/// A listener on loopback that never accepts: the kernel makes the connections that its queue has room for.
private struct MuteListener {
    let port: Int
    private let descriptors: [Int32]

    init(queue: Int32, clients: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var descriptors = [listener]
        withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length)
                listen(listener, queue)
                getsockname(listener, address, &length)
                for _ in 0..<clients {
                    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                    connect(client, address, length)
                    descriptors.append(client)
                }
            }
        }
        port = Int(address.sin_port.bigEndian)
        self.descriptors = descriptors
        try #require(port > 0)
    }

    func close() {
        for descriptor in descriptors { Glibc.close(descriptor) }
    }
}
