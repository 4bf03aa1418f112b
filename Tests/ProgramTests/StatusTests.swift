import Foundation
import ProgramTestKit
import Testing

@Test func theStatusCountsWhatHappened() throws {
    let asked = try AskedService()
    let publisher = try asked.service.publisher("Contoso.Backup")
    let (telltale, _) = try asked.service.start()
    for number in 1...5 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    try publisher.publish("6.json", "{\"Version\": \"1\"}")
    try publisher.publish("7.json", String(repeating: " ", count: 5 << 20))
    try #require(telltale.waitForMessage("5"))
    let isCounted = try asked.waitForStatus { status in
        (status["deliveryDelay"] as? [String: Any])?["count"] as? Int == 5
            && AskedService.handler("Contoso.Backup", in: status)?["rejectedFiles"] as? [String: Int]
                == ["OversizeFileError": 1]
    }
    #expect(isCounted)
    let (exit, status) = try asked.status()
    #expect(exit == 0)
    let handler = try #require(AskedService.handler("Contoso.Backup", in: status))
    #expect(handler["accepted"] as? Int == 5)
    #expect(handler["rejected"] as? [String: Int] == ["MissingKeyError: Message not found": 1])
    #expect((handler["window"] as? [String: Any])?["admitted"] as? Int == 5)
    #expect(status["watching"] as? [String: Int] == ["notified": 3, "polled": 0])
    #expect(AskedService.sink("ndjson", in: status)?["delivered"] as? Int ?? 0 >= 5)
    #expect(status["processID"] as? Int == Int(telltale.processIdentifier))

    let text = try asked.run("status")
    #expect(text.exit == 0 && text.errors.isEmpty)
    #expect(text.output.hasPrefix("Telltale ") && text.output.contains("is well.\n"))
    #expect(!text.output.contains("\u{1B}"))
    #expect(text.output.contains("5 accepted, 1 rejected, 1 file rejected, 0 over the cap"))

    let metrics = try asked.run("metrics")
    #expect(metrics.exit == 0)
    let labels = "{source=\"extension\",handler=\"Contoso.Backup\"}"
    #expect(metrics.output.contains("\ntelltale_accepted_events_total\(labels) 5\n"))
    #expect(metrics.output.contains("\ntelltale_delivery_delay_seconds_count 5"))
    #expect(try telltale.stop() == 0)
}

@Test func aFailingSinkIsSaidFirstAndInTheExitCode() throws {
    let server = try HTTPServer { _ in .answer(status: 500, body: "") }
    let asked = try AskedService([
        "--agent-events", "off", "--ndjson", "-", "--sink", "ndjson", "--sink", "otlp", "--otlp-endpoint",
        "http://127.0.0.1:\(server.port)",
    ])
    let (telltale, _) = try asked.service.start()
    try asked.service.publisher("Handler").publish("1.json", EventPublisher.event("to one of two"))
    let fails = try asked.waitForStatus { AskedService.sink("otlp", in: $0)?["state"] as? String == "failing" }
    #expect(fails)
    let (exit, status) = try asked.status()
    #expect(exit == 1)
    #expect(status["isWell"] as? Bool == false)
    let sink = try #require(AskedService.sink("otlp", in: status))
    #expect((sink["reason"] as? String)?.contains("500") == true)
    #expect(sink["lasting"] as? Double ?? -1 >= 0)
    let text = try asked.run("status")
    #expect(text.exit == 1)
    let lines = text.output.split(separator: "\n")
    #expect(lines[0].hasSuffix("needs attention.") && lines[1].contains("the sink otlp has been failing"))
    #expect(lines[2].contains("journalctl -u telltale TELLTALE_SINK=otlp"))
    let metrics = try asked.run("metrics")
    #expect(metrics.exit == 0 && metrics.output.contains("telltale_sink_state{sink=\"otlp\",state=\"failing\"} 1\n"))
    telltale.signal(SIGKILL)
}

@Test func aWindowThatHoldsEventsSaysWhenThereIsRoom() throws {
    let asked = try AskedService(["--agent-events", "off", "--ndjson", "-", "--cap", "2", "--over-cap", "hold"])
    let publisher = try asked.service.publisher("Handler")
    let (telltale, _) = try asked.service.start()
    for number in 1...4 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    let holds = try asked.waitForStatus { status in
        let window = AskedService.handler("Handler", in: status)?["window"] as? [String: Any]
        return window?["isHolding"] as? Bool == true
    }
    #expect(holds)
    let (exit, status) = try asked.status()
    #expect(exit == 1)
    let window = try #require(AskedService.handler("Handler", in: status)?["window"] as? [String: Any])
    #expect(window["admitted"] as? Int == 2)
    #expect((window["roomIn"] as? Double).map { (0...300).contains($0) } == true)
    #expect(try asked.run("status").output.contains("the cap holds events of Handler back; the next go on in"))
    #expect(try telltale.stop() == 0)
}

@Test(
    .enabled(
        if: OtherCommand.succeeds(["unshare", "-Ur", "sh", "-c", "echo 1 > /proc/sys/user/max_inotify_watches"]),
        "no user namespace can be made here"))
