/// A named value of a telemetry event.
package struct Parameter: Hashable, Sendable {
    /// The types that the telemetry channel knows; each keeps the type of the JSON that it came from.
    package enum Value: Hashable, Sendable {
        case text(UTF8Text)
        /// Decimal digits with an optional minus sign and no leading zeros, of any length.
        case integer(UTF8Text)
        case float(Double)
        case boolean(Bool)
        /// `null`, a list, an object or a number that no Double can hold, as compact JSON.
        case json(UTF8Text)
    }

    package let name: UTF8Text
    package let value: Value

    package init(_ name: UTF8Text, _ value: Value) {
        self.name = name
        self.value = value
    }
}
