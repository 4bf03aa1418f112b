internal import NIOSSL
internal import SystemCalls
internal import SystemPackage

extension TLSTrust {
    /// What the connections of a session share; certificates and names are verified.
    ///
    /// - Throws: `notTrusted` when the authorities cannot be read.
    func context() throws(HTTPFailure) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.applicationProtocols = ["http/1.1"]
        switch self {
        case .system: configuration.trustRoots = Self.hashedDirectory.map { .file($0.string) } ?? .default
        case .file(let path): configuration.trustRoots = .file(path.string)
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .notTrusted(reason: "the certificates of \(self) cannot be read: \(HTTPFailure.reason(ofTLS: error))")
        }
    }

    /// Where distributions keep each trusted certificate under the hash of its name, so that only those that a handshake needs
    /// are ever read; all of them in memory are about 1 MB for good.
    private static let hashedDirectories: [FilePath] = ["/etc/ssl/certs", "/etc/pki/tls/certs"]

    private static var hashedDirectory: FilePath? { hashedDirectories.first(where: hasHashedNames) }

    /// Whether an entry of the directory is called like the hash of a name: eight hexadecimal digits, a dot and a number.
    ///
    /// A directory that cannot be read is none.
    static func hasHashedNames(_ directory: FilePath) -> Bool {
        guard let directory = try? Directory(at: directory), let entries = try? directory.entries() else {
            return false
        }
        while let some = try? entries.next(), !some.isEmpty {
            if some.contains(where: { isHashedName($0.name.bytes) }) { return true }
        }
        return false
    }

    private static func isHashedName(_ name: ArraySlice<UInt8>) -> Bool {
        let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 8 && parts[0].allSatisfy(isHexDigit) && parts[1].count == 1
            && parts[1].allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}

extension TLSTrust: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system: "the system's authorities"
        case .file(let path): path.string
        }
    }
}
