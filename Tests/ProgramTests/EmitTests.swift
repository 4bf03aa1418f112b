import Foundation
import ProgramTestKit
import Testing

private let required = ["--task", "Install", "--version", "1.0.3"]

private func emit(
    _ arguments: [String], message: String, wrapper: [String] = []
) throws -> (exit: Int32, output: String, errors: String) {
    try TelltaleProcess.run(["emit"] + arguments + required + ["--message", message], wrapper: wrapper)
}

private func entries(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory)
}

private func onlyEvent(in directory: String) throws -> [String: String] {
    let names = try entries(directory)
    #expect(names.count == 1)
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(names.first ?? "")"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: String])
}

@Test func theServiceDeliversWhatWasEmitted() throws {
    let root = try WatchedLogRoot()
    try DirectoryCalls.makeDirectory("\(root.path)/Test.Extension")
    let answer = try TelltaleProcess.run(
        ["emit", "--handler", "Test.Extension", "--extension-log-dir", root.path] + required + [
            "--message", "--hello--", "--level", "Error", "--operation-id", "op", "--pid", "7", "--tid", "8",
            "--timestamp", "2026-01-02T03:04:05Z",
        ])
    #expect(answer.exit == 0)
    #expect(answer.errors.isEmpty)
    #expect(root.waitForEvent("--hello--"))
    let event = try #require(try root.telltale.events().first)
    #expect(event.handler == "Test.Extension")
    #expect(answer.output == "\(root.path)/Test.Extension/events/\(event.file ?? "")")
    #expect(event.text("EventName") == "Test.Extension-1.0.3")
    #expect(event.text("TaskName") == "Install")
    #expect(event.text("CapabilityUsed") == "Error")
    #expect(event.text("Context2") == "2026-01-02T03:04:05Z")
    #expect(event.text("Context3") == "op")
    #expect(event.text("EventPid") == "7")
    #expect(event.text("EventTid") == "8")
    #expect(try root.stop().handlers["Test.Extension"]?.accepted == 1)
    #expect(try entries("\(root.path)/Test.Extension/events") == [])
}

@Test func ofManyEmittersAtOnceNothingIsLost() throws {
    let root = try WatchedLogRoot()
    let directory = try root.publisher("Test.Extension").directory
    // One shell each, so that all eight are at it together.
    let script = """
        for number in $(seq 1 10); do
            "$0" emit --events-dir "$1" --task T --version 1 --message "emitter $2 number $number" || exit 1
        done
        """
    let emitters = (1...8).map { emitter in
        BackgroundWork { _ in
            let answer = try OtherCommand.run(["sh", "-c", script, TelltaleProcess.program, directory, "\(emitter)"])
            guard answer.exit == 0 else { throw TestKitError(answer.output) }
        }
    }
    for emitter in emitters { try emitter.finish() }
    #expect(root.waitForEvents(80))
    let expected = (1...8).flatMap { emitter in (1...10).map { "emitter \(emitter) number \($0)" } }
    #expect(try root.messages().sorted() == expected.sorted())
    _ = try root.stop()
    #expect(try entries(directory) == [])
}

@Test func whatIsNotGivenIsFilledIn() throws {
    let scratch = try ScratchDirectory()
    let before = Date()
    let shell = try OtherCommand.run([
        "sh", "-c", "echo $$; \"$0\" emit --events-dir \"$1\" --task T --version 1 --message m; exit $?",
        TelltaleProcess.program, scratch("events"),
    ])
    #expect(shell.exit == 0)
    let event = try onlyEvent(in: scratch("events"))
    #expect(event["EventLevel"] == "Informational")
    #expect(event["OperationId"] == "")
    let script = shell.output.split(separator: "\n").first.map(String.init)
    #expect(event["EventPid"] == script)
    #expect(event["EventTid"] == script)
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    let time = try #require(event["Timestamp"])
    #expect(time.hasSuffix("Z"))
    // The clock that another process reads may be set; that it is of this hour is enough.
    #expect(abs(try format.parse(time).timeIntervalSince(before)) < 3600)
}

@Test func everyTextArrivesExactly() throws {
    let texts: [[UInt8]] = [
        Array("\"quoted\" \\ / \u{1}\u{1F}\t\r\n\u{7F} é 🚀 \u{2028} end".utf8), Array(0x21...0xFF), [0x21, 0, 0x21],
        [0x61, 0xED, 0xA0, 0x80, 0x62], Array("- begins so".utf8),
    ]
    for text in texts {
        let scratch = try ScratchDirectory()
        let answer = try TelltaleProcess.run(
            ["emit", "--events-dir", scratch("events")] + required + ["--message", "-"], input: text)
        #expect(answer.exit == 0, "\(answer.errors)")
        #expect(try onlyEvent(in: scratch("events"))["Message"] == String(decoding: text, as: UTF8.self))
    }
    for text in ["--help", "- x", "\"\\\n\u{1}é🚀", "two  words"] {
        let scratch = try ScratchDirectory()
        #expect(try emit(["--events-dir", scratch("events")], message: text).exit == 0)
        #expect(try onlyEvent(in: scratch("events"))["Message"] == text)
    }
}

