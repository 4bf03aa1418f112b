internal import NIOSSL
internal import SystemCalls

/// What the errors of TLS mean to who asked.
extension HTTPFailure {
    /// The connection was made, but TLS could not be spoken, or not with the server that was asked.
    init(handshaking cause: any Error, with server: HTTPOrigin, certificate: NIOSSLCertificate?) {
        switch cause {
        case let error as NIOSSLExtraError
        where error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch:
            self = .notTrusted(reason: Self.otherName(than: server.host))
        case NIOSSLError.handshakeFailed(let error) where Self.reason(of: error) == "CERTIFICATE_VERIFY_FAILED":
            self = .notTrusted(reason: Self.fault(of: certificate))
        default: self = .broken(reason: Self.reason(of: cause))
        }
    }

    /// What is said of a certificate for someone else.
    static func otherName(than host: String) -> String {
        "its certificate is not one for \(host)"
    }

    /// What is wrong with a certificate that the library refuses without saying why.
    private static func fault(of certificate: NIOSSLCertificate?) -> String {
        if let certificate {
            let now = Int(Clocks.nanosecondsSince1970() / 1_000_000_000)
            if certificate.notValidAfter < now { return "its certificate has expired" }
            if certificate.notValidBefore > now { return "its certificate is not valid yet" }
        }
        return "no trusted authority vouches for its certificate"
    }

    /// A reason for people, if it is one of TLS.
    static func reason(ofTLS error: any Error) -> String {
        switch error {
        case NIOSSLError.handshakeFailed(let error):
            switch reason(of: error) {
            case "WRONG_VERSION_NUMBER": "it does not speak TLS (WRONG_VERSION_NUMBER)"
            case let reason: "TLS: \(reason)"
            }
        case let error as BoringSSLError: reason(of: error)
        case NIOSSLError.noSuchFilesystemObject: "there is no such file"
        case NIOSSLError.uncleanShutdown: "the connection was closed before the answer's end"
        default: "\(error)"
        }
    }

    /// The library's word for what went wrong first, without the places in its source.
    private static func reason(of error: BoringSSLError) -> String {
        guard case .sslError(let stack) = error, let first = stack.first else { return "\(error)" }
        let text = first.description
        // `… error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at handshake.cc:320`
        guard let word = text.split(separator: " at ").first?.split(separator: ":").last else { return text }
        return String(word)
    }
}
