import TelemetryEvents
import Testing

private let provider = "69B669B9-4AF8-4C50-BDC4-6006FA76E975"

private func data(_ parameters: String) -> String {
    "<Data><Provider id=\"\(provider)\"/><Event id=\"1\"/>\(parameters)</Data>"
}

@Test func aParamHasTheTypeThatItNames() throws {
    let file = try EventFiles.agent(
        data(
            """
            <Param Name="A" Value=" text " T="mt:wstr"/><Param Name="B" Value="42" T="mt:uint64"/>
            <Param Name="C" Value="1.5" T="mt:float64"/><Param Name="D" Value="True" T="mt:bool"/>
            <Param Name="E" Value="7" T="mt:int32"/><Param Name="F" Value="8" T=""/><Param Name="G" Value="9"/>
            <Param Name="H"/><Param Name="I" Value="-007" T="mt:uint64"/><Param Name="J" Value="-0" T="mt:uint64"/>
            """))
    #expect(
        try EventFiles.parameters(file) == [
            "A=' text '", "B=42", "C=float 1.5", "D=true", "E='7'", "F='8'", "G='9'", "H=''", "I=-7", "J=0",
        ])
    #expect(file.events.first?.eventID == 1)
    #expect(file.events.first?.providerID.description == provider)
}

@Test func theTextFalseIsFalse() throws {
    let values = ["False", "false", "0", "", "TRUE", "1"]
    let params = values.map { "<Param Name=\"\($0)\" Value=\"\($0)\" T=\"mt:bool\"/>" }.joined()
    #expect(
        try EventFiles.parameters(EventFiles.agent(data(params + "<Param Name=\"none\" T=\"mt:bool\"/>"))) == [
            "False=false", "false=false", "0=false", "=false", "TRUE=true", "1=true", "none=false",
        ])
}

@Test func aValueThatItsTypeDoesNotFitStaysText() throws {
    for (type, values) in [
        ("mt:uint64", ["", "x", "1.0", "+1", " 1", "-", "１"]),
        ("mt:float64", ["", "x", "nan", "inf", "0x1p3", "1e999"]),
        ("mt:bool", ["yes", "2", "truetruetrue"]),
    ] {
        for value in values {
            let file = try EventFiles.agent(data("<Param Name=\"A\" Value=\"\(value)\" T=\"\(type)\"/>"))
            #expect(try EventFiles.parameters(file) == ["A='\(value)'"])
        }
    }
}

@Test func elementsAreFoundAtAnyDepthAndInAnyOrder() throws {
    let text = """
        <?xml version="1.0"?><!-- x --><r><p><Param Name="A" Value="1"/></p><e><Event id="5"/></e>
        <x><y><Param Name="B" Value="2"/></y></x><Provider id="P"/></r>
        """
    let file = try EventFiles.agent(text)
    #expect(try EventFiles.parameters(file) == ["A='1'", "B='2'"])
    #expect(file.events.first?.eventID == 5)
    #expect(file.events.first?.providerID == "P")
}

@Test func paramsInACDATASectionOfTheirEventAreRead() throws {
    let text = """
        <?xml version="1.0"?><TelemetryData version="1.0"><Provider id="P"><Event id="1">\
        <![CDATA[<Param Name="Name" Value="x &amp; y" T="mt:wstr" /><Param Name="N" Value="3" T="mt:uint64" />]]></Event>\
        <Event id="2"><![CDATA[<Param Name="A" ]]><![CDATA[Value="]]]]><![CDATA[>" />]]></Event></Provider></TelemetryData>
        """
    let file = try EventFiles.agent(text)
    #expect(file.events.map(\.eventID) == [1, 2])
    #expect(EventFiles.parameters(file.events[0]) == ["Name='x & y'", "N=3"])
    #expect(EventFiles.parameters(file.events[1]) == ["A=']]>'"])
}

@Test func theSectionsOfAnEventWithinAnEventAreReadApart() throws {
    let text = """
        <Data><Provider id="P"/><Event id="1"><![CDATA[<Param Name="A" Value="1"/>]]><Event id="2">\
        <![CDATA[<Param Name="B" ]]><x/><![CDATA[Value="2"/>]]></Event></Event></Data>
        """
    let file = try EventFiles.agent(text)
    #expect(file.events.map { EventFiles.parameters($0) } == [["A='1'"], ["B='2'"]])
}

