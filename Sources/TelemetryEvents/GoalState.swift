/// What the WireServer's goal state says: which container the machine is, and where it is described further.
package struct GoalState: Hashable, Sendable {
    /// Tells one goal state from the next; a new one may come with another container, role or configuration.
    package struct Identity: Hashable, Sendable {
        package let incarnation: UTF8Text
        package let containerID: UTF8Text
    }

    package let identity: Identity
    /// The role instance as the goal state itself names it; a SharedConfig that names none leaves it to this.
    package let roleInstance: UTF8Text?
    /// The address of the SharedConfig, as it stands there; nil where none is named.
    package let sharedConfigURL: UTF8Text?

    /// Reads the XML of a goal state.
    ///
    /// - Throws: what is wrong with it, and where.
    package init(decoding bytes: UnsafeRawBufferPointer) throws(ServiceAnswerError) {
        let values = try XMLValueFinder.values(
            at: [
                .text(of: "Incarnation"), .text(of: "ContainerId"), .text(of: "InstanceId"), .text(of: "SharedConfig"),
            ], in: bytes)
        guard let incarnation = values[0] else {
            throw ServiceAnswerError(.missing("Incarnation"), at: bytes.count, in: bytes)
        }
        guard let containerID = values[1] else {
            throw ServiceAnswerError(.missing("ContainerId"), at: bytes.count, in: bytes)
        }
        identity = Identity(incarnation: incarnation, containerID: containerID)
        roleInstance = values[2]
        sharedConfigURL = values[3]
    }
}
