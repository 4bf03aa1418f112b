internal import Configuration
internal import HTTP
internal import Synchronization
internal import TelemetryEvents

/// Asks the WireServer for the goal state, and when that is a new one, for the SharedConfig that it names.
final class WireServerQuery: Sendable {
    private static let headers = [
        HTTPHeader("x-ms-agent-name", "WALinuxAgent"), HTTPHeader("x-ms-version", "2012-11-30"),
    ]

    private let endpoint: ServiceEndpoint
    private let reader: ServiceReader
    private let wantsSharedConfig: Bool
    private let learn: @Sendable (MachineKnowledge.Told, MachineKnowledge.Part) -> Void
    private let onNewGoalState: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        /// Of the goal state that was read last.
        var current: GoalState.Identity?
        /// Of the goal state whose SharedConfig was read.
        var described: GoalState.Identity?
    }

    /// A query of `endpoint`.
    ///
    /// - Parameters:
    ///   - endpoint: where the WireServer is.
    ///   - session: carries the exchanges.
    ///   - wantsSharedConfig: whether more than the goal state itself is needed.
    ///   - learn: is told the parameters of each part, as soon as they are known.
    ///   - onNewGoalState: is called when the goal state is no longer the one that was read before.
    init(
        _ endpoint: ServiceEndpoint, session: HTTPSession, wantsSharedConfig: Bool,
        learn: @escaping @Sendable (MachineKnowledge.Told, MachineKnowledge.Part) -> Void,
        onNewGoalState: @escaping @Sendable () -> Void
    ) {
        self.endpoint = endpoint
        reader = ServiceReader(session: session, headers: Self.headers)
        self.wantsSharedConfig = wantsSharedConfig
        self.learn = learn
        self.onNewGoalState = onNewGoalState
    }

    /// Asks once.
    func ask() throws(QueryFailure) {
        let url = ServiceURL(endpoint, "/machine/?comp=goalstate")
        let goalState = try reader.read("goal state", at: url) { bytes throws(ServiceAnswerError) in
            try GoalState(decoding: bytes)
        }
        learn(MachineKnowledge.Told(parameters: CommonParameters.parameters(of: goalState)), .goalState)
        let (isNew, isDescribed) = state.withLock { state in
            defer { state.current = goalState.identity }
            return (
                state.current.map { $0 != goalState.identity } ?? false, state.described == goalState.identity
            )
        }
        if isNew { onNewGoalState() }
        guard wantsSharedConfig, !isDescribed else { return }
        let configURL = try self.configURL(in: goalState)
        let config = try reader.read("SharedConfig", at: configURL) { bytes throws(ServiceAnswerError) in
            try SharedConfig(decoding: bytes)
        }
        learn(
            MachineKnowledge.Told(parameters: CommonParameters.parameters(of: config, named: goalState)), .sharedConfig)
        state.withLock { $0.described = goalState.identity }
    }

    /// Where the SharedConfig is, on the WireServer's own host: a goal state sends nobody elsewhere.
    private func configURL(in goalState: GoalState) throws(QueryFailure) -> ServiceURL {
        guard let text = goalState.sharedConfigURL?.description else {
            throw QueryFailure(kind: .unusable, reason: "goal state: it names no SharedConfig")
        }
        guard let url = try? ServiceURL(text), url.scheme == .http else {
            throw QueryFailure(kind: .unusable, reason: "goal state: its SharedConfig is at no URL of plain HTTP")
        }
        guard url.endpoint.host == endpoint.host else {
            throw QueryFailure(
                kind: .unusable,
                reason: "goal state: its SharedConfig is at \(url.endpoint), \(endpoint.host) was expected")
        }
        return url
    }
}
