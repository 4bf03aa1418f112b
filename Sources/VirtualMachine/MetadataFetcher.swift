package import Configuration
package import HTTP
package import Reporting
internal import Synchronization
internal import SystemCalls
package import SystemPackage
package import TelemetryEvents

/// Fetches what the platform's services say of the virtual machine, beside the collection and for as long as the process runs.
///
/// Each service has a thread of its own, so that one that is slow or absent keeps nothing from the other. What was
/// fetched stays in use when a later fetch fails.
package final class MetadataFetcher: Sendable {
    /// Where the services are.
    package struct Settings: Sendable {
        package var wireServer: ServiceEndpoint
        package var instanceMetadata: ServiceEndpoint
        var limits = HTTPLimits(time: .seconds(5), answerSize: 1 << 20)
        var wireServerPace = RepeatedQuery.Pace(
            firstRetry: .seconds(10), longestRetry: .seconds(3600), period: .seconds(300))
        /// An answer holds until the goal state changes.
        var instancePace = RepeatedQuery.Pace(
            firstRetry: .seconds(10), longestRetry: .seconds(3600), period: nil)

        package init(wireServer: ServiceEndpoint, instanceMetadata: ServiceEndpoint) {
            self.wireServer = wireServer
            self.instanceMetadata = instanceMetadata
        }
    }

    /// Who is told what was learnt; called on the services' threads.
    package struct Listener: Sendable {
        /// The common parameters are no longer those of before; must not call the fetcher.
        package var changed: @Sendable (CommonParameters) -> Void
        /// Every service has answered or failed once: there is nothing to wait for at the start.
        package var settled: @Sendable () -> Void

        package init(
            changed: @escaping @Sendable (CommonParameters) -> Void, settled: @escaping @Sendable () -> Void
        ) {
            self.changed = changed
            self.settled = settled
        }
    }

    /// What the threads share.
    private struct State: Sendable {
        var knowledge: MachineKnowledge
        var health: [MetadataService: ServiceHealth] = [:]
        var unsettled: Set<MetadataService>
        var queries: [MetadataService: RepeatedQuery] = [:]
    }

    private let settings: Settings
    private let listener: Listener
    private let notices: NoticeLog
    private let state: Mutex<State>
    private let pause: RepeatedQuery.Pause
    private let client: HTTPClient

    /// A fetcher that is to be started.
    ///
    /// - Parameters:
    ///   - settings: where the services are.
    ///   - system: what the system itself tells.
    ///   - replacements: what the operator says; it wins, and a service all of whose parameters it replaces is not asked.
    ///   - client: carries the exchanges.
    ///   - notices: are told when a service fails and when it recovers.
    ///   - listener: is told what was learnt.
    package convenience init(
        _ settings: Settings, system: CommonParameters, replacements: [Parameter], by client: HTTPClient,
        notices: NoticeLog, listener: Listener
    ) {
        self.init(
            settings, system: system, replacements: replacements, by: client, notices: notices, listener: listener,
            pause: RepeatedQuery.machinePause)
    }

    init(
        _ settings: Settings, system: CommonParameters, replacements: [Parameter], by client: HTTPClient,
        notices: NoticeLog, listener: Listener, pause: @escaping RepeatedQuery.Pause
    ) {
        self.settings = settings
        self.listener = listener
        self.client = client
        self.notices = notices
        self.pause = pause
        let knowledge = MachineKnowledge(system: system, replacements: replacements)
        let wanted = MetadataService.allCases.filter { $0.parts.contains(where: knowledge.isWanted) }
        state = Mutex(State(knowledge: knowledge, unsettled: Set(wanted)))
    }

    /// Begins to fetch; where the operator replaces all that there is to fetch, that is nothing.
    ///
    /// - Throws: what the kernel said when it has no thread or no descriptor for that.
    package func start() throws(Errno) {
        let wanted = state.withLock { $0.unsettled }
        guard !wanted.isEmpty else { return listener.settled() }
        try client.start()
        // All are known before the first one runs and may want to wake another.
        let queries = wanted.map { service in (service, query(of: service)) }
        state.withLock { state in
            for (service, query) in queries { state.queries[service] = query }
        }
        for (_, query) in queries { try query.start() }
    }

    /// Asks for the goal state before its time, since somebody learnt that it is no longer what it was.
    package func askForGoalState() {
        state.withLock { $0.queries[.wireServer] }?.askAgain()
    }

    /// Fetches no more; an exchange under way is not waited for.
    package func stop() {
        // The queries hold the fetcher, so that it lets them go.
        let queries = state.withLock { state in
            defer { state.queries = [:] }
            return state.queries.values
        }
        for query in queries { query.stop() }
    }

    // MARK: The services

    private func query(of service: MetadataService) -> RepeatedQuery {
        let learn: @Sendable (MachineKnowledge.Told, MachineKnowledge.Part) -> Void = { [self] news, part in
            self.learn(news, from: part)
        }
        // Of its own: the services are asked at the same time, and so rarely that no connection is kept.
        let session = HTTPSession(
            client, limits: settings.limits, options: HTTPSession.Options(connections: .oneEach))
        switch service {
        case .wireServer:
            let wireServer = WireServerQuery(
                settings.wireServer, session: session,
                wantsSharedConfig: state.withLock { $0.knowledge.isWanted(.sharedConfig) }, learn: learn,
                onNewGoalState: { [self] in state.withLock { $0.queries[.instanceMetadata] }?.askAgain() })
            return RepeatedQuery(named: "fetch-goalstate", pace: settings.wireServerPace, pause: pause) { [self] in
                settle(service, Result { () throws(QueryFailure) in try wireServer.ask() })
            }
        case .instanceMetadata:
            let instance = InstanceMetadataQuery(settings.instanceMetadata, session: session, learn: learn)
            return RepeatedQuery(named: "fetch-instance", pace: settings.instancePace, pause: pause) { [self] in
                settle(service, Result { () throws(QueryFailure) in try instance.ask() })
            }
        }
    }

    private func learn(_ news: MachineKnowledge.Told, from part: MachineKnowledge.Part) {
        // Told with the lock held: of two threads that learn at once, the later to tell must be the one that knows more.
        state.withLock { state in
            state.knowledge.learn(news, from: part)
            listener.changed(state.knowledge.parameters)
        }
    }

    /// Takes note of how an exchange ended, tells operators what is new, and passes the outcome on.
    private func settle(
        _ service: MetadataService, _ outcome: Result<Void, QueryFailure>
    ) -> Result<Void, QueryFailure> {
        let now = Clocks.nanosecondsSinceBoot()
        let (condition, unknown, isLast) = state.withLock { state in
            let condition =
                switch outcome {
                case .success: state.health[service, default: ServiceHealth()].succeeded(now: now)
                case .failure(let failure):
                    state.health[service, default: ServiceHealth()].failed(failure.kind, now: now)
                }
            let isLast = state.unsettled.remove(service) != nil && state.unsettled.isEmpty
            return (condition, state.knowledge.unknown(of: service.parts), isLast)
        }
        if isLast { listener.settled() }
        if let condition { tell(condition, of: service, outcome, unknown: unknown, now: now) }
        return outcome
    }
}

