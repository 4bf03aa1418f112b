/// The parameters that describe the virtual machine and the collector; the same for all events until they are fetched
/// again.
///
/// The contract fixes the order.
package final class CommonParameters: Sendable {
    /// Those before the event's own `OpcodeName`, `EventTid`, `EventPid` and `TaskName`: GAVersion, ContainerId.
    package let leading: [Parameter]
    /// `EventTid`, `EventPid` and `TaskName` of the collector itself, for agent events that lack them.
    package let collector: [Parameter]
    /// Those after: OSVersion to ImageOrigin.
    package let trailing: [Parameter]
    /// Not among the parameters.
    package let machine: MachineNames

    package init(
        leading: [Parameter], collector: [Parameter], trailing: [Parameter], machine: MachineNames = MachineNames()
    ) {
        self.leading = leading
        self.collector = collector
        self.trailing = trailing
        self.machine = machine
    }
}
