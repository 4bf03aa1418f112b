import HTTP
import ProgramTestKit

extension HTTPLimits {
    /// Limits that a test reaches only when it means to.
    static let wide = HTTPLimits(time: .seconds(60), answerSize: 1 << 20)
    /// The time in which nothing is to come that a test waits for in vain.
    static let brief = HTTPLimits(time: .milliseconds(50), answerSize: 1 << 20)
}

extension HTTPOrigin {
    init(_ server: HTTPServer) {
        self.init(host: "127.0.0.1", port: server.port)
    }
}

extension HTTPSession {
    /// Asks a server and answers what came.
    func ask(_ server: HTTPServer, _ target: String = "/") -> Result<HTTPAnswer, HTTPFailure> {
        Result { () throws(HTTPFailure) in try exchange(HTTPRequest(to: HTTPOrigin(server), target: target)) }
    }

    /// Posts a body to a server and answers what came.
    func post(_ body: [UInt8], to server: HTTPServer) -> Result<HTTPAnswer, HTTPFailure> {
        Result { () throws(HTTPFailure) in
            try exchange(HTTPRequest(.post, to: HTTPOrigin(server), target: "/", body: body))
        }
    }
}
