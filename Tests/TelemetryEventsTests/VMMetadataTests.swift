import TelemetryEvents
import Testing

private func decode(_ text: String) throws(VMMetadataError) -> [Parameter] {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBytes { bytes in
        Result { () throws(VMMetadataError) in try VMMetadataDecoder().decode(bytes) }
    }
    return try result.get()
}

private func common() -> CommonParameters {
    .uninitialized(
        version: "1.0", osVersion: "Linux:debian-12-bookworm:6.1", ramMiB: 512, processors: 2, architecture: "x86_64",
        processID: 7, threadID: 8)
}

private func written(_ parameters: [Parameter]) -> [String] {
    parameters.map { parameter in
        switch parameter.value {
        case .text(let text), .integer(let text), .json(let text): "\(parameter.name)=\(text)"
        case .float(let number): "\(parameter.name)=\(number)"
        case .boolean(let flag): "\(parameter.name)=\(flag)"
        }
    }
}

@Test func whatIsNotYetKnownIsToldAsUninitialized() {
    #expect(written(common().leading) == ["GAVersion=Telltale-1.0", "ContainerId=ContainerId_UNINITIALIZED"])
    #expect(written(common().collector) == ["EventTid=8", "EventPid=7", "TaskName=TelltaleCollector"])
    #expect(
        written(common().trailing) == [
            "OSVersion=Linux:debian-12-bookworm:6.1", "ExecutionMode=IAAS", "RAM=512", "Processors=2",
            "KeywordName={\"CpuArchitecture\": \"x86_64\"}", "TenantName=TenantName_UNINITIALIZED",
            "RoleName=RoleName_UNINITIALIZED", "RoleInstanceName=RoleInstanceName_UNINITIALIZED",
            "Location=Location_UNINITIALIZED", "SubscriptionId=SubscriptionId_UNINITIALIZED",
            "ResourceGroupName=ResourceGroupName_UNINITIALIZED", "VMId=VMId_UNINITIALIZED", "ImageOrigin=0",
        ])
}

@Test func onlyAValueThatSomebodyToldIsKnown() throws {
    for name in ["ContainerId", "Location", "VMId"] as [UTF8Text] { #expect(common().known(name) == nil) }
    #expect(common().known("OSVersion") == "Linux:debian-12-bookworm:6.1")
    #expect(common().known("RAM") == "512")
    #expect(common().known("Nothing") == nil)
    let told = common().replacing(
        try decode("{\"VMId\": \"Location_UNINITIALIZED\", \"Location\": \"\", \"RoleName\": true}"))
    #expect(told.known("VMId") == "Location_UNINITIALIZED")
    #expect(told.known("Location") == nil)
    #expect(told.known("RoleName") == nil)
}

@Test func whatAMachineIsCalledStaysBesideItsParameters() {
    let named = common().replacing([], vmName: "vm")
    #expect(named.machine == MachineNames(hostName: nil, vmName: "vm"))
    #expect(named.replacing([Parameter("VMId", .text("v"))]).machine.vmName == "vm")
    #expect(written(named.leading + named.trailing) == written(common().leading + common().trailing))
}

@Test func everyNameButTheEventsTimeCanBeReplaced() throws {
    let members = VMMetadataDecoder.names.map { "\"\($0)\": \"new \($0)\"" }.joined(separator: ", ")
    let replaced = common().replacing(try decode("{\(members)}"))
    let all = replaced.leading + replaced.collector + replaced.trailing
    #expect(Set(all.map(\.name)) == Set(VMMetadataDecoder.names))
    for parameter in all { #expect(parameter.value == .text(UTF8Text("new \(parameter.name)"))) }
    #expect(replaced.trailing.map(\.name) == common().trailing.map(\.name))
}

@Test func aReplacedValueKeepsItsType() throws {
    let parameters = try decode("{\"RAM\": -0, \"VMId\": \"\\u0061\", \"Processors\": 1.5, \"ImageOrigin\": true}")
    #expect(
        parameters == [
            Parameter("RAM", .integer("0")), Parameter("VMId", .text("a")), Parameter("Processors", .float(1.5)),
            Parameter("ImageOrigin", .boolean(true)),
        ])
    #expect(try decode("{\"RAM\": 1, \"VMId\": \"x\", \"RAM\": 2}").map(\.name) == ["RAM", "VMId"])
    #expect(try decode("{\"RAM\": 1, \"RAM\": 2}") == [Parameter("RAM", .integer("2"))])
    #expect(try decode(" {} ").isEmpty)
}

@Test(
    arguments: [
        ("{\"RAM\": null}", "line 1, column 9: RAM should be text, an integer, a number or a truth value"),
        ("{\"RAM\":\n [1]}", "line 2, column 2: RAM should be text, an integer, a number or a truth value"),
        ("{\"RAM\": 1e999}", "line 1, column 9: RAM should be text, an integer, a number or a truth value"),
        ("[]", "line 1, column 1: a JSON object of common parameters was expected"),
        ("{\"RAM\": 1,}", "line 1, column 11: a key in quotation marks was expected, found }"),
        ("", "line 1, column 1: unexpected end of the file, a value was expected"),
    ])
func aFaultyDescriptionIsToldWithItsPlace(text: String, message: String) {
    do {
        _ = try decode(text)
        Issue.record("accepted")
    } catch {
        #expect(error.description == message)
    }
}

@Test func anUnknownNameIsToldWithThoseThatAreKnown() {
    for name in ["OpcodeName", "ram", "Other"] {
        do {
            _ = try decode("{\"\(name)\": 1}")
            Issue.record("accepted")
        } catch {
            #expect(error.code == .unknownName(name))
            #expect(error.place == TextPlace(offset: 1, line: 1, column: 2))
            #expect(error.description.contains("GAVersion, ContainerId, EventTid"))
        }
    }
}

@Test(
    arguments: [
        ("ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n", "Linux:debian-12-bookworm:6.1"),
        ("# ID=no\nID='alpine'\r\nVERSION_ID=3.19.1\r\n", "Linux:alpine-3.19.1-none:6.1"),
        ("ID=arch\n", "Linux:arch-none-none:6.1"),
        ("", "Linux:linux-none-none:6.1"),
        ("ID=a\nID=b\nVERSION_ID=\"\"\n  VERSION_CODENAME=\"a \\\"b\\\" \\$\"", "Linux:b-none-a \"b\" $:6.1"),
        ("NOISE\n=x\nID=x y\nMY_ID=z", "Linux:x-none-none:6.1"),
        ("ID='a\\b'", "Linux:a\\b-none-none:6.1"),
    ])
func theReleaseOfTheSystemIsRead(text: String, expected: String) {
    let release = Array(text.utf8).withUnsafeBytes { OSRelease($0) }
    #expect(release.osVersion(kernelRelease: "6.1") == expected)
}
