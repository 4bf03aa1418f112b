import Foundation
import ProgramTestKit
import Testing

private func validate(
    _ arguments: String..., input: String? = nil
) throws -> (exit: Int32, output: String, errors: String) {
    guard let input else { return try TelltaleProcess.run(["validate"] + arguments) }
    return try TelltaleProcess.run(["validate"] + arguments, input: Array(input.utf8))
}

private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

private func objects(_ output: String) throws -> [[String: Any]] {
    try output.split(separator: "\n").map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
}

@Test func theExitStatusTellsTheWorst() throws {
    let scratch = try ScratchDirectory()
    try write(EventPublisher.event("good"), to: scratch("1.json"))
    try write("[\(EventPublisher.event("good")), {}]", to: scratch("2.json"))
    try write("{", to: scratch("3.json"))
    let good = try validate(scratch("1.json"))
    #expect(good.exit == 0)
    #expect(good.errors.isEmpty)
    #expect(
        good.output == """
            \(scratch("1.json")): 1 event: 1 accepted
              event 0: accepted: Informational, task: "good"
            1 file: 1 event accepted
            """)
    #expect(try validate(scratch("1.json"), scratch("2.json")).exit == 1)
    #expect(try validate(scratch("3.json")).exit == 1)
    let missing = try validate(scratch("3.json"), scratch("4.json"), scratch("1.json"))
    #expect(missing.exit == 66)
    #expect(missing.output.contains("\(scratch("4.json")): UnreadableFileError: No such file or directory\n"))
    #expect(missing.output.hasSuffix("3 files: 1 event accepted, 1 file rejected, 1 file not read"))
}

