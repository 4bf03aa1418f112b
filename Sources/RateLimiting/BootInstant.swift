/// An instant on the clock that nobody can set: nanoseconds since the machine started, time asleep included.
package struct BootInstant: Hashable, Comparable, Sendable {
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: BootInstant, right: BootInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    package func advanced(by nanoseconds: UInt64) -> BootInstant {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return BootInstant(nanoseconds: overflow ? .max : sum)
    }
}
