/// What the WireServer's SharedConfig says of the machine's place in its deployment.
package struct SharedConfig: Hashable, Sendable {
    /// The deployment's name.
    package let tenant: UTF8Text?
    package let role: UTF8Text?
    package let roleInstance: UTF8Text?

    /// Reads the XML of a SharedConfig.
    ///
    /// - Throws: what is wrong with it, and where; one that names nothing at all is wrong too.
    package init(decoding bytes: UnsafeRawBufferPointer) throws(ServiceAnswerError) {
        let values = try XMLValueFinder.values(
            at: [
                .attribute("name", of: "Deployment"), .attribute("name", of: "Role"),
                .attribute("instance", of: "Incarnation"),
            ], in: bytes)
        guard values.contains(where: { $0 != nil }) else {
            throw ServiceAnswerError(.missing("Deployment name"), at: bytes.count, in: bytes)
        }
        tenant = values[0]
        role = values[1]
        roleInstance = values[2]
    }
}