@Test(arguments: [
    (["validate"], ["<file|->"]),
    (["validate", "--source", "handler", "x"], ["handler", "extension", "agent"]),
    (["validate", "--list", "-1", "x"], ["--list"]),
    (["validate", "--list", "10001", "x"], ["--list is 10001", "10000"]),
    (["validate", "-", "-"], ["standard input", "once"]),
    (["validate", ""], ["empty"]),
])
func aWrongUseOfValidateIsExplained(arguments: [String], words: [String]) throws {
    let answer = try TelltaleProcess.run(arguments)
    #expect(answer.exit == 64)
    #expect(answer.output.isEmpty)
    for word in words { #expect(answer.errors.contains(word), "\(answer.errors)") }
}

@Test func standardInputIsAnExtensionsUnlessTold() throws {
    let event = EventPublisher.event("hello")
    let good = try validate("-", input: event)
    #expect(good.exit == 0)
    #expect(good.output.hasPrefix("standard input: 1 event: 1 accepted\n"))
    #expect(!good.output.contains("warning"))
    #expect(try validate("-", "--source", "agent", input: event).exit == 1)
    #expect(try validate("-", "--source", "agent", input: "{\"eventId\":1,\"providerId\":\"p\"}").exit == 0)
    let nothing = try validate("-")
    #expect(nothing.exit == 1)
    #expect(nothing.output.contains("unexpected end of the file"))
}

@Test func theSchemaFollowsTheNameAndAStrangeNameIsWarnedOf() throws {
    let scratch = try ScratchDirectory()
    let agent = "{\"eventId\": 1, \"providerId\": \"p\"}"
    for name in ["1.tld", "1.waagent.tld"] {
        try write(agent, to: scratch(name))
        let answer = try validate(scratch(name))
        #expect(answer.exit == 0)
        #expect(!answer.output.contains("warning"))
    }
    for name in ["event.json", "1.txt", "1.json.tmp", "-1.json", "١.json"] {
        try write(EventPublisher.event("hello"), to: scratch(name))
        let answer = try validate(scratch(name))
        #expect(answer.exit == 0, "a warning is no rejection")
        #expect(answer.output.contains("warning: the service takes no file of this name"), "\(name)")
    }
    try write(agent, to: scratch("7.json"))
    let other = try validate("--source", "agent", scratch("7.json"))
    #expect(other.exit == 0)
    #expect(other.output.contains("warning: the service takes only files whose names end in .tld"))
    try write(EventPublisher.event("hello"), to: scratch("007.JSON"))
    #expect(try !validate(scratch("007.JSON")).output.contains("warning"))
}

@Test(.timeLimit(.minutes(30)))
func whatIsNoRegularFileIsRejectedWithoutBlocking() throws {
    let scratch = try ScratchDirectory()
    try write(EventPublisher.event("hello"), to: scratch("target.json"))
    try DirectoryCalls.makeFIFO(scratch("1.json"))
    try DirectoryCalls.makeDirectory(scratch("2.json"))
    try DirectoryCalls.makeSocket(scratch("3.json"))
    try DirectoryCalls.makeSymbolicLink(scratch("4.json"), to: "1.json")
    try DirectoryCalls.makeSymbolicLink(scratch("5.json"), to: "nowhere")
    try DirectoryCalls.makeHardLink(scratch("6.json"), to: scratch("target.json"))
    let names = (1...6).map { "\(scratch("\($0).json"))" } + ["/dev/zero"]
    let answer = try TelltaleProcess.run(["validate", "--json"] + names)
    #expect(answer.exit == 1)
    let reasons = try objects(answer.output).map { ($0["fault"] as? [String: Any])?["reason"] as? String }
    let kinds = [
        "FIFO", "directory", "socket", "symbolic link", "symbolic link", "regular file with 2 links",
        "character device",
    ]
    #expect(reasons == kinds.map { "NotARegularFileError: \($0)" })
}

@Test(.timeLimit(.minutes(30)))
func aFileOfAMillionBadEventsGivesABoundedAnswerWithExactCounts() throws {
    let scratch = try ScratchDirectory()
    try write("[" + String(repeating: "{},", count: 1_000_000) + "7]", to: scratch("1.json"))
    let answer = try validate(scratch("1.json"))
    #expect(answer.exit == 1)
    #expect(answer.output.count < 10_000)
    #expect(answer.output.contains("\n  1000000 × MissingKeyError: Message not found\n"))
    #expect(answer.output.contains("\n  1 × NotAnObjectError: event should be a JSON object\n"))
    #expect(answer.output.contains("  … and 999981 more rejected\n"))
    let listed = try validate("--list", "1000", "--json", scratch("1.json"))
    let object = try #require(try objects(listed.output).first)
    #expect((object["events"] as? [Any])?.count == 1000)
    #expect(object["unlisted"] as? [String: Int] == ["accepted": 0, "rejected": 999_001])
}

@Test func theLargestFileIsReadAndALargerOneIsNot() throws {
    let scratch = try ScratchDirectory()
    let event = EventPublisher.event("hello")
    let largest = event + String(repeating: " ", count: 4_194_304 - event.utf8.count)
    try write(largest, to: scratch("1.json"))
    try write(largest + " ", to: scratch("2.json"))
    #expect(try validate(scratch("1.json")).exit == 0)
    let larger = try validate(scratch("2.json"))
    #expect(larger.exit == 1)
    #expect(larger.output.contains("OversizeFileError: 4194305 bytes > 4194304"))
    #expect(try validate("-", input: largest).exit == 0)
    #expect(try validate("-", input: largest + " ").output.contains("OversizeFileError"))
}

/// What validation answers and what the service does with the same files must be one.
@Test func validateAndCollectAgreeOnEveryFile() throws {
    let service = try TestedService(["--agent-events", "on", "--ndjson", "/dev/null"])
    let publisher = try service.publisher("Test.Extension")
    try FileManager.default.createDirectory(atPath: service.agentEvents, withIntermediateDirectories: true)
    let event = EventPublisher.event("good")
    let extensionFiles = [
        event, "[]", "[\(event),\(event)]", "[{},7,\(event),{\"Message\":\"\"},{\"Message\":1}]",
        "{\"Message\": \"x\"", "nothing", "", "\u{FEFF}\(event)", event.replacing("\"1.0\"", with: "1.0"),
        EventPublisher.event(String(repeating: "x", count: 5000)),
        event.replacing("task", with: String(repeating: "t", count: 7000)),
        String(repeating: "[", count: 600), EventPublisher.event("https://a?sig=x"),
        String(repeating: " ", count: 4_194_305),
    ]
    for (number, text) in extensionFiles.enumerated() { try publisher.writeInPlace("\(number).json", text) }
    try DirectoryCalls.makeFIFO("\(publisher.directory)/900.json")
    try DirectoryCalls.makeSymbolicLink("\(publisher.directory)/901.json", to: "0.json")
    try DirectoryCalls.makeHardLink(service.scratch("other"), to: "\(publisher.directory)/2.json")
    let agentFiles = [
        "{\"eventId\": 1, \"providerId\": \"p\"}", "{\"eventId\": \"x\"}", "7", "{",
        "<Data><Provider id=\"p\"/><Event id=\"1\"/><Event id=\"y\"/><Param/></Data>", "<Data>", "<!DOCTYPE a><a/>",
    ]
    for (number, text) in agentFiles.enumerated() {
        try write(text, to: "\(service.agentEvents)/\(number).\(number.isMultiple(of: 2) ? "" : "waagent.")tld")
    }
    var handler = Outcome()
    var agent = Outcome()
    for (directory, isAgent) in [(publisher.directory, false), (service.agentEvents, true)] {
        let paths = try FileManager.default.contentsOfDirectory(atPath: directory).map { "\(directory)/\($0)" }
        let answer = try TelltaleProcess.run(["validate", "--json"] + paths)
        #expect(answer.exit == 1)
        for object in try objects(answer.output) {
            if isAgent { try agent.add(object) } else { try handler.add(object) }
        }
    }
    let report = service.scratch("report.json")
    let collected = try TelltaleProcess.run(service.arguments("collect", ["--cap", "1000", "--report", report]))
    #expect(collected.exit == 0, "\(collected.errors)")
    let object = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: report))) as? [String: Any])
    let handlers = try #require(object["handlers"] as? [String: [String: Any]])
    #expect(try handler == Outcome(ofReport: #require(handlers["Test.Extension"])))
    #expect(try agent == Outcome(ofReport: #require(object["agent"] as? [String: Any])))
    #expect(handler.accepted > 0 && handler.rejected.count > 3 && handler.rejectedFiles.count > 5)
    #expect(agent.accepted > 0 && agent.rejected.count > 1 && agent.rejectedFiles.count > 2)
}