@Test func anEventThatWouldBeRejectedIsNotPublished() throws {
    let scratch = try ScratchDirectory()
    let event = scratch("1.json")
    for (message, reason) in [
        ("  ", "EmptyMessageError: Message should not be empty"),
        ("", "EmptyMessageError: Message should not be empty"),
    ] {
        let answer = try emit(["--events-dir", scratch("events")], message: message)
        #expect(answer.exit == 1)
        #expect(answer.output.isEmpty)
        #expect(answer.errors.contains("not published"))
        // The same words.
        try Data(EventPublisher.event(message).utf8).write(to: URL(fileURLWithPath: event))
        #expect(try TelltaleProcess.run(["validate", event]).output.contains("rejected: \(reason) "))
        #expect(answer.errors.contains("rejected: \(reason) "))
    }
    let long = String(repeating: "t", count: 7000)
    let oversize = try emit(["--events-dir", scratch("events"), "--operation-id", long], message: "x")
    #expect(oversize.exit == 1)
    #expect(oversize.errors.contains("OversizeEventError: max event size allowed: 6144"))
    let flood = try TelltaleProcess.run(
        ["emit", "--events-dir", scratch("events")] + required + ["--message", "-"],
        input: Array(repeating: UInt8(ascii: "x"), count: 5_000_000))
    #expect(flood.exit == 1)
    #expect(flood.errors.contains("OversizeFileError"))
    #expect(!FileManager.default.fileExists(atPath: scratch("events")))
}

@Test func whatWouldBeAlteredIsWarnedOf() throws {
    let scratch = try ScratchDirectory()
    let message = "https://a?sig=x " + String(repeating: "x", count: 4000)
    let answer = try emit(["--events-dir", scratch("events")], message: message)
    #expect(answer.exit == 0)
    #expect(answer.errors.contains("warning: Message is cut from 4021 to 3072 code points\n"))
    #expect(answer.errors.contains("warning: Message is redacted: a URL's query holds a signature\n"))
    #expect(try onlyEvent(in: scratch("events"))["Message"] == message)
}

@Test func anEventThatIsOutIsASuccessWhoeverReadsThePath() throws {
    for redirection in [">&-", "> /dev/full", "| exec true"] {
        let scratch = try ScratchDirectory()
        let script = "{ \"$@\"; echo $? > \"$0\"; } \(redirection)"
        _ = try emit(
            ["--events-dir", scratch("events")], message: "x", wrapper: ["sh", "-c", script, scratch("status")])
        #expect(
            eventually { (try? String(contentsOfFile: scratch("status"), encoding: .utf8)) == "0\n" }, "\(redirection)")
        #expect(try entries(scratch("events")).count == 1)
    }
}

@Test func onlyAMissingEventsDirectoryIsMade() throws {
    let scratch = try ScratchDirectory()
    let noRoot = try emit(["--handler", "Acme", "--extension-log-dir", scratch("log")], message: "x")
    #expect(noRoot.exit == 73)
    #expect(noRoot.errors.contains("\(scratch("log")) does not exist"))
    #expect(noRoot.errors.contains("--extension-log-dir"))
    #expect(try entries(scratch.path) == [])
    try DirectoryCalls.makeDirectory(scratch("log"))
    let noHandler = try emit(["--handler", "Acme", "--extension-log-dir", scratch("log")], message: "x")
    #expect(noHandler.exit == 73)
    #expect(noHandler.errors.contains("\(scratch("log/Acme")) does not exist"))
    try DirectoryCalls.makeDirectory(scratch("log/Acme"))
    let misspelt = try emit(["--events-dir", scratch("log/Acme/event")], message: "x")
    #expect(misspelt.exit == 73)
    #expect(misspelt.errors.contains("--events-dir"))
    #expect(try entries(scratch("log/Acme")) == [])
    #expect(try emit(["--handler", "Acme", "--extension-log-dir", scratch("log")], message: "x").exit == 0)
    #expect(try entries(scratch("log/Acme/events")).count == 1)
    #expect(try emit(["--events-dir", scratch("log/Acme/events/")], message: "x").exit == 0)
    #expect(try entries(scratch("log/Acme/events")).count == 2)
}

