/// What one exchange may take.
package struct HTTPLimits: Hashable, Sendable {
    /// From the first step of the connection to the last byte of the answer.
    package let time: Duration
    /// The largest answer as it is sent, its head included, in bytes.
    package let answerSize: Int
    /// The longest that a kept connection may have been idle to be used again.
    ///
    /// What is between the machines forgets connections without telling them (Azure's load balancers after 4 minutes).
    package let idleTime: Duration

    package init(time: Duration, answerSize: Int, idleTime: Duration = .seconds(60)) {
        self.time = time
        self.answerSize = answerSize
        self.idleTime = idleTime
    }
}
