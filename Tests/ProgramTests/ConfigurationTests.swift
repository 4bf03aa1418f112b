import Foundation
import ProgramTestKit
import Testing

/// What `telltale check --json` says of one setting.
private func setting(
    _ key: String, _ options: [String], environment: [String: String] = [:], wrapper: [String] = []
) throws -> (value: String, source: String) {
    let process = try TelltaleProcess(["check", "--json"] + options, wrapper: wrapper, environment: environment)
    let exit = try process.waitForExit()
    try #require(exit == 0 || exit == 1, "\(process.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(process.output.joined().utf8)) as? [String: Any]
    let settings = try #require(json?["settings"] as? [String: [String: Any]])
    return ("\(settings[key]?["value"] ?? "none")", settings[key]?["source"] as? String ?? "none")
}

/// A place with a configuration file and one of the VM agent's.
private struct Files {
    let scratch: ScratchDirectory
    var own: String { scratch("telltale.conf") }
    var waagent: String { scratch("waagent.conf") }
    var options: [String] { ["--config", own, "--waagent-conf", waagent] }

    init(own: String = "", waagent: String = "") throws {
        scratch = try ScratchDirectory()
        try own.write(toFile: self.own, atomically: true, encoding: .utf8)
        try waagent.write(toFile: self.waagent, atomically: true, encoding: .utf8)
    }
}

/// The same setting everywhere; what is stronger is taken away bit by bit.
@Test func optionEnvironmentFileAgentsFileAndDefaultCountInThisOrder() throws {
    let files = try Files(own: "# first\nperiod = 13\n", waagent: "Debug.EtpCollectionPeriod=14\n")
    let empty = try Files(waagent: "Debug.EtpCollectionPeriod=14\n")
    let environment = ["TELLTALE_PERIOD": "12"]
    #expect(try setting("period", files.options + ["--period", "11"], environment: environment) == ("11", "option"))
    #expect(try setting("period", files.options, environment: environment) == ("12", "TELLTALE_PERIOD"))
    #expect(try setting("period", files.options) == ("13", "\(files.own):2"))
    #expect(try setting("period", empty.options) == ("14", "\(empty.waagent):1, Debug.EtpCollectionPeriod"))
    #expect(try setting("period", ["--config", empty.own, "--waagent-conf", "none"]) == ("300", "default"))
}

@Test func everythingWrongInAFileIsToldAtOnceAndNothingIsBegun() throws {
    let files = try Files(own: "cap = 0\nnonsense\nspool-dirr = /x\n")
    let spool = files.scratch("spool")
    for command in ["run", "collect", "check"] {
        let answer = try TelltaleProcess.run([command, "--spool-dir", spool] + files.options)
        #expect(answer.exit == 78)
        #expect(answer.output == "")
        #expect(
            answer.errors == """
                telltale: \(files.own):1: cap is 0; 1 to 1000000000 events were expected.
                telltale: \(files.own):2: "nonsense" has no =; a line is: key = value.
                telltale: \(files.own):3: spool-dirr is no setting; the nearest is spool-dir.

                """)
        #expect(!FileManager.default.fileExists(atPath: spool))
    }
}

@Test func ofVeryManyWrongLinesTheFirstAreToldAndTheRestIsCounted() throws {
    let files = try Files(own: String(repeating: "x\n", count: 10_000))
    let answer = try TelltaleProcess.run(["collect"] + files.options)
    #expect(answer.exit == 78)
    let lines = answer.errors.split(separator: "\n")
    #expect(lines.count == 21)
    #expect(lines.last == "telltale: and 9980 more settings are wrong.")
}

@Test func aWrongVariableOfTheEnvironmentIsAWrongSetting() throws {
    let process = try TelltaleProcess(["collect", "--waagent-conf", "none"], environment: ["TELLTALE_SINK": "printer"])
    #expect(try process.waitForExit() == 78)
    #expect(process.errors.contains("TELLTALE_SINK is printer; journal, wireserver, otlp or ndjson was expected."))
}

@Test(arguments: [
    (["--config", "/nonexistent/t.conf"], "/nonexistent/t.conf"), (["--config", "/proc"], "/proc"),
    (["--waagent-conf", "/nonexistent/w.conf"], "/nonexistent/w.conf"),
])
func aNamedFileThatCannotBeReadIsAWrongSetting(options: [String], path: String) throws {
    let answer = try TelltaleProcess.run(["collect"] + options)
    #expect(answer.exit == 78)
    #expect(answer.errors.hasPrefix("telltale: \(path): the file cannot be read: "), "\(answer.errors)")
}

