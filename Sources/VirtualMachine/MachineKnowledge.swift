internal import TelemetryEvents

/// What is known of the virtual machine, by who told it: the operator first, then the services, then the system.
struct MachineKnowledge: Sendable {
    /// What is fetched in one piece.
    enum Part: Hashable, CaseIterable, Sendable {
        case goalState
        case sharedConfig
        case instance

        /// The common parameters that it tells.
        var names: [UTF8Text] {
            switch self {
            case .goalState: ["ContainerId"]
            case .sharedConfig: ["TenantName", "RoleName", "RoleInstanceName"]
            case .instance: ["Location", "SubscriptionId", "ResourceGroupName", "VMId", "ImageOrigin"]
            }
        }
    }

    /// What a part tells.
    struct Told: Sendable {
        let parameters: [Parameter]
        /// What the platform calls the machine.
        var vmName: UTF8Text?
    }

    private let system: CommonParameters
    private let replacements: [Parameter]
    /// What each part told last; it stays when the part cannot be fetched again.
    private var told: [Part: Told] = [:]

    /// What is known before anything is fetched.
    init(system: CommonParameters, replacements: [Parameter]) {
        self.system = system
        self.replacements = replacements
    }

    mutating func learn(_ news: Told, from part: Part) {
        told[part] = news
    }

    /// What every event carries.
    var parameters: CommonParameters {
        system.replacing(
            Part.allCases.flatMap { told[$0]?.parameters ?? [] } + replacements, vmName: told[.instance]?.vmName)
    }

    /// Whether the operator leaves anything of the part open.
    func isWanted(_ part: Part) -> Bool {
        !part.names.allSatisfy(isReplaced)
    }

    /// The parameters of the parts that neither the operator nor any fetch told.
    func unknown(of parts: [Part]) -> [UTF8Text] {
        parts.flatMap { part in
            part.names.filter { name in !isReplaced(name) && told[part]?.parameters.contains { $0.name == name } != true
            }
        }
    }

    private func isReplaced(_ name: UTF8Text) -> Bool {
        replacements.contains { $0.name == name }
    }
}
