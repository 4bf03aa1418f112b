/// An OTLP request for logs as the independent decoder read it, with every field that is set.
///
/// What no test expects to be set makes the decoding fail.
package struct DecodedLogs: Hashable, Sendable {
    package var resourceLogs: [ResourceLogs] = []

    package init(resourceLogs: [ResourceLogs] = []) {
        self.resourceLogs = resourceLogs
    }

    /// All records, in their order.
    package var records: [Record] { resourceLogs.flatMap { $0.scopeLogs.flatMap(\.records) } }

    /// The records of one resource.
    package struct ResourceLogs: Hashable, Sendable {
        package var resource: [Attribute] = []
        package var scopeLogs: [ScopeLogs] = []
    }

    /// The records of one scope.
    package struct ScopeLogs: Hashable, Sendable {
        package var name: ExactText?
        package var version: ExactText?
        package var records: [Record] = []
    }

    /// A log record; a number that is not set is 0.
    package struct Record: Hashable, Sendable {
        package var time: UInt64 = 0
        package var observedTime: UInt64 = 0
        package var severityNumber = 0
        package var severityText: ExactText?
        package var body: Value?
        package var attributes: [Attribute] = []

        package init() {}

        /// The value of the attribute of a name.
        package subscript(key: ExactText) -> Value? { attributes.first { $0.key == key }?.value }
    }

    /// An attribute.
    package struct Attribute: Hashable, Sendable {
        package var key: ExactText
        package var value: Value

        package init(_ key: ExactText, _ value: Value) {
            self.key = key
            self.value = value
        }
    }

    /// A value of one of the types that Telltale sends.
    package indirect enum Value: Hashable, Sendable {
        case text(ExactText)
        case integer(Int64)
        case boolean(Bool)
        case float(Double)
        case list([Value])
    }
}

/// A text that equals only one of the same code points.
package struct ExactText: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    private let utf8: [UInt8]

    package init(_ text: String) {
        utf8 = Array(text.utf8)
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }

    package var description: String { String(decoding: utf8, as: UTF8.self) }
}
