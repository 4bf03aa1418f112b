import Foundation

/// An authority of a test's own, which vouches for servers; the `openssl` command does the work.
package struct CertificateAuthority {
    /// A certificate and the key that belongs to it, as files in PEM.
    package struct Identity: Sendable {
        package let certificate: String
        package let key: String
    }

    /// When a certificate may be used.
    package enum Validity: Sendable {
        case now
        case past
    }

    /// Whether there is the command that an authority needs.
    package static let isAvailable = OtherCommand.succeeds(["openssl", "version"])

    private let directory: ScratchDirectory
    private let root: Identity

    /// Makes the authority's own certificate.
    package init() throws {
        directory = try ScratchDirectory()
        root = Identity(certificate: directory("authority.pem"), key: directory("authority.key"))
        try Self.openssl(
            ["req", "-x509", "-nodes", "-subj", "/CN=Authority of a test", "-days", "2", "-keyout", root.key, "-out"]
                + [root.certificate] + Self.newKey)
    }

    /// The authority's certificate, for those who trust it.
    package var certificate: String { root.certificate }

    /// A directory that holds the authority's certificate, and a link to it that is called like the hash of its name.
    package func hashedDirectory() throws -> String {
        let path = directory("hashed")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try? FileManager.default.copyItem(atPath: root.certificate, toPath: "\(path)/authority.pem")
        try Self.openssl(["rehash", path])
        return path
    }

    /// Vouches for a server of these names, each `DNS:name` or `IP:address`.
    package func identity(of names: String..., validity: Validity = .now) throws -> Identity {
        let stem = directory(UUID().uuidString)
        let identity = Identity(certificate: "\(stem).pem", key: "\(stem).key")
        try Self.openssl(
            ["req", "-new", "-nodes", "-subj", "/CN=server", "-keyout", identity.key, "-out", "\(stem).csr"]
                + Self.newKey)
        try "subjectAltName=\(names.joined(separator: ","))".write(
            toFile: "\(stem).ext", atomically: false, encoding: .utf8)
        let issue =
            ["x509", "-req", "-in", "\(stem).csr", "-CA", root.certificate, "-CAkey", root.key, "-CAcreateserial"]
            + ["-extfile", "\(stem).ext", "-out", identity.certificate]
        switch validity {
        case .now: try Self.openssl(issue + ["-days", "1"])
        case .past: try Self.openssl(issue + ["-days", "-1"])
        }
        return identity
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]

    private static func openssl(_ arguments: [String]) throws {
        let (exit, output) = try OtherCommand.run(["openssl"] + arguments)
        guard exit == 0 else { throw TestKitError("openssl \(arguments.joined(separator: " ")): \(output)") }
    }
}
