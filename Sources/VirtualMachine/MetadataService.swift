/// The services that describe a virtual machine.
enum MetadataService: Hashable, CaseIterable, Sendable {
    case wireServer
    case instanceMetadata

    /// As operators know it.
    var name: String {
        switch self {
        case .wireServer: "WireServer"
        case .instanceMetadata: "instance metadata service"
        }
    }

    var parts: [MachineKnowledge.Part] {
        switch self {
        case .wireServer: [.goalState, .sharedConfig]
        case .instanceMetadata: [.instance]
        }
    }
}
