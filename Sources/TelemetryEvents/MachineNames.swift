/// What the machine is called; no parameter of the telemetry channel, which knows it by other properties.
package struct MachineNames: Hashable, Sendable {
    /// By the system.
    package var hostName: UTF8Text?
    /// By the platform, as the last part of the virtual machine's resource id.
    ///
    /// Nil for an instance of a scale set, whose resource id is made otherwise.
    package var vmName: UTF8Text?

    package init(hostName: UTF8Text? = nil, vmName: UTF8Text? = nil) {
        self.hostName = hostName
        self.vmName = vmName
    }
}