@Test func theServiceSaysWhichFilesItReadAndWhatItLeftAside() throws {
    let service = try TestedService(["--ndjson", "-"])
    let files = try Files(
        own: "cap = 1\n", waagent: "Debug.EtpCollectionPeriod=often\nLib.Dir=\(service.scratch("lib"))\nOther=1\n")
    let publisher = try service.publisher("Handler")
    let agent = service.scratch("lib/events")
    try FileManager.default.createDirectory(atPath: agent, withIntermediateDirectories: true)
    let notify = try NotifySocket(at: service.scratch("notify"))
    let process = try TelltaleProcess(
        ["run", "--extension-log-dir", service.logRoot, "--spool-dir", service.spool, "--ndjson", "-"] + files.options,
        environment: ["NOTIFY_SOCKET": notify.path, "TELLTALE_CAPP": "2"])
    defer { if process.isRunning { process.signal(SIGKILL) } }
    try #require(notify.wait { $0 == "READY=1" })
    try #require(process.waitForError("is ready; it read \(files.own) and \(files.waagent)."))
    #expect(process.errors.contains("TELLTALE_CAPP is no setting; the nearest is TELLTALE_CAP; it is left aside."))
    #expect(
        process.errors.contains(
            "\(files.waagent):1: Debug.EtpCollectionPeriod is often; 1 to 31622400 seconds were expected; it is left aside."
        ))
    // The cap of the file holds, and the agent's events are those of the agent's own directory.
    try publisher.publish("1.json", "[\(EventPublisher.event("one")),\(EventPublisher.event("two"))]")
    let agents =
        "{\"eventId\":1,\"providerId\":\"69B669B9-4AF8-4C50-BDC4-6006FA76E975\",\"parameters\":"
        + "[{\"name\":\"Message\",\"value\":\"of the agent\"}]}"
    try agents.write(toFile: "\(agent)/1.tmp", atomically: false, encoding: .utf8)
    try DirectoryCalls.move("\(agent)/1.tmp", to: "\(agent)/1.waagent.tld")
    try #require(process.waitForError("Max Limit: 1"))
    try #require(eventually { process.output.contains { $0.contains("of the agent") } })
    #expect(try process.stop() == 0)
}

@Test func aSpoolInsideAnEventsDirectoryIsRefused() throws {
    let service = try TestedService()
    let spool = "\(service.logRoot)/Handler/events/spool"
    let answer = try TelltaleProcess.run(service.arguments("collect", ["--spool-dir", spool]))
    #expect(answer.exit == 64)
    #expect(answer.errors.contains("--spool-dir (\(spool)) lies in an events directory of --extension-log-dir"))
    #expect(!FileManager.default.fileExists(atPath: spool))
}

/// Whether this process may make a mount namespace with files of its own.
private let hasMountsOfItsOwn = OtherCommand.succeeds(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/etc"])

/// What runs the program with files of a test's own in /etc.
private func withFilesInEtc(_ commands: String) -> [String] {
    [
        "unshare", "-rm", "sh", "-c", "mount -t tmpfs none /etc && mkdir /etc/telltale && \(commands) && exec \"$@\"",
        "sh",
    ]
}

@Test(.enabled(if: hasMountsOfItsOwn, "no mount namespace can be made here"))
func theUsualFilesAreReadWhereTheyAre() throws {
    let usual = ["TELLTALE_CONFIG": "", "TELLTALE_WAAGENT_CONF": ""]
    let both = withFilesInEtc("echo cap=7 > /etc/telltale/telltale.conf && echo Lib.Dir=/x > /etc/waagent.conf")
    #expect(try setting("cap", [], environment: usual, wrapper: both) == ("7", "/etc/telltale/telltale.conf:1"))
    #expect(
        try setting("agent-events-dir", [], environment: usual, wrapper: both) == (
            "/x/events", "/etc/waagent.conf:1, Lib.Dir"
        ))
    #expect(try setting("cap", [], environment: usual, wrapper: withFilesInEtc("true")) == ("360", "default"))
    // Another file takes the place of the usual one.
    let files = try Files(own: "period = 9\n")
    let named = ["TELLTALE_CONFIG": files.own]
    #expect(try setting("cap", [], environment: named, wrapper: both) == ("360", "default"))
    #expect(try setting("period", [], environment: named, wrapper: both) == ("9", "\(files.own):1"))
}

@Test(.enabled(if: hasMountsOfItsOwn, "no mount namespace can be made here"))
func anAgentsFileThatCannotBeReadStopsNothing() throws {
    let process = try TelltaleProcess(
        ["check", "--ndjson", "-"], wrapper: withFilesInEtc("mkdir /etc/waagent.conf"),
        environment: ["TELLTALE_WAAGENT_CONF": ""])
    #expect(try process.waitForExit() == 0)
    #expect(
        process.output.contains {
            $0.contains("advice  settings") && $0.contains("/etc/waagent.conf: the file cannot be read: ")
        }, "\(process.output)")
}

@Test func anEventIsEmittedToTheLogRootOfTheSettings() throws {
    let service = try TestedService()
    try FileManager.default.createDirectory(atPath: "\(service.logRoot)/Handler", withIntermediateDirectories: true)
    let files = try Files(waagent: "Extension.LogDir=\(service.logRoot)\n")
    let process = try TelltaleProcess(
        ["emit", "--handler", "Handler", "--task", "t", "--version", "1", "--message", "m"],
        environment: ["TELLTALE_WAAGENT_CONF": files.waagent])
    #expect(try process.waitForExit() == 0)
    #expect(process.output.first?.hasPrefix("\(service.logRoot)/Handler/events/") == true)
}
