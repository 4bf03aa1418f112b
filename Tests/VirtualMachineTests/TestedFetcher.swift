import Configuration
import HTTP
import ProgramTestKit
import Reporting
import Synchronization
import SystemCalls
import TelemetryEvents
import Testing

@testable import VirtualMachine

/// A fetcher that asks a real server, with a clock of the test's.
///
/// Each pause is noted, and ends when the test says so.
final class TestedFetcher: Sendable {
    struct Heard: Sendable {
        var parameters: CommonParameters?
        var isSettled = false
        /// The pauses that began, of both services; nil is one without an end.
        var pauses: [Duration?] = []
        /// Pauses that may end.
        var passes = 0
    }

    let heard: Monitor<Heard>
    let fetcher: MetadataFetcher
    static let system = CommonParameters.uninitialized(
        version: "1", osVersion: "Linux", ramMiB: 1, processors: 1, architecture: "x", processID: 1, threadID: 1,
        hostName: "host-1")

    /// Starts to ask; `services` names whom, and `wireServer` another host than its own.
    init(
        _ services: PlatformServices, wireServer: String? = nil, instanceMetadata: String? = nil,
        replacements: [Parameter] = [], time: Duration = .seconds(60)
    ) throws {
        var settings = MetadataFetcher.Settings(
            wireServer: try #require(ServiceEndpoint(wireServer ?? services.server.endpoint)),
            instanceMetadata: try #require(ServiceEndpoint(instanceMetadata ?? services.server.endpoint)))
        settings.limits = HTTPLimits(time: time, answerSize: 1 << 20)
        let heard = Monitor(Heard())
        self.heard = heard
        fetcher = MetadataFetcher(
            settings, system: Self.system, replacements: replacements, by: HTTPClient(),
            notices: NoticeLog(to: .none),
            listener: .init(
                changed: { parameters in
                    heard.withLock { $0.parameters = parameters }
                    heard.wake()
                },
                settled: {
                    heard.withLock { $0.isSettled = true }
                    heard.wake()
                }),
            pause: { delay, inbox in
                heard.withLock { $0.pauses.append(delay) }
                heard.wake()
                // An asked-again query is let go by the machine's own way of waiting.
                while !inbox.withLock({ $0.isStopping || $0.isAskedAgain }) {
                    let isPassed: Bool? = heard.wait(atMost: .milliseconds(1)) { heard in
                        guard heard.passes > 0, delay != nil else { return nil }
                        heard.passes -= 1
                        return true
                    }
                    if isPassed == true { return }
                }
            })
        try fetcher.start()
    }

    deinit {
        fetcher.stop()
    }

    /// Lets one pause end, whichever has a delay.
    func passPause() {
        heard.withLock { $0.passes += 1 }
        heard.wake()
    }

    /// Waits until every service answered or failed.
    func waitUntilSettled() -> Bool {
        heard.wait(atMost: .seconds(60)) { $0.isSettled ? () : nil } != nil
    }

    /// Waits until so many pauses have begun in all, and answers them.
    func pauses(_ count: Int) -> [Duration?] {
        heard.wait(atMost: .seconds(60)) { $0.pauses.count >= count ? $0.pauses : nil } ?? []
    }

    /// Waits until a parameter has a value.
    func waitFor(_ value: String, of name: String) -> Bool {
        heard.wait(atMost: .seconds(60)) { heard in
            heard.parameters.map(Self.values)?[name] == value ? () : nil
        } != nil
    }

    /// What is known now, by name; what the system tells is left out.
    var known: [String: String] {
        let values = Self.values(heard.withLock { $0.parameters } ?? Self.system)
        return values.filter { PlatformServices.goodValues.keys.contains($0.key) }
    }

    /// What the machine is called, as far as that is known now.
    var machine: MachineNames { heard.withLock { $0.parameters }?.machine ?? Self.system.machine }

    private static func values(_ parameters: CommonParameters) -> [String: String] {
        var values: [String: String] = [:]
        for parameter in parameters.leading + parameters.trailing {
            switch parameter.value {
            case .text(let text), .integer(let text): values[parameter.name.description] = text.description
            default: break
            }
        }
        return values
    }

    /// The values by name when only those of `documents` are known.
    static func values(knowing documents: [PlatformServices.Document]) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in PlatformServices.goodValues {
            let isKnown = documents.contains { $0.parameters.contains(name) }
            values[name] = isKnown ? value : name == "ImageOrigin" ? "0" : "\(name)_UNINITIALIZED"
        }
        return values
    }
}

extension PlatformServices.Document {
    var parameters: [String] {
        switch self {
        case .goalState: ["ContainerId"]
        case .sharedConfig: ["TenantName", "RoleName", "RoleInstanceName"]
        case .instance: ["Location", "SubscriptionId", "ResourceGroupName", "VMId", "ImageOrigin"]
        }
    }
}
