internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import SystemPackage

extension HTTPFailure {
    /// What the library's error means to who asked.
    init(_ cause: any Error, limits: HTTPLimits) {
        switch cause {
        case is ResponseAccumulator.ResponseTooBigError:
            self = .tooLarge(limit: limits.answerSize)
        case let error as HTTPClientError:
            self.init(error, limits: limits)
        case let error as NIOConnectionError:
            self = .cannotConnect(reason: Self.reason(of: error))
        case let error as IOError:
            self = .cannotConnect(reason: Self.reason(of: error))
        default:
            self = .broken(reason: "\(cause)")
        }
    }

    private init(_ error: HTTPClientError, limits: HTTPLimits) {
        switch error {
        case .deadlineExceeded, .connectTimeout, .readTimeout, .getConnectionFromPoolTimeout:
            self = .timedOut(after: limits.time)
        case .remoteConnectionClosed:
            self = .broken(reason: "the connection was closed before the answer's end")
        case .invalidURL, .emptyHost, .emptyScheme:
            self = .cannotSend(reason: error.shortDescription)
        default:
            self = .broken(reason: error.shortDescription)
        }
    }

    private static func reason(of error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return Errno(rawValue: error.errnoCode).description
    }

    /// The first thing that went wrong, which is what an operator can act on.
    private static func reason(of error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first { return reason(of: failure.error) }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "the name \(error.host) is not known" }
        return "no address of \(error.host) answers"
    }
}
