extension FileRejection {
    /// The rejection of a file that is no JSON.
    init(_ fault: JSONFault, in bytes: UnsafeRawBufferPointer) {
        self = .malformed(
            at: TextPlace(of: fault.offset, in: bytes), reason: fault.reason(in: bytes),
            isIncomplete: fault.kind == .unexpectedEnd)
    }
}

extension FileRejection {
    /// Whether the file was rejected because it is not UTF-8, which the agent's reports count apart.
    package var isForEncoding: Bool {
        guard case .malformed(_, let reason, _) = self else { return false }
        return reason.hasPrefix(JSONFault.encodingReason)
    }
}
