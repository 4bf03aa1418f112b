extension FileRejection {
    /// The rejection of a file that is no JSON.
    init(_ fault: JSONFault, in bytes: UnsafeRawBufferPointer) {
        var places = TextPlaceCounter(bytes)
        self = .malformed(
            at: places.place(at: fault.offset), reason: fault.reason(in: bytes),
            isIncomplete: fault.kind == .unexpectedEnd)
    }
}