@Test func anElementInManySectionsIsReadInTimeInProportionToThem() throws {
    func time(_ count: Int) throws -> Duration {
        let sections = String(repeating: "<![CDATA[a]]>", count: count)
        let text =
            "<Data><Provider id=\"P\"/><Event id=\"1\"><![CDATA[<Param Name=\"A\" Value=\"]]>\(sections)"
            + "<![CDATA[\"/>]]></Event></Data>"
        let start = ProcessorTime.ofThisThread()
        let parameters = try EventFiles.parameters(EventFiles.agent(text))
        let time = ProcessorTime.ofThisThread() - start
        #expect(parameters.first?.utf8.count == count + "A=''".utf8.count)
        return time
    }
    // Eight times as many take 8 times as long, or 64 times if each section is looked at again for the next.
    let (few, many) = (try time(30_000), try time(240_000))
    #expect(many < few * 24)
}

@Test func aCDATASectionThatHoldsNoElementsIsPassed() throws {
    let text = "<Data><Provider id=\"P\"/><Event id=\"1\"><![CDATA[ a & b ]]></Event><x><![CDATA[<Param]]></x></Data>"
    #expect(try EventFiles.parameters(EventFiles.agent(text)) == [])
}

@Test func aCDATASectionOfBrokenElementsMakesTheFileMalformed() {
    let text =
        "<Data><Provider id=\"P\"/>\n<Event id=\"1\"><![CDATA[<Param Name=\"A\" Value=\"a<b\"/>]]></Event></Data>"
    #expect(throws: FileRejection.self) { try EventFiles.agent(text) }
    do {
        _ = try EventFiles.agent(text)
    } catch .malformed(let place, _, let isIncomplete) {
        #expect(place.line == 2)
        #expect(place.offset >= text.utf8.count - 45)
        #expect(!isIncomplete)
    } catch {
        Issue.record(error)
    }
}

@Test func aFaultInTheSecondSectionOfAnEventHasItsPlaceInTheFile() {
    let text = "<D><Event id=\"1\"><![CDATA[<Param]]>\n\n<![CDATA[ Name=x/>]]></Event></D>"
    do {
        _ = try EventFiles.agent(text)
        Issue.record("accepted")
    } catch .malformed(let place, _, _) {
        #expect(place.line == 3)
        #expect(place.column == 16)
        #expect(Array(text.utf8)[place.offset...].starts(with: "x/>".utf8))
    } catch {
        Issue.record(error)
    }
}

@Test func severalEventsOfAFileAreOneEach() throws {
    let text = """
        <T><Provider id="A"><Event id="1"><Param Name="a" Value="1"/></Event><Event id="x"/></Provider>
        <Provider id="B"><Event id="3"/><Param Name="b" Value="2"/></Provider></T>
        """
    let file = try EventFiles.agent(text)
    #expect(file.events.map(\.index) == [0, 2])
    #expect(file.events.map(\.providerID) == ["A", "B"])
    #expect(file.events.map { EventFiles.parameters($0) } == [["a='1'"], ["b='2'"]])
    #expect(
        file.rejected == [.invalidAgentEvent(property: "eventId", expected: "an integer or digits"): 1])
    #expect(file.rejections.map(\.index) == [1])
}

@Test func anXMLEventWithoutItsIdsIsCounted() throws {
    func code(_ text: String) throws -> [Rejection.Code] { try EventFiles.agent(text).rejections.map(\.code) }
    let number = Rejection.Code.invalidAgentEvent(property: "eventId", expected: "an integer or digits")
    #expect(try code("<Data/>") == [number])
    #expect(try code("<Data><Provider id=\"P\"/><Event/></Data>") == [number])
    #expect(
        try code("<Data><Event id=\"1\"/></Data>") == [.invalidAgentEvent(property: "providerId", expected: "text")])
    #expect(try code(data("<Param Value=\"1\"/>")) == [.invalidAgentEvent(property: "Param", expected: "named")])
}

@Test func anXMLFileIsRedactedCompletedAndItsTypeTold() throws {
    let text = data(
        "<Param Name=\"Name\" Value=\"Acme\"/><Param Name=\"Message\" Value=\"https://a?x=1&amp;sig=2\"/>"
            + "<Param Name=\"Custom\" Value=\"gone\"/>")
    let parameters = try EventFiles.parameters(EventFiles.agent(text, name: "1.tld"))
    #expect(parameters.prefix(2) == ["Name='Acme'", "Message='https://a?<redacted>'"])
    #expect(parameters.contains("ExtensionType='xml'"))
    #expect(!parameters.contains("Custom='gone'"))
}

