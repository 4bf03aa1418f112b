internal import TelemetryEvents

/// What must hold of every decoder, whatever bytes it is given.
///
/// The tests and the fuzzer try it on their inputs; a decoder that traps or reads beyond its input ends them.
package struct DecoderProperties {
    /// The first property that was found broken, in words.
    private var violation: String?

    private init() {}

    /// Gives the bytes to all decoders; answers what one of them did that it must not, or nil.
    package static func violation(by bytes: UnsafeRawBufferPointer) -> String? {
        var properties = DecoderProperties()
        for (source, name) in [(EventFile.Source.handler("Acme"), "1.json"), (.agent, "1.tld")] {
            let file = EventFile(
                claim: ClaimID(time: 1, counter: 0), source: source, name: UTF8Text(name), modified: 0, common: common)
            properties.checkEvents(bytes, of: file)
        }
        properties.checkMetadata(bytes)
        properties.checkServiceAnswers(bytes)
        // Written as JSON, the text must still be no larger than a file may be.
        if bytes.count <= ValidationLimits().fileSize / 8 {
            properties.checkRedaction(of: String(decoding: bytes, as: UTF8.self))
        }
        return properties.violation
    }

    private static let common = CommonParameters(
        leading: [Parameter("GAVersion", .text("Telltale-1"))], collector: [],
        trailing: [Parameter("RAM", .integer("2048"))])

    private mutating func expect(_ holds: Bool, _ property: @autoclosure () -> String) {
        if !holds, violation == nil { violation = property() }
    }

    // MARK: Event files

    private mutating func checkEvents(_ bytes: UnsafeRawBufferPointer, of file: EventFile) {
        let limits = ValidationLimits()
        do throws(FileRejection) {
            let validated = try EventValidator(limits: limits).validate(bytes, of: file)
            checkCounts(of: validated, in: bytes, limits: limits)
            for event in validated.events { checkTexts(of: event, limits: limits) }
        } catch {
            checkRejection(error, of: file, in: bytes)
        }
    }

    /// A file without any event is one rejection: so there is one event more than the bytes that events take.
    private mutating func checkCounts(
        of validated: ValidatedFile, in bytes: UnsafeRawBufferPointer, limits: ValidationLimits
    ) {
        let rejected = validated.rejected.values.reduce(0, +)
        let all = validated.events.count + rejected
        expect(all <= bytes.count + 1, "\(all) events are in a file of \(bytes.count) bytes")
        expect(validated.rejected.values.allSatisfy { $0 > 0 }, "a reason is counted that no event has")
        expect(validated.rejections.count == min(rejected, limits.keptRejections), "not the first rejections are kept")
        let indices = validated.events.map(\.index)
        expect(indices == Set(indices).sorted(), "the events' indices do not rise: \(indices)")
        for index in indices + validated.rejections.map(\.index) {
            expect((0..<all).contains(index), "index \(index) is none of \(all) events")
        }
        for rejection in validated.rejections { checkPlace(rejection.place, in: bytes) }
        let altered = validated.cutCount + validated.redactedCount
        expect(validated.alterations.count == min(altered, limits.keptRejections), "not the first alterations are kept")
        expect(Set(validated.alterations.map(\.index)).isSubset(of: indices), "what is no event was altered")
    }

    private mutating func checkTexts(of event: TelemetryEvent, limits: ValidationLimits) {
        checkText(event.providerID)
        event.forEachParameter { parameter in
            checkText(parameter.name)
            switch parameter.value {
            case .text(let text), .json(let text): checkText(text)
            case .integer(let digits): checkInteger(digits)
            case .float(let number): expect(number.isFinite, "\(number) is passed on as a number")
            case .boolean: break
            }
        }
        guard case .extensionEvent(let content) = event.content else { return }
        var length = 0
        for field in ExtensionEvent.Field.allCases { length += content[field].description.unicodeScalars.count }
        expect(length <= limits.eventLength, "an event of \(length) code points is accepted")
        let message = content[.message].description
        expect((1...limits.messageLength).contains(message.unicodeScalars.count), "a message is empty or not cut")
    }

    private mutating func checkText(_ text: UTF8Text) {
        expect(String(validating: text.bytes, as: UTF8.self) != nil, "a text is no UTF-8: \(Array(text.bytes))")
    }

    private mutating func checkInteger(_ digits: UTF8Text) {
        let magnitude = digits.bytes.drop { $0 == UInt8(ascii: "-") }
        let isNumber = !magnitude.isEmpty && magnitude.allSatisfy { (0x30...0x39).contains($0) }
        expect(digits.bytes.count - magnitude.count <= 1 && isNumber, "\(digits) is no integer")
        expect(magnitude.first != 0x30 || digits.bytes.count == 1, "\(digits) has leading zeros or a sign before zero")
    }

    private mutating func checkRejection(
        _ rejection: FileRejection, of file: EventFile, in bytes: UnsafeRawBufferPointer
    ) {
        guard case .malformed(let place, let reason, let isIncomplete) = rejection else {
            return expect(bytes.count > ValidationLimits().fileSize, "a file is rejected as \(rejection)")
        }
        checkPlace(place, in: bytes)
        expect(!reason.isEmpty, "no reason is told")
        let isJSON = file.handler != nil
        expect(!isJSON || !isIncomplete || place.offset == bytes.count, "a file that lacks its end stops before it")
    }

    private mutating func checkPlace(_ place: TextPlace, in bytes: UnsafeRawBufferPointer) {
        expect((0...bytes.count).contains(place.offset), "offset \(place.offset) is not in the file")
        let before = UnsafeRawBufferPointer(rebasing: bytes.prefix(max(place.offset, 0)))
        expect(place.line == 1 + before.count { $0 == 0x0A }, "line \(place.line) is not that of \(place.offset)")
        expect((1...before.count + 1).contains(place.column), "column \(place.column) is not in the file")
    }

    // MARK: Other decoders

    private mutating func checkMetadata(_ bytes: UnsafeRawBufferPointer) {
        do throws(VMMetadataError) {
            let parameters = try VMMetadataDecoder().decode(bytes)
            let names = Set(parameters.map(\.name))
            expect(names.count == parameters.count, "a common parameter is replaced twice")
            expect(names.isSubset(of: VMMetadataDecoder.names), "a parameter that is not common is replaced")
            for case .text(let text) in parameters.map(\.value) { checkText(text) }
        } catch {
            checkPlace(error.place, in: bytes)
            expect(!error.description.isEmpty, "no reason is told")
        }
    }

    /// What the services that describe the machine may answer: each value goes into every event.
    private mutating func checkServiceAnswers(_ bytes: UnsafeRawBufferPointer) {
        checkAnswer(in: bytes) { bytes throws(ServiceAnswerError) in
            let state = try GoalState(decoding: bytes)
            return [state.identity.incarnation, state.identity.containerID, state.roleInstance, state.sharedConfigURL]
        }
        checkAnswer(in: bytes) { bytes throws(ServiceAnswerError) in
            let configuration = try SharedConfig(decoding: bytes)
            return [configuration.tenant, configuration.role, configuration.roleInstance]
        }
        checkAnswer(in: bytes) { bytes throws(ServiceAnswerError) in
            let metadata = try InstanceMetadata(decoding: bytes)
            return [
                metadata.location, metadata.subscriptionID, metadata.resourceGroupName, metadata.vmID, metadata.vmName,
            ]
        }
    }

    private mutating func checkAnswer(
        in bytes: UnsafeRawBufferPointer,
        _ decode: (UnsafeRawBufferPointer) throws(ServiceAnswerError) -> [UTF8Text?]
    ) {
        do throws(ServiceAnswerError) {
            let values = try decode(bytes).compactMap { $0 }
            expect(!values.isEmpty, "an answer that says nothing is taken")
            for value in values {
                checkText(value)
                expect(value.bytes.count <= 1024, "a value of \(value.bytes.count) bytes is taken")
            }
        } catch {
            checkPlace(error.place, in: bytes)
            expect(!error.description.isEmpty, "no reason is told")
        }
    }

    /// What was redacted once holds no secret: redacting it again changes nothing.
    private mutating func checkRedaction(of text: String) {
        let redacted = redacted(text)
        expect(text.utf8.contains(UInt8(ascii: "?")) || redacted == text, "a text without a query is changed: \(text)")
        expect(self.redacted(redacted) == redacted, "a secret is left in \(redacted)")
    }

    /// The text as an agent event passes it on, which changes nothing else.
    private mutating func redacted(_ text: String) -> String {
        var json: [UInt8] = Array(
            "{\"eventId\":2,\"providerId\":\"P\",\"parameters\":[{\"name\":\"N\",\"value\":\"".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
            case ..<0x10: json += Array("\\u000\(String(byte, radix: 16))".utf8)
            case ..<0x20: json += Array("\\u00\(String(byte, radix: 16))".utf8)
            default: json.append(byte)
            }
        }
        json += Array("\"}]}".utf8)
        let file = EventFile(
            claim: ClaimID(time: 1, counter: 0), source: .agent, name: "1.waagent.tld", modified: 0,
            common: Self.common)
        let validated = json.withUnsafeBytes { try? EventValidator().validate($0, of: file) }
        guard case .agentEvent(let parameters)? = validated?.events.first?.content,
            case .text(let result)? = parameters.first?.value
        else {
            expect(false, "a text in an agent event is not passed on: \(text)")
            return text
        }
        return result.description
    }
}
