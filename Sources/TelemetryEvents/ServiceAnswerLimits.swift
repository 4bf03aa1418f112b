/// What an answer of a service that describes the virtual machine may hold.
enum ServiceAnswerLimits {
    /// The longest value taken from an answer, in bytes; every event carries it.
    static let valueLength = 1024
    /// Elements, lists and objects may stand in one another this deep.
    static let nesting = 64
}