@Test func aDocumentTypeIsRefused() {
    for text in [
        "<!DOCTYPE Data><Data/>",
        "<!DOCTYPE d [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><Data><Event id=\"&b;\"/></Data>",
        "<!DOCTYPE d SYSTEM \"file:///etc/passwd\"><Data/>",
    ] {
        do {
            _ = try EventFiles.agent(text)
            Issue.record("accepted")
        } catch .malformed(_, let reason, let isIncomplete) {
            #expect(reason == "a document type declaration is not taken")
            #expect(!isIncomplete)
        } catch {
            Issue.record(error)
        }
    }
    #expect(throws: FileRejection.self) { try EventFiles.agent("<Data a=\"&unknown;\"/>") }
}

@Test func everyProperPrefixOfAnXMLFileIsIncomplete() throws {
    let text = Array(
        """
        <?xml version="1.0"?><T é="ü"><Provider id="P"/><!-- c --><Event id="1"><![CDATA[<Param Name="A"/>]]></Event>
        &amp;x<Param Name="é" Value="&#10;"/></T>
        """.utf8)
    let file = EventFiles.file(.agent, name: "1.waagent.tld")
    #expect(try EventFiles.validate(text, of: file).events.count == 1)
    for count in 0..<text.count {
        do {
            _ = try EventFiles.validate(Array(text[..<count]), of: file)
            Issue.record("\(count) bytes accepted")
        } catch .malformed(_, let reason, let isIncomplete) {
            #expect(isIncomplete, "\(count) bytes: \(reason)")
        } catch {
            Issue.record(error)
        }
    }
}

@Test func brokenXMLIsNotIncomplete() {
    for text in ["<a></b>", "<a/><b/>", "<a b=c/>", "<a/>x", "<a b=\"1\" b=\"2\"/>", "<a>\u{1}</a>", "<>"] {
        do {
            _ = try EventFiles.agent(text)
            Issue.record("accepted \(text)")
        } catch .malformed(_, _, let isIncomplete) {
            #expect(!isIncomplete, "\(text)")
        } catch {
            Issue.record(error)
        }
    }
}

@Test func blanksAndAByteOrderMarkMayStandBeforeXML() throws {
    for before in ["\u{FEFF}", "\n ", "\u{FEFF}\t"] {
        let text = before + "<?xml version=\"1.0\" encoding=\"latin1\"?>" + data("<Param Name=\"é\" Value=\"ß\"/>")
        #expect(try EventFiles.parameters(EventFiles.agent(text)) == ["é='ß'"])
    }
}

@Test func aFileOfCountlessEventsIsRefused() throws {
    func text(_ count: Int) -> String {
        "<Data><Provider id=\"P\"/>" + String(repeating: "<Event id=\"1\"/>", count: count) + "</Data>"
    }
    #expect(try EventFiles.agent(text(10_000), name: "1.tld").events.count == 10_000)
    #expect(throws: FileRejection.self) { try EventFiles.agent(text(10_001), name: "1.tld") }
}

@Test func aFileOfCountlessParametersIsRefused() throws {
    func xml(_ count: Int) -> String { data(String(repeating: "<Param Name=\"a\" Value=\"\"/>", count: count)) }
    #expect(try EventFiles.agent(xml(10_000)).events.count == 1)
    #expect(throws: FileRejection.self) { try EventFiles.agent(xml(10_001)) }
    func json(_ count: Int) -> String {
        let list = repeatElement("{\"name\":\"a\"}", count: count).joined(separator: ",")
        return "{\"eventId\":1,\"providerId\":\"P\",\"parameters\":[\(list)]}"
    }
    #expect(try EventFiles.agent(json(10_000)).events.count == 1)
    let rejected = try EventFiles.agent(json(10_001))
    #expect(rejected.events.isEmpty)
    #expect(
        rejected.rejected.map(\.key.description) == ["InvalidTypeError: parameters should be a list of at most 10000"])
}

@Test func elementsNestUpToTheLimit() throws {
    let limit = ValidationLimits().nesting
    func text(_ depth: Int) -> String {
        let open = String(repeating: "<a>", count: depth - 2)
        return open + data("") + String(repeating: "</a>", count: depth - 2)
    }
    #expect(try EventFiles.agent(text(limit)).events.count == 1)
    #expect(throws: FileRejection.self) { try EventFiles.agent(text(limit + 1)) }
}
