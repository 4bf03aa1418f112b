extension CommonParameters {
    /// What is known before the goal state and the instance's metadata are fetched.
    ///
    /// - Parameters:
    ///   - version: Telltale's own.
    ///   - osVersion: as `OSRelease` writes it.
    ///   - ramMiB: the machine's memory.
    ///   - processors: how many the machine has.
    ///   - architecture: as the kernel names it, such as `x86_64`.
    ///   - processID: that of the collector.
    ///   - threadID: that of the collector's thread.
    /// - Returns: all common parameters, in the contract's order.
    package static func uninitialized(
        version: String, osVersion: String, ramMiB: Int, processors: Int, architecture: String, processID: Int,
        threadID: Int
    ) -> CommonParameters {
        let unknown = [
            "TenantName", "RoleName", "RoleInstanceName", "Location", "SubscriptionId", "ResourceGroupName", "VMId",
        ]
        let machine = [
            text("OSVersion", osVersion), text("ExecutionMode", "IAAS"), integer("RAM", ramMiB),
            integer("Processors", processors), text("KeywordName", "{\"CpuArchitecture\": \"\(architecture)\"}"),
        ]
        return CommonParameters(
            leading: [text("GAVersion", "Telltale-" + version), text("ContainerId", "ContainerId_UNINITIALIZED")],
            collector: [
                integer("EventTid", threadID), integer("EventPid", processID), text("TaskName", "TelltaleCollector"),
            ],
            trailing: machine + unknown.map { text($0, $0 + "_UNINITIALIZED") } + [integer("ImageOrigin", 0)])
    }

    /// The same parameters in the same order, with the values of those named in `parameters` replaced.
    package func replacing(_ parameters: [Parameter]) -> CommonParameters {
        func replaced(_ parameter: Parameter) -> Parameter {
            parameters.last { $0.name == parameter.name } ?? parameter
        }
        return CommonParameters(
            leading: leading.map(replaced), collector: collector.map(replaced), trailing: trailing.map(replaced))
    }

    private static func text(_ name: String, _ value: String) -> Parameter {
        Parameter(UTF8Text(name), .text(UTF8Text(value)))
    }

    private static func integer(_ name: String, _ value: Int) -> Parameter {
        Parameter(UTF8Text(name), .integer(UTF8Text(String(value))))
    }
}
