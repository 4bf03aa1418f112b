internal import SystemCalls
package import SystemPackage

/// Wakes the collector's thread from any other.
package final class WakeUp: Sendable {
    private let counter: EventCounter

    package init() throws(Errno) {
        counter = try EventCounter()
    }

    package func signal() {
        counter.signal()
    }

    var descriptor: CInt { counter.descriptor.rawValue }

    func reset() {
        counter.reset()
    }
}
