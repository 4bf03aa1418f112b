internal import TelemetryEvents

extension WireServerEncoding {
    /// Appends a parameter as an element, with the type that the telemetry channel knows its value by.
    static func append(_ parameter: Parameter, to output: inout [UInt8]) {
        XMLText.append(#"<Param Name=""#, to: &output)
        XMLText.appendEscaped(parameter.name, to: &output)
        XMLText.append(#"" Value="#, to: &output)
        switch parameter.value {
        case .text(let text), .json(let text):
            XMLText.appendQuoted(text, to: &output)
            XMLText.append(#" T="mt:wstr" />"#, to: &output)
        case .integer(let digits):
            appendPlain(ofType: type(ofInteger: digits.bytes), to: &output) { $0.append(contentsOf: digits.bytes) }
        case .float(let number):
            appendPlain(ofType: "mt:float64", to: &output) { append(number, to: &$0) }
        case .boolean(let truth):
            appendPlain(ofType: "mt:bool", to: &output) { $0.append(contentsOf: (truth ? "True" : "False").utf8) }
        }
    }

    /// Bytes that the parameter's name and value take at least.
    static func leastSize(of parameter: Parameter) -> Int {
        switch parameter.value {
        case .text(let text), .integer(let text), .json(let text): parameter.name.bytes.count + text.bytes.count
        case .float, .boolean: parameter.name.bytes.count
        }
    }

    /// Appends a value that needs no escape, and the end of its element.
    private static func appendPlain(
        ofType type: String, to output: inout [UInt8], writing: (inout [UInt8]) -> Void
    ) {
        output.append(UInt8(ascii: "\""))
        writing(&output)
        XMLText.append(#"" T=""#, to: &output)
        output.append(contentsOf: type.utf8)
        XMLText.append(#"" />"#, to: &output)
    }

    /// The channel's integers have 64 bits; a longer one is text.
    private static func type(ofInteger digits: ArraySlice<UInt8>) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        if UInt64(text) != nil { return "mt:uint64" }
        return Int64(text) != nil ? "mt:int64" : "mt:wstr"
    }

    /// Appends a float as Python spells it, which is what the channel's readers know: `1.5`, `2.0`, `1e+16`, `1e-05`.
    static func append(_ number: Double, to output: inout [UInt8]) {
        let spelling = number.description.utf8
        // Swift's spelling is Python's, but that an exponent begins with 2^53 there and with 10^16 here.
        guard let exponent = spelling.firstIndex(of: UInt8(ascii: "e")),
            spelling[exponent...].elementsEqual("e+15".utf8)
        else {
            output.append(contentsOf: spelling)
            return
        }
        let digits = spelling[..<exponent]
        output.append(contentsOf: digits.filter { $0 != UInt8(ascii: ".") })
        let fraction = digits.count { $0 &- UInt8(ascii: "0") < 10 } - 1
        output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(15 - fraction, 0)))
        XMLText.append(".0", to: &output)
    }
}