func directoriesThatArePolledAreSaidToBeSo() throws {
    let asked = try AskedService()
    _ = try asked.service.publisher("Handler")
    let (telltale, _) = try asked.service.start(
        wrapper: ["unshare", "-Ur", "sh", "-c", "echo 1 > /proc/sys/user/max_inotify_watches && exec \"$@\"", "sh"])
    let isPolled = try asked.waitForStatus { ($0["watching"] as? [String: Int])?["polled"] ?? 0 > 0 }
    #expect(isPolled)
    let text = try asked.run("status")
    #expect(text.exit == 1 && text.output.contains("fs.inotify.max_user_watches"))
    telltale.signal(SIGKILL)
}

// MARK: No answer

@Test(arguments: ["status", "metrics"])
func aServiceThatIsNotRunningIsSaidToBeSo(command: String) throws {
    let asked = try AskedService()
    let before = try asked.run(command)
    #expect(before.exit == 69 && before.output.isEmpty)
    #expect(before.errors.contains("not running") && before.errors.contains(asked.socket))
    #expect(before.errors.contains("systemctl start telltale"))
    // A socket that a killed service left behind says no more.
    let (telltale, _) = try asked.service.start()
    telltale.signal(SIGKILL)
    _ = try telltale.waitForExit()
    #expect(FileManager.default.fileExists(atPath: asked.socket))
    #expect(try asked.run(command).exit == 69)
}

@Test func aServiceThatIsStoppedInItsTracksIsSaidNotToAnswer() throws {
    let asked = try AskedService()
    let (telltale, _) = try asked.service.start()
    telltale.signal(SIGSTOP)
    let status = try asked.run("status")
    #expect(status.exit == 69)
    #expect(status.errors.contains("does not answer") && status.errors.contains("systemctl status telltale"))
    telltale.signal(SIGCONT)
    #expect(try asked.run("status").exit == 0)
    #expect(try telltale.stop() == 0)
}

@Test func whatIsNoStatusIsSaidToBeNone() throws {
    let scratch = try ScratchDirectory()
    let socket = scratch("control.sock")
    let server = try PythonServer(
        """
        import http.server, socketserver
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "15")
                self.end_headers()
                self.wfile.write(b'{"sinks": true}')
            def address_string(self): return ""
            def log_message(self, *arguments): pass
        server = socketserver.ThreadingUnixStreamServer(sys.argv[1], Handler)
        print(1, flush=True)
        server.serve_forever()
        """, arguments: [socket])
    let asked = try TelltaleProcess.run(["status", "--control-socket", socket])
    #expect(asked.exit == 69)
    #expect(asked.errors.contains("sinks should be a list"))
    // As JSON it is printed as it came, whatever it is.
    #expect(try TelltaleProcess.run(["status", "--json", "--control-socket", socket]).output == "{\"sinks\": true}")
    _ = server.port
}

/// Whether this process may become another user that may run the program.
private let mayBecomeNobody = OtherCommand.succeeds(nobody + [TelltaleProcess.program, "--version"])
private let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

@Test(.enabled(if: mayBecomeNobody, "needs root"), arguments: ["status", "metrics"])
func aUserWhoMayNotAskIsToldWhoMay(command: String) throws {
    let asked = try AskedService()
    chmod(asked.service.scratch.path, 0o755)
    let (telltale, _) = try asked.service.start()
    let refused = try TelltaleProcess.run(asked.asking(command), wrapper: nobody)
    #expect(refused.exit == 77 && refused.output.isEmpty)
    #expect(refused.errors.contains("be root") && refused.errors.contains("group"))
    #expect(try telltale.stop() == 0)
}

@Test func withoutASocketByConfigurationThereIsNothingToAsk() throws {
    let asked = try TelltaleProcess.run(["status", "--control-socket", "none"])
    #expect(asked.exit == 78 && asked.errors.contains("control-socket"))
}

@Test func waysToShowAStatusThatDoNotGoTogetherAreRefused() throws {
    #expect(try TelltaleProcess.run(["status", "--json", "--watch"]).exit == 64)
    let watch = try TelltaleProcess.run(["status", "--watch"])
    #expect(watch.exit == 64 && watch.errors.contains("terminal"))
}

// MARK: Other readers

@Test(.enabled(if: OtherCommand.succeeds(["curl", "--version"]), "needs curl"))
func curlGetsTheSameFromTheSocket() throws {
    let asked = try AskedService()
    let (telltale, _) = try asked.service.start()
    func get(_ target: String) throws -> String {
        let (exit, output) = try OtherCommand.run([
            "curl", "--silent", "--show-error", "--fail", "--unix-socket", asked.socket, "http://localhost\(target)",
        ])
        #expect(exit == 0, "\(output)")
        return output
    }
    let status = try JSONSerialization.jsonObject(with: Data(get("/status").utf8)) as? [String: Any]
    #expect(status?["processID"] as? Int == Int(telltale.processIdentifier))
    #expect(Set(status?.keys.map(\.self) ?? []) == Set(try asked.status().object.keys))
    let metrics = try asked.run("metrics").output.split(separator: "\n").map(String.init)
    #expect(try get("/metrics").split(separator: "\n").map(String.init) == metrics)
    #expect(try telltale.stop() == 0)
}

@Test func theMetricsFileHasWhatTheSocketTellsAndGoesWithTheService() throws {
    let asked = try AskedService()
    let file = asked.service.scratch("telltale.prom")
    let (telltale, _) = try asked.service.start(["--metrics-file", file])
    let metrics = try asked.run("metrics").output
    let isWritten = eventually { (try? String(contentsOfFile: file, encoding: .utf8)) == metrics + "\n" }
    #expect(isWritten)
    #expect(try telltale.stop() == 0)
    #expect(!FileManager.default.fileExists(atPath: file))
}
