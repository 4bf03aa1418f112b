import Foundation

/// A server that plays the WireServer and the instance metadata service, with answers that a test can change at any time.
package final class PlatformServices: Sendable {
    /// What the services have to say.
    package enum Document: Hashable, CaseIterable, Sendable {
        case goalState
        case sharedConfig
        case instance

        /// What the target of a request for it begins with.
        package var target: String {
            switch self {
            case .goalState: "/machine/?comp=goalstate"
            case .sharedConfig: "/shared"
            case .instance: "/metadata/instance/compute?"
            }
        }
    }

    /// What a test answers instead; it may block.
    package typealias Answer = @Sendable () -> HTTPServer.Reply

    /// The answers that a test chose, shared with the server's threads.
    private final class Answers: @unchecked Sendable {
        // Unchecked: `lock` guards `chosen`.
        private let lock = NSLock()
        private var chosen: [Document: Answer] = [:]

        subscript(document: Document) -> Answer? {
            get { lock.withLock { chosen[document] } }
            set { lock.withLock { chosen[document] = newValue } }
        }
    }

    private let answers = Answers()
    package let server: HTTPServer

    /// Starts the server, with good answers to everything.
    package init(port: Int = 0) throws {
        server = try HTTPServer(port: port) { [answers] request in
            guard let document = Document.allCases.first(where: { request.target.hasPrefix($0.target) })
            else { return .answer(status: 404, body: "") }
            return answers[document]?() ?? .answer(body: Self.text(of: document, at: request.headers["host"] ?? ""))
        }
    }

    /// Answers with `reply` from now on.
    package func answer(_ document: Document, with reply: @escaping @autoclosure Answer) {
        answers[document] = reply
    }

    /// Answers with a body from now on.
    package func answer(_ document: Document, body: String) {
        answers[document] = { .answer(body: body) }
    }

    /// Answers well again from now on.
    package func answerWell(_ document: Document) {
        answers[document] = nil
    }

    /// The options that make telltale ask this server.
    package var options: [String] {
        [
            "--fetch-metadata", "on", "--wireserver-endpoint", server.endpoint, "--instance-metadata-endpoint",
            server.endpoint,
        ]
    }

    /// How often a document was asked for.
    package func requests(for document: Document) -> [HTTPServer.Request] {
        server.requests.filter { $0.target.hasPrefix(document.target) }
    }

    private static func text(of document: Document, at endpoint: String) -> String {
        switch document {
        case .goalState: goalState(sharedConfig: "http://\(endpoint)/shared?of=1&type=x")
        case .sharedConfig: sharedConfig()
        case .instance: instance()
        }
    }

    package static func goalState(
        incarnation: Int = 1, container: String = "container-1", sharedConfig: String
    ) -> String {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <GoalState xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <Version>2010-12-15</Version>
          <Incarnation>\(incarnation)</Incarnation>
          <Machine><ExpectedState>Started</ExpectedState></Machine>
          <Container>
            <ContainerId>\(container)</ContainerId>
            <RoleInstanceList><RoleInstance>
              <InstanceId>instance-of-the-goal-state</InstanceId>
              <Configuration>
                <SharedConfig>\(sharedConfig.replacingOccurrences(of: "&", with: "&amp;"))</SharedConfig>
              </Configuration>
            </RoleInstance></RoleInstanceList>
          </Container>
        </GoalState>
        """
    }

    package static func sharedConfig(tenant: String = "tenant-1") -> String {
        """
        <SharedConfig version="1.0.0.0" goalStateIncarnation="1">
          <Deployment name="\(tenant)" guid="{1}" incarnation="2"><Service name="service" guid="{0}" /></Deployment>
          <Incarnation number="1" instance="role-1_IN_0" guid="{2}" />
          <Role guid="{3}" name="role-1" settleTimeSeconds="10" />
          <Instances><Instance id="other" address="10.0.0.1" /></Instances>
        </SharedConfig>
        """
    }

    package static func instance(location: String = "westeurope") -> String {
        """
        {"location": "\(location)", "name": "vm", "offer": "UbuntuServer", "osType": "Linux", "publisher": "Canonical",
         "resourceGroupName": "group-1", "sku": "18.04-LTS", "subscriptionId": "subscription-1", "tags": "",
         "version": "18.04.1", "vmId": "vm-1", "zone": null}
        """
    }

    /// The common parameters that good answers give, by name.
    package static let goodValues = [
        "ContainerId": "container-1", "TenantName": "tenant-1", "RoleName": "role-1",
        "RoleInstanceName": "role-1_IN_0", "Location": "westeurope", "SubscriptionId": "subscription-1",
        "ResourceGroupName": "group-1", "VMId": "vm-1", "ImageOrigin": "2",
    ]
}
