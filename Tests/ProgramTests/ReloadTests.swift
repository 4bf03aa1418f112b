import Foundation
import ProgramTestKit
import Testing

/// A service with a configuration file that a test changes while it runs.
private final class Reloadable {
    let scratch: ScratchDirectory
    let notify: NotifySocket
    let telltale: TelltaleProcess
    var socket: String { scratch("control.sock") }
    var lines: String { scratch("lines") }

    init(_ settings: [String], output: String? = nil, environment: [String: String] = [:]) throws {
        scratch = try ScratchDirectory()
        notify = try NotifySocket(at: scratch("notify"))
        try Self.write(settings, output ?? scratch("lines"), in: scratch)
        telltale = try TelltaleProcess(
            ["run", "--config", scratch("telltale.conf")],
            environment: [
                "NOTIFY_SOCKET": notify.path, "TELLTALE_CONFIG": "", "TELLTALE_CONTROL_SOCKET": "",
                "TELLTALE_WAAGENT_CONF": "none",
            ].merging(environment) { $1 })
        guard notify.wait(for: { $0 == "READY=1" }) else { throw TestKitError("not ready: \(telltale.errors)") }
    }

    func configure(_ settings: [String], output: String? = nil) throws {
        try Self.write(settings, output ?? lines, in: scratch)
    }

    private static func write(_ settings: [String], _ output: String, in scratch: ScratchDirectory) throws {
        let all =
            [
                "extension-log-dir = \(scratch("log"))", "spool-dir = \(scratch("spool"))", "agent-events = off",
                "fetch-metadata = off", "control-socket = \(scratch("control.sock"))", "ndjson = \(output)",
            ] + settings
        try (all.joined(separator: "\n") + "\n").write(
            toFile: scratch("telltale.conf"), atomically: true, encoding: .utf8)
    }

    func reload(wrapper: [String] = []) throws -> (exit: Int32, output: String, errors: String) {
        try TelltaleProcess.run(["reload", "--control-socket", socket], wrapper: wrapper)
    }

    func publisher(_ handler: String) throws -> EventPublisher {
        try EventPublisher(root: scratch("log"), handler: handler)
    }

