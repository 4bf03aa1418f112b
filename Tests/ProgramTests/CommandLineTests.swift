import Foundation
import ProgramTestKit
import Testing

/// A wrong command line: what is wrong is named, and so is what helps; nothing is begun.
private func expectUsageError(_ arguments: [String], mentions words: [String]) throws {
    let answer = try TelltaleProcess.run(arguments)
    #expect(answer.exit == 64)
    #expect(answer.output == "")
    for word in words { #expect(answer.errors.contains(word), "\(arguments): \(answer.errors)") }
}

@Test(arguments: [
    (["run", "--spool", "/tmp/x"], ["Unknown option '--spool'", "--help"]),
    (["run", "extra"], ["extra", "--help"]),
    (["gather"], ["gather", "--help"]),
    (["collect", "--cap", "many"], ["--cap is many", "1 to 1000000000 events were expected"]),
    (["collect", "--cap", "0"], ["--cap is 0", "were expected"]),
    (["collect", "--cap"], ["--cap <n>"]),
    (["collect", "--period", "0"], ["--period is 0", "seconds were expected"]),
    (["run", "--over-cap", "keep"], ["keep", "drop", "hold"]),
    (["run", "--sink", "printer"], ["printer", "journal", "ndjson"]),
    (["run", "--agent-events", "yes"], ["yes", "on", "off"]),
    (["run", "--residue-age", "-1"], ["--residue-age"]),
    (["run", "--wireserver-endpoint", "http://host"], ["--wireserver-endpoint", "http://host", "127.0.0.1:8080"]),
    (["run", "--instance-metadata-endpoint", "h:0"], ["--instance-metadata-endpoint", "h:0", "was expected"]),
    (["run", "--fetch-metadata", "maybe"], ["maybe", "on", "off"]),
    (["run", "--metadata-grace", "60001"], ["--metadata-grace is 60001", "milliseconds were expected"]),
    (["run", "--spool-dir", ""], ["--spool-dir is empty", "a directory was expected"]),
])
func aWrongArgumentIsNamedWithWhatIsExpected(arguments: [String], words: [String]) throws {
    try expectUsageError(arguments, mentions: words)
}

@Test(arguments: [
    (
        ["run", "--extension-events", "off", "--agent-events", "off"],
        ["--extension-events off", "--agent-events off", "switch one on"]
    ),
    (["run", "--sink", "journal", "--ndjson", "-"], ["--ndjson", "--sink", "add --sink ndjson"]),
    (["run", "--sink", "journal", "--sink", "journal"], ["--sink", "twice"]),
    (["run", "--quiet-window", "50", "--max-delay", "20"], ["--max-delay (20 ms)", "--quiet-window (50 ms)"]),
])
func optionsThatContradictEachOtherAreBothNamed(arguments: [String], words: [String]) throws {
    try expectUsageError(arguments, mentions: words)
}

@Test(arguments: ["run", "collect"])
func aRootThatIsAFileIsAWrongSetting(command: String) throws {
    for option in ["--extension-log-dir", "--agent-events-dir"] {
        let service = try TestedService(["--ndjson", "-"])
        let file = service.scratch("file")
        try "".write(toFile: file, atomically: true, encoding: .utf8)
        let answer = try TelltaleProcess.run(service.arguments(command, [option, file]))
        #expect(answer.exit == 78)
        #expect(answer.errors.contains(file))
        #expect(answer.errors.contains("no directory"))
        #expect(answer.errors.contains(option))
    }
}

@Test func aSpoolBelowAFileCannotBeMade() throws {
    let service = try TestedService()
    let file = service.scratch("file")
    try "".write(toFile: file, atomically: true, encoding: .utf8)
    let answer = try TelltaleProcess.run(service.arguments("collect", ["--spool-dir", "\(file)/spool"]))
    #expect(answer.exit == 73)
    #expect(answer.errors.contains("\(file)/spool"))
    #expect(answer.errors.contains("--spool-dir"))
}

@Test(.enabled(if: getuid() == 0, "only root can become another user"))
func aSpoolThatAUserMayNotWriteIsNamed() throws {
    let service = try TestedService()
    _ = try service.publisher("Handler")
    try FileManager.default.createDirectory(atPath: service.spool, withIntermediateDirectories: true)
    chmod(service.scratch.path, 0o755)
    let answer = try TelltaleProcess.run(
        service.arguments("collect"),
        wrapper: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"])
    #expect(answer.exit == 73, "\(answer.errors)")
    #expect(answer.errors.contains(service.spool))
    #expect(answer.errors.contains("Permission denied"))
    #expect(answer.errors.contains("--spool-dir"))
}

@Test(arguments: [
    ("{\"VMId\": [1]}", ["line 1, column 10", "VMId should be"]),
    ("{\n  \"VMId\": \"a\",\n  \"Colour\": \"b\"\n}", ["line 3, column 3", "Colour", "VMId"]),
    ("[]", ["line 1, column 1", "JSON object"]),
    ("{\"VMId\": ", ["line 1"]),
])
func aWrongDescriptionOfTheMachineIsNamedWithItsPlace(contents: String, words: [String]) throws {
    let service = try TestedService()
    let file = service.scratch("vm.json")
    try contents.write(toFile: file, atomically: true, encoding: .utf8)
    let answer = try TelltaleProcess.run(service.arguments("collect", ["--vm-metadata", file]))
    #expect(answer.exit == 78)
    for word in words + [file, "--vm-metadata"] { #expect(answer.errors.contains(word), "\(answer.errors)") }
}

/// What was cut off at the limit would seem to lack its end.
@Test func aDescriptionOfTheMachineThatIsTooLargeIsToldSo() throws {
    let service = try TestedService()
    let file = service.scratch("vm.json")
    let end = "{\"VMId\": \"mine\"}"
    let limit = 1 << 20
    for (size, exit) in [(limit, Int32(0)), (limit + 1, 78)] {
        let text = String(repeating: " ", count: size - end.utf8.count) + end
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let answer = try TelltaleProcess.run(service.arguments("collect", ["--vm-metadata", file]))
        #expect(answer.exit == exit)
        #expect(answer.errors.contains("it is larger than \(limit) bytes") == (exit == 78), "\(answer.errors)")
    }
}

@Test func aDescriptionOfTheMachineThatIsNotThereIsNamed() throws {
    let service = try TestedService()
    let file = service.scratch("none.json")
    let answer = try TelltaleProcess.run(service.arguments("collect", ["--vm-metadata", file]))
    #expect(answer.exit == 78)
    #expect(answer.errors.contains(file))
    #expect(answer.errors.contains("--vm-metadata"))
}

@Test func anOutputThatCannotBeOpenedIsNamed() throws {
    let service = try TestedService(["--agent-events", "off"])
    let publisher = try service.publisher("Handler")
    try publisher.publish("1.json", EventPublisher.event("kept"))
    let file = service.scratch("none/events.ndjson")
    let answer = try TelltaleProcess.run(service.arguments("collect", ["--ndjson", file]))
    #expect(answer.exit == 74)
    #expect(answer.errors.contains(file))
    #expect(answer.errors.contains("--ndjson"))
    #expect(FileManager.default.fileExists(atPath: "\(publisher.directory)/1.json"))
}

@Test(arguments: ["run", "collect", "check"])
func theHelpOfACommandTeaches(command: String) throws {
    let help = try TelltaleProcess.run([command, "--help"])
    #expect(help.exit == 0)
    #expect(help.errors.isEmpty)
    for option in [
        "--extension-log-dir", "--agent-events-dir", "--spool-dir", "--sink", "--ndjson", "--cap", "--period",
        "--over-cap", "--extension-events", "--agent-events", "--quiet-window", "--max-delay", "--residue-age",
        "--vm-metadata", "--wireserver-endpoint", "--instance-metadata-endpoint", "--fetch-metadata",
        "--metadata-grace", "--report", "--waagent-conf", "--config", "--help", "--version",
    ] {
        #expect(help.output.contains(" \(option) "), "\(option)")
    }
    #expect(help.output.contains("default: /var/log/azure"))
    // An example that one can copy.
    #expect(help.output.contains("  telltale \(command) --"))
}

@Test func theHelpOfTheProgramNamesCommandsAndExitCodes() throws {
    let help = try TelltaleProcess.run(["--help"])
    #expect(help.exit == 0)
    for word in [
        "run", "collect", "check", "validate", "emit", "Exit status", " 1 ", "64", "66", "69", "71", "73", "74", "75",
        "78",
        "telltale run --", "telltale collect --", "telltale validate ",
    ] {
        #expect(help.output.contains(word), "\(word)")
    }
}

@Test func theVersionIsThatOfTheEvents() throws {
    let version = try TelltaleProcess.run(["--version"])
    #expect(version.exit == 0)
    let service = try TestedService()
    try service.publisher("Handler").publish("1.json", EventPublisher.event("hello"))
    let collected = try TelltaleProcess.run(service.arguments("collect"))
    #expect(collected.exit == 0)
    let event = try ReceivedEvent(line: collected.output)
    #expect(event.text("GAVersion") == "Telltale-\(version.output)")
}
