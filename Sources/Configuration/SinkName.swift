/// The sinks by name.
package enum SinkName: String, CaseIterable, Sendable {
    case journal
    case wireserver
    case otlp
    case ndjson
}
