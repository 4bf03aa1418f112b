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
    ///   - hostName: what the system calls the machine.
    /// - Returns: all common parameters, in the contract's order.
    package static func uninitialized(
        version: String, osVersion: String, ramMiB: Int, processors: Int, architecture: String, processID: Int,
        threadID: Int, hostName: String? = nil
    ) -> CommonParameters {
        let fetched = [
            "TenantName", "RoleName", "RoleInstanceName", "Location", "SubscriptionId", "ResourceGroupName", "VMId",
        ]
        let machine = [
            text("OSVersion", osVersion), text("ExecutionMode", "IAAS"), integer("RAM", ramMiB),
            integer("Processors", processors), text("KeywordName", "{\"CpuArchitecture\": \"\(architecture)\"}"),
        ]
        return CommonParameters(
            leading: [text("GAVersion", "Telltale-" + version), unknown("ContainerId")],
            collector: [
                integer("EventTid", threadID), integer("EventPid", processID), text("TaskName", "TelltaleCollector"),
            ],
            trailing: machine + fetched.map(unknown) + [integer("ImageOrigin", 0)],
            machine: MachineNames(hostName: hostName.map { UTF8Text($0) }))
    }

    /// The value of a parameter that describes the machine, as text; nil where it is unknown or empty.
    package func known(_ name: UTF8Text) -> UTF8Text? {
        guard let parameter = (leading + trailing).first(where: { $0.name == name }) else { return nil }
        switch parameter.value {
        case .text(let text):
            return text.isEmpty || parameter == Self.unknown(name.description) ? nil : text
        case .integer(let digits): return digits
        case .float, .boolean, .json: return nil
        }
    }

    /// The same parameters in the same order, with the values of those named in `parameters` replaced.
    ///
    /// `vmName` is what the platform calls the machine, where it told that.
    package func replacing(_ parameters: [Parameter], vmName: UTF8Text? = nil) -> CommonParameters {
        func replaced(_ parameter: Parameter) -> Parameter {
            parameters.last { $0.name == parameter.name } ?? parameter
        }
        return CommonParameters(
            leading: leading.map(replaced), collector: collector.map(replaced), trailing: trailing.map(replaced),
            machine: MachineNames(hostName: machine.hostName, vmName: vmName ?? machine.vmName))
    }

    /// How an unknown parameter is told.
    private static func unknown(_ name: String) -> Parameter {
        text(name, name + "_UNINITIALIZED")
    }

    private static func text(_ name: String, _ value: String) -> Parameter {
        Parameter(UTF8Text(name), .text(UTF8Text(value)))
    }

    private static func integer(_ name: String, _ value: Int) -> Parameter {
        Parameter(UTF8Text(name), .integer(UTF8Text(String(value))))
    }
}
