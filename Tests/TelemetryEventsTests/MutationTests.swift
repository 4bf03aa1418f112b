import TelemetryEvents
import Testing

/// Files that take every path of the decoders.
private let seeds: [(source: EventFile.Source, name: UTF8Text, text: String)] = [
    (
        .handler("Acme"), "1.json",
        """
        \u{FEFF}[{"Version":" 1.2 ","Timestamp":"2024-11-01T14:48:31Z","TaskName":"Inst\\u00e4ll","EventLevel":"Error",
        "Message":"é 🚀 https://a?x=1&sig=2 \\ud83d\\n","EventPid":-12,"EventTid":"34","OperationId":"op","Extra":
        {"a":[1.5e+3,true,false,null,{"b":"\\\\"}]},"MESSAGE":"again"}, {}, 5, null, [[]]]
        """
    ),
    (
        .agent, "1.tld",
        """
        {"eventId": 1, "providerId": "69B669B9-4AF8-4C50-BDC4-6006FA76E975", "parameters": [{"name": "Name", "value":
        "Ünit"}, {"name": "V", "value": [1, "https://a?sig=x", {"k": -0.5}]}, {"name": "F", "value": 1e5}]}
        """
    ),
    (
        .agent, "2.tld",
        """
        <?xml version="1.0"?><T><Provider id="P"/><Event id="1"><![CDATA[<Param Name="A" Value="é&amp;" T="mt:bool"/>]]>
        </Event><Param Name="B" Value="12" T="mt:uint64"/><!-- x --><Event id="2"/></T>
        """
    ),
]

/// Pieces that are put in where they hurt.
private let pieces: [[UInt8]] =
    [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "\\u", "\\ud800", "<", ">", "&", "]]>", "<![CDATA[", "NaN", "-", "e",
        ".",
    ]
    .map { Array($0.utf8) } + [[0x00], [0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90], [0xFF], [0xE2, 0x80, 0xA8]]

private func mutated(_ bytes: [UInt8], _ random: inout FixedSeed) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = .random(in: 0 ... .max, using: &random)
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        default: bytes.removeSubrange(place...)
        }
    }
    return bytes
}

@Test(arguments: 0..<3)
func noMutationOfAFileBreaksTheValidator(seed: Int) throws {
    var random = FixedSeed(UInt64(seed) + 1)
    let (source, name, text) = seeds[seed]
    let file = EventFiles.file(source, name: name)
    #expect(try EventFiles.validate(Array(text.utf8), of: file).events.isEmpty == false)
    for _ in 0..<4000 {
        let bytes = mutated(Array(text.utf8), &random)
        do {
            let validated = try EventFiles.validate(bytes, of: file)
            let told = validated.events.count + validated.rejected.values.reduce(0, +)
            #expect(told <= bytes.count)
            #expect(validated.rejections.allSatisfy { $0.place.offset <= bytes.count })
            for event in validated.events {
                event.forEachParameter { parameter in
                    #expect(isWellFormed(parameter), "\(bytes)")
                }
            }
        } catch .malformed(let place, let reason, _) {
            #expect(place.offset <= bytes.count)
            #expect(!reason.isEmpty)
        } catch {
            Issue.record(error)
        }
    }
}

/// What the services that describe the machine answer, and what decodes it.
private let answers: [(text: String, decode: @Sendable (UnsafeRawBufferPointer) throws -> Void)] = [
    (
        """
        <?xml version="1.0"?><GoalState><Incarnation>1</Incarnation><Container><ContainerId>é&amp;<![CDATA[x]]></ContainerId>
        <InstanceId>i</InstanceId><SharedConfig>http://a/?b&#38;c</SharedConfig><Event><![CDATA[<a/>]]></Event></Container>
        </GoalState>
        """, { _ = try GoalState(decoding: $0) }
    ),
    (
        """
        <SharedConfig><Deployment name="t&quot;é"><Service name="s"/></Deployment><Incarnation instance='r'/>
        <Role name="r"/></SharedConfig>
        """, { _ = try SharedConfig(decoding: $0) }
    ),
    (
        """
        {"location": "\\u00e9é", "vmId": "v", "tags": [1.5e3, null, {"a": "b"}], "publisher": "Canonical",
         "offer": "UbuntuServer", "sku": "18.04-LTS", "version": "1.2", "zone": null}
        """, { _ = try InstanceMetadata(decoding: $0) }
    ),
]

@Test(arguments: 0..<3)
func noMutationOfAnAnswerBreaksItsDecoder(seed: Int) throws {
    var random = FixedSeed(UInt64(seed) + 1)
    let (text, decode) = answers[seed]
    try Array(text.utf8).withUnsafeBytes { try decode($0) }
    var refused = 0
    for _ in 0..<4000 {
        let bytes = mutated(Array(text.utf8), &random)
        do {
            try bytes.withUnsafeBytes { try decode($0) }
        } catch let error as ServiceAnswerError {
            #expect(error.place.offset <= bytes.count)
            refused += 1
        }
    }
    #expect(refused > 1000)
}

private func isWellFormed(_ parameter: Parameter) -> Bool {
    let texts: [UTF8Text] =
        switch parameter.value {
        case .text(let text), .integer(let text), .json(let text): [parameter.name, text]
        case .float, .boolean: [parameter.name]
        }
    return texts.allSatisfy { String(validating: $0.bytes, as: UTF8.self) != nil }
}
