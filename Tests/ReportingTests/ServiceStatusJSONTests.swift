import Foundation
import Reporting
import Testing

private func parsed(_ status: ServiceStatus) throws -> [String: Any] {
    let text = status.json
    #expect(text.hasSuffix("}\n") && text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

private func decoded(_ text: String) throws -> ServiceStatus { try ServiceStatus(json: Array(text.utf8)) }

/// Why a text is refused.
private func refusal(_ text: String) -> ServiceStatusError? {
    do throws(ServiceStatusError) {
        _ = try ServiceStatus(json: Array(text.utf8))
        return nil
    } catch {
        return error
    }
}

@Test func aStatusComesBackFromItsJSONAsItWas() throws {
    for status in [ServiceStatus(), sampleStatus(), wellStatus()] {
        let text = status.json
        #expect(try decoded(text).json == text)
    }
    let decoded = try decoded(sampleStatus().json)
    #expect(decoded.claimDelay == sampleStatus().claimDelay && decoded.deliveryDelay == sampleStatus().deliveryDelay)
    #expect(decoded.metrics == sampleStatus().metrics)
    #expect(StatusText(decoded).text(style: .plain) == StatusText(sampleStatus()).text(style: .plain))
}

@Test func everyStateAndWindowComesBack() throws {
    var status = sampleStatus()
    status.sinks = ServiceStatus.Sink.State.allCases.map { state in
        var sink = ServiceStatus.Sink(name: state.rawValue)
        sink.state = state
        sink.lasting = 1
        return sink
    }
    status.extensions[1].window?.isHolding = true
    status.extensions[0].window = nil
    status.extensions.append(.init(handler: ""))
    status.spool.oldest = nil
    for activity in ServiceStatus.Activity.allCases {
        status.activity = activity
        let back = try decoded(status.json)
        #expect(back.json == status.json)
        #expect(back.activity == activity)
        #expect(back.sinks.map(\.state) == ServiceStatus.Sink.State.allCases)
        #expect(back.sinks.allSatisfy { $0.lasting == 1 })
        #expect(back.extensions.map(\.handler) == ["Contoso.Backup", "Northwind.Sync", ""])
        #expect(back.extensions[0].window == nil && back.extensions[1].window?.isHolding == true)
    }
}

@Test(arguments: strangeHandlers)
func aStatusIsJSONWhateverTheNames(name: String) throws {
    var status = sampleStatus()
    status.extensions[0].handler = name
    status.extensions[0].counts.rejected[name] = 3
    status.sinks[1].reason = name
    let object = try parsed(status)
    let first = try #require((object["extensions"] as? [[String: Any]])?.first)
    #expect((first["name"] as? String).map { Array($0.utf8) } == Array(name.utf8))
    let back = try decoded(status.json)
    #expect(back.extensions[0].handler.map { Array($0.utf8) } == Array(name.utf8))
    #expect(back.sinks[1].reason == name)
}

@Test func anotherReaderFindsTheNumbersUnderTheirNames() throws {
    let object = try parsed(sampleStatus())
    #expect(object["version"] as? String == "0.1.0")
    #expect(object["takenAt"] as? String == "2026-11-21T12:00:00.000000Z")
    #expect(object["isWell"] as? Bool == false)
    #expect(
        object["troubles"] as? [String] == ["the sink otlp has been failing for 4 min 10 s: connection refused"])
    #expect(object["period"] as? Int == 300)
    #expect(object["watching"] as? [String: Int] == ["notified": 7, "polled": 0])
    #expect(
        object["totals"] as? [String: Int]
            == ["files": 93, "accepted": 453, "rejected": 3, "rejectedFiles": 1, "overCap": 12])
    let sinks = try #require(object["sinks"] as? [[String: Any]])
    #expect(sinks[0]["lasting"] is NSNull && sinks[1]["lasting"] as? Int == 250)
    let delay = try #require(object["claimDelay"] as? [String: Any])
    #expect(delay["longest"] as? Double == 0.0093 && delay["count"] as? Int == 93)
    #expect(try parsed(wellStatus())["isWell"] as? Bool == true)
}

