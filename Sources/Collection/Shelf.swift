package import Delivery

/// Where in the spool a claim lies, which says what is still to be done with it.
package enum Shelf: Hashable, Sendable {
    /// As it came: not admitted yet, or on its way to every sink for the first time.
    case arrived
    /// Admitted and counted, and owed to these sinks alone.
    case owed(SinkSet)
}