    /// The messages that came, in their order.
    func messages(from path: String? = nil) throws -> [String] {
        let text = (try? String(contentsOfFile: path ?? lines, encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map { try ReceivedEvent(line: String($0)) }
            .filter { $0.source != "telltale" }.map(\.message)
    }
}

@Test func aNewConfigurationIsInForceWhenTheReloadReturns() throws {
    let service = try Reloadable([])
    try service.configure([], output: service.scratch("elsewhere"))
    let answer = try service.reload()
    #expect(answer.exit == 0)
    #expect(answer.output == "The new configuration is in force.")
    try service.publisher("Handler").publish("1.json", EventPublisher.event("after"))
    #expect(try eventually { try service.messages(from: service.scratch("elsewhere")) == ["after"] })
    #expect(service.telltale.isRunning)
    let told = service.notify.received
    let reloading = try #require(told.firstIndex(of: "RELOADING=1"))
    #expect(told[reloading...].contains("READY=1"))
    #expect(!told.contains("STOPPING=1"))
    #expect(try service.telltale.stop() == 0)
}

@Test func aWrongConfigurationIsRefusedWithItsErrorsAndTheOldOneStays() throws {
    let service = try Reloadable(["cap = 1"])
    try service.configure(["cap = many", "spol = 3"])
    let answer = try service.reload()
    #expect(answer.exit == 78)
    #expect(answer.errors.contains("cap is many; 1 to 1000000000 events were expected"))
    #expect(answer.errors.contains("spol is no setting"))
    #expect(service.notify.wait { $0.hasPrefix("STATUS=The new configuration is refused") })
    #expect(service.notify.received.filter { $0 == "READY=1" }.count == 2)
    let events = ["one", "two"].map { EventPublisher.event($0) }.joined(separator: ",")
    try service.publisher("Handler").publish("1.json", "[\(events)]")
    #expect(service.notify.wait { $0.contains("accepted 1 events, rejected 0, over the cap 1") })
    #expect(try service.telltale.stop() == 0)
}

/// What a start would fail at, a reload finds out before the old configuration is gone.
@Test(arguments: [
    ("extension-log-dir", "FILE", "is no directory"), ("spool-dir", "spool2", "which a reload cannot change"),
    ("vm-metadata", "missing", "cannot be used"), ("otlp-ca-file", "missing", "cannot be used"),
    ("metrics-file", "missing/metrics.prom", "cannot be used"),
    ("control-socket", "other.sock", "which a reload cannot change"),
])
func whatCannotWorkIsRefused(key: String, value: String, reason: String) throws {
    let service = try Reloadable([])
    try "no directory".write(toFile: service.scratch("FILE"), atomically: true, encoding: .utf8)
    var settings = try String(contentsOfFile: service.scratch("telltale.conf"), encoding: .utf8)
        .split(separator: "\n").map(String.init).filter { !$0.hasPrefix("\(key) ") }
    settings.append("\(key) = \(service.scratch(value))")
    try (settings.joined(separator: "\n") + "\n")
        .write(toFile: service.scratch("telltale.conf"), atomically: true, encoding: .utf8)
    let answer = try service.reload()
    #expect(answer.exit == 78, "\(answer)")
    #expect(answer.errors.contains(reason), "\(answer.errors)")
    try service.publisher("Handler").publish("1.json", EventPublisher.event("still here"))
    #expect(try eventually { try service.messages() == ["still here"] })
    #expect(try service.telltale.stop() == 0)
}

@Test func withoutAChangeAReloadScansAndKeepsTheCounts() throws {
    let service = try Reloadable([])
    try service.publisher("Handler").publish("1.json", EventPublisher.event("before"))
    #expect(service.notify.wait { $0.contains("accepted 1 events") })
    let answer = try service.reload()
    #expect(answer.exit == 0)
    #expect(answer.output.hasPrefix("The configuration is what it was"))
    try service.publisher("Handler").publish("2.json", EventPublisher.event("after"))
    #expect(service.notify.wait { $0.contains("accepted 2 events") })
    #expect(try service.telltale.stop() == 0)
}

/// The cap changes with every reload, so that each is a new start of the program.
@Test func eventsThatComeDuringReloadsAllArriveOnceUnderOneProcess() throws {
    let service = try Reloadable(["cap = 1000000"])
    let publisher = try service.publisher("Handler")
    let descriptors = {
        try FileManager.default.contentsOfDirectory(
            atPath: "/proc/\(service.telltale.processIdentifier)/fd"
        ).count
    }
    #expect(try service.reload().exit == 0)
    var before = 0
    for round in 0..<10 {
        for file in 0..<50 {
            try publisher.publish("\(round * 50 + file).json", EventPublisher.event("\(round)/\(file)"))
        }
        try service.configure(["cap = \(1_000_001 + round)"])
        let answer = try service.reload()
        #expect(answer.exit == 0, "\(answer)")
        if round == 0 { before = try descriptors() }
    }
    #expect(try eventually { try service.messages().count >= 500 })
    #expect(try Set(service.messages()).count == 500)
    #expect(try service.messages().count == 500)
    #expect(try eventually { try descriptors() <= before + 2 })
    #expect(try service.telltale.stop() == 0)
    #expect(service.notify.received.filter { $0 == "RELOADING=1" }.count == 11)
}

@Test func hangUpReloadsToo() throws {
    let service = try Reloadable([])
    try service.configure(["cap = 7"])
    service.telltale.signal(SIGHUP)
    #expect(eventually { service.notify.received.filter { $0 == "READY=1" }.count == 2 })
    #expect(service.telltale.waitForError("cap was 360 events and is 7 events"))
    #expect(try service.telltale.stop() == 0)
}

/// A service in the middle of a call to a sink whose reader reads nothing, of 100 events.
private func stuckService(in scratch: ScratchDirectory) throws -> (Reloadable, StandingFIFO) {
    let fifo = try StandingFIFO(at: scratch("fifo"))
    let service = try Reloadable(["cap = 1000000"], output: fifo.path)
    let publisher = try service.publisher("Handler")
    let text = String(repeating: "x", count: 3000)
    for file in 0..<100 { try publisher.publish("\(file).json", EventPublisher.event("\(file) \(text)")) }
    #expect(eventually { fifo.hasInput })
    return (service, fifo)
}

/// The reader of a pipe reads nothing: the thread that writes to it is in its call when the reload comes.
@Test func aSinkThatIsStuckHoldsUpNoReloadAndNoLineIsTorn() throws {
    let scratch = try ScratchDirectory()
    let (service, fifo) = try stuckService(in: scratch)
    try service.configure(["cap = 1000001"], output: fifo.path)
    #expect(try service.reload().exit == 0)
    var lines = [""]
    #expect(
        eventually {
            let more = fifo.drain()
            lines[lines.count - 1] += more.first ?? ""
            lines += more.dropFirst()
            return Set(
                lines.dropLast().compactMap { line in try? ReceivedEvent(line: line) }.filter {
                    $0.source != "telltale"
                }
                .map(\.message)
            ).count == 100
        })
    // A line that the old start could not end is ended by the new one, and its event comes again, whole.
    #expect(lines.dropLast().count { (try? ReceivedEvent(line: $0)) == nil } <= 1)
    #expect(try service.telltale.stop() == 0)
}

@Test(.enabled(if: geteuid() == 0, "only root can be somebody else"))
func onlyRootAndTheServicesUserMayReload() throws {
    let service = try Reloadable([])
    chmod(service.scratch.path, 0o755)
    chmod(service.socket, 0o666)
    let other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    let answer = try service.reload(wrapper: other)
    #expect(answer.exit == 77, "\(answer)")
    #expect(answer.errors.contains("this user may not"))
    chmod(service.socket, 0o660)
    #expect(try service.reload(wrapper: other).exit == 77)
    #expect(try service.reload().exit == 0)
    #expect(try service.telltale.stop() == 0)
}

@Test func withoutAServiceAReloadSaysSo() throws {
    let scratch = try ScratchDirectory()
    let answer = try TelltaleProcess.run(["reload", "--control-socket", scratch("none.sock")])
    #expect(answer.exit == 69)
    #expect(answer.errors.contains("the service is not running"))
}

/// The new start goes by what was judged: nobody would have the old configuration if that were wrong.
@Test func whatIsWrittenAfterTheJudgementIsNotRead() throws {
    let scratch = try ScratchDirectory()
    let (service, fifo) = try stuckService(in: scratch)
    try service.configure(["cap = 1000001"], output: fifo.path)
    // What is in flight keeps the old start for a second.
    service.telltale.signal(SIGHUP)
    #expect(service.notify.wait { $0 == "RELOADING=1" })
    try service.configure(["cap = half of a num"], output: fifo.path)
    #expect(eventually { service.notify.received.filter { $0 == "READY=1" }.count == 2 })
    #expect(service.telltale.errors.contains("cap was 1000000 events and is 1000001 events"))
    // The next reload reads the file as it is.
    let answer = try service.reload()
    #expect(answer.exit == 78)
    #expect(answer.errors.contains("cap is half of a num"))
    service.telltale.signal(SIGKILL)
}

@Test func theWatchdogIsAnsweredAtTheEndAndAtTheBeginningOfAReload() throws {
    let service = try Reloadable([], environment: ["WATCHDOG_USEC": "600000000"])
    try service.configure(["cap = 7"])
    #expect(try service.reload().exit == 0)
    let told = service.notify.received
    let reloading = try #require(told.firstIndex(of: "RELOADING=1"))
    let ready = try #require(told[reloading...].firstIndex(of: "READY=1"))
    #expect(told[reloading..<ready].filter { $0 == "WATCHDOG=1" }.count >= 2)
    #expect(try service.telltale.stop() == 0)
}

@Test func aReloadThatTakesTheMetricsFileAwayLeavesNoOldOne() throws {
    let service = try Reloadable([])
    let metrics = service.scratch("telltale.prom")
    try service.configure(["metrics-file = \(metrics)"])
    #expect(try service.reload().exit == 0)
    #expect(eventually { FileManager.default.fileExists(atPath: metrics) })
    try service.configure([])
    #expect(try service.reload().exit == 0)
    #expect(!FileManager.default.fileExists(atPath: metrics))
    #expect(try service.telltale.stop() == 0)
}

@Test func aNamedFileThatChangedIsReadAgain() throws {
    let service = try Reloadable([])
    let metadata = service.scratch("vm.json")
    try #"{"VMId": "one"}"#.write(toFile: metadata, atomically: true, encoding: .utf8)
    try service.configure(["vm-metadata = \(metadata)"])
    #expect(try service.reload().output == "The new configuration is in force.")
    #expect(try service.reload().output.hasPrefix("The configuration is what it was"))
    try #"{"VMId": "two"}"#.write(toFile: metadata, atomically: true, encoding: .utf8)
    #expect(try service.reload().output == "The new configuration is in force.")
    try service.publisher("Handler").publish("1.json", EventPublisher.event("after"))
    let lines = { (try? String(contentsOfFile: service.lines, encoding: .utf8)) ?? "" }
    #expect(eventually { lines().contains(#""name":"VMId","value":"two""#) })
    #expect(try service.telltale.stop() == 0)
}
