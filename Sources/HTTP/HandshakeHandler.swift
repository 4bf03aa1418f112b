internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Waits for the TLS handshake of a connection, and looks at whose certificate it brought.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    /// Stands before this handler.
    let encryption: NIOSSLClientHandler
    private let server: HTTPOrigin
    private let isAddress: Bool
    private var ended: ((Result<Void, HTTPFailure>) -> Void)?

    /// A handshake with `server`; `ended` is called once.
    ///
    /// - Throws: what the library says of a name that no certificate can have.
    init(
        _ context: NIOSSLContext, server: HTTPOrigin, ended: @escaping (Result<Void, HTTPFailure>) -> Void
    ) throws {
        let host = HTTPRoute.bare(server.host)
        isAddress = NetworkAddress(server.host) != nil
        // Servers are not told addresses (RFC 6066, 3); the library verifies the one that it is connected to.
        encryption = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
        self.server = server
        self.ended = ended
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted = event else { return context.fireUserInboundEventTriggered(event) }
        if let certificate = encryption.peerCertificate, !isAddress,
            !ServerNames(of: certificate).mayBelong(to: HTTPRoute.bare(server.host))
        {
            end(.failure(.notTrusted(reason: HTTPFailure.otherName(than: server.host))))
        } else {
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            end(.success(()))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(HTTPFailure(handshaking: error, with: server, certificate: encryption.peerCertificate)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(.broken(reason: "the connection was closed before the TLS handshake's end")))
    }

    private func end(_ result: Result<Void, HTTPFailure>) {
        let ended = ended
        self.ended = nil
        ended?(result)
    }
}
