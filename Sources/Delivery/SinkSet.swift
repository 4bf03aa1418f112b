/// Some of a delivery's sinks, by their places in the order of configuration.
package struct SinkSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    /// The sinks that a set can tell apart.
    package static let capacity = UInt16.bitWidth

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The one sink at a place.
    package init(place: Int) {
        precondition((0..<Self.capacity).contains(place), "A set of sinks holds \(Self.capacity) places.")
        rawValue = 1 << UInt16(place)
    }

    /// The first `count` sinks.
    package init(first count: Int) {
        self = (0..<count).reduce(into: []) { $0.insert(SinkSet(place: $1)) }
    }

    package var count: Int { rawValue.nonzeroBitCount }

    /// The places, in order.
    package var places: some Sequence<Int> {
        sequence(state: rawValue) { rest in
            guard rest != 0 else { return nil }
            defer { rest &= rest &- 1 }
            return rest.trailingZeroBitCount
        }
    }
}