/// What became of a publisher's files.
private struct Outcome: Equatable {
    var accepted = 0
    var rejected: [String: Int] = [:]
    var rejectedFiles: [String: String] = [:]

    init() {}

    init(ofReport object: [String: Any]) throws {
        accepted = try #require(object["accepted"] as? Int)
        rejected = try #require(object["rejected"] as? [String: Int])
        rejectedFiles = try #require(object["rejectedFiles"] as? [String: String])
    }

    /// Adds what `telltale validate --json` says of a file.
    mutating func add(_ object: [String: Any]) throws {
        accepted += try #require(object["accepted"] as? Int)
        rejected.merge(try #require(object["reasons"] as? [String: Int]), uniquingKeysWith: +)
        guard let fault = object["fault"] as? [String: Any] else { return }
        let path = try #require(object["file"] as? String)
        rejectedFiles[URL(fileURLWithPath: path).lastPathComponent] = try #require(fault["reason"] as? String)
    }
}

@Test(.enabled(if: OtherCommand.succeeds(["script", "--version"]), "script(1) makes the terminal"))
func coloursGoOnlyToATerminalOfWhoWantsThem() throws {
    let scratch = try ScratchDirectory()
    try write("{}", to: scratch("1.json"))
    func shown(_ setting: String) throws -> String {
        let command = "env -u NO_COLOR \(setting) \(TelltaleProcess.program) validate \(scratch("1.json"))"
        return try OtherCommand.run(["script", "-qec", command, "/dev/null"]).output
    }
    #expect(try shown("TERM=xterm").contains("\u{1B}[1;31mrejected:"))
    #expect(try shown("TERM=xterm NO_COLOR=").contains("\u{1B}"))
    for setting in ["TERM=xterm NO_COLOR=1", "TERM=dumb", "-u TERM"] {
        let output = try shown(setting)
        #expect(output.contains("rejected:"))
        #expect(!output.contains("\u{1B}"), "\(setting)")
    }
    #expect(
        try !TelltaleProcess.run(["validate", scratch("1.json")], environment: ["TERM": "xterm"]).output.contains(
            "\u{1B}"))
}

@Test func anOutputThatTakesNothingIsAFailure() throws {
    let answer = try TelltaleProcess.run(
        ["validate", "-"], wrapper: ["sh", "-c", "exec \"$@\" > /dev/full", "sh"])
    #expect(answer.exit == 74)
    #expect(answer.errors.contains("standard output"))
}
