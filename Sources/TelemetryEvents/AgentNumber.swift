/// The spellings of numbers in agent events.
enum AgentNumber {
    /// An event's number that is written as text: ASCII digits alone, within 64 bits.
    static func eventID(digits: UnsafeRawBufferPointer) -> Int64? {
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// The digits of an integer without leading zeros, and with a minus sign unless it is zero; nil for anything else.
    static func integer(_ spelling: UnsafeRawBufferPointer) -> [UInt8]? {
        let isNegative = spelling.first == UInt8(ascii: "-")
        let digits = spelling.dropFirst(isNegative ? 1 : 0)
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        guard !significant.isEmpty else { return [UInt8(ascii: "0")] }
        return (isNegative ? [UInt8(ascii: "-")] : []) + significant
    }

    /// The nearest Double; nil when none is near, or when the spelling is not that of a JSON number.
    static func float(_ spelling: UnsafeRawBufferPointer) -> Double? {
        guard spelling.allSatisfy({ isDigit($0) || isOfFloat($0) }) else { return nil }
        guard let number = Double(String(decoding: spelling, as: UTF8.self)), number.isFinite else { return nil }
        return number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private static func isOfFloat(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): true
        default: false
        }
    }
}
