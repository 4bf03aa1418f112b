internal import Configuration
internal import Delivery
internal import HTTP
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import Systemd

/// Opens the sinks that are configured.
struct ConfiguredSinks {
    let configuration: EffectiveConfiguration
    let noticesGoTo: NoticeLog.Destination
    /// Carries the exchanges of the sinks that send.
    let client: HTTPClient
    /// Called when the WireServer says that the goal state is no longer what it was.
    let onGoneGoalState: @Sendable () -> Void

    /// The sinks, in the order in which they were named.
    ///
    /// - Throws: what cannot be opened, and what helps.
    func open() throws -> [any Sink] {
        try configuration.sinks.map { name in
            switch name {
            case .journal: JournalSink(ownReports: noticesGoTo == .journal ? .leftOut : .written)
            case .wireserver: wireServer()
            case .otlp: try otlp()
            case .ndjson: try ndjson(configuration.ndjson ?? "-")
            }
        }
    }

    /// What a request may take: a server that needs longer is tried again, and an answer says little.
    private static let limits = HTTPLimits(time: .seconds(10), answerSize: 1 << 20)

    private func wireServer() -> WireServerSink {
        let endpoint = configuration.endpoint(.wireserverEndpoint)
        return WireServerSink(
            to: HTTPOrigin(host: endpoint.host, port: endpoint.port),
            by: HTTPSession(client, limits: Self.limits), onGone: onGoneGoalState)
    }

    private func otlp() throws -> OTLPSink {
        guard let url = configuration.otlpEndpoint else {
            preconditionFailure("No configuration has the sink otlp without its endpoint.")
        }
        let origin = Self.origin(of: url)
        let options = HTTPSession.Options(
            proxy: try Self.proxy(for: origin),
            trust: configuration.text(.otlpCAFile).map { .file(FilePath($0)) } ?? .system,
            compression: configuration.choice(.otlpCompression, as: HTTPCompression.self) == .gzip ? .gzip : .none)
        return OTLPSink(
            to: origin, path: url.target, by: HTTPSession(client, limits: Self.limits, options: options),
            headers: configuration.otlpHeaders.map { HTTPHeader($0.name, $0.value) }, version: Telltale.version)
    }

    private static func origin(of url: ServiceURL) -> HTTPOrigin {
        HTTPOrigin(scheme: url.scheme == .https ? .https : .http, host: url.endpoint.host, port: url.endpoint.port)
    }

    /// Finds out whether the way to the receiver is clear by what the environment says of proxies.
    ///
    /// - Throws: what is wrong with that.
    static func checkProxy(for configuration: EffectiveConfiguration) throws {
        if let url = configuration.otlpEndpoint { _ = try proxy(for: origin(of: url)) }
    }

    /// The proxy that the environment names for a server.
    private static func proxy(for origin: HTTPOrigin) throws -> HTTPProxy? {
        let variables = Dictionary(Machine.environment().map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        do {
            return try ProxyEnvironment(variables: variables).proxy(for: origin)
        } catch {
            throw ServiceFailure("\(error)", exitCode: .wrongSetting)
        }
    }

    private func ndjson(_ target: String) throws -> NDJSONSink {
        do {
            if target == "-" { return try NDJSONSink(toStandardOutput: ()) }
            return try NDJSONSink(toFileAt: FilePath(target))
        } catch {
            throw ServiceFailure(
                "\(error); name with --ndjson a file that this user may write, or -.",
                exitCode: .outputFailed, underlying: error.underlying)
        }
    }
}
