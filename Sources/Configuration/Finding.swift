/// One thing that a check found, judged.
package struct Finding: Hashable, Sendable {
    /// How good it is.
    package enum Grade: String, Sendable {
        case ok
        /// It works, and something would be better.
        case advice
        /// Something would not work.
        case fault
    }

    package let grade: Grade
    /// What it is about, in a word or two.
    package let subject: String
    /// What was found and, where something is to be done, what and why; without a full stop.
    package let text: String

    package init(_ grade: Grade, _ subject: String, _ text: String) {
        self.grade = grade
        self.subject = subject
        self.text = text
    }
}
