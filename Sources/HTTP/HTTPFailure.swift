/// Why an exchange gave no answer.
package enum HTTPFailure: Error, Hashable, Sendable {
    /// Nobody answers at the address: refused, no route, or a name that is not known.
    case cannotConnect(reason: String)
    /// The proxy of the environment does not let the request through.
    case proxyRefused(reason: String)
    /// The server does not prove that it is the one that was asked.
    case notTrusted(reason: String)
    /// No whole answer came within the time of the limits.
    case timedOut(after: Duration)
    /// The answer is larger than this many bytes.
    case tooLarge(limit: Int)
    /// The server was reached, but the request did not leave whole, or no whole answer came back.
    case broken(reason: String)
}

extension HTTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotConnect(let reason): "no connection: \(reason)"
        case .proxyRefused(let reason): "the proxy refuses: \(reason)"
        case .notTrusted(let reason): "the server is not trusted: \(reason)"
        case .timedOut(let time): "no whole answer within \(time.formatted)"
        case .tooLarge(let limit): "an answer of more than \(limit) bytes"
        case .broken(let reason): "no HTTP answer: \(reason)"
        }
    }
}

extension Duration {
    /// In seconds and milliseconds, for people.
    fileprivate var formatted: String {
        let milliseconds = components.attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "\(components.seconds) s" }
        return "\(components.seconds * 1000 + milliseconds) ms"
    }
}
