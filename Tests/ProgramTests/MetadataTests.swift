import Foundation
import ProgramTestKit
import Testing

/// What the program does with the services that describe the virtual machine; the fetching itself has tests of its own.
@Suite struct MetadataTests {
    private let service: TestedService
    private let services: PlatformServices
    private let publisher: EventPublisher

    init() throws {
        service = try TestedService()
        services = try PlatformServices()
        publisher = try service.publisher("Test.Extension")
    }

    /// The values of what is fetched, as an event carries them.
    private func fetched(_ event: ReceivedEvent) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in event.parameters where PlatformServices.goodValues[name] != nil {
            values[name] = "\(value)"
        }
        return values
    }

    private func uninitialized() -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: PlatformServices.goodValues.keys.map {
                ($0, $0 == "ImageOrigin" ? "0" : "\($0)_UNINITIALIZED")
            })
    }

    /// A gate that answers of a service wait at.
    private final class Gate: @unchecked Sendable {
        // Unchecked: `condition` guards `isOpen`.
        private let condition = NSCondition()
        private var isOpen = false

        func open() {
            condition.withLock {
                isOpen = true
                condition.broadcast()
            }
        }

        func reply(_ reply: HTTPServer.Reply) -> HTTPServer.Reply {
            let deadline = Date(timeIntervalSinceNow: patience)
            return condition.withLock {
                while !isOpen, condition.wait(until: deadline) {}
                return reply
            }
        }
    }

    @Test func theFirstEventsOfACollectionCarryWhatIsFetched() throws {
        try publisher.publish("1.json", EventPublisher.event("one"))
        let answer = try TelltaleProcess.run(
            service.arguments("collect", services.options + ["--metadata-grace", "60000"]))
        #expect(answer.exit == 0)
        let event = try ReceivedEvent(line: answer.output)
        #expect(fetched(event) == PlatformServices.goodValues)
        #expect(event.parameters.first { $0.name == "ImageOrigin" }?.value is Int)
        #expect(
            event.parameters.map(\.name) == [
                "GAVersion", "ContainerId", "OpcodeName", "EventTid", "EventPid", "TaskName", "OSVersion",
                "ExecutionMode", "RAM", "Processors", "KeywordName", "TenantName", "RoleName", "RoleInstanceName",
                "Location", "SubscriptionId", "ResourceGroupName", "VMId", "ImageOrigin", "EventName",
                "CapabilityUsed", "Context1", "Context2", "Context3",
            ])
    }

    @Test func theFirstEventsOfTheServiceWaitWithinTheGraceAndReadinessDoesNot() throws {
        let gate = Gate()
        let body = PlatformServices.goalState(sharedConfig: "http://\(services.server.endpoint)/shared")
        services.answer(.goalState, with: gate.reply(.answer(body: body)))
        try publisher.publish("1.json", EventPublisher.event("one"))
        // It is ready, and has claimed the file, while the answer is held back.
        let (telltale, _) = try service.start(services.options + ["--metadata-grace", "60000"])
        #expect(eventually { service.claims(of: "Test.Extension").count == 1 })
        #expect(telltale.output.isEmpty)
        // It sleeps meanwhile; a thread that turned in circles would hardly be found asleep twice.
        let kernel = KernelView(of: telltale.processIdentifier)
        var looks = 0
        #expect(
            try eventually(within: 30) {
                looks = try kernel.isAsleep() ? looks + 1 : 0
                return looks == 50
            })
        gate.open()
        #expect(try telltale.waitForEvents(1))
        #expect(fetched(try telltale.events()[0]) == PlatformServices.goodValues)
        #expect(try telltale.stop() == 0)
    }

    @Test func eventsGoOutUninitializedAfterTheGraceAndLaterOnesCarryTheValues() throws {
        let gate = Gate()
        for document in PlatformServices.Document.allCases where document != .sharedConfig {
            let body =
                document == .instance
                ? PlatformServices.instance()
                : PlatformServices.goalState(sharedConfig: "http://\(services.server.endpoint)/shared")
            services.answer(document, with: gate.reply(.answer(body: body)))
        }
        try publisher.publish("1.json", EventPublisher.event("one"))
        let (telltale, _) = try service.start(services.options + ["--metadata-grace", "1"])
        #expect(try telltale.waitForEvents(1))
        #expect(fetched(try telltale.events()[0]) == uninitialized())
        gate.open()
        // The values are taken up beside the collection; an event shows when.
        var number = 1
        try #require(
            eventually {
                number += 1
                try publisher.publish("\(number).json", EventPublisher.event("\(number)"))
                guard try telltale.waitForEvents(number) else { return true }
                return fetched(try telltale.events()[number - 1]) == PlatformServices.goodValues
            })
        #expect(try telltale.events().last.map(fetched) == PlatformServices.goodValues)
        #expect(try telltale.stop() == 0)
    }

    @Test func servicesThatAreNotThereEndTheGraceAtOnceAndAreToldOnce() throws {
        services.server.close()
        try publisher.publish("1.json", EventPublisher.event("one"))
        let (telltale, _) = try service.start(services.options + ["--metadata-grace", "60000"])
        #expect(telltale.waitForLines(1, within: 30))
        #expect(fetched(try telltale.events()[0]) == uninitialized())
        for name in ["The WireServer at \(services.server.endpoint)", "The instance metadata service at"] {
            #expect(telltale.waitForError("\(name)"))
        }
        #expect(telltale.errors.contains("Connection refused"))
        #expect(telltale.errors.contains("events carry no value for ContainerId, TenantName"))
        #expect(try telltale.stop() == 0)
        #expect(telltale.errors.components(separatedBy: "is not there").count == 3)
    }

    @Test func nonsenseEndsTheGraceAndIsToldWithItsPlace() throws {
        services.answer(.goalState, body: "<GoalState>\n<oops")
        services.answer(.instance, with: .answer(status: 404, body: ""))
        try publisher.publish("1.json", EventPublisher.event("one"))
        let (telltale, _) = try service.start(services.options + ["--metadata-grace", "60000"])
        #expect(telltale.waitForLines(1, within: 30))
        #expect(telltale.waitForError("line 2, column"))
        #expect(telltale.waitForError("status 404, 200 was expected"))
        #expect(try telltale.stop() == 0)
    }

    @Test func aStopDoesNotWaitForTheGraceAndLosesNothing() throws {
        services.answer(.goalState, with: .silence())
        try publisher.publish("1.json", EventPublisher.event("one"))
        let (telltale, _) = try service.start(services.options + ["--metadata-grace", "60000"])
        #expect(eventually { service.claims(of: "Test.Extension").count == 1 })
        telltale.signal(SIGTERM)
        #expect(try telltale.waitForExit(within: 30) == 0)
        #expect(telltale.output.isEmpty)
        #expect(service.claims(of: "Test.Extension").count == 1)
        let next = try TelltaleProcess.run(service.arguments("collect"))
        #expect(next.output.contains("\"value\":\"one\""))
    }

    @Test func aCollectionWithNothingToDoWaitsForNobody() throws {
        services.answer(.goalState, with: .silence())
        let telltale = try TelltaleProcess(
            service.arguments("collect", services.options + ["--metadata-grace", "60000"]))
        #expect(try telltale.waitForExit(within: 30) == 0)
    }

    @Test func whatTheOperatorSaysWinsAndKeepsTheServicesUnasked() throws {
        let file = service.scratch("vm.json")
        try publisher.publish("1.json", EventPublisher.event("one"))
        try Data("{\"VMId\": \"mine\", \"ImageOrigin\": 7}".utf8).write(to: URL(fileURLWithPath: file))
        let some = try TelltaleProcess.run(
            service.arguments("collect", services.options + ["--metadata-grace", "60000", "--vm-metadata", file]))
        var expected = PlatformServices.goodValues
        expected["VMId"] = "mine"
        expected["ImageOrigin"] = "7"
        #expect(fetched(try ReceivedEvent(line: some.output)) == expected)

        let asked = services.server.requests.count
        let all = PlatformServices.goodValues.mapValues { "my \($0)" }
        try JSONSerialization.data(withJSONObject: all).write(to: URL(fileURLWithPath: file))
        try publisher.publish("2.json", EventPublisher.event("two"))
        let none = try TelltaleProcess.run(
            service.arguments("collect", services.options + ["--metadata-grace", "60000", "--vm-metadata", file]))
        #expect(fetched(try ReceivedEvent(line: none.output)) == all)
        #expect(services.server.requests.count == asked)
    }

    @Test func noProxyOfTheEnvironmentIsUsed() throws {
        let proxy = try HTTPServer { _ in .answer(status: 502, body: "") }
        var environment: [String: String] = [:]
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            environment[name] = "http://\(proxy.endpoint)"
        }
        try publisher.publish("1.json", EventPublisher.event("one"))
        let answer = try TelltaleProcess.run(
            service.arguments("collect", services.options + ["--metadata-grace", "60000"]), environment: environment)
        #expect(fetched(try ReceivedEvent(line: answer.output)) == PlatformServices.goodValues)
        #expect(proxy.requests.isEmpty)
    }

    /// The HTTP library ends the process when its loop gets no descriptor, so it must not be let come so far.
    @Test func tooFewDescriptorsForFetchingAreToldInASentence() throws {
        services.server.close()
        for limit in 8...64 {
            let process = try TelltaleProcess(
                service.arguments("collect", services.options),
                wrapper: ["sh", "-c", "ulimit -n \(limit) && exec \"$@\"", "sh"])
            let exit = try process.waitForExit()
            if process.errors.contains("What describes the machine cannot be fetched: Too many open files") {
                #expect(exit == 71)
                return
            }
            // With fewer, something before it lacks them.
            try #require([71, 73, 74].contains(exit), "\(limit) descriptors: \(exit), \(process.errors)")
        }
        Issue.record("no number of descriptors was too small for fetching")
    }

    @Test func agentEventsCarryWhatIsFetchedAndTheirOwnColumnsStay() throws {
        let service = try TestedService(["--extension-events", "off", "--ndjson", "-"])
        try FileManager.default.createDirectory(atPath: service.agentEvents, withIntermediateDirectories: true)
        let event = """
            {"eventId": 1, "providerId": "69B669B9-4AF8-4C50-BDC4-6006FA76E975",
             "parameters": [{"name": "Name", "value": "Some.Extension"}, {"name": "Message", "value": "m"}]}
            """
        try event.write(toFile: service.agentEvents + "/1.tld", atomically: true, encoding: .utf8)
        let answer = try TelltaleProcess.run(
            service.arguments("collect", services.options + ["--metadata-grace", "60000"]))
        let received = try ReceivedEvent(line: answer.output)
        #expect(fetched(received) == PlatformServices.goodValues)
        #expect(received.text("ExtensionType") == "json")
        #expect(received.parameters.first { $0.name == "IsInternal" }?.value as? Bool == false)
    }

    @Test func whenEverythingIsFetchedNothingWakesTheProcess() throws {
        let (telltale, _) = try service.start(services.options)
        for document in PlatformServices.Document.allCases {
            #expect(services.server.waitForRequests(1, for: document.target))
        }
        try publisher.publish("1.json", EventPublisher.event("one"))
        #expect(try telltale.waitForEvents(1))
        // What is left to do is done in a moment; a timer that ran on would wake it again within three seconds.
        let kernel = KernelView(of: telltale.processIdentifier)
        var last = -1
        var looks = 0
        #expect(
            try eventually {
                let waits = try kernel.voluntaryWaitsOfAllThreads()
                looks = waits == last ? looks + 1 : 0
                last = waits
                usleep(20_000)
                return looks > 150
            })
        #expect(try telltale.stop() == 0)
    }
}
