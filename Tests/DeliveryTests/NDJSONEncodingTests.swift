import Testing

@testable import Delivery
@testable import TelemetryEvents

@Suite struct NDJSONEncodingTests {
    private func line(_ event: TelemetryEvent) -> String {
        var encoding = NDJSONEncoding()
        var bytes: [UInt8] = []
        encoding.append(event, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func value(_ value: Parameter.Value) -> String {
        var bytes: [UInt8] = []
        JSONText.append(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func anExtensionEventHasTheContractsKeysInOrder() {
        let expected = """
            {"id":"0000000000001234-0007-3","source":"extension","handler":"Fixture.Ext.Alpha",\
            "file":"1591905451.json","index":3,"eventId":7,"providerId":"FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F",\
            "parameters":[{"name":"GAVersion","value":"Telltale-1"},{"name":"ContainerId","value":"c"},\
            {"name":"OpcodeName","value":"1970-01-01T00:00:00.000000Z"},{"name":"EventTid","value":"22"},\
            {"name":"EventPid","value":"11"},{"name":"TaskName","value":"Enable"},\
            {"name":"OSVersion","value":"Linux:debian-12-x:6.1"},{"name":"RAM","value":2048},\
            {"name":"EventName","value":"Fixture.Ext.Alpha-1.2.3"},{"name":"CapabilityUsed","value":"Warning"},\
            {"name":"Context1","value":"hello"},{"name":"Context2","value":"2020-06-11T18:50:51Z"},\
            {"name":"Context3","value":"op-1"}]}

            """
        #expect(line(SampleEvents.extensionEvent(index: 3)) == expected)
    }

    @Test func theShortcutForExtensionEventsWritesTheSameAsTheirParameters() {
        let event = SampleEvents.extensionEvent(message: "a \"b\"\n")
        var parameters: [Parameter] = []
        event.forEachParameter { parameters.append($0) }
        let plain = TelemetryEvent(
            file: event.file, index: 0, eventID: 7, providerID: event.providerID, content: .agentEvent(parameters),
            time: event.time)
        #expect(line(event) == line(plain))
    }

    @Test func anAgentEventHasNoHandlerAndAReportOfOurOwnNoFile() {
        #expect(
            line(SampleEvents.agentEvent([Parameter("a", .boolean(true)), Parameter("b", .json("null"))]))
                == #"{"id":"0000000000001234-0007-0","source":"agent","file":"1.tld","index":0,"eventId":1,"#
                + #""providerId":"69B669B9-4AF8-4C50-BDC4-6006FA76E975","parameters":[{"name":"a","value":true},"#
                + #"{"name":"b","value":null}]}"# + "\n")
        #expect(
            line(SampleEvents.agentEvent([], in: SampleEvents.file(nil, from: .telltale)))
                == #"{"id":"0000000000001234-0007-0","source":"telltale","index":0,"eventId":1,"#
                + #""providerId":"69B669B9-4AF8-4C50-BDC4-6006FA76E975","parameters":[]}"# + "\n")
    }

    @Test func withoutCommonParametersNoCommaIsTooMany() {
        let file = SampleEvents.file(common: CommonParameters(leading: [], collector: [], trailing: []))
        let text = line(SampleEvents.extensionEvent(in: file))
        #expect(text.contains(#""parameters":[{"name":"OpcodeName""#))
        #expect(text.contains(#""value":"Enable"},{"name":"EventName""#))
    }

    @Test func filesAndMachinesAreNotMixedUp() {
        var encoding = NDJSONEncoding()
        let other = SampleEvents.file(
            "2.json", from: .handler("Other"),
            common: CommonParameters(leading: [Parameter("GAVersion", .text("2"))], collector: [], trailing: []))
        for event in [
            SampleEvents.extensionEvent(), SampleEvents.extensionEvent(in: other), SampleEvents.extensionEvent(),
        ] {
            var bytes: [UInt8] = []
            encoding.append(event, to: &bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == line(event))
        }
    }

    @Test func controlsAndQuotesAreEscapedAndAllElseStaysAsItIs() {
        #expect(value(.text("\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F}")) == #""\u0000\u0001\b\t\n\u000b\f\r\u001f""#)
        #expect(value(.text(#"a"b\c/d"#)) == #""a\"b\\c/d""#)
        #expect(value(.text("é漢😀\u{7F}\u{2028}e\u{301}")) == "\"é漢😀\u{7F}\u{2028}e\u{301}\"")
        #expect(value(.text("")) == "\"\"")
    }

    @Test(arguments: 0..<40) func anEscapeIsFoundAtEveryPlaceOfAText(place: Int) {
        var bytes = [UInt8](repeating: UInt8(ascii: "b"), count: 40)
        bytes[place] = 0x1F
        let expected =
            "\"" + String(repeating: "b", count: place) + #"\u001f"# + String(repeating: "b", count: 39 - place) + "\""
        #expect(value(.text(UTF8Text(wellFormed: bytes[...]))) == expected)
    }

    @Test(
        arguments: [
            (1.5, "1.5"), (100, "100.0"), (1e20, "1.0e+20"), (-0.0, "-0.0"), (.leastNonzeroMagnitude, "5.0e-324"),
            (1.25e300, "1.25e+300"), (.infinity, "\"inf\""), (-.infinity, "\"-inf\""), (.nan, "\"nan\""),
        ] as [(Double, String)])
    func aFloatKeepsAFraction(number: Double, text: String) {
        #expect(value(.float(number)) == text)
    }

    @Test func integersOfAnyLengthKeepTheirDigits() {
        let digits: UTF8Text = "-123456789012345678901234567890123456789"
        #expect(value(.integer(digits)) == digits.description)
        var bytes: [UInt8] = []
        JSONText.append(Int64.min, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "-9223372036854775808")
        bytes = []
        JSONText.append(0, to: &bytes)
        #expect(bytes == [UInt8(ascii: "0")])
    }
}
