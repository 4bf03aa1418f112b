/// What one exchange may take.
package struct HTTPLimits: Hashable, Sendable {
    /// From the first step of the connection to the last byte of the answer.
    package let time: Duration
    /// The largest answer as it is sent, its head included, in bytes.
    package let answerSize: Int

    package init(time: Duration, answerSize: Int) {
        self.time = time
        self.answerSize = answerSize
    }
}