@Test func whatIsMissingHasItsDefaultAndWhatIsUnknownIsPassedOver() throws {
    #expect(try decoded("{}").sinks.isEmpty)
    let status = try decoded(
        """
        {"new": {"a": [1, {"b": null}]}, "version": "9", "sinks": [{"name": "x", "colour": "red"}],
         "extensions": [{"name": "A", "window": {"admitted": 2}}], "deliveryDelay": {"ranges": [{"upTo": 0.0011, "count": 2}]}}
        """)
    #expect(status.process.version == "9" && status.sinks[0].name == "x" && status.sinks[0].state == .working)
    #expect(status.extensions[0].window?.admitted == 2 && status.extensions[0].window?.roomIn == nil)
    // A bound of another version's is counted in the range that holds it.
    #expect(status.deliveryDelay.count == 2 && status.deliveryDelay.count(upTo: 1_200_000) == 2)
}

@Test func whatIsNoStatusIsRefusedWithItsPlace() {
    #expect("\(refusal("") ?? .malformed(""))".contains("line 1, column 1"))
    #expect(refusal("[]") == .invalidType(member: "", expected: "an object"))
    #expect("\(refusal("{\"cap\": 1} x") ?? .malformed(""))".contains("line 1, column 12"))
    #expect(
        "\(refusal("{\"spool\": {\"waiting\": {\"files\": -1}}}") ?? .malformed(""))".hasPrefix(
            "spool.waiting.files should"))
    #expect("\(refusal("{\"cap\": 1.5}") ?? .malformed(""))".hasPrefix("cap should"))
    #expect("\(refusal("{\"cap\": 99999999999999999999}") ?? .malformed(""))".hasPrefix("cap should"))
    #expect("\(refusal("{\"sinks\": {}}") ?? .malformed(""))" == "sinks should be a list")
    #expect("\(refusal("{\"sinks\": [3]}") ?? .malformed(""))" == "sinks[0] should be an object")
    #expect(
        "\(refusal("{\"sinks\": [{\"state\": \"odd\"}]}") ?? .malformed(""))".hasPrefix(
            "sinks[0].state should be one of"))
    #expect("\(refusal("{\"period\": -3}") ?? .malformed(""))" == "period should be a number of seconds")
    #expect("\(refusal("{\"period\": 99999999999}") ?? .malformed(""))" == "period should be a number of seconds")
    #expect("\(refusal("{\"takenAt\": \"noon\"}") ?? .malformed(""))" == "takenAt should be an instant in ISO 8601")
    #expect(refusal(String(repeating: "[", count: 100_000)) != nil)
}

@Test func noPieceOfAStatusMakesTheReaderFail() {
    let text = Array(sampleStatus().json.utf8)
    for length in stride(from: 0, to: text.count, by: 7) {
        _ = try? ServiceStatus(json: Array(text[..<length]))
        var changed = text
        for byte: UInt8 in [0, 0x22, 0x2D, 0x39, 0x5B, 0x7D, 0xFF] {
            changed[length] = byte
            if let status = try? ServiceStatus(json: changed) {
                _ = StatusText(status, extent: .all).text(style: .coloured)
                _ = status.metrics
            }
        }
    }
}

@Test(arguments: [
    (0, "0"), (1, "0.000000001"), (2_500_000, "0.0025"), (1_000_000_000, "1"), (10_500_000_000, "10.5"),
    (UInt64.max, "18446744073.709551615"),
])
func durationsInSecondsLoseNothing(nanoseconds: UInt64, written: String) throws {
    var status = ServiceStatus()
    status.period = nanoseconds
    #expect(status.json.contains("\"period\": \(written),"))
    #expect(try decoded(status.json).period == nanoseconds)
}