// MARK: What operators are told

extension MetadataFetcher {
    private func tell(
        _ condition: ServiceHealth.Condition, of service: MetadataService, _ outcome: Result<Void, QueryFailure>,
        unknown: [UTF8Text], now: UInt64
    ) {
        let endpoint = service == .wireServer ? settings.wireServer : settings.instanceMetadata
        let subject = "The \(service.name) at \(endpoint)"
        var fields: [Notice.Field] = [.service(service.name), .endpoint(endpoint.description)]
        var reason = ""
        if case .failure(let failure) = outcome {
            reason = failure.reason
            fields.append(.answer(reason))
        }
        let used =
            unknown.isEmpty
            ? "what it told before stays in use"
            : "events carry no value for \(unknown.map(\.description).joined(separator: ", "))"
        let kind: Notice.Kind
        let message: String
        switch condition {
        case .absent:
            kind = .metadataAbsent
            message = "\(subject) is not there, and is asked again now and then; meanwhile \(used): \(reason)"
        case .failing:
            kind = .metadataFailing
            message = "\(subject) gives no usable answer, and is asked again; meanwhile \(used): \(reason)"
        case .answering:
            kind = .metadataRecovered
            message = "\(subject) answers now"
        }
        // Their number is bounded by what knows what was told last.
        notices.tell(Notice(kind, about: service.name, message, fields: fields), now: now)
    }
}
