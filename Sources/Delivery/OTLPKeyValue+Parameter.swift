internal import OpenTelemetryProtocol
internal import TelemetryEvents

extension OTLPKeyValue {
    init(_ key: String, _ value: OTLPAnyValue) {
        self.init()
        self.key = key
        self.value = value
    }

    init(_ key: String, text: UTF8Text) {
        self.init(key, OTLPAnyValue(text))
    }
}

extension OTLPAnyValue {
    init(_ text: UTF8Text) {
        self.init()
        stringValue = text.description
    }

    init(_ number: Int64) {
        self.init()
        intValue = number
    }

    init(list values: [OTLPAnyValue]) {
        self.init()
        arrayValue.values = values
    }

    /// A value in its own type; JSON, and an integer beyond 64 bits, as text.
    init(_ value: Parameter.Value) {
        self.init()
        switch value {
        case .text(let text), .json(let text): stringValue = text.description
        case .integer(let digits): self.init(number: digits)
        case .float(let number): doubleValue = number
        case .boolean(let flag): boolValue = flag
        }
    }

    /// A number that is written as text; anything that would not be written so again stays text.
    init(number text: UTF8Text) {
        self.init()
        let written = text.description
        if let number = Int64(written), String(number) == written {
            intValue = number
        } else {
            stringValue = written
        }
    }
}
