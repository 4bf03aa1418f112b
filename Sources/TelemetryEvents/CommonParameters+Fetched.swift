extension CommonParameters {
    /// The parameters that a goal state tells.
    package static func parameters(of goalState: GoalState) -> [Parameter] {
        [Parameter("ContainerId", .text(goalState.identity.containerID))]
    }

    /// The parameters that a SharedConfig tells, and for what it leaves out, the goal state that named it.
    package static func parameters(of config: SharedConfig, named goalState: GoalState) -> [Parameter] {
        texts([
            ("TenantName", config.tenant), ("RoleName", config.role),
            ("RoleInstanceName", config.roleInstance ?? goalState.roleInstance),
        ])
    }

    /// The parameters that the instance's metadata tells.
    package static func parameters(of metadata: InstanceMetadata) -> [Parameter] {
        let origin = Parameter("ImageOrigin", .integer(UTF8Text(String(metadata.imageOrigin.rawValue))))
        return texts([
            ("Location", metadata.location), ("SubscriptionId", metadata.subscriptionID),
            ("ResourceGroupName", metadata.resourceGroupName), ("VMId", metadata.vmID),
        ]) + [origin]
    }

    private static func texts(_ values: [(name: UTF8Text, value: UTF8Text?)]) -> [Parameter] {
        values.compactMap { name, value in value.map { Parameter(name, .text($0)) } }
    }
}
