/// A field of a protobuf message that holds another message.
struct ProtobufMessageField: Sendable {
    private let tag: UInt8

    /// A field by its number, which is at most 15.
    init(number: UInt8) {
        // Wire type 2: the length, then the message.
        tag = number << 3 | 2
    }

    /// How many bytes the field has for a message of this length.
    static func bytes(ofMessage length: Int) -> Int {
        let significantBits = max(1, UInt.bitWidth - UInt(length).leadingZeroBitCount)
        return 1 + (significantBits + 6) / 7 + length
    }

    /// Appends all of the field but the message.
    func append(length: Int, to bytes: inout [UInt8]) {
        bytes.append(tag)
        var rest = UInt(length)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
