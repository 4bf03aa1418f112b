internal import Configuration
internal import HTTP
internal import TelemetryEvents

/// Asks the instance metadata service what it says of this machine.
struct InstanceMetadataQuery: Sendable {
    private let url: ServiceURL
    private let reader: ServiceReader
    private let learn: @Sendable (MachineKnowledge.Told, MachineKnowledge.Part) -> Void

    /// A query of `endpoint`; `learn` is told what the answer says.
    init(
        _ endpoint: ServiceEndpoint, session: HTTPSession,
        learn: @escaping @Sendable (MachineKnowledge.Told, MachineKnowledge.Part) -> Void
    ) {
        url = ServiceURL(endpoint, "/metadata/instance/compute?api-version=2018-02-01")
        reader = ServiceReader(session: session, headers: [HTTPHeader("Metadata", "true")])
        self.learn = learn
    }

    /// Asks once.
    func ask() throws(QueryFailure) {
        let metadata = try reader.read("compute metadata", at: url) { bytes throws(ServiceAnswerError) in
            try InstanceMetadata(decoding: bytes)
        }
        learn(
            MachineKnowledge.Told(parameters: CommonParameters.parameters(of: metadata), vmName: metadata.vmName),
            .instance)
    }
}
