import TelemetryEvents
import Testing

private let provider = "69B669B9-4AF8-4C50-BDC4-6006FA76E975"

private func event(_ parameters: [(String, String)], id: Int = 1, provider: String = provider) -> String {
    let list = parameters.map { "{\"name\": \"\($0.0)\", \"value\": \($0.1)}" }.joined(separator: ",")
    return "{\"eventId\": \(id), \"providerId\": \"\(provider)\", \"parameters\": [\(list)]}"
}

private func legacy(_ text: String) throws -> [String] {
    try EventFiles.parameters(EventFiles.agent(text, name: "1.tld"))
}

private let time = "OpcodeName='1970-01-01T00:00:00.000000Z'"
private let collector = ["EventTid=11", "EventPid=12", "TaskName='Collector'"]

@Test func anExtensionsLegacyEventIsTrimmedAndCompleted() throws {
    let kept = [("Name", "\"Acme\""), ("Version", "\"1\""), ("Operation", "\"Run\""), ("OperationSuccess", "true")]
    let gone = [("GAVersion", "\"old\""), ("EventPid", "7"), ("RAM", "9"), ("Custom", "1"), ("IsInternal", "true")]
    let text = event(kept + gone + [("Message", "\"m\""), ("Duration", "15")])
    #expect(
        try legacy(text) == [
            "Name='Acme'", "Version='1'", "Operation='Run'", "OperationSuccess=true", "Message='m'", "Duration=15",
            "GAVersion='Telltale-1'", time,
        ] + collector + ["ExtensionType='json'", "IsInternal=false", "RAM=2048"])
}

@Test func onlyTheAgentsOwnEventOneTellsTheTypeOfExtension() throws {
    let expected = ["Name='Acme'", "GAVersion='Telltale-1'", time] + collector + ["RAM=2048"]
    #expect(try legacy(event([("Name", "\"Acme\"")], id: 2)) == expected)
    #expect(try legacy(event([("Name", "\"Acme\"")], provider: "other")) == expected)
}

@Test func theAgentsLegacyEventGetsWhatItLacksAtItsEnd() throws {
    let text = event([("Name", "\"WALinuxAgent\""), ("RAM", "9"), ("Custom", "1"), ("EventTid", "5")])
    #expect(
        try legacy(text) == [
            "Name='WALinuxAgent'", "RAM=9", "Custom=1", "EventTid=5", "GAVersion='Telltale-1'", time, "EventPid=12",
            "TaskName='Collector'",
        ])
}

@Test func anEventWithoutNameIsTheAgents() throws {
    #expect(
        try legacy(event([("Category", "\"CPU\"")])) == ["Category='CPU'", "GAVersion='Telltale-1'", time] + collector
            + [
                "RAM=2048"
            ])
}

@Test func aNameMustBeTheAgentsExactly() throws {
    for name in ["\"walinuxagent\"", "\"WALinuxAgent \"", "\"\"", "5", "null"] {
        #expect(try legacy(event([("Custom", "1"), ("Name", name)])).contains("Custom=1") == false, "\(name)")
    }
    // Of several the first counts.
    #expect(try legacy(event([("Name", "\"WALinuxAgent\""), ("Name", "\"A\""), ("C", "1")])).contains("C=1"))
}

@Test func theNameOfTheFileTellsLegacyFromCurrent() throws {
    let text = event([("Name", "\"Acme\""), ("Custom", "1")])
    for name: UTF8Text in ["1.waagent.tld", ".waagent.tld", "1.tld.waagent.tld", "1.TLD", "1.json"] {
        #expect(try EventFiles.parameters(EventFiles.agent(text, name: name)) == ["Name='Acme'", "Custom=1"])
    }
    for name: UTF8Text in ["1.tld", ".tld", "waagent.tld", "1.waagent.x.tld"] {
        #expect(try EventFiles.parameters(EventFiles.agent(text, name: name)).contains("RAM=2048"))
    }
}
