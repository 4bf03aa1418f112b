import HTTP
import ProgramTestKit
import TelemetryEvents
import Testing

@testable import VirtualMachine

@Suite struct MetadataFetcherTests {
    typealias Document = PlatformServices.Document

    @Test func goodAnswersGiveEveryParameter() throws {
        let services = try PlatformServices()
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        #expect(tested.known == PlatformServices.goodValues)
    }

    @Test func theMachinesNamesAreKnownBesideTheParameters() throws {
        let services = try PlatformServices()
        services.answer(.instance, with: .answer(status: 500, body: ""))
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        #expect(tested.machine == MachineNames(hostName: "host-1"))
        services.answerWell(.instance)
        // The pauses of both services; the WireServer's may take several of them.
        for _ in 0..<100 { tested.passPause() }
        #expect(tested.waitFor("vm-1", of: "VMId"))
        #expect(tested.machine == MachineNames(hostName: "host-1", vmName: "vm"))
    }

    @Test func theServicesAreAskedAsTheContractSays() throws {
        let services = try PlatformServices()
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        let goalState = try #require(services.requests(for: .goalState).first)
        #expect(goalState.target == "/machine/?comp=goalstate")
        #expect(goalState.headers["x-ms-version"] == "2012-11-30")
        #expect(goalState.headers["x-ms-agent-name"] == "WALinuxAgent")
        let sharedConfig = try #require(services.requests(for: .sharedConfig).first)
        #expect(sharedConfig.target == "/shared?of=1&type=x")
        #expect(sharedConfig.headers["x-ms-version"] == "2012-11-30")
        let instance = try #require(services.requests(for: .instance).first)
        #expect(instance.target == "/metadata/instance/compute?api-version=2018-02-01")
        #expect(instance.headers["metadata"] == "true")
    }

    /// What each kind of bad answer leaves known.
    @Test(
        arguments: [
            (Document.goalState, [Document.instance]), (.sharedConfig, [.goalState, .instance]),
            (.instance, [.goalState, .sharedConfig]),
        ],
        [
            BadAnswer.status(500), .redirect, .nothing, .html, .wrongType, .documentType, .deepXML, .deepJSON, .huge,
            .half,
            .end,
        ])
    func aBadAnswerOfOneServiceKeepsNothingFromTheOther(
        bad: (document: Document, leaves: [Document]), answer: BadAnswer
    ) throws {
        let services = try PlatformServices()
        services.answer(bad.document, with: answer.reply)
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        #expect(tested.known == TestedFetcher.values(knowing: bad.leaves))
    }

    enum BadAnswer: Sendable {
        case status(Int)
        case redirect
        case nothing
        case html
        case wrongType
        case documentType
        case deepXML
        case deepJSON
        case huge
        case half
        case end

        var reply: HTTPServer.Reply {
            switch self {
            case .status(let status): .answer(status: status, body: "trouble")
            case .redirect: .answer(status: 302, headers: ["Location: /shared?elsewhere"], body: "")
            case .nothing: .answer(body: "")
            case .html: .answer(body: "<html><body>Sign in</body>")
            case .wrongType: .answer(body: "{\"location\": 7}")
            case .documentType:
                .answer(body: "<!DOCTYPE a [<!ENTITY b \"c\">]><GoalState><Incarnation>1</Incarnation></GoalState>")
            case .deepXML: .answer(body: String(repeating: "<a>", count: 100_000))
            case .deepJSON: .answer(body: String(repeating: "{\"a\":", count: 100_000))
            case .huge: .answer(body: String(repeating: " ", count: 2 << 20) + PlatformServices.instance())
            case .half: .end(after: "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n<GoalState>")
            case .end: .end(after: "")
            }
        }
    }

    @Test func silenceOfOneServiceEndsAndKeepsNothingFromTheOther() throws {
        let services = try PlatformServices()
        services.answer(.goalState, with: .silence(after: "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n<GoalState>"))
        let tested = try TestedFetcher(services, time: .milliseconds(200))
        #expect(tested.waitUntilSettled())
        #expect(tested.known == TestedFetcher.values(knowing: [.instance]))
    }

    @Test func aServiceThatIsNotThereIsSettledAtOnceAndAskedLater() throws {
        let services = try PlatformServices()
        let absent = try HTTPServer { _ in .answer(body: "") }
        absent.close()
        let tested = try TestedFetcher(services, instanceMetadata: absent.endpoint)
        #expect(tested.waitUntilSettled())
        #expect(tested.known == TestedFetcher.values(knowing: [.goalState, .sharedConfig]))
    }

    @Test func aServiceThatComesUpLaterIsFetchedByARetry() throws {
        let services = try PlatformServices()
        for document in Document.allCases { services.answer(document, with: .answer(status: 503, body: "")) }
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        #expect(tested.known == TestedFetcher.values(knowing: []))
        _ = tested.pauses(2)
        for document in Document.allCases { services.answerWell(document) }
        tested.passPause()
        tested.passPause()
        #expect(tested.waitFor("tenant-1", of: "TenantName"))
        #expect(tested.waitFor("vm-1", of: "VMId"))
        #expect(tested.known == PlatformServices.goodValues)
    }

