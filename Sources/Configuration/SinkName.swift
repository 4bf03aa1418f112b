/// The sinks by name.
package enum SinkName: String, CaseIterable, Sendable {
    case journal
    case wireserver
    case otlp
    case ndjson

    /// Whether it sends to a server.
    package var sends: Bool { self == .wireserver || self == .otlp }
}
