import Testing

@testable import TelemetryEvents

private func decoded<Answer>(
    _ text: String, _ decode: (UnsafeRawBufferPointer) throws(ServiceAnswerError) -> Answer
) -> Result<Answer, ServiceAnswerError> {
    let bytes = Array(text.utf8)
    return Result { () throws(ServiceAnswerError) in
        try bytes.span.withUnsafeBytes { bytes throws(ServiceAnswerError) in try decode(bytes) }
    }
}

private func goalState(_ text: String) -> Result<GoalState, ServiceAnswerError> {
    decoded(text) { bytes throws(ServiceAnswerError) in try GoalState(decoding: bytes) }
}

private func sharedConfig(_ text: String) -> Result<SharedConfig, ServiceAnswerError> {
    decoded(text) { bytes throws(ServiceAnswerError) in try SharedConfig(decoding: bytes) }
}

private func metadata(_ text: String) -> Result<InstanceMetadata, ServiceAnswerError> {
    decoded(text) { bytes throws(ServiceAnswerError) in try InstanceMetadata(decoding: bytes) }
}

extension Result where Failure == ServiceAnswerError {
    fileprivate var code: ServiceAnswerError.Code? {
        if case .failure(let error) = self { error.code } else { nil }
    }
}

@Suite struct GoalStateTests {
    @Test func whatIsReadStandsAtAnyDepthAndIsStripped() throws {
        let text = """
            <?xml version="1.0"?><GoalState><Version>2010-12-15</Version><Incarnation> 17
            </Incarnation><Container><ContainerId>a&amp;b<![CDATA[<c>]]></ContainerId><RoleInstanceList><RoleInstance>
            <InstanceId>i</InstanceId><Configuration><HostingEnvironmentConfig>http://h/</HostingEnvironmentConfig>
            <SharedConfig>http://s/?a=1&amp;b=2</SharedConfig></Configuration></RoleInstance></RoleInstanceList>
            </Container></GoalState>
            """
        let state = try goalState(text).get()
        #expect(state.identity == GoalState.Identity(incarnation: "17", containerID: "a&b<c>"))
        #expect(state.roleInstance == "i")
        #expect(state.sharedConfigURL == "http://s/?a=1&b=2")
    }

    @Test func aByteOrderMarkIsPassed() throws {
        let text = "\u{FEFF}<G><Incarnation>1</Incarnation><ContainerId>a</ContainerId></G>"
        #expect(try goalState(text).get().identity.containerID == "a")
    }

    @Test func anEncodingThatTheDocumentDeclaresIsOverruled() throws {
        let text =
            "<?xml version='1.0' encoding='iso-8859-1'?><G><Incarnation>1</Incarnation><ContainerId>ä</ContainerId></G>"
        #expect(try goalState(text).get().identity.containerID == "ä")
    }

