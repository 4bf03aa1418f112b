internal import OpenTelemetryProtocol
internal import TelemetryEvents

extension OTLPResource {
    /// Whom records come from, by the names of OpenTelemetry's semantic conventions (1.35 or later for the platform's).
    ///
    /// Only what is known is told. The version is that of the scope: at a record, `service.version` is the publisher's.
    init(describing common: CommonParameters) {
        self.init()
        attributes.append(OTLPKeyValue("service.name", text: "telltale"))
        append("host.id", common.known("VMId"))
        append("host.name", common.machine.hostName)
        // Every machine of the platform belongs to a subscription, and no other machine does.
        guard let subscription = common.known("SubscriptionId") else { return }
        append("cloud.provider", "azure")
        append("cloud.platform", "azure.vm")
        append("cloud.region", common.known("Location"))
        append("cloud.account.id", subscription)
        append("cloud.resource_id", Self.resourceID(common, subscription: subscription))
    }

    private static func resourceID(_ common: CommonParameters, subscription: UTF8Text) -> UTF8Text? {
        guard let group = common.known("ResourceGroupName"), let name = common.machine.vmName else { return nil }
        return UTF8Text(
            "/subscriptions/\(subscription)/resourceGroups/\(group)/providers/Microsoft.Compute/virtualMachines/\(name)"
        )
    }

    private mutating func append(_ key: String, _ value: UTF8Text?) {
        guard let value else { return }
        attributes.append(OTLPKeyValue(key, text: value))
    }
}