    /// An hour for a service that is not there; for one that answers nonsense, its period.
    @Test(arguments: [(nil, 300), ("127.0.0.1:1", 3600)] as [(String?, Int)])
    func delaysAfterFailuresGrowToTheirBound(absent: String?, longest: Int) throws {
        let services = try PlatformServices()
        services.answer(.goalState, with: .answer(status: 503, body: ""))
        // The other service is replaced, so that all pauses are the WireServer's.
        let replacements = Document.instance.parameters.map { Parameter(UTF8Text($0), .text("replaced")) }
        let tested = try TestedFetcher(services, wireServer: absent, replacements: replacements)
        for _ in 0..<14 { tested.passPause() }
        let pauses = tested.pauses(15).compactMap(\.self)
        try #require(pauses.count == 15)
        #expect((.seconds(5) ... .seconds(10)).contains(pauses[0]))
        #expect((.seconds(10) ... .seconds(20)).contains(pauses[1]))
        #expect(pauses.allSatisfy { $0 <= .seconds(longest) })
        #expect(pauses.suffix(3).allSatisfy { $0 >= .seconds(longest / 2) })
        guard absent == nil else { return }
        services.answerWell(.goalState)
        tested.passPause()
        #expect(tested.pauses(16).last == .seconds(300))
    }

    @Test func anUnchangedGoalStateIsAllThatIsAskedForAgain() throws {
        let services = try PlatformServices()
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        for round in 1...3 {
            _ = tested.pauses(1 + round)
            tested.passPause()
            #expect(services.server.waitForRequests(1 + round, for: Document.goalState.target))
        }
        #expect(services.requests(for: .sharedConfig).count == 1)
        #expect(services.requests(for: .instance).count == 1)
    }

    @Test(arguments: [(2, "container-1"), (1, "container-2")])
    func aNewGoalStateFetchesTheRestAgain(incarnation: Int, container: String) throws {
        let services = try PlatformServices()
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        _ = tested.pauses(2)
        let url = "http://\(services.server.endpoint)/shared?of=2"
        services.answer(
            .goalState,
            body: PlatformServices.goalState(incarnation: incarnation, container: container, sharedConfig: url))
        services.answer(.sharedConfig, body: PlatformServices.sharedConfig(tenant: "tenant-2"))
        services.answer(.instance, body: PlatformServices.instance(location: "northeurope"))
        tested.passPause()
        #expect(tested.waitFor("tenant-2", of: "TenantName"))
        #expect(tested.waitFor("northeurope", of: "Location"))
        #expect(tested.known["ContainerId"] == container)
        #expect(services.requests(for: .sharedConfig).last?.target == "/shared?of=2")
    }

    @Test func whatWasFetchedStaysWhenALaterFetchFails() throws {
        let services = try PlatformServices()
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        _ = tested.pauses(2)
        services.answer(.sharedConfig, with: .answer(status: 500, body: ""))
        services.answer(.instance, with: .end(after: ""))
        services.answer(
            .goalState,
            body: PlatformServices.goalState(
                incarnation: 2, sharedConfig: "http://\(services.server.endpoint)/shared?of=2"))
        tested.passPause()
        // Both have failed by now: the pauses after that have begun.
        #expect(tested.pauses(4).count == 4)
        #expect(tested.known == PlatformServices.goodValues)
        services.answerWell(.sharedConfig)
        services.answer(.sharedConfig, body: PlatformServices.sharedConfig(tenant: "tenant-2"))
        tested.passPause()
        tested.passPause()
        #expect(tested.waitFor("tenant-2", of: "TenantName"))
    }

    /// `PORT` is where the services are, under another name, so that only the host keeps them from being asked.
    @Test(arguments: [
        "http://localhost:PORT/shared", "https://127.0.0.1:PORT/shared", "http://localhost@127.0.0.1:PORT/shared",
        "//127.0.0.1:PORT/shared", "/shared",
    ])
    func aSharedConfigElsewhereIsNotFetched(url: String) throws {
        let services = try PlatformServices()
        let url = url.replacing("PORT", with: "\(services.server.port)")
        services.answer(.goalState, body: PlatformServices.goalState(sharedConfig: url))
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        #expect(tested.known == TestedFetcher.values(knowing: [.goalState, .instance]))
        #expect(services.requests(for: .sharedConfig).isEmpty)
    }

    @Test func whatTheOperatorReplacesIsNotFetched() throws {
        let services = try PlatformServices()
        func replaced(_ documents: [Document]) -> [Parameter] {
            documents.flatMap(\.parameters).map { Parameter(UTF8Text($0), .text("replaced")) }
        }
        let all = try TestedFetcher(services, replacements: replaced(Document.allCases))
        #expect(all.waitUntilSettled())
        #expect(services.server.requests.isEmpty)

        let wireServer = try TestedFetcher(services, replacements: replaced([.goalState, .sharedConfig]))
        #expect(wireServer.waitUntilSettled())
        #expect(services.requests(for: .goalState).isEmpty)
        #expect(services.requests(for: .instance).count == 1)

        let sharedConfig = try TestedFetcher(services, replacements: replaced([.sharedConfig, .instance]))
        #expect(sharedConfig.waitUntilSettled())
        #expect(services.requests(for: .goalState).count == 1)
        #expect(services.requests(for: .sharedConfig).isEmpty)
        #expect(sharedConfig.known["ContainerId"] == "container-1")
        #expect(sharedConfig.known["RoleName"] == "replaced")
    }

    @Test func aSingleReplacementWinsOverWhatIsFetched() throws {
        let services = try PlatformServices()
        let tested = try TestedFetcher(services, replacements: [Parameter("VMId", .text("mine"))])
        #expect(tested.waitUntilSettled())
        var expected = PlatformServices.goodValues
        expected["VMId"] = "mine"
        #expect(tested.known == expected)
    }

    @Test func aRoleInstanceThatTheSharedConfigLeavesOutIsTheGoalStates() throws {
        let services = try PlatformServices()
        services.answer(.sharedConfig, body: "<SharedConfig><Deployment name='t'/></SharedConfig>")
        let tested = try TestedFetcher(services)
        #expect(tested.waitUntilSettled())
        #expect(tested.known["RoleInstanceName"] == "instance-of-the-goal-state")
        #expect(tested.known["RoleName"] == "RoleName_UNINITIALIZED")
    }
}
