/// Why an agent event cannot be used, and where.
struct RejectedAgentEvent: Error {
    let code: Rejection.Code
    /// Of the value at fault, or of the event where one is missing.
    let offset: Int

    init(property: String, expected: String, offset: Int) {
        code = .invalidAgentEvent(property: property, expected: expected)
        self.offset = offset
    }
}
