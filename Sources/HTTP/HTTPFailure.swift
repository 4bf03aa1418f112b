/// Why an exchange gave no answer.
package enum HTTPFailure: Error, Hashable, Sendable {
    /// Nobody answers at the address: refused, no route, or a name that is not known.
    case cannotConnect(reason: String)
    /// No whole answer came within the time of the limits.
    case timedOut(after: Duration)
    /// The answer's body is larger than this many bytes.
    case tooLarge(limit: Int)
    /// The server was reached, but what it sent is no answer, or only a part of one.
    case broken(reason: String)
    /// The request itself cannot be sent: its URL or a header is wrong, or this machine is out of means.
    case cannotSend(reason: String)
}

extension HTTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotConnect(let reason): "no connection: \(reason)"
        case .timedOut(let time): "no whole answer within \(time.formatted)"
        case .tooLarge(let limit): "an answer of more than \(limit) bytes"
        case .broken(let reason): "no HTTP answer: \(reason)"
        case .cannotSend(let reason): "the request cannot be sent: \(reason)"
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