    @Test func theFirstElementOfAName() throws {
        let text =
            "<G><Incarnation>1</Incarnation><Incarnation>2</Incarnation><ContainerId>a</ContainerId><ContainerId>b</ContainerId></G>"
        #expect(
            try goalState(text).get().identity == GoalState.Identity(incarnation: "1", containerID: "a"))
    }

    @Test(arguments: [
        ("<G><ContainerId>a</ContainerId></G>", "Incarnation"),
        ("<G><Incarnation>1</Incarnation></G>", "ContainerId"),
        ("<G><Incarnation>1</Incarnation><ContainerId> \n </ContainerId></G>", "ContainerId"),
        ("<html><body>Welcome</body></html>", "Incarnation"),
    ])
    func whatIsMissingIsNamed(text: String, name: String) {
        #expect(goalState(text).code == .missing(name))
    }

    @Test(arguments: [
        "", "no XML", "<G><Incarnation>1</Incarnation>", "<G></H>",
        "<G><Incarnation>1</Incarnation><ContainerId>&unknown;</ContainerId></G>", "{\"a\": 1}",
    ])
    func whatIsNoXMLIsMalformed(text: String) {
        guard case .malformed = goalState(text).code else {
            Issue.record("\(goalState(text))")
            return
        }
    }

    @Test func aDocumentTypeIsRefusedAndWithItEveryEntity() {
        let text = """
            <?xml version="1.0"?><!DOCTYPE G [<!ENTITY e SYSTEM "file:///etc/passwd">]>
            <G><Incarnation>1</Incarnation><ContainerId>&e;</ContainerId></G>
            """
        #expect(goalState(text).code == .malformed("a document type declaration is not taken"))
    }

    @Test func valuesAndNestingAreBounded() throws {
        let limit = ServiceAnswerLimits.valueLength
        func text(_ container: String) -> String {
            "<G><Incarnation>1</Incarnation><ContainerId>\(container)</ContainerId></G>"
        }
        let longest = String(repeating: "x", count: limit)
        #expect(try goalState(text(longest)).get().identity.containerID == UTF8Text(longest))
        #expect(goalState(text(longest + "x")).code == .tooLong("ContainerId", limit: limit))
        #expect(goalState(text(longest + longest)).code == .tooLong("ContainerId", limit: limit))
        let deep = String(repeating: "<a>", count: 100_000)
        guard case .failure(let error) = goalState(deep) else {
            Issue.record("it was taken")
            return
        }
        #expect(error.place.offset == 3 * ServiceAnswerLimits.nesting)
    }

    @Test func theFaultsPlaceIsTold() {
        guard case .failure(let error) = goalState("<G>\n  <Incarnation></G>") else {
            Issue.record("it was taken")
            return
        }
        #expect(error.place.line == 2)
        #expect(error.description.hasPrefix("line 2, column "))
    }
}

@Suite struct SharedConfigTests {
    @Test func namesComeFromTheFirstDeploymentRoleAndIncarnation() throws {
        let text = """
            <SharedConfig version="1.0.0.0"><Deployment name="t" guid="{1}"><Service name="s"/>
            <ServiceInstance name="si"/></Deployment><Incarnation number="1" instance="r_IN_0" guid="{2}"/>
            <Role guid="{3}" name="r&#228;"/><Role name="other"/><Probe name="p"/></SharedConfig>
            """
        let config = try sharedConfig(text).get()
        #expect(config.tenant == "t")
        #expect(config.role == "rä")
        #expect(config.roleInstance == "r_IN_0")
    }

    @Test func oneThatNamesOnlySomeIsUsed() throws {
        let config = try sharedConfig("<S><Role name='r'/><Deployment/></S>").get()
        #expect(config.tenant == nil)
        #expect(config.role == "r")
    }

    @Test func oneThatNamesNothingIsWrong() {
        #expect(sharedConfig("<SharedConfig/>").code == .missing("Deployment name"))
    }

    @Test func aLongNameIsRefused() {
        let name = String(repeating: "x", count: ServiceAnswerLimits.valueLength + 1)
        #expect(
            sharedConfig("<S><Role name='\(name)'/></S>").code
                == .tooLong("Role name", limit: ServiceAnswerLimits.valueLength))
    }
}

@Suite struct InstanceMetadataTests {
    @Test func membersAreReadWhateverElseStandsThere() throws {
        let text = """
            {"location": "west\\u00e9", "tags": {"vmId": "no"}, "subscriptionId": "s", "resourceGroupName": "",
             "vmId": "first", "zone": [null, 1.5], "vmId": "v", "publisher": ""}
            """
        let metadata = try metadata(text).get()
        #expect(metadata.location == "westé")
        #expect(metadata.subscriptionID == "s")
        #expect(metadata.resourceGroupName == "")
        #expect(metadata.vmID == "v")
        #expect(metadata.imageOrigin == .custom)
    }

    @Test func aByteOrderMarkIsPassed() throws {
        #expect(try metadata("\u{FEFF}{\"vmId\": \"v\"}").get().vmID == "v")
    }

    @Test func nullCountsAsAbsent() throws {
        let metadata = try metadata("{\"vmId\": \"v\", \"location\": null, \"publisher\": null}").get()
        #expect(metadata.location == nil)
        #expect(metadata.imageOrigin == .unknown)
    }

