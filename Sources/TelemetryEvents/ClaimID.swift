/// What names a claimed file for ever, and sorts by the time of the claim.
package struct ClaimID: Hashable, Comparable, Sendable {
    /// Bytes of the written form.
    package static let length = 21

    /// The time of the claim in nanoseconds since 1970 (UTC).
    ///
    /// No two claims of one process bear the same.
    package let time: UInt64
    /// Tells apart what two processes claimed at the same time, as a clock that was set back allows.
    package let counter: UInt16

    package init(time: UInt64, counter: UInt16) {
        self.time = time
        self.counter = counter
    }

    /// Reads the written form, `<time, 16 hex>-<counter, 4 hex>`; nil for anything else.
    package init?(_ written: some Collection<UInt8>) {
        guard written.count == Self.length else { return nil }
        var time: UInt64 = 0
        var counter: UInt16 = 0
        for (index, byte) in written.enumerated() {
            if index == 16 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.value(ofLowercaseHex: byte) else { return nil }
            if index < 16 {
                time = time << 4 | UInt64(digit)
            } else {
                counter = counter << 4 | UInt16(digit)
            }
        }
        self.init(time: time, counter: counter)
    }

    /// Appends the written form.
    package func write(to bytes: inout [UInt8]) {
        // Written in one piece: every file's name, its charge and each of its events bear it.
        var written = InlineArray<21, UInt8>(repeating: UInt8(ascii: "-"))
        for index in 0..<16 {
            written[index] = Self.lowercaseHex(UInt8(truncatingIfNeeded: time >> UInt64(60 - 4 * index)) & 0xF)
        }
        for index in 0..<4 {
            written[17 + index] = Self.lowercaseHex(UInt8(truncatingIfNeeded: counter >> UInt16(12 - 4 * index)) & 0xF)
        }
        let span = written.span
        span.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    package static func < (left: ClaimID, right: ClaimID) -> Bool {
        (left.time, left.counter) < (right.time, right.counter)
    }

    private static func lowercaseHex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    private static func value(ofLowercaseHex byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension ClaimID: CustomStringConvertible {
    package var description: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
