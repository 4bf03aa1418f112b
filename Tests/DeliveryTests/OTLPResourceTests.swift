import HTTP
import ProgramTestKit
import Testing

@testable import Delivery
@testable import TelemetryEvents

@Suite(.enabled(if: OTLPDecoder.isAvailable, "\(OTLPDecoder.lack)")) struct OTLPResourceTests {
    private static let everything: [UTF8Text: UTF8Text] = [
        "VMId": "vm-1", "SubscriptionId": "sub-1", "Location": "westeurope", "ResourceGroupName": "group",
    ]
    private static let names = MachineNames(hostName: "host", vmName: "vm")

    /// The attributes of the resource of a machine of which this is known, each as `key=value`.
    private func resource(
        knowing values: [UTF8Text: UTF8Text], _ machine: MachineNames = OTLPResourceTests.names
    ) throws -> [String] {
        let system = CommonParameters.uninitialized(
            version: "1", osVersion: "Linux", ramMiB: 1, processors: 1, architecture: "x", processID: 1, threadID: 1,
            hostName: machine.hostName?.description)
        let common = system.replacing(values.map { Parameter($0, .text($1)) }, vmName: machine.vmName)
        var format = OTLPFormatTests.format()
        guard
            case .request(let request, 1) = format.encode([
                SampleEvents.extensionEvent(in: SampleEvents.file(common: common))
            ])
        else { throw TestKitError("no request") }
        let logs = try OTLPDecoder.decode([request.body])
        try #require(logs.count == 1 && logs[0].resourceLogs.count == 1)
        return try logs[0].resourceLogs[0].resource.map { attribute in
            guard case .text(let text) = attribute.value else { throw TestKitError("\(attribute.key) is no text") }
            return "\(attribute.key)=\(text)"
        }
    }

    @Test func aMachineOfThePlatformIsToldWithItsResource() throws {
        #expect(
            try resource(knowing: Self.everything) == [
                "service.name=telltale", "host.id=vm-1", "host.name=host", "cloud.provider=azure",
                "cloud.platform=azure.vm", "cloud.region=westeurope", "cloud.account.id=sub-1",
                "cloud.resource_id=/subscriptions/sub-1/resourceGroups/group/providers/Microsoft.Compute/virtualMachines/vm",
            ])
    }

    @Test func ofAMachineOfWhichNothingIsKnownNothingIsClaimed() throws {
        #expect(try resource(knowing: [:], MachineNames()) == ["service.name=telltale"])
        #expect(try resource(knowing: [:]) == ["service.name=telltale", "host.name=host"])
    }

    @Test func offThePlatformNoCloudIsClaimed() throws {
        var values = Self.everything
        values["SubscriptionId"] = nil
        #expect(try resource(knowing: values) == ["service.name=telltale", "host.id=vm-1", "host.name=host"])
    }

    @Test(arguments: ["ResourceGroupName", "VMId", "Location"] as [UTF8Text])
    func whatIsUnknownIsLeftOutAlone(name: UTF8Text) throws {
        let keys = ["ResourceGroupName": "cloud.resource_id", "VMId": "host.id", "Location": "cloud.region"]
        let all = try resource(knowing: Self.everything)
        var values = Self.everything
        values[name] = nil
        let key = try #require(keys[name.description])
        #expect(try resource(knowing: values) == all.filter { !$0.hasPrefix(key + "=") })
        values[name] = ""
        #expect(try resource(knowing: values) == all.filter { !$0.hasPrefix(key + "=") })
    }

    @Test func aMachineWithoutANameHasNoResourceID() throws {
        let all = try resource(knowing: Self.everything)
        #expect(
            try resource(knowing: Self.everything, MachineNames(hostName: "host"))
                == all.filter { !$0.hasPrefix("cloud.resource_id") })
    }
}