    /// The resource of a scale set's instance is none of the virtual machines, whatever its name is.
    @Test(
        arguments: [
            ("\"name\": \"vm\"", "vm"), ("\"name\": \"vm\", \"vmScaleSetName\": \"\"", "vm"), ("\"name\": \"\"", nil),
            ("\"name\": null", nil), ("\"zone\": \"1\"", nil),
            ("\"name\": \"set_0\", \"vmScaleSetName\": \"set\"", nil),
        ] as [(String, UTF8Text?)])
    func theNameOfAMachineIsItsResources(members: String, name: UTF8Text?) throws {
        #expect(try metadata("{\"vmId\": \"v\", \(members)}").get().vmName == name)
    }

    @Test func whatIsOfNoUseIsNamed() {
        #expect(metadata("[]").code == .notAnObject)
        #expect(metadata("{}").code == .missing("vmId"))
        #expect(metadata("{\"vmId\": 7}").code == .invalidType("vmId"))
        #expect(metadata("{\"vmId\": \"v\", \"sku\": {}}").code == .invalidType("sku"))
        let limit = ServiceAnswerLimits.valueLength
        let long = String(repeating: "x", count: limit + 1)
        #expect(metadata("{\"vmId\": \"\(long)\"}").code == .tooLong("vmId", limit: limit))
        for text in ["", "{", "{\"vmId\": \"v\"} x", "<html/>", String(repeating: "[", count: 100_000)] {
            guard case .malformed = metadata(text).code else {
                Issue.record("\(text.prefix(20)): \(metadata(text))")
                continue
            }
        }
    }

    /// The reference's answers: 0 unknown, 1 the user's own, 2 endorsed, 3 another of the marketplace.
    @Test(arguments: [
        ("", "UbuntuServer", "18.04-LTS", "1", ImageOrigin.custom),
        ("Canonical", "UbuntuServer", "18.04-LTS", "18.04.1", .endorsed),
        ("CANONICAL", "ubuntuserver", "14.04.8-LTS", "1", .endorsed),
        ("Canonical", "UbuntuServer", "14.04.9-LTS", "1", .platform),
        ("Canonical", "UbuntuServer", "18.04-lts", "1", .platform),
        ("Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts", "1", .platform),
        ("CoreOS", "CoreOS", "Stable", "494.4.0", .endorsed),
        ("CoreOS", "CoreOS", "Stable", "494.3.9", .platform),
        ("CoreOS", "CoreOS", "Stable", "494.4", .endorsed),
        ("CoreOS", "CoreOS", "Alpha", "1000.0.0", .platform),
        ("credativ", "Debian", "7", "1", .endorsed),
        ("credativ", "Debian", "6", "1", .platform),
        ("credativ", "Debian", "9-DAILY", "1", .platform),
        ("OpenLogic", "CentOS", "7-LVM", "1", .endorsed),
        ("OpenLogic", "CentOS", "6.10", "1", .endorsed),
        ("OpenLogic", "CentOS", "6.2", "1", .platform),
        ("OpenLogic", "CentOS-HPC", "7-LVM", "1", .platform),
        ("RedHat", "RHEL", "8", "1", .endorsed),
        ("RedHat", "RHEL", "6", "1", .platform),
        ("RedHat", "RHEL-SAP-HANA", "7.4", "1", .endorsed),
        ("SUSE", "SLES-BYOS", "12-SP6", "1", .endorsed),
        ("SUSE", "SLES", "15", "1", .platform),
        ("MicrosoftWindowsServer", "WindowsServer", "2019", "1", .platform),
    ])
    func anImageHasAnOrigin(publisher: String, offer: String, sku: String, version: String, origin: ImageOrigin) {
        #expect(ImageOrigin(publisher: publisher, offer: offer, sku: sku, version: version) == origin)
    }

    @Test func anImageThatIsNotToldWholeHasAnUnknownOriginWhereItMatters() {
        #expect(ImageOrigin(publisher: nil, offer: "o", sku: "s", version: "v") == .unknown)
        #expect(ImageOrigin(publisher: "Canonical", offer: nil, sku: nil, version: nil) == .unknown)
        #expect(ImageOrigin(publisher: "Somebody", offer: nil, sku: nil, version: nil) == .platform)
    }
}
