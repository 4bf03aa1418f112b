internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import SystemPackage

/// What the library's errors mean to who asked.
extension HTTPFailure {
    /// No connection was made.
    init(connecting cause: any Error, by proxy: HTTPProxy?) {
        let reason = (cause as? NIOConnectionError).map(Self.reason) ?? Self.reason(of: cause)
        self = .cannotConnect(reason: proxy.map { "\(reason) (the proxy \($0))" } ?? reason)
    }

    /// The connection was made, but no whole answer came.
    init(exchanging cause: any Error) {
        switch cause {
        case let failure as HTTPFailure: self = failure
        case HTTPParserError.invalidEOFState:
            self = .broken(reason: "the connection was closed before the answer's end")
        default: self = .broken(reason: Self.reason(of: cause))
        }
    }

    /// The first thing that went wrong, which is what an operator can act on.
    private static func reason(of error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first { return reason(of: failure.error) }
        return "the name \(error.host) is not known"
    }

    /// A reason for people.
    static func reason(of error: any Error) -> String {
        guard let error = error as? IOError else { return reason(ofTLS: error) }
        return Errno(rawValue: error.errnoCode).description
    }
}