@Test func whatTheServiceWouldNotReadIsNotPublishedInto() throws {
    let scratch = try ScratchDirectory()
    try DirectoryCalls.makeDirectory(scratch("elsewhere"))
    try DirectoryCalls.makeSymbolicLink(scratch("events"), to: "elsewhere")
    for directory in [scratch("events"), scratch("events/")] {
        let linked = try emit(["--events-dir", directory], message: "x")
        #expect(linked.exit == 73)
        #expect(linked.errors.contains("symbolic link"))
    }
    #expect(try entries(scratch("elsewhere")) == [])
    try DirectoryCalls.makeDirectory(scratch("log"))
    try DirectoryCalls.makeSymbolicLink(scratch("log/Acme"), to: "../elsewhere")
    let handler = try emit(["--handler", "Acme", "--extension-log-dir", scratch("log")], message: "x")
    #expect(handler.exit == 73)
    #expect(handler.errors.contains("\(scratch("log/Acme")) is a symbolic link"))
    #expect(try entries(scratch("elsewhere")) == [])
    // Above the handler's directory links are an operator's affair.
    try DirectoryCalls.makeSymbolicLink(scratch("link"), to: ".")
    try DirectoryCalls.makeDirectory(scratch("handler"))
    #expect(try emit(["--handler", "handler", "--extension-log-dir", scratch("link")], message: "x").exit == 0)
    try Data().write(to: URL(fileURLWithPath: scratch("file")))
    let file = try emit(["--events-dir", scratch("file")], message: "x")
    #expect(file.exit == 73)
    #expect(file.errors.contains("Not a directory"))
}

@Test(.enabled(if: getuid() == 0, "only root can become another user"))
func aDirectoryThatAUserMayNotWriteIsNamed() throws {
    let scratch = try ScratchDirectory()
    chmod(scratch.path, 0o755)
    try DirectoryCalls.makeDirectory(scratch("events"))
    let answer = try emit(
        ["--events-dir", scratch("events")], message: "x",
        wrapper: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"])
    #expect(answer.exit == 73)
    #expect(answer.errors.contains("\(scratch("events")): Permission denied"))
}

@Test(.enabled(if: OtherCommand.succeeds(["unshare", "-m", "true"]), "a mount of a test's own needs root"))
func aFullDiskLeavesNothingBehind() throws {
    let scratch = try ScratchDirectory()
    try DirectoryCalls.makeDirectory(scratch("events"))
    let script = """
        mount -t tmpfs -o size=8k tmpfs "$0" && head -c 4096 /dev/zero > "$0/filler" || exit 99
        "$@"
        status=$?
        echo "left:" $(ls -A "$0") >&2
        exit $status
        """
    let answer = try emit(
        ["--events-dir", scratch("events")], message: String(repeating: "x", count: 9000),
        wrapper: ["unshare", "-m", "sh", "-c", script, scratch("events")])
    #expect(answer.exit == 74)
    #expect(answer.errors.contains("\(scratch("events")): No space left on device"))
    #expect(answer.errors.hasSuffix("\nleft: filler\n"))
    #expect(answer.output.isEmpty)
}

@Test(arguments: [
    (["--message", "m", "--version", "1", "--events-dir", "d"], ["--task"]),
    (["--task", "t", "--version", "1", "--events-dir", "d"], ["--message"]),
    (["--task", "t", "--message", "m", "--events-dir", "d"], ["--version"]),
    (["--version", "1"], ["--message", "--task"]),
    (["--version"], ["--version"]),
    (required + ["--message", "m", "--events-dir", "d", "--unknown"], ["--unknown"]),
    (["--task", "t", "--version", "1", "--message", "m"], ["--events-dir", "--handler"]),
    (required + ["--message", "m", "--events-dir", "d", "--handler", "h"], ["--events-dir", "--handler", "both"]),
    (required + ["--message", "m", "--handler", "../h"], ["--handler is '../h'"]),
    (required + ["--message", "m", "--handler", ".."], ["--handler is '..'"]),
    (required + ["--message", "m", "--handler=-h"], ["--handler is '-h'"]),
    (required + ["--message", "m", "--handler", ""], ["--handler is ''"]),
    (required + ["--message", "m", "--events-dir", ""], ["--events-dir is empty"]),
    (required + ["--message", "m", "--events-dir", "d", "--extension-log-dir", "l"], ["--extension-log-dir"]),
    (required + ["--message", "m", "--events-dir", "d", "--pid", "self"], ["self", "--pid"]),
])
func aWrongUseOfEmitIsExplained(arguments: [String], words: [String]) throws {
    let answer = try TelltaleProcess.run(["emit"] + arguments)
    #expect(answer.exit == 64)
    #expect(answer.output.isEmpty)
    for word in words { #expect(answer.errors.contains(word), "\(answer.errors)") }
}

@Test func theHelpOfTheToolsForAuthorsTeaches() throws {
    for (command, words) in [
        ("validate", ["telltale validate -", "--json", "--source", "--list", "unlisted", "Exit status"]),
        ("emit", ["telltale emit --events-dir", "--handler", "--message", "--task", "--level", "Exit status"]),
    ] {
        let help = try TelltaleProcess.run([command, "--help"])
        #expect(help.exit == 0)
        for word in words { #expect(help.output.contains(word), "\(command) \(word)") }
    }
}
