internal import ArgumentParser
internal import Reporting
internal import SystemCalls

/// Says how a running service is.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the running service is: what it watches, counts, delays, sinks, the spool, the cap.",
        discussion: """
            What is not as it should be stands first, with what helps: a sink that is stuck, failing or closed, directories that \
            are polled because the kernel has no more watches, events that the cap holds back, a spool that is nearly full. \
            A sink that keeps the pace its server asks for (throttled), and events that were rejected or dropped for the cap, \
            are counted, and are no such trouble. Counts are those since the start of the service or its last reload.

            Watch it, and wait until a script's service is well:
              telltale status --watch
              until telltale status --json >status.json; do sleep 5; done

            Exit status: 0 it is well (or about to start or to stop), 1 something is not as it should be, 64 wrong usage, \
            69 the service is not running or does not answer, 77 this user may not ask, \
            78 by its configuration the service has no control socket.
            """)

    @OptionGroup var control: ControlOptions

    @Flag(help: "Print one JSON object, as the service answers it.")
    var json = false

    @Flag(help: "Show it on the whole terminal, again every second, with the events a second; q ends it.")
    var watch = false

    @Flag(help: "Show all extensions and all reasons, however many there are.")
    var all = false

    mutating func validate() throws {
        if json && watch { throw ValidationError("--json and --watch are two ways to show it; one was expected.") }
        if watch && !Terminal.standardOutputIsTerminal {
            throw ValidationError(
                "--watch draws on a terminal, and standard output is none; telltale status --json is for programs.")
        }
    }

    func run() throws {
        if watch {
            return try ServiceFailure.reporting { try StatusWatch.run(asking: control.client()) }
        }
        let answer = try control.get("/status")
        if json {
            let text = String(decoding: answer, as: UTF8.self)
            try CommandOutput.print(text.hasSuffix("\n") ? text : text + "\n")
        }
        let status = try Self.decoded(answer)
        if !json {
            let style: TextStyle = Terminal.standardOutputTakesColours ? .coloured : .plain
            try CommandOutput.print(StatusText(status, extent: all ? .all : .first).text(style: style))
        }
        if !status.troubles.isEmpty { throw ExitCode(ServiceFailure.Code.foundFaults.rawValue) }
    }

    private static func decoded(_ answer: [UInt8]) throws -> ServiceStatus {
        do throws(ServiceStatusError) {
            return try ServiceStatus(json: answer)
        } catch {
            CommandOutput.complain("what answers is no service of this version: its status is not readable; \(error).")
            throw ExitCode(ServiceFailure.Code.unavailable.rawValue)
        }
    }
}
